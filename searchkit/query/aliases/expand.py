"""Put aliases into a query: from a tree to a tree, before an engine sees it.

| typed | becomes |
| --- | --- |
| a word that is a name: 特朗普 | the word, or one of its other names |
| a word with names in it: 特朗普关税 | the word, or what stands before and after the name, and another name |
| a phrase “特朗普”, an operand of NEAR, PRE, SENT, PARA, atleast that is a name | the same with each name |
| a phrase in straight quotes | the same with what other regions write for it, not with short and full names |
| `title:特朗普` | the same with each name |
| `source:央视`, `site:`, `keyword:` | the same with each name; `source:` and `site:` with names of organisations |

Prefixes, `word:` and other fields stay as typed. Another name stands whole, and a name of two ideographs as a word of
its own (see `searchkit.query.tree.Phrase`): 川普 is not found in 四川普通话.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from searchkit.analysis.characters import is_ideograph, tokens
from searchkit.analysis.normalise import fold_query
from searchkit.analysis.segment import Segmenter
from searchkit.language.messages import Message
from searchkit.model.results import Alias
from searchkit.query.aliases.table import OUTLETS, SPELLINGS, Aliases, Form, Name, is_short
from searchkit.query.tree import And, AtLeast, Field, Forms, Near, Node, Not, Or, Phrase, Title, Together, Words

MOST_FORMS = 12
"""The most forms of a word with several names in it."""
MOST_WORDS = 200
"""In a query of more words, names inside words are not looked for."""
_LONGEST_NAME = 6
"""The most words, as jieba cuts them, that a name inside a word may have."""
MOST_ERRORS = 3
"""Lines of a user's own table that a question tells as left out."""
_OUTLETS = ("source", "site")


class Expanded(NamedTuple):
    """A query with its aliases.

    Attributes:
        tree: equal to the one given if nothing applies.
        applied: the names found in the query, each once, with the names that are looked for as well.
        suggested: names that may mean something else, with the names that they may stand for.
        notes: names that were left out, and faults of the user's own table, each a sentence.
    """

    tree: Node
    applied: tuple[Alias, ...] = ()
    suggested: tuple[Alias, ...] = ()
    notes: tuple[str, ...] = ()


def expand(tree: Node, aliases: Aliases, segmenter: Segmenter, *, everywhere: bool = False) -> Expanded:
    """Return a query with the aliases of its names.

    Args:
        everywhere: give phrases in straight quotes all aliases, too.
    """
    pass_ = _Pass(aliases, segmenter, everywhere)
    found = pass_.node(tree)
    notes = (*dict.fromkeys(pass_.notes), *aliases.errors[:MOST_ERRORS])
    return Expanded(found, tuple(pass_.applied.values()), tuple(pass_.suggested.values()), notes)


