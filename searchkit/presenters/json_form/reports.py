"""Reports on the archive and on what changed it, and errors, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from searchkit.errors import QueryError, SearchkitError
from searchkit.presenters.json_form.queries import alias

if TYPE_CHECKING:
    from searchkit.analysis.segment import UserDictionary
    from searchkit.model.reports import (
        Analysis,
        Copied,
        Deletion,
        IngestReport,
        Pruning,
        Receipt,
        SourceReport,
        Stats,
        UpsertReport,
        Verification,
    )
    from searchkit.presenters import documents


def stats(found: Stats) -> documents.Stats:
    """Return a searchkit.stats/1."""
    return {
        "schema": "searchkit.stats/1",
        "path": found.path,
        "backend": found.backend,
        "articles": found.articles,
        "headlines": found.headlines,
        "revisions": found.revisions,
        "undated": found.undated,
        "duplicates": found.duplicates,
        "first": found.first.isoformat() if found.first else None,
        "last": found.last.isoformat() if found.last else None,
        "days": found.days,
        "gaps": [{"start": start.isoformat(), "end": end.isoformat()} for start, end in found.gaps],
        "sources": [{"value": value, "count": count} for value, count in found.sources],
        "record_bytes": found.record_bytes,
        "index_bytes": found.index_bytes,
        "index_behind": found.index_behind,
        "timezone": found.timezone,
        "dictionary_words": found.dictionary_words,
        "own_aliases": found.own_aliases,
        "alias_errors": list(found.alias_errors),
        "fingerprint": dict(found.fingerprint),
    }


def ingest(report: IngestReport | None, pruned: Pruning | None = None) -> documents.Ingest:
    """Return a searchkit.ingest/1; without a report, for a scan that found only files that are gone."""
    found = report.report if report is not None else UpsertReport()
    return {
        "schema": "searchkit.ingest/1",
        "added": found.added,
        "updated": found.updated,
        "unchanged": found.unchanged,
        "kept_apart": found.kept_apart,
        "headlines": found.headlines,
        "set_aside": len(found.rejected),
        "rejected": [{"where": each.where, "reason": each.reason} for each in found.rejected],
        "rejects": str(report.rejects) if report is not None and report.rejects else None,
        "files": report.files if report is not None else 0,
        "seconds": round(report.seconds, 3) if report is not None else 0.0,
        "dry_run": report.dry_run if report is not None else False,
        "sources": [source(each) for each in found.sources],
        "pruned": {"ids": list(pruned.ids), "files": list(pruned.files)} if pruned is not None else None,
    }


def receipts(report: UpsertReport, found: Sequence[Receipt], index_behind: int) -> documents.Receipts:
    """Return a searchkit.receipts/1."""
    return {
        "schema": "searchkit.receipts/1",
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": len(report.rejected),
        "kept_apart": report.kept_apart,
        "headlines": report.headlines,
        "records": [
            {
                "position": each.position + 1,
                "id": each.id or None,
                "outcome": each.outcome,
                "reason": each.reason or None,
            }
            for each in found
        ],
        "index_behind": index_behind,
    }


def source(found: SourceReport) -> documents.Source:
    """Return which fields the articles of one source have and lack."""
    return {
        "source": found.source,
        "records": found.records,
        "first": found.first.isoformat() if found.first else None,
        "last": found.last.isoformat() if found.last else None,
        "without_time": found.without_time,
        "without_author": found.without_author,
        "without_body": found.without_body,
    }


def sources(found: Sequence[SourceReport]) -> documents.Sources:
    """Return a searchkit.sources/1."""
    return {"schema": "searchkit.sources/1", "sources": [source(each) for each in found]}


def deletion(found: Deletion) -> documents.Delete:
    """Return a searchkit.delete/1."""
    return {
        "schema": "searchkit.delete/1",
        "total": len(found.ids),
        "ids": list(found.ids),
        "dry_run": found.dry_run,
        "index_behind": found.index_behind,
    }


def rebuilt(articles: int, seconds: float) -> documents.Rebuild:
    """Return a searchkit.rebuild/1."""
    return {"schema": "searchkit.rebuild/1", "articles": articles, "seconds": round(seconds, 3)}


def copied(articles: int, path: str, *, restored: bool) -> documents.Backup | documents.Restore:
    """Return a searchkit.backup/1 or searchkit.restore/1."""
    if restored:
        return {"schema": "searchkit.restore/1", "articles": articles, "path": path}
    return {"schema": "searchkit.backup/1", "articles": articles, "path": path}


def transferred(
    copied: Copied, kind: Literal["push", "pull"], source: str, target: str, seconds: float
) -> documents.Push | documents.Pull:
    """Return a searchkit.push/1 or searchkit.pull/1."""
    told: Any = {
        "schema": f"searchkit.{kind}/1",
        "source": source,
        "target": target,
        "articles": copied.articles,
        "revisions": copied.revisions,
        "sent": copied.sent,
        "deleted": copied.deleted,
        "sha256": copied.sha256,
        "index_behind": copied.index_behind,
        "seconds": round(seconds, 3),
    }
    done: documents.Push | documents.Pull = told
    return done


def verification(found: Verification) -> documents.Verify:
    """Return a searchkit.verify/1."""
    return {
        "schema": "searchkit.verify/1",
        "ok": found.ok,
        "checked": list(found.checked),
        "problems": list(found.problems),
        "articles": found.articles,
        "indexed": found.indexed,
        "index_behind": found.index_behind,
        "repaired": list(found.repaired),
    }


def dictionary(found: UserDictionary) -> documents.Dictionary:
    """Return a searchkit.dict/1."""
    return {
        "schema": "searchkit.dict/1",
        "total": len(found.words),
        "words": [{"word": each.word, "freq": each.freq, "tag": each.tag} for each in found.words],
    }


def analysis(found: Analysis) -> documents.Analyze:
    """Return a searchkit.analyze/1."""
    return {
        "schema": "searchkit.analyze/1",
        "text": found.text,
        "folded": found.folded,
        "words": list(found.words),
        "query_words": list(found.query_words),
        "grams": [{"term": term, "offset": at} for term, at in found.grams],
        "segmenter": found.segmenter,
        "aliases": [alias(each) for each in found.aliases],
        "suggested": [alias(each) for each in found.suggested],
    }


def error(found: SearchkitError) -> documents.Error:
    """Return a searchkit.error/1."""
    told: documents.ErrorDetails = {
        "kind": type(found).__name__,
        "message": found.message,
        "hint": found.hint or None,
        "exit_code": found.exit_code,
    }
    if isinstance(found, QueryError):
        told.update({"query": found.query, "column": found.column, "width": found.width})
    return {"schema": "searchkit.error/1", "error": told}
