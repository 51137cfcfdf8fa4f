"""Families of reprints, kept in the record beside the articles.

Like the index they are derived: a setting says up to which sequence number they cover the record. Later changes are
sketched and compared with the articles of the days around them, and the families they touch are rebuilt. The result is
the same as from comparing every article with every other (`tests/oracle` does so).

A step that was broken off anywhere can be repeated, also where the record keeps a part of it: there the articles whose
families a step changes are noted first, and whoever repeats it looks at them too.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from searchkit.analysis.fields import day, epoch
from searchkit.analysis.normalise import fold
from searchkit.model.article import Article
from searchkit.reprints import versions
from searchkit.storage.changes import Change
from searchkit.storage.record import Record
from searchkit.storage.sketches import Sketch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from searchkit.model.history import Family
    from searchkit.reprints.detection import Union

_SETTING = "families"
_MOVING = "families-moving"
"""Setting of a record that is not atomic: the articles whose families are being changed, one a line."""

_NUMBER = re.compile("[0-9]{1,18}")
_WINDOW = 16
"""Days of changed articles processed together; bounds memory."""

_EVER = (0, 4_000_000)
"""The days of all sketches."""

_TEXTS = 500
"""Texts sketched together; bounds memory."""


@dataclass(frozen=True, slots=True)
class _Window:
    """The kept sketches of neighbouring days, one for each set of twins."""

    ids: list[str]
    days: NDArray[np.int64]
    sketches: list[NDArray[np.uint32]]
    new: NDArray[np.bool_]


class _Numbers(dict[str, int]):
    """Numbers for ids, given out as they are asked for; 0 is the first."""

    def __missing__(self, id: str) -> int:
        number = self[id] = len(self)
        return number


class Families:
    """The families in a record; days are days in `timezone`."""

    def __init__(self, store: Record, timezone: tzinfo) -> None:
        self._store = store
        self._sketches = store.sketches
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
        while self.behind(upto):
            settled = self._store.last_seq()
            changes = self._store.changes(self.covers, batch, settled)
            self.take(changes, changes[-1].seq if changes else max(settled, upto))
            done += len(changes)
            if progress:
                progress("reprints", done, total)

    def clear(self) -> None:
        """Remove all derived data; `take` makes it again."""
        with self._store.transaction():
            self._store.remove_setting(_SETTING)
            self._sketches.clear()
            self._note_moving(())

    def take(self, changes: Sequence[Change], upto: int) -> None:
        """Process changes of the record in the order of their sequence numbers, in one step.

        Changes processed before are skipped.

        Args:
            upto: the number up to which these are all the changes that were not processed yet.
        """
        covers = self.covers
        if upto <= covers:
            return
        fresh = [change for change in changes if change.seq > covers]
        articles = [change.article for change in fresh if change.article is not None]
        sketched: set[str] = set()

        def made() -> Iterator[Sketch]:
            """Make sketches as they are written, so that those of a whole step are never held together."""
            for start in range(0, len(articles), _TEXTS):
                for sketch in self._made(articles[start : start + _TEXTS]):
                    sketched.add(sketch.id)
                    yield sketch

        with self._store.transaction():
            if not covers:
                self.clear()
            changed = {change.id for change in fresh}
            moving = self._moving()
            before = self.of([*changed, *moving]) if self._sketches.has_families() else {}
            broken = {*before.values()}
            members = before.keys() | {id for family in broken for id in self._sketches.members(family)}
            if covers:
                self._sketches.remove(changed)
            self._sketches.add(made())
            found = self._found(((members | moving) - changed) | sketched, broken)
            left = [id for id in members if id not in found]
            self._note_moving([*found, *left])
            self._sketches.put_together(found.items())
            self._sketches.take_out(left)
            self._store.set_setting(_SETTING, f"{_rule()} {upto}")
            self._note_moving(())

    def _moving(self) -> set[str]:
        """Return the articles that a step which was broken off has noted."""
        noted = None if self._store.atomic else self._store.setting(_MOVING)
        return set() if noted is None else {*noted.split("\n")}

    def _note_moving(self, ids: Collection[str]) -> None:
        if self._store.atomic:
            return
        if ids:
            self._store.set_setting(_MOVING, "\n".join(ids))
        else:
            self._store.remove_setting(_MOVING)

    def _made(self, articles: Iterable[Article]) -> list[Sketch]:
        """Return the sketch of each article that can have reprints: one with a time and enough text."""
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
            found.append(Sketch(article.id, local.toordinal(), appeared, twins, title, held, counted))
        return found

    def _found(self, ids: set[str], broken: Collection[str]) -> dict[str, str]:
        """Find the links of these articles. Returns: for all articles that have any to them, their family.

        Args:
            broken: families that are being rebuilt, which therefore hold nobody together.
        """
        from searchkit.reprints.detection import Union

        places = self._sketches.days(ids)
        days = sorted({*places.values()})
        numbers = _Numbers()
        union = Union()
        done = 0
        while done < len(days):
            upto = done
            while upto < len(days) and days[upto] < days[done] + _WINDOW:
                upto += 1
            self._link(self._window(days[done], days[upto - 1], places.keys(), numbers, union), numbers, union)
            done = upto
        return self._whole(union, list(numbers), broken)

    def _link(self, window: _Window, numbers: _Numbers, union: Union) -> None:
        from searchkit.reprints.detection import alike, numbers_conflict, titles_conflict

        for pairs in alike(window.sketches, window.days, window.new):
            facts = self._facts([window.ids[position] for position in {*pairs.ravel().tolist()}])
            for left, right in pairs.tolist():
                one, other = window.ids[left], window.ids[right]
                if union.find(numbers[one]) != union.find(numbers[other]):
                    title, counted = facts[one]
                    other_title, other_counted = facts[other]
                    if not numbers_conflict(counted, other_counted) and not titles_conflict(title, other_title):
                        union.join(numbers[one], numbers[other])

    def _window(self, first: int, last: int, new: Collection[str], numbers: _Numbers, union: Union) -> _Window:
        """Return the sketches of days `first` to `last` and the days around; twins are joined and appear once."""
        import numpy as np

        from searchkit.reprints.detection import DAYS

        # There can be thousands of twins: comparing them with each other would make millions of pairs.
        rows = self._sketches.between(first - DAYS, last + DAYS)
        is_new = [row.id in new for row in rows]
        stands: dict[int, int] = {}
        positions = []
        for position, row in enumerate(rows):
            at = stands.setdefault(row.twins, position)
            if at == position:
                positions.append(position)
            elif is_new[at] or is_new[position]:
                is_new[at] = True
                union.join(numbers[rows[at].id], numbers[row.id])
        return _Window(
            [rows[position].id for position in positions],
            np.array([rows[position].day for position in positions], np.int64),
            [np.frombuffer(rows[position].hashes, "<u4") for position in positions],
            np.array([is_new[position] for position in positions], np.bool_),
        )

    def _facts(self, ids: Sequence[str]) -> dict[str, tuple[str, NDArray[np.uint32]]]:
        """Return the titles and numbers of sketched articles."""
        import numpy as np

        found = self._sketches.evidence(ids)
        return {id: (title, np.frombuffer(counted, "<u4")) for id, (title, counted) in found.items()}

    def _whole(self, union: Union, ids: Sequence[str], broken: Collection[str]) -> dict[str, str]:
        """Return the families of the articles joined, with all members of the families that these were in already.

        Args:
            ids: the articles, by the numbers that are joined.
            broken: families that count no more.
        """
        from searchkit.reprints.detection import Union

        sets = union.sets()
        held = self.of([ids[each] for group in sets for each in group])
        names = sorted({*held.values()}.difference(broken))
        whole = Union()
        for group in sets:
            for each in group:
                whole.join(group[0], each)
                family = held.get(ids[each])
                if family is not None and family not in broken:
                    whole.join(each, -1 - bisect_left(names, family))
        groups: list[set[str]] = []
        for joined in whole.sets():
            groups.append({ids[each] for each in joined if each >= 0})
            for each in joined:
                if each < 0:
                    groups[-1].update(self._sketches.members(names[-1 - each]))
        appeared = self._sketches.appeared({id for members in groups for id in members})
        found: dict[str, str] = {}
        for members in groups:
            ordered = sorted(members, key=lambda id: (appeared[id], id))
            found.update(dict.fromkeys(ordered, ordered[0]))
        return found

    # -- care

    def differing(self) -> list[str]:
        """Return the ids that are not in the family in which the sketches put them; and sketched ids without article.

        Nothing is told while a step may be under way, or where none has been done by the present rule.
        """
        if not self.covers or (not self._store.atomic and self._store.pending(self.covers)):
            return []
        before = self._store.setting(_SETTING), self._moving()
        sketched = {each.id for each in self._sketches.between(*_EVER)}
        held = self._sketches.all_families()
        made = self._found(sketched, {*held.values()})
        wrong = {id for id in held.keys() | made.keys() if held.get(id) != made.get(id)}
        wrong.update(sketched.difference(self._store.ids()))
        if before[1] or before != (self._store.setting(_SETTING), self._moving()):
            return []
        # What changed since is sketched later.
        return sorted(wrong.difference(self._store.deleted_since(self.covers)))

    # -- asking

    def of(self, ids: Sequence[str]) -> dict[str, str]:
        """Return, for those of `ids` that have reprints, the id of the first article of their family."""
        return self._sketches.families(ids)

    def all(self) -> Mapping[str, str]:
        """Return, for every article that has reprints, the id of the first article of its family.

        The same object until the record changes, so what is derived from it can be kept as well.
        """
        # Read first: if another process writes in between, what is held is replaced the next time.
        covers = self._store.setting(_SETTING)
        held = self._held
        if held is None or held[0] != covers:
            self._held = held = (covers, self._sketches.all_families())
        return held[1]

    def members(self, id: str) -> list[str]:
        """Return the ids of an article's family in the order of their appearance; only the article if it has none."""
        family = self.of([id]).get(id)
        return (self._sketches.members(family) if family is not None else []) or [id]

    def family(self, id: str) -> Family | None:
        """Return an article and its reprints in the order of their appearance; None if there is no such article."""
        ids = self.members(id)
        found = self._store.get_many(ids)
        return family_of([found[each] for each in ids if each in found]) if id in found else None

    def count(self) -> tuple[int, int]:
        """Return the number of families, and the number of articles in them."""
        return self._sketches.count()


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
