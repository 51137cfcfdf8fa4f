"""Aliases in a query: which nodes take them, and what they become."""

from __future__ import annotations

from datetime import date

import pytest

from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import segmenter
from searchkit.query.aliases.expand import MOST_FORMS, expand
from searchkit.query.aliases.table import Aliases, Own, Shipped
from searchkit.query.clock import Clock
from searchkit.query.parser import parse
from searchkit.query.tree import Forms, Phrase, Words
from searchkit.query.writer import write

TEXT = (
    "[regional]\n软件,軟體\n[persons]\n特朗普,?川普\n泽连斯基,澤倫斯基\n[organisations]\n央视,中央电视台,CCTV\n中纪委,>纪委\n"
    "[synonyms]\n奥运会,奥林匹克运动会\n美国,北美洲大国美国\n"
)
TABLE = Shipped(TEXT, fold(TEXT))


def expanded(query: str, **options: bool):
    tree = parse(query, clock=Clock(date(2025, 3, 1))).tree
    return expand(tree, Aliases(Own(), TABLE), segmenter(), **options)


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("特朗普", "特朗普 OR 川普"),
        ("特朗普 关税", "(特朗普 OR 川普) 关税"),
        ("關稅 -特朗普", "關稅 -(特朗普 OR 川普)"),
        ("特朗普 OR 关税", "(特朗普 OR 川普) OR 关税"),
        ('"特朗普"', '"特朗普" OR 川普'),
        ("“央视”", "“央视” OR 中央电视台 OR CCTV"),
        ("title:特朗普", "title:特朗普 OR (title:川普 川普)"),
        ("title:泽连斯基", "title:泽连斯基 OR title:澤倫斯基"),
        ("title:特朗普关税", "title:特朗普关税 OR (title:川普 title:关税 川普)"),
        ("source:央视", "source:央视 OR source:中央电视台 OR source:CCTV"),
        ("keyword:特朗普", "keyword:特朗普 OR keyword:川普"),
        ("特朗普 NEAR/5 软件", "(特朗普 NEAR/5 软件) OR (川普 NEAR/5 (软件 OR 軟體)) OR (特朗普 NEAR/5 軟體)"),
        ("特朗普 SENT 关税", "(特朗普 SENT 关税) OR (川普 SENT 关税)"),
        ("atleast2(特朗普)", "atleast2(特朗普) OR atleast2(特朗普 OR 川普)"),
        ("特朗普关税", "特朗普关税 OR (川普 关税)"),
        ("美国总统特朗普", "美国总统特朗普 OR (美国总统 川普)"),
    ],
)
def test_what_takes_aliases(query, canonical):
    assert write(expanded(query).tree, aliases=True) == canonical
    assert write(expanded(query).tree) == query


@pytest.mark.parametrize(
    "query",
    [
        "特朗普*", "word:特朗普", "author:特朗普", "source:特朗普", "site:特朗普", "source:央视*", '"央视"', '"特朗普关税"',
        "date:2025", "关税", "特", "*", "川普", "川普关税", "软件学", "美国", "纪委书记",
    ],
)  # fmt: skip
def test_what_stays_as_typed(query):
    tree = parse(query, clock=Clock(date(2025, 3, 1))).tree
    found = expand(tree, Aliases(Own(), TABLE), segmenter())
    assert found.applied == ()
    assert found.tree == tree


def test_they_are_told_once_each():
    found = expanded("特朗普 OR title:特朗普 -软件")
    assert [(each.typed, each.also) for each in found.applied] == [("特朗普", ("川普",)), ("软件", ("軟體",))]


def test_a_doubtful_name_is_suggested():
    found = expanded("川普 关税")
    assert [(each.typed, each.also) for each in found.suggested] == [("川普", ("特朗普",))]


def test_straight_quotes_name_what_they_leave_out():
    found = expanded('"央视"')
    assert found.notes == ('"央视" in straight quotes is not looked for as 中央电视台, CCTV; “央视” is',)
    assert isinstance(expanded('"央视"', everywhere=True).tree, Forms)
    assert expanded('"央视"', everywhere=True).notes == ()


def test_a_name_of_two_ideographs_stands_as_a_word():
    tree = expanded("特朗普 央视").tree
    assert isinstance(tree, Words)
    stands = {each.text: each.stands for _, also in tree.also for each in also if isinstance(each, Phrase)}
    assert stands == {"川普": "word", "中央电视台": "whole", "CCTV": "whole"}


def test_the_forms_of_a_word_are_bounded():
    tree = expanded("特朗普泽连斯基特朗普泽连斯基特朗普泽连斯基软件软件").tree
    assert isinstance(tree, Words)
    assert len(tree.aliases()[tree.typed[0]]) == MOST_FORMS - 1
