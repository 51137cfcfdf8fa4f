"""Broken bytes for every parser: only errors that are documented, nothing left out, no end of time."""

from __future__ import annotations

import pytest

from tests.torture import fuzz
from tests.torture.targets import targets

SHORT = {
    "html": 20,
    "markdown": 50,
    "segment": 25,
    "state": 40,
    "query": 120,
    "feed": 60,
    "csv": 60,
    "text": 80,
    "jsonl": 120,
}
LONG = {"html": 3_000, "segment": 4_000, "state": 20_000}
TARGETS = targets()


@pytest.mark.parametrize("name", TARGETS)
def test_broken_bytes(name, rounds, told):
    tally = fuzz.run(TARGETS[name], rounds(SHORT.get(name, 100), LONG.get(name, 50_000)))
    told(str(tally))
    assert not tally.findings, "\n".join(
        f"{where}: {message}\n  {data[:400]!r}" for where, (message, data) in tally.findings.items()
    )
    assert tally.grown < 512
