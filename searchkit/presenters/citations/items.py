"""An article as a CSL item: the middle between our records and every style of citation.

The names are those of CSL 1.0.2 (citationstyles.org): an item of Zotero's, Pandoc's and citeproc's JSON.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TypedDict

from searchkit.model.article import Article
from searchkit.model.serialise import content_hash
from searchkit.presenters.citations.names import Name, names_of

_Dates = TypedDict("_Dates", {"date-parts": list[list[int]]})

Item = TypedDict(
    "Item",
    {
        "id": str,
        "type": str,
        "title": str,
        "author": list[Name],
        "container-title": str,
        "original-publisher": str,
        "issued": _Dates,
        "accessed": _Dates,
        "page": str,
        "section": str,
        "keyword": str,
        "language": str,
        "URL": str,
    },
    total=False,
)
"""One CSL item. Keys without a value are left out.

`type` is article-newspaper or webpage. `container-title` is the newspaper, or the site on which the page was seen;
`original-publisher` the outlet that this site reprints.
"""

_PAGES = ("page", "版次", "版", "版面", "页码", "pages", "SP", "PG", "edition")
"""Names in `extra` under which sources give the printed page."""
_PAGE = re.compile(
    r"第?\s*(?P<page>[A-Za-z]{0,3}\d{1,4}[A-Za-z]?(?:\s*[-—–,，]\s*[A-Za-z]{0,3}\d{1,4})?)\s*(?:版|面)?(?=$|[\s:：(（])"
)
_SECTION_PAGE = re.compile(r"(?:第\s*)?(?P<page>[A-Za-z]{0,3}\d{1,4}[A-Za-z]?)\s*版(?=$|[\s:：(（])")
_FRONT = re.compile(r"(?:頭版|头版)")
_NEWSPAPER = re.compile(
    r"[报報](?:纸|紙|社|电子版|数字报)?$|\b(?:Times|Daily|Post|Herald|Tribune|Journal|Gazette|Newspaper|Morning|Guardian)\b"
)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def item_of(article: Article, *, accessed: date | None = None) -> Item:
    """Return the CSL item of an article.

    An article is a newspaper's if its record gives a printed page, if the name of its outlet is that of a newspaper
    (…报, … Times) and no other site shows it, or if it has no address. Otherwise it is a web page.

    Args:
        accessed: the day of retrieval; default: the day that the record says the page was fetched on, if it does.
    """
    source, site, url = _line(article.source), _line(article.site), _line(article.url)
    page = printed_page(article)
    elsewhere = bool(source and site) and not _same_outlet(source, site)
    paper = bool(page) or not url or (bool(_NEWSPAPER.search(source or site)) and not elsewhere)
    item: Item = {
        "id": article.id or content_hash(article)[:16],
        "type": "article-newspaper" if paper else "webpage",
        "title": _line(article.title),
    }
    if names := names_of(article.author):
        item["author"] = names
    if container := (source or site) if paper or not elsewhere else site:
        item["container-title"] = container
    if elsewhere and not paper:
        item["original-publisher"] = source
    if article.published is not None:
        item["issued"] = _parts(article.published.date())
    if page:
        item["page"] = page
    if section := _line(article.section):
        item["section"] = section
    if article.keywords:
        item["keyword"] = ", ".join(map(_line, article.keywords))
    item["language"] = "zh" if _HAN.search(article.title) else "en"
    if url:
        item["URL"] = url
        if (seen := accessed or _fetched(article)) is not None:
            item["accessed"] = _parts(seen)
    return item


def printed_page(article: Article) -> str:
    """Return the number of the printed page, without 第 and 版; empty if the record has none."""
    for name in _PAGES:
        if value := article.extra.get(name, "").strip():
            if _FRONT.match(value):
                return "1"
            if match := _PAGE.match(value):
                return "".join(match["page"].split())
    match = _SECTION_PAGE.match(article.section.strip())
    return match["page"] if match else ""


def _same_outlet(source: str, site: str) -> bool:
    """Return whether a site is the outlet's own: 滨江日报 and 滨江日报网."""
    a, b = (
        re.sub(r"\W|(?:电子版|数字报|官网|网站|網站|客户端|[网網报報社])$", "", each).casefold()
        for each in (source, site)
    )
    return a in b or b in a


def _fetched(article: Article) -> date | None:
    try:
        return date.fromisoformat(article.extra.get("fetched", "")[:10])
    except ValueError:
        return None


def _parts(day: date) -> _Dates:
    return {"date-parts": [[day.year, day.month, day.day]]}


def day_of(dates: _Dates | None) -> date | None:
    """Return the day of a CSL date; None without one."""
    return date(*dates["date-parts"][0]) if dates else None


def _line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())
