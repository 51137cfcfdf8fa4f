"""Reports of an archive on its work and on itself: ingests, deletions, verifications, statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from searchkit.model.rejected import Rejected
from searchkit.model.results import Alias, Parsed

Outcome = Literal["added", "updated", "unchanged", "rejected"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outcome for one of several articles that were given to an archive.

    Attributes:
        position: its place among those given, from 0.
        id: the id that it has in the archive; empty if it was rejected.
        reason: why it was rejected, one sentence; empty if it was not.
    """

    position: int
    id: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    """The articles that a delete removed (or, with `dry_run`, would remove).

    `index_behind` is the number of changes acknowledged but not yet searchable: a dry run does not find these articles,
    while a delete indexes them first.
    """

    ids: tuple[str, ...]
    dry_run: bool
    parsed: Parsed | None
    index_behind: int = 0


@dataclass(frozen=True, slots=True)
class Copied:
    """The outcome of copying a record into another one, which is then as the first is.

    Attributes:
        articles, revisions: how many articles, and replaced states of articles, the copy has.
        sent: articles that were not there in these states.
        deleted: articles whose deletion was not there.
        sha256: of all articles by id, with their states, numbers and times, and the files they were read from; the same
            of both.
        index_behind: the number of changes that are not searchable in the copy yet.
    """

    articles: int
    revisions: int
    sent: int
    deleted: int
    sha256: str
    index_behind: int = 0


@dataclass(frozen=True, slots=True)
class SourceReport:
    """The completeness of the articles of one source.

    `source` is the outlet, or the site of articles that name no outlet; empty for articles that name neither. `first`
    and `last` are the days of its first and last article; the other numbers count articles.
    """

    source: str
    records: int
    first: date | None
    last: date | None
    without_time: int
    without_author: int
    without_body: int


@dataclass(frozen=True, slots=True)
class Pruning:
    """The articles that were (or, with `dry_run`, would be) removed because their files are gone."""

    ids: tuple[str, ...]
    files: tuple[str, ...]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class UpsertReport:
    """The outcome for the articles given.

    `headlines` counts the headlines among added and updated, `sources` tells how complete the articles among them are.
    `kept_apart` counts those among them whose address another article has, with another title and another text: they
    got an id of their own.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[Rejected, ...] = ()
    headlines: int = 0
    sources: tuple[SourceReport, ...] = ()
    kept_apart: int = 0


@dataclass(frozen=True, slots=True)
class DictionaryReport:
    """The outcome of giving an archive a user dictionary of so many `words`.

    `added` and `dropped` count the words that the dictionary before did not have, and those that only it had; `changed`
    those that have another frequency or tag now. `reindexed` counts the articles indexed again for any of them.
    """

    words: int
    added: int
    dropped: int
    changed: int
    reindexed: int


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The outcome of a run. `rejects` is the file of records set aside; None if there are none."""

    report: UpsertReport
    rejects: Path | None
    files: int
    seconds: float
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Stats:
    """The statistics of an archive.

    `gaps` are runs of days without an article inside the span, longest first. `duplicates` counts articles with the
    same title, body and day as another article. `own_aliases` counts the groups in the archive's `aliases.txt`, and
    `alias_errors` has a sentence for each line of it that is left out.
    """

    articles: int
    headlines: int
    revisions: int
    undated: int
    first: date | None
    last: date | None
    days: int
    gaps: tuple[tuple[date, date], ...]
    sources: tuple[tuple[str, int], ...]
    duplicates: int
    record_bytes: int
    index_bytes: int
    index_behind: int
    timezone: str
    fingerprint: Mapping[str, str] = field(default_factory=dict, hash=False)
    backend: str = ""
    path: str = ""
    dictionary_words: int = 0
    own_aliases: int = 0
    alias_errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` checked, and the problems found; without `problems` the archive is intact.

    `index_behind` is the number of changes that the index has not taken in yet, which is no problem. `repaired` is what
    was done before, each thing as a sentence: the problems are those that are left.
    """

    checked: tuple[str, ...]
    problems: tuple[str, ...]
    articles: int
    indexed: int
    index_behind: int = 0
    repaired: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no problem was found."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Analysis:
    """The analysis of a text.

    Attributes:
        words: the terms by which an article with this text is found, in order, from jieba's search mode.
        query_words: the words that must all occur in an article, if the text is typed as one word and the article does
            not contain it literally.
        grams: character pairs and runs of letters, each with its offset.
        segmenter: the segmenter in use, jieba or rjieba.
        aliases: the names in a query of this text, with the names that are looked for as well.
        suggested: names that may mean something else, with the names that they may stand for.
    """

    text: str
    folded: str
    words: tuple[str, ...]
    query_words: tuple[str, ...]
    grams: tuple[tuple[str, int], ...]
    segmenter: str
    aliases: tuple[Alias, ...] = ()
    suggested: tuple[Alias, ...] = ()
