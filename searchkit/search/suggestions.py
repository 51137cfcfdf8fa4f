"""Similar queries that find something, for a query that finds nothing, or much less than its likelier spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, islice, pairwise

from searchkit.analysis.edits import is_latin
from searchkit.analysis.normalise import fold
from searchkit.deadline import uncounted, within
from searchkit.engines.scoring import typed_texts
from searchkit.errors import QueryError, QueryTimeout
from searchkit.language.messages import Message
from searchkit.model.results import Suggestion
from searchkit.query.tree import And, Node, Not, Or, Published, Wildcard, Words
from searchkit.query.writer import write
from searchkit.search.changes import Change, Changes
from searchkit.search.counting import Counting
from searchkit.search.likelier import TIMES
from searchkit.search.parts import MOST_PARTS, Part, joined, suggestion

SECONDS = 0.5
"""The processor time that suggestions may take: they are a help, and nothing that an answer waits for."""
_MOST = 6
_MOST_CHANGES = 4
"""Changes of one part that are proposed."""
_MOST_ALONE = 2
"""Changes of one part that are proposed without the other parts."""
_MOST_TRIED = 40
"""Changes of one part that are counted."""
_MUCH_MORE = 5
_MOST_PAIRS = 8
"""Parts of which two are left out together."""

Rewritten = Callable[[], Iterator[tuple[Node, str]]]
"""Returns other readings of the query's own text, with the change in a few words."""


