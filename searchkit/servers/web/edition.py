"""The edition of the program: what an answer depends on besides the archive and the request."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2]


@cache
def edition(package: Path = PACKAGE) -> str:
    """Return a digest of the program's files: its code, templates, styles, scripts, texts and tables.

    The version changes with a release only; a page that a browser keeps has to change with its template, too. Of the
    3 MB of searchkit it takes 20 ms, once for each process.
    """
    found = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix != ".pyc" and path.is_file():
            data = path.read_bytes()
            found.update(f"{path.relative_to(package).as_posix()}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
            found.update(data)
    return found.hexdigest()
