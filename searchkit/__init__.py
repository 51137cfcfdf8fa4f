"""Keep and search an archive of Chinese news.

    import searchkit

    with searchkit.open("index", create=True) as archive:
        archive.upsert_all(searchkit.read("news.jsonl"))
        for hit in archive.search('"出口管制" 芯片', since="去年国庆"):
            print(hit.published, hit.title)

Importing this loads no engine: each public name is fetched from its module when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from searchkit.aggregations import Bucket, Facet, Facets, Timeline
    from searchkit.archive import Archive
    from searchkit.article import Article, Related
    from searchkit.differences import difference
    from searchkit.errors import (
        ArchiveError,
        Damaged,
        FormatTooNew,
        IndexOutdated,
        IngestFailed,
        Locked,
        MissingExtra,
        NoArchive,
        QueryError,
        QueryTimeout,
        SearchkitError,
        SourceError,
        UsageError,
    )
    from searchkit.opening import connect, open, restore
    from searchkit.reports import Analysis, Deletion, Pruning, Rejected, SourceReport, Stats, UpsertReport, Verification
    from searchkit.results import Diagnosis, Hit, Parsed, Results, Snippet, Span
    from searchkit.sources import read
    from searchkit.versions import Difference, Family, FieldChange, Headline, Passage, Revision

_HOMES = {
    "searchkit.archive": ["Archive"],
    "searchkit.article": ["Article", "Related"],
    "searchkit.differences": ["difference"],
    "searchkit.errors": [
        "ArchiveError", "Damaged", "FormatTooNew", "IndexOutdated", "IngestFailed", "Locked", "MissingExtra",
        "NoArchive", "QueryError", "QueryTimeout", "SearchkitError", "SourceError", "UsageError",
    ],
    "searchkit.opening": ["connect", "open", "restore"],
    "searchkit.aggregations": ["Bucket", "Facet", "Facets", "Timeline"],
    "searchkit.reports": [
        "Analysis", "Deletion", "Pruning", "Rejected", "SourceReport", "Stats", "UpsertReport", "Verification",
    ],
    "searchkit.results": ["Diagnosis", "Hit", "Parsed", "Results", "Snippet", "Span"],
    "searchkit.versions": ["Difference", "Family", "FieldChange", "Headline", "Passage", "Revision"],
    "searchkit.sources": ["read"],
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Analysis", "Archive", "ArchiveError", "Article", "Bucket", "Damaged", "Deletion", "Diagnosis", "Difference",
    "Facet", "Facets", "Family", "FieldChange", "FormatTooNew", "Headline", "Hit", "IndexOutdated", "IngestFailed",
    "Locked", "MissingExtra", "NoArchive", "Parsed", "Passage", "Pruning", "QueryError", "QueryTimeout", "Rejected",
    "Related", "Results", "Revision", "SearchkitError", "Snippet", "SourceError", "SourceReport", "Span", "Stats",
    "Timeline", "UpsertReport", "UsageError", "Verification", "__version__", "connect", "difference", "open", "read",
    "restore",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'searchkit' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
