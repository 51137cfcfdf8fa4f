"""The pieces of an article that show why it answers, with what matched marked in the article's own characters.

What is sought is found in the folded text; the map of folding (`searchkit.analysis.normalise.fold_with_map`) says where
in the original that stands. A mark never parts what was folded as a whole: e and its accent, an ideograph and its
variation selector, ㎏ where kg is sought.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from searchkit.analysis.normalise import Folded, fold, fold_query, fold_with_map
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.terms import occurrences, query_words
from searchkit.deadline import check
from searchkit.engines.spans import Joining, spans
from searchkit.model.article import Article
from searchkit.model.results import Snippet
from searchkit.query.tree import (
    And,
    AnyOf,
    AtLeast,
    Near,
    Node,
    Or,
    Phrase,
    Prefix,
    Title,
    Together,
    Wildcard,
    Word,
    Words,
)

Mark = tuple[int, int]
_SENTENCES = re.compile(".*[。｡！？!?\n]", re.DOTALL)
"""Up to the last end of a sentence."""
_MOST_MARKS = 2000
_WHITE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_SPACES = str.maketrans(_WHITE, " " * len(_WHITE))


@dataclass(frozen=True, slots=True)
class _Sought:
    """A folded string to mark; where it does not occur, its `words` instead."""

    text: str
    left: bool
    right: bool
    words: tuple[str, ...] = ()
    title_only: bool = False


class Highlighter:
    """Marks what one query looks for; made once a query, used for each hit.

    Args:
        query: resolved (see `Snapshot.resolved`): the variants of similar words must be known.
    """

    def __init__(self, query: Node, segmenter: Segmenter) -> None:
        self._sought = tuple(dict.fromkeys(_sought(query, segmenter)))

    def title_marks(self, article: Article) -> tuple[Mark, ...]:
        """Ranges of the title to mark."""
        title = fold_with_map(article.title)
        body = fold(article.body) if self._counts() else ""
        return tuple(
            _merged(
                mark
                for each in self._sought
                if _is_often_enough(each, title.text, body)
                for mark in self._found(title, each, is_title=True)
            )
        )

    def _counts(self) -> bool:
        """Tell whether title and body are needed together."""
        return any(isinstance(each, AtLeast) for each in self._sought)

    def snippets(self, article: Article, most: int, width: int) -> tuple[Snippet, ...]:
        """At most `most` pieces of the body, of about `width` characters each, in the order of the text.

        An article whose body has nothing to mark gives its beginning.
        """
        body = article.body
        if most <= 0 or not body:
            return ()
        folded = fold_with_map(body)
        marks: list[tuple[int, int, int]] = []
        title = fold(article.title) if self._counts() else ""
        # A window that shows both sides of NEAR or SENT shows more than one with the same side twice.
        numbers: dict[tuple[int, str], int] = {}
        for number, each in enumerate(self._sought):
            if not (isinstance(each, _Sought) and each.title_only) and _is_often_enough(each, title, folded.text):
                two_sided = isinstance(each, (Near, Together))
                for start, end in self._found(folded, each, is_title=False):
                    key = (number, body[start:end] if two_sided else "")
                    marks.append((start, end, numbers.setdefault(key, len(numbers))))
        marks.sort()
        if not marks:
            return (_piece(body, 0, min(width, len(body)), ()),)
        merged = _merged((start, end) for start, end, _ in marks)
        windows = _best_windows(marks, body, most, width)
        return tuple(_piece(body, start, end, merged) for start, end in windows)

    def _found(self, folded: Folded, each: _Sought | Joining, *, is_title: bool) -> Iterator[Mark]:
        check()
        if not isinstance(each, _Sought):
            several = dict.fromkeys(islice(spans(each, folded.text, is_title=is_title), 4 * _MOST_MARKS))
            return (folded.original(start, end) for start, end in islice(several, _MOST_MARKS))
        found = _places(folded.text, each.text, each.left, each.right)
        if not found:
            for word in each.words:
                check()
                found += _places(folded.text, word, True, True)
        return (folded.original(start, end) for start, end in found)


def _is_often_enough(each: _Sought | Joining, title: str, body: str) -> bool:
    """Tell whether what is to stand several times does; anything else is marked wherever it stands."""
    if not isinstance(each, AtLeast):
        return True
    found = chain(spans(each, title, is_title=True), spans(each, body, is_title=False))
    return len(tuple(islice(found, each.times))) == each.times


def _places(folded: str, sought: str, left: bool, right: bool) -> list[Mark]:
    found = []
    for start in occurrences(folded, sought, left=left, right=right):
        found.append((start, start + len(sought)))
        if len(found) >= _MOST_MARKS:
            break
    return found


def _sought(node: Node, segmenter: Segmenter) -> Iterator[_Sought | Joining]:
    match node:
        case Words(typed=typed):
            for text in map(fold_query, typed):
                yield _Sought(text, True, True, tuple(query_words(text, segmenter)))
        case Title(text=text, exact=exact):
            folded = fold_query(text)
            yield _Sought(folded, not exact, not exact, tuple(query_words(folded, segmenter)), title_only=True)
        case Word(text=text) if len(text.split()) < 2:
            yield _Sought(fold_query(text), True, True)
        case Phrase(text=text):
            yield _Sought(fold_query(text), False, False)
        case Prefix(text=text):
            yield _Sought(fold_query(text), True, False)
        case Near() | Together() | AtLeast() | Wildcard() | AnyOf() | Word():
            yield node
        case And(children=children) | Or(children=children):
            for child in children:
                yield from _sought(child, segmenter)
        case _:
            return


def _merged(marks: Iterable[Mark]) -> list[Mark]:
    merged: list[Mark] = []
    for start, end in sorted(marks):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _best_windows(marks: Sequence[tuple[int, int, int]], body: str, most: int, width: int) -> list[tuple[int, int]]:
    """The windows that show the most different strings, then the most marks, then come first."""
    starts = [start for start, _, _ in marks]
    # Marks of one sentence begin at one place: a window is looked at once, however many marks it shows.
    windows: dict[int, tuple[int, list[int]]] = {}
    for start in starts:
        check()
        beginning = _beginning(body, start, width)
        if beginning not in windows:
            end = min(len(body), beginning + width)
            inside = marks[bisect_left(starts, beginning) : bisect_right(starts, end)]
            windows[beginning] = end, [number for _, last, number in inside if last <= end]
    chosen: list[tuple[int, int]] = []
    shown: set[int] = set()
    for _ in range(most):
        check()
        best: tuple[int, int, int, int] | None = None
        for beginning, (end, whole) in windows.items():
            if whole and not any(beginning < last and end > first for first, last in chosen):
                value = (len(set(whole) - shown), len(whole), -beginning, end)
                if best is None or value > best:
                    best = value
        if best is None or (chosen and best[0] == 0 and most > 1 and len(chosen) >= most):
            break
        chosen.append((-best[2], best[3]))
        shown |= {number for start, end, number in marks if start >= -best[2] and end <= best[3]}
    return sorted(chosen)


def _beginning(body: str, mark: int, width: int) -> int:
    """Where to begin a window that shows a mark: at its sentence if that is near, else a little before the mark."""
    earliest = max(0, mark - width // 2)
    sentence = _SENTENCES.match(body, earliest, mark)
    if sentence:
        return sentence.end()
    return earliest if earliest == 0 else max(0, mark - width // 4)


def _piece(body: str, start: int, end: int, marks: Sequence[Mark]) -> Snippet:
    while start < end and body[start].isspace():
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    before = "…" if start > 0 else ""
    after = "…" if end < len(body) else ""
    # Line ends and tabs become spaces one for one, so that the marks stay right.
    text = body[start:end].translate(_SPACES)
    shift = len(before) - start
    shown = tuple((max(a, start) + shift, min(b, end) + shift) for a, b in marks if a < end and b > start)
    return Snippet(before + text + after, shown)
