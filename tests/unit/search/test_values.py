"""Which values of a field a typed value may mean."""

from __future__ import annotations

import pytest

from searchkit.search.values import is_abbreviation, nearest

SOURCES = {
    "": 9,
    "央视网": 5,
    "中央电视台": 9,
    "新华社": 30,
    "新华网": 3,
    "北京青年报": 2,
    "滨江日报": 7,
    "The Harbour Post": 4,
}


@pytest.mark.parametrize(
    ("typed", "likeliest"),
    [
        ("央视", "央视网"),
        ("新华", "新华社"),
        ("新华社网", "新华社"),
        ("北青报", "北京青年报"),
        ("滨江晚报", "滨江日报"),
        ("滨江日报社", "滨江日报"),
        ("harbour post", "The Harbour Post"),
        ("the harbor post", "The Harbour Post"),
        ("the-harbour-post", "The Harbour Post"),
        ("电视台", "中央电视台"),
        ("火星报", None),
        ("央", None),
    ],
)
def test_the_likeliest(typed, likeliest):
    found = nearest(typed, "source", SOURCES)
    assert (found[0] if found else None) == (likeliest and (likeliest, SOURCES[likeliest]))


def test_two_characters_of_which_one_differs_are_another_person():
    assert nearest("张伟", "author", {"李伟": 9, "张为": 1}) == []
    assert nearest("张伟", "author", {"李伟": 9, "张为": 1}, lambda one, other: other == "张为") == [("张为", 1)]
    assert nearest("王小名", "author", {"王小明": 2, "王大伟": 9}) == [("王小明", 2)]
    assert nearest("科枝", "section", {"科技": 2}) == [("科技", 2)]


def test_an_abbreviation_has_characters_of_the_name_in_order_from_its_first():
    assert is_abbreviation("北青报", "北京青年报")
    assert not is_abbreviation("青北报", "北京青年报")
    assert not is_abbreviation("青年", "北京青年报")
    assert not is_abbreviation("北", "北京青年报")
