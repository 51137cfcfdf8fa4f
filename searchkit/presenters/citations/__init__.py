"""How is an article cited? An article becomes a CSL item (`items`), and each style writes that item.

>>> from searchkit import cite
>>> cite(article, "gbt7714", accessed=date(2025, 6, 30))
'周岸. 滨江长江大桥封闭检修[N]. 滨江日报, 2025-03-04(03).'
"""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Literal, get_args

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.article import Article

if TYPE_CHECKING:
    from searchkit.presenters.citations.items import Item

Style = Literal["gbt7714", "apa", "bibtex", "ris", "csl"]
"""A style of citations."""
STYLES: tuple[Style, ...] = get_args(Style)

__all__ = ["STYLES", "Style", "cite", "written"]


def cite(article: Article, style: Style, *, accessed: date | None = None) -> str:
    """Return the citation of an article, without a newline at its end.

    Args:
        style: "gbt7714" (GB/T 7714-2015, numeric), "apa" (7th edition), "bibtex", "ris", or "csl" (one item).
        accessed: the day on which the page was retrieved; default: the day on which the article was fetched, if its
            record has one (as those from WARC files), else none. It is cited only together with an address.

    The day of publication is the calendar day of `article.published` in its own time zone.

    Raises:
        UsageError: there is no such style.
    """
    from searchkit.presenters.citations.items import item_of

    return written(item_of(article, accessed=accessed), style)


def written(item: Item, style: Style) -> str:
    """Return a CSL item in a style.

    Raises:
        UsageError: there is no such style.
    """
    if style not in STYLES:
        raise UsageError(
            Message("there is no citation style {style!r}", style=str(style)[:40]),
            hint=Message("there are {styles}", styles=", ".join(STYLES)),
        )
    if style == "csl":
        from searchkit.model.serialise import json_line

        return json_line(item)
    text: str = import_module(f"searchkit.presenters.citations.{style}").text(item)
    return text
