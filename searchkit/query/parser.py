"""The query language: text to tree.

    query   = [ either ]
    either  = both { ("OR" | "|" | "||") both }
    both    = { ["AND" | "&&"] part }                     side by side means AND; it binds tighter than OR
    part    = ("NOT" | "-" | "!") part | near
    near    = text "NEAR" ["/" number] text | single
    single  = "(" either ")" | field | phrase | prefix | word | "*"
    field   = name ":" ( value | phrase | "(" either ")" )
    text    = word | phrase
    phrase  = any of "…" “…” 「…」 『…』 «…» ‘…’
    prefix  = word "*"

Words that stand side by side on one level, whatever is between them, are one `Words` node: how many of them are
required depends on how many there are. Operators are written in capitals; full-width forms of all signs will do. What
the nodes mean is in `searchkit.query.tree`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn, cast

from searchkit.analysis.normalise import fold
from searchkit.errors import QueryError
from searchkit.query import dates
from searchkit.query.dates import Clock
from searchkit.query.lexer import Kind, Token, is_word, tokens
from searchkit.query.tree import (
    And,
    Everything,
    Field,
    FieldName,
    Mode,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Published,
    Title,
    Word,
    Words,
)

DEEPEST = 50
FARTHEST = 1000
"""The largest distance of NEAR, in characters."""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query's tree, and sentences about how it was understood."""

    tree: Node
    notes: tuple[str, ...] = field(default=())


def parse(text: str, *, clock: Clock, mode: Mode = "auto") -> ParsedQuery:
    """Read a query.

    Args:
        clock: what 昨天 in `date:昨天` counts from.
        mode: how many of several words are required.

    Raises: QueryError with the column of what cannot be read and a proposal.
    """
    if not text.strip():
        return ParsedQuery(Everything())
    parser = _Parser(text, tokens(text), clock, mode)
    return ParsedQuery(parser.query(), tuple(parser.notes))


