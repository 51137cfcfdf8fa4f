"""The parts of a query that must all match: each is counted, changed or left out by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from searchkit.model.results import Suggestion, SuggestionKind
from searchkit.query.tree import And, Everything, Field, Forms, Node, Not, Or, Published, Words
from searchkit.query.writer import write

MOST_PARTS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query.

    Attributes:
        option: the condition beside the query that it comes from: the name of a field, or "days"; empty for a part of
            the query's own text.
    """

    node: Node
    option: str = ""

    @property
    def is_narrowing(self) -> bool:
        """Whether it only narrows an answer: a day, or something to leave out."""
        return isinstance(self.node, (Published, Not))


def parts_of(tree: Node, options: Sequence[str] = ()) -> list[Part]:
    """Return the parts of a query, MOST_PARTS at most; the last may then hold several.

    Args:
        options: the names of the conditions that were added to the query's own text, in the order of the tree, whose
            last parts they are.
    """
    children = tree.children if isinstance(tree, And) else () if isinstance(tree, Everything) else (tree,)
    own = len(children) - len(options)
    found: list[Part] = []
    for number, child in enumerate(children):
        option = options[number - own] if number >= own else ""
        if isinstance(child, Words) and child.mode != "any":
            typed = list(dict.fromkeys(child.typed))
            alone = typed[: max(1, MOST_PARTS + 1 - len(children))]
            rest = tuple(typed[len(alone) - 1 :])
            found += [Part(replace(child, typed=(each,)), option) for each in alone[:-1]]
            found.append(Part(replace(child, typed=rest), option))
        else:
            found.append(Part(child, option))
    if len(found) > MOST_PARTS:
        last = And(tuple(part.node for part in found[MOST_PARTS - 1 :]))
        found = [*found[: MOST_PARTS - 1], Part(last)]
    return found


def joined(parts: Iterable[Part]) -> Node:
    """Return the parts as one tree, with single words side by side as typed."""
    return _together([part.node for part in parts])


def _together(nodes: Sequence[Node]) -> Node:
    flat = [child for node in nodes for child in (node.children if isinstance(node, And) else (node,))]
    words = [node for node in flat if isinstance(node, Words)]
    others: list[Node] = [node for node in dict.fromkeys(flat) if not isinstance(node, (Words, Everything))]
    if words:
        typed = tuple(dict.fromkeys(text for each in words for text in each.typed))
        also = tuple(dict.fromkeys(aliases for each in words for aliases in each.also))
        others.insert(0, replace(words[0], typed=typed, also=also))
    return Everything() if not others else others[0] if len(others) == 1 else And(tuple(others))


def suggestion(parts: Sequence[Part], total: int, kind: SuggestionKind, why: str) -> Suggestion:
    """Return the parts as a suggestion."""
    conditions: dict[str, tuple[str, ...]] = {}
    typed = []
    for part in parts:
        values = dict(_as_condition(part))
        conditions.update(values)
        if not values:
            typed.append(part)
    return Suggestion(write(joined(parts)), total, kind, why, write(joined(typed)), conditions)


def _as_condition(part: Part) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a part as the conditions that it can be written as; none for a part of the query's text."""
    match part.node:
        case Published(since=since, until=until) if part.option and (since or until):
            if since == until:
                yield "on", (str(since),)
            else:
                yield from ((name, (str(day),)) for name, day in (("since", since), ("until", until)) if day)
        case Field(name=name) if name == part.option:
            yield name, (_value(part.node),)
        case Forms(children=children) if part.option:  # the first is typed, the others are its aliases
            yield from _as_condition(Part(children[0], part.option))
        case Or(children=children) if part.option:
            typed = [child.children[0] if isinstance(child, Forms) else child for child in children]
            fields = [child for child in typed if isinstance(child, Field) and child.name == part.option]
            if len(fields) == len(children):
                yield part.option, tuple(map(_value, fields))


def _value(field: Field) -> str:
    return field.value + "*" * field.prefix
