"""Results as JSON. `SCHEMA.md` beside this file is the contract; a test holds the two together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from searchkit.errors import QueryError, SearchkitError
from searchkit.model.article import Article
from searchkit.model.serialise import json_line, to_record

if TYPE_CHECKING:
    from searchkit.analysis.segment import UserDictionary
    from searchkit.model.aggregations import Comparison, Facets, Side, Term, Terms, Timeline
    from searchkit.model.history import Difference, Family, Origin, Revision
    from searchkit.model.query_records import Replay
    from searchkit.model.rejected import Rejected
    from searchkit.model.reports import (
        Analysis,
        Deletion,
        IngestReport,
        Pruning,
        SourceReport,
        Stats,
        UpsertReport,
        Verification,
    )
    from searchkit.model.results import Alias, Diagnosis, Hit, Parsed, Recent, Results, Sample, Similar
    from searchkit.model.saved import News, SavedSearch


def text(value: Any) -> str:
    """Write one JSON document on one line; see `json_line`."""
    return json_line(value)


def query(parsed: Parsed) -> dict[str, Any]:
    """Return how a query was understood."""
    span = parsed.span
    return {
        "text": parsed.text,
        "canonical": parsed.canonical,
        "words": list(parsed.words),
        "since": span.since.isoformat() if span and span.since else None,
        "until": span.until.isoformat() if span and span.until else None,
        "timezone": parsed.timezone,
        "notes": list(parsed.notes),
        "aliases": None if parsed.aliases is None else [_alias(each) for each in parsed.aliases],
        "suggested": [_alias(each) for each in parsed.suggested],
    }


def _alias(found: Alias) -> dict[str, Any]:
    return {"typed": found.typed, "also": list(found.also)}


def recent(found: Recent | None) -> dict[str, Any] | None:
    """Return the day and the half-life by which newer articles were preferred; None if they were not."""
    return {"day": found.day.isoformat(), "half_life": found.half_life} if found else None


def sample(found: Sample | None) -> dict[str, Any] | None:
    """Return the size and the seed of a sample; None if the hits are none."""
    return {"size": found.size, "seed": found.seed} if found else None


def hit(found: Hit) -> dict[str, Any]:
    """Return one hit."""
    shown: dict[str, Any] = {
        "id": found.id,
        "title": found.title,
        "title_marks": [list(mark) for mark in found.title_marks],
        "published": found.published.isoformat() if found.published else None,
        "precision": found.precision,
        "source": found.source,
        "author": found.author,
        "site": found.site,
        "section": found.section,
        "url": found.url,
        "kind": found.kind,
        "parent": found.parent,
        "score": round(found.score, 6),
        "near": found.near,
        "family": found.family or None,
        "reprints": found.reprints,
        "snippets": [
            {"field": each.field, "text": each.text, "marks": [list(mark) for mark in each.marks]}
            for each in found.snippets
        ],
    }
    if found.explanation:
        shown["explanation"] = {name: round(value, 6) for name, value in found.explanation.items()}
    return shown


def diagnosis(found: Diagnosis | None) -> dict[str, Any] | None:
    """Return why nothing matches, or a likelier spelling; None without a diagnosis."""
    if found is None:
        return None
    without = dict(found.without)
    return {
        "conditions": [
            {"condition": name, "alone": count, "without": without.get(name)} for name, count in found.conditions
        ],
        "suggestion": found.suggestion or None,
        "suggestions": [
            {"query": each.query, "total": each.total, "kind": each.kind, "why": each.why} for each in found.suggestions
        ],
        "archive": {"since": str(found.archive.since), "until": str(found.archive.until)} if found.archive else None,
    }


def search(found: Results) -> dict[str, Any]:
    """Return a searchkit.search/1."""
    return {
        "schema": "searchkit.search/1",
        "query": {
            **query(found.parsed),
            "sort": found.sort,
            "recent": recent(found.recent),
            "sample": sample(found.sample),
        },
        "total": found.total,
        "groups": found.groups,
        "hits": [hit(each) for each in found.hits],
        "next": found.next,
        "index_behind": found.index_behind,
        "diagnosis": diagnosis(found.diagnosis),
    }


def replay(found: Replay) -> dict[str, Any]:
    """Return a searchkit.replay/1."""
    return {
        "schema": "searchkit.replay/1",
        "same": not found,
        "made": found.before.made.isoformat(),
        "then": found.before.total,
        "now": found.now.total,
        "came": list(found.came),
        "went": list(found.went),
        "deleted": list(found.deleted),
        "corrected": list(found.corrected),
        "circumstances": [{"name": name, "then": then, "now": now} for name, then, now in found.circumstances],
        "index_behind": found.now.index_behind,
    }


def count(total: int, parsed: Parsed, index_behind: int = 0) -> dict[str, Any]:
    """Return a searchkit.count/1."""
    return {"schema": "searchkit.count/1", "query": query(parsed), "total": total, "index_behind": index_behind}


def timeline(found: Timeline) -> dict[str, Any]:
    """Return a searchkit.timeline/1."""
    return {
        "schema": "searchkit.timeline/1",
        "query": query(found.parsed),
        "by": found.by,
        "total": found.total,
        "undated": found.undated,
        "buckets": [
            {"label": each.label, "start": each.start.isoformat(), "end": each.end.isoformat(), "count": each.count}
            for each in found.buckets
        ],
        "index_behind": found.index_behind,
    }


def facets(found: Facets) -> dict[str, Any]:
    """Return a searchkit.facets/1."""
    return {
        "schema": "searchkit.facets/1",
        "query": query(found.parsed),
        "total": found.total,
        "facets": [
            {
                "field": facet.field,
                "distinct": facet.distinct,
                "missing": facet.missing,
                "values": [{"value": value, "count": count} for value, count in facet.values],
            }
            for facet in found.facets
        ],
        "index_behind": found.index_behind,
    }


def terms(found: Terms) -> dict[str, Any]:
    """Return a searchkit.terms/1."""
    return {
        "schema": "searchkit.terms/1",
        "query": query(found.parsed),
        "total": found.total,
        "matches": found.matches,
        "rest": found.rest,
        "terms": [term(each) for each in found.terms],
        "index_behind": found.index_behind,
    }


def term(found: Term) -> dict[str, Any]:
    """Return one typical word."""
    return {
        "word": found.word,
        "g2": round(found.g2, 4),
        "log_ratio": round(found.log_ratio, 4),
        "matches": found.matches,
        "rest": found.rest,
    }


def comparison(found: Comparison) -> dict[str, Any]:
    """Return a searchkit.compare/1."""
    return {
        "schema": "searchkit.compare/1",
        "a": _side(found.a),
        "b": _side(found.b),
        "both": found.both,
        "index_behind": found.index_behind,
    }


def _side(found: Side) -> dict[str, Any]:
    return {
        "query": query(found.parsed),
        "total": found.total,
        "only": found.only,
        "sources": [{"value": value, "count": count} for value, count in found.sources],
        "terms": [term(each) for each in found.terms],
    }


def similar(found: Similar) -> dict[str, Any]:
    """Return a searchkit.similar/1."""
    return {
        "schema": "searchkit.similar/1",
        "id": found.id or None,
        "words": list(found.words),
        "hits": [hit(each) for each in found.hits],
        "index_behind": found.index_behind,
    }


def article(
    found: Article, headlines: list[Article] | None = None, *, older_states: int = 0, index_behind: int = 0,
    origin: Origin | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return a searchkit.show/1: the record that `export` writes, the headlines of its page, and its origin."""
    shown: dict[str, Any] = {"schema": "searchkit.show/1", "article": to_record(found)}
    if headlines is not None:
        shown["headlines"] = [to_record(each) for each in headlines]
    shown["origin"] = origin and {
        "sha256": origin.sha256,
        "recorded": origin.recorded.isoformat(),
        "fetched": origin.fetched or None,
        "files": list(origin.files),
    }
    shown["older_states"] = older_states
    shown["index_behind"] = index_behind
    return shown