class _Parser:
    def __init__(self, text: str, found: list[Token], clock: Clock, mode: Mode) -> None:
        self.text = text
        self.found = found
        self.at = 0
        self.clock = clock
        self.mode = mode
        self.notes: list[str] = []
        self.depth = 0
        self.field: Token | None = None

    @property
    def next(self) -> Token:
        return self.found[self.at]

    def take(self) -> Token:
        token = self.found[self.at]
        self.at += 1
        return token

    def fail(self, message: str, token: Token, hint: str = "") -> NoReturn:
        raise QueryError(message, query=self.text, column=token.column, width=token.width, hint=hint)

    # -- levels

    def query(self) -> Node:
        tree = self.either()
        if self.next.kind == ")":
            self.fail("this parenthesis closes nothing", self.next, 'take it away, or put it in quotes: ")"')
        if tree is None:
            self.fail("there is nothing to search for", Token("end", "", 1, len(self.text)), "type a word of the text")
        return tree

    def either(self) -> Node | None:
        children = [self.both()]
        while self.next.kind == "or":
            operator = self.take()
            child = self.both()
            if child is None or children[-1] is None:
                self.fail("OR stands between two things", operator, f'the word itself: "{operator.text}"')
            children.append(child)
        found = [child for child in children if child is not None]
        return None if not found else found[0] if len(found) == 1 else Or(tuple(found))

    def both(self) -> Node | None:
        children: list[Node] = []
        operator: Token | None = None
        while self.next.kind not in ("or", ")", "end"):
            if self.next.kind == "and":
                if operator or not children:
                    self._misplaced(self.next)
                operator = self.take()
                continue
            child = self.part()
            if child is not None:
                children.append(child)
                operator = None
        if operator is not None:
            self._misplaced(operator)
        return _conjunction(children)

    def _misplaced(self, operator: Token) -> NoReturn:
        self.fail("AND stands between two things", operator, f'the word itself: "{operator.text}"')

    def part(self) -> Node | None:
        # A loop, not recursion: ---x of any length must not exhaust the stack.
        negated = 0
        while self.next.kind == "not":
            operator = self.take()
            negated += 1
            if self.next.kind in ("or", "and", ")", "end"):
                self.fail(
                    f"{operator.text} stands before what is to be left out",
                    operator,
                    f'the sign itself: "{operator.text}"',
                )
        child = self.near()
        if child is None:
            return None
        return Not(child) if negated % 2 else child

    def near(self) -> Node | None:
        start = self.next
        left = self.single()
        if self.next.kind != "near":
            return left
        operator = self.take()
        operands = (start, self.next)
        right = self.single() if self.next.kind in ("word", "phrase") else None
        if right is None or left is None or any(each.kind not in ("word", "phrase") for each in operands) or self.field:
            self.fail("NEAR stands between two words or phrases", operator, "出口 NEAR/10 管制")
        if operator.number > FARTHEST:
            self.fail(f"NEAR reaches at most {FARTHEST} characters", operator, f"NEAR/{FARTHEST}")
        if self.next.kind == "near":
            self.fail("NEAR joins two things, not three", self.next, "(A NEAR/5 B) (B NEAR/5 C)")
        return Near(operands[0].text, operands[1].text, operator.number)

    def single(self) -> Node | None:
        token = self.take()
        kind: Kind = token.kind
        if kind == "(":
            return self.group(token)
        if kind == "field":
            return self.of_field(token)
        if kind == "everything":
            return Everything()
        if kind == "near":
            self.fail("NEAR stands between two words or phrases", token, "出口 NEAR/10 管制")
        if self.field is not None:
            return self.value(self.field, token)
        if kind == "phrase":
            return Phrase(token.text)
        if kind == "prefix":
            return Prefix(token.text)
        return Words((token.text,), self.mode)

    def group(self, opening: Token) -> Node | None:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"parentheses go at most {DEEPEST} deep", opening, "write it with fewer")
        child = self.either()
        if self.next.kind != ")":
            closed = self.text.rstrip() + ")"
            self.fail("this parenthesis is not closed", opening, closed if len(closed) < 200 else "close it with )")
        self.take()
        self.depth -= 1
        return child

    # -- fields

    def of_field(self, name: Token) -> Node | None:
        if self.field is not None:
            self.fail(f"{name.text}: cannot stand inside {self.field.text}:( )", name, "close the parenthesis first")
        if self.next.kind == "(":
            self.field = name
            child = self.group(self.take())
            self.field = None
            if child is None:
                self.fail(f"{name.text}:( ) has no value", name, f"{name.text}:…")
            return child
        return self.value(name, self.take())

    def value(self, name: Token, token: Token) -> Node:
        """The condition that a field has what a token says."""
        quoted = token.kind == "phrase"
        text = token.text
        if not quoted and not fold(text).strip("* "):
            if name.text == "date" and text in ("*", "＊"):
                return Published()
            self.fail(f"{name.text}: has no value", name, f"{name.text}:…")
        if name.text == "date":
            return self.date(text, token)
        starred = token.kind == "prefix" or (not quoted and text[-1] in "*＊")
        bare = text.rstrip("*＊") if not quoted else text
        if name.text == "title":
            return Title(bare, exact=quoted or starred)
        if name.text == "word":
            if starred:
                self.fail("word: takes a whole word", token, f"{bare}* without word:")
            return Word(bare)
        return Field(cast(FieldName, name.text), bare, prefix=starred)

    def date(self, text: str, token: Token) -> Published:
        offset = 0
        while offset < 2 and text[offset : offset + 1] in tuple("<>=＜＞＝≤≥"):
            offset += 1
        sign = {"＜": "<", "＞": ">", "≤": "<=", "≥": ">=", "<＝": "<="}.get(text[:offset], text[:offset])
        try:
            found = dates.span(text[offset:], self.clock)
        except QueryError as error:
            column = token.column + offset + (1 if token.kind == "phrase" else 0)
            raise QueryError(
                error.message, query=self.text, column=column, width=len(text) - offset, hint=error.hint
            ) from None
        since, until = found.since, found.until
        one = timedelta(days=1)
        if sign.startswith(">"):
            since, until = (since if "=" in sign else until + one if until else None), None
        elif sign.startswith("<"):
            since, until = None, (until if "=" in sign else since - one if since else None)
        if text != (since.isoformat() if since else ""):
            self.notes.append(f"{text} is {since or ''}..{until or ''}" if since != until else f"{text} is {since}")
        return Published(since, until)


def _conjunction(children: list[Node]) -> Node | None:
    """The children as one node: nested conjunctions taken apart, words put together where the first of them stands."""
    flat: list[Node] = []
    typed: list[str] = []
    place = -1
    mode: Mode = "auto"
    for child in children:
        for part in child.children if isinstance(child, And) else (child,):
            if isinstance(part, Words):
                if place < 0:
                    place, mode = len(flat), part.mode
                typed.extend(part.typed)
            elif not isinstance(part, Everything) or len(children) == 1:
                flat.append(part)
    if typed:
        flat.insert(place, Words(tuple(typed), mode))
    if not flat:
        return Everything() if children else None
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def is_one_word(text: str) -> bool:
    """Is this, typed without quotes, read as one word and nothing else?"""
    if not text or not is_word(text[0]):
        return False
    try:
        found = tokens(text)
    except QueryError:
        return False
    return [token.kind for token in found] == ["word", "end"] and found[0].text == text
