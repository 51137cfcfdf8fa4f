"""What every engine must do with the operators of press databases, one promise a test."""

from __future__ import annotations

import pytest

from searchkit.analysis.normalise import fold
from searchkit.analysis.pinyin import readings
from searchkit.engines.snapshot import MOST_VARIANTS
from searchkit.errors import QueryError
from searchkit.model.article import Article
from searchkit.query.tree import (
    And,
    AnyOf,
    AtLeast,
    Fuzzy,
    Near,
    Not,
    Or,
    Phrase,
    Pinyin,
    Together,
    Wildcard,
    Word,
    Words,
)
from tests.contract.test_index import add, found

SENTENCES = Article(
    id="s1", title="芯片涨价！半导体跟进",
    body="他问：“出口会停吗？”厂商说管制加码。The U.S. rose 3.5 pct. Mr. Wang left. 然后；再说…\n第二段只有设备，\n设备和清单！",
)  # fmt: skip
REPEATS = Article(id="s2", title="芯片芯片", body="芯片，AI芯片。AIGC、AI，哈哈哈哈哈。")
NAMES = Article(id="s3", title="特朗普发言", body="报道误作特郎普。DeepSeek、deepseak 与 depseek 并列。人工智慧。")
JOINED = Article(id="s4", title="出口管制升级", body="machine learning 与 AI 芯片，AI芯片。出口，管制。")
ALL = [SENTENCES, REPEATS, NAMES, JOINED]


@pytest.fixture
def full(index):
    add(index, *ALL)
    return index


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        # A title is one sentence, whatever its marks.
        (Together("芯片", "半导体"), ["s1"]),
        (Together("半导体", "芯片"), ["s1"]),
        (Together("芯片", "出口"), []),
        (Together("出口", "厂商"), []),
        (Together("出口", "厂商", "paragraph"), ["s1"]),
        (Together("吗？”", "出口"), ["s1"]),
        (Together("u.s", "3.5"), ["s1"]),
        (Together("3.5", "pct"), ["s1"]),
        (Together("pct", "wang"), []),
        (Together("mr", "wang"), ["s1"]),
        (Together("然后", "再说"), ["s1"]),
        (Together("再说", "设备", "paragraph"), []),
        (Together("设备", "清单"), ["s1"]),
        (Together("第二段", "清单", "paragraph"), []),
        (Together("ai", "aigc"), ["s2"]),
        (Together("a", "aigc"), []),
        (Together(("火星", "厂商"), ("木星", "管制")), ["s1"]),
        # The same word twice is two places of it; they do not overlap.
        (Together("哈哈哈", "哈哈"), ["s2"]),
        (Together("哈哈哈", "哈哈哈"), []),
        (Together("设备", "设备"), []),
        (Near("出口", "管制", 0, ordered=True), ["s4"]),
        (Near("管制", "出口", 0, ordered=True), []),
        (Near("管制", "出口", 0), ["s4"]),
        (Near(("火星", "出口"), ("木星", "管制"), 1), ["s4"]),
        # The title does not reach into the body, nor into itself.
        (Near("管制升级", "machine", 1000), []),
        (Near("出口管制升级", "出口管制升级", 1000), []),
        (Near("出口，管制。", "出口管制", 1000), []),
        (AtLeast("芯片", 4), ["s2"]),
        (AtLeast("芯片", 5), []),
        (AtLeast("芯片", 2), ["s2", "s4"]),
        (AtLeast("ai", 2), ["s2", "s4"]),
        (AtLeast("ai", 3), []),
        (AtLeast(("ai", "芯片"), 6), ["s2"]),
        (AtLeast(("ai", "芯片"), 7), []),
        (AtLeast(("芯片", "芯片", "晶片"), 5), []),
        (AtLeast("哈哈", 2), ["s2"]),
        (AtLeast("哈哈", 3), []),
        (Wildcard("特?普"), ["s3"]),
        (Wildcard("出*制"), ["s4"]),
        (Wildcard("出?管制"), ["s4"]),
        (Wildcard("报*普"), ["s3"]),
        (Wildcard("d?epseek"), ["s3"]),
        (Wildcard("de*k"), ["s3"]),
        (Wildcard("e*k"), []),
        (Wildcard("deep*ee"), []),
        (Wildcard("deep*ee*"), ["s3"]),
        (Wildcard("machine?learning"), ["s4"]),
        (Wildcard("芯*管制"), []),
        (Wildcard("涨价*跟进"), ["s1"]),
        (Wildcard("哈?哈*哈"), ["s2"]),
        (Wildcard("报??????普"), []),
        (Wildcard("报?????普"), ["s3"]),
        (Wildcard("*"), []),
        (Wildcard("??*"), []),
        (Fuzzy("特郎普"), ["s3"]),
        (Fuzzy("川朗普"), ["s3"]),
        (Fuzzy("人工只慧"), ["s3"]),
        (Fuzzy("deepseek"), ["s3"]),
        (Fuzzy("deeepseak", 1), ["s3"]),
        (Fuzzy("deeepseeek", 1), []),
        (Fuzzy("deeepseeek", 2), ["s3"]),
        (Fuzzy("AI 芯片"), ["s4"]),
        (AnyOf(("火星", "ai芯片")), ["s2", "s4"]),
        (AnyOf(()), []),
        (Word("出口 管制"), ["s4"]),
        (Word("管制 出口"), []),
        (Word("machine learning"), ["s4"]),
        (Word("ai 芯片"), ["s2", "s4"]),
        (And((Together("芯片", "半导体"), Not(Word("火星")))), ["s1"]),
        (Or((Fuzzy("特郎普"), Not(Fuzzy("特郎普")))), ["s1", "s2", "s3", "s4"]),
    ],
    ids=repr,
)
def test_what_matches(full, query, ids):
    assert found(full, query) == ids
    assert full.search(query, limit=0).total == len(ids)


