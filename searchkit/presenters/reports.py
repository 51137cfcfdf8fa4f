"""Reports on intake and pruning as a person reads them: sources, the fields they lack, pruned records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from searchkit.language.messages import Message, gettext, plural
from searchkit.model.counts import counted
from searchkit.presenters.style import Style
from searchkit.presenters.terminal import clauses, days
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import columns, padded, shortened

if TYPE_CHECKING:
    from searchkit.model.reports import DictionaryReport, Pruning, SourceReport

_SHORT = 5
"""The number of sources shown after an ingest."""

_MOST = 30
"""The most columns that a source's name takes on a terminal."""


def sources(found: Sequence[SourceReport], style: Style) -> Iterator[str]:
    """Yield a line for each source: articles, days, and the share of articles without time, author or body."""
    if not found:
        yield gettext("no articles")
        return
    wide = min(style.at_most(_MOST), max(columns(_name(each)) for each in found))
    articles = gettext("articles")
    number = max(columns(articles), *(len(f"{each.records:,}") for each in found))
    heads = [gettext("no time"), gettext("no author"), gettext("no body")]
    narrow = [max(4, columns(head)) for head in heads]
    head = [padded(gettext("source"), wide), padded(articles, number, right=True), padded(gettext("days"), 22)]
    head += [padded(each, most, right=True) for each, most in zip(heads, narrow, strict=True)]
    yield style.dim("  ".join(head))
    for each in found:
        span = days(each.first, each.last) if each.first else ""
        lacked = (each.without_time, each.without_author, each.without_body)
        shares = [f"{_share(count, each.records):>{most}}" for count, most in zip(lacked, narrow, strict=True)]
        lacking = style.warn if max(each.without_time, each.without_body) * 2 > each.records else str
        yield (
            f"{style.accent(padded(shortened(_name(each), wide), wide))}  {each.records:>{number},}  {span:<22}  "
            + lacking("  ".join(shares))
        )


def sources_in_short(found: Sequence[SourceReport], style: Style) -> Iterator[str]:
    """Yield a line for each of the largest sources of a run, with the fields its articles lack."""
    for each in found[:_SHORT]:
        lacks = [
            gettext(template, share=_share(count, each.records))
            for template, count in (
                (Message("{share} without time"), each.without_time),
                (Message("{share} without author"), each.without_author),
                (Message("{share} without body"), each.without_body),
            )
            if count
        ]
        span = [days(each.first, each.last)] if each.first else []
        told = clauses([counted(each.records, "article"), *span, *lacks])
        line = gettext("{what}: {told}", what=_name(each), told=told)
        broken = max(each.without_time, each.without_body) * 2 > each.records
        yield style.warn(line) if broken else style.dim(line)
    if len(found) > _SHORT:
        more = plural("and {number:,} source more", "and {number:,} sources more", len(found) - _SHORT)
        yield style.dim(gettext("{what}: {command}", what=more, command="searchkit stats --sources"))


def _name(each: SourceReport) -> str:
    return safe(each.source) or gettext("(no source)")


def _share(count: int, whole: int) -> str:
    """Return a percentage: "-" only for none, 100% only for all."""
    if not count:
        return "-"
    share = round(100 * count / whole)
    return f"{min(max(share, 1), 99 if count < whole else 100)}%"


def dictionary(found: DictionaryReport) -> str:
    """Return a line on the words of a dictionary that was given, and the articles that they touched."""
    changes: list[str] = [
        gettext(template, number=count)
        for count, template in (
            (found.added, Message("{number:,} new")),
            (found.dropped, Message("{number:,} dropped")),
            (found.changed, Message("{number:,} changed")),
        )
        if count
    ]
    again = [Message("{articles} indexed again", articles=counted(found.reindexed, "article"))] if changes else []
    read = Message("{words} read", words=counted(found.words, "word"))
    told = clauses([read, *(changes or [Message("none new")]), *again])
    return gettext("dictionary: {told}", told=told)


def pruning(found: Pruning) -> Iterator[str]:
    """Yield the number of records pruned; after a dry run, the files and ids before it."""
    if found.dry_run:
        yield from (gettext("gone: {file}", file=safe(path)) for path in found.files)
        yield from (safe(id) for id in found.ids)
    counts = {"records": counted(len(found.ids), "record"), "files": counted(len(found.files), "file")}
    if found.dry_run:
        yield gettext("would prune {records} of {files}", **counts)
    else:
        yield gettext("pruned {records} of {files}", **counts)
