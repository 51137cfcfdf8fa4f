"""BibTeX: @article for a newspaper, @misc for a web page (Patashnik, BibTeXing, 1988); `url`, `urldate` as in BibLaTeX.

Titles stand in two pairs of braces, so that no style changes their capitals. Braces of a text become commands: BibTeX
counts even those behind a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from searchkit.model.serialise import digest
from searchkit.presenters.citations.items import Item, day_of
from searchkit.presenters.citations.names import Name, is_han, whole

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ACTIVE = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{char: f"\\{char}" for char in "#$%&_"},
}  # fmt: skip
_NO_KEY = re.compile(r"[^A-Za-z0-9:._-]+")
_NOT_IN_URL = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20", '"': "%22"}


def text(item: Item) -> str:
    """Return the entry of a CSL item."""
    kind = "misc" if item["type"] == "webpage" else "article"
    lines = ",\n".join(f"  {name} = {value}" for name, value in _fields(item))
    return f"@{kind}{{{key(item['id'])},\n{lines}\n}}"


def key(id: str) -> str:
    """Return the key of an entry: the id, in characters that BibTeX allows in a key; different for different ids."""
    plain = _NO_KEY.sub("-", id).strip("-")
    return plain if plain == id else f"{plain}-{digest(id)}".lstrip("-")


def _fields(item: Item) -> Iterator[tuple[str, str]]:
    if names := item.get("author"):
        yield "author", f"{{{' and '.join(map(_author, names))}}}"
    yield "title", f"{{{{{escaped(item['title'])}}}}}"
    if container := item.get("container-title"):
        yield ("howpublished" if item["type"] == "webpage" else "journal"), f"{{{escaped(container)}}}"
    if day := day_of(item.get("issued")):
        yield "year", f"{{{day.year}}}"
        yield "month", _MONTHS[day.month - 1]
        yield "day", f"{{{day.day}}}"
    if page := item.get("page"):
        yield "pages", f"{{{escaped(page)}}}"
    if outlet := item.get("original-publisher"):
        yield "note", f"{{{escaped(outlet)}}}"
    if url := item.get("URL"):
        yield "url", f"{{{''.join(_NOT_IN_URL.get(char, char) for char in url)}}}"
    if seen := day_of(item.get("accessed")):
        yield "urldate", f"{{{seen}}}"


def _author(name: Name) -> str:
    # Braces keep BibTeX from looking for a family name where none is told apart.
    if "literal" in name or is_han(name):
        return f"{{{escaped(whole(name))}}}"
    return escaped(whole(name))


def escaped(value: str) -> str:
    """Return a text with the characters that TeX acts on as commands that print them."""
    return "".join(_ACTIVE.get(char, char) for char in value)
