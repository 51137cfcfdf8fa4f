"""How a query was understood, and the pages of hits that answer it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from searchkit.model.article import Kind, Precision
from searchkit.model.documents import Count, Date, Keyword, Time
from searchkit.model.results import Sort, SuggestionKind

Behind = Annotated[Count, "acknowledged changes that are not in the index yet, so not in this answer"]
Mark = Annotated[list[int], Keyword("minItems", 2), Keyword("maxItems", 2)]
"""A half-open range of Unicode code points: start, end."""


class Alias(TypedDict):
    """A name in a query that is looked for under other names as well."""

    typed: Annotated[str, "the name in the query"]
    also: Annotated[list[str], "the other names that are looked for"]


class Suggested(TypedDict):
    """A name in a query that may stand for others."""

    typed: Annotated[str, "the name in the query"]
    also: Annotated[list[str], "the names that it may stand for"]


class Query(TypedDict):
    """The query as it was understood."""

    text: Annotated[str, "as typed"]
    canonical: Annotated[str, "the whole query, options included, in the query language"]
    words: Annotated[list[str], "the words searched for: the typed words as jieba cuts them, folded"]
    since: Annotated[Date | None, "first day of the query"]
    until: Annotated[Date | None, "last day of the query"]
    timezone: Annotated[str, "the archive's time zone, which decides on its days"]
    notes: Annotated[
        list[str],
        "notes: resolved dates, the number of words required, days that the archive does not have, "
        "what pinyin stands for",
    ]
    aliases: Annotated[
        list[Alias] | None, "names that are looked for under other names as well; null if aliases are switched off"
    ]
    suggested: Annotated[list[Suggested], "names that may stand for others, which are not looked for"]


class Recent(TypedDict):
    """How newer articles were preferred."""

    day: Annotated[Date, "the day that ages are counted from"]
    half_life: Annotated[float, "the days after which half of the preference is left"]


class Sample(TypedDict):
    """A random choice among the matches."""

    size: Annotated[Count, "the number of articles asked for"]
    seed: Annotated[int, "the same seed gives the same sample again"]


class Table(TypedDict):
    """In files of `searchkit export`: the comments of `--xlsx`, the metadata of `--parquet` and `--arrow`"""

    schema: Annotated[Literal["searchkit.table/1"], "the name of this document"]
    query: Annotated[str, "as typed"]
    canonical: Annotated[str | None, "as understood, with aliases; null without a query and conditions"]
    options: Annotated[dict[str, Any], "the conditions beside the query, as given"]
    since: Annotated[Date | None, "first day, as resolved"]
    until: Annotated[Date | None, "last day, as resolved"]
    sample: Annotated[Sample | None, "the random choice among the matches; null if all are in the table"]
    timezone: Annotated[str, "the archive's zone"]
    archive: Annotated[str, "the archive's folder, as it was given"]
    versions: Annotated[dict[str, str], "of `searchkit`"]
    made: Annotated[Time, "when the table was written, in UTC"]
    index_behind: Annotated[Count, "acknowledged changes that were not in the index, so not in the table"]


class SearchQuery(Query):
    """The query as it was understood, and the order of its answer."""

    sort: Annotated[Sort, "the order"]
    recent: Annotated[Recent | None, "with `--recent`, in the order by relevance: how newer articles were preferred"]
    sample: Annotated[
        Sample | None,
        "with `--sample`: the hits are chosen at random, and stand in random order instead of `query.sort`, "
        "without scores",
    ]


class Snippet(TypedDict):
    """A piece of the text that shows matches."""

    field: Annotated[Literal["title", "body"], "the part of the article that it is from: the body"]
    text: Annotated[str, "one line, with … where the text continues"]
    marks: Annotated[list[Mark], "the matched ranges"]


class _Hit(TypedDict):
    id: Annotated[str, "names the article permanently"]
    title: Annotated[str, "as published"]
    title_marks: Annotated[list[Mark], "the matched ranges of the title"]
    published: Annotated[Time | None, "in the archive's zone"]
    precision: Annotated[Precision, "the precision of the printed time"]
    source: Annotated[str, "the outlet the text is from"]
    author: Annotated[str, "as printed"]
    site: Annotated[str, "the site that shows it"]
    section: Annotated[str, "section or channel"]
    url: Annotated[str, "the address it was published at"]
    kind: Annotated[Kind, "an article, or a headline that a page listed"]
    parent: Annotated[str, "of a headline: the id of the article whose page listed it"]
    score: Annotated[float, "comparable within one answer; 0 when sorted by time"]
    near: Annotated[
        bool,
        "true for a near match: it contains most of the words, or what its latin words are in pinyin, "
        "but does not match and is counted nowhere",
    ]
    family: Annotated[str | None, "the id of the first article of its family of reprints; null if it has none"]


class _WholeHit(_Hit):
    reprints: Annotated[
        Count,
        "with `--group`: the number of other matches of the family, for which this hit stands; otherwise 0. `total` is "
        "the sum of 1 + `reprints` over the hits of all pages that are not near",
    ]
    snippets: Annotated[list[Snippet], "pieces of the text that show the matches"]


class Hit(_WholeHit, total=False):
    """One article of an answer. `searchkit search --jsonl` prints one on each line."""

    explanation: Annotated[
        dict[str, float],
        "with `--explain`: the parts of the score by name, which add up to it: `words:…`, `grams:…`, the bonuses "
        "`proximity` and `passage`, and `recency`, below 0",
    ]


class Condition(TypedDict):
    """A part of a query that nothing matches."""

    condition: Annotated[str, "in the query language"]
    alone: Annotated[Count, "articles that it finds alone"]
    without: Annotated[Count | None, "articles that the other parts find without it"]


class Suggestion(TypedDict):
    """A similar query that finds something."""

    query: Annotated[str, "in the query language, the conditions of options included"]
    total: Annotated[Count, "articles that it finds"]
    kind: Annotated[
        SuggestionKind,
        "the change: in a word's spelling, in the value of a field, another field or the text, the days, a part that "
        "is less strict, parts left out, or any of the words",
    ]
    why: Annotated[str, "the change, in a few words"]


class ArchiveDays(TypedDict):
    """The days of an archive's articles."""

    since: Annotated[Date, "the first day of an article"]
    until: Annotated[Date, "the last day of an article"]


