"""The table of fields: type checkers and documentation say the same, and a field that is added is there everywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from searchkit.model.article import Article
from searchkit.model.fields import FIELDS, FieldName, KeywordField, arranged
from searchkit.query.fields import ALIASES, BESIDE_KEYWORDS
from searchkit.search.conditions import Conditions, ConditionsDict
from searchkit.sources.fields import ALIASES as KEYS_OF_RECORDS

ROOT = Path(__file__).parents[2]
FILTERS = [field for field in FIELDS.values() if field.filter]


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_the_names_for_type_checkers_are_those_of_the_table():
    assert get_args(FieldName) == tuple(FIELDS)
    assert [*get_type_hints(ConditionsDict)] == [
        "since",
        "until",
        "on",
        *(field.name for field in FILTERS),
        "mode",
        "aliases",
    ]
    Conditions.of(dict.fromkeys(get_type_hints(ConditionsDict)) | {"mode": "all", "aliases": None})


def test_every_attribute_is_one_of_an_article_and_can_be_read_from_records():
    attributes = {field.attribute for field in FIELDS.values()}
    assert attributes <= {each.name for each in fields(Article)}
    assert attributes <= KEYS_OF_RECORDS.keys()


def test_no_name_in_a_query_means_two_fields():
    names = [name for field in FIELDS.values() for name in (field.name, *field.aliases)]
    names += [name for field, aliases in BESIDE_KEYWORDS.items() for name in (field, *aliases)]
    assert sorted(names) == sorted(ALIASES)


def test_what_is_arranged_stands_once():
    chosen = [FIELDS["id"], FIELDS["source"], FIELDS["keyword"], FIELDS["kind"]]
    assert arranged(("id", "title"), chosen, ("kind", "body")) == ("id", "title", "source", "keywords", "kind", "body")


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_every_field_is_in_the_documentation_of_the_query_language(field: KeywordField):
    names = [field.name, *field.aliases]
    latin = " ".join(f"`{name}:`" for name in names if name.isascii())
    chinese = " ".join(name for name in names if not name.isascii())
    row = f"| {latin} | {chinese} | {field.help} |".replace("|  |", "| |")
    assert row in document("query-language.md").splitlines()


@pytest.mark.parametrize("field", FILTERS, ids=lambda field: field.name)
def test_every_condition_is_in_the_documentation_of_commands_and_library(field: KeywordField):
    metavar = field.name.upper() if field.choices else "NAME"
    assert f"| `--{field.name} {metavar}` | {field.help} |" in document("cli.md").splitlines()
    assert f"{', '.join(f'`{each.name}`' for each in FILTERS)} | a value or several" in document("python.md")


def test_every_facet_is_in_the_documentation_of_its_command():
    facets = [f"`{field.name}`" for field in FIELDS.values() if field.facet]
    assert f"| `--by FIELD` | {', '.join(facets[:-1])} or {facets[-1]};" in document("cli.md")


ADDED = '''
from dataclasses import dataclass
import searchkit.model.article as article

@dataclass(frozen=True, slots=True, kw_only=True)
class Article(article.Article):
    """An article with one attribute more."""
    photographer: str = ""

article.Article = Article

from searchkit.model.fields import FIELDS, KeywordField
FIELDS["photo"] = KeywordField("photo", "photographer", "who took it", ("摄影",), holds="names", filter=True)

import contextlib, io, json, sys
from zoneinfo import ZoneInfo
import searchkit
from searchkit.analysis.segment import segmenter
from searchkit.cli.run import run
from searchkit.engines.aggregation import Values
from searchkit.engines.index import Entry
from searchkit.engines.memory import MemoryIndex
from searchkit.query.tree import Everything, Field
from searchkit.search.diff import difference

def said(*arguments):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = run([*arguments])
    assert code == 0, (arguments, code, out.getvalue())
    return out.getvalue()

folder = sys.argv[1]
with open(folder + "/given.jsonl", "w", encoding="utf-8") as file:
    for id, photo in (("a", "陳光、周岸"), ("b", "陈光"), ("c", "")):
        file.write(json.dumps({"id": id, "title": "新桥通车", "body": "江上。", "photographer": photo}) + "\\n")
at = ["-q", "-i", folder + "/index"]
said("ingest", folder + "/given.jsonl", *at)
said("ingest", folder + "/given.jsonl", "--map", "photographer=title", "--dry-run", *at)

with searchkit.open(folder + "/index") as archive:
    assert archive["a"].photographer == "陳光、周岸", "kept in the record"
    for query, conditions in (("摄影:陈光", {}), ("photo:陈光", {}), ("", {"photo": "陈光"}), ("", {"photo": ["陈*"]})):
        assert sorted(archive.ids(query, **conditions)) == ["a", "b"], (query, conditions)
    assert dict(archive.facets("", fields=["photo"])["photo"].values) == {"陈光": 2, "周岸": 1}
    articles = [archive[id] for id in "abc"]
    exported = [*archive.export("photo:周岸")]
    assert [each.id for each in exported] == ["a"]

memory = MemoryIndex(ZoneInfo("Asia/Shanghai"), segmenter())
memory.apply([Entry(seq, each) for seq, each in enumerate(articles, 1)], covers=3)
assert memory.ids(Field("photo", "陈光")) == ["a", "b"]
assert memory.facets(Everything(), ["photo"])["photo"] == {"陈光": 2, "周岸": 1, "": 1}
assert [(each.field, each.old, each.new) for each in difference(articles[0], articles[1]).fields] == [
    ("photographer", "陳光、周岸", "陈光")
]

help = " ".join(said("search", "--help").split())
assert "--photo" in help and "Who took it" in help, help
assert "photo" in said("facets", "--help").replace("photographer", "")
assert said("search", "--photo", "陈光", "--count", *at) == "2\\n"
assert said("facets", "--by", "photo", *at).splitlines()[0] == "photo\\t陈光\\t2"
header, row, *_ = said("export", "--csv", "photo:周岸", *at).splitlines()
assert dict(zip(header.split(","), row.split(",")))["photographer"] == "陳光、周岸"
assert json.loads(said("export", "photo:周岸", *at))["photographer"] == "陳光、周岸"
assert "陳光、周岸" in said("show", "a", *at)
'''


def test_a_field_that_is_added_to_the_table_is_there_everywhere(tmp_path):
    """In queries (also in Chinese), conditions, options, facets, columns, differences, the record and both engines."""
    done = subprocess.run(
        [sys.executable, "-c", ADDED, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not re.search("Error", done.stderr)
