"""Reports on an archive and on work done to it, and errors."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from searchkit.model.documents import Count, Date
from searchkit.presenters.documents.counting import SourceCount
from searchkit.presenters.documents.queries import Alias, Behind, Suggested


class RejectedRecord(TypedDict):
    """A record that could not be read."""

    where: Annotated[str, "file and line"]
    reason: Annotated[str, "one sentence"]


class Source(TypedDict):
    """The completeness of the articles of one source."""

    source: Annotated[str, "the outlet, or the site if the articles name no outlet; empty for neither"]
    records: Annotated[Count, "articles"]
    first: Annotated[Date | None, "day of the first article, in the archive's zone"]
    last: Annotated[Date | None, "day of the last article"]
    without_time: Annotated[Count, "articles among them without a time"]
    without_author: Annotated[Count, "articles among them without an author"]
    without_body: Annotated[Count, "articles among them without a body"]


class Sources(TypedDict):
    """`searchkit stats --sources --json`"""

    schema: Annotated[Literal["searchkit.sources/1"], "the name of this document"]
    sources: Annotated[list[Source], "the sources of articles, those with the most articles first"]


class Pruned(TypedDict):
    """The records of files that are gone."""

    ids: Annotated[list[str], "ids of records, ascending"]
    files: Annotated[list[str], "files that are gone"]


class Ingest(TypedDict):
    """`searchkit ingest --json`; with `--watch` a line for each scan that found something"""

    schema: Annotated[Literal["searchkit.ingest/1"], "the name of this document"]
    added: Annotated[Count, "new articles"]
    updated: Annotated[Count, "new revisions"]
    unchanged: Annotated[Count, "records equal to those in the archive"]
    kept_apart: Annotated[
        Count, "of those added and updated: another article has their address, so they have an id of their own"
    ]
    headlines: Annotated[Count, "headlines that pages list, among those added and updated"]
    set_aside: Annotated[Count, "records that could not be read"]
    rejected: Annotated[list[RejectedRecord], "the records set aside"]
    rejects: Annotated[str | None, "the file that the records were written to"]
    files: Annotated[Count, "files read"]
    seconds: Annotated[float, "time taken"]
    dry_run: Annotated[bool, "true: nothing was written"]
    sources: Annotated[list[Source], "the sources of the articles added and updated, as in `searchkit.sources/1`"]
    pruned: Annotated[Pruned | None, "with `--prune`: the deletions, or in a dry run the deletions it would make"]


class Delete(TypedDict):
    """`searchkit delete --json`"""

    schema: Annotated[Literal["searchkit.delete/1"], "the name of this document"]
    total: Annotated[Count, "articles"]
    ids: Annotated[list[str], "their ids, ascending"]
    dry_run: Annotated[bool, "true: nothing was deleted"]
    index_behind: Behind


class Rebuild(TypedDict):
    """`searchkit rebuild --json`"""

    schema: Annotated[Literal["searchkit.rebuild/1"], "the name of this document"]
    articles: Annotated[Count, "articles now in the index"]
    seconds: Annotated[float, "time taken"]


class Verify(TypedDict):
    """`searchkit verify --json`, also with `--repair`"""

    schema: Annotated[Literal["searchkit.verify/1"], "the name of this document"]
    ok: Annotated[bool, "true: there are no problems"]
    checked: Annotated[list[str], "the parts that were checked"]
    problems: Annotated[list[str], "the problems found; with --repair, those that are left"]
    articles: Annotated[Count, "articles in the record"]
    indexed: Annotated[Count, "articles in the index"]
    index_behind: Behind
    repaired: Annotated[list[str], "what --repair did, each thing as a sentence"]


class Backup(TypedDict):
    """`searchkit backup DIR --json`"""

    schema: Annotated[Literal["searchkit.backup/1"], "the name of this document"]
    articles: Annotated[Count, "articles, headlines included"]
    path: Annotated[str, "the folder or the snapshot that was made"]


class Restore(TypedDict):
    """`searchkit restore DIR --json`"""

    schema: Annotated[Literal["searchkit.restore/1"], "the name of this document"]
    articles: Annotated[Count, "articles, headlines included"]
    path: Annotated[str, "the folder that was made"]


class _Copy(TypedDict):
    source: Annotated[str, "the archive that was copied: its folder or its address"]
    target: Annotated[str, "the copy: its folder or its address"]
    articles: Annotated[Count, "articles of both, headlines included"]
    revisions: Annotated[Count, "older states of both"]
    sent: Annotated[Count, "articles that the copy did not have in these states before"]
    deleted: Annotated[Count, "articles whose deletion the copy did not have before"]
    sha256: Annotated[
        str,
        "of all articles by id, with their states, numbers and times, and the files they were read from; equal of both",
    ]
    index_behind: Behind
    seconds: Annotated[float, "time taken"]


class Push(_Copy):
    """`searchkit push URL --json`"""

    schema: Annotated[Literal["searchkit.push/1"], "the name of this document"]


class Pull(_Copy):
    """`searchkit pull URL --json`"""

    schema: Annotated[Literal["searchkit.pull/1"], "the name of this document"]


class Gap(TypedDict):
    """A run of days without articles."""

    start: Annotated[Date, "first day"]
    end: Annotated[Date, "last day"]


class Stats(TypedDict):
    """`searchkit stats --json`"""

    schema: Annotated[Literal["searchkit.stats/1"], "the name of this document"]
    path: Annotated[str, "the archive's folder"]
    backend: Annotated[str, "the engine"]
    articles: Annotated[Count, "articles"]
    headlines: Annotated[Count, "headlines that pages list"]
    revisions: Annotated[Count, "older states kept"]
    undated: Annotated[Count, "articles without a time"]
    duplicates: Annotated[Count, "articles with the title, body and day of another"]
    first: Annotated[Date | None, "first day with an article"]
    last: Annotated[Date | None, "last day with an article"]
    days: Annotated[Count, "days with articles"]
    gaps: Annotated[list[Gap], "runs of days without articles, longest first"]
    sources: Annotated[list[SourceCount], "all sources, most frequent first"]
    record_bytes: Annotated[Count, "bytes of the record on disk"]
    index_bytes: Annotated[Count, "bytes of the index on disk"]
    index_behind: Annotated[Count, "acknowledged changes that are not in the index yet"]
    timezone: Annotated[str, "the archive's zone"]
    dictionary_words: Annotated[Count, "words of the user dictionary"]
    own_aliases: Annotated[Count, "groups in the archive's `aliases.txt`"]
    alias_errors: Annotated[list[str], "a sentence for each line of `aliases.txt` that is left out"]
    fingerprint: Annotated[dict[str, str], "the settings that the index was made with"]


class DictionaryWord(TypedDict):
    """A word of the user dictionary."""

    word: Annotated[str, "folded"]
    freq: Annotated[int | None, "its frequency; null if the file gave none"]
    tag: Annotated[str | None, "its tag"]


class Dictionary(TypedDict):
    """`searchkit dict --json`"""

    schema: Annotated[Literal["searchkit.dict/1"], "the name of this document"]
    total: Annotated[Count, "words of the user dictionary"]
    words: Annotated[list[DictionaryWord], "in the order of the file that was given"]


class Gram(TypedDict):
    """A term of the field `grams`."""

    term: Annotated[str, "a pair of characters or a run of letters"]
    offset: Annotated[Count, "where it starts"]


class Analyze(TypedDict):
    """`searchkit analyze --json`"""

    schema: Annotated[Literal["searchkit.analyze/1"], "the name of this document"]
    text: Annotated[str, "as given"]
    folded: Annotated[
        str,
        "the text folded (see docs/query-language.md); it may be longer or shorter",
    ]
    words: Annotated[list[str], "the terms of the field `words`"]
    query_words: Annotated[
        list[str],
        "the words that an article must contain if the text is a query and stands nowhere literally",
    ]
    grams: Annotated[list[Gram], "the terms of the field `grams`"]
    segmenter: Annotated[str, "jieba or rjieba"]
    aliases: Annotated[list[Alias], "names in a query of the text that are looked for under other names as well"]
    suggested: Annotated[list[Suggested], "names in it that may stand for others, which are not looked for"]


class _ErrorDetails(TypedDict):
    kind: Annotated[str, "the class of the error in Python"]
    message: Annotated[str, "one sentence"]
    hint: Annotated[str | None, "the next step"]
    exit_code: Annotated[Count, "as in docs/cli.md"]


class ErrorDetails(_ErrorDetails, total=False):
    """What happened, and what to do next."""

    query: Annotated[str, "in a QueryError: the query"]
    column: Annotated[int, "in a QueryError: the column of the fault, from 1"]
    width: Annotated[int, "in a QueryError: the number of characters of the fault"]


class Error(TypedDict):
    """A command with `--json` or `--jsonl` prints it if it fails. It stands on standard output, so a reader always gets
    one document.
    """

    schema: Annotated[Literal["searchkit.error/1"], "the name of this document"]
    error: Annotated[ErrorDetails, "what happened"]
