"""Families of reprints, stored in the record beside the articles.

Like the index they are derived: a setting says up to which sequence number they cover the record. Later changes are
sketched and compared with the articles of the days around them, and the families they touch are rebuilt. The result is
the same as from comparing every article with every other (`tests/oracle` does so).
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from searchkit.analysis.fields import day, epoch
from searchkit.analysis.normalise import fold
from searchkit.model.article import Article
from searchkit.reprints import versions
from searchkit.storage.schema import summed
from searchkit.storage.store import Change, Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from searchkit.model.history import Family
    from searchkit.reprints.detection import Union

_SETTING = "families"
_NUMBER = re.compile("[0-9]{1,18}")
_WINDOW = 16
"""Days of changed articles processed together; bounds memory."""

_TEXTS = 500
"""Texts sketched together; bounds memory."""

_PART = 500
"""Ids in one statement."""


@dataclass(frozen=True, slots=True)
class _Window:
    """The stored sketches of neighbouring days, one for each set of twins."""

    numbers: NDArray[np.int64]
    days: NDArray[np.int64]
    sketches: list[NDArray[np.uint32]]
    new: NDArray[np.bool_]


class Families:
    """The families in a store; days are days in `timezone`."""

    def __init__(self, store: Store, timezone: tzinfo) -> None:
        self._store = store
        self._timezone = timezone
        self._held: tuple[str | None, Mapping[str, str]] | None = None

    # -- keeping up to date with the record

    @property
    def covers(self) -> int:
        """The sequence number up to which families cover the record; 0 if they were made by another rule."""
        rule, _, covers = (self._store.setting(_SETTING) or "").partition(" ")
        return int(covers) if rule == _rule() and _NUMBER.fullmatch(covers) else 0

    def behind(self, upto: int) -> bool:
        """Return whether they do not cover the record up to a sequence number."""
        return self.covers < upto

    def catch_up(self, upto: int, batch: int, progress: Callable[[str, int, int], object] | None = None) -> None:
        """Process the changes of the record up to a sequence number, or a little further, `batch` at a time."""
        total = self._store.pending(self.covers) if self.behind(upto) else 0
        done = 0
        while self.behind(upto) and (changes := self._store.changes(self.covers, batch)):
            self.take(changes)
            done += len(changes)
            if progress:
                progress("reprints", done, total)

    def clear(self) -> None:
        """Remove all derived data; `take` makes it again."""
        self._store.execute("DELETE FROM sketches")
        self._store.execute("DELETE FROM families")
        self._store.execute("DELETE FROM settings WHERE name = ?", _SETTING)

    def take(self, changes: Sequence[Change]) -> None:
        """Process changes of the record in the order of their sequence numbers, in one atomic step.

        Changes processed before are skipped.
        """
        covers = self.covers
        fresh = [change for change in changes if change.seq > covers]
        if not fresh:
            return
        articles = [change.article for change in fresh if change.article is not None]
        sketched: set[str] = set()

        def rows() -> Iterator[tuple[Any, ...]]:
            """Make rows as they are written, so that those of a whole step are never held together."""
            for start in range(0, len(articles), _TEXTS):
                for row in self._rows(articles[start : start + _TEXTS]):
                    sketched.add(row[0])
                    yield summed(*row)

        with self._store.transaction():
            if not covers:
                self.clear()
            changed = [change.id for change in fresh]
            broken = self._taken_apart(changed)
            if covers:
                self._store.execute_many("DELETE FROM sketches WHERE id = ?", ((id,) for id in changed))
            self._store.execute_many(
                "INSERT INTO sketches (id, day, appeared, twins, title, sketch, numbers, sum)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                rows(),
            )
            self._put_together({*broken, *sketched})
            self._store.set_setting(_SETTING, f"{_rule()} {fresh[-1].seq}")

    def _rows(self, articles: Iterable[Article]) -> list[tuple[Any, ...]]:
        """Return the rows to store for each article that can have reprints: one with a time and enough text."""
        from searchkit.reprints import shingles  # a search does without
        from searchkit.reprints.detection import numbers

        dated = [each for each in articles if each.kind == "article" and each.published is not None]
        plain = shingles.squeezed([article.body for article in dated])
        found = []
        for article, sketch, counts in zip(dated, shingles.sketches(plain), numbers(plain), strict=True):
            local, appeared = day(article, self._timezone), epoch(article)
            if not len(sketch) or local is None or appeared is None:
                continue
            if article.precision == "day":
                appeared += 24 * 60 * 60 - 1  # at an unknown time of the day: articles with a time come before it
            held, counted = sketch.astype("<u4").tobytes(), counts.astype("<u4").tobytes()
            title = article.title.encode("utf-8", "replace").decode()
            told = hashlib.sha256(b"\0".join([local.isoformat().encode(), title.encode(), held, counted])).digest()
            twins = int.from_bytes(told[:8], "little", signed=True)
            found.append((article.id, local.toordinal(), appeared, twins, title, held, counted))
        return found

    def _taken_apart(self, changed: Sequence[str]) -> set[str]:
        """Dissolve the families of changed articles. Returns: the ids of the other articles of these families."""
        if not self._store.select("SELECT 1 FROM families LIMIT 1"):
            return set()
        families = {*self.of(changed).values()}
        members: set[str] = set()
        for family in families:
            members.update(row[0] for row in self._store.select("SELECT id FROM families WHERE family = ?", family))
        self._store.execute_many("DELETE FROM families WHERE family = ?", ((family,) for family in families))
        return members.difference(changed)

    def _put_together(self, ids: set[str]) -> None:
        """Find the links of these articles, and store the families that result."""
        import numpy as np

        from searchkit.reprints.detection import Union

        places = self._by_ids("SELECT number, day FROM sketches WHERE id IN ({})", list(ids))
        if not places:
            return
        new = np.array(sorted(number for number, _ in places), np.int64)
        days = sorted({ordinal for _, ordinal in places})
        union = Union()
        done = 0
        while done < len(days):
            upto = done
            while upto < len(days) and days[upto] < days[done] + _WINDOW:
                upto += 1
            self._link(days[done], days[upto - 1], new, union)
            done = upto
        self._keep(union)

    def _link(self, first: int, last: int, new: NDArray[np.int64], union: Union) -> None:
        from searchkit.reprints.detection import alike, numbers_conflict, titles_conflict

        window = self._window(first, last, new, union)
        for pairs in alike(window.sketches, window.days, window.new):
            found = window.numbers[pairs]
            facts = self._facts({*found.ravel().tolist()})
            for one, other in found.tolist():
                if union.find(one) != union.find(other):
                    title, counted = facts[one]
                    other_title, other_counted = facts[other]
                    if not numbers_conflict(counted, other_counted) and not titles_conflict(title, other_title):
                        union.join(one, other)

    def _window(self, first: int, last: int, new: NDArray[np.int64], union: Union) -> _Window:
        """Return the sketches of days `first` to `last` and the days around; twins are joined and appear once."""
        import numpy as np

        from searchkit.reprints.detection import DAYS

        # There can be thousands of twins: comparing them with each other would make millions of pairs.
        rows = self._store.select(
            "SELECT number, day, twins, sketch FROM sketches WHERE day BETWEEN ? AND ? ORDER BY number",
            first - DAYS, last + DAYS,
        )  # fmt: skip
        kept = np.array([row[0] for row in rows], np.int64)
        is_new = np.isin(kept, new, assume_unique=True)
        stands: dict[int, int] = {}
        positions = []
        for position, (number, _, twins, _) in enumerate(rows):
            at = stands.setdefault(twins, position)
            if at == position:
                positions.append(position)
            elif is_new[at] or is_new[position]:
                is_new[at] = True
                union.join(rows[at][0], number)
        chosen = np.array(positions, np.int64)
        return _Window(
            kept[chosen],
            np.array([rows[position][1] for position in positions], np.int64),
            [np.frombuffer(rows[position][3], "<u4") for position in positions],
            is_new[chosen],
        )

    def _facts(self, wanted: set[int]) -> dict[int, tuple[str, NDArray[np.uint32]]]:
        """Return the titles and numbers of sketched articles."""
        import numpy as np

        rows = self._by_ids("SELECT number, title, numbers FROM sketches WHERE number IN ({})", sorted(wanted))
        return {number: (title, np.frombuffer(counted, "<u4")) for number, title, counted in rows}

    def _keep(self, union: Union) -> None:
        """Store the joined families, including the families that their members were in already."""
        from searchkit.reprints.detection import Union

        sets = union.sets()
        rows = self._by_ids(
            "SELECT number, id, appeared FROM sketches WHERE number IN ({})", [each for group in sets for each in group]
        )
        known = {number: (appeared, id) for number, id, appeared in rows}
        held = self.of([id for _, id in known.values()])
        whole = Union()
        names = sorted({*held.values()})
        for group in sets:
            for each in group:
                whole.join(group[0], each)
                family = held.get(known[each][1])
                if family is not None:
                    whole.join(each, -1 - bisect_left(names, family))
        changed: list[tuple[str, str]] = []
        for group in whole.sets():
            members = {known[each] for each in group if each >= 0}
            for each in group:
                if each < 0:
                    members.update(
                        self._store.select(
                            "SELECT appeared, id FROM sketches WHERE id IN (SELECT id FROM families WHERE family = ?)",
                            names[-1 - each],
                        )
                    )
            first = min(members)[1]
            changed += [(id, first) for _, id in sorted(members)]
        self._store.execute_many("INSERT OR REPLACE INTO families VALUES (?, ?)", changed)

    def _by_ids(self, sql: str, wanted: Sequence[object]) -> list[Any]:
        found: list[Any] = []
        for start in range(0, len(wanted), _PART):
            part = wanted[start : start + _PART]
            found += self._store.select(sql.format(",".join("?" * len(part))), *part)
        return found

    # -- asking

    def of(self, ids: Sequence[str]) -> dict[str, str]:
        """Return, for those of `ids` that have reprints, the id of the first article of their family."""
        return dict(self._by_ids("SELECT id, family FROM families WHERE id IN ({})", ids))

    def all(self) -> Mapping[str, str]:
        """Return, for every article that has reprints, the id of the first article of its family.

        The same object until the record changes, so what is derived from it can be kept as well.
        """
        # Read first: if another process writes in between, what is held is replaced the next time.
        covers = self._store.setting(_SETTING)
        held = self._held
        if held is None or held[0] != covers:
            self._held = held = (covers, dict(self._store.select("SELECT id, family FROM families")))
        return held[1]

    def members(self, id: str) -> list[str]:
        """Return the ids of an article's family in the order of their appearance; only the article if it has none."""
        rows = self._store.select(
            "SELECT id FROM sketches WHERE id IN (SELECT id FROM families WHERE family ="
            " (SELECT family FROM families WHERE id = ?)) ORDER BY appeared, id", id,
        )  # fmt: skip
        return [row[0] for row in rows] or [id]

    def family(self, id: str) -> Family | None:
        """Return an article and its reprints in the order of their appearance; None if there is no such article."""
        ids = self.members(id)
        found = self._store.get_many(ids)
        return family_of([found[each] for each in ids if each in found]) if id in found else None

    def count(self) -> tuple[int, int]:
        """Return the number of families, and the number of articles in them."""
        found = self._store.select("SELECT count(DISTINCT family), count(*) FROM families")[0]
        return found[0], found[1]


def family_of(articles: Sequence[Article]) -> Family:
    """Return the family of these articles, which are in the order of their appearance."""
    from searchkit.model.history import Family, Headline

    titles: dict[str, list[Article]] = {}
    for article in articles:
        titles.setdefault("".join(fold(article.title).split()), []).append(article)
    headlines = (
        Headline(
            first.title, first.id, first.published, first.precision, first.source or first.site, 1 + len(others)
        )
        for first, *others in titles.values()
    )  # fmt: skip
    return Family(tuple(articles), tuple(headlines))


def _rule() -> str:
    return f"{versions.SKETCHES}.{versions.LINKS}"
