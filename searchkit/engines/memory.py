"""The reference engine: a dict and a for-loop.

Slow and obviously right. `tests/oracle` compares the answers of every other engine with this one's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from searchkit.analysis.edits import is_chinese, is_latin
from searchkit.analysis.fields import compared, day, epoch, facet_values, values
from searchkit.analysis.normalise import fold, fold_query
from searchkit.analysis.segment import Segmenter, segmenter
from searchkit.analysis.terms import grams, occurrences, query_words, words
from searchkit.deadline import check
from searchkit.engines import scoring
from searchkit.engines.aggregation import Counted, Part, Reprints, Spellings, WordCounts
from searchkit.engines.index import Entry, Index
from searchkit.engines.snapshot import PINYIN_FIELDS, Key, Match, Matches, Snapshot
from searchkit.engines.spans import Joining, is_similar_word, is_variant_word, slips_in, spans
from searchkit.model.article import Article
from searchkit.model.fields import FieldName
from searchkit.model.results import Recent, Sort
from searchkit.query.emphasis import without_emphasis
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
)

if TYPE_CHECKING:
    from searchkit.analysis.pinyin import Spelling


@dataclass(frozen=True, slots=True)
class _Document:
    seq: int
    article: Article
    title: str
    body: str
    text: str
    words: Counter[str]
    grams: Counter[str]
    words_length: int
    grams_length: int
    day: date | None


Strictness = str  # "full": all that match; "words": typed words as words only; "near": most words of the query


class MemoryIndex(Index):
    """An index in a dict. Nothing is stored on disk; a new process starts with an empty index."""

    def __init__(self, timezone: tzinfo, segmenter_: Segmenter | None = None) -> None:
        self.timezone = timezone
        self._segmenter = segmenter_ or segmenter()
        self._documents: dict[str, _Document] = {}
        self._covers = 0

    # -- writing

    def apply(
        self,
        entries: Iterable[Entry],
        deleted: Iterable[str] = (),
        *,
        covers: int,
        progress: Callable[[int], object] | None = None,
    ) -> None:
        documents = dict(self._documents)
        for id in deleted:
            documents.pop(id, None)
        newest: dict[str, Entry] = {}
        for entry in entries:
            held = newest.get(entry.article.id)
            if held is None or entry.seq >= held.seq:
                newest[entry.article.id] = entry
        for id, entry in newest.items():
            documents[id] = self._document(entry)
        self._documents = documents
        self._covers = covers

    def _document(self, entry: Entry) -> _Document:
        article = entry.article
        title, body = fold(article.title), fold(article.body)
        times = scoring.TITLE_REPEATS
        in_words = words(title, self._segmenter) * times + words(body, self._segmenter)
        in_grams = [term for term, _ in grams(title)] * times + [term for term, _ in grams(body)]
        return _Document(
            seq=entry.seq,
            article=article,
            title=title,
            body=body,
            text=title + "\n" + body,
            words=Counter(in_words),
            grams=Counter(in_grams),
            words_length=_quantised(len(in_words)),
            grams_length=_quantised(len(in_grams)),
            day=day(article, self.timezone),
        )

    def clear(self) -> None:
        self._documents = {}
        self._covers = 0

    # -- asking

    def snapshot(self) -> MemorySnapshot:
        return MemorySnapshot(self._documents, self._covers, self._segmenter)

    # -- maintenance

    def verify(self) -> Sequence[str]:
        return ()

    def size(self) -> int:
        return 0

    def close(self) -> None:
        """Do nothing: no files are open."""


class MemorySnapshot(Snapshot):
    """The documents at one moment. `documents` is never changed; a later state is another dict."""

    def __init__(self, documents: Mapping[str, _Document], covers: int, segmenter: Segmenter) -> None:
        self._documents = documents
        self._covers = covers
        self._segmenter = segmenter

    @property
    def covers(self) -> int:
        return self._covers

    @property
    def settings(self) -> Mapping[str, str]:
        return {}

    # -- matching

    def _matching(self, node: Node, strictness: Strictness = "full") -> list[_Document]:
        test = self._test(node, strictness)
        found = []
        for document in self._documents.values():
            check()
            if test(document):
                found.append(document)
        return found

    def _test(self, node: Node, how: Strictness) -> Callable[[_Document], bool]:
        match node:
            case Everything():
                return lambda d: True
            case Words():
                return self._test_words(node, how)
            case Word(text=text):
                parts = fold_query(text).split()
                if len(parts) < 2:
                    return lambda d: fold_query(text) in d.words
                return lambda d: all(part in d.words for part in parts) and _is_in_either(node, d)
            case Phrase(text=text, stands=stands):
                sought, whole = fold_query(text), how == "words" or stands != "anywhere"
                cut_words = query_words(sought, self._segmenter) if stands == "word" else ()
                return lambda d: (
                    _stands(d.text, sought, left=whole, right=whole) and all(word in d.words for word in cut_words)
                )
            case Prefix(text=text):
                return lambda d: _stands(d.text, fold_query(text), left=True, right=False)
            case Title(text=text, exact=exact):
                return self._test_title(fold_query(text), exact)
            case Near() | Together() | Wildcard() | AnyOf():
                return lambda d: _is_in_either(node, d)
            case AtLeast(times=times):
                return lambda d: _spans_in(node, d) >= times
            case Field(name=name, value=value, prefix=prefix):
                return _test_field(name, compared(value, name), prefix)
            case Published(since=since, until=until):
                return lambda d: d.day is not None and (since or d.day) <= d.day <= (until or d.day)
            case And(children=children):
                tests = [self._test(child, how) for child in children]
                return lambda d: all(test(d) for test in tests)
            case Or(children=children):
                tests = [self._test(child, how) for child in children]
                return lambda d: any(test(d) for test in tests)
            case Not(child=child):
                test = self._test(child, "full")
                return lambda d: not test(d)
        raise TypeError(f"not a query: {node!r}")

    def _variants(self, word: str, edits: int) -> set[str]:
        found: set[str] = set()
        for d in self._documents.values():
            check()
            if is_latin(word):
                found.update(term for term in d.grams if is_variant_word(word, term, edits))
            elif is_chinese(word):
                found.update(term for term in d.words if is_variant_word(word, term, edits))
                found.update(slips_in(d.text, word))
        return found

    def similar_words(
        self, words: Sequence[str], edits: int = 1, *, same_first: bool = False
    ) -> Mapping[str, Mapping[str, int]]:
        found: dict[str, Counter[str]] = {word: Counter() for word in words}
        for d in self._documents.values():
            check()
            for word, similar in found.items():
                terms = d.grams if is_latin(word) else d.words
                similar.update(term for term in terms if is_similar_word(word, term, edits, same_first=same_first))
        return found

    def _spelled(self, spelling: Spelling) -> tuple[set[str], set[tuple[FieldName, str]]]:
        strings: set[str] = set()
        found: set[tuple[FieldName, str]] = set()
        for d in self._documents.values():
            check()
            starts = range(len(d.title))
            every = {d.title[start:end] for start in starts for end in spelling.ends_in(d.title, start)}
            strings.update(each for each in every if each in d.words or not spelling.is_word(each))
            for name in PINYIN_FIELDS:
                compareds = {compared(value, name) for value in values(d.article, name)}
                found.update((name, value) for value in compareds if any(True for _ in spelling.strings_in(value)))
        return strings, found

    def _test_words(self, node: Words, how: Strictness) -> Callable[[_Document], bool]:
        aliases: dict[str, list[Callable[[_Document], bool]]] = defaultdict(list)
        for text, nodes in node.aliases().items():
            aliases[fold_query(text)] += [self._test(each, "full" if how == "near" else how) for each in nodes]
        if how == "near":
            weights = {
                word: self._idf(word)
                for word in scoring.near_words(node.typed, self._segmenter)
                if self._frequency("words", word)
            }

            def words_of(d: _Document) -> set[str]:
                named = [text for text, tests in aliases.items() if any(test(d) for test in tests)]
                return {*d.words, *scoring.near_words(named, self._segmenter)}

            return lambda d: bool(weights) and scoring.share_found(words_of(d), weights) >= scoring.NEAR_SHARE
        typed = [fold_query(text) for text in dict.fromkeys(node.typed)]
        cut = {text: query_words(text, self._segmenter) for text in typed}

        def found(d: _Document, text: str) -> bool:
            if how == "full" and _stands(d.text, text, left=True, right=True):
                return True
            if cut[text] and all(word in d.words for word in cut[text]):
                return True
            return any(test(d) for test in aliases.get(text, ()))

        if node.mode == "any":
            return lambda d: any(found(d, text) for text in typed)
        if scoring.requires_all(len(typed), node.mode):
            return lambda d: all(found(d, text) for text in typed)
        weights_typed = [sum(self._idf(word) for word in cut[text]) or 1.0 for text in typed]
        return lambda d: scoring.is_most([found(d, text) for text in typed], weights_typed)

    def _test_title(self, sought: str, exact: bool) -> Callable[[_Document], bool]:
        if exact:
            return lambda d: _stands(d.title, sought, left=False, right=False)
        cut = query_words(sought, self._segmenter)
        return lambda d: (
            _stands(d.title, sought, left=True, right=True)
            or (bool(cut) and all(_stands(d.title, word, left=True, right=True) for word in cut))
        )

    # -- scoring

    def _frequency(self, field: str, term: str) -> int:
        return sum(1 for d in self._documents.values() if term in getattr(d, field))

    def _idf(self, word: str) -> float:
        return scoring.idf(len(self._documents), self._frequency("words", word))

    def _contributions(self, scoring_terms: scoring.ScoringTerms) -> Callable[[_Document], dict[str, float]]:
        """Return the parts of a document's score without the proximity bonus, in the order of addition."""
        count = len(self._documents)
        means = {
            "words": sum(d.words_length for d in self._documents.values()) / count if count else 0.0,
            "grams": sum(d.grams_length for d in self._documents.values()) / count if count else 0.0,
        }
        idf = lru_cache(None)(lambda field, term: scoring.idf(count, self._frequency(field, term)))

        factors = [scoring.form_factors(forms, idf) for forms in scoring_terms.choices]

        def of_terms(d: _Document, terms: scoring.ScoringTerms | scoring.FormTerms) -> dict[str, float]:
            found = {}
            for term in terms.words:
                if term in d.words:
                    weight = scoring.weights(idf("words", term), float(d.words[term]), d.words_length, means["words"])
                    found[f"words:{term}"] = weight
            for term in terms.grams:
                if term in d.grams:
                    weight = scoring.weights(idf("grams", term), float(d.grams[term]), d.grams_length, means["grams"])
                    found[f"grams:{term}"] = scoring.GRAMS_WEIGHT * weight
            return found

        def parts(d: _Document) -> dict[str, float]:
            check()
            found = of_terms(d, scoring_terms)
            for forms, of_forms in zip(scoring_terms.choices, factors, strict=True):
                scores = [_total(of_terms(d, form)) * factor for form, factor in zip(forms, of_forms, strict=True)]
                best = scores.index(max(scores))
                if scores[best]:
                    found[scoring.part_name(found, forms[best].name)] = scores[best]
            return found

        return parts

    def _scored(
        self, documents: Sequence[_Document], scoring_terms: scoring.ScoringTerms, recent: Recent | None
    ) -> dict[str, tuple[float, dict[str, float]]]:
        """Return the score of each document and its parts, by id; those of the best ones with their bonuses."""
        parts = self._contributions(scoring_terms)
        found = {d.article.id: parts(d) for d in documents}
        factor = {d.article.id: scoring.recency(recent, d.day) if recent else 1.0 for d in documents}
        held = {d.article.id: d for d in documents}
        if scoring_terms.has_bonus and found:
            best = sorted(found, key=lambda id: (-_total(found[id]) * factor[id], id))[: scoring.DEPTH]
            highest = max(_total(found[id]) for id in best)
            weights = self._passage_weights(scoring_terms)
            for id in best:
                if scoring_terms.fourgrams:
                    have = sum(1 for gram in scoring_terms.fourgrams if gram in held[id].text)
                    found[id]["proximity"] = scoring.proximity_bonus(have, len(scoring_terms.fourgrams), highest)
                if weights:
                    paragraphs = [held[id].title, *held[id].body.split("\n")]
                    share = max(scoring.share_found(_standing(each, weights), weights) for each in paragraphs)
                    found[id]["passage"] = scoring.passage_bonus(share, highest)
        scored = {}
        for id, of_score in found.items():
            score = _total(of_score)
            if recent:
                of_score["recency"] = score * factor[id] - score
                score = score * factor[id]
            scored[id] = score, {name: part for name, part in of_score.items() if part}
        return scored

    def _passage_weights(self, scoring_terms: scoring.ScoringTerms) -> dict[str, float]:
        return {word: self._idf(word) for word in scoring_terms.passage if self._frequency("words", word)}

    def _tiers(self, query: Node, near: bool) -> list[list[_Document]]:
        """Return the tiers: matches with every typed word as a word, other matches, and near matches if asked for."""
        full = self._matching(query)
        held = {d.article.id for d in full}
        whole = {d.article.id for d in self._matching(query, "words")}
        tiers = [[d for d in full if d.article.id in whole], [d for d in full if d.article.id not in whole]]
        if not full:
            query = without_emphasis(query)
        if near and scoring.has_words(query):
            tiers.append([d for d in self._matching(query, "near") if d.article.id not in held])
        return tiers

    def _search(
        self, query: Node, limit: int, after: Key | None, sort: Sort, near: bool, recent: Recent | None
    ) -> Matches:
        total = self.count(query)
        scoring_terms = scoring.scoring_terms(query, self._segmenter)
        matches = []
        for tier, documents in enumerate(self._tiers(query, near and total < limit)):
            scores = self._scored(documents, scoring_terms, recent)
            for d in documents:
                score = scores[d.article.id][0] if sort == "relevance" else 0.0
                matches.append(Match(d.article.id, score, _key(d, tier, score, sort), near=tier == scoring.NEAR_TIER))
        matches.sort(key=lambda match: match.key)
        rest = [match for match in matches if after is None or match.key > after]
        return Matches(total, tuple(rest[:limit]), more=len(rest) > limit and not rest[limit].near)

    def explain(self, query: Node, id: str, recent: Recent | None = None) -> Mapping[str, float]:
        query = self.resolved(query)
        scoring_terms = scoring.scoring_terms(query, self._segmenter)
        for documents in self._tiers(query, near=True):
            scored = self._scored(documents, scoring_terms, recent)
            if id in scored:
                return scored[id][1]
        return {}

    def passage(self, query: Node) -> Mapping[str, float]:
        return self._passage_weights(scoring.scoring_terms(self.resolved(query), self._segmenter))

    # -- counting

    def document_frequencies(self, words: Collection[str]) -> Mapping[str, int]:
        return {word: sum(word in d.words for d in self._documents.values()) for word in words}

    def _parts(self, query: Node) -> Sequence[Part]:
        matches = self._matching(query)
        held = {d.article.id for d in matches}
        return (_Matching(matches, [d for d in self._documents.values() if d.article.id not in held]),)

    def sequence_numbers(self) -> Mapping[str, int]:
        return {id: d.seq for id, d in self._documents.items()}


