"""Split query text into tokens, each with the column where it starts, in one pass.

White space and punctuation separate words. Signs that belong to words of latin letters and digits (F-16, 3.14%, C++,
AT&T, 24/7) stay in the word where a letter or digit is beside them. `operators` says which words are operators, and
`wildcards` which signs are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from searchkit.analysis.characters import is_letter
from searchkit.analysis.normalise import fold
from searchkit.deadline import check
from searchkit.errors import QueryError
from searchkit.language.messages import Message
from searchkit.query.fields import ALIASES, suggestion
from searchkit.query.operators import MOST_TIMES, Kind, at_least, lacks_number, operator
from searchkit.query.patterns import MOST_GAPS, pattern
from searchkit.query.proposals import LONGEST, itself
from searchkit.query.quotes import phrases
from searchkit.query.wildcards import (
    LEAST,
    STARS,
    default_edits,
    edits_after,
    may_be_fuzzy,
    wildcard_questions,
)

MOST_CHARACTERS = 20_000
MOST_TOKENS = 10_000

_JOINERS = "._-‐‑–−/@'’"
"""Signs that belong to a word between two of its characters, if the second is a letter or digit."""
_ENDINGS = "%+#"
"""Signs that belong to a word after a letter or digit, or after one another."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the query.

    Attributes:
        text: as typed; for a field, its name.
        column: where it starts, from 1.
        width: in characters.
        number: for NEAR and PRE the largest distance in characters, for `atleast` the times, for ~ the edits.
    """

    kind: Kind
    text: str
    column: int
    width: int
    number: int = 0


def tokens(query: str) -> list[Token]:
    """Return the tokens of a query; the last is of kind "end".

    Raises:
        QueryError: the query cannot be split into tokens, or is too long.
    """
    if len(query) > MOST_CHARACTERS:
        raise QueryError(
            Message(
                "the query has {count:,} characters; {most_characters:,} are allowed",
                count=len(query),
                most_characters=MOST_CHARACTERS,
            ),
            query=query[:100],
            hint="search for a passage of it",
        )
    found: list[Token] = []
    for token in _Lexer(query).tokens():
        check()
        found.append(token)
        if len(found) > MOST_TOKENS:
            raise QueryError(
                Message("the query has more than {most_tokens:,} words", most_tokens=MOST_TOKENS),
                query=query[:100],
                hint="search for a passage of it",
            )
    return found


def is_word(char: str) -> bool:
    """Tell whether words contain this character: a letter, digit, ideograph, mark, or a symbol such as an emoji.

    Also one for private use, which names are written with, and one that is newer than this Python's Unicode.
    """
    category = unicodedata.category(char)
    return category[0] in "LNM" or category in ("So", "Co", "Cn") or char == "_"


def _closed(query: str) -> set[int]:
    """Return the offsets of parentheses that open and close without a space between them."""
    found: set[int] = set()
    opened: list[int] = []
    for at, char in enumerate(query):
        if char.isspace():
            opened.clear()
        elif char in "(（":
            opened.append(at)
        elif char in ")）" and opened:
            found |= {opened.pop(), at}
    return found


class _Lexer:
    def __init__(self, query: str) -> None:
        self.query = query
        self.at = 0
        self.phrases = phrases(query)
        self.depth = 0
        self.closed = _closed(query)
        self.questions = wildcard_questions(query)

    def tokens(self) -> Iterator[Token]:
        query = self.query
        while self.at < len(query):
            char = query[self.at]
            plain = unicodedata.normalize("NFKC", char) if char in "（）＊－｜＆：" else char
            if plain in "()":
                self.depth += 1 if plain == "(" else -1
                yield self._take("(" if plain == "(" else ")", 1)
            elif self.at in self.phrases:
                yield self._phrase()
            elif plain in "-!" and self._starts_token() and self._before_something(1):
                yield self._take("not", 1)
            elif plain in "|&" and query[self.at : self.at + 2] in ("||", "&&", "｜｜", "＆＆"):
                yield self._take("or" if plain == "|" else "and", 2)
            elif char == "|" or (plain == "|" and self.depth > 0):
                # Outside parentheses ｜ is punctuation: headlines put it after a rubric (独家｜…).
                yield self._take("or", 1)
            elif plain == "*":
                yield self._star()
            elif is_word(char):
                yield from self._word()
            else:
                self.at += 1  # punctuation and white space only separate words
        yield Token("end", "", len(query) + 1, 1)

    def _take(self, kind: Kind, length: int, text: str | None = None, number: int = 0) -> Token:
        token = Token(
            kind, self.query[self.at : self.at + length] if text is None else text, self.at + 1, length, number
        )
        self.at += length
        return token

    def _starts_token(self) -> bool:
        # Not after another - or !: -- is a dash, wherever it stands.
        before = self.query[self.at - 1 : self.at]
        return before.isspace() or before in "(（|&"

    def _before_something(self, distance: int) -> bool:
        after = self.query[self.at + distance : self.at + distance + 1]
        return bool(after) and (is_word(after) or self.at + distance in self.phrases or after in "(（*＊")

    def _phrase(self) -> Token:
        """Take a quoted phrase; with a * directly after it the token is of kind "prefix"."""
        end = self.phrases[self.at]
        text = self.query[self.at + 1 : end]
        if not fold(text).strip():
            raise QueryError(
                "the quotes are empty", query=self.query, column=self.at + 1, width=end - self.at + 1,
                hint="put the phrase between them, or take them away",
            )  # fmt: skip
        near = edits_after(self.query, end + 1)
        if near and near[1] and self.query[end + 1] == "~":
            raise QueryError(
                "~ follows a word, not a phrase", query=self.query, column=end + 2, width=near[0],
                hint=Message("出口 NEAR/{near} 管制 finds two words that stand near each other", near=near[1]),
            )  # fmt: skip
        starred = self.query[end + 1 : end + 2] in ("*", "＊")
        return self._take("prefix" if starred else "phrase", end - self.at + 1 + starred, text)

    def _star(self) -> Token:
        if self._starts_token() and not self._before_something(1):
            return self._take("everything", 1)
        raise QueryError(
            "no word begins with *", query=self.query, column=self.at + 1,
            hint='芯片* finds what begins with 芯片; put a * to be found itself in quotes: "*ST"',
        )  # fmt: skip

    # -- words, operators and fields

    def _word(self) -> Iterator[Token]:
        start = self.at
        end = self._word_end(start)
        text = self.query[start:end]
        after = self.query[end : end + 1]
        if after in (":", "：") and (field := self._field(text, start, end, after)):
            yield field
            if (value := self._value(field)) is not None:
                yield value
            return
        found = operator(text)
        if after in ("(", "（") and after and (times := at_least(text)) is not None:
            yield self._at_least(times, end - start)
        elif found:
            yield self._take(found[0], end - start, number=found[1])
        elif name := lacks_number(text):
            raise QueryError(
                Message("{name}/ needs a number of characters after it", name=name),
                query=self.query,
                column=start + 1,
                width=end - start,
                hint=Message("A {name}/10 B; quotes around it make it a word", name=name),
            )
        elif self._wildcard_follows(end):
            yield self._wildcard(end)
        elif after in STARS and after:
            token = self._take("prefix", end - start, text)
            self.at += 1
            yield token
        elif (fuzzy := edits_after(self.query, end)) and may_be_fuzzy(text):
            yield self._fuzzy(text, *fuzzy)
        else:
            yield self._take("word", end - start)

    def _at_least(self, times: str, width: int) -> Token:
        """Take atleast3; the parenthesis that follows is a token of its own."""
        number = int(times or 0)
        if not 1 <= number <= MOST_TIMES:
            raise QueryError(
                Message("atleast needs a number from 1 to {most_times}", most_times=MOST_TIMES),
                query=self.query,
                column=self.at + 1,
                width=width,
                hint="atleast3(芯片)",
            )
        return self._take("atleast", width, number=number)

    def _wildcards_end(self, at: int) -> int:
        """Return the end of the run of wildcards that begins at this offset."""
        while at in self.questions or self.query[at : at + 1] in ("*", "＊"):
            at += 1
        return at

    def _wildcard_follows(self, at: int) -> bool:
        """Tell whether a wildcard inside a word stands here, and not one that ends it."""
        end = self._wildcards_end(at)
        return at < end < len(self.query) and is_word(self.query[end])

    def _wildcard(self, at: int) -> Token:
        """Take a word with wildcards, of which the first stands at the offset `at`."""
        query, start = self.query, self.at
        while self._wildcard_follows(at):
            at = self._word_end(self._wildcards_end(at))
        if query[at : at + 1] in ("*", "＊"):
            at += 1
        text = query[start:at].replace("＊", "*")
        if len(pattern(text).gaps) > MOST_GAPS:
            raise QueryError(
                Message("a word has at most {most_gaps} wildcards", most_gaps=MOST_GAPS),
                query=query,
                column=start + 1,
                width=at - start,
                hint="出口 NEAR/50 管制 finds words that stand near each other",
            )
        return self._take("wildcard", at - start, text)

    def _fuzzy(self, text: str, width: int, digits: str) -> Token:
        """Take a word with the ~ behind it, which has this width."""
        number = int(digits) if digits else default_edits(text)
        if number not in LEAST:
            raise QueryError(
                "~ allows one edit or two", query=self.query, column=self.at + len(text) + 1, width=width,
                hint=Message("{text}~1 or {text}~2", text=text),
            )  # fmt: skip
        if len(fold(text)) < LEAST[number]:
            raise QueryError(
                Message("~{number} needs a word of at least {least} characters", number=number, least=LEAST[number]),
                query=self.query,
                column=self.at + 1,
                width=len(text) + width,
                hint=Message("{text}~1", text=text),
            )
        return self._take("fuzzy", len(text) + width, text, number)

    def _word_end(self, at: int) -> int:
        query = self.query
        while at < len(query):
            char = query[at]
            if is_word(char):
                at += 1
                continue
            if not self._belongs(at):
                break
            at += 1
        return at

    def _belongs(self, at: int) -> bool:
        """Tell whether the sign at `at` is part of the word before it."""
        plain = unicodedata.normalize("NFKC", self.query[at])
        before = self.query[at - 1]
        letter_follows = is_letter(fold(self.query[at + 1 : at + 2]))
        behind_letter = is_letter(fold(before)) or unicodedata.normalize("NFKC", before) in _ENDINGS
        if plain in _ENDINGS:
            return behind_letter
        if plain == "&":
            return behind_letter and letter_follows
        return plain in _JOINERS and is_word(before) and letter_follows

    def _field(self, text: str, start: int, end: int, colon: str) -> Token | None:
        name = ALIASES.get(fold(text))
        after = self.query[end + 1 : end + 2]
        if name is None:
            typed_as_field = colon == ":" and text.isascii() and text.isalpha() and text.islower()
            if typed_as_field and after and not after.isspace() and after != "/":
                near = suggestion(text)
                raise QueryError(
                    Message("there is no field {text}:", text=text),
                    query=self.query,
                    column=start + 1,
                    width=end - start + 1,
                    hint=Message("did you mean {near}:?", near=near)
                    if near
                    else itself(text, self.query[end + 1 :], self._phrase_at(end + 1)),
                )
            return None
        if not after or after.isspace() or after in ")）":
            if colon == "：" or not text.isascii():
                return None  # 来源： at the end of a pasted line
            raise QueryError(
                Message("{text}: has no value", text=text), query=self.query, column=start + 1, width=end - start + 1,
                hint=Message('{text}:… without a space; the word itself: "{text}"', text=text),
            )  # fmt: skip
        return self._take("field", end - start + 1, name)

    def _phrase_at(self, at: int) -> str | None:
        """Return the text of the phrase whose opening quote stands at an offset; None if none does."""
        return self.query[at + 1 : self.phrases[at]] if at in self.phrases else None

    def _value(self, field: Token) -> Token | None:
        """Take the text after a field, up to the next space; return None if it is quoted or in parentheses.

        Parentheses that open and close within the value belong to it: source:人民日报（海外版）.
        """
        query, start = self.query, self.at
        if query[start] in "(（" or start in self.phrases:
            return None
        end, depth = start, 0
        while end < len(query) and not query[end].isspace():
            if query[end] in "(（)）":
                depth += 1 if query[end] in "(（" else -1
                if depth < 0 or end not in self.closed:
                    break
            if end in self.phrases:
                typed = f"{field.text}:{query[start:end]} {query[end : self.phrases[end] + 1]}"
                raise QueryError(
                    "a quote begins inside a value",
                    query=query,
                    column=end + 1,
                    hint=Message("{typed} with a space between, or the whole value in quotes", typed=typed)
                    if len(typed) <= LONGEST
                    else Message("a space before the quote, or the whole value in quotes"),
                )
            end += 1
        return self._take("value", end - start)
