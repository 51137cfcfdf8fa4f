"""Notes on how the signs and words of a query were read where a person may have meant something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from searchkit.analysis.characters import is_ideograph
from searchkit.analysis.normalise import fold
from searchkit.language.messages import Message
from searchkit.query.lexer import Token
from searchkit.query.operators import IN_CHINESE
from searchkit.query.wildcards import edits_after, is_between_words

_LETTERS = re.compile(r"(?<![A-Za-z])(?:AND|OR|NOT|NEAR|PRE|SENT|PARA)(?:/[0-9]+)?(?![A-Za-z0-9])", re.IGNORECASE)
_DATED = re.compile("[年月周季]|星期|昨天")
_SHOWN = 80
_MOST_WORDS = 4
"""Words of a query that may have a date before one of them; a headline has more."""
_OPERANDS = ("word", "phrase", "prefix", "wildcard", "fuzzy")


def notes(text: str, found: Sequence[Token], today: date) -> Iterator[str]:
    """Yield the notes on a query and its tokens, each a sentence."""
    yield from _left_out(text, found)
    for before, token, after in zip(found, found[1:], found[2:], strict=False):
        if token.kind == "word" and _is_chinese_beside(before, after) and _LETTERS.fullmatch(fold(token.text)):
            spelled = "PRE/10" if fold(token.text) == "pre" else fold(token.text).upper()
        elif token.kind == "word" and _is_between(before, after):
            spelled = IN_CHINESE.get(fold(token.text), "")
        else:
            spelled = ""
        if spelled:
            yield Message("{text} is read as a word; the operator is {spelled}", text=token.text, spelled=spelled)
    for token in found:
        if token.kind == "word":
            yield from _glued(token)
            yield from _similar(text, token)
        elif token.kind == "wildcard" and "?" in token.text:
            yield Message("? in {text} stands for one character; in quotes it is text", text=token.text[:_SHOWN])
        elif token.kind == "fuzzy" and "～" in text[token.column - 1 : token.column - 1 + token.width]:
            yield Message("{text}～ finds similar words too; in quotes ～ is text", text=token.text)
    yield from _questions(text, found)
    for token, period, rest in dates_before_words(found, today):
        yield Message(
            "the date in {text} is read as words; by date: {rest} date:{period}",
            text=token.text,
            rest=rest,
            period=period,
        )


def dates_before_words(found: Sequence[Token], today: date) -> Iterator[tuple[Token, str, str]]:
    """Yield the words that begin with a date, 2024年洪水, each with the date and the rest.

    None in a query that has a date, and none where no date: can stand: in a field or with NEAR.
    """
    kinds = {token.kind for token in found}
    if len(found) > _MOST_WORDS + 1 or kinds - {"word", "phrase", "prefix", "field", "value", "and", "or", "end"}:
        return
    if any(token.kind == "field" and token.text == "date" for token in found):
        return
    for before, token in zip((None, *found), found, strict=False):
        if token.kind != "word" or (before and before.kind == "field") or not _DATED.search(fold(token.text)):
            continue
        from searchkit.query.dates.leading import leading

        if parts := leading(token.text, today):
            yield token, parts.date, parts.rest


def _left_out(text: str, found: Sequence[Token]) -> Iterator[str]:
    """Yield a note about punctuation that stands alone, since a person may have meant something by it."""
    alone: list[str] = []
    at = 0
    for piece in re.finditer(r"\S+", text):
        while found[at].kind != "end" and found[at].column - 1 + found[at].width <= piece.start():
            at += 1
        if found[at].column - 1 >= piece.end():
            alone.append(piece[0])
    if alone:
        shown = " ".join(dict.fromkeys(alone[:5])) + (" …" if len(alone) > 5 else "")
        yield Message("left out, being only punctuation: {shown}", shown=shown[:_SHOWN])


def _is_between(before: Token, after: Token) -> bool:
    """Tell whether a token stands where an operator can."""
    return before.kind in (*_OPERANDS, "value", ")") and after.kind in (*_OPERANDS, "field", "(")


def _is_chinese_beside(before: Token, after: Token) -> bool:
    """Tell whether a word stands between two Chinese words or phrases: in English text, and is a word."""
    return (
        before.kind in _OPERANDS
        and after.kind in _OPERANDS
        and is_ideograph(fold(before.text[-1]))
        and is_ideograph(fold(after.text[0]))
    )


def _glued(token: Token) -> Iterator[str]:
    """Yield a note about an operator between two ideographs without spaces, 芯片AND半导体."""
    for found in _LETTERS.finditer(fold(token.text)):
        before, after = token.text[: found.start()], token.text[found.end() :]
        if len(fold(token.text)) != len(token.text) or not before or not after:
            continue
        if is_ideograph(fold(before[-1])) and is_ideograph(fold(after[0])):
            spaced = f"{before} {found[0].upper()} {after}"
            # What is to be typed is not cut off.
            yield (
                Message("{text} is read as one word; with the operator: {spaced}", text=token.text, spaced=spaced)
                if len(spaced) <= _SHOWN
                else Message(
                    "{text}… is read as one word; {operator} needs spaces around it",
                    text=token.text[:_SHOWN],
                    operator=found[0].upper(),
                )
            )
            return


def _similar(text: str, token: Token) -> Iterator[str]:
    """Yield a note about a ~ that asks for nothing."""
    end = token.column - 1 + token.width
    if text[end : end + 1] == "~" and edits_after(text, end):
        yield (
            Message(
                "~ behind {text} is left out: similar words are found for one word of three to eight "
                "Chinese characters, or of three or more latin letters",
                text=token.text[:_SHOWN],
            )
        )


def _questions(text: str, found: Sequence[Token]) -> Iterator[str]:
    """Yield a note about a ? or ？ between two characters that is punctuation."""
    inside = {at for token in found for at in range(token.column - 1, token.column - 1 + token.width)}
    for at, char in enumerate(text):
        if char in "?？" and at not in inside and is_between_words(text, at):
            yield Message(
                "{char} is read as punctuation; ? inside one short word (特?普) stands for one character", char=char
            )
            return
