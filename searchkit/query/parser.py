"""Parse the query language: text to tree.

    query   = [ either ]
    either  = both { ("OR" | "|" | "||") both }
    both    = { ["AND" | "&&"] part }                     side by side means AND; it binds tighter than OR
    part    = ("NOT" | "-" | "!") part | near
    near    = operand ( "NEAR" ["/" number] | "PRE/" number | "SENT" | "PARA" ) operand | single
    operand = word | phrase | "(" operand { "OR" operand } ")"
    single  = "(" either ")" | "atleast" number "(" operand { "OR" operand } ")" | field | phrase | prefix | wildcard
            | fuzzy | word | "*"
    field   = name ":" ( value | phrase | "(" either ")" )
    phrase  = any of "…" “…” 「…」 『…』 «…» ‘…’, see `searchkit.query.quotes`
    prefix  = ( word | phrase ) "*"
    wildcard = word ( "*" | "?" ) word …, see `searchkit.query.wildcards`
    fuzzy   = word "~" [ "1" | "2" ]

Words that stand side by side on one level form one `Words` node, whatever is between them: the number of words
required depends on the number typed. `searchkit.query.operators` says which words are operators. All signs but ？
may be full-width.
`searchkit.query.tree` defines the meaning of the nodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn, cast

from searchkit.analysis.normalise import fold, without_ignorable
from searchkit.deadline import check
from searchkit.errors import QueryError
from searchkit.language.messages import Message
from searchkit.model.fields import FIELDS, FieldName
from searchkit.query.clock import Clock
from searchkit.query.lexer import Token, is_word, tokens
from searchkit.query.notes import notes
from searchkit.query.operands import alternatives, joined
from searchkit.query.operators import EXAMPLES, FARTHEST, Kind
from searchkit.query.proposals import closed
from searchkit.query.quotes import emphasises
from searchkit.query.tree import (
    ALL_REQUIRED,
    And,
    AtLeast,
    Everything,
    Field,
    Fuzzy,
    Mode,
    Node,
    Not,
    Or,
    Phrase,
    Pinyin,
    Prefix,
    Published,
    Title,
    Wildcard,
    Word,
    Words,
)

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_COMPARISONS = {"<": "<", "＜": "<", ">": ">", "＞": ">", "=": "=", "＝": "=", "≤": "<=", "≥": ">="}
_QUOTE = re.compile("[\"＂“”„‟〝〞「」『』«»‹›‘]|^['’]")
DEEPEST = 50
MOST_SIDE_BY_SIDE = 8
"""The most words in quotes after word:."""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query's tree, and notes on how it was understood, each a sentence."""

    tree: Node
    notes: tuple[str, ...] = field(default=())


def parse(text: str, *, clock: Clock, mode: Mode = "auto") -> ParsedQuery:
    """Read a query.

    Args:
        clock: the day that 昨天 in `date:昨天` counts from.
        mode: how many of several words are required.

    Raises:
        QueryError: the query cannot be read. The error gives the column of the fault, and a proposal.
    """
    # No text contains control characters or half surrogate pairs. Replaced one to one, so that columns stay right.
    plain = _CONTROL.sub(" ", text)
    visible = without_ignorable(plain)
    if visible != plain and not _has_exact_value(plain):
        plain = visible
    if not plain.strip():
        return ParsedQuery(Everything())
    try:
        found = tokens(plain)
        parser = _Parser(plain, found, clock, mode)
        tree = parser.query()
    except QueryError as error:
        if error.query == plain and len(plain) == len(text):
            error.query = text
        raise
    return ParsedQuery(tree, tuple(dict.fromkeys([*parser.notes, *notes(plain, found, clock.today)])))


def _has_exact_value(text: str) -> bool:
    """Tell whether a query may have a value that is compared as it is, characters that are not seen included."""
    names = (alias for field in FIELDS.values() if field.exact for alias in (field.name, *field.aliases))
    return re.search(f"(?:{'|'.join(names)})[:：]", text, re.IGNORECASE) is not None


