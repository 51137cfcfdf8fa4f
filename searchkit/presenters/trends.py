"""Rising words as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from searchkit.language.messages import Message, gettext
from searchkit.model.aggregations import Trends
from searchkit.model.counts import counted
from searchkit.presenters.style import Style
from searchkit.presenters.terminal import clauses
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import columns, padded, shortened

_WIDEST = 20


def trends(found: Trends, style: Style) -> Iterator[str]:
    """Yield a line for each word: its articles, the mean before, how many times its share has grown, G², an article."""
    if not found.trends:
        return
    wide = max(4, *(min(_WIDEST, columns(safe(each.word))) for each in found.trends))
    now = max(3, len(f"{max(each.articles for each in found.trends):,}"))
    mean = max(4, len(f"{max(each.mean for each in found.trends):,.1f}"))
    times = max(5, len(f"{max(each.ratio for each in found.trends):,.1f}"))
    g2 = max(2, len(f"{found.trends[0].g2:,.0f}"))
    room = style.columns - wide - now - mean - times - g2 - 10
    head = [padded(gettext("word"), wide)]
    head += [
        padded(text, most, right=True)
        for text, most in ((gettext("now"), now), (gettext("mean"), mean), (gettext("times"), times), ("G2", g2))
    ]
    yield style.dim("  ".join([*head, gettext("article")]))
    for each in found.trends:
        name = padded(shortened(safe(each.word), wide), wide)
        numbers = f"{each.articles:>{now},}  {each.mean:>{mean},.1f}  {each.ratio:>{times},.1f}  {each.g2:>{g2},.0f}"
        yield f"{name}  {numbers}  {style.dim(shortened(safe(each.title), max(8, room)))}".rstrip()


def told(found: Trends) -> Iterator[str]:
    """Yield the days and the numbers of articles compared."""
    days = f"{found.since}"
    if found.since != found.until:
        days = gettext("{first} to {last}", first=f"{found.since}", last=f"{found.until}")
    parts = [counted(found.total, "article")]
    if found.articles != found.total:
        parts.append(Message("{number:,} without reprints", number=found.articles))
    yield gettext("{what}: {told}", what=days, told=clauses(parts))
    if not found.periods:
        return
    empty = sum(not each.count for each in found.periods)
    articles, periods = counted(found.before, "article"), counted(len(found.periods), "period")
    parts = [Message("{articles} in {periods}", articles=articles, periods=periods)]
    if empty:
        parts.append(Message("{number} without any, left out", number=empty))
    yield gettext(
        "against {first} to {last}: {told}",
        first=f"{found.periods[0].start}",
        last=f"{found.periods[-1].end}",
        told=clauses(parts),
    )
    if not found.trends:
        surely = found.articles and found.before
        yield gettext("no word rises surely") if surely else gettext("there is nothing to compare")
