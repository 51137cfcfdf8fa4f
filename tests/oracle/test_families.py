"""Families of reprints: whatever the order and the steps in which articles come, change and go, they are those that
comparing every article with every other gives."""

from __future__ import annotations

import functools
import random
import re
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from searchkit.analysis.normalise import fold
from searchkit.model.article import Article
from searchkit.reprints.detection import titles_conflict
from searchkit.reprints.families import Families
from searchkit.storage.record import Record
from searchkit.storage.sqlite.record import SqliteRecord
from tests.conftest import examples
from tests.contract.records import RECORDS, LooseRecord

ZONE = timezone(timedelta(hours=8))
TITLES = ("今日新增12例", "今日新增15例", "江水上涨", "江水上漲", "惊险一夜：救援纪实")


@functools.cache
def han() -> list[str]:
    """Some rare characters fold to ones beyond the first plane, which sketches do not follow (tests/unit/reprints)."""
    return [chr(code) for code in range(0x4E00, 0x9F00) if len(fold(chr(code)).encode("utf-16-le")) == 2]


@functools.cache
def sentence(seed: int) -> str:
    """Forty characters that no other seed gives, with a number in some."""
    chance = random.Random(seed)
    text = "".join(chance.choice(han()) for _ in range(40))
    return f"{text}{seed * 7}人。\n" if seed % 3 == 0 else text + "。\n"


ARTICLES = st.builds(
    lambda id, title, sentences, day, precision, kind: Article(
        id=f"a{id}", title=TITLES[title], body="".join(map(sentence, sentences)),
        published=None if day is None else datetime(2025, 3, 1 + day // 24, day % 24, tzinfo=ZONE),
        precision=precision, kind=kind,
    ),
    st.integers(0, 12), st.integers(0, len(TITLES) - 1), st.lists(st.integers(0, 7), max_size=8),
    st.none() | st.integers(0, 24 * 12), st.sampled_from(["second", "day"]), st.sampled_from(["article"] * 5 + ["headline"]),
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(["put", "put", "put", "delete"]), ARTICLES), max_size=30)


# -- the slow way


def slow_sketch(body: str) -> set[int]:
    plain = "".join(fold(body).split()).encode("utf-16-le")
    kept = {zlib.crc32(plain[at : at + 16]) for at in range(0, len(plain) - 15, 2)}
    kept = {each for each in kept if each % 16 == 0}
    if len(kept) >= 3:
        return kept
    return (
        {int.from_bytes(sha256(plain).digest()[at : at + 4], "little") for at in (0, 4, 8)}
        if len(plain) >= 40
        else set()
    )


def linked(one: Article, other: Article) -> bool:
    if "headline" in (one.kind, other.kind) or one.published is None or other.published is None:
        return False
    if abs((one.published.astimezone(ZONE).date() - other.published.astimezone(ZONE).date()).days) > 3:
        return False
    a, b = slow_sketch(one.body), slow_sketch(other.body)
    if not a or not b or len(a & b) < max(3, min(len(a), len(b)) / 2):
        return False
    m, n = (set(re.findall(r"\d+", each.body)) for each in (one, other))
    return not (m and n and len(m & n) < min(len(m), len(n)) / 2) and not titles_conflict(one.title, other.title)


def appeared(article: Article) -> tuple[datetime, str]:
    later = timedelta(hours=23, minutes=59, seconds=59) if article.precision == "day" else timedelta()
    return article.published + later, article.id


def slow_families(articles: list[Article]) -> dict[str, str]:
    groups = [{article.id} for article in articles]
    for one, other in combinations(articles, 2):
        if linked(one, other):
            joined = [group for group in groups if one.id in group or other.id in group]
            groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    held = {article.id: article for article in articles}
    found = {}
    for group in groups:
        if len(group) > 1:
            first = min((held[id] for id in group), key=appeared).id
            found.update(dict.fromkeys(group, first))
    return found


# -- against it


def take(store: Record, families: Families, batch: int) -> None:
    while changes := store.changes(families.covers, batch):
        families.take(changes, changes[-1].seq)


@settings(examples(60), phases=[Phase.explicit, Phase.reuse, Phase.generate])  # to shrink takes minutes
@given(STEPS, st.integers(1, 12), st.integers(1, 40), st.randoms(), st.sampled_from(sorted(RECORDS)))
def test_families_are_those_of_comparing_all(steps, every, batch, chance, kind):
    with TemporaryDirectory() as folder:
        store = RECORDS[kind](Path(folder))
        families = Families(store, ZONE)
        held: dict[str, Article] = {}
        for number, (what, article) in enumerate(steps):
            if what == "put":
                store.put(article)
                held[article.id] = article
            else:
                store.delete(article.id)
                held.pop(article.id, None)
            if number % every == 0:
                take(store, families, batch)
        take(store, families, batch)
        expected = slow_families(list(held.values()))
        assert families.all() == expected
        for id in held:
            members = families.members(id)
            wanted = [each for each in held.values() if expected.get(each.id, each.id) == expected.get(id, id)]
            assert members == [each.id for each in sorted(wanted, key=appeared)] if id in expected else members == [id]

        # The same articles in another order, all at once.
        again = SqliteRecord.create(Path(folder) / "b.db", {})
        shuffled = list(held.values())
        chance.shuffle(shuffled)
        for article in shuffled:
            again.put(article)
        others = Families(again, ZONE)
        take(again, others, 1000)
        assert others.all() == expected
        # What is taken again changes nothing; made anew they are the same.
        others.take(again.changes(0, 1000), again.last_seq())
        assert others.all() == expected
        families.clear()
        assert families.all() == {} and families.covers == 0
        take(store, families, 1000)
        assert families.all() == expected
        store.close()
        again.close()


