"""Keep and search an archive of Chinese news.

    import searchkit

    with searchkit.open("index", create=True) as archive:
        archive.upsert_all(searchkit.read("news.jsonl"))
        for hit in archive.search('"出口管制" 芯片', since="去年国庆"):
            print(hit.published, hit.title)

Importing this loads no engine: each public name is imported from its module at first use.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from searchkit.analysis.segment import UserDictionary, UserWord, load_dictionary, parse_dictionary
    from searchkit.archive import Archive
    from searchkit.errors import (
        AmbiguousId,
        ArchiveClosed,
        ArchiveError,
        BadRecord,
        Damaged,
        FormatTooNew,
        IndexOutdated,
        IngestFailed,
        Locked,
        MissingExtra,
        NoArchive,
        NoBackup,
        NoSuchArticle,
        QueryError,
        QueryTimeout,
        ReadOnlyArchive,
        SearchkitError,
        SourceError,
        UsageError,
    )
    from searchkit.language.chosen import set_language, using_language
    from searchkit.language.messages import translated
    from searchkit.model.aggregations import (
        Bucket,
        Comparison,
        Facet,
        Facets,
        PeriodTerms,
        Side,
        Term,
        Terms,
        TermsByPeriod,
        Timeline,
        Trend,
        Trends,
    )
    from searchkit.model.article import Article, Related
    from searchkit.model.history import Difference, Family, FieldChange, Headline, Origin, Passage, Revision
    from searchkit.model.query_records import QueryRecord, Replay
    from searchkit.model.rejected import Rejected
    from searchkit.model.reports import (
        Analysis,
        Copied,
        Deletion,
        DictionaryReport,
        Pruning,
        Receipt,
        SourceReport,
        Stats,
        UpsertReport,
        Verification,
    )
    from searchkit.model.results import (
        Alias,
        Diagnosis,
        Hit,
        Ids,
        Parsed,
        Recent,
        Results,
        Sample,
        Similar,
        Snippet,
        Span,
        Suggestion,
    )
    from searchkit.model.saved import News, SavedSearch
    from searchkit.model.serialise import content_hash
    from searchkit.model.series_records import Moved, SeriesRecord, SeriesReplay
    from searchkit.model.timelines import NamedQuery, Period, Series, Timelines
    from searchkit.opening import connect, open, restore
    from searchkit.presenters.citations import cite
    from searchkit.presenters.figures import plot
    from searchkit.search.diff import difference
    from searchkit.search.saved import Saved
    from searchkit.sources import read

_HOMES = {
    "searchkit.analysis.segment": ["UserDictionary", "UserWord", "load_dictionary", "parse_dictionary"],
    "searchkit.archive": ["Archive"],
    "searchkit.model.article": ["Article", "Related"],
    "searchkit.search.diff": ["difference"],
    "searchkit.errors": [
        "AmbiguousId", "ArchiveClosed", "ArchiveError", "BadRecord", "Damaged", "FormatTooNew", "IndexOutdated",
        "IngestFailed", "Locked", "MissingExtra", "NoArchive", "NoBackup", "NoSuchArticle", "QueryError",
        "QueryTimeout", "ReadOnlyArchive", "SearchkitError", "SourceError", "UsageError",
    ],
    "searchkit.language.chosen": ["set_language", "using_language"],
    "searchkit.language.messages": ["translated"],
    "searchkit.opening": ["connect", "open", "restore"],
    "searchkit.model.aggregations": [
        "Bucket", "Comparison", "Facet", "Facets", "PeriodTerms", "Side", "Term", "Terms", "TermsByPeriod", "Timeline",
        "Trend", "Trends",
    ],
    "searchkit.model.query_records": ["QueryRecord", "Replay"],
    "searchkit.model.rejected": ["Rejected"],
    "searchkit.model.reports": [
        "Analysis", "Copied", "Deletion", "DictionaryReport", "Pruning", "Receipt", "SourceReport", "Stats",
        "UpsertReport", "Verification",
    ],
    "searchkit.model.results": [
        "Alias", "Diagnosis", "Hit", "Ids", "Parsed", "Recent", "Results", "Sample", "Similar", "Snippet", "Span",
        "Suggestion",
    ],
    "searchkit.model.saved": ["News", "SavedSearch"],
    "searchkit.model.history": ["Difference", "Family", "FieldChange", "Headline", "Origin", "Passage", "Revision"],
    "searchkit.model.serialise": ["content_hash"],
    "searchkit.model.series_records": ["Moved", "SeriesRecord", "SeriesReplay"],
    "searchkit.search.saved": ["Saved"],
    "searchkit.model.timelines": ["NamedQuery", "Period", "Series", "Timelines"],
    "searchkit.presenters.citations": ["cite"],
    "searchkit.presenters.figures": ["plot"],
    "searchkit.sources": ["read"],
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Alias", "AmbiguousId", "Analysis", "Archive", "ArchiveClosed", "ArchiveError", "Article", "BadRecord",
    "Bucket", "Comparison", "Copied", "Damaged", "Deletion", "Diagnosis", "DictionaryReport", "Difference", "Facet",
    "Facets", "Family", "FieldChange", "FormatTooNew", "Headline", "Hit", "Ids", "IndexOutdated", "IngestFailed",
    "Locked", "MissingExtra", "Moved", "NamedQuery", "News", "NoArchive", "NoBackup", "NoSuchArticle", "Origin",
    "Parsed", "Passage", "Period", "PeriodTerms", "Pruning", "QueryError", "QueryRecord", "QueryTimeout",
    "ReadOnlyArchive",
    "Receipt", "Recent", "Rejected", "Related", "Replay", "Results", "Revision", "Sample", "Saved", "SavedSearch",
    "SearchkitError", "Series", "SeriesRecord", "SeriesReplay", "Side", "Similar", "Snippet", "SourceError",
    "SourceReport", "Span", "Stats", "Suggestion", "Term", "Terms", "TermsByPeriod", "Timeline", "Timelines",
    "Trend", "Trends", "UpsertReport", "UsageError", "UserDictionary", "UserWord", "Verification", "__version__",
    "cite", "connect", "content_hash", "difference", "load_dictionary", "open", "parse_dictionary", "plot", "read",
    "restore", "set_language", "translated", "using_language",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'searchkit' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


_MOVED = {
    "searchkit.aggregations": "searchkit.model.aggregations",
    "searchkit.article": "searchkit.model.article",
    "searchkit.backends": "searchkit.engines",
    "searchkit.backends.whoosh_index": "searchkit.engines.whoosh",
    "searchkit.backends.whoosh_index.codec.whoosh_codec": "searchkit.engines.whoosh.interop.whoosh_codec",
    "searchkit.backends.whoosh_index.schema": "searchkit.engines.whoosh.interop.schema",
    "searchkit.index": "searchkit.engines.index",
    "searchkit.lock": "searchkit.storage.lock",
    "searchkit.reports": "searchkit.model.reports",
    "searchkit.results": "searchkit.model.results",
    "searchkit.storage.connections": "searchkit.storage.sqlite.connections",
    "searchkit.storage.guard": "searchkit.storage.sqlite.guard",
    "searchkit.storage.migrations": "searchkit.storage.sqlite.migrations",
    "searchkit.storage.record_file": "searchkit.storage.sqlite.record_file",
    "searchkit.storage.schema": "searchkit.storage.sqlite.schema",
    "searchkit.storage.sqlite_errors": "searchkit.storage.sqlite.errors",
    "searchkit.storage.store": "searchkit.storage.sqlite.record",
    "searchkit.storage.verification": "searchkit.storage.sqlite.verification",
    "searchkit.versions": "searchkit.model.history",
    "searchkit.watching": "searchkit.ingest.watch",
}
"""The new names of modules that programs may still import by their old names, until 1.0.

Whoosh needs them too: the TOCs of older indexes are pickles that name their classes by the old modules.
"""


class _Moved:
    """A finder of modules by their old names: the same module object, under both names."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        if not name.startswith("searchkit."):
            return None
        home = _MOVED.get(name)
        if home is None:
            package, _, module = name.rpartition(".")
            if package not in _MOVED:
                return None
            home = f"{_MOVED[package]}.{module}"
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, self, origin=home)  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        sys.modules[module.__name__] = import_module(module.__spec__.origin)


sys.meta_path.insert(0, _Moved())
