"""What imports what: the layers, and how little a start loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("whoosh", "jieba", "rjieba", "numpy", "rich", "sqlite3")


def test_contracts_of_import_linter():
    pytest.importorskip("importlinter")
    # A process of its own: the linter changes the working folder's import path and keeps what it found.
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def loaded_by(code: str) -> set[str]:
    """Which of the heavy packages a program has imported at its end."""
    listed = f"{code}\nimport sys; print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", listed], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    )
    return set(eval(done.stderr.splitlines()[-1]))


def test_importing_the_package_loads_no_engine():
    assert loaded_by("import searchkit") == set()


@pytest.mark.parametrize("arguments", [["--help"], ["search", "--help"], ["--version"]])
def test_help_loads_no_engine(arguments):
    assert loaded_by(f"from searchkit.cli.run import run; assert run({arguments!r}) == 0") == set()


def test_the_names_of_records_load_no_engine():
    assert loaded_by("from searchkit import Article, QueryError, Results") <= {"sqlite3"}
