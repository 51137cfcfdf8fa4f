"""Counts over all matches as JSON: by period, by value of a field, by word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchkit.presenters.json_form.queries import query

if TYPE_CHECKING:
    from searchkit.model.aggregations import Comparison, Facets, Side, Term, Terms, TermsByPeriod, Timeline, Trends
    from searchkit.presenters import documents


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
