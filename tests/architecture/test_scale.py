"""The computed tables of docs/scale.md are what benchmarks/scale.py computes from what was measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "benchmarks" / "scale.py"


def printed(*options: str) -> str:
    return subprocess.run([sys.executable, str(SCRIPT), *options], capture_output=True, text=True, check=True).stdout


def test_the_document_has_the_tables_of_the_script():
    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    lines = [line for line in printed().splitlines() if line]
    assert len(lines) > 30
    assert [line for line in lines if line not in text] == []


def test_every_measured_shape_of_the_mix_is_there():
    measured = json.loads(SCRIPT.with_suffix(".json").read_text(encoding="utf-8"))
    assert set(measured["cluster"]["questions"]) == set(measured["cluster"]["here"])
    assert all(few < many for (few, _), (many, _) in measured["cluster"]["questions"].values())
