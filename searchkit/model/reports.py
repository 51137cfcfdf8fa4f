"""What an archive tells of its work and of itself: intakes, deletions, verifications, statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from searchkit.model.rejected import Rejected
from searchkit.model.results import Parsed


@dataclass(frozen=True, slots=True)
class Deletion:
    """What a delete took out (or would, with `dry_run`)."""

    ids: tuple[str, ...]
    dry_run: bool
    parsed: Parsed | None


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What the articles of one source have and lack.

    `source` is the outlet, or the site of articles that name no outlet; empty for those that name neither. `first` and
    `last` are the days of its first and last article; the other numbers count articles.
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
    """What was (or, with `dry_run`, would be) taken out because its files are gone."""

    ids: tuple[str, ...]
    files: tuple[str, ...]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class UpsertReport:
    """What became of the articles given.

    `headlines` counts the records of kind headline among added and updated, `sources` says what the articles among them
    have and lack. `kept_apart` counts those among them whose address another article has, with another title and
    another text: they got an id of their own.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[Rejected, ...] = ()
    headlines: int = 0
    sources: tuple[SourceReport, ...] = ()
    kept_apart: int = 0


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a run did. `rejects`: the file that what was set aside is in, None if nothing was."""

    report: UpsertReport
    rejects: Path | None
    files: int
    seconds: float
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Stats:
    """The archive in figures.

    `gaps` are runs of days without an article inside the span, longest first. `duplicates` counts articles whose
    title, body and day another article has too.
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


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` looked at and what it found wrong; `problems` empty means all is well."""

    checked: tuple[str, ...]
    problems: tuple[str, ...]
    articles: int
    indexed: int

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the analysis makes of a text.

    Attributes:
        words: the terms an article with this text is found by, in order, as jieba's search mode gives them.
        query_words: the words that must all occur if the text is typed as one word and stands nowhere literally.
        grams: character pairs and runs of letters, each with its offset.
        segmenter: the engine at work, jieba or rjieba.
    """

    text: str
    folded: str
    words: tuple[str, ...]
    query_words: tuple[str, ...]
    grams: tuple[tuple[str, int], ...]
    segmenter: str