@dataclass(frozen=True, slots=True)
class _Matching:
    """The only part of an answer."""

    documents: Sequence[_Document]
    others: Sequence[_Document]

    @property
    def count(self) -> int:
        return len(self.documents)

    def ids(self) -> Sequence[str]:
        return [d.article.id for d in self.documents]

    def days(self) -> Mapping[date | None, int]:
        return Counter(d.day for d in self.documents)

    def days_with(self, name: FieldName, value: str) -> Mapping[date | None, int]:
        return Counter(
            d.day for d in self.documents if value in [compared(each, name) for each in facet_values(d.article, name)]
        )

    def values(self, name: FieldName) -> Mapping[str, Spellings]:
        articles: Counter[str] = Counter()
        printed: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for d in self.documents:
            found = facet_values(d.article, name) or ("",)
            articles.update({compared(value, name) for value in found})
            for value in found:
                printed[compared(value, name)][value] += 1
        return {value: Spellings(articles[value], tuple(printed[value].items())) for value in articles}

    def reprinted(self, families: Mapping[str, str]) -> Sequence[str]:
        return [d.article.id for d in self.documents if d.article.id in families]

    def words(self, reprints: Reprints, *, rest: bool = True) -> WordCounts:
        return _WordCounts(
            [set(d.words) for d in self.documents if not reprints.leave_out(d.article.id)],
            [set(d.words) for d in self.others if rest and not reprints.leave_out(d.article.id)],
        )

    def words_by_day(
        self, groups: Mapping[date, int], reprints: Reprints, often: tuple[int, int] | None = None
    ) -> Mapping[int, Counted]:
        found: defaultdict[int, list[set[str]]] = defaultdict(list)
        for d in self.documents:
            if d.day is not None and d.day in groups and not reprints.leave_out(d.article.id):
                found[groups[d.day]].append(set(d.words))
        counts = {number: Counter(word for words in texts for word in words) for number, texts in found.items()}
        if often:
            kept = {word for word, count in counts.get(often[0], Counter()).items() if count >= often[1]}
            counts = {number: Counter({word: of[word] for word in kept & of.keys()}) for number, of in counts.items()}
        return {number: Counted(len(found[number]), counted) for number, counted in counts.items()}


