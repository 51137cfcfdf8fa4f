"""What rises: words that more articles have in the last days than the periods before lead one to expect.

The days up to the last are one period; as many periods of the same length lie before it. Each word's articles of the
period are tested against those of all periods before together, as shares of the articles there, by G² (see `typical`).
So neither a period with more articles nor a gap of the archive makes a word rise or fall: where nothing was kept,
nothing is counted. Thousands of words are tested, so listed are only those that are surer than the surest of as many
words would be by chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from searchkit.engines.aggregation import Counted, Days, WordsByDay
from searchkit.engines.snapshot import Snapshot
from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.aggregations import Bucket, Term, Trend
from searchkit.query.tree import And, Everything, Node, Published, Word
from searchkit.search.conditions import Day
from searchkit.search.typical import sure, typical

LONGEST = 36_525
"""Days that all periods may have together."""


class Periods(NamedTuple):
    """The period looked at, and those before it: `against` of them, each of `length` days.

    Attributes:
        last: the last day of the period looked at.
    """

    last: date
    length: int
    against: int

    def number(self, day: date) -> int | None:
        """Return the number of a day's period: 0 looked at, 1 the one before it; None for none of them."""
        number = (self.last - day).days // self.length
        return number if 0 <= number <= self.against else None

    def bounds(self, number: int) -> tuple[date, date]:
        """Return the first and the last day of a period."""
        last = self.last.toordinal() - number * self.length
        return date.fromordinal(max(1, last - self.length + 1)), date.fromordinal(max(1, last))


class Rising(NamedTuple):
    """What rises.

    Attributes:
        periods: the periods compared with, the earliest first, each with its matches, reprints included.
        articles: the articles of the period looked at, reprints counted once.
        before: the articles of the periods compared with, counted likewise.
        total: the matches of the period looked at, reprints included.
    """

    trends: tuple[Trend, ...]
    periods: tuple[Bucket, ...]
    articles: int
    before: int
    total: int


def periods_of(
    day: Day, length: int, against: int, today: date, days: Callable[[], Mapping[date | None, int]]
) -> tuple[Periods, str]:
    """Return the periods that end on a day, and a note if that is not the day asked for.

    Args:
        day: the last day; None: today, or if the archive has no article of today, the newest day before it that has.
        days: returns the number of articles of each day.

    Raises:
        QueryError: the day cannot be understood.
        UsageError: a number is out of range.
    """
    for name, number in (("period", length), ("against", against)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise UsageError(
                Message("{name} must be a number of 1 or more, not {number!r:.60}", name=name, number=number),
                hint="period=7, against=8",
            )
    if length * (against + 1) > LONGEST:
        raise UsageError(
            Message("the periods have more than {longest:,} days together", longest=LONGEST), hint="period=7, against=8"
        )
    if day is not None:
        return Periods(_named(day, today), length, against), ""
    held = days()
    if held.get(today):
        return Periods(today, length, against), ""
    newest = max((each for each in held if each is not None and each < today), default=None)
    if newest is None:
        return Periods(today, length, against), ""
    note = Message("no article is of {today}; the newest before it are of {newest}", today=today, newest=newest)
    return Periods(newest, length, against), note


def _named(day: str | date, today: date) -> date:
    if isinstance(day, date):
        return date(day.year, day.month, day.day)
    if not isinstance(day, str):
        raise UsageError(
            Message("day must be a date or text that names one, not {day!r:.60}", day=day), hint='day="2025-03-04"'
        )
    from searchkit.query import dates
    from searchkit.query.clock import Clock

    return dates.until(day, Clock(today))


def rising(
    snapshot: Snapshot, families: Mapping[str, str], tree: Node, periods: Periods, least: int, limit: int
) -> Rising:
    """Return the `limit` words that rise most surely among the matches of a query; `id` and `title` are empty.

    Args:
        least: the articles of the period that must have a word, reprints counted once.
    """
    first, last = periods.bounds(periods.against)[0], periods.last
    within = And((tree, Published(first, last)))
    counting = WordsByDay(
        families, lambda day: None if (number := periods.number(day)) is None else min(number, 1), (0, least)
    )
    groups, days = snapshot.aggregate(within, (counting, Days()))
    now, before = (groups.get(number, Counted(0, {})) for number in (0, 1))
    words = {word: (count, before.words.get(word, 0)) for word, count in now.words.items()}
    found = typical(words, now.articles, before.articles, limit, sure(len(words)))
    share = _days_with_articles(snapshot, periods)
    matches: Counter[int] = Counter()
    for day, count in days.items():
        number = periods.number(day) if day is not None else None
        if number is not None:
            matches[number] += count
    return Rising(
        tuple(_trend(term, now.articles, before.articles, share) for term in found),
        tuple(_period(periods, number, matches[number]) for number in range(periods.against, 0, -1)),
        now.articles,
        before.articles,
        matches[0],
    )


def _days_with_articles(snapshot: Snapshot, periods: Periods) -> float:
    """Return the days of the period that have an article in the archive, over those of the periods before."""
    now = before = 0
    for day in snapshot.days(Everything()):
        number = None if day is None else periods.number(day)
        now += number == 0
        before += number is not None and number > 0
    return now / before if before else 0.0


def _trend(term: Term, articles: int, articles_before: int, share: float) -> Trend:
    return Trend(
        word=term.word,
        articles=term.matches,
        before=term.rest,
        mean=term.rest * share,
        expected=term.rest * articles / articles_before,
        ratio=2**term.log_ratio,
        g2=term.g2,
    )


def _period(periods: Periods, number: int, matches: int) -> Bucket:
    start, end = periods.bounds(number)
    return Bucket(f"{start}..{end}", start, end, matches)


def examples(snapshot: Snapshot, tree: Node, periods: Periods, words: Sequence[str]) -> dict[str, str]:
    """Return for each word the id of the match of the period that a search for the word ranks first."""
    found = {}
    start = periods.last - timedelta(days=min(periods.length, periods.last.toordinal()) - 1)
    for word in words:
        query = And((tree, Published(start, periods.last), Word(word)))
        page = snapshot.search(query, limit=1, near=False).page
        if page:
            found[word] = page[0].id
    return found
