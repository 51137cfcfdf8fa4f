"""The pieces of an article that show why it answers, with what matched marked in the article's own characters.

What is sought is found in the folded text; the map of folding (`searchkit.analysis.normalise.fold_with_map`) says where
in the original that stands. A mark never parts what was folded as a whole: e and its accent, an ideograph and its
variation selector, ㎏ where kg is sought.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from types import MappingProxyType

from searchkit.analysis.normalise import Folded, fold, fold_query, fold_with_map
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.sentences import paragraph_starts
from searchkit.analysis.terms import occurrences, query_words
from searchkit.deadline import check
from searchkit.engines.scoring import added
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
from searchkit.search.digests import Item, item_at, items

Mark = tuple[int, int]
_SENTENCE_END = re.compile("[。｡！？!?\n]")
_SENTENCES = re.compile(".*[。｡！？!?\n]", re.DOTALL)
"""Up to the last end of a sentence."""
_CLOSING = "”’」』）)》"
_GAP = " … "
"""Between a heading and the piece of its item that does not follow at once."""
_LONGEST = 24
_INSIDE = re.compile(f"[0-9A-Za-z０-９.,%％]{{1,{_LONGEST}}}")
"""A piece of a number or of a word of letters, in which no snippet begins or ends."""
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
        passage: the weights of the words by which the query's score measures paragraphs (see `Snapshot.passage`).
    """

    def __init__(self, query: Node, segmenter: Segmenter, passage: Mapping[str, float] = MappingProxyType({})) -> None:
        self._sought = tuple(dict.fromkeys(_sought(query, segmenter)))
        self._weights = sorted(passage.items())
        self._folds: dict[str, str] = {}
        self._counts = any(isinstance(each, AtLeast) for each in self._sought)
        """Whether title and body are needed together."""

    def title_marks(self, article: Article) -> tuple[Mark, ...]:
        """Ranges of the title to mark."""
        title = fold_with_map(article.title)
        body = fold(article.body) if self._counts else ""
        marks: list[Mark] = []
        for each in self._sought:
            if _is_often_enough(each, title.text, body):
                for _, found in _found(title, each, is_title=True):
                    marks += found
        marks.sort()
        return tuple(_merged(marks))

    def body_marks(self, article: Article) -> tuple[Mark, ...]:
        """Ranges of the body to mark."""
        body = fold_with_map(article.body)
        title = fold(article.title) if self._counts else ""
        marks: list[Mark] = []
        for each in self._sought:
            if not (isinstance(each, _Sought) and each.title_only) and _is_often_enough(each, title, body.text):
                for _, found in _found(body, each, is_title=False):
                    marks += found
        marks.sort()
        return tuple(_merged(marks))

    def snippets(self, article: Article, most: int, width: int) -> tuple[Snippet, ...]:
        """At most `most` pieces of the body, of about `width` characters each, in the order of the text.

        They are whole sentences where these fit. For a long query one is from the paragraph that counts in the score.
        Of a digest, a piece shows the heading of its item too. An article whose body has nothing to mark gives its
        beginning.
        """
        body = article.body
        if most <= 0 or not body:
            return ()
        folded = fold_with_map(body)
        marks: list[tuple[int, int, int]] = []
        title = fold(article.title) if self._counts else ""
        numbers: dict[tuple[int, str], int] = {}
        for number, each in enumerate(self._sought):
            if not (isinstance(each, _Sought) and each.title_only) and _is_often_enough(each, title, folded.text):
                # Both sides of NEAR or SENT are strings of their own.
                several = isinstance(each, (Near, Together, *(() if folded.is_parallel else (_Sought,))))
                for text, found in _found(folded, each, is_title=False):
                    if several:
                        for start, end in found:
                            key = (number, self._fold(body[start:end]))
                            marks.append((start, end, numbers.setdefault(key, len(numbers))))
                    elif found:
                        string = numbers.setdefault((number, text), len(numbers))
                        marks += [(start, end, string) for start, end in found]
        marks.sort()
        if not marks:
            return (_piece(body, [_whole(body, 0, min(width, len(body)), 0, width)], ()),)
        merged = _merged([(start, end) for start, end, _ in marks])
        of_digest = items(body)
        windows = _best_windows(marks, body, most, width, of_digest, self._best_paragraph(folded))
        if not windows:  # no mark fits
            windows = [(marks[0][0], min(len(body), marks[0][0] + width))]
        return tuple(_piece(body, parts, merged) for parts in _shown(body, windows, marks, of_digest, width))

    def _fold(self, mark: str) -> str:
        """Return a marked text folded: few different ones are marked in a whole answer."""
        found = self._folds.get(mark)
        if found is None:
            self._folds[mark] = found = fold(mark)
        return found

    def _best_paragraph(self, folded: Folded) -> Mark | None:
        """Return the first paragraph of a body with the largest share of the words that measure passages."""
        if not self._weights:
            return None
        starts = [0, *paragraph_starts(folded.text)]
        reached: dict[int, float] = {}
        # As in `scoring.share_found`: in ascending order, for equal bits.
        for word, weight in self._weights:
            check()
            last = -1
            for at in occurrences(folded.text, word):
                number = bisect_right(starts, at) - 1
                if number != last:
                    reached[number] = reached.get(number, 0.0) + weight
                    last = number
        if not reached:
            return None
        total = added(weight for _, weight in self._weights)
        best = max(sorted(reached), key=lambda number: reached[number] / total)
        end = starts[best + 1] if best + 1 < len(starts) else len(folded.text)
        return folded.original(starts[best], end)


