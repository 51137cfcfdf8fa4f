"""What tests of this folder share; each has a short version for every run and a long one for `make torture`."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def told(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Under --torture, print what was counted."""

    def tell(line: str) -> None:
        if request.config.getoption("--torture"):
            with capsys.disabled():
                print(f"\n  {line}", flush=True)

    return tell
