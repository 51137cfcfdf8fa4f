"""A small archive for the examples: the invented articles that the package contains, in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import searchkit


@contextmanager
def folder() -> Iterator[Path]:
    """Make the archive, provide its folder, and remove it."""
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "archive"
        with searchkit.open(path, create=True) as archive:
            archive.upsert_all(searchkit.read(str(files("searchkit.cli") / "demo.jsonl")))
        yield path