def family(id: str, found: Family, pairs: Sequence[Difference] = (), index_behind: int = 0) -> dict[str, Any]:
    """Return a searchkit.family/1."""
    return {
        "schema": "searchkit.family/1",
        "id": id,
        "first": found.first.id,
        "articles": [
            {"article": to_record(each), **({"difference": difference(pairs[at])} if pairs else {})}
            for at, each in enumerate(found)
        ],
        "headlines": [
            {
                "title": each.title,
                "article": each.article,
                "published": each.published.isoformat() if each.published else None,
                "source": each.source,
                "count": each.count,
            }
            for each in found.headlines
        ],
        "index_behind": index_behind,
    }


def difference(found: Difference) -> dict[str, Any]:
    """Return the differences between two states of an article, or between an article and its reprint."""
    return {
        "fields": [{"field": each.field, "old": each.old, "new": each.new} for each in found.fields],
        "body": [
            {"kind": each.kind, "text": each.text, "marks": [list(mark) for mark in each.marks]} for each in found.body
        ],
    }


def revisions(id: str, found: tuple[Revision, ...], pairs: Sequence[Difference] = ()) -> dict[str, Any]:
    """Return a searchkit.revisions/1."""
    return {
        "schema": "searchkit.revisions/1",
        "id": id,
        "revisions": [
            {
                "number": each.number,
                "recorded": each.recorded.isoformat(),
                "article": to_record(each.article),
                **({"difference": difference(pairs[at - 1])} if pairs and at else {}),
            }
            for at, each in enumerate(found)
        ],
    }


