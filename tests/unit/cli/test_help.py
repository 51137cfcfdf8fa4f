"""--help at 80 columns: whole summaries, defaults, forms."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from searchkit.cli.app import NAMES
from searchkit.presenters.width import columns

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", [None, *NAMES])
def test_nothing_is_cut_off_or_wider_than_the_terminal(command, name):
    code, out, err = command(*([name] if name else []), "--help")
    assert (code, err) == (0, "")
    assert not re.search(r"(?<![]HT])\.\.\.|…", out), "but for the arguments that may be repeated"
    assert [line for line in out.splitlines() if columns(line) > 80] == []


def test_each_summary_is_one_whole_sentence_on_one_line(command):
    listed = command("--help").out.split("Commands:\n")[1]
    found = re.findall(r"^  (\w+) +(\S.*)$", listed, re.M)
    assert [name for name, _ in found] == list(NAMES)
    assert [summary for _, summary in found if not summary.endswith(".")] == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("search", ["--sort", "--limit", "--page", "--index", "--tz", "--color", "--wait", "--timeout"]),
        ("timeline", ["--by"]),
        ("facets", ["--by", "--limit"]),
        ("terms", ["--limit"]),
        ("compare", ["--limit"]),
        ("similar", ["--limit"]),
        ("ingest", ["--format", "--on-error", "--rejects", "--every", "--jobs"]),
    ],
)
def test_options_say_their_defaults(command, name, options):
    described = re.split(r"\n  (?=-)", command(name, "--help").out)
    for option in options:
        (found,) = (each for each in described if re.match(rf"(-\w, )?{option} ", each))
        assert "[default: " in " ".join(found.split()), option


def test_options_of_dates_say_how_a_date_is_written(command):
    text = " ".join(command("search", "--help").out.split())
    for form in ("2025-02-28", "2025-02", "昨天", "去年国庆", "last week", "2025-01..2025-03", "近7天"):
        assert form in text


def test_in_a_locale_of_ascii_it_is_the_same(command):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "NO_COLOR": "1", "COLUMNS": "80"}
    done = subprocess.run([sys.executable, "-m", "searchkit", "search", "--help"], env=env, capture_output=True)
    assert done.returncode == 0 and done.stdout.decode() == command("search", "--help").out