class _WordCounts:
    """See `WordCounts`."""

    def __init__(self, matches: Sequence[set[str]], rest: Sequence[set[str]]) -> None:
        self.matches, self.rest = len(matches), len(rest)
        self._matches = Counter(word for words in matches for word in words)
        self._rest = Counter(word for words in rest for word in words)

    def in_matches(self, least: int = 1) -> Mapping[str, int]:
        return {word: count for word, count in self._matches.items() if count >= least}

    def in_rest(self, words: Collection[str], least: int = 0) -> Mapping[str, int]:
        return {word: self._rest[word] for word in words if word in self._rest}


def _standing(paragraph: str, words: Iterable[str]) -> set[str]:
    return {word for word in words if _stands(paragraph, word, left=True, right=True)}


def _quantised(length: int) -> int:
    return scoring.length_codes()[scoring.length_code(length)]


def _total(parts: Mapping[str, float]) -> float:
    total = 0.0
    for part in parts.values():
        total += part
    return total


def _stands(text: str, sought: str, *, left: bool, right: bool) -> bool:
    return any(True for _ in occurrences(text, sought, left=left, right=right))


def _spans_in(node: Joining, d: _Document) -> int:
    return len([*spans(node, d.title, is_title=True), *spans(node, d.body, is_title=False)])


def _is_in_either(node: Joining, d: _Document) -> bool:
    found = spans(node, d.title, is_title=True), spans(node, d.body, is_title=False)
    return any(True for each in found for _ in each)


def _test_field(name: FieldName, sought: str, prefix: bool) -> Callable[[_Document], bool]:
    def test(d: _Document) -> bool:
        held = [compared(value, name) for value in values(d.article, name)]
        return any(value.startswith(sought) if prefix else value == sought for value in held)

    return test


def _key(d: _Document, tier: int, score: float, sort: Sort) -> Key:
    if sort == "relevance":
        return (tier, -score, d.article.id)
    second = epoch(d.article)
    if second is None:
        rank = float("inf")
    else:
        rank = float(-second if sort == "newest" else second)
    return (scoring.NEAR_TIER if tier == scoring.NEAR_TIER else 0, rank, d.article.id)
