"""A query as a query of OpenSearch: one method for each kind of node, see `searchkit.query.tree` for what it means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import Literal, TypeAlias

from searchkit.analysis.fields import compared
from searchkit.analysis.normalise import fold_query
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.terms import query_words
from searchkit.cluster.client import Body
from searchkit.deadline import check
from searchkit.engines import scoring
from searchkit.engines.opensearch import literals
from searchkit.engines.opensearch.literals import EVERYTHING, FAR, NOTHING, all_of, any_of, literal
from searchkit.engines.opensearch.mapping import BODY, DAY, HIGHEST_DIGIT, TEXTS, TITLE, WORDS, any_value
from searchkit.engines.opensearch.statistics import Statistics
from searchkit.engines.opensearch.thresholds import at_least, reaching, worth
from searchkit.query.patterns import pattern
from searchkit.query.tree import (
    And,
    AnyOf,
    AtLeast,
    Everything,
    Field,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Published,
    Title,
    Together,
    Wildcard,
    Word,
    Words,
    side_by_side,
)

Strictness: TypeAlias = Literal["full", "words", "near"]
"""All that match; typed words as words only; most words of the query."""
Checked: TypeAlias = Callable[[AtLeast | Together | Wildcard, Body], Body]
"""Returns the query for those articles of a query in which a look at the text finds what a node asks for."""

_MOST_WAYS = 1000
"""Ways to take one of several spellings for each part of a word with wildcards. The cluster writes each out; OpenSearch
3 takes 1,024 at most. Words with more are looked for in the texts of articles that have all the parts."""


class Translator:
    """Translates queries to one generation.

    Args:
        checked: for the few nodes of which the cluster finds more than matches.
    """

    def __init__(self, segmenter: Segmenter, statistics: Statistics, checked: Checked) -> None:
        self._segmenter = segmenter
        self._statistics = statistics
        self._checked = checked

    def query(self, node: Node, how: Strictness = "full") -> Body:
        """Return the query for the articles that match; its scores mean nothing."""
        check()
        match node:
            case Everything():
                return EVERYTHING
            case Words():
                return self._near_words(node) if how == "near" else self._words(node, how)
            case Word(text=text):
                return self._word(text)
            case Phrase(text=text, stands=stands):
                sought, whole = fold_query(text), how == "words" or stands != "anywhere"
                cut = query_words(sought, self._segmenter) if stands == "word" else []
                return all_of([literal(sought, whole, whole), *map(_word, cut)])
            case Prefix(text=text):
                return literal(fold_query(text), True, False)
            case Title(text=text, exact=exact):
                return self._title(fold_query(text), exact)
            case AnyOf(texts=texts):
                return any_of(literal(text, True, True) for text in _folded(texts))
            case Near():
                return _near(node)
            case Together():
                return self._together(node)
            case AtLeast():
                return self._at_least(node)
            case Wildcard():
                return self._wildcard(node)
            case Field(name=name, value=value, prefix=prefix):
                return {"prefix" if prefix else "term": {any_value(name): {"value": compared(value, name)}}}
            case Published(since=since, until=until):
                bounds = {"gte": since, "lte": until}
                return (
                    {"range": {DAY: {name: day.toordinal() for name, day in bounds.items() if day}}}
                    if any(bounds.values())
                    else {"exists": {"field": DAY}}
                )
            case And(children=children):
                return all_of([self.query(child, how) for child in children])
            case Or(children=children):
                return any_of([self.query(child, how) for child in children])
            case Not(child=child):
                return literals.without(EVERYTHING, self.query(child))
        raise TypeError(f"not a query: {node!r}")

    # -- words

    def _word(self, text: str) -> Body:
        folded = fold_query(text)
        parts = folded.split()
        if len(parts) < 2:
            return _word(folded) if folded else NOTHING
        beside = any_of(literal(each, True, True) for each in side_by_side(parts))
        return all_of([*map(_word, parts), beside])

    def _words(self, node: Words, how: Strictness) -> Body:
        aliases = self._aliases(node, how)
        typed = [fold_query(text) for text in dict.fromkeys(node.typed)]
        cut = {text: query_words(text, self._segmenter) for text in typed}

        def found(text: str) -> Body:
            several = [literal(text, True, True)] if how == "full" and text else []
            if cut[text]:
                several.append(all_of(map(_word, cut[text])))
            return any_of([*several, *aliases.get(text, ())])

        if node.mode == "any":
            return any_of(map(found, typed))
        if scoring.requires_all(len(typed), node.mode):
            return all_of(map(found, typed))
        self._statistics.prepare([("words", word) for words in cut.values() for word in words])
        weights = [sum(self._statistics.idf("words", word) for word in cut[text]) or 1.0 for text in typed]
        return at_least(
            [found(text) for text in typed], weights, lambda has: scoring.is_most(has, weights), scoring.MOST
        )

    def _near_words(self, node: Words) -> Body:
        """Return what has most of the typed words, where an alias counts as the words of what it stands for."""
        aliases = self._aliases(node, "full")
        words = scoring.near_words(node.typed, self._segmenter)
        self._statistics.prepare([("words", word) for word in words])
        known = [word for word in words if self._statistics.frequency("words", word)]
        if not known:
            return NOTHING
        naming: defaultdict[str, list[str]] = defaultdict(list)
        for text in aliases:
            for word in scoring.near_words([text], self._segmenter):
                naming[word].append(text)
        weights = {word: self._statistics.idf("words", word) for word in known}

        def is_near(has: Sequence[bool]) -> bool:
            found = {word for word, yes in zip(known, has, strict=True) if yes}
            return scoring.share_found(found, weights) >= scoring.NEAR_SHARE

        # The words of one text are found by the same aliases: these are asked for once, and not for each word.
        groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for word in known:
            groups[tuple(naming[word])].append(word)
        found = []
        for texts, several in groups.items():
            alone = [worth(_word(word), weights[word]) for word in several]
            named = any_of(query for text in texts for query in aliases[text])
            if named == NOTHING:
                found += alone
            else:
                every = worth(named, sum(weights[word] for word in several))
                found.append({"dis_max": {"queries": [any_of(alone), every]}})
        return reaching(found, [weights[word] for word in known], is_near, scoring.NEAR_SHARE)

    def _aliases(self, node: Words, how: Strictness) -> Mapping[str, list[Body]]:
        found: defaultdict[str, list[Body]] = defaultdict(list)
        for text, nodes in node.aliases().items():
            found[fold_query(text)] += [self.query(each, how) for each in nodes]
        return found

    def _title(self, sought: str, exact: bool) -> Body:
        if exact:
            return literal(sought, False, False, [TITLE])
        cut = query_words(sought, self._segmenter)
        several = [literal(sought, True, True, [TITLE])]
        if cut:
            several.append(all_of(literal(word, True, True, [TITLE]) for word in cut))
        return any_of(several)

    # -- what is looked at

    def _at_least(self, node: AtLeast) -> Body:
        texts = _folded(node.texts)
        counted = [query for text in texts for query in literals.occurrences(text)]
        if not counted:
            return NOTHING
        if node.times == 1:
            return any_of(counted)
        least = min(node.times, HIGHEST_DIGIT)
        found: Body = {"function_score": {"query": any_of(counted), "min_score": least - 0.5}}
        # Occurrences that overlap are counted by the cluster, and not more than the highest digit of each.
        return self._checked(node, found) if least < node.times or any(map(_may_overlap, texts)) else found

    def _together(self, node: Together) -> Body:
        left, right = _folded(node.left), _folded(node.right)
        within = _within_paragraph if node.unit == "paragraph" else _within_sentence
        query = any_of(within(field, *pair) for field in TEXTS for pair in ((left, right), (right, left)))
        # Of one string on both sides the cluster may take two places that overlap.
        return self._checked(node, query) if any(map(_may_overlap, {*left} & {*right})) else query

    def _wildcard(self, node: Wildcard) -> Body:
        sought = pattern(fold_query(node.text))
        if not sought.literals:
            return NOTHING
        last = len(sought.literals) - 1
        whole = [
            (text, at == 0 and not sought.open_left, at == last and not sought.open_right)
            for at, text in enumerate(sought.literals)
        ]
        if prod(len(literals.spellings(*each)) or 1 for each in whole) > _MOST_WAYS:
            candidates = (all_of(literal(*each, [field]) for each in whole if each[0]) for field in TEXTS)
            return self._checked(node, any_of(candidates))
        open_gaps = sum(fewest < most for fewest, most in sought.gaps)
        found = []
        for field in TEXTS:
            # Parts with a fixed number of characters between them are one interval.
            runs: list[list[Body]] = [[]]
            reach = 0
            for at, each in enumerate(whole):
                if at:
                    fewest, most = sought.gaps[at - 1]
                    runs[-1] += [literals.any_character(field)] * fewest
                    if fewest < most:
                        runs.append([])
                        reach += most - fewest
                stands = literals.interval(*each)
                runs[-1] += [stands] if stands else []
            several = [run[0] if len(run) == 1 else _side_by_side(run) for run in runs]
            found.append({"intervals": {field: literals.in_order(several, reach, field)}})
        query = any_of(found)
        # The reach of each gap is told by the reach of all only where there is one.
        return self._checked(node, query) if open_gaps > 1 else query


def _word(word: str) -> Body:
    return {"term": {WORDS: word}}


def _folded(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(map(fold_query, texts)) if text]


def _side_by_side(intervals: list[Body]) -> Body:
    return {"all_of": {"intervals": intervals, "mode": "ordered", "max_gaps": 0}}


def _may_overlap(text: str) -> bool:
    """Tell whether two occurrences of a string may overlap: it ends as it begins."""
    return any(text.endswith(text[:size]) for size in range(1, len(text)))


def _near(node: Near) -> Body:
    found = []
    for field in TEXTS:
        left, right = literals.span(field, _folded(node.left)), literals.span(field, _folded(node.right))
        if left and right:
            found.append(literals.near([left, right], node.distance))
            if not node.ordered:
                found.append(literals.near([right, left], node.distance))
    return any_of(found)


def _within_sentence(field: str, before: list[str], after: list[str]) -> Body:
    sides = [[each for text in texts if (each := literals.interval(text))] for texts in (before, after)]
    if not all(sides):
        return NOTHING
    return {"intervals": {field: literals.in_order([literals.alternatives(side) for side in sides], FAR, field)}}


def _within_paragraph(field: str, before: list[str], after: list[str]) -> Body:
    first, second = literals.span(field, before), literals.span(field, after)
    if not first or not second:
        return NOTHING
    both = literals.near([first, second], FAR)
    # A line end is a character too. A title is one paragraph, whatever it has.
    return {"span_not": {"include": both, "exclude": {"span_term": {field: "\n"}}}} if field == BODY else both
