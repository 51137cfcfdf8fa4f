"""Maintenance: the statistics of an archive, the completeness of its sources, verification, and backup."""

from __future__ import annotations

from datetime import date
from os import PathLike
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from searchkit.engines.aggregation import Days, Values
from searchkit.model.reports import SourceReport, Stats, Verification
from searchkit.query.tree import Everything, Field
from searchkit.reprints.families import Families
from searchkit.writing.catching_up import Progress
from searchkit.writing.place import Place
from searchkit.writing.quality import Completeness, gaps
from searchkit.writing.sync import Sync

_GAPS = 10
"""Gaps that `stats` names, at most."""


class Maintenance:
    """The maintenance of the archive in a place; days are days in `timezone`."""

    def __init__(self, place: Place, sync: Sync, families: Families, timezone: ZoneInfo) -> None:
        self._place = place
        self._store = place.record
        self._sync = sync
        self._families = families
        self._timezone = timezone

    def stats(self) -> Stats:
        """Return the statistics of the archive."""
        counts = self._store.counts()
        with self._sync.reading() as (snapshot, _):
            behind = self._store.pending(snapshot.covers)
            kinds = self._store.kinds() if behind else snapshot.facets(Everything(), ["kind"])["kind"]
            found, sources = snapshot.aggregate(Field("kind", "article"), (Days(), Values("source")))
        days = dict(found)
        undated = days.pop(None, 0)
        own = self._place.aliases.own()
        dated = cast("dict[date, int]", days)
        return Stats(
            articles=kinds.get("article", 0),
            headlines=kinds.get("headline", 0),
            revisions=counts["revisions"],
            undated=undated,
            first=min(dated, default=None),
            last=max(dated, default=None),
            days=len(dated),
            gaps=gaps(dated, _GAPS),
            sources=tuple(sorted(sources.items(), key=lambda item: (-item[1], item[0]))),
            duplicates=counts["duplicates"],
            record_bytes=self._store.size(),
            index_bytes=self._sync.index.size(),
            index_behind=behind,
            timezone=self._timezone.key,
            fingerprint=self._sync.fingerprint,
            backend=type(self._sync.index).__name__,
            path=str(self._place.path),
            dictionary_words=len(self._sync.dictionary.words),
            own_aliases=len(own.groups),
            alias_errors=own.errors,
        )

    def sources(self) -> tuple[SourceReport, ...]:
        """Report on each source which fields its articles have and lack, the source with most articles first."""
        found = Completeness(self._timezone)
        for source, published, author, body in self._store.outlines():
            found.count(source, published.astimezone(self._timezone).date() if published else None, author, body)
        return found.report()

    def verify(self, progress: Progress | None = None, *, repair: bool = False) -> Verification:
        """Check the record, the index, and that they agree; see `Archive.verify`."""
        from searchkit.writing.verifying import Verifying

        return Verifying(self._store, self._sync, self._families).run(progress, repair=repair)

    def backup(self, directory: str | PathLike[str]) -> int:
        """Copy the archive; see `Archive.backup`. Returns: the number of articles in it."""
        return self._place.backup(self._sync.index, Path(directory), self._sync.patience)