class _Parser:
    def __init__(self, text: str, found: list[Token], clock: Clock, mode: Mode, *, trial: bool = False) -> None:
        # A trial is of a proposal: its own errors need none.
        self.trial = trial
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
            if operator.text == "|" and not self.depth:
                self.notes.append(Message("| is read as OR; in quotes it is text"))
            child = self.both()
            if child is None or children[-1] is None:
                self.fail(
                    "OR stands between two things", operator, Message('the word itself: "{text}"', text=operator.text)
                )
            children.append(child)
        found = [child for child in children if child is not None]
        return None if not found else found[0] if len(found) == 1 else Or(tuple(found))

    def both(self) -> Node | None:
        children: list[Node] = []
        operator: Token | None = None
        written = False
        while self.next.kind not in ("or", ")", "end"):
            if self.next.kind == "and":
                if operator or not children:
                    self._misplaced(self.next)
                operator = self.take()
                written = True
                continue
            child = self.part()
            if child is not None:
                children.append(child)
                operator = None
        if operator is not None:
            self._misplaced(operator)
        return _conjunction(children, written)

    def _misplaced(self, operator: Token) -> NoReturn:
        self.fail("AND stands between two things", operator, Message('the word itself: "{text}"', text=operator.text))

    def part(self) -> Node | None:
        # A loop, not recursion, so that ---x of any length cannot exhaust the stack.
        negated = 0
        while self.next.kind == "not":
            operator = self.take()
            negated += 1
            if self.next.kind in ("or", "and", ")", "end"):
                self.fail(
                    Message("{text} stands before the part to leave out", text=operator.text),
                    operator,
                    Message('the sign itself: "{text}"', text=operator.text),
                )
        number = self.next
        if negated and operator.text in "-－" and number.kind == "word" and number.text[0].isdigit():
            self.notes.append(
                Message('-{text} leaves out what has {text}; the text itself: "-{text}"', text=number.text)
            )
        child = self.near()
        if child is None:
            return None
        if negated % 2 == 0:
            return child
        return child.child if isinstance(child, Not) else Not(child)

    def near(self) -> Node | None:
        left = self.single()
        if self.next.kind not in EXAMPLES:
            return left
        operator = self.take()
        right = self.single() if self.next.kind in ("word", "phrase", "(") else None
        one, other = alternatives(left), alternatives(right)
        if one is None or other is None or self.field:
            self._not_between(operator)
        if operator.number > FARTHEST:
            name = operator.kind.upper()
            self.fail(
                Message("{name} reaches at most {farthest} characters", name=name, farthest=FARTHEST),
                operator,
                Message("{name}/{farthest}", name=name, farthest=FARTHEST),
            )
        if self.next.kind in EXAMPLES:
            typed = operator.text
            self.fail(
                Message("{typed} joins two things, not three", typed=typed),
                self.next,
                Message("(A {typed} B) (B {text} C)", typed=typed, text=self.next.text),
            )
        return joined(operator, one, other)

    def _not_between(self, operator: Token) -> NoReturn:
        example = EXAMPLES[operator.kind]
        self.fail(
            Message(
                "{text} stands between two words or phrases, or several in parentheses with OR",
                text=operator.text.partition("/")[0],
            ),
            operator,
            example
            if "/" in operator.text
            else Message('{example}; the word itself: "{text}"', example=example, text=operator.text),
        )

    def at_least(self, name: Token) -> Node:
        if self.field is not None:
            self.fail(
                "atleast counts in the whole text",
                name,
                Message("{text}(芯片) without {text_2}:", text=name.text, text_2=self.field.text),
            )
        texts = alternatives(self.group(self.take()))
        if texts is None:
            self.fail(
                "atleast takes one word or phrase, or several with OR",
                name,
                Message('{text}("出口 管制") or {text}(出口 OR 管制)', text=name.text),
            )
        return AtLeast(texts, name.number)

    def single(self) -> Node | None:
        check()
        token = self.take()
        kind: Kind = token.kind
        if kind == "(":
            return self.group(token)
        if kind == "field":
            return self.of_field(token)
        if kind == "everything":
            return Everything()
        if kind in EXAMPLES:
            self._not_between(token)
        if kind == "atleast":
            return self.at_least(token)
        if self.field is not None:
            return self.value(self.field, token)
        if kind == "phrase":
            return Phrase(token.text, emphasis=emphasises(self.text[token.column - 1]))
        if kind == "prefix":
            return Prefix(token.text)
        if kind == "wildcard":
            return Wildcard(token.text)
        if kind == "fuzzy":
            return Fuzzy(token.text, token.number)
        return Words((token.text,), self.mode)

    def group(self, opening: Token) -> Node | None:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(Message("parentheses go at most {deepest} deep", deepest=DEEPEST), opening, "write it with fewer")
        child = self.either()
        if self.next.kind != ")":
            self.fail("this parenthesis is not closed", opening, self._closed())
        self.take()
        self.depth -= 1
        return child

    def _closed(self) -> str:
        """Return the hint for parentheses that are not closed."""
        if self.trial:
            return ""

        def reads(text: str) -> bool:
            try:
                _Parser(text, tokens(text), self.clock, self.mode, trial=True).query()
            except QueryError:
                return False
            return True

        kinds = [token.kind for token in self.found]
        return closed(self.text, max(1, kinds.count("(") - kinds.count(")")), reads)

    # -- fields

    def of_field(self, name: Token) -> Node | None:
        if self.field is not None:
            self.fail(
                Message("{text}: cannot stand inside {text_2}:( )", text=name.text, text_2=self.field.text),
                name,
                "close the parenthesis first",
            )
        if self.next.kind == "(":
            self.field = name
            child = self.group(self.take())
            self.field = None
            if child is None:
                self.fail(Message("{text}:( ) has no value", text=name.text), name, Message("{text}:…", text=name.text))
            return child
        return self.value(name, self.take())

    def value(self, name: Token, token: Token) -> Node:
        """Return the condition that a field has the value of a token."""
        if token.kind in ("wildcard", "fuzzy"):
            self.fail(
                Message("{text}: takes no * or ? inside a word, and no ~", text=name.text),
                token,
                Message("without {text}:", text=name.text),
            )
        quoted = token.kind == "phrase"
        starred = token.kind == "prefix" or (token.kind == "value" and token.text[-1] in "*＊")
        text = token.text.rstrip("*＊") if token.kind == "value" else token.text
        if not fold(text).strip():
            if name.text == "date" and starred:
                return Published()
            self.fail(Message("{text}: has no value", text=name.text), name, Message("{text}:…", text=name.text))
        if name.text == "date":
            if starred:
                self.fail("date: takes no *", token, "date:2025-02 is the whole month")
            return self.date(token.text, token)
        if token.kind == "value":
            self.refuse_signs(name, token)
        if name.text == "title":
            return Title(text, exact=quoted or starred)
        if name.text == "pinyin":
            return self.pinyin(text, starred, token)
        if name.text == "word":
            if starred:
                self.fail("word: takes a whole word", token, Message("{text}* without word:", text=text))
            if len(text.split()) > MOST_SIDE_BY_SIDE:
                self.fail(
                    Message("word: takes at most {most_side_by_side} words", most_side_by_side=MOST_SIDE_BY_SIDE),
                    token,
                    Message('the text itself: "{text}"', text=text),
                )
            return Word(text)
        return Field(cast(FieldName, name.text), text, prefix=starred)

    def pinyin(self, text: str, starred: bool, token: Token) -> Pinyin:
        """Return the condition that a title or a name is spelled so.

        Raises:
            QueryError: it is no spelling, or one of too many strings.
            MissingExtra: the extra `pinyin` is not installed.
        """
        from searchkit.analysis.pinyin import Spelling

        if starred:
            self.fail(
                "pinyin: takes no *",
                token,
                Message("pinyin:{text} finds the names that contain it as well", text=text.strip()),
            )
        try:
            Spelling(text)
        except QueryError as error:
            self.fail(error.message, token, error.hint)
        return Pinyin(text)

    def refuse_signs(self, name: Token, token: Token) -> None:
        """Refuse operators in a value that is not quoted: they would be searched for as text, which nobody means.

        Raises:
            QueryError: the value has an operator, an open quote or a * inside it.
        """
        text = token.text
        if text[0] in "-－!":
            self.fail(
                Message("{text} stands before the field", text=text[0]),
                token,
                Message(
                    '-{text}:{text_2} leaves that out; the sign itself: {text}:"{text_3}"',
                    text=name.text,
                    text_2=text[1:],
                    text_3=text,
                ),
            )
        if name.text in ("title", "word", "pinyin") and not any(map(is_word, text)):
            self.fail(
                Message("{text}: has no word after it", text=name.text),
                token,
                Message('the signs themselves: {text}:"{text_2}"', text=name.text, text_2=text),
            )
        lone = _QUOTE.search(text) if name.text in ("title", "word") else None
        if lone:
            at = Token("phrase", lone[0], token.column + lone.start(), 1)
            bare = _QUOTE.sub("", text)
            self.fail(
                "this quote is not closed",
                at,
                Message("{text}:{bare}, or the whole value in quotes", text=name.text, bare=bare or "…"),
            )
        star = re.search("[*＊](?![*＊]*$)", text)
        if star:
            at = Token("prefix", star[0], token.column + star.start(), 1)
            self.fail(
                "* can only end a value",
                at,
                Message('{text}:"{text_2}" finds the * itself', text=name.text, text_2=text),
            )
        bar = re.search("[|｜]", text)
        if bar:
            choice = " OR ".join(filter(None, re.split("[|｜]+", text)))
            at = Token("or", bar[0], token.column + bar.start(), 1)
            self.fail(
                "a value has no operators",
                at,
                Message(
                    '{text}:({choice}) for one of them, {text}:"{text_2}" for the text',
                    text=name.text,
                    choice=choice,
                    text_2=text,
                ),
            )

    def date(self, text: str, token: Token) -> Published:
        from searchkit.query import dates

        opening = 1 if token.kind != "value" else 0
        offset = 0
        while offset < 2 and text[offset : offset + 1] in _COMPARISONS:
            offset += 1
        sign = "".join(_COMPARISONS[char] for char in text[:offset])
        sign = "" if sign == "=" else sign
        if sign not in ("", ">", ">=", "<", "<="):
            self.fail(
                Message("{text} is no comparison", text=text[:offset]),
                token,
                Message("date:>={text}", text=text[offset:] or "2025-01"),
            )
        if not text[offset:].strip():
            self.fail("date: has no value", token, Message("date:{sign}2025-01", sign=sign))
        typed = self._spaced_date(token)
        try:
            found = dates.span(text[offset:], self.clock)
        except QueryError as error:
            column = token.column + opening + offset + error.column - 1
            hint = Message('a date with spaces goes in quotes: date:"{typed}"', typed=typed) if typed else error.hint
            raise QueryError(error.message, query=self.text, column=column, width=error.width, hint=hint) from None
        if typed and re.match(r"\.\.|[~至到—]", self.text[token.column - 1 + token.width :].lstrip()):
            self.fail("the range is cut by a space", token, Message('date:"{typed}"', typed=typed))
        since, until = found.since, found.until
        if sign:
            if since is None or until is None:
                self.fail(
                    Message("{sign} takes a day or a period, not an open range", sign=sign),
                    token,
                    Message("date:{text}", text=text[offset:]),
                )
            first, last, one = since, until, timedelta(days=1)
            try:
                since = last + one if sign == ">" else first if sign == ">=" else None
                until = first - one if sign == "<" else last if sign == "<=" else None
            except OverflowError:
                self.fail("no day is left", token, "the years are 1 to 9999")
        if text != (since.isoformat() if since else ""):
            days = f"{since or ''}..{until or ''}" if since != until else str(since)
            self.notes.append(Message("{text} is {days}", text=text, days=days))
        return Published(since, until)

    def _spaced_date(self, token: Token) -> str:
        """Return the longest date made of a value and up to four pieces after it; empty if they make none."""
        from searchkit.query import dates

        if token.kind != "value":
            return ""
        pieces = self.text[token.column - 1 : token.column + dates.LONGEST].split()
        for count in range(min(5, len(pieces)), 1, -1):
            typed = " ".join(pieces[:count])
            try:
                dates.span(typed, self.clock)
            except QueryError:
                continue
            return typed
        return ""


def _conjunction(children: list[Node], written: bool) -> Node | None:
    """Join the children in one node: flatten nested conjunctions, and gather words where the first of them stands.

    A written AND requires every word, however many there are.
    """
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
        if written and mode == "auto" and len(typed) > ALL_REQUIRED:
            mode = "all"
        flat.insert(place, Words(tuple(typed), mode))
    if not flat:
        return Everything() if children else None
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def is_one_word(text: str) -> bool:
    """Tell whether this text, typed without quotes, is read as one word and nothing else."""
    if not text or not is_word(text[0]):
        return False
    try:
        found = tokens(text)
    except QueryError:
        return False
    return [token.kind for token in found] == ["word", "end"] and found[0].text == text


def is_one_value(text: str) -> bool:
    """Tell whether this text, typed without quotes after a field and its colon, is read as the whole value."""
    try:
        found = tokens(f"id:{text}")
    except QueryError:
        return False
    return [token.kind for token in found] == ["field", "value", "end"] and found[1].text == text
