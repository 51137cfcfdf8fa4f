"""The parts of the score of one article, computed here from what the cluster keeps of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from searchkit.analysis.terms import grams
from searchkit.engines import scoring
from searchkit.engines.opensearch.document import counted_terms, without_marks
from searchkit.engines.opensearch.generations import Asking
from searchkit.engines.opensearch.mapping import BODY, DAY, GRAMS_LENGTH, TITLE, WORDS, WORDS_LENGTH
from searchkit.engines.opensearch.ranking import Tier
from searchkit.engines.opensearch.script import Scoring
from searchkit.engines.opensearch.statistics import Kind, Statistics
from searchkit.engines.scoring import FormTerms, ScoringTerms


def parts(
    source: Mapping[str, Any], id: str, tier: Tier, scored: Scoring, statistics: Statistics, asking: Asking
) -> Mapping[str, float]:
    """Return the parts of the score of an article, see `Snapshot.explain`.

    Args:
        source: the document of the article.
        tier: the tier that it is in.
    """
    found = _parts_without_bonus(source, scored.terms, statistics)
    if scored.terms.has_bonus:
        best = tier.best(asking.search(tier.first_body()))
        highest = max(hit.base for hit in best)
        for hit in best:
            if hit.id == id:
                found.update(tier.bonuses(hit, highest))
    if scored.recent:
        score = scoring.added(found.values())
        day = date.fromordinal(source[DAY]) if DAY in source else None
        found["recency"] = score * scoring.recency(scored.recent, day) - score
    return {name: part for name, part in found.items() if part}


def _parts_without_bonus(source: Mapping[str, Any], terms: ScoringTerms, statistics: Statistics) -> dict[str, float]:
    freqs: dict[Kind, Mapping[str, int]] = {
        "words": counted_terms(source.get(WORDS, [])),
        "grams": _grams(source),
    }
    lengths: dict[Kind, int] = {"words": source[WORDS_LENGTH], "grams": source[GRAMS_LENGTH]}
    means = statistics.means

    def of_terms(these: ScoringTerms | FormTerms) -> dict[str, float]:
        found = {}
        listed: tuple[tuple[Kind, tuple[str, ...], float], ...] = (
            ("words", these.words, 1.0), ("grams", these.grams, scoring.GRAMS_WEIGHT),
        )  # fmt: skip
        for kind, several, weight in listed:
            for term in several:
                if freq := freqs[kind].get(term, 0):
                    of_term = scoring.weights(statistics.idf(kind, term), float(freq), lengths[kind], means[kind])
                    found[f"{kind}:{term}"] = weight * of_term
        return found

    found = of_terms(terms)
    for forms in terms.choices:
        factors = scoring.form_factors(forms, statistics.idf)
        scores = [scoring.added(of_terms(form).values()) * factor for form, factor in zip(forms, factors, strict=True)]
        best = scores.index(max(scores))
        if scores[best]:
            found[scoring.part_name(found, forms[best].name)] = scores[best]
    return found


def _grams(source: Mapping[str, Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    for field, times in ((TITLE, scoring.TITLE_REPEATS), (BODY, 1)):
        for term, _ in grams(without_marks(source.get(field, ""))):
            found[term] += times
    return found
