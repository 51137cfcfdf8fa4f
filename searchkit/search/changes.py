"""The changes to one part of a query that let it find something: another spelling, another value, a looser form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from searchkit.analysis.fields import compared
from searchkit.analysis.normalise import fold_query
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.terms import query_words
from searchkit.deadline import check
from searchkit.language.messages import Message
from searchkit.model.fields import FIELDS, FieldName
from searchkit.model.results import SuggestionKind
from searchkit.query.operators import FARTHEST
from searchkit.query.parser import is_one_word
from searchkit.query.patterns import pattern
from searchkit.query.tree import (
    And,
    AnyOf,
    AtLeast,
    Everything,
    Field,
    Forms,
    Fuzzy,
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
from searchkit.search import values
from searchkit.search.counting import Counting
from searchkit.search.likelier import is_word
from searchkit.search.spelling import Speller, Spelling

_DISTANCES = (5, 10, 20, 50, 100, 200, 500, FARTHEST)
_OTHER_FIELDS: tuple[FieldName, ...] = tuple(field.name for field in FIELDS.values() if field.is_printed)
"""The fields whose values a person may have taken for those of another field."""


@dataclass(frozen=True, slots=True)
class Change:
    """A part in another form, and the change in a few words.

    Attributes:
        is_clear: tells whether a total is to be proposed beside the matches, `typed`, of the part as it was.
    """

    node: Node
    kind: SuggestionKind
    why: str
    is_clear: Callable[[int, int], bool] = lambda total, typed: total > typed


class Changes:
    """The changes to the parts of queries to one generation of an index.

    Args:
        other_names: returns other names of a typed name, for archives that know some.
    """

    def __init__(
        self,
        index: Counting,
        segmenter: Segmenter,
        speller: Speller,
        other_names: Callable[[str], Iterable[str]] = lambda name: (),
    ) -> None:
        self._index = index
        self._segmenter = segmenter
        self._speller = speller
        self._other_names = other_names
        self._values: dict[FieldName, dict[str, int]] = {}

    def repairs(self, node: Node) -> Iterator[Change]:
        """Yield the changes to a part that nothing matches, the likeliest first; some may find nothing either."""
        check()
        match node:
            case Field():
                yield from self._of_field(node)
            case Forms(children=children):  # what is typed is repaired; aliases of it go
                yield from self.repairs(children[0])
            case Or(children=children) | And(children=children):
                for i, child in enumerate(children):
                    for change in self.repairs(child):
                        yield replace(change, node=type(node)((*children[:i], change.node, *children[i + 1 :])))
            case Words(typed=typed):
                for text in typed:
                    yield from self._of_word(text)
                yield from self._respelled(node)
                for text in typed:
                    yield from self._of_name(text)
                yield from self.looser(node)
            case _:
                # A text that stands in articles, only not so, is not misspelled.
                if all(self._speller.count(fold_query(text)) for text in texts_of(node)):
                    yield from self.looser(node)
                    yield from self._respelled(node)
                else:
                    yield from self._respelled(node)
                    yield from self.looser(node)

    def spelled(self, node: Node) -> Iterator[Change]:
        """Yield the part with a likelier spelling of one of its texts that is no known word."""
        yield from self._respelled(node, unknown_only=True)

    def may_be_misprinted(self, node: Node) -> bool:
        """Tell whether any of the texts stands in so few articles that another spelling of it may be clear."""
        return any(self._speller.is_rare(text) for text in texts_of(node))

    def _respelled(self, node: Node, *, unknown_only: bool = False) -> Iterator[Change]:
        for text in texts_of(node):
            if is_word(text) and (unknown_only or self._speller.count(fold_query(text))):
                continue
            named = [Spelling(text, name, text, name, True) for name in self._other_names(text)]
            for each in chain(named, self._speller.respaced(text), self._likely(text, thorough=not unknown_only)):
                changed = with_text(node, text, each.text)
                if changed is not None and changed != node:
                    yield Change(
                        changed,
                        "spelling",
                        Message("{new} for {old}", new=each.new, old=each.old),
                        self._clearness(each),
                    )

    def _likely(self, text: str, *, thorough: bool) -> Iterator[Spelling]:
        known = is_word(text)
        for each in self._speller.spellings(text, thorough=thorough):
            # A word of the dictionary is rightly spelled: none of the words that only look like it is meant.
            if each.is_sure or not known:
                yield each

    def _clearness(self, spelling: Spelling) -> Callable[[int, int], bool]:
        return lambda total, typed: self._speller.is_clear(spelling, total, typed)

    # -- less strict

    def looser(self, node: Node) -> Iterator[Change]:
        """Yield less strict forms of a part, the strictest first."""
        match node:
            case Phrase(text=text):
                words = tuple(text.split()) if len(text.split()) > 1 else (text,)
                yield Change(Words(words), "looser", Message("{text} without the quotes", text=text))
                cut = self._cut(text)
                if len(cut) > 1:
                    yield Change(Words(cut), "looser", "the words of the phrase")
            case Near(left=left, right=right, distance=distance, ordered=ordered):
                if ordered:
                    yield Change(replace(node, ordered=False), "looser", "in either order")
                for farther in _DISTANCES:
                    if farther > distance:
                        change = replace(node, distance=farther)
                        yield Change(change, "looser", Message("within {farther:,} characters", farther=farther))
                        yield Change(
                            replace(change, ordered=False),
                            "looser",
                            Message("within {farther:,}, in either order", farther=farther),
                        )
                yield Change(_both(left, right), "looser", "anywhere in the article")
            case Together(left=left, right=right, unit=unit):
                if unit == "sentence":
                    yield Change(replace(node, unit="paragraph"), "looser", "in one paragraph")
                yield Change(_both(left, right), "looser", "anywhere in the article")
            case AtLeast(texts=texts, times=times):
                fewer = self._most_times(texts, times)
                if fewer:
                    yield Change(replace(node, times=fewer), "looser", Message("at least {fewer:,}", fewer=fewer))
            case Title(text=text, exact=exact):
                if exact:
                    yield Change(Title(text), "looser", "its words in the title")
                yield Change(Words((text,)), "field", "in the text, not the title")
            case Word(text=text):
                yield Change(Phrase(text), "looser", "the text instead of the word")
                yield Change(Words(tuple(text.split())), "looser", "also within other words")
            case Wildcard(text=text):
                found = pattern(fold_query(text)).literals
                if "?" in text:
                    yield Change(Wildcard(text.replace("?", "*")), "looser", "up to ten characters for each ?")
                if found:
                    yield Change(Words(tuple(found)), "looser", "the parts as words")
            case Fuzzy(text=text, edits=1):
                yield Change(Fuzzy(text, 2), "looser", "two edits")
            case Words(typed=typed, mode="all") if len(typed) > 1:
                yield Change(Words(typed, "any"), "looser", "any of the words")

    def printed(self, word: str) -> str:
        """Return the form in which articles print a word of letters; empty if none has it."""
        folded = fold_query(word)
        return self._speller.printed(folded) if self._speller.count(folded) else ""

    def cut(self, node: Node) -> tuple[str, ...]:
        """Return the words that jieba makes of a typed word or phrase; empty for any other part."""
        match node:
            case Words(typed=(text,)) | Phrase(text=text):
                return self._cut(text)
            case _:
                return ()

    def _cut(self, text: str) -> tuple[str, ...]:
        return tuple(word for word in query_words(fold_query(text), self._segmenter) if is_one_word(word))

    def _most_times(self, texts: tuple[str, ...], times: int) -> int:
        """Return the most times below this that any article has one of the texts; 0 if none has it."""
        low, high = 0, times - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._index.count(AtLeast(texts, middle)) else (low, middle - 1)
        return low

    # -- fields

    def values_of(self, name: FieldName) -> dict[str, int]:
        """Return the values of a field in the archive, with their articles."""
        if name not in self._values:
            self._values[name] = dict(self._index.facets(Everything(), [name])[name])
        return self._values[name]

    def _of_field(self, node: Field) -> Iterator[Change]:
        name, typed = node.name, node.value
        if FIELDS[name].exact:
            if not node.prefix and typed:
                yield Change(replace(node, prefix=True), "value", Message("ids that begin with {typed}", typed=typed))
            return
        for other in self._other_names(typed):
            yield Change(Field(name, other), "value", Message("{other} for {typed}", other=other, typed=typed))
        near = values.nearest(typed, name, self.values_of(name), self._speller.sounds_alike)
        begin = [value for value, _ in near if compared(value, name).startswith(compared(typed, name))]
        sure = begin or [value for value, _ in near[:1] if len(compared(value, name)) == len(compared(typed, name))]
        if len(begin) > 1 and not node.prefix:
            yield Change(replace(node, prefix=True), "value", Message("values that begin with {typed}", typed=typed))
        yield from (
            Change(Field(name, value), "value", Message("{value} for {typed}", value=value, typed=typed))
            for value in sure
        )
        yield from self._elsewhere(node)
        rest = [value for value, _ in near if value not in sure]
        yield from (
            Change(Field(name, value), "value", Message("{value} for {typed}", value=value, typed=typed))
            for value in rest
        )
        text = Words((typed,)) if is_one_word(typed) else Phrase(typed)
        yield Change(text, "field", Message("in the text, not as {name}", name=name))

    def _elsewhere(self, node: Field) -> Iterator[Change]:
        """Yield the other fields that have the value."""
        for other in _OTHER_FIELDS:
            if other != node.name:
                yield Change(
                    replace(node, name=other), "field", Message("{other}: for {name}:", other=other, name=node.name)
                )

    def _of_word(self, text: str) -> Iterator[Change]:
        """Yield the fields that have a typed word as their value."""
        for name in _OTHER_FIELDS:
            yield Change(Field(name, text), "field", Message("{text} as {name}", text=text, name=name))

    def _of_name(self, text: str) -> Iterator[Change]:
        """Yield the fields of persons and outlets that have a value like a typed word."""
        for name in _OTHER_FIELDS:
            near = values.nearest(text, name, self.values_of(name), self._speller.sounds_alike)
            for value, _ in near[:1]:
                yield Change(
                    Field(name, value),
                    "field",
                    Message("{value} as {name}, for {text}", value=value, name=name, text=text),
                )


def texts_of(node: Node) -> tuple[str, ...]:
    """Return the texts of a part that are searched for as they are; none for a part with parts of its own."""
    match node:
        case Words(typed=typed):
            return typed
        case Word(text=text) | Phrase(text=text) | Prefix(text=text) | Title(text=text) | Fuzzy(text=text):
            return (text,)
        case Near(left=left, right=right) | Together(left=left, right=right):
            return (*left, *right)
        case AtLeast(texts=texts) | AnyOf(texts=texts):
            return texts
        case _:
            return ()


def with_text(node: Node, old: str, new: str) -> Node | None:
    """Return a part with another text in place of one of its own; None if it cannot hold it."""

    def changed(texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(new if text == old else text for text in texts)

    match node:
        case Words(typed=typed):
            if is_one_word(new):
                return replace(node, typed=changed(typed))
            return Phrase(new) if len(typed) == 1 else None
        case Fuzzy():
            return Words((new,)) if is_one_word(new) else None
        case Word() | Phrase() | Prefix() | Title():
            return replace(node, text=new)
        case Near(left=left, right=right) | Together(left=left, right=right):
            return replace(node, left=changed(left), right=changed(right))
        case AtLeast(texts=texts) | AnyOf(texts=texts):
            return replace(node, texts=changed(texts))
        case _:
            return None


def _both(left: Sequence[str], right: Sequence[str]) -> Node:
    sides: list[Node] = []
    for texts in (left, right):
        one = tuple(Words((text,)) if is_one_word(text) else Phrase(text) for text in texts)
        sides.append(one[0] if len(one) == 1 else Or(one))
    if all(isinstance(side, Words) for side in sides):
        return Words(tuple(text for side in sides if isinstance(side, Words) for text in side.typed))
    return And(tuple(sides))