def _found(folded: Folded, each: _Sought | Joining, *, is_title: bool) -> Iterator[tuple[str, list[Mark]]]:
    """Yield marks in the original, with the string that is marked if it is a `_Sought`.

    The words of a text that does not stand literally are strings of their own.
    """
    check()
    if not isinstance(each, _Sought):
        several = dict.fromkeys(islice(spans(each, folded.text, is_title=is_title), 4 * _MOST_MARKS))
        yield "", [folded.original(start, end) for start, end in islice(several, _MOST_MARKS)]
        return
    literally = _places(folded, each.text, each.left, each.right)
    if literally:
        yield each.text, literally
        return
    for word in each.words:
        yield word, _places(folded, word, True, True)


def _is_often_enough(each: _Sought | Joining, title: str, body: str) -> bool:
    """Tell whether what is to stand several times does; anything else is marked wherever it stands."""
    if not isinstance(each, AtLeast):
        return True
    found = chain(spans(each, title, is_title=True), spans(each, body, is_title=False))
    return len(tuple(islice(found, each.times))) == each.times


def _places(folded: Folded, sought: str, left: bool, right: bool) -> list[Mark]:
    size = len(sought)
    found = islice(occurrences(folded.text, sought, left=left, right=right), _MOST_MARKS)
    if folded.is_parallel:
        return [(start, start + size) for start in found]
    return [folded.original(start, start + size) for start in found]


def _sought(node: Node, segmenter: Segmenter) -> Iterator[_Sought | Joining]:
    match node:
        case Words(typed=typed):
            for text in map(fold_query, typed):
                yield _Sought(text, True, True, tuple(query_words(text, segmenter)))
            for aliases in node.aliases().values():
                for alias in aliases:
                    yield from _sought(alias, segmenter)
        case Title(text=text, exact=exact):
            folded = fold_query(text)
            yield _Sought(folded, not exact, not exact, tuple(query_words(folded, segmenter)), title_only=True)
        case Word(text=text) if len(text.split()) < 2:
            yield _Sought(fold_query(text), True, True)
        case Phrase(text=text, stands=stands):
            whole = stands != "anywhere"
            yield _Sought(fold_query(text), whole, whole)
        case Prefix(text=text):
            yield _Sought(fold_query(text), True, False)
        case Near() | Together() | AtLeast() | Wildcard() | AnyOf() | Word():
            yield node
        case And(children=children) | Or(children=children):
            for child in children:
                yield from _sought(child, segmenter)
        case _:
            return


def _merged(marks: Sequence[Mark]) -> list[Mark]:
    """Return ascending marks without overlaps."""
    merged: list[Mark] = []
    last = -1
    for start, end in marks:
        if start > last:
            merged.append((start, end))
            last = end
        elif end > last:
            merged[-1] = (merged[-1][0], end)
            last = end
    return merged


def _best_windows(
    marks: Sequence[tuple[int, int, int]],
    body: str,
    most: int,
    width: int,
    of_digest: Sequence[Item] = (),
    passage: Mark | None = None,
) -> list[tuple[int, int]]:
    """The windows that show the most different strings, then the most marks, then come first.

    Args:
        of_digest: a window ends with its item.
        passage: the first window is one that begins in this part of the body, if any does.
    """
    starts = [start for start, _, _ in marks]
    sentences = [found.end() for found in _SENTENCE_END.finditer(body)]
    # Marks of one sentence begin at one place: a window is looked at once, however many marks it shows.
    windows: dict[int, tuple[int, int, set[int]]] = {}
    for start in starts:
        beginning = _beginning(body, sentences, start, width)
        if beginning not in windows:
            check()
            end = _end(body, beginning, of_digest, width)
            inside = marks[bisect_left(starts, beginning) : bisect_right(starts, end)]
            whole = [number for _, last, number in inside if last <= end]
            windows[beginning] = end, len(whole), set(whole)
    chosen: list[tuple[int, int]] = []
    shown: set[int] = set()
    for _ in range(most):
        check()
        best: tuple[bool, int, int, int, int] | None = None
        for beginning, (end, count, strings) in windows.items():
            if count and not any(beginning < last and end > first for first, last in chosen):
                preferred = not chosen and passage is not None and passage[0] <= beginning < passage[1]
                value = (preferred, len(strings - shown if shown else strings), count, -beginning, end)
                if best is None or value > best:
                    best = value
        if best is None:
            break
        chosen.append((-best[3], best[4]))
        shown |= windows[-best[3]][2]
    return sorted(chosen)


