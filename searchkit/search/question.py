"""Understanding a question: from the typed text and the conditions beside it to a query tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from searchkit.analysis.normalise import fold_query
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.terms import query_words
from searchkit.engines.scoring import typed_texts
from searchkit.errors import QueryError, UsageError
from searchkit.language.messages import Message
from searchkit.model.results import Alias, Parsed, Span
from searchkit.query.clock import Clock
from searchkit.query.parser import parse
from searchkit.query.tree import ALL_REQUIRED, And, Everything, Field, Node, Not, Or, Prefix, Published, Word, Words
from searchkit.query.writer import write
from searchkit.search.conditions import Conditions

if TYPE_CHECKING:
    from searchkit.query.aliases.table import Aliases


@dataclass(frozen=True, slots=True)
class Question:
    """An understood query: the tree for the index, and the explanations for the user.

    Attributes:
        typed: the tree without aliases.
    """

    tree: Node
    parsed: Parsed
    typed: Node


def understand(
    text: str | Node, conditions: Conditions, *, today: date, timezone: str, segmenter: Segmenter,
    aliases: Callable[[], Aliases] | None = None,
) -> Question:  # fmt: skip
    """Return the question made from a query text (or tree) and its conditions.

    Args:
        aliases: returns the tables of aliases; called for a query that may have some. None: none are wanted.

    Raises:
        QueryError: the query or a day cannot be understood.
        UsageError: it is no query.
    """
    clock = Clock(today)
    notes: list[str] = []
    if isinstance(text, str):
        found = parse(text, clock=clock, mode=conditions.mode)
        tree, typed = found.tree, text
        notes += found.notes
    else:
        try:
            tree, typed = text, write(text)
        except TypeError as error:
            raise UsageError(
                Message("a query is text, or a tree of searchkit.query.tree, not {value!r:.60}", value=text),
                hint='"芯片 OR 半导体"',
                code="not-a-query",
            ) from error
    parts = [tree, *_field_conditions(conditions), *_day_conditions(conditions, clock)]
    kept = [part for part in parts if not isinstance(part, Everything)]
    flat = [child for part in kept for child in (part.children if isinstance(part, And) else (part,))]
    tree = Everything() if not flat else flat[0] if len(flat) == 1 else And(tuple(flat))
    notes += _many_words(tree)
    unexpanded = tree
    applied: tuple[Alias, ...] | None = None
    suggested: tuple[Alias, ...] = ()
    if aliases is not None:
        applied = ()
        if may_have_aliases(tree):
            from searchkit.query.aliases.expand import expand

            expanded = expand(tree, aliases(), segmenter, everywhere=conditions.aliases is True)
            tree, applied, suggested = expanded.tree, expanded.applied, expanded.suggested
            notes += expanded.notes
    texts = [fold_query(each) for each in typed_texts(tree)]
    words = tuple(dict.fromkeys(word for each in texts for word in query_words(each, segmenter)))
    canonical = write(tree, aliases=True)
    parsed = Parsed(typed, canonical, words, _span(tree, conditions), timezone, tuple(notes), applied, suggested)
    return Question(tree, parsed, unexpanded)


def may_have_aliases(node: Node) -> bool:
    """Tell whether a query has a text or a value that may be a name."""
    match node:
        case And(children=children) | Or(children=children):
            return any(map(may_have_aliases, children))
        case Not(child=child):
            return may_have_aliases(child)
        case Field(name=name):
            return name in ("source", "site", "keyword")
        case _:
            return not isinstance(node, (Everything, Published, Prefix, Word))


def _field_conditions(conditions: Conditions) -> Iterator[Node]:
    for name, values in conditions.values.items():
        nodes = tuple(Field(name, value.rstrip("*"), prefix=value.endswith("*")) for value in values)
        yield nodes[0] if len(nodes) == 1 else Or(nodes)


def _day_conditions(conditions: Conditions, clock: Clock) -> Iterator[Published]:
    if conditions.on is conditions.since is conditions.until is None:
        return
    from searchkit.query import dates

    if conditions.on is not None:
        since, until = (
            (conditions.on, conditions.on) if isinstance(conditions.on, date) else dates.on(conditions.on, clock)
        )
        yield Published(_day(since) if since else None, _day(until) if until else None)
    first = conditions.since if not isinstance(conditions.since, str) else dates.since(conditions.since, clock)
    last = conditions.until if not isinstance(conditions.until, str) else dates.until(conditions.until, clock)
    if first is not None or last is not None:
        if first is not None and last is not None and _day(first) > _day(last):
            raise _reversed(conditions, first, last, clock)
        yield Published(None if first is None else _day(first), None if last is None else _day(last))


def _reversed(conditions: Conditions, first: date, last: date, clock: Clock) -> QueryError:
    """Return the error for a range that ends before it begins. Its hint has the two as typed, the other way round."""
    from searchkit.query import dates

    earlier, later = _day(last), _day(first)
    typed = [str(earlier), str(later)]
    try:
        # An expression that is open at the other end (2024起) is proposed as its day.
        if isinstance(conditions.until, str):
            earlier, typed[0] = dates.since(conditions.until, clock), conditions.until.strip()
        if isinstance(conditions.since, str):
            later, typed[1] = dates.until(conditions.since, clock), conditions.since.strip()
    except QueryError:
        earlier, later = _day(last), _day(first)
        typed = [str(earlier), str(later)]
    return QueryError(
        Message("the range ends before it begins: since {day}, until {day_2}", day=_day(first), day_2=_day(last)),
        query=str(conditions.until),
        width=len(str(conditions.until)),
        hint=Message("since={day!r}, until={day_2!r}", day=typed[0], day_2=typed[1]),
        code="days-reversed",
        since=earlier,
        until=later,
        typed=tuple(typed),
    )


def _day(value: date) -> date:
    # A datetime is also a date, but in its own zone: its own calendar day counts, not the one in the archive's zone.
    return date(value.year, value.month, value.day)


def _span(tree: Node, conditions: Conditions) -> Span | None:
    """Return the days that remain after all conditions on the top level."""
    parts = tree.children if isinstance(tree, And) else (tree,)
    spans = [part for part in parts if isinstance(part, Published)]
    if not spans:
        return None
    since = max((each.since for each in spans if each.since), default=None)
    until = min((each.until for each in spans if each.until), default=None)
    given = [str(each) for each in (conditions.since, conditions.until, conditions.on) if each is not None]
    return Span(since, until, " .. ".join(given))


def _many_words(tree: Node) -> Iterator[str]:
    parts = tree.children if isinstance(tree, And) else (tree,)
    for part in parts:
        if isinstance(part, Words) and part.mode == "auto" and len(set(part.typed)) > ALL_REQUIRED:
            yield Message(
                "of the {count} words most are required, rare ones weighing more; --all requires each",
                count=len(set(part.typed)),
            )
