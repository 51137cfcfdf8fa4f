"""The fields of a document in the cluster, and the analysis that makes terms of what we send.

What a text is cut into is decided by our own analysis, the same for every engine; the cluster only splits what it is
sent. `title` and `body` are sent as folded text in which some characters carry marks (see `document`). The cluster
makes of each character with its marks one term, and another one of it and the next character, both at the offset of the
character: so positions are offsets, any string is found again by its pairs, and a lone character by itself.

`frame` says of each offset only whether a sentence begins or ends there: so what goes over an end is told, and `?` in a
word with wildcards stands for any of its terms.

`words` and `runs` are sent as lists of terms, those that occur several times with their number. For each keyword field
there are the values that a condition finds (`any`), those that a facet counts (`counted`), and these as printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from searchkit.model.fields import FIELDS, FieldName

FORMAT = "opensearch-2"

FIRST, LAST, BEGIN, END = "\x81", "\x82", "\x83", "\x87"
"""Marks behind a character: a run of letters begins with it, ends with it; a sentence begins with it, ends with it.
Folded text has no control characters, and these are sent in JSON as they are."""
TIMES = "\x84"
"""Stands between a term and the number of times that it occurs."""
HOLE = "\x86"
"""In a searched phrase: any character."""
INSIDE, BEGINNING, ENDING, ALONE = ".", "<", ">", "1"
"""The terms of a frame: a character inside a sentence, its first, its last, and one that is a sentence by itself."""

TITLE, BODY = "title", "body"
TEXTS = (TITLE, BODY)
WORDS, RUNS = "words", "runs"
EACH_WORD, EACH_RUN = "words.each", "runs.each"
"""The same terms without their numbers, for counting them by articles."""
ID, SEQ, DAY, SECOND = "id", "seq", "day", "second"
WORDS_LENGTH, GRAMS_LENGTH = "words_length", "grams_length"
DIGIT = "digit"
HIGHEST_DIGIT = 15
"""The name of the similarity whose score is the number of occurrences, or the highest digit if that is less, times the
boost, once for each term that is sought together; see `script`."""
_DIGIT_SOURCE = f"return query.boost * Math.min(doc.freq, {HIGHEST_DIGIT}.0);"
LONGEST_REGEXP = 10_000
"""Characters of a pattern of terms. Many are looked for in one look at the terms, which is what takes time."""
LONGEST_VALUE = 8191
"""Characters of a value; longer ones are not indexed."""
MARKS = FIRST + LAST + BEGIN + END
_UNIT = f"(?s)[^{MARKS}][{MARKS}]*"


def frame(text: str) -> str:
    """Return the name of the frame of a text field."""
    return f"{text}.frame"


def any_value(name: FieldName) -> str:
    """Return the field with all values by which a condition finds an article, compared."""
    return ID if name == "id" else f"{name}.any"


def counted_value(name: FieldName) -> str:
    """Return the field with the values that a facet counts, compared."""
    return ID if name == "id" else f"{name}.counted"


def printed_value(name: FieldName) -> str:
    """Return the field with the values that a facet counts, as printed."""
    return ID if name == "id" else f"{name}.printed"


def index_settings(shards: int, replicas: int) -> dict[str, Any]:
    """Return the settings of an index."""
    return {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        "refresh_interval": "-1",
        "codec": "best_compression",
        "translog.durability": "request",
        # A late retry of a write must not bring back what was deleted since.
        "gc_deletes": "1h",
        "max_regex_length": LONGEST_REGEXP,
        "similarity": {DIGIT: {"type": "scripted", "script": {"source": _DIGIT_SOURCE}}},
        "analysis": {
            "tokenizer": {
                "units": {"type": "pattern", "pattern": _UNIT, "group": 0},
                "lines": {"type": "char_group", "tokenize_on_chars": ["\n"]},
                "one": {"type": "keyword"},
            },
            "char_filter": {"no_times": {"type": "pattern_replace", "pattern": f"{TIMES}.*", "replacement": ""}},
            "filter": {
                "no_ends": {"type": "pattern_replace", "pattern": f"[{BEGIN}{END}]", "replacement": ""},
                "pairs": {"type": "shingle", "min_shingle_size": 2, "max_shingle_size": 2, "token_separator": ""},
                "inside": _replacing(f"[^{BEGIN}{END}]+", INSIDE),
                "alone": _replacing(f".*{BEGIN}.*{END}.*", ALONE),
                "beginning": _replacing(f".*{BEGIN}.*", BEGINNING),
                "ending": _replacing(f".*{END}.*", ENDING),
                "holes": {"type": "stop", "stopwords": [HOLE]},
                "times": {"type": "delimited_term_freq", "delimiter": TIMES},
            },
            "analyzer": {
                "text": {"type": "custom", "tokenizer": "units", "filter": ["no_ends", "pairs"]},
                "frame": {"type": "custom", "tokenizer": "units", "filter": ["inside", "alone", "beginning", "ending"]},
                "terms": {"type": "custom", "tokenizer": "one", "filter": ["times"]},
                "sought": {"type": "custom", "tokenizer": "lines", "filter": ["holes"]},
            },
            "normalizer": {"term": {"type": "custom", "char_filter": ["no_times"]}},
        },
    }


def _replacing(pattern: str, term: str) -> dict[str, str]:
    """Return the filter that makes one term of all that a pattern fits as a whole."""
    return {"type": "pattern_replace", "pattern": f"(?s)^{pattern}$", "replacement": term}


def mapping(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mapping of an index.

    Args:
        meta: what is kept with the mapping, see `generation`.
    """
    text = {
        "type": "text", "analyzer": "text", "search_analyzer": "sought", "norms": False, "similarity": DIGIT,
        "fields": {"frame": {"type": "text", "analyzer": "frame", "search_analyzer": "sought", "norms": False}},
    }  # fmt: skip
    terms = {
        "type": "text", "analyzer": "terms", "search_analyzer": "sought", "norms": False, "index_options": "freqs",
        "similarity": DIGIT,
        "fields": {"each": {"type": "keyword", "index": False, "normalizer": "term"}},
    }  # fmt: skip
    number = {"type": "integer", "index": False}
    # A term of more than 32,766 bytes would refuse the whole article.
    value = {"type": "keyword", "norms": False, "ignore_above": LONGEST_VALUE}
    fields: dict[str, Any] = {
        ID: {"type": "keyword"},
        SEQ: {"type": "long", "index": False},
        # Titles are short: pinyin looks at the terms of all of them, which the cluster then holds in memory.
        TITLE: {**text, "fielddata": True},
        BODY: text,
        WORDS: terms,
        RUNS: terms,
        WORDS_LENGTH: number,
        GRAMS_LENGTH: number,
        SECOND: {"type": "long", "index": False},
        DAY: {"type": "integer"},
    }
    for name in FIELDS:
        if name != "id":
            fields[name] = {"properties": {"any": value, "counted": value, "printed": {**value, "index": False}}}
    return {"dynamic": "strict", "_meta": dict(meta), "properties": fields}
