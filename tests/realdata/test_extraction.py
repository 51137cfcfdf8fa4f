"""The pages beside the checkout, read as well as `benchmarks/extraction.py` says they must be."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT.parent / "shared" / "pages"

pytestmark = [pytest.mark.realdata, pytest.mark.skipif(not PAGES.is_dir(), reason="the pages are not there")]


@pytest.fixture(scope="module")
def tally():
    spec = importlib.util.spec_from_file_location("extraction_benchmark", ROOT / "benchmarks" / "extraction.py")
    assert spec is not None and spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = benchmark  # dataclasses look their module up
    spec.loader.exec_module(benchmark)
    rows = [json.loads(line) for line in (PAGES / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    return benchmark.run(benchmark.ours, rows, PAGES)


@pytest.mark.parametrize(
    ("what", "share"),
    [("title", 0.95), ("date", 0.97), ("minute", 0.93), ("source", 0.75), ("author", 0.6), ("body", 0.88)],
)
def test_enough_is_right(tally, what, share):
    assert tally.right[what] >= share * tally.asked[what], "\n".join(tally.wrong)


def test_few_authors_are_false(tally):
    assert tally.false["author"] < 0.1 * (tally.right["author"] + tally.false["author"])
