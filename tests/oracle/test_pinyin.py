"""Pinyin against a scan: every string of every title and name, read in every way that its characters are read."""

from __future__ import annotations

import random
from itertools import product

import pytest

from searchkit.analysis.fields import compared, values
from searchkit.analysis.normalise import fold
from searchkit.analysis.pinyin import readings
from searchkit.analysis.segment import segmenter
from searchkit.analysis.terms import words
from searchkit.engines.index import Entry
from searchkit.engines.memory import MemoryIndex
from searchkit.engines.snapshot import PINYIN_FIELDS
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.engines.whoosh.write import bulk
from searchkit.model.article import Article
from searchkit.query.tree import Pinyin
from searchkit.search.highlight import Highlighter
from tests.oracle.test_operators import SHANGHAI

PIECES = [
    "特朗普", "他来碰", "新华社", "西安", "先", "县", "西岸", "北京", "被警", "背景", "重庆", "旅游", "女", "绿", "人民日报", "王晓明", "王小明",
    "李", "说", "的", "，", "AI", "芯片", "战略", "方案", "反感", "蛋糕", "单", "杠", "軍事", "君", "实施", "事实", "、",
]  # fmt: skip
LONGEST = 6


def article(chance: random.Random, number: int) -> Article:
    title, body, author, editor, source = (
        "".join(chance.choices(PIECES, k=chance.randint(0, most))) for most in (5, 6, 2, 1, 3)
    )
    return Article(id=f"a{number:02}", title=title, body=body, author=author, editor=editor, source=source)


def spellings(text: str) -> set[str]:
    """Every way to type a string by its syllables."""
    several = [{form for each in readings(char) for form in (each, each.replace("v", "u"))} for char in text]
    return {"".join(chosen) for chosen in product(*several)} if all(several) else set()


def initials(text: str) -> set[str]:
    several = [{form for each in readings(char) for form in (each[0], each[:2])} for char in text]
    several = [{form for form in each if form[1:] in ("", "h")} for each in several]
    return {"".join(chosen) for chosen in product(*several)} if all(several) else set()


def pieces_of(text: str, least: int):
    for start in range(len(text)):
        for end in range(start + least, min(len(text), start + LONGEST) + 1):
            yield start, text[start:end]


def by_spelling(found: Article) -> set[str]:
    """Everything that finds an article by pinyin."""
    title = fold(found.title)
    cut = {*words(title, segmenter()), *words(fold(found.body), segmenter())}
    kept: set[str] = set()
    for _, string in pieces_of(title, 2):
        if len(string) > 2 or string in cut:
            kept |= spellings(string)
        if len(string) > 2 and string in cut:
            kept |= {f"={each}" for each in initials(string)}
    for name in PINYIN_FIELDS:
        for value in values(found, name):
            for start, string in pieces_of(compared(value, name), 2):
                kept |= spellings(string)
                if len(string) > 2 and not start:
                    kept |= {f"={each}" for each in initials(string)}
    return kept


@pytest.mark.parametrize("seed", range(2))
def test_both_engines_find_what_a_scan_finds(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(bulk, "RUN", 13)
    monkeypatch.setattr(bulk, "default_jobs", lambda: 1)
    chance = random.Random(seed)
    articles = [article(chance, number) for number in range(30)]
    expected = {each.id: by_spelling(each) for each in articles}
    every = sorted({spelling for several in expected.values() for spelling in several})
    memory, whoosh = MemoryIndex(SHANGHAI), WhooshIndex(tmp_path, SHANGHAI, segmenter())
    for index in (memory, whoosh):
        for part in (articles[:25], articles[25:]):
            entries = [Entry(articles.index(each) + 1, each) for each in part]
            index.apply(entries, covers=len(articles))
    for typed in [*chance.sample(every, 20), "telangpu", "=tlp", "xian", "danggao", "fangan", "lvyou", "luyou"]:
        ids = sorted(id for id, several in expected.items() if typed in several)
        query = Pinyin(typed.lstrip("="))
        if typed.startswith("=") and query.text in every:
            continue  # read as syllables
        for index in (memory, whoosh):
            assert list(index.ids(query)) == ids, (index, typed)
    whoosh.close()


def test_the_marks_are_the_characters_that_are_read_so():
    memory = MemoryIndex(SHANGHAI)
    found = Article(id="a", title="“特朗普”來，先看西安", body="西安与先：特朗普。", source="特朗普")
    memory.apply([Entry(1, found)], covers=1)
    for typed, title, body in (("telangpu", [(1, 4)], (5, 8)), ("tlp", [(1, 4)], (5, 8)), ("xian", [(9, 11)], (0, 2))):
        marking = Highlighter(memory.snapshot().resolved(Pinyin(typed)), segmenter())
        assert list(marking.title_marks(found)) == title
        assert [mark for snippet in marking.snippets(found, 1, 50) for mark in snippet.marks] == [body]