class Breaking(dict):
    """Raises at a change of its own choice, once, when `left` of them were made."""

    left = None

    def _count(self):
        if Breaking.left is not None:
            Breaking.left -= 1
            if Breaking.left < 0:
                Breaking.left = None
                raise KeyboardInterrupt

    def __setitem__(self, key, value):
        self._count()
        super().__setitem__(key, value)

    def pop(self, *given):
        self._count()
        return super().pop(*given)


CHAINED = st.builds(
    lambda id, body, hour: Article(
        id=f"a{id}", title="江水上涨", body="".join(map(sentence, body)),
        published=datetime(2025, 3, 1 + hour // 24, hour % 24, tzinfo=ZONE),
    ),
    st.integers(0, 6), st.sampled_from([(1, 2, 4, 5), (4, 5, 7, 8), (7, 8, 10, 11), (10, 11, 1, 2), (13, 14)]),
    st.integers(0, 95),
)  # fmt: skip
"""Each text has half in common with the next, so that families are chains, which break where one changes."""


@settings(examples(60), phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    st.lists(st.tuples(st.sampled_from(["put", "put", "put", "delete"]), CHAINED), min_size=10, max_size=30),
    st.integers(1, 3), st.lists(st.integers(0, 15), min_size=30, max_size=30),
)  # fmt: skip
def test_a_step_broken_off_anywhere_is_repeated(steps, every, breaks):
    """In a record that keeps what was written before a failure."""
    store = LooseRecord()
    state = store.state
    state.sketches, state.families, state.settings = Breaking(), Breaking(), Breaking()
    families = Families(store, ZONE)
    held: dict[str, Article] = {}
    broken = 0
    for number, (what, article) in enumerate(steps):
        if what == "put":
            store.put(article)
            held[article.id] = article
        else:
            store.delete(article.id)
            held.pop(article.id, None)
        if number % every == 0:
            Breaking.left = breaks[number]
            try:
                take(store, families, 100)
            except KeyboardInterrupt:
                broken += 1
            Breaking.left = None
    take(store, families, 100)
    event(f"broken off {min(broken, 5)} times, families {families.count()}")
    assert families.all() == slow_families(list(held.values()))


def chained(id: str, *body: int) -> Article:
    return Article(
        id=id, title="江水上涨", body="".join(map(sentence, body)), published=datetime(2025, 3, 1, tzinfo=ZONE)
    )


@pytest.mark.parametrize("again", [chained("b", 13, 14, 16, 17), chained("b", 7, 8, 10, 11), None])
@pytest.mark.parametrize("change", [chained("b", 13, 14, 16, 17), chained("b", 4, 5, 7, 8), None])
@pytest.mark.parametrize("first", [("a", "b", "c", "d"), ("b", "c", "d"), ("a", "c", "d"), ("d", "a")])
def test_a_step_broken_off_at_each_write_is_repeated(first, change, again):
    """Articles of a chain, of which one changes, the step is broken off, and it changes once more."""
    chain = {"a": (1, 2, 4, 5), "b": (4, 5, 7, 8), "c": (7, 8, 10, 11), "d": (10, 11, 1, 3)}
    for left in range(12):
        store, held = LooseRecord(), {id: chained(id, *chain[id]) for id in first}
        store.state.sketches, store.state.families, store.state.settings = Breaking(), Breaking(), Breaking()
        families = Families(store, ZONE)
        for step, article in enumerate((None, change, again)):
            if step:
                held.pop("b", None)
                held.update({} if article is None else {"b": article})
                store.delete("b")
            for each in held.values():
                store.put(each)
            Breaking.left = left if step == 1 else None
            with suppress(KeyboardInterrupt):
                take(store, families, 100)
            Breaking.left = None
        assert families.all() == slow_families(list(held.values())), left


def test_the_slow_way_finds_families_and_refuses_some():
    body = "".join(map(sentence, (1, 2, 4, 5)))
    first = Article(id="a", title="江水上涨", body=body, published=datetime(2025, 3, 1, 8, tzinfo=ZONE))
    near = replace(first, id="b", published=first.published + timedelta(days=3))
    far = replace(first, id="c", published=first.published + timedelta(days=7))
    assert slow_families([far, near, first]) == {"a": "a", "b": "a"}


def test_thousands_of_twins_are_no_burden(tmp_path):
    store = SqliteRecord.create(tmp_path / "a.db", {})
    families = Families(store, ZONE)
    body = "".join(map(sentence, range(8)))
    when = datetime(2025, 3, 1, 8, tzinfo=ZONE)
    with store.transaction():
        for number in range(3000):
            store.put(Article(id=f"t{number:04}", title="江水上涨", body=body, published=when))
    take(store, families, 2000)
    assert len(families.members("t2999")) == 3000
    assert families.count() == (1, 3000)
    store.close()
