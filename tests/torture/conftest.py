"""What tests of this folder share: a short version for every run, the long one with `make torture`."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """The first number in every run, the second under --torture."""
    return lambda short, long: long if request.config.getoption("--torture") else short


@pytest.fixture
def told(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Under --torture, print what was counted."""

    def tell(line: str) -> None:
        if request.config.getoption("--torture"):
            with capsys.disabled():
                print(f"\n  {line}", flush=True)

    return tell
