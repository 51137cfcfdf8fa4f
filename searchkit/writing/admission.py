"""Admission to the archive: the records made from an article, the reasons to refuse it, and the tally of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING

from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.writing import identity

if TYPE_CHECKING:
    from searchkit.model.rejected import Rejected
    from searchkit.model.reports import UpsertReport

MOST_CHARACTERS = 2_000_000
"""The most characters of one article, title and body together. Analysis takes up to 120 bytes for each; no news is that
long, but data mistaken for news is."""


MOST_IN_ALL = 16_000_000
"""Characters of one article, all fields together: what a record has beside its article is kept, but not without end."""


class Tally:
    """The counts of outcomes while articles are added."""

    def __init__(self, timezone: tzinfo) -> None:
        from searchkit.writing.quality import Completeness

        self.counts = {"added": 0, "updated": 0, "unchanged": 0}
        self.headlines = 0
        self.kept_apart = 0
        self.rejected: list[Rejected] = []
        self._sources = Completeness(timezone)

    @property
    def seen(self) -> int:
        return sum(self.counts.values())

    def take(self, outcomes: Iterable[tuple[str, Article]]) -> None:
        for outcome, record in outcomes:
            self.counts[outcome] += 1
            if outcome != "unchanged":
                self.headlines += record.kind == "headline"
                if record.kind == "article":
                    self._sources.see(record)

    def report(self) -> UpsertReport:
        from searchkit.model.reports import UpsertReport

        return UpsertReport(
            **self.counts,
            rejected=tuple(self.rejected),
            headlines=self.headlines,
            kept_apart=self.kept_apart,
            sources=self._sources.report(),
        )


def records(article: Article) -> Iterator[Article]:
    """Yield the article with its id, and the headlines that its page listed."""
    named = identity.with_id(article)
    yield named
    seen = set()
    for related in named.related:
        record = identity.headline(related, named)
        if record.id not in seen and record.title:
            seen.add(record.id)
            yield record


def refusal(item: object) -> Rejected | None:
    """Return why this cannot be accepted, or None. A record rejected earlier keeps its reason."""
    from searchkit.model.rejected import Rejected

    if isinstance(item, Rejected):
        return item
    if not isinstance(item, Article):
        raise TypeError(f"an Article is needed, not {type(item).__name__}")
    where = item.id or item.url or item.title[:40]
    if not item.title.strip() and not item.body.strip():
        return Rejected(where, "neither title nor body")
    size = len(item.title) + len(item.body)
    if size > MOST_CHARACTERS:
        return Rejected(
            where,
            Message(
                "has {size:,} characters; an article has {most_characters:,} at most",
                size=size,
                most_characters=MOST_CHARACTERS,
            ),
        )
    size = item.characters
    if size > MOST_IN_ALL:
        return Rejected(
            where[:80],
            Message(
                "has {size:,} characters in all its fields; {most_in_all:,} are the most",
                size=size,
                most_in_all=MOST_IN_ALL,
            ),
        )
    if len(item.id) > identity.MAX_ID or any(ord(char) < 32 or ord(char) == 127 for char in item.id):
        return Rejected(
            where[:80],
            Message("an id is at most {max_id} characters, without control characters", max_id=identity.MAX_ID),
        )
    return None
