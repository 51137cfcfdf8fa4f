"""Quotes as emphasis: a pasted headline has “…” around a word that another article writes without, or in other words.

So where a query finds nothing, its near matches are looked for as if the words in such quotes were typed without them.
Straight quotes, which a person types on purpose, stay a condition.
"""

from __future__ import annotations

from dataclasses import replace

from searchkit.query.tree import And, Forms, Node, Or, Phrase, Words


def has_emphasis(node: Node) -> bool:
    """Tell whether the query has a phrase, outside of NOT, in quotes that may be emphasis."""
    match node:
        case Phrase(emphasis=emphasis):
            return emphasis
        case And(children=children) | Or(children=children):
            return any(map(has_emphasis, children))
        case _:
            return False


def without_emphasis(node: Node) -> Node:
    """Return the query with the phrases in quotes of emphasis as typed words, beside those that it has.

    A query without such a phrase is returned as it is.
    """
    match node:
        case Phrase(text=text, emphasis=True):
            return Words((text,))
        case Forms(children=(Phrase(text=text, emphasis=True), *aliases)):
            return Words((text,), also=((text, tuple(aliases)),))
        case And(children=children) if has_emphasis(node):
            return _joined([(each, without_emphasis(each)) for each in children])
        case Or(children=children) if has_emphasis(node):
            return replace(node, children=tuple(map(without_emphasis, children)))
        case _:
            return node


def _joined(children: list[tuple[Node, Node]]) -> Node:
    """Return a conjunction with the words of its phrases and its typed words in one node, as if typed side by side.

    Args:
        children: each child as it was, and without emphasis.
    """
    typed: list[str] = []
    also: list[tuple[str, tuple[Node, ...]]] = []
    others: list[Node] = []
    for before, child in children:
        if isinstance(child, Words) and isinstance(before, (Words, Phrase, Forms)):
            typed += child.typed
            also += child.also
        else:
            others.append(child)
    found = (Words(tuple(typed), also=tuple(also)), *others) if typed else tuple(others)
    return found[0] if len(found) == 1 else And(found)