class _Pass:
    def __init__(self, aliases: Aliases, segmenter: Segmenter, everywhere: bool) -> None:
        self.aliases = aliases
        self.segmenter = segmenter
        self.everywhere = everywhere
        self.notes: list[str] = []
        self.applied: dict[str, Alias] = {}
        self.suggested: dict[str, Alias] = {}

    def node(self, node: Node) -> Node:
        match node:
            case Words():
                return self.words(node)
            case Phrase(text=text, emphasis=emphasis, stands="anywhere"):
                return self.forms(node, (_phrase(form) for form in self.whole(text, exact=not emphasis)))
            case Title(text=text, exact=exact):
                return self.title(node, text, exact)
            case Near() | Together():
                return self.joined(node)
            case AtLeast(texts=texts):
                others = self.others(texts)  # their occurrences are added up
                return self.forms(node, [replace(node, texts=(*texts, *others))] if others else [])
            case Field(name=name, value=value, prefix=False) if name in (*_OUTLETS, "keyword"):
                found = self.whole(value, outlet=name in _OUTLETS)
                return self.forms(node, (replace(node, value=form.text) for form in found))
            case And(children=children) | Or(children=children):
                return replace(node, children=tuple(map(self.node, children)))
            case Not(child=child):
                return Not(self.node(child))
            case _:
                return node

    @staticmethod
    def forms(typed: Node, others: Iterable[Node]) -> Node:
        found = tuple(others)
        return Forms((typed, *found)) if found else typed

    def whole(self, text: str, *, outlet: bool = False, exact: bool = False) -> tuple[Form, ...]:
        """Return the other names of a text that is a name; empty if it is none.

        Args:
            outlet: it is an outlet's name, compared as a whole.
            exact: it is asked for exactly: only what other regions write for it will do.
        """
        folded = fold_query(text)
        name = self.aliases.name(folded)
        if name is None:
            return ()
        also = name.others(OUTLETS) if outlet else _beyond(folded, name.others())
        if exact and not self.everywhere:
            spellings = _beyond(folded, name.others(SPELLINGS))
            if name.is_sure and len(spellings) < len(also):
                left = ", ".join(form.text for form in also if form not in spellings)
                self.notes.append(
                    Message(
                        '"{text}" in straight quotes is not looked for as {left}; “{text}” is', text=text, left=left
                    )
                )
            also = spellings
        if also:
            self.note(name, text if name.is_sure else name.text, also)
        return also if name.is_sure else ()

    def note(self, name: Name, typed: str, also: Sequence[Form]) -> None:
        alias = Alias(typed, tuple(form.text for form in also))
        (self.applied if name.is_sure else self.suggested).setdefault(fold_query(typed), alias)

    def others(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(form.text for text in texts for form in self.whole(text))

    def joined(self, node: Near | Together) -> Node:
        left, right = self.others(node.left), self.others(node.right)
        of_left = (replace(node, left=(name,), right=(*node.right, *right)) for name in left)
        of_right = (replace(node, right=(name,)) for name in right)
        return self.forms(node, [*of_left, *of_right])

    def words(self, node: Words) -> Node:
        inside = len(node.typed) <= MOST_WORDS
        also = []
        for text in dict.fromkeys(node.typed):
            found: tuple[Node, ...] = tuple(_phrase(form) for form in self.whole(text))
            if not found and inside:
                found = tuple(And(parts) for parts in self.inside(text))
            if found:
                also.append((text, found))
        return replace(node, also=tuple(also)) if also else node

    def title(self, node: Node, text: str, exact: bool) -> Node:
        found = [_in_title([_phrase(form)]) for form in self.whole(text, exact=exact)]
        if not found and not exact:
            found = [_in_title(parts) for parts in self.inside(text)]
        return self.forms(node, found)

    # -- names inside words

    def inside(self, text: str) -> Iterator[tuple[Phrase, ...]]:
        """Yield the forms of a word with names in it, each as parts that must all match; not the typed one."""
        folded = fold_query(text)
        if len(folded) < 4:
            return
        choices: list[list[Phrase]] = []
        rest = 0
        for start, end, name in self._names_in(folded):
            if start > rest:
                choices.append([Phrase(folded[rest:start], stands="whole")])
            also = _beyond(folded[start:end], name.others())
            self.note(name, name.text, also)
            choices.append([Phrase(folded[start:end], stands="whole"), *map(_phrase, also)])
            rest = end
        if not rest:
            return
        if rest < len(folded):
            choices.append([Phrase(folded[rest:], stands="whole")])
        for number, parts in enumerate(product(*choices)):
            if number >= MOST_FORMS:
                break
            if number:
                yield parts

    def _names_in(self, folded: str) -> Iterator[tuple[int, int, Name]]:
        """Yield the names in a text that begin and end where words do, the longest where several begin."""
        for kind, at, run in tokens(folded):
            if kind != "ideographs" or len(run) < 2:
                continue
            ends = [at]
            for word in self.segmenter.words(run):
                ends.append(ends[-1] + len(word))
            first = 0
            while first < len(ends) - 1:
                for last in range(min(first + _LONGEST_NAME, len(ends) - 1), first, -1):
                    start, end = ends[first], ends[last]
                    name = self.aliases.name(folded[start:end]) if end - start > 1 else None
                    if name is not None and name.is_sure and _beyond(folded[start:end], name.others()):
                        yield start, end, name
                        first = last
                        break
                else:
                    first += 1


def _beyond(folded: str, also: Sequence[Form]) -> tuple[Form, ...]:
    """Return the forms without those that contain the typed one, since that finds them."""
    if not all(map(is_ideograph, folded)):  # a name of letters stands whole
        return tuple(also)
    return tuple(form for form in also if folded not in form.folded)


def _phrase(form: Form) -> Phrase:
    return Phrase(form.text, stands="word" if is_short(form.folded) else "whole")


def _in_title(parts: Sequence[Phrase]) -> Node:
    """Return the condition that the title has these parts; a short name is to be a word of the article as well."""
    found: list[Node] = [Title(part.text) for part in parts]
    found += [part for part in parts if part.stands == "word"]
    return found[0] if len(found) == 1 else And(tuple(found))
