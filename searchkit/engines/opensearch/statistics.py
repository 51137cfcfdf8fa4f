"""What scores are computed from: document frequencies and mean lengths of a generation, each counted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from searchkit.analysis.characters import is_letter
from searchkit.cluster.client import Body
from searchkit.engines.opensearch.generations import Asking
from searchkit.engines.opensearch.literals import EVERYTHING, any_of
from searchkit.engines.opensearch.mapping import GRAMS_LENGTH, RUNS, TEXTS, WORDS, WORDS_LENGTH
from searchkit.engines.scoring import idf

Kind: TypeAlias = Literal["words", "grams"]
Term: TypeAlias = tuple[Kind, str]
_DOCUMENTS = "documents"


def having(term: Term) -> Body:
    """Return the query for the articles that have a term of a score."""
    kind, text = term
    if kind == "words":
        return {"term": {WORDS: text}}
    if is_letter(text[0]):
        return {"term": {RUNS: text}}
    return any_of({"term": {field: text}} for field in TEXTS)


class Statistics:
    """The statistics of a generation, kept with it."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._counted = asking.held.counted

    def prepare(self, terms: Iterable[Term]) -> None:
        """Count what is not yet known of these terms and of all articles, in one request."""
        wanted = [term for term in dict.fromkeys(terms) if term not in self._counted]
        bodies: list[Body] = [{"size": 0, "track_total_hits": True, "query": having(term)} for term in wanted]
        is_new = _DOCUMENTS not in self._counted
        if is_new:
            lengths = {field: {"sum": {"field": field}} for field in (WORDS_LENGTH, GRAMS_LENGTH)}
            bodies.append({"size": 0, "track_total_hits": True, "query": EVERYTHING, "aggs": lengths})
        answers = self._asking.searches(bodies)
        totals = [float(each["hits"]["total"]["value"]) for each in answers]
        self._counted.update(zip(wanted, totals, strict=False))
        if is_new:
            added = answers[-1].get("aggregations", {})
            for field in (WORDS_LENGTH, GRAMS_LENGTH):
                total = float(added.get(field, {}).get("value", 0.0))
                self._counted[field] = total / totals[-1] if totals[-1] else 0.0
            self._counted[_DOCUMENTS] = totals[-1]

    def _get(self, key: Term | str) -> float:
        if key not in self._counted:
            self.prepare([key] if isinstance(key, tuple) else [])
        return self._counted[key]

    @property
    def documents(self) -> int:
        """The number of articles."""
        return int(self._get(_DOCUMENTS))

    @property
    def means(self) -> Mapping[Kind, float]:
        """The mean lengths of the articles in words and in grams; 0 where there are no articles."""
        return {"words": self._get(WORDS_LENGTH), "grams": self._get(GRAMS_LENGTH)}

    def frequency(self, kind: Kind, text: str) -> int:
        """Return the number of articles that have a term."""
        return int(self._get((kind, text)))

    def idf(self, kind: str, text: str) -> float:
        """Return the inverse document frequency of a term, in nats."""
        return idf(self.documents, self.frequency("words" if kind == "words" else "grams", text))