def stats(found: Stats) -> dict[str, Any]:
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


def rejected(found: Rejected) -> dict[str, Any]:
    """Return a record that was set aside."""
    return {"where": found.where, "reason": found.reason, "record": found.record}


def ingest(report: IngestReport | None, pruned: Pruning | None = None) -> dict[str, Any]:
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


def source(found: SourceReport) -> dict[str, Any]:
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


def sources(found: Sequence[SourceReport]) -> dict[str, Any]:
    """Return a searchkit.sources/1."""
    return {"schema": "searchkit.sources/1", "sources": [source(each) for each in found]}


def deletion(found: Deletion) -> dict[str, Any]:
    """Return a searchkit.delete/1."""
    return {
        "schema": "searchkit.delete/1",
        "total": len(found.ids),
        "ids": list(found.ids),
        "dry_run": found.dry_run,
        "index_behind": found.index_behind,
    }


def saved(found: Sequence[SavedSearch]) -> dict[str, Any]:
    """Return a searchkit.saved/1."""
    return {
        "schema": "searchkit.saved/1",
        "searches": [
            {
                "name": each.name,
                "query": each.query,
                "conditions": dict(each.conditions),
                "sort": each.sort,
                "saved": each.saved.isoformat(),
                "looked": each.looked.isoformat(),
            }
            for each in found
        ],
    }


def news(found: Sequence[tuple[str, News | SearchkitError]], articles: Mapping[str, Article]) -> dict[str, Any]:
    """Return a searchkit.news/1.

    Args:
        found: the name of each search with its news, or with the error for which there are none.
        articles: the articles that the news name, by id; deleted ones are missing.
    """
    return {"schema": "searchkit.news/1", "searches": [_news(name, each, articles) for name, each in found]}


def _news(name: str, found: News | SearchkitError, articles: Mapping[str, Article]) -> dict[str, Any]:
    if isinstance(found, SearchkitError):
        return {"name": name, "error": error(found)["error"]}

    def listed(ids: Sequence[str]) -> list[dict[str, Any]]:
        return [to_record(articles[id]) if id in articles else {"id": id} for id in ids]

    return {
        "name": name,
        "query": found.search.query,
        "looked": found.search.looked.isoformat(),
        "total": found.total,
        "new": listed(found.added),
        "corrected": listed(found.corrected),
        "left": listed(found.left),
        "deleted": list(found.deleted),
        "index_behind": found.index_behind,
        "error": None,
    }


def rebuilt(articles: int, seconds: float) -> dict[str, Any]:
    """Return a searchkit.rebuild/1."""
    return {"schema": "searchkit.rebuild/1", "articles": articles, "seconds": round(seconds, 3)}


def copied(articles: int, path: str, *, restored: bool) -> dict[str, Any]:
    """Return a searchkit.backup/1 or searchkit.restore/1."""
    return {"schema": f"searchkit.{'restore' if restored else 'backup'}/1", "articles": articles, "path": path}


def verification(found: Verification) -> dict[str, Any]:
    """Return a searchkit.verify/1."""
    return {
        "schema": "searchkit.verify/1",
        "ok": found.ok,
        "checked": list(found.checked),
        "problems": list(found.problems),
        "articles": found.articles,
        "indexed": found.indexed,
        "index_behind": found.index_behind,
    }


def dictionary(found: UserDictionary) -> dict[str, Any]:
    """Return a searchkit.dict/1."""
    return {
        "schema": "searchkit.dict/1",
        "total": len(found.words),
        "words": [{"word": each.word, "freq": each.freq, "tag": each.tag} for each in found.words],
    }


def analysis(found: Analysis) -> dict[str, Any]:
    """Return a searchkit.analyze/1."""
    return {
        "schema": "searchkit.analyze/1",
        "text": found.text,
        "folded": found.folded,
        "words": list(found.words),
        "query_words": list(found.query_words),
        "grams": [{"term": term, "offset": at} for term, at in found.grams],
        "segmenter": found.segmenter,
        "aliases": [_alias(each) for each in found.aliases],
        "suggested": [_alias(each) for each in found.suggested],
    }


def error(found: SearchkitError) -> dict[str, Any]:
    """Return a searchkit.error/1."""
    told: dict[str, Any] = {
        "kind": type(found).__name__,
        "message": found.message,
        "hint": found.hint or None,
        "exit_code": found.exit_code,
    }
    if isinstance(found, QueryError):
        told.update(query=found.query, column=found.column, width=found.width)
    return {"schema": "searchkit.error/1", "error": told}
