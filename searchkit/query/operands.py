"""What NEAR, PRE, SENT, PARA and atleast take: a word, a phrase, or several of them with OR, in parentheses."""

from __future__ import annotations

from searchkit.query.lexer import Token
from searchkit.query.tree import Near, Node, Or, Phrase, Together, Words


def alternatives(node: Node | None) -> tuple[str, ...] | None:
    """Return the strings of an operand; None if the node is something else."""
    match node:
        case Words(typed=(text,)) | Phrase(text=text):
            return (text,)
        case Or(children=children):
            found = [alternatives(child) for child in children]
            return None if None in found else tuple(text for each in found for text in each or ())
        case _:
            return None


def joined(operator: Token, left: tuple[str, ...], right: tuple[str, ...]) -> Node:
    """Return the node of an operator between two operands."""
    if operator.kind in ("near", "pre"):
        return Near(left, right, operator.number, ordered=operator.kind == "pre")
    return Together(left, right, "sentence" if operator.kind == "sent" else "paragraph")
