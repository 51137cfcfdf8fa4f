"""Write a tree as text: the query as it was understood, with every operator, for people and for the parser."""

from __future__ import annotations

from collections.abc import Sequence

from searchkit.errors import QueryError
from searchkit.query.lexer import is_word
from searchkit.query.parser import is_one_value, is_one_word
from searchkit.query.quotes import phrases, starts_token
from searchkit.query.tree import (
    ALL_REQUIRED,
    And,
    AnyOf,
    AtLeast,
    Everything,
    Field,
    Forms,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Pinyin,
    Prefix,
    Published,
    Title,
    Together,
    Wildcard,
    Word,
    Words,
)

_STRAIGHT = ('""', "＂＂", "''")
_EMPHASES = ("“”", "「」", "『』", "«»", "‹›", "‘’")
_MARKS = '"＂“”„‟〝〞'
_SIGNS = f"|｜*＊「」『』«»‹›‘{_MARKS}"


def write(node: Node, *, aliases: bool = False) -> str:
    """Return the text of a tree; empty for `Everything`. It does not say how many of several words are required.

    Args:
        aliases: write a text with aliases as `(特朗普 OR 川普)`; if False, as it was typed.
    """
    if isinstance(node, Everything):
        return ""
    return _write(_spelt_out(node) if aliases else node)


def _spelt_out(node: Node) -> Node:
    """Return a tree that is written with its aliases."""
    match node:
        case Words(typed=typed, mode=mode) if node.also:
            named = node.aliases()
            parts: list[Node] = []
            for text in typed:
                word = Words((text,), mode)
                parts.append(Or((word, *named[text])) if text in named else word)
            return parts[0] if len(parts) == 1 else And(tuple(parts))
        case Or(children=children):  # also forms
            return Or(tuple(map(_spelt_out, children)))
        case And(children=children):
            return And(tuple(map(_spelt_out, children)))
        case Not(child=child):
            return Not(_spelt_out(child))
        case _:
            return node


def _write(node: Node) -> str:
    match node:
        case Everything():
            return "*"
        case Words(typed=typed, mode=mode):
            between = " AND " if mode == "all" and len(typed) > ALL_REQUIRED else " "
            return between.join(_text(text) for text in typed)
        case Word(text=text):
            return f"word:{_value(text)}"
        case Phrase(text=text, emphasis=emphasis, stands="anywhere"):
            return _quoted(text, _EMPHASES if emphasis else _STRAIGHT)
        case Phrase(text=text):
            return _text(text)
        case Forms(children=children):
            return _write(children[0])
        case Prefix(text=text):
            return f"{_text(text)}*"
        case Title(text=text, exact=exact):
            return f"title:{_quoted(text) if exact else _value(text)}"
        case Near(left=left, right=right, distance=distance, ordered=ordered):
            return f"{_operand(left)} {'PRE' if ordered else 'NEAR'}/{distance} {_operand(right)}"
        case Together(left=left, right=right, unit=unit):
            return f"{_operand(left)} {'SENT' if unit == 'sentence' else 'PARA'} {_operand(right)}"
        case AtLeast(texts=texts, times=times):
            return f"atleast{times}({' OR '.join(map(_text, texts))})"
        case Wildcard(text=text):
            return text
        case Fuzzy(text=text, edits=edits):
            return f"{text}~{edits}"
        case AnyOf(texts=texts):
            return _operand(texts)
        case Pinyin(text=text):
            return f"pinyin:{_value(text)}"
        case Field(name=name, value=value, prefix=prefix):
            return f"{name}:{_value(value)}*" if prefix else f"{name}:{_value(value)}"
        case Published(since=since, until=until):
            if since is None and until is None:
                return "date:*"
            return f"date:{since}" if since == until else f"date:{since or ''}..{until or ''}"
        case Not(child=Everything()):
            return "NOT *"  # not -*: a star ends a word unless it stands alone
        case Not(child=child):
            return f"-{_group(child)}"
        case And(children=children):
            # Side by side, without AND: a written AND would require each of more than four words.
            return " ".join(_group(child, in_and=True) for child in children)
        case Or(children=children):
            return " OR ".join(_group(child, in_or=True) for child in children)
    raise TypeError(f"not a query: {node!r}")


def _group(node: Node, *, in_and: bool = False, in_or: bool = False) -> str:
    """Write a child, in parentheses where it would otherwise be read as several parts."""
    text = _write(node)
    if isinstance(node, Forms):
        return _group(node.children[0], in_and=in_and, in_or=in_or)
    several = isinstance(node, Words) and len(node.typed) > 1
    if isinstance(node, (And, Or, Near, Together)) or (several and not in_and and not in_or):
        return f"({text})"
    return text


def _operand(texts: tuple[str, ...]) -> str:
    return _text(texts[0]) if len(texts) == 1 else f"({' OR '.join(map(_text, texts))})"


def _text(text: str) -> str:
    return text if is_one_word(text) else _quoted(text)


def _value(text: str) -> str:
    """Write a value as it is if only white space can end it and nothing in it is a sign; otherwise in quotes."""
    plain = any(map(is_word, text)) and text[0] not in "-－!’"
    plain = plain and not any(char == "'" and starts_token(text, at) for at, char in enumerate(text))
    plain = plain and not any(char in _SIGNS for char in text) and is_one_value(text)
    return text if plain else _quoted(text)


def _quoted(text: str, pairs: Sequence[str] = _STRAIGHT) -> str:
    """Write the text in quotes that are read back as the same text, or the nearest text that can be written.

    Args:
        pairs: the quotes to be preferred.
    """
    for pair in dict.fromkeys([*pairs, *_STRAIGHT, *_EMPHASES]):
        written = f"{pair[0]}{text}{pair[1]}"
        try:
            if phrases(written).get(0) == len(written) - 1:
                return written
        except QueryError:
            continue
    return '"' + "".join(" " if char in _MARKS else char for char in text) + '"'