class Diagnosis(TypedDict):
    """Why an answer is empty, or smaller than that of a likelier spelling."""

    conditions: Annotated[list[Condition], "the parts of the query; empty if an article matches"]
    suggestion: Annotated[str | None, "the query of the first suggestion"]
    suggestions: Annotated[list[Suggestion], "similar queries that find something, the likeliest first"]
    archive: Annotated[ArchiveDays | None, "the archive's days, if all days asked for lie outside of them"]


class Search(TypedDict):
    """`searchkit search --json`. `--jsonl` prints each object of `hits` on a line."""

    schema: Annotated[Literal["searchkit.search/1"], "the name of this document"]
    query: Annotated[SearchQuery, "the query as it was understood"]
    total: Annotated[Count, "articles that match, without near matches"]
    groups: Annotated[
        Count | None,
        "with `--group`: the number of hits on all pages, each standing for an article and its reprints",
    ]
    hits: Annotated[list[Hit], "the page, in order"]
    next: Annotated[str | None, "the cursor of the next page, for `--after`"]
    index_behind: Behind
    diagnosis: Annotated[
        Diagnosis | None,
        "why nothing matches, or the likelier spelling that finds ten times as much; null if there is nothing to say, "
        "or if the time was not enough to find out",
    ]


class Counted(TypedDict):
    """The library's `json_form.count` returns it."""

    schema: Annotated[Literal["searchkit.count/1"], "the name of this document"]
    query: Annotated[Query, "the query as it was understood"]
    total: Annotated[Count, "articles that match"]
    index_behind: Behind


class SimilarHit(_Hit):
    """One article that is similar to another, or to a text."""

    reprints: Annotated[
        Count, "the number of other articles of its family that have one of the words; with `--reprints` 0"
    ]
    snippets: Annotated[list[Snippet], "pieces of the text that show the matches"]


class Similar(TypedDict):
    """`searchkit similar --json`"""

    schema: Annotated[Literal["searchkit.similar/1"], "the name of this document"]
    id: Annotated[str | None, "the article; null for a text"]
    words: Annotated[list[str], "the words that it was recognised by, the heaviest first"]
    hits: Annotated[list[SimilarHit], "the page, in order"]
    index_behind: Behind
