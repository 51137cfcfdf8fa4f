"""Which JSON documents does searchkit print, and what does each field of them mean?

Each is a TypedDict: the return type of its function in `searchkit.presenters.json_form`, which mypy therefore checks
field by field. The text of a field's `Annotated` is its meaning. `searchkit.presenters.schema` makes the JSON Schema
from these types, and SCHEMA.md is made from that. Nothing else loads this package: a command that prints JSON does not
need it.
"""

from __future__ import annotations

from searchkit.model.documents import ArticleRecord, Record, SeriesRecord
from searchkit.presenters.documents.articles import Difference, Family, Member, PageHeadlines, Revision, Revisions, Show
from searchkit.presenters.documents.counting import Compare, Facets, Side, Term, Terms, Timeline
from searchkit.presenters.documents.queries import (
    Alias,
    Counted,
    Diagnosis,
    Hit,
    Query,
    Recent,
    Sample,
    Search,
    Similar,
    Suggested,
)
from searchkit.presenters.documents.reports import (
    Analyze,
    Backup,
    Delete,
    Dictionary,
    Error,
    ErrorDetails,
    Ingest,
    Rebuild,
    Restore,
    Source,
    Sources,
    Stats,
    Verify,
)
from searchkit.presenters.documents.series import PeriodNumbers, SeriesReplay, Timelines
from searchkit.presenters.documents.watching import DeletedArticle, FailedNews, News, Replay, Saved, SearchNews

DOCUMENTS: tuple[type, ...] = (
    Search,
    Saved,
    News,
    Counted,
    Timeline,
    Timelines,
    Facets,
    Terms,
    Compare,
    Similar,
    Record,
    Replay,
    SeriesRecord,
    SeriesReplay,
    Show,
    Revisions,
    Family,
    ArticleRecord,
    Ingest,
    Delete,
    Rebuild,
    Verify,
    Backup,
    Restore,
    Stats,
    Sources,
    Dictionary,
    Analyze,
    Error,
)
"""The types of whole documents, in the order of SCHEMA.md; each names itself in its field `schema`."""

__all__ = [
    "DOCUMENTS",
    "Alias",
    "Analyze",
    "ArticleRecord",
    "Backup",
    "Compare",
    "Counted",
    "Delete",
    "DeletedArticle",
    "Diagnosis",
    "Dictionary",
    "Difference",
    "Error",
    "ErrorDetails",
    "Facets",
    "FailedNews",
    "Family",
    "Hit",
    "Ingest",
    "Member",
    "News",
    "PageHeadlines",
    "PeriodNumbers",
    "Query",
    "Rebuild",
    "Recent",
    "Record",
    "Replay",
    "Restore",
    "Revision",
    "Revisions",
    "Sample",
    "Saved",
    "Search",
    "SearchNews",
    "SeriesRecord",
    "SeriesReplay",
    "Show",
    "Side",
    "Similar",
    "Source",
    "Sources",
    "Stats",
    "Suggested",
    "Term",
    "Terms",
    "Timeline",
    "Timelines",
    "Verify",
]
