"""SCHEMA.md and docs/schema.json are what the JSON is: every field in the one is in the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypedDict

import jsonschema
import pytest

import searchkit
from searchkit import Pruning, QueryError, Rejected, UpsertReport
from searchkit.analysis.segment import parse_dictionary
from searchkit.cli.tables import provenance
from searchkit.model.aggregations import Comparison, Side, Term, Terms, Trend
from searchkit.model.reports import Copied, IngestReport
from searchkit.model.serialise import to_record
from searchkit.presenters import documents, json_form, schema
from tests.conftest import at

CONTRACT = Path(searchkit.__file__).parent / "presenters" / "SCHEMA.md"
COPY = Path(__file__).parents[3] / "docs" / "schema.json"

# -- the contract in prose


def test_the_contract_is_made_from_the_schema(request):
    """The head of SCHEMA.md is written by hand; a section for each document follows."""
    written = CONTRACT.read_text(encoding="utf-8")
    head = written[: written.index("\n## ")]
    made = head + "".join(f"\n{section(it.__name__)}" for it in documents.DOCUMENTS)
    if request.config.getoption("--update-golden"):
        CONTRACT.write_text(made, encoding="utf-8")
    assert made == CONTRACT.read_text(encoding="utf-8"), "SCHEMA.md is another; --update-golden if that is right"


def section(title: str) -> str:
    it = DEFINED[title]
    rows = [f"| `{name}` | {kind} | {meaning} |\n" for name, kind, meaning in field_rows(it, "")]
    head = f"## {it['properties']['schema']['const']}\n\n{it['description']}\n\n"
    return f"{head}| field | type | meaning |\n| --- | --- | --- |\n{''.join(rows)}"


DEFINED = schema.schemas()
OTHERWISE = {"DeletedArticle", "ErrorDetails", *(it.__name__ for it in documents.DOCUMENTS)}
"""Objects that are described in a section of their own, or in the field that has them."""


def field_rows(it: dict[str, Any], path: str) -> list[tuple[str, str, str]]:
    rows: dict[str, tuple[str, str]] = {}
    for name, value in it["properties"].items():
        inner = f"{path}{name}"
        rows.setdefault(inner, (kind_of(value), value["description"]))
        below = inner + ("[]" if of_kind(value, "array") else "")
        for title in objects_in(value):
            if title not in OTHERWISE or it["title"] == "Error":
                for found, kind, meaning in field_rows(DEFINED[title], f"{below}."):
                    held = rows.get(found)
                    rows[found] = either(held, (kind, meaning)) if held else (kind, meaning)
    return [(name, *told) for name, told in rows.items()]


def either(one: tuple[str, str], other: tuple[str, str]) -> tuple[str, str]:
    """A field that two kinds of an entry have: the type of both; what the one says that is an object."""
    if one[0] == other[0]:
        return one
    first, last = sorted([one, other], key=lambda each: each[0] == "null")
    return f"{first[0]} or {last[0]}", first[1]


def choices(value: dict[str, Any]) -> list[dict[str, Any]]:
    return value.get("anyOf", [value])


def of_kind(value: dict[str, Any], kind: str) -> bool:
    return any(kind in each.get("type", ()) for each in choices(value))


def objects_in(value: dict[str, Any]) -> list[str]:
    found = []
    for each in choices(value):
        if "$ref" in each:
            found.append(each["$ref"].removeprefix(schema.LOCAL))
        elif "items" in each:
            found += objects_in(each["items"])
    return found


def kind_of(value: dict[str, Any], plural: str = "") -> str:
    if "anyOf" in value:
        kinds = dict.fromkeys(kind_of(each, plural) for each in value["anyOf"])
        return listed(each for kind in kinds for each in re.split(", | or ", kind))
    if "enum" in value:
        return listed(f"`{each}`" for each in value["enum"])
    if "$ref" in value:
        return f"object{plural}"
    kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
    return " or ".join(one_kind(value, each, plural) for each in kinds)


def listed(kinds: Iterable[str]) -> str:
    *others, last = kinds
    return f"{', '.join(others)} or {last}" if others else last


def one_kind(value: dict[str, Any], kind: str, plural: str) -> str:
    if kind == "array":
        if value.get("maxItems") == 2:
            return "[start, end]"
        inner = kind_of(value["items"], "s")
        return f"array of ({inner})" if " or " in inner else f"array of {inner}"
    named = {"date": "date", "date-time": "time"}.get(value.get("format", ""), kind) if kind == "string" else kind
    return f"{named}{plural}" if kind != "null" else kind


def test_articles_and_revisions(archive):
    made = json_form.article(archive["bridge"], [], origin=archive.origin("bridge"))
    shown = {name for name in fields(made) if not name.startswith("article.")}
    assert shown == documented("searchkit.show/1")
    assert fields(json_form.revisions("bridge", archive.revisions("bridge"))) >= {"schema", "id", "revisions"}
    assert {"schema", "id", "revisions"} <= documented("searchkit.revisions/1")


# -- and what the functions return


NAMES = "特朗普 OR 川普"
"""A name with aliases, and one that may stand for others."""


def _differing(archive: searchkit.Archive) -> searchkit.Replay:
    before = archive.record("长江")
    return archive.replay(replace(before, versions={**before.versions, "jieba": "0.1"}))


def series(archive: searchkit.Archive):
    record = archive.record_timelines({"a": "长江"})
    made = record.to_json()
    made["queries"][0]["record"] = "a record"
    archive.upsert(replace(archive["bridge"], title="长江"))
    changed = replace(record.queries["a"], versions={"jieba": "0.1"})
    moved = replace(record, queries={"a": changed}, series={"a": {"2025-03": (7, 9)}})
    replayed = json_form.series_replay(archive.replay(moved))
    replayed["queries"][0]["replay"] = "a replay"
    return made, replayed


def documented(name: str) -> set[str]:
    """Dotted names of the fields under the heading of a schema."""
    section = re.search(rf"^## {re.escape(name)}$(.*?)(?=^## |\Z)", CONTRACT.read_text("utf-8"), re.M | re.S)
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


def by_year(archive):
    found = archive.terms(f"长江 OR {NAMES}", by="year")
    return replace(found, periods=tuple(replace(each, terms=(Term("江水", 5.5, 2.0, 2, 0),)) for each in found.periods))


def rising(archive):
    return replace(
        archive.trends(NAMES, day="2025-06-30"), trends=(Trend("江水", 3, 1, 0.1, 0.2, 15.0, 9.0, "a", "b"),)
    )


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("searchkit.saved/1", saved),
        ("searchkit.news/1", news),
        ("searchkit.count/1", lambda a: json_form.count(1, a.search(NAMES).parsed)),
        ("searchkit.timeline/1", lambda a: json_form.timeline(a.timeline(f"长江 OR {NAMES}"))),
        (
            "searchkit.timelines/1",
            lambda a: json_form.timelines(a.timelines({"a": f"长江 OR {NAMES}"}, smooth=2, by_source=1)),
        ),
        ("searchkit.series/1", lambda a: series(a)[0]),
        ("searchkit.series-replay/1", lambda a: series(a)[1]),
        ("searchkit.facets/1", lambda a: json_form.facets(a.facets(f"长江 OR {NAMES}"))),
        ("searchkit.record/1", lambda a: a.record(NAMES, since="2025").to_json()),
        ("searchkit.replay/1", lambda a: json_form.replay(_differing(a))),
        (
            "searchkit.terms/1",
            lambda a: json_form.terms(Terms((Term("江水", 5.5, 2.0, 2, 0),), 2, 2, 2, a.search(NAMES).parsed)),
        ),
        ("searchkit.terms-by/1", lambda a: json_form.terms_by(by_year(a))),
        ("searchkit.trends/1", lambda a: json_form.trends(rising(a))),
        ("searchkit.compare/1", lambda a: json_form.comparison(compared(a))),
        ("searchkit.similar/1", lambda a: json_form.similar(a.similar("长江 大桥 封闭 检修"))),
        ("searchkit.sources/1", lambda a: json_form.sources(a.sources())),
        ("searchkit.stats/1", lambda a: json_form.stats(a.stats())),
        ("searchkit.delete/1", lambda a: json_form.deletion(a.delete("长江", dry_run=True))),
        ("searchkit.rebuild/1", lambda a: json_form.rebuilt(1, 1.0)),
        ("searchkit.backup/1", lambda a: json_form.copied(1, "b", restored=False)),
        ("searchkit.restore/1", lambda a: json_form.copied(1, "b", restored=True)),
        ("searchkit.push/1", lambda a: json_form.transferred(Copied(1, 2, 3, 4, "5", 6), "push", "a", "b", 1.0)),
        ("searchkit.pull/1", lambda a: json_form.transferred(Copied(1, 2, 3, 4, "5"), "pull", "a", "b", 1.0)),
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


def test_what_a_table_says_of_itself(archive):
    asked = provenance(archive, "长江", {"since": "2025"}, 3, 7, asked=True)
    everything = provenance(archive, "", {}, None, 0, asked=False)
    assert fields(asked) == documented("searchkit.table/1")
    strictly("table", asked)
    strictly("table", everything)


FORMATS = jsonschema.FormatChecker(["date"])


def strictly(name: str, made: object) -> None:
    """The value is valid, and has no field that the schema does not."""
    jsonschema.Draft202012Validator(schema.schema(name, strict=True), format_checker=FORMATS).validate(made)


def test_articles_of_every_kind_are_valid(archive):
    full = searchkit.Article(
        id="full", title="题", body="文", url="https://example.org/1", published=at(2025, 3, 4, 8, 30),
        published_text="3月4日", precision="minute", source="甲报", author="周岸", editor="许舟", site="甲网", section="社会",
        keywords=("桥",), kind="headline", parent="bridge", short_title="短题",
        related=(
            searchkit.Related("长题", short_title="短", published=at(2025, 3, 4), published_text="昨天", url="https://e.org"),
        ),
        extra={"id2": "x"},
    )  # fmt: skip
    made = to_record(full)
    strictly("article", made)
    assert {*made} == {*schema.schema("article")["properties"]}  # so no field of an article is missing in either
    assert {*made["related"][0]} == {*schema.schema("RelatedRecord")["properties"]}
    archive.upsert_all([full, searchkit.Article(id="bridge", title="滨江长江大桥重新开放", body="长江大桥开放。")])
    states = archive.revisions("bridge")
    from searchkit.search.diff import difference

    pairs = [difference(states[0].article, states[1].article)]
    strictly("revisions", json_form.revisions("bridge", states, pairs))
    shown = json_form.article(archive["full"], [archive["chips"]], origin=archive.origin("full"), older_states=1)
    strictly("show", shown)
    strictly("show", json_form.article(archive["chips"]))
    for each in json_form.search(archive.search("长江", explain=True))["hits"]:
        strictly("hit", each)


def test_an_unknown_field_is_valid_but_not_strictly(archive):
    made = json_form.search(archive.search("长江"))
    strictly("search", made)
    made["hits"][0]["mood"] = "good"
    jsonschema.validate(made, schema.schema("search"))
    with pytest.raises(jsonschema.ValidationError, match="mood"):
        strictly("search", made)
    del made["hits"][0]["title"]
    with pytest.raises(jsonschema.ValidationError, match="title"):
        jsonschema.validate(made, schema.schema("search"))


# -- the schema itself


def test_the_copy_in_docs_is_what_the_command_prints(capsys, request):
    from searchkit.cli.run import run

    assert run(["schema"]) == 0
    printed = capsys.readouterr().out
    if request.config.getoption("--update-golden"):
        COPY.write_text(printed, encoding="utf-8")
    assert printed == COPY.read_text(encoding="utf-8"), "docs/schema.json is another; --update-golden if that is right"
    jsonschema.Draft202012Validator.check_schema(json.loads(printed))
    for name in schema.names():
        assert run(["schema", name]) == 0
        alone = json.loads(capsys.readouterr().out)
        assert alone["type"] == "object" and "$ref" not in alone
    assert run(["schema", "searchkit.timeline/1"]) == 0
    assert run(["schema", "poem"]) == 2
    assert "no JSON document 'poem'" in capsys.readouterr().err


def test_every_field_and_object_has_a_description():
    for name, it in schema.schemas().items():
        assert it["description"], name
        assert [field for field, value in it["properties"].items() if not value.get("description")] == [], name


def test_references_lead_to_where_the_schemas_are_put():
    made = schema.schemas("#/components/schemas/")
    referred = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(made)))
    assert referred and referred <= {f"#/components/schemas/{name}" for name in made}
    assert set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(schema.schema("news")))) == {
        *schema.schema("news")["$defs"]
    }


def test_a_type_that_json_has_not_is_refused():
    class Wrong(TypedDict):
        at: Annotated[complex, "a number"]

    with pytest.raises(TypeError, match="complex"):
        schema._value(schema._fields(Wrong)["at"], "")