def _beginning(body: str, sentences: Sequence[int], mark: int, width: int) -> int:
    """Where to begin a window that shows a mark: at its sentence if that is near, else a little before the mark.

    Args:
        sentences: the offsets behind the ends of sentences.
    """
    earliest = max(0, mark - width // 2)
    at = bisect_right(sentences, mark)
    if at and sentences[at - 1] > earliest:
        return sentences[at - 1]
    if earliest == 0:
        return 0
    beginning = max(0, mark - width // 4)
    inside = _INSIDE.match(body, beginning, mark) if _is_inside(body, beginning) else None
    return inside.end() if inside else beginning


def _shown(
    body: str,
    windows: Sequence[tuple[int, int]],
    marks: Sequence[tuple[int, int, int]],
    of_digest: Sequence[Item],
    width: int,
) -> Iterator[list[tuple[int, int]]]:
    """Yield the parts of the body to show for each window: whole sentences, below the heading of their item.

    The parts of a window are not longer than `width` together, no mark of it is lost, and no text is shown twice.
    """
    before: Item | None = None
    for start, end in windows:
        needed = max((last for first, last, _ in marks if first >= start and last <= end), default=end)
        item = item_at(of_digest, start)
        if item is None or item is before:
            yield [_whole(body, start, end, needed, width)]
        elif needed - item.start <= width:
            # No other window begins before this end, see `_end`.
            end = min(item.start + width, item.end)
            yield [_whole(body, item.start, end, needed, width)]
        elif start < item.heading_end or not _has_room(item, width):
            yield [_whole(body, start, end, needed, width)]
        else:
            yield [(item.start, item.heading_end), _whole(body, start, end, needed, width)]
        before = item


def _end(body: str, beginning: int, of_digest: Sequence[Item], width: int) -> int:
    """Return the end of a window: it does not go into the next item, and leaves room for the heading of its own."""
    item = item_at(of_digest, beginning)
    if item is None:
        return min(of_digest[0].start if of_digest else len(body), beginning + width)
    if beginning < item.heading_end or not _has_room(item, width):
        return min(item.end, beginning + width)
    return min(item.end, max(item.start + width, beginning + width - _length(item)))


def _has_room(item: Item, width: int) -> bool:
    """Tell whether half of a snippet is left beside the heading."""
    return _length(item) <= width // 2


def _length(item: Item) -> int:
    return item.heading_end - item.start + len(_GAP)


def _whole(body: str, start: int, end: int, needed: int, width: int) -> tuple[int, int]:
    """Return a window that ends with a sentence, if that leaves half of `width` and everything up to `needed`."""
    if end >= len(body):
        return start, end
    least = max(needed, start + width // 2)
    sentence = _SENTENCES.match(body, start, end)
    last = sentence.end() if sentence else start
    while last < end and body[last] in _CLOSING:
        last += 1
    if last >= least:
        return start, last
    least = max(needed, end - _LONGEST)
    at = end
    while at > least and _is_inside(body, at):
        at -= 1
    return (start, at) if not _is_inside(body, at) else (start, end)


def _is_inside(body: str, at: int) -> bool:
    """Tell whether a place is inside a number or a word of letters: 8|.1% or Deep|Seek."""
    return 0 < at < len(body) and bool(_INSIDE.match(body, at - 1) and _INSIDE.match(body, at))


def _piece(body: str, parts: Sequence[tuple[int, int]], marks: Sequence[Mark]) -> Snippet:
    """Return the snippet of ascending parts of the body, with … where text is left out."""
    text = ""
    shown: list[Mark] = []
    for start, end in parts:
        while start < end and body[start].isspace():
            start += 1
        while end > start and body[end - 1].isspace():
            end -= 1
        text += _GAP if text else "…" if start > 0 else ""
        shift = len(text) - start
        shown += [(max(a, start) + shift, min(b, end) + shift) for a, b in marks if a < end and b > start]
        # Line ends and tabs become spaces one for one, so that the marks stay right.
        text += body[start:end].translate(_SPACES)
    return Snippet(text + ("…" if end < len(body) else ""), tuple(shown))