class Suggestions:
    """The suggestions for a question to one generation of an index.

    Args:
        rewritten: see `Rewritten`; each is asked with the conditions beside the query.
    """

    def __init__(
        self, parts: Sequence[Part], index: Counting, changes: Changes, rewritten: Rewritten = lambda: iter(())
    ) -> None:
        self._parts = list(parts)
        self._index = index
        self._changes = changes
        self._rewritten = rewritten
        self._counts: dict[Node, int] = {}

    def of_nothing(self) -> tuple[Suggestion, ...]:
        """Return what to ask instead of a query that finds nothing, the likeliest first; as much as time allows."""
        return _distinct(self._of_nothing(), _MOST)

    def of_few(self, total: int) -> tuple[Suggestion, ...]:
        """Return the spelling of the query that finds so much more than `total` that it is likelier; none if none."""
        return _distinct(self._of_few(total), 1)

    def _of_nothing(self) -> Iterator[Suggestion]:
        found = False
        for each in self._likely():
            found = True
            yield each
        cut = self._parts if found else self._cut()
        if len(cut) > len(self._parts):
            yield from self._without(cut)
        yield from self._any_word(cut)

    def _likely(self) -> Iterator[Suggestion]:
        yield from self._reread()
        yield from self._put_together()
        blamed = [i for i, part in enumerate(self._parts) if not part.is_narrowing and not self._count(part.node)]
        if blamed:
            yield from self._repaired(blamed)
        else:
            yield from self._on_other_days(self._parts)
            yield from self._changed_together()
        yield from self._without(self._parts)

    def _cut(self) -> list[Part]:
        """Return the parts with the words of each typed word and phrase as parts of their own."""
        found: list[Part] = []
        for part in self._parts:
            words = self._changes.cut(part.node) if len(found) < MOST_PARTS else ()
            words = tuple(word for word in words if len(word) > 1)
            found += [Part(Words((word,))) for word in words] if len(words) > 1 else [part]
        return found

    def _of_few(self, total: int) -> Iterator[Suggestion]:
        for i, part in enumerate(self._parts):
            if part.is_narrowing or not self._changes.may_be_misprinted(part.node):
                continue
            for change in islice(self._changes.spelled(part.node), _MOST_CHANGES):
                found = self._suggested(self._with({i: change}), change)
                if found and change.is_clear(found.total, total):
                    yield found

    # -- counting

    def _count(self, node: Node) -> int:
        if node not in self._counts:
            try:
                self._counts[node] = self._index.count(node)
            except QueryError:  # a similar word with too many variants
                self._counts[node] = 0
        return self._counts[node]

    def _with(self, chosen: Mapping[int, Change], gone: Sequence[int] = ()) -> list[Part]:
        """Return the parts with the chosen changes, without those of `gone` that have none."""
        return [
            replace(part, node=chosen[i].node) if i in chosen else part
            for i, part in enumerate(self._parts)
            if i in chosen or i not in gone
        ]

    def _suggested(self, parts: Sequence[Part], change: Change) -> Suggestion | None:
        total = self._count(joined(parts))
        return suggestion(parts, total, change.kind, change.why) if total else None

    # -- what finds nothing by itself

    def _repaired(self, blamed: Sequence[int]) -> Iterator[Suggestion]:
        """Yield the query with all parts repaired that find nothing; those that cannot be are left out."""
        repairs = {i: self._working(self._parts[i].node) for i in blamed}
        first = {i: changes[0] for i, changes in repairs.items() if changes}
        lost = [Message("without {parts}", parts=_shown([self._parts[i]])) for i in blamed if i not in first]
        if not first:
            return
        found = False
        for i in first:
            for change in repairs[i]:
                chosen = {**first, i: change}
                why = Message("{changes}", changes=(*(Message(each.why) for each in chosen.values()), *lost))
                made = self._suggested(self._with(chosen, gone=blamed), replace(change, why=why))
                if made:
                    found = True
                    yield made
        if found:
            return
        changed = (*(Message(each.why) for each in first.values()), *lost)
        yield from self._on_other_days(self._with(first, gone=blamed), changed)
        for i in first:
            for change in repairs[i][:_MOST_ALONE]:
                alone = [replace(self._parts[i], node=change.node)]
                others = [part for part in self._parts if part.option and part is not self._parts[i]]
                for parts in ([*alone, *others], alone):
                    made = self._suggested(
                        parts, replace(change, why=Message("{why}, without the rest", why=Message(change.why)))
                    )
                    if made:
                        yield made
                        break

    def _working(self, node: Node) -> list[Change]:
        """Return the changes of a part by which it finds something alone."""
        found: list[Change] = []
        loosest = 0
        try:
            for tried, change in enumerate(self._changes.repairs(node)):
                if len(found) == _MOST_CHANGES or tried == _MOST_TRIED:
                    break
                count = self._count(change.node)
                # A form still looser is worth a line only if it finds much more.
                if count > (_MUCH_MORE * loosest if change.kind == "looser" else 0):
                    found.append(change)
                    loosest = count if change.kind == "looser" else loosest
        except QueryTimeout:
            if not found:
                raise
        return found

    # -- what finds nothing together

    def _on_other_days(self, parts: Sequence[Part], changed: tuple[str, ...] = ()) -> Iterator[Suggestion]:
        """Yield the nearest days before and after those asked for on which the other parts find something.

        Args:
            changed: how the parts differ from the query, if they do.
        """
        spans = [part.node for part in parts if isinstance(part.node, Published)]
        if not spans:
            return
        since = max((each.since for each in spans if each.since), default=None)
        until = min((each.until for each in spans if each.until), default=None)
        rest = [part for part in parts if not isinstance(part.node, Published)]
        if since and until and since > until:
            return  # they contradict each other: one of them is to blame
        days = {day: count for day, count in self._index.days(joined(rest)).items() if day}
        option = next(part.option for part in parts if isinstance(part.node, Published))
        nearest: list[tuple[timedelta, date, str]] = []
        before = max((day for day in days if since and day < since), default=None)
        after = min((day for day in days if until and day > until), default=None)
        if before and since:
            nearest.append((since - before, before, Message("the nearest day before")))
        if after and until:
            nearest.append((after - until, after, Message("the nearest day after")))
        for _, day, side in sorted(nearest):
            found = [*rest, Part(Published(day, day), option)]
            yield suggestion(found, days[day], "days", Message("{changes}", changes=(*changed, side)))

    def _changed_together(self) -> Iterator[Suggestion]:
        """Yield the query with one part in a looser form, or in a spelling that is so much more frequent."""
        for i, part in enumerate(self._parts):
            if part.is_narrowing:
                continue
            for change in self._changes.looser(part.node):
                made = self._suggested(self._with({i: change}), change)
                if made:
                    yield made
                    break
            alone, spelled = self._count(part.node), []
            for change in islice(self._changes.spelled(part.node), 2 * _MOST_CHANGES):
                made = self._suggested(self._with({i: change}), change) if self._is_likelier(change, alone) else None
                if made:
                    spelled.append(made)
            yield from sorted(spelled, key=lambda each: -each.total)[:2]

    def _is_likelier(self, change: Change, alone: int) -> bool:
        return self._count(change.node) >= TIMES * max(alone, 1)

    def _without(self, parts: Sequence[Part]) -> Iterator[Suggestion]:
        """Yield the query without one part, and if that finds nothing without two; what finds most comes first."""
        for left_out in (1, 2):
            if len(parts) <= left_out or (left_out == 2 and len(parts) > _MOST_PAIRS):
                return
            found = []
            for gone in combinations(range(len(parts)), left_out):
                rest = [part for i, part in enumerate(parts) if i not in gone]
                # A condition that is only negative, or only a date, is not worth proposing.
                if any(True for _ in typed_texts(joined(rest))):
                    found.append((self._count(joined(rest)), gone, rest))
            ordered = sorted(found, key=lambda each: (-each[0], each[1]))[: 1 + (left_out == 1)]
            for total, gone, rest in ordered:
                if total:
                    yield suggestion(
                        rest, total, "without", Message("without {parts}", parts=_shown([parts[i] for i in gone]))
                    )
            if any(each[0] for each in ordered):
                return

    def _any_word(self, parts: Sequence[Part]) -> Iterator[Suggestion]:
        """Yield a query for any of the typed words, without other conditions."""
        tree = joined(parts)
        typed = typed_texts(tree) if not isinstance(tree, Wildcard) else ()
        words = [Words((word,)) for word in dict.fromkeys(typed)]
        living = tuple(word for word in words if self._count(word)) if not isinstance(tree, Not) else ()
        if len(living) > 1:
            loose = Or(living)
            yield suggestion([Part(loose)], self._count(loose), "any", "any of the words")

    def _put_together(self) -> Iterator[Suggestion]:
        """Yield the query with two neighbouring words of letters as one: deep seek and DeepSeek."""
        for i, (part, other) in enumerate(pairwise(self._parts)):
            match part.node, other.node:
                case Words(typed=(before,), mode=mode), Words(typed=(after,)) if is_latin(fold(before + after)):
                    new = self._changes.printed(before + after)
                    if new:
                        parts = [*self._parts[:i], Part(Words((new,), mode)), *self._parts[i + 2 :]]
                        total = self._count(joined(parts))
                        if total:
                            yield suggestion(
                                parts,
                                total,
                                "spelling",
                                Message("{new} for {before} {after}", new=new, before=before, after=after),
                            )

    def _reread(self) -> Iterator[Suggestion]:
        options = [part for part in self._parts if part.option]
        for node, why in self._rewritten():
            own = [Part(child) for child in (node.children if isinstance(node, And) else (node,))]
            total = self._count(joined([*own, *options]))
            if total:
                yield suggestion([*own, *options], total, "field" if ":" in why else "looser", why)


def _shown(parts: Sequence[Part]) -> str:
    written = [write(part.node) for part in parts]
    return Message("{one} and {other}", one=written[0], other=written[1]) if len(written) == 2 else written[0]


def _distinct(made: Iterator[Suggestion], most: int) -> tuple[Suggestion, ...]:
    """Return the first suggestions that differ; those made until then if the time is over."""
    found: dict[str, Suggestion] = {}
    try:
        with uncounted(), within(SECONDS):  # the answer that is there already must not fail for its suggestions
            for each in made:
                found.setdefault(each.query, each)
                if len(found) == most:
                    break
    except QueryTimeout:
        pass
    return tuple(found.values())
