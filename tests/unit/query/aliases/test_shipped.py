"""The table that comes with searchkit: well-formed, and what its reader relies on."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from searchkit.analysis.normalise import fold
from searchkit.query.aliases import table
from searchkit.query.aliases.table import Aliases, Shipped

TEXT = Path(table.__file__).with_name("shipped.txt").read_text(encoding="utf-8")
LINES = [line for line in TEXT.splitlines() if line and line[0] not in "#["]
GROUPS = list(Shipped(TEXT, fold(TEXT)))
DOC = (Path(__file__).parents[4] / "docs" / "query-language.md").read_text(encoding="utf-8")


def test_every_line_is_a_group_and_there_are_enough():
    assert len(GROUPS) == len(LINES) >= 600
    assert f"{len(GROUPS):,} groups" in DOC


def test_the_document_counts_the_categories():
    told = {name: int(count) for name, count in re.findall(r"^\| ([a-z]+) \| (\d+) \| ", DOC, re.MULTILINE)}
    assert told == dict(Counter(group.category for group in GROUPS))


def test_each_category_says_where_its_names_are_from():
    heads = re.findall(r"^\[([a-z]+)\]\n((?:#.*\n)+)", TEXT, re.MULTILINE)
    assert [name for name, _ in heads] == list(dict.fromkeys(group.category for group in GROUPS))
    told = [" ".join(head.replace("#", " ").split()) for _, head in heads]
    assert all("common knowledge" in head or "Source:" in head for head in told)


def test_the_folded_table_is_the_table(request):
    path = Path(table.__file__).with_name("folded.txt")
    if request.config.getoption("--update-golden"):
        path.write_text(fold(TEXT), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == fold(TEXT), "pytest --update-golden writes it"


def test_folding_keeps_every_offset():
    assert len(fold(TEXT)) == len(TEXT)
    assert fold(TEXT).count(",") == TEXT.count(",")


def test_the_forms_of_a_group_differ_when_folded():
    for group in GROUPS:
        folded = [form.folded for form in group.forms]
        assert len(set(folded)) == len(folded) > 1, folded
        assert all(fold(form.text) == form.folded and form.text.strip() == form.text for form in group.forms), folded
        assert all(2 <= len(form) <= table.LONGEST for form in folded), folded
        assert any(form.is_found for form in group.forms), folded


def test_a_form_stands_in_one_group_unless_it_is_only_suggested():
    signs: dict[str, list[str]] = {}
    for group in GROUPS:
        for form in group.forms:
            signs.setdefault(form.folded, []).append(form.sign)
    assert {form for form, found in signs.items() if len(found) > 1 and {*found} != {"!"}} == set()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("软件", "軟體"),
        ("质量", "品質"),
        ("品質", "质量"),
        ("特朗普", "川普"),
        ("泽连斯基", "澤倫斯基"),
        ("中纪委", "中央纪律检查委员会"),
        ("中央纪律检查委员会", "中纪委"),
        ("WHO", "世卫组织"),
        ("聯準會", "美联储"),
        ("Fed", "美联储"),
        ("世界卫生组织", "世卫组织"),
        ("悉尼", "雪梨"),
    ],
)
def test_names(typed, found):
    name = Aliases().name(fold(typed))
    assert name is not None and name.is_sure
    assert fold(found) in [form.folded for form in name.others()]


@pytest.mark.parametrize(
    ("typed", "may_be"), [("川普", "特朗普"), ("人大", "全国人民代表大会"), ("人大", "中国人民大学"), ("雪梨", "悉尼")]
)
def test_names_that_may_mean_something_else(typed, may_be):
    name = Aliases().name(typed)
    assert name is not None and not name.is_sure
    assert may_be in [form.text for form in name.others()]


def test_a_common_word_is_not_looked_for():
    for typed, word in (
        ("世卫组织", "who"),
        ("美联储", "fed"),
        ("全国人民代表大会", "人大"),
        ("第一次世界大战", "一战"),
    ):
        name = Aliases().name(typed)
        assert name is not None and word not in [form.folded for form in name.others()], typed


def test_opencc_agrees_on_the_words_of_taiwan():
    opencc = pytest.importorskip("opencc")
    convert = opencc.OpenCC("s2twp").convert
    words = [group.forms for group in GROUPS if group.category in ("regional", "places")]
    changed = [(forms, fold(convert(forms[0].text))) for forms in words]
    told = [([form.folded for form in forms], taiwan) for forms, taiwan in changed if taiwan != forms[0].folded]
    agreed = [taiwan in forms for forms, taiwan in told]
    assert len(agreed) > 80
    assert sum(agreed) / len(agreed) > 0.95
