"""SCHEMA.md is what the JSON is: every field in the one is in the other."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import searchkit
from searchkit import Pruning, QueryError, Rejected, UpsertReport
from searchkit.analysis.segment import parse_dictionary
from searchkit.model.aggregations import Comparison, Side, Term, Terms
from searchkit.model.reports import IngestReport
from searchkit.presenters import json_form

DOC = (Path(searchkit.__file__).parent / "presenters" / "SCHEMA.md").read_text(encoding="utf-8")

NAMES = "特朗普 OR 川普"
"""A name with aliases, and one that may stand for others."""


def _differing(archive: searchkit.Archive) -> searchkit.Replay:
    before = archive.record("长江")
    return archive.replay(replace(before, versions={**before.versions, "jieba": "0.1"}))


def documented(name: str) -> set[str]:
    """Dotted names of the fields under the heading of a schema."""
    section = re.search(rf"^## {re.escape(name)}$(.*?)(?=^## |\Z)", DOC, re.M | re.S)
    assert section, f"{name} is not in SCHEMA.md"
    return set(re.findall(r"^\| `([a-z0-9_.\[\]]+)` \|", section[1], re.M))


def fields(value: object, path: str = "") -> set[str]:
    if isinstance(value, dict):
        if path in ("fingerprint", "hits[].explanation", "article.extra", "versions", "options", "articles"):
            return {path}
        found = {path} if path else set()
        return found.union(*(fields(each, f"{path}.{name}" if path else name) for name, each in value.items()))
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {path}.union(*(fields(each, f"{path}[]") - {f"{path}[]"} for each in value))
    return {path}


def compared(archive) -> Comparison:
    side = Side(archive.search(NAMES).parsed, 2, 2, (("甲报", 2),), (Term("江水", 5.5, 2.0, 2, 0),))
    return Comparison(side, side, 0)


def test_search(archive):
    found = fields(json_form.search(archive.search("长江", explain=True)))
    found |= fields(json_form.search(archive.search("长江 大熊猫", near=False, on="2031")))
    found |= fields(json_form.search(archive.search(NAMES)))
    found |= fields(json_form.search(archive.search("长江", recent="2025-03-04")))
    found |= fields(json_form.search(archive.search("长江", sample=2)))
    assert found == documented("searchkit.search/1")


def news(archive):
    archive.saved.save("all")
    archive.saved.save("none", "灯塔")
    archive.upsert_all([searchkit.Article(id="new", title="x"), searchkit.Article(id="f16", title="y")])
    found = archive.saved.new("all")
    articles = archive.saved.articles([*found.added, *found.corrected])
    made = json_form.news([("all", found), ("none", QueryError("x", query="y"))], articles)
    for each in made["searches"]:
        for kind in ("new", "corrected", "left"):  # records, which the documentation of `export` has
            each[kind] = [record["id"] for record in each.get(kind, ())]
        each["error"] = each["error"] and "an error"
    return made


def saved(archive):
    archive.saved.save("all", sort="newest", on="今天")
    made = json_form.saved(archive.saved.list())
    made["searches"][0]["conditions"] = "given"
    return made


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("searchkit.saved/1", saved),
        ("searchkit.news/1", news),
        ("searchkit.count/1", lambda a: json_form.count(1, a.search(NAMES).parsed)),
        ("searchkit.timeline/1", lambda a: json_form.timeline(a.timeline(f"长江 OR {NAMES}"))),
        ("searchkit.facets/1", lambda a: json_form.facets(a.facets(f"长江 OR {NAMES}"))),
        ("searchkit.record/1", lambda a: a.record(NAMES, since="2025").to_json()),
        ("searchkit.replay/1", lambda a: json_form.replay(_differing(a))),
        (
            "searchkit.terms/1",
            lambda a: json_form.terms(Terms((Term("江水", 5.5, 2.0, 2, 0),), 2, 2, 2, a.search(NAMES).parsed)),
        ),
        ("searchkit.compare/1", lambda a: json_form.comparison(compared(a))),
        ("searchkit.similar/1", lambda a: json_form.similar(a.similar("长江 大桥 封闭 检修"))),
        ("searchkit.sources/1", lambda a: json_form.sources(a.sources())),
        ("searchkit.stats/1", lambda a: json_form.stats(a.stats())),
        ("searchkit.delete/1", lambda a: json_form.deletion(a.delete("长江", dry_run=True))),
        ("searchkit.rebuild/1", lambda a: json_form.rebuilt(1, 1.0)),
        ("searchkit.backup/1", lambda a: json_form.copied(1, "b", restored=False)),
        ("searchkit.restore/1", lambda a: json_form.copied(1, "b", restored=True)),
        ("searchkit.verify/1", lambda a: json_form.verification(a.verify())),
        ("searchkit.analyze/1", lambda a: json_form.analysis(a.analyze("特朗普 川普"))),
        ("searchkit.dict/1", lambda a: json_form.dictionary(parse_dictionary("深度求索 10 nz"))),
        ("searchkit.error/1", lambda a: json_form.error(QueryError("x", query="y"))),
        (
            "searchkit.ingest/1",
            lambda a: json_form.ingest(
                IngestReport(
                    UpsertReport(rejected=(Rejected("a", "b"),), sources=a.sources()), Path("r"), files=1, seconds=1.0
                ),
                Pruning(("a",), ("b",), dry_run=False),
            ),
        ),
    ],
)
def test_the_other_documents(archive, name, make):
    made = make(archive)
    assert made["schema"] == name
    assert fields(made) == documented(name)


def test_articles_and_revisions(archive):
    made = json_form.article(archive["bridge"], [], origin=archive.origin("bridge"))
    shown = {name for name in fields(made) if not name.startswith("article.")}
    assert shown == documented("searchkit.show/1")
    assert fields(json_form.revisions("bridge", archive.revisions("bridge"))) >= {"schema", "id", "revisions"}
    assert {"schema", "id", "revisions"} <= documented("searchkit.revisions/1")
