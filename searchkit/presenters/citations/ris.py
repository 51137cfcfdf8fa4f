"""RIS (Research Information Systems format, 2011): NEWS for a newspaper, ELEC for a web page; a tag and a value a line.

`searchkit ingest` reads it back.
"""

from __future__ import annotations

from collections.abc import Iterator

from searchkit.presenters.citations.items import Item, day_of
from searchkit.presenters.citations.names import whole


def text(item: Item) -> str:
    """Return the record of a CSL item, which ends with the line `ER  -`."""
    return "\n".join(f"{tag}  - {' '.join(value.split())}" for tag, value in _lines(item))


def _lines(item: Item) -> Iterator[tuple[str, str]]:
    yield "TY", "ELEC" if item["type"] == "webpage" else "NEWS"
    yield "ID", item["id"]
    for name in item.get("author", []):
        yield "AU", whole(name)
    yield "TI", item["title"]
    if container := item.get("container-title"):
        yield "T2", container
    if day := day_of(item.get("issued")):
        yield "PY", str(day.year)
        yield "DA", f"{day:%Y/%m/%d}"
    for tag, value in (("SP", item.get("page")), ("SE", item.get("section")), ("PB", item.get("original-publisher"))):
        if value:
            yield tag, value
    for word in item.get("keyword", "").split(", "):
        if word:
            yield "KW", word
    if seen := day_of(item.get("accessed")):
        yield "Y2", f"{seen:%Y/%m/%d}"
    if url := item.get("URL"):
        yield "UR", url
    yield "ER", ""
