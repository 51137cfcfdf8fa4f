"""Conditions: what is taken, and what is said of what is not."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from searchkit import QueryError, UsageError
from searchkit.model.results import SORTS
from searchkit.search.conditions import Conditions, one_of


def test_values_are_taken_one_by_one_or_together():
    for given in ("新华社", ["新华社"], ("新华社",), iter(["新华社"])):
        assert Conditions.of({"source": given}).values == {"source": ("新华社",)}
    found = Conditions.of({"author": ["何*", "许舟"], "kind": "Article", "since": date(2025, 1, 1), "mode": "all"})
    assert found == Conditions(date(2025, 1, 1), None, None, {"author": ("何*", "许舟"), "kind": ("Article",)}, "all")


@pytest.mark.parametrize("blank", [None, "", " ", "*", [], [""], ["*", " "]], ids=repr)
def test_blank_values_are_no_condition(blank):
    assert Conditions.of({"source": blank, "kind": blank}) == Conditions()


def test_what_narrows():
    assert not Conditions().narrow
    assert not Conditions.of({"mode": "all", "source": ""}).narrow
    for given in ({"source": "a"}, {"since": "2025"}, {"until": "2025"}, {"on": date(2025, 1, 1)}):
        assert Conditions.of(given).narrow


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sorce": "x"}, r"no condition 'sorce'; did you mean source\?\nthere are since, until, on, source, .*, mode"),
        ({"keyword": "x"}, r"no condition 'keyword'\n"),
        ({"mode": "al"}, r"mode must be auto, all or any, not 'al'; did you mean all\?"),
        ({"mode": None}, "mode must be auto, all or any, not None"),
        ({"mode": ["all"]}, "mode must be auto, all or any, not"),
        ({"kind": "articel"}, r"kind must be article or headline, not 'articel'; did you mean article\?"),
        ({"kind": ["article", "art*"]}, r"kind must be article or headline, not 'art\*'"),
        ({"since": 5}, "since must be a date or text that names one, not 5"),
        ({"on": ["2025"]}, "on must be a date or text"),
        ({"source": 3}, "source must be text, or several texts, not 3"),
        ({"source": ["a", 3]}, r"source must be text, or several texts, not \['a', 3\]"),
        ({"author": b"abc"}, "author must be text"),
        ({"editor": "x" * 10, "site": list(range(1000))}, "site must be .{1,100}…"),
    ],
)
def test_a_wrong_one_names_the_choices(given, message):
    with pytest.raises(UsageError, match=message):
        Conditions.of(given)


def test_one_of():
    assert one_of("sort", "newest", SORTS) == "newest"
    with pytest.raises(
        UsageError, match=r"sort must be relevance, newest or oldest, not 'newst'; did you mean newest\?"
    ):
        one_of("sort", "newst", SORTS)
    with pytest.raises(UsageError, match="by must be day, not 3$"):
        one_of("by", 3, ("day",))


def test_the_methods_of_an_archive_refuse_them(archive):
    asked = [archive.search, archive.ids, archive.count, archive.timeline, archive.facets, archive.delete]
    for ask in (*asked, lambda *given, **conditions: next(archive.export(*given, **conditions))):
        with pytest.raises(UsageError, match="did you mean source"):
            ask("芯片", sorce="新华社")
        with pytest.raises(UsageError, match="mode must be"):
            ask("芯片", mode="al")
    for ask in (archive.search, archive.ids):
        with pytest.raises(UsageError, match="sort must be"):
            ask("芯片", sort="best")


def test_a_blank_condition_deletes_nothing(archive):
    before = len(archive)
    for conditions in ({"source": ""}, {"mode": "all"}, {"source": ["*"]}, {"author": None}):
        with pytest.raises(UsageError, match="delete needs a query, a condition or ids"):
            archive.delete(**conditions)
    assert len(archive) == before


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (lambda archive: archive.delete(["bridge"]), r"a list of ids is given by name\narchive.delete\(ids="),
        (lambda archive: archive.delete(("bridge", "f16")), "a list of ids is given by name"),
        (lambda archive: archive.delete({"bridge"}, dry_run=True), "a list of ids is given by name"),
        (lambda archive: archive.delete([]), "a list of ids is given by name"),
        (lambda archive: archive.delete(ids="bridge"), r"ids must be a list of ids, not 'bridge'\nids=\['bridge'\]"),
        (lambda archive: archive.delete(5), "a query is text, or a tree of searchkit.query.tree, not 5"),
        (lambda archive: archive.search(["芯片", "半导体"]), "a query is text, or a tree"),
        (lambda archive: archive.count(None), "a query is text, or a tree"),
    ],
)
def test_what_is_no_query_is_refused_with_a_word_on_what_would_be(archive, given, told):
    before = len(archive)
    with pytest.raises(UsageError, match=told):
        given(archive)
    assert len(archive) == before


def test_a_datetime_is_a_day(archive):
    assert archive.ids(on=datetime(2025, 3, 4, 23, 59)).ids == archive.ids(on="2025-03-04").ids != ()


@pytest.mark.parametrize(
    ("since", "until", "hint", "days"),
    [
        ("2024-05", "2020", "since='2020', until='2024-05'", (date(2020, 1, 1), date(2024, 5, 31))),
        ("2024-05-01", "2020-12-31", "since='2020-12-31', until='2024-05-01'", (date(2020, 12, 31), date(2024, 5, 1))),
        (" 2024年 ", "2020", "since='2020', until='2024年'", (date(2020, 1, 1), date(2024, 12, 31))),
        (date(2024, 5, 1), "2020", "since='2020', until='2024-05-01'", (date(2020, 1, 1), date(2024, 5, 1))),
        ("2024", datetime(2020, 1, 2, 3), "since='2020-01-02', until='2024'", (date(2020, 1, 2), date(2024, 12, 31))),
        ("2024起", "2020", "since='2020-12-31', until='2024-01-01'", (date(2020, 12, 31), date(2024, 1, 1))),
    ],
)
def test_reversed_days_are_proposed_as_typed_the_other_way_round(archive, since, until, hint, days):
    with pytest.raises(QueryError) as raised:
        archive.count("芯片", since=since, until=until)
    assert str(raised.value).endswith(f"\n{hint}")
    assert (raised.value.about["since"], raised.value.about["until"]) == days
    archive.count("芯片", since=raised.value.about["typed"][0], until=raised.value.about["typed"][1])
