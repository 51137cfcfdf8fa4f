"""The score of an article, computed in the cluster: the formulas of `searchkit.engines.scoring` in Painless.

The terms of a query are in one list: first those that every article is scored by, then those of each form of each
choice. They are added in the order in which every engine adds them, in double precision. The cluster orders by floats
of 32 bits; the exact score of a hit is told by three named queries, 22 of its bits each.

To ask in a script how often a term occurs takes a microsecond, since OpenSearch makes a string of what is asked each
time, and a common word has many articles. So the numbers of the first terms are the digits of the score that the query
itself has; the highest digit stands for more, which then is asked.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searchkit.analysis.characters import is_letter
from searchkit.cluster.client import Body
from searchkit.engines import scoring
from searchkit.engines.opensearch.literals import EVERYTHING
from searchkit.engines.opensearch.mapping import (
    BODY,
    DAY,
    GRAMS_LENGTH,
    HIGHEST_DIGIT,
    RUNS,
    TEXTS,
    TITLE,
    WORDS,
    WORDS_LENGTH,
)
from searchkit.engines.opensearch.statistics import Statistics, Term
from searchkit.engines.scoring import FormTerms, ScoringTerms
from searchkit.model.results import Recent

_BITS = 22
PIECES = ("bits-0", "bits-1", "bits-2")
"""The names of the queries that tell the bits of a score."""
_WORD, _RUN, _PAIR = 0, 1, 2
_FIELDS = {_WORD: (WORDS,), _RUN: (RUNS,), _PAIR: TEXTS}
_DIGIT_BITS = 4
_DIGITS = 6
"""Together 24 bits, which a float has."""
SOURCE = f"""
int piece = params.piece; List places = params.places; long digits = piece < 0 ? (long) _score : 0L;
List terms = params.terms; List kinds = params.kinds; List idfs = params.idfs;
List ends = params.ends; List choices = params.choices; List factors = params.factors;
double k1 = params.k1; double b = params.b; double gramsWeight = params.grams_weight;
double ofWords = k1 * ((1.0 - b) + b * doc['{WORDS_LENGTH}'].value / (double) params.mean_words);
double ofGrams = k1 * ((1.0 - b) + b * doc['{GRAMS_LENGTH}'].value / (double) params.mean_grams);
double total = 0.0; double best = 0.0; int choice = -1; int at = 0;
for (int form = 0; form < ends.size(); ++form) {{
  int end = (int) ends.get(form); int next = (int) choices.get(form);
  if (next != choice) {{ total += best; best = 0.0; choice = next; }}
  double sum = next < 0 ? total : 0.0;
  for (; at < end; ++at) {{
    String term = (String) terms.get(at); int kind = (int) kinds.get(at); double idf = (double) idfs.get(at);
    int place = piece < 0 ? (int) places.get(at) : -1;
    long digit = place < 0 ? {HIGHEST_DIGIT}L : (digits >>> place) & {HIGHEST_DIGIT}L;
    double freq;
    if (kind == {_PAIR}) {{
      long inBody = place < 0 ? {HIGHEST_DIGIT}L : (digits >>> (place + {_DIGIT_BITS})) & {HIGHEST_DIGIT}L;
      freq = {scoring.TITLE_REPEATS} * (digit < {HIGHEST_DIGIT}L ? (double) digit : (double) termFreq('{TITLE}', term))
        + (inBody < {HIGHEST_DIGIT}L ? (double) inBody : (double) termFreq('{BODY}', term));
    }} else if (digit < {HIGHEST_DIGIT}L) {{ freq = (double) digit; }}
    else if (kind == {_WORD}) {{ freq = (double) termFreq('{WORDS}', term); }}
    else {{ freq = (double) termFreq('{RUNS}', term); }}
    if (freq > 0) {{
      if (kind == {_WORD}) {{ sum += idf * (freq * (k1 + 1.0) / (freq + ofWords)); }}
      else {{ sum += gramsWeight * (idf * (freq * (k1 + 1.0) / (freq + ofGrams))); }}
    }}
  }}
  if (next < 0) {{ total = sum; }}
  else {{ double weighed = sum * (double) factors.get(form); if (weighed > best) {{ best = weighed; }} }}
}}
total += best;
if (piece >= 0) {{ return (double) ((Double.doubleToLongBits(total) >>> ({_BITS} * piece)) & {(1 << _BITS) - 1}L); }}
if (params.day == null) {{ return total; }}
if (doc['{DAY}'].size() == 0) {{ return total * (double) params.floor; }}
long age = (long) params.day - doc['{DAY}'].value;
if (age < -1) {{ return total * (double) params.later; }}
double floor = params.floor;
return total * (floor + (1.0 - floor) * Math.pow(0.5, Math.max(0L, age) / (double) params.half_life));
"""


@dataclass(frozen=True)
class Scoring:
    """How the articles of one question are scored.

    Attributes:
        params: of the script.
        digits: queries whose scores add up to the numbers of the first terms.
        recent: see `Snapshot.search`.
    """

    terms: ScoringTerms
    params: Mapping[str, Any]
    digits: Sequence[Body]
    recent: Recent | None

    def scored(self, query: Body, named: Sequence[Body] = ()) -> Body:
        """Return a query whose scores are those of its articles.

        Args:
            named: queries of which it is told for each hit whether it matches.
        """
        bits = [
            {"script_score": {"query": EVERYTHING, "script": self._script(piece), "_name": name}}
            for piece, name in enumerate(PIECES)
        ]
        # Where no score is needed of it, what is only named costs nothing but for the hits that are returned.
        only_named = {"bool": {"filter": [EVERYTHING], "should": [*bits, *named]}}
        inner = {"bool": {"filter": [query, only_named], "should": list(self.digits)}}
        return {"script_score": {"query": inner, "script": self._script(-1)}}

    def _script(self, piece: int) -> Body:
        return {"source": SOURCE, "lang": "painless", "params": {**self.params, "piece": piece}}


def exact_score(named: Mapping[str, float]) -> float:
    """Return the score whose bits the named queries of a hit told."""
    bits = sum(int(named[name]) << (_BITS * piece) for piece, name in enumerate(PIECES) if name in named)
    return float(struct.unpack(">d", struct.pack(">Q", bits))[0])


def terms_of(scoring_terms: ScoringTerms) -> list[Term]:
    """Return all terms that articles are scored by."""
    forms: list[ScoringTerms | FormTerms] = [scoring_terms]
    forms += [form for choice in scoring_terms.choices for form in choice]
    found: list[Term] = [("words", word) for form in forms for word in form.words]
    found += [("grams", gram) for form in forms for gram in form.grams]
    return [*found, *(("words", word) for word in scoring_terms.passage)]


def scoring_of(terms: ScoringTerms, statistics: Statistics, recent: Recent | None) -> Scoring:
    """Return how articles are scored by these terms."""
    statistics.prepare(terms_of(terms))
    forms: list[tuple[int, ScoringTerms | FormTerms, float]] = [(-1, terms, 1.0)]
    for number, choice in enumerate(terms.choices):
        factors = scoring.form_factors(choice, statistics.idf)
        forms += [(number, form, factor) for form, factor in zip(choice, factors, strict=True)]
    listed: list[tuple[str, int, float]] = []
    ends = []
    for _, form, _ in forms:
        listed += [(word, _WORD, statistics.idf("words", word)) for word in form.words]
        listed += [(gram, _RUN if is_letter(gram[0]) else _PAIR, statistics.idf("grams", gram)) for gram in form.grams]
        ends.append(len(listed))
    means = statistics.means
    places, digits = _in_digits([(term, kind) for term, kind, _ in listed])
    params: dict[str, Any] = {
        "terms": [term for term, _, _ in listed],
        "kinds": [kind for _, kind, _ in listed],
        "idfs": [idf for _, _, idf in listed],
        "places": places,
        "ends": ends,
        "choices": [number for number, _, _ in forms],
        "factors": [factor for _, _, factor in forms],
        "k1": scoring.K1,
        "b": scoring.B,
        "grams_weight": scoring.GRAMS_WEIGHT,
        "mean_words": means["words"] or 1.0,
        "mean_grams": means["grams"] or 1.0,
        "day": recent.day.toordinal() if recent else None,
    }
    if recent:
        params |= {"floor": scoring.RECENCY_FLOOR, "later": scoring.LATER, "half_life": float(recent.half_life)}
    return Scoring(terms, params, digits, recent)


def _in_digits(terms: Sequence[tuple[str, int]]) -> tuple[list[int], list[Body]]:
    """Return the bit at which the digits of each term begin, -1 for none, and the queries that write the digits."""
    places: list[int] = []
    queries: list[Body] = []
    for term, kind in terms:
        fields = _FIELDS[kind]
        place = _DIGIT_BITS * len(queries)
        has_room = len(queries) + len(fields) <= _DIGITS
        places.append(place if has_room else -1)
        for at, field in enumerate(fields if has_room else ()):
            queries.append({"term": {field: {"value": term, "boost": float(1 << (place + _DIGIT_BITS * at))}}})
    return places, queries
