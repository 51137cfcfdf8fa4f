"""Broken bytes for every parser: only errors that are documented, nothing left out, no end of time."""

from __future__ import annotations

import pytest

from tests.torture import fuzz
from tests.torture.targets import targets

SHORT = {
    "html": 10,
    "markdown": 25,
    "segment": 15,
    "state": 25,
    "query": 60,
    "feed": 30,
    "csv": 25,
    "text": 40,
    "jsonl": 50,
}
LONG = {"html": 3_000, "segment": 4_000, "state": 20_000}
TARGETS = targets()


@pytest.mark.parametrize("name", TARGETS)
def test_broken_bytes(name, rounds, told):
    tally = fuzz.run(TARGETS[name], rounds(SHORT.get(name, 60), LONG.get(name, 50_000)))
    told(str(tally))
    assert not tally.findings, "\n".join(
        f"{where}: {message}\n  {data[:400]!r}" for where, (message, data) in tally.findings.items()
    )
    assert tally.grown < 512
