"""How a query was understood, and the articles that answer it, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from searchkit.model.article import Article
from searchkit.model.serialise import rfc3339, to_record

if TYPE_CHECKING:
    from searchkit.model.results import Alias, Diagnosis, Hit, Parsed, Recent, Results, Sample, Similar
    from searchkit.presenters import documents


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
        "aliases": None if parsed.aliases is None else [alias(each) for each in parsed.aliases],
        "suggested": [{"typed": each.typed, "also": list(each.also)} for each in parsed.suggested],
    }


def record(found: Article) -> documents.ArticleRecord:
    """Return a searchkit.article/1: the record that `export` writes."""
    return cast("documents.ArticleRecord", to_record(found))


def alias(found: Alias) -> documents.Alias:
    """Return the names that a typed name stands for as well."""
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


def count(total: int, parsed: Parsed, index_behind: int = 0) -> documents.Counted:
    """Return a searchkit.count/1."""
    return {"schema": "searchkit.count/1", "query": query(parsed), "total": total, "index_behind": index_behind}


def similar(found: Similar) -> documents.Similar:
    """Return a searchkit.similar/1."""
    return {
        "schema": "searchkit.similar/1",
        "id": found.id or None,
        "words": list(found.words),
        "hits": [hit(each) for each in found.hits],
        "index_behind": found.index_behind,
    }
