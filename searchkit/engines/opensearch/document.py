"""An article as the document that the cluster keeps: its folded text with marks, its terms and its values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from functools import cache
from typing import Any

from searchkit.analysis.characters import letter, tokens
from searchkit.analysis.fields import compared, day, epoch, facet_values, values
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.sentences import sentence_starts
from searchkit.analysis.terms import words
from searchkit.engines.index import Entry
from searchkit.engines.opensearch import mapping
from searchkit.engines.opensearch.mapping import BEGIN, END, FIRST, LAST, MARKS, TIMES
from searchkit.engines.scoring import TITLE_REPEATS, length_code, length_codes
from searchkit.model.fields import FIELDS


def document(entry: Entry, segmenter: Segmenter, timezone: tzinfo) -> dict[str, Any]:
    """Return the document of an article; fields without a value are left out."""
    article = entry.article
    title, body = fold(article.title), fold(article.body)
    in_words: Counter[str] = Counter()
    runs: Counter[str] = Counter()
    grams_length = 0
    for text, times in ((title, TITLE_REPEATS), (body, 1)):
        for word in words(text, segmenter):
            in_words[word] += times
        for kind, _, term in tokens(text):
            # As many character pairs as ideographs: the last of a run is a term by itself.
            grams_length += times * (len(term) if kind == "ideographs" else 1)
            if kind == "letters":
                runs[term] += times
    made = {
        mapping.ID: article.id,
        mapping.SEQ: entry.seq,
        mapping.TITLE: marked(title),
        mapping.BODY: marked_sentences(body),
        mapping.WORDS: list(_counted(in_words)),
        mapping.RUNS: list(_counted(runs)),
        mapping.WORDS_LENGTH: quantised(in_words.total()),
        mapping.GRAMS_LENGTH: quantised(grams_length),
    }
    second, published = epoch(article), day(article, timezone)
    if second is not None and published is not None:
        made[mapping.SECOND] = second
        made[mapping.DAY] = published.toordinal()
    for name in FIELDS:
        if name != "id" and (held := values(article, name)):
            printed = facet_values(article, name)
            made[name] = {
                "any": sorted({compared(each, name) for each in held}),
                "counted": sorted({compared(each, name) for each in printed}),
                "printed": list(printed),
            }
    return {name: value for name, value in made.items() if value not in ("", [])}


def quantised(length: int) -> int:
    """Return a length in terms as its code stands for it, see `searchkit.engines.scoring`."""
    return length_codes()[length_code(length)]


def _counted(terms: Counter[str]) -> Iterator[str]:
    for term, times in terms.items():
        yield term if times == 1 else f"{term}{TIMES}{times}"


def counted_terms(sent: Iterable[str]) -> dict[str, int]:
    """Return terms with their numbers, of the form in which they were sent."""
    found = {}
    for each in sent:
        term, _, times = each.partition(TIMES)
        found[term] = int(times or 1)
    return found


# -- marks


@cache
def _run() -> re.Pattern[str]:
    return re.compile(f"{letter().pattern}+")


def _with_marks(run: re.Match[str]) -> str:
    text = run.group()
    return f"{text[0]}{FIRST}{text[1:]}{LAST}"


def marked(folded: str) -> str:
    """Return a folded text with marks behind the ends of its runs of letters."""
    return _run().sub(_with_marks, folded)


def marked_sentences(folded: str) -> str:
    """Return a folded body with the marks of `marked`, and others behind the first and last characters of sentences."""
    starts = sentence_starts(folded)
    parts = [folded[start:end] for start, end in zip([0, *starts], [*starts, len(folded)], strict=True)]
    return "".join(_sentence(marked(part)) for part in parts if part)


def _sentence(text: str) -> str:
    behind = 1
    while text[behind : behind + 1] in (FIRST, LAST):
        behind += 1
    return f"{text[:behind]}{BEGIN}{text[behind:]}{END}"


def without_marks(text: str) -> str:
    """Return the folded text of a marked one."""
    for mark in MARKS:  # faster than a table: most marks are few
        text = text.replace(mark, "")
    return text
