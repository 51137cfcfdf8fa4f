"""Results as JSON. The types in `documents` are the contract, from which SCHEMA.md and the JSON Schema are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from searchkit.errors import QueryError, SearchkitError
from searchkit.model.article import Article
from searchkit.model.serialise import json_line, rfc3339, to_record

if TYPE_CHECKING:
    from searchkit.analysis.segment import UserDictionary
    from searchkit.model.aggregations import Comparison, Facets, Side, Term, Terms, TermsByPeriod, Timeline, Trends
    from searchkit.model.history import Difference, Family, Origin, Revision
    from searchkit.model.query_records import Replay
    from searchkit.model.reports import (
        Analysis,
        Deletion,
        IngestReport,
        Pruning,
        Receipt,
        SourceReport,
        Stats,
        UpsertReport,
        Verification,
    )
    from searchkit.model.results import Alias, Diagnosis, Hit, Parsed, Recent, Results, Sample, Similar
    from searchkit.model.saved import News, SavedSearch
    from searchkit.model.series_records import Numbers, SeriesReplay
    from searchkit.model.timelines import Timelines
    from searchkit.presenters import documents


def text(value: Any) -> str:
    """Write one JSON document on one line; see `json_line`."""
    return json_line(value)


def query(parsed: Parsed) -> documents.Query:
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
        "suggested": [{"typed": each.typed, "also": list(each.also)} for each in parsed.suggested],
    }


def record(found: Article) -> documents.ArticleRecord:
    """Return a searchkit.article/1: the record that `export` writes."""
    return cast("documents.ArticleRecord", to_record(found))


def _alias(found: Alias) -> documents.Alias:
    return {"typed": found.typed, "also": list(found.also)}


def recent(found: Recent | None) -> documents.Recent | None:
    """Return the day and the half-life by which newer articles were preferred; None if they were not."""
    return {"day": found.day.isoformat(), "half_life": found.half_life} if found else None


def sample(found: Sample | None) -> documents.Sample | None:
    """Return the size and the seed of a sample; None if the hits are none."""
    return {"size": found.size, "seed": found.seed} if found else None


def hit(found: Hit) -> documents.Hit:
    """Return one hit."""
    shown: documents.Hit = {
        "id": found.id,
        "title": found.title,
        "title_marks": [list(mark) for mark in found.title_marks],
        "published": rfc3339(found.published) if found.published else None,
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


def diagnosis(found: Diagnosis | None) -> documents.Diagnosis | None:
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


def search(found: Results) -> documents.Search:
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


def replay(found: Replay) -> documents.Replay:
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


def series_replay(found: SeriesReplay) -> documents.SeriesReplay:
    """Return a searchkit.series-replay/1."""
    return {
        "schema": "searchkit.series-replay/1",
        "same": not found,
        "queries": [{"name": name, "replay": replay(each)} for name, each in found.queries.items()],
        "moved": [
            {"series": each.series, "label": each.label, "then": _numbers(each.then), "now": _numbers(each.now)}
            for each in found.moved
        ],
    }


def _numbers(found: Numbers | None) -> documents.PeriodNumbers | None:
    return None if found is None else {"count": found[0], "all": found[1]}


def count(total: int, parsed: Parsed, index_behind: int = 0) -> documents.Counted:
    """Return a searchkit.count/1."""
    return {"schema": "searchkit.count/1", "query": query(parsed), "total": total, "index_behind": index_behind}


def timeline(found: Timeline) -> documents.Timeline:
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


def timelines(found: Timelines) -> documents.Timelines:
    """Return a searchkit.timelines/1."""
    return {
        "schema": "searchkit.timelines/1",
        "by": found.by,
        "share": found.share,
        "smooth": found.smooth,
        "queries": [
            {
                "name": each.name,
                "query": query(each.parsed),
                "total": each.total,
                "undated": each.undated,
                "more_sources": each.more_sources,
                "more_matches": each.more_matches,
                "without_source": each.without_source,
            }
            for each in found.queries
        ],
        "scope": {
            "canonical": found.scope.canonical,
            "total": found.total,
            "sources": [{"value": value, "count": count} for value, count in found.sources],
        },
        "periods": [
            {"label": each.label, "start": each.start.isoformat(), "end": each.end.isoformat(), "all": each.all}
            for each in found.periods
        ],
        "series": [
            {
                "name": each.name,
                "query": each.query,
                "source": each.source,
                "total": each.total,
                "undated": each.undated,
                "counts": list(each.counts),
                "all": list(each.all),
                "shares": list(each.shares),
                "averages": list(each.averages) if found.smooth > 1 else None,
            }
            for each in found.series
        ],
        "mode": found.mode,
        "archive_size": found.archive_size,
        "index_behind": found.index_behind,
    }


def facets(found: Facets) -> documents.Facets:
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


def terms(found: Terms) -> documents.Terms:
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


def terms_by(found: TermsByPeriod) -> documents.TermsByPeriod:
    """Return a searchkit.terms-by/1."""
    return {
        "schema": "searchkit.terms-by/1",
        "query": query(found.parsed),
        "by": found.by,
        "total": found.total,
        "matches": found.matches,
        "undated": found.undated,
        "periods": [
            {
                "label": each.label, "start": each.start.isoformat(), "end": each.end.isoformat(),
                "matches": each.matches, "rest": each.rest, "terms": [term(word) for word in each.terms],
            }
            for each in found.periods
        ],
        "index_behind": found.index_behind,
    }  # fmt: skip


def trends(found: Trends) -> documents.Trends:
    """Return a searchkit.trends/1."""
    return {
        "schema": "searchkit.trends/1",
        "query": query(found.parsed),
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "total": found.total,
        "articles": found.articles,
        "before": found.before,
        "periods": [
            {"start": each.start.isoformat(), "end": each.end.isoformat(), "matches": each.count}
            for each in found.periods
        ],
        "trends": [
            {
                "word": each.word, "articles": each.articles, "before": each.before,
                "mean": round(each.mean, 4), "expected": round(each.expected, 4), "ratio": round(each.ratio, 4),
                "g2": round(each.g2, 4), "id": each.id, "title": each.title,
            }
            for each in found.trends
        ],
        "index_behind": found.index_behind,
    }  # fmt: skip


def term(found: Term) -> documents.Term:
    """Return one typical word."""
    return {
        "word": found.word,
        "g2": round(found.g2, 4),
        "log_ratio": round(found.log_ratio, 4),
        "matches": found.matches,
        "rest": found.rest,
    }


def comparison(found: Comparison) -> documents.Compare:
    """Return a searchkit.compare/1."""
    return {
        "schema": "searchkit.compare/1",
        "a": _side(found.a),
        "b": _side(found.b),
        "both": found.both,
        "index_behind": found.index_behind,
    }


def _side(found: Side) -> documents.Side:
    return {
        "query": query(found.parsed),
        "total": found.total,
        "only": found.only,
        "sources": [{"value": value, "count": count} for value, count in found.sources],
        "terms": [term(each) for each in found.terms],
    }


def similar(found: Similar) -> documents.Similar:
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
) -> documents.Show:  # fmt: skip
    """Return a searchkit.show/1: the record that `export` writes, the headlines of its page, and its origin."""
    listed: documents.PageHeadlines = {}
    if headlines is not None:
        listed["headlines"] = [record(each) for each in headlines]
    return {
        "schema": "searchkit.show/1",
        "article": record(found),
        **listed,
        "origin": {
            "sha256": origin.sha256,
            "recorded": origin.recorded.isoformat(),
            "fetched": origin.fetched or None,
            "files": list(origin.files),
        }
        if origin is not None
        else None,
        "older_states": older_states,
        "index_behind": index_behind,
    }


def family(id: str, found: Family, pairs: Sequence[Difference] = (), index_behind: int = 0) -> documents.Family:
    """Return a searchkit.family/1."""
    return {
        "schema": "searchkit.family/1",
        "id": id,
        "first": found.first.id,
        "articles": [_member(each, pairs[at] if pairs else None) for at, each in enumerate(found)],
        "headlines": [
            {
                "title": each.title,
                "article": each.article,
                "published": rfc3339(each.published) if each.published else None,
                "source": each.source,
                "count": each.count,
            }
            for each in found.headlines
        ],
        "index_behind": index_behind,
    }


def _member(found: Article, differing: Difference | None) -> documents.Member:
    shown: documents.Member = {"article": record(found)}
    if differing is not None:
        shown["difference"] = difference(differing)
    return shown


def difference(found: Difference) -> documents.Difference:
    """Return the differences between two states of an article, or between an article and its reprint."""
    return {
        "fields": [{"field": each.field, "old": each.old, "new": each.new} for each in found.fields],
        "body": [
            {"kind": each.kind, "text": each.text, "marks": [list(mark) for mark in each.marks]} for each in found.body
        ],
    }


def revisions(id: str, found: tuple[Revision, ...], pairs: Sequence[Difference] = ()) -> documents.Revisions:
    """Return a searchkit.revisions/1."""
    return {
        "schema": "searchkit.revisions/1",
        "id": id,
        "revisions": [_revision(each, pairs[at - 1] if pairs and at else None) for at, each in enumerate(found)],
    }


def _revision(found: Revision, differing: Difference | None) -> documents.Revision:
    shown: documents.Revision = {
        "number": found.number,
        "recorded": found.recorded.isoformat(),
        "article": record(found.article),
    }
    if differing is not None:
        shown["difference"] = difference(differing)
    return shown


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


def saved(found: Sequence[SavedSearch]) -> documents.Saved:
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


def news(found: Sequence[tuple[str, News | SearchkitError]], articles: Mapping[str, Article]) -> documents.News:
    """Return a searchkit.news/1.

    Args:
        found: the name of each search with its news, or with the error for which there are none.
        articles: the articles that the news name, by id; deleted ones are missing.
    """
    return {"schema": "searchkit.news/1", "searches": [_news(name, each, articles) for name, each in found]}


def _news(
    name: str, found: News | SearchkitError, articles: Mapping[str, Article]
) -> documents.SearchNews | documents.FailedNews:
    if isinstance(found, SearchkitError):
        return {"name": name, "error": error(found)["error"]}

    def listed(ids: Sequence[str]) -> list[documents.ArticleRecord | documents.DeletedArticle]:
        return [record(articles[id]) if id in articles else {"id": id} for id in ids]

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


def rebuilt(articles: int, seconds: float) -> documents.Rebuild:
    """Return a searchkit.rebuild/1."""
    return {"schema": "searchkit.rebuild/1", "articles": articles, "seconds": round(seconds, 3)}


def copied(articles: int, path: str, *, restored: bool) -> documents.Backup | documents.Restore:
    """Return a searchkit.backup/1 or searchkit.restore/1."""
    if restored:
        return {"schema": "searchkit.restore/1", "articles": articles, "path": path}
    return {"schema": "searchkit.backup/1", "articles": articles, "path": path}


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
        "aliases": [_alias(each) for each in found.aliases],
        "suggested": [_alias(each) for each in found.suggested],
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
