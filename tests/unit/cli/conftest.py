"""Commands run in this process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from searchkit.cli.run import run
from tests.conftest import TODAY


class Said(NamedTuple):
    """What a command ended with and printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Run a command line on 2025-06-30, on 80 columns, into pipes."""
    monkeypatch.setenv("SEARCHKIT_TODAY", TODAY.isoformat())
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: object) -> Said:
        streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
        with monkeypatch.context() as here:
            here.setattr(sys, "stdout", streams[0])
            here.setattr(sys, "stderr", streams[1])
            code = run([str(each) for each in arguments])
        for each in streams:
            each.flush()
        out, err = (each.buffer.getvalue().decode() for each in streams)  # type: ignore[attr-defined]
        return Said(code, out, err)

    return call
