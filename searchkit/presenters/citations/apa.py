"""APA style, 7th edition (Publication Manual of the American Psychological Association, 2020), as plain text.

The rules that are applied, by the manual's numbers:

- 9.8: family name, then initials with full stops; up to 20 authors, all named, `&` before the last; of 21 and more the
  first 19, an ellipsis, and the last. 9.11: a group is written in full.
- 9.12: without an author the title moves to the author's place.
- 9.13, 9.14: (year, month day); 9.17: (n.d.) without a date.
- 9.19: a title that ends with a question or exclamation mark gets no full stop. Titles keep the capitals that they were
  printed with.
- 10.1 (16): newspaper article: Author. (date). Title. Newspaper, page. URL.
- 10.16 (110): page on a news website: Author. (date). Title. Site. URL. 9.24: the site is left out if it is the author.
- 9.16: a day of retrieval only for content that is designed to change, which an article is not.

Italics are left out, as plain text has none. Chinese names and titles keep their characters: the romanisation and the
translation in brackets that 9.38 asks for are for the person who cites.
"""

from __future__ import annotations

from searchkit.presenters.citations.items import Item, day_of
from searchkit.presenters.citations.names import PINYIN_SURNAMES, Name, initials, is_han

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MOST_AUTHORS = 20


def text(item: Item) -> str:
    """Return the entry of a CSL item in the list of references."""
    day = day_of(item.get("issued"))
    date = f"({day.year}, {_MONTHS[day.month - 1]} {day.day})" if day else "(n.d.)"
    authors = _authors([_author(name) for name in item.get("author", [])])
    container = item.get("container-title", "")
    if container == authors:
        container = ""
    page = item.get("page", "") if item["type"] == "article-newspaper" else ""
    place = ", ".join(filter(None, (container, page)))
    parts = (authors, date, item["title"], place) if authors else (item["title"], date, place)
    return " ".join([*(_stopped(part) for part in parts if part), *filter(None, [item.get("URL", "")])])


def _stopped(part: str) -> str:
    return part if part.endswith((".", "?", "!", "。", "？", "！", "…")) else f"{part}."


def _authors(names: list[str]) -> str:
    if len(names) > _MOST_AUTHORS:
        return f"{', '.join(names[:19])}, . . . {names[-1]}"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])}, & {names[-1]}"


def _author(name: Name) -> str:
    if "literal" in name:
        return name["literal"]
    if is_han(name):
        return name["family"] + name["given"]
    if name["family"].lower() in PINYIN_SURNAMES:
        return f"{name['family']}, {name['given'][0].upper()}."
    return f"{name['family']}, {' '.join(one.replace('-', '.-') + '.' for one in initials(name['given']))}"
