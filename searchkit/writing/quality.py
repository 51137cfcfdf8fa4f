"""Gaps in an archive: missing fields by source, which reveal a broken extractor, and days without articles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta, tzinfo
from itertools import pairwise

from searchkit.analysis.fields import day
from searchkit.model.article import Article
from searchkit.model.reports import SourceReport


class Completeness:
    """The counts by source; days are days in `timezone`. An article without a source counts for its site."""

    def __init__(self, timezone: tzinfo) -> None:
        self._timezone = timezone
        self._found: dict[str, _Counts] = {}

    def see(self, article: Article) -> None:
        """Count an article."""
        source = article.source or article.site
        self.count(source, day(article, self._timezone), bool(article.author), bool(article.body))

    def count(self, source: str, published: date | None, author: bool, body: bool) -> None:
        """Count an article of which only these facts are available."""
        counts = self._found.setdefault(source.strip(), _Counts())
        counts.records += 1
        counts.without_author += not author
        counts.without_body += not body
        if published is None:
            counts.without_time += 1
        else:
            counts.first = min(counts.first or published, published)
            counts.last = max(counts.last or published, published)

    def report(self) -> tuple[SourceReport, ...]:
        """Return the sources, those with most articles first, ties by name."""
        found = [
            SourceReport(
                name, each.records, each.first, each.last, each.without_time, each.without_author, each.without_body
            )
            for name, each in self._found.items()
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda each: (-each.records, each.source)))


class _Counts:
    def __init__(self) -> None:
        self.records = self.without_time = self.without_author = self.without_body = 0
        self.first: date | None = None
        self.last: date | None = None


def gaps(days: Mapping[date, int], most: int) -> tuple[tuple[date, date], ...]:
    """Return the `most` longest runs of days without an article, between the first and the last day, longest first."""
    ordered = sorted(days)
    found = [
        (before + timedelta(days=1), after - timedelta(days=1))
        for before, after in pairwise(ordered)
        if after - before > timedelta(days=1)
    ]
    return tuple(sorted(found, key=lambda gap: (gap[0] - gap[1], gap[0]))[:most])
