"""Several queries followed through time: series of counts and shares, gaps, and moving averages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from searchkit.engines.aggregation import Aggregation, CommonestDays, Days, DaysOfCommonest, DaysWith, Values
from searchkit.engines.snapshot import Snapshot
from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.aggregations import BYS, By
from searchkit.model.results import Parsed
from searchkit.model.timelines import NamedQuery, Period, Series, Timelines
from searchkit.search.conditions import Conditions, one_of
from searchkit.search.question import Question
from searchkit.search.timeline import counts_in, periods

MOST_SERIES = 20
SOURCES = 5
"""Sources of each query that have a series if no number is given."""
_SOURCES_TOLD = 5

_PerDay = Mapping["date | None", int]


class Wanted(NamedTuple):
    """What is wanted of the queries; see `Asking.timelines`. `sources` is 0 for one series of each query."""

    by: By
    share: bool
    smooth: int
    sources: int

    @classmethod
    def of(cls, queries: Mapping[str, object], by: object, share: bool, smooth: int, by_source: bool | int) -> Wanted:
        """Return what is wanted.

        Raises:
            UsageError: a value is invalid, or there are too many series.
        """
        if not isinstance(queries, Mapping) or not queries:
            raise UsageError(
                "the queries must be given by name, one at least", hint='archive.timelines({"芯片": "芯片 OR 半导体"})'
            )
        for name in queries:
            if not isinstance(name, str) or not name.strip():
                raise UsageError(
                    Message("a query needs a name, not {name!r}", name=name), hint='archive.timelines({"芯片": "芯片"})'
                )
        if not isinstance(smooth, int) or smooth < 1:
            raise UsageError(
                Message("smooth must be a number of periods, 1 or more, not {smooth!r}", smooth=smooth),
                hint="smooth=7",
                code="smooth",
            )
        if not isinstance(by_source, int) or by_source < 0:
            raise UsageError(
                Message("by_source must be a number of sources, not {by_source!r}", by_source=by_source),
                hint="by_source=5",
            )
        sources = SOURCES if by_source is True else int(by_source)
        if len(queries) * max(1, sources) > MOST_SERIES:
            raise UsageError(
                Message(
                    "{count} queries with {sources} sources each are more than {most} series",
                    count=len(queries),
                    sources=sources,
                    most=MOST_SERIES,
                )
                if sources
                else Message("{count} queries are more than {most} series", count=len(queries), most=MOST_SERIES),
                hint=Message("by_source={most_series}", most_series=MOST_SERIES // len(queries))
                if sources > 1 and len(queries) <= MOST_SERIES
                else Message("follow {most_series} at a time", most_series=MOST_SERIES),
                code="too-many-series",
                queries=len(queries),
                sources=sources,
                fitting=MOST_SERIES // len(queries),
            )
        return cls(one_of("by", by, BYS), bool(share), smooth, sources)


class _Line(NamedTuple):
    """A series before it is counted by periods.

    Attributes:
        value: the compared form of the source; None for all sources.
    """

    name: str
    query: str
    source: str | None
    value: str | None
    days: _PerDay


def timelines(
    snapshot: Snapshot,
    questions: Mapping[str, Question],
    scope: Question,
    conditions: Conditions,
    wanted: Wanted,
    parsed_of: Callable[[Question, int], Parsed],
    behind: int,
) -> Timelines:
    """Return several questions through time. The matches of each, and of the scope, are computed once.

    Args:
        scope: `conditions`, which hold for all of them, without a query.
        parsed_of: returns how a question was understood, given its number of matches.
    """
    lines: list[_Line] = []
    followed: list[NamedQuery] = []
    for name, question in questions.items():
        whole, commonest = _counted(snapshot, question, wanted.sources)
        total = sum(whole.values())
        parsed = parsed_of(question, total)
        if commonest is None:
            lines.append(_Line(name, name, None, None, whole))
            followed.append(NamedQuery(name, parsed, total, whole.get(None, 0)))
            continue
        for each in commonest.values:
            shown = f"{name}: {each.printed}" if len(questions) > 1 else each.printed
            while any(shown == other.name for other in lines):
                shown += "'"  # a: b of the source c, and a of the source b: c
            lines.append(_Line(shown, name, each.printed, each.value, each.days))
        others = total - sum(each.articles for each in commonest.values) - commonest.without
        followed.append(
            NamedQuery(name, parsed, total, whole.get(None, 0), commonest.others, others, commonest.without)
        )
    values = tuple(dict.fromkeys(each.value for each in lines if each.value is not None))
    asked: tuple[Aggregation[Any], ...] = (Days(), Values("source"), DaysWith("source", values))
    all_days, all_sources, days_of = cast(
        "tuple[_PerDay, Mapping[str, int], Mapping[str, _PerDay]]", snapshot.aggregate(scope.tree, asked)
    )
    spans = [question.parsed.span for question in questions.values()]
    since = min((each.since for each in spans if each and each.since), default=None)
    until = max((each.until for each in spans if each and each.until), default=None)
    found = list(periods((day for each in lines for day in each.days if day is not None), wanted.by, since, until))
    bounds = [(start, end) for _, start, end in found]

    def per_period(days: _PerDay) -> list[int]:
        return list(counts_in({day: count for day, count in days.items() if day is not None}, bounds))

    all_of = {value: tuple(per_period(days)) for value, days in days_of.items()}
    in_all = tuple(per_period(all_days))
    named = sorted((item for item in all_sources.items() if item[0]), key=lambda item: (-item[1], item[0]))
    return Timelines(
        by=wanted.by,
        share=wanted.share,
        smooth=wanted.smooth,
        periods=tuple(Period(*each, number) for each, number in zip(found, in_all, strict=True)),
        queries=tuple(followed),
        series=tuple(
            _series(each, per_period(each.days), in_all if each.value is None else all_of[each.value], wanted)
            for each in lines
        ),
        scope=scope.parsed,
        total=sum(all_days.values()),
        sources=tuple(named[:_SOURCES_TOLD]),
        mode=conditions.mode,
        aliases=conditions.aliases,
        archive_size=len(snapshot),
        index_behind=behind,
    )


def _counted(snapshot: Snapshot, question: Question, sources: int) -> tuple[_PerDay, CommonestDays | None]:
    if not sources:
        return snapshot.aggregate(question.tree, (Days(),))[0], None
    return snapshot.aggregate(question.tree, (Days(), DaysOfCommonest("source", sources)))


def _series(line: _Line, counts: Sequence[int], of: tuple[int, ...], wanted: Wanted) -> Series:
    in_periods = tuple(count if whole else None for count, whole in zip(counts, of, strict=True))
    made = Series(
        line.name, line.query, line.source, in_periods, of, (), sum(line.days.values()), line.days.get(None, 0)
    )
    if wanted.smooth == 1:
        return made
    averages = tuple(averaged(made.shares if wanted.share else in_periods, wanted.smooth))
    return Series(made.name, made.query, made.source, made.counts, of, averages, made.total, made.undated)


def averaged(values: Sequence[float | None], over: int) -> Iterator[float | None]:
    """Yield the centred moving average of each value; None where there is none.

    It is the mean of the values that there are among the `over` around it: a gap is left out, and at both ends the
    window is cut off. If `over` is even, the window has one more, and its first and last count half.

    Args:
        over: 1 or more.
    """
    half, even = over // 2, over % 2 == 0
    sums, numbers = [0.0], [0]
    for value in values:
        sums.append(sums[-1] + (value or 0))
        numbers.append(numbers[-1] + (value is not None))

    def sum_and_number(start: int, end: int) -> tuple[float, int]:
        start, end = max(start, 0), min(max(end, 0), len(values))
        return (sums[end] - sums[start], numbers[end] - numbers[start]) if start < end else (0.0, 0)

    for at, value in enumerate(values):
        if value is None:
            yield None
            continue
        total, number = sum_and_number(at - half, at + half + 1)
        if even:
            inner, fewer = sum_and_number(at - half + 1, at + half)
            yield (total + inner) / (number + fewer)
        else:
            yield total / number
