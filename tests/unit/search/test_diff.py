"""What one text has otherwise than another."""

from __future__ import annotations

from datetime import datetime, timezone

from hypothesis import given
from hypothesis import strategies as st

from searchkit import Article, difference

TEXTS = st.lists(
    st.sampled_from(["江水上涨。", "夜市\n", "“停了。”", "停", "大桥封闭！", "12人", "臺"]), max_size=12
).map("".join)


def side(found, kind: str) -> str:
    return "".join(each.text for each in found.body if each.kind in ("same", kind))


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off(old, new):
    found = difference(Article(title="甲", body=old), Article(title="甲", body=new))
    assert side(found, "added") == new
    assert side(found, "removed").replace("\n", "") == old.replace("\n", "")
    assert found or old.replace("\n", "") == new.replace("\n", "")
    assert not difference(Article(title="甲", body=old), Article(title="甲", body=old))


def test_a_corrected_number_is_marked():
    old, new = (f"大桥今天封闭。\n共有{number}辆车绕行，交警到场。\n傍晚恢复。" for number in ("120", "210"))
    found = difference(Article(title="甲", body=old), Article(title="甲", body=new))
    kinds = [each.kind for each in found.body]
    assert kinds == ["same", "removed", "added", "same"]
    removed, added = found.body[1:3]
    assert "".join(removed.text[a:b] for a, b in removed.marks) in "120"
    assert added.marks and all(added.text[a:b] in "210" for a, b in added.marks)


def test_fields():
    old = Article(title="甲", source="滨江日报", keywords=("水",), extra={"id2": "1"})
    new = Article(
        title="乙", source="滨江日报", published=datetime(2025, 3, 4, tzinfo=timezone.utc), extra={"id2": "2"}
    )
    assert [(each.field, each.old, each.new) for each in difference(old, new).fields] == [
        ("published", "", "2025-03-04T00:00:00+00:00"), ("title", "甲", "乙"), ("keywords", "水", ""), ("id2", "1", "2"),
    ]  # fmt: skip


def test_script_and_spaces_are_no_difference_between_reprints():
    one = Article(title="甲", body="臺灣的雨下了一整夜，１２人。\n雨停了。")
    other = Article(title="甲", body="台湾的雨下了一整夜,12人。 雨停了。")
    assert not difference(one, other, folded=True)
    assert difference(one, other)


def test_texts_too_long_for_a_fine_comparison_are_whole():
    old, new = ("".join(f"第{n}{letter}句。" for n in range(2100)) for letter in "甲乙")
    assert [each.kind for each in difference(Article(title="x", body=old), Article(title="x", body=new)).body] == [
        "removed", "added",
    ]  # fmt: skip


def test_marks_are_those_of_the_text_as_it_is_printed():
    """Where folding changes the length before what differs."""
    old, new = (f"cafe\u0301㎏葛\U000e0100城有{number}人，臺北。" for number in ("120", "210"))
    removed, added = difference(Article(title="甲", body=old), Article(title="甲", body=new)).body
    assert "".join(removed.text[a:b] for a, b in removed.marks) in "120"
    assert added.marks and all(added.text[a:b] in "210" for a, b in added.marks)
