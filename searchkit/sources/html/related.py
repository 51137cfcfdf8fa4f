"""The list of other news under an article: entries of their own, never part of its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from urllib.parse import urljoin

from searchkit.model.article import Related
from searchkit.sources import printed_dates
from searchkit.sources.html import boilerplate
from searchkit.sources.html.body import Body
from searchkit.sources.html.titles import key
from searchkit.sources.html.tree import Line, collapse, names_of

_REACH = 60
"""Lines under the article in which such a list is looked for, and the most entries one has."""
_SHORTEST = 7
_FOOT = re.compile(r"foot|copyright|bottom")
_NO_ENTRY = re.compile(
    r"^(?:ad|广告|廣告|by )\b|[为為]什[么麼].{0,6}[广廣]告|返回|更多\W*$|\bapp\b|排行榜", re.IGNORECASE
)


def related(lines: Sequence[Line], body: Body, *, url: str, timezone: tzinfo) -> tuple[Related, ...]:
    """The entries of the first list of other news under the article; each title once."""
    if body.last < 0:
        return ()
    start = next(
        (n for n in range(body.last, min(len(lines), body.last + _REACH)) if boilerplate.opens_news_list(lines[n])), -1
    )
    if start < 0:
        return ()
    found: dict[str, Related] = {}
    for entry in _entries(lines[start:], url, timezone):
        found.setdefault(key(entry.title), entry)
        if len(found) == _REACH:
            break
    return tuple(found.values())


def _entries(lines: Sequence[Line], url: str, timezone: tzinfo) -> Iterator[Related]:
    pending: Related | None = None
    strangers = 0
    for number, line in enumerate(lines):
        if number and boilerplate.opens_list(line):
            break
        if line.linked * 10 < len(line.text) * 4 and number:
            time = printed_dates.parse(line.text, timezone=timezone) if len(line.text) < 30 else None
            if pending is not None and time is not None and time.moment is not None:
                yield Related(pending.title, published=time.moment, published_text=time.text, url=pending.url)
                pending = None
                continue
            strangers += 1
            if strangers > 2:
                break
            continue
        entry = _entry(line, url, timezone)
        if entry is None:
            continue
        if _FOOT.search(names_of(line.element, 4)):
            break
        strangers = 0
        if pending is not None:
            yield pending
        pending = entry
    if pending is not None:
        yield pending


def _entry(line: Line, url: str, timezone: tzinfo) -> Related | None:
    if not line.links:
        return None
    text = line.spaced
    time = next((each for each in printed_dates.find_all(text, timezone=timezone) if each.moment is not None), None)
    if time is None:
        time = printed_dates.at_end(text, timezone=timezone)
    if time is not None and time.moment is not None:
        text = f"{text[: time.start]}\t{text[time.end :]}"
    title = collapse(" ".join(text.split("\t"))).strip("·•-—[]【】()（） ")
    for mark in ("：", ":"):  # the heading and the first entry on one line
        head, _, rest = title.partition(mark)
        if rest and len(head) <= 8 and boilerplate.is_list_name(head):
            title = rest.strip()
    if len(key(title)) < _SHORTEST or _NO_ENTRY.search(title) or boilerplate.is_list_name(title):
        return None
    target = urljoin(url, line.links[0]) if line.links[0] else ""
    return Related(
        title,
        published=time.moment if time else None,
        published_text=time.text if time and time.moment else "",
        url=target if target.startswith(("http://", "https://")) else "",
    )