def test_the_variants_of_a_word_are_those_of_articles_that_are_there(full):
    with full.snapshot() as snapshot:
        assert snapshot.resolved(Not(Fuzzy("特朗普"))) == Not(AnyOf(("特朗普", "特郎普")))
        assert snapshot.resolved(Fuzzy("DeepSeek")) == AnyOf(("deepseek", "deepseak", "depseek"))
        several = [Not(Fuzzy("特朗普")), Fuzzy("DeepSeek"), Words(("芯片",)), Phrase("没有这个")]
        assert snapshot.counts(several) == [snapshot.count(each) for each in several] and snapshot.counts([]) == []
        assert snapshot.counts(several)[-1] == 0 < snapshot.counts(several)[1]
        plain = And((Words(("芯片",)), Near("a", "b")))
        assert snapshot.resolved(plain) is plain
    full.apply([], ["s3"], covers=full.covers)
    with full.snapshot() as snapshot:
        assert snapshot.resolved(Fuzzy("DeepSeek")) == AnyOf(("deepseek",))


def test_similar_words_are_those_of_articles_that_are_there(full):
    with full.snapshot() as snapshot:
        similar = snapshot.similar_words(["特郎普", "deepseek", "管治", "。", "", "片", "a"])
        assert similar["deepseek"] == {"deepseak": 1, "depseek": 1}
        assert similar["管治"] == {"管制": 2} and "特朗普" in similar["特郎普"]
        assert similar["。"] == similar[""] == similar["片"] == similar["a"] == {}
        assert snapshot.similar_words(["deepseeek"], 2) == {"deepseeek": {"deepseek": 1, "deepseak": 1, "depseek": 1}}
        assert snapshot.similar_words([]) == {}
        assert snapshot.similar_words(["beepseeek"], 2)["beepseeek"] == {"deepseek": 1}
        assert snapshot.similar_words(["beepseeek"], 2, same_first=True) == {"beepseeek": {}}
        assert snapshot.similar_words(["deepseeek"], 2, same_first=True)["deepseeek"].keys() >= {"deepseak", "depseek"}
    full.apply([], ["s3"], covers=full.covers)
    with full.snapshot() as snapshot:
        assert snapshot.similar_words(["特郎普", "deepseak"]) == {"特郎普": {}, "deepseak": {}}


def test_an_article_with_the_word_itself_and_one_with_a_slip_are_both_scored(full):
    page = full.search(Fuzzy("特郎普")).page
    assert [match.id for match in page] == ["s3"]
    with full.snapshot() as snapshot:
        assert "words:特朗普" in snapshot.explain(Fuzzy("特郎普"), "s3")


