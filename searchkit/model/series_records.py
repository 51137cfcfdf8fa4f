"""Records of several queries through time, so that another person can tell whether the series would be the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.aggregations import BYS, By
from searchkit.model.query_records import QueryRecord, Replay
from searchkit.model.timelines import Timelines

SCHEMA: Final = "searchkit.series/1"

Numbers: TypeAlias = "tuple[int | None, int]"
"""Of a period of a series: the matches (None in a gap), and all articles that the conditions alone find."""


@dataclass(frozen=True, slots=True)
class SeriesRecord:
    """Several queries and their series, at one time.

    Attributes:
        by, share, smooth, by_source: as given to `Archive.timelines`; `by_source` as a number, 0 for none.
        queries: the record of each query, by its name.
        series: the numbers of each period, by its label, of each series, by its name.
    """

    by: By
    share: bool
    smooth: int
    by_source: int
    queries: Mapping[str, QueryRecord] = field(hash=False)
    series: Mapping[str, Mapping[str, Numbers]] = field(hash=False)

    @property
    def series_sha256(self) -> str:
        """The SHA-256 of the series as JSON, without spaces, in ASCII, with names and labels in order."""
        text = json.dumps(self.series, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the record as a JSON object, a `searchkit.series/1`."""
        return {
            "schema": SCHEMA,
            "by": self.by,
            "share": self.share,
            "smooth": self.smooth,
            "by_source": self.by_source,
            "queries": [{"name": name, "record": each.to_json()} for name, each in self.queries.items()],
            "series": [
                {
                    "name": name,
                    "periods": [{"label": label, "count": count, "all": of} for label, (count, of) in periods.items()],
                }
                for name, periods in self.series.items()
            ],
            "series_sha256": self.series_sha256,
        }

    @classmethod
    def from_json(cls, given: object) -> SeriesRecord:
        """Return the record that `to_json` wrote.

        Raises:
            UsageError: it is no such record, or it is not as it was written.
        """
        if not isinstance(given, Mapping) or given.get("schema") != SCHEMA:
            raise UsageError(
                "this is no record of series", hint="archive.record_timelines(queries).to_json() makes one"
            )
        try:
            record = cls(
                by=BYS[BYS.index(given["by"])],
                share=bool(given["share"]),
                smooth=int(given["smooth"]),
                by_source=int(given["by_source"]),
                queries={str(each["name"]): QueryRecord.from_json(each["record"]) for each in given["queries"]},
                series={
                    str(each["name"]): {str(period["label"]): _numbers(period) for period in each["periods"]}
                    for each in given["series"]
                },
            )
            told = given["series_sha256"]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(
                Message("the record of series is incomplete or damaged: {reason}", reason=str(error)[:80]),
                hint="make it again",
            ) from error
        if not record.queries or told != record.series_sha256:
            raise UsageError(
                "the record of series was changed: its numbers do not fit their hash", hint="use the original file"
            )
        return record


def _numbers(period: Mapping[str, Any]) -> Numbers:
    return None if period["count"] is None else int(period["count"]), int(period["all"])


def series_of(found: Timelines) -> dict[str, dict[str, Numbers]]:
    """Return the numbers of each period, by its label, of each series, by its name."""
    labels = [each.label for each in found.periods]
    return {each.name: dict(zip(labels, zip(each.counts, each.all, strict=True), strict=True)) for each in found.series}


class Moved(NamedTuple):
    """A period of a series whose numbers changed; None: it was not there, or is not there any more."""

    series: str
    label: str
    then: Numbers | None
    now: Numbers | None


@dataclass(frozen=True, slots=True)
class SeriesReplay:
    """What has changed since a record of series was made. True if an answer or a series differs.

    Attributes:
        before, now: the record, and the record of the same questions today.
        queries: what has changed in the matches of each query, by its name.
    """

    before: SeriesRecord
    now: SeriesRecord
    queries: Mapping[str, Replay] = field(hash=False)

    @property
    def moved(self) -> tuple[Moved, ...]:
        """The periods whose numbers differ, series by series, as they were then, then new ones."""
        found = []
        for name in dict.fromkeys([*self.before.series, *self.now.series]):
            then, now = self.before.series.get(name, {}), self.now.series.get(name, {})
            for label in sorted({*then, *now}):
                if then.get(label) != now.get(label):
                    found.append(Moved(name, label, then.get(label), now.get(label)))
        return tuple(found)

    def __bool__(self) -> bool:
        return any(self.queries.values()) or bool(self.moved)