def test_too_many_variants_are_refused(index):
    letters = "abcdefghijklmnopqrstuvwxyz"
    body = " ".join(f"w{one}rd{other}" for one in letters for other in letters[: 2 + MOST_VARIANTS // 26])
    add(index, Article(id="many", title="many", body=body))
    with pytest.raises(QueryError, match="more than 100 words") as raised:
        index.count(Fuzzy("wardb", 2))
    assert "wardb~1" in raised.value.hint
    assert index.count(Fuzzy("wxrdb", 1)) == 1


@pytest.mark.parametrize("wrong", [lambda: AtLeast("a", 0), lambda: Fuzzy("abc", 3), lambda: Fuzzy("abc", 0)])
def test_numbers_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        wrong()


def test_a_word_of_a_deleted_article_is_no_variant(index):
    gone, kept = Article(id="gone", title="南京市", body=""), Article(id="kept", title="下江南京市民", body="")
    add(index, gone, kept, *ALL)  # with so many others an engine may leave its terms where they are
    assert found(index, Word("南京市")) == ["gone"]
    assert found(index, Fuzzy("北京市")) == ["gone", "kept"]
    index.apply([], ["gone"], covers=index.covers)
    assert found(index, Fuzzy("北京市")) == []


PINYIN = [
    Article(id="p1", title="特朗普发言", body="西安。", source="新华社", author="王晓明"),
    Article(id="p2", title="川普回应", body="特朗普。", source="环海新华社客户端", author="王小明、李雷"),
    Article(id="p3", title="旅游在西安，先看男子被警方带走", body="", source="海报", editor="王晓明"),
    Article(id="p4", title="北京的他来碰碰运气", body="特來普", source="人民日報"),
]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("telangpu", ["p1"]),
        ("te lang pu", ["p1"]),
        ("tlp", ["p1"]),  # not 他来碰, which is no word
        ("xinhuashe", ["p1", "p2"]),
        ("xhs", ["p1"]),  # a source that only contains it is not meant by initials
        ("xhskhd", []),
        ("wangxiaoming", ["p1", "p2", "p3"]),
        ("wxm", ["p1", "p2", "p3"]),
        ("xian", ["p3"]),
        ("lvyou", ["p3"]),
        ("beijing", ["p4"]),  # not 被警, which is no word
        ("renminribao", ["p4"]),
        ("rmrb", ["p4"]),
        ("shanghai", []),
    ],
)
def test_titles_and_names_are_found_by_pinyin(index, typed, ids):
    add(index, *PINYIN)
    assert found(index, Pinyin(typed)) == ids
    assert index.count(Not(Pinyin(typed))) == len(PINYIN) - len(ids)
    assert index.count(And((Pinyin(typed), Words(("特朗普",))))) == len({"p1", "p2"}.intersection(ids))


def test_pinyin_stands_for_the_strings_of_articles_that_are_there(index):
    add(index, *PINYIN)
    with index.snapshot() as snapshot:
        assert list(snapshot.spelled("beijing")) == ["北京"]  # 被警 would be empty, and count towards the most
        spelled = snapshot.spelled("wangxiaoming")
        assert {each: list(snapshot.ids(node)) for each, node in spelled.items()} == {
            "王小明": ["p2"],
            "王晓明": ["p1", "p3"],
        }
    index.apply([], ["p2"], covers=index.covers)
    with index.snapshot() as snapshot:
        assert list(snapshot.spelled("wangxiaoming")) == ["王晓明"]
        assert list(snapshot.spelled("tlp")) == ["特朗普"]
    index.apply([], ["p1"], covers=index.covers)
    with index.snapshot() as snapshot:
        assert list(snapshot.spelled("tlp")) == []


def test_pinyin_that_is_too_many_strings_is_refused(index):
    chars = [chr(code) for code in range(0x4E00, 0x9FA5) if "yi" in readings(chr(code))][: 2 * MOST_VARIANTS]
    names = [fold(f"衣衣{char}") for char in chars]
    add(index, *(Article(id=f"y{number}", title=name, body="") for number, name in enumerate(names)))
    assert len({*names}) > MOST_VARIANTS
    with pytest.raises(QueryError, match="too many strings") as raised:
        index.count(Pinyin("yiyiyi"))
    assert raised.value.code == "too-many-variants"


@pytest.mark.parametrize("wrong", ["wang", "tl", "北京", "", "a" * 65])
def test_what_is_no_pinyin_is_refused(index, wrong):
    with pytest.raises(QueryError):
        index.count(Pinyin(wrong))
