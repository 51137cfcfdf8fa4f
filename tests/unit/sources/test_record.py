"""Articles to records and back, and the records of others."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import BadRecord
from searchkit.model.article import Article, Related
from searchkit.model.serialise import rfc3339, to_record
from searchkit.sources.fields import ALIASES
from searchkit.sources.record import TITLE_LENGTH, from_record

SHANGHAI = ZoneInfo("Asia/Shanghai")
ELEVEN = datetime(2025, 2, 2, 11, 20, 2, tzinfo=SHANGHAI)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
moments = st.none() | st.datetimes(
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    | st.integers(-86_399, 86_399).map(lambda seconds: timezone(timedelta(seconds=seconds)))
)
related = st.builds(Related, texts, texts, moments, texts, texts)
articles = st.builds(
    Article,
    title=texts,
    body=texts,
    id=texts,
    url=texts,
    published=moments,
    published_text=texts,
    precision=st.sampled_from(["day", "minute", "second"]),
    source=texts,
    author=texts,
    editor=texts,
    site=texts,
    section=texts,
    keywords=st.lists(texts, max_size=3).map(tuple),
    kind=st.sampled_from(["article", "headline"]),
    parent=texts,
    short_title=texts,
    related=st.lists(related, max_size=3).map(tuple),
    extra=st.dictionaries(texts | st.sampled_from(["title", "schema", "extra"]), texts, max_size=3),
)


@given(articles)
def test_every_field_comes_back_exactly(article: Article) -> None:
    line = json.dumps(to_record(article), ensure_ascii=False)
    assert from_record(json.loads(line), timezone=SHANGHAI) == article


@given(moments.filter(bool) | st.datetimes(timezones=st.timezones()))
def test_every_time_is_written_as_the_schema_has_it(moment: datetime) -> None:
    written = rfc3339(moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d", written)
    assert datetime.fromisoformat(written) - ELEVEN == moment - ELEVEN, "the same moment"


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(1872, 4, 30, tzinfo=SHANGHAI), "1872-04-30T00:00:17+08:06"),
        (datetime(1872, 4, 30, tzinfo=ZoneInfo("America/New_York")), "1872-04-30T00:00:02-04:56"),
        (datetime(1901, 1, 1, tzinfo=SHANGHAI), "1901-01-01T00:00:00+08:00"),
    ],
)
def test_a_time_by_the_sun_keeps_its_day(moment: datetime, written: str) -> None:
    assert rfc3339(moment) == written
    article = Article(title="题", published=moment)
    assert to_record(from_record(to_record(article), timezone=SHANGHAI)) == to_record(article)


@pytest.mark.parametrize(
    "written",
    [
        "2025-02-02T03:20:02Z",
        "2025-02-02t03:20:02z",
        "2025-02-02 11:20:02.0000000+08:00",
        "2025-02-02T11:25:45+08:05:43",
    ],
)
def test_an_own_time_is_read_in_every_form_of_the_schema(written: str) -> None:
    """Z and fractions of any length are not read by `fromisoformat` of Python 3.10; the last one is how we wrote it."""
    record = {"schema": "searchkit.article/1", "title": "题", "published": written}
    assert from_record(record, timezone=SHANGHAI).published == ELEVEN


def test_the_property_covers_every_field() -> None:
    full = Article(
        title="t", body="b", id="i", url="u", published=ELEVEN, published_text="p", precision="day", source="s", author="a",
        editor="e", site="w", section="c", keywords=("k",), kind="headline", parent="q", short_title="x",
        related=(Related("r", "s", ELEVEN, "t", "u"),), extra={"a": "b"},
    )  # fmt: skip
    assert set(to_record(full)) == {*Article.__slots__, "schema"}
    assert from_record(to_record(full), timezone=SHANGHAI) == full


def read(**fields: Any) -> Article:
    return from_record(fields, timezone=SHANGHAI)


@pytest.mark.parametrize(("field", "name"), [(field, name) for field, names in ALIASES.items() for name in names])
def test_every_name_of_every_field(field: str, name: str) -> None:
    value: Any = {"published": "2025-02-02 11:20:02", "kind": "headline", "precision": "day", "extra": {"a": "b"}}.get(
        field, "值"
    )
    if field == "related":
        value = [{"title": "值"}]
    record = {name: value}
    if field != "title":
        record["标题"] = "题"
    for written in {name, name.upper(), name.replace("_", ""), f" {name.replace('_', ' ')} "}:
        article = from_record(
            {written if key == name else key: each for key, each in record.items()}, timezone=SHANGHAI
        )
        expected: Any = {
            "published": ELEVEN, "keywords": ("值",), "related": (Related("值"),), "extra": {"a": "b"},
        }.get(field, value)  # fmt: skip
        assert getattr(article, field) == expected


def test_news_please() -> None:
    article = read(
        maintext="第一段。\n第二段。", title="题", date_publish="2025-02-02 11:20:02", authors=["林小满", "王大川"], language="zh",
        source_domain="jiangwan.example.com", url="https://jiangwan.example.com/1", text=None, image_url=None,
    )  # fmt: skip
    assert article == Article(
        title="题", body="第一段。\n第二段。", published=ELEVEN, published_text="2025-02-02 11:20:02", author="林小满、王大川",
        site="jiangwan.example.com", url="https://jiangwan.example.com/1", extra={"language": "zh"},
    )  # fmt: skip


def test_of_several_names_the_better_one_wins_and_the_other_is_kept() -> None:
    for record in ({"text": "乙", "body": "甲", "title": "题"}, {"body": "甲", "text": "乙", "title": "题"}):
        article = from_record(record, timezone=SHANGHAI)
        assert (article.body, article.extra) == ("甲", {"text": "乙"})
    assert read(title="题", body="", text="乙").body == "乙"


def test_mapping_comes_before_every_name() -> None:
    record = {"标题": "甲", "title": "乙", "meta": {"when": "2025-02-02 11:20:02"}, "a.b": "丙"}
    article = from_record(
        record, timezone=SHANGHAI, mapping={"title": "标题", "published": "meta.when", "source": "a.b"}
    )
    assert (article.title, article.published, article.source) == ("甲", ELEVEN, "丙")
    assert article.extra == {"title": "乙", "meta": '{"when": "2025-02-02 11:20:02"}'}
    assert from_record({"title": "乙"}, timezone=SHANGHAI, mapping={"title": "标题"}).title == "乙"


@pytest.mark.parametrize("nothing", [None, "", float("nan"), float("inf"), [], {}])
def test_nothing_is_nothing(nothing: object) -> None:
    article = read(title="题", source=nothing, time=nothing, tags=nothing, odd=nothing)
    assert article == Article(title="题")


def test_a_time_that_cannot_be_read_is_kept_as_printed() -> None:
    for text in ("昨天", "2025-02-30", "02/03/2025"):
        article = read(title="题", time=text)
        assert (article.published, article.published_text) == (None, text)
    assert read(title="题", time=True).published_text == "true"


@pytest.mark.parametrize(
    "value", [1738466402, 1738466402000, "1738466402", "1738466402000", {"$date": "2025-02-02T03:20:02Z"}]
)
def test_times_as_numbers_and_as_databases_export_them(value: object) -> None:
    assert read(title="题", time=value).published == ELEVEN


def test_unsafe_characters_are_replaced_everywhere() -> None:
    article = read(title="a\ud800b\0c", body="\udfff正文", tags=["\0"], odd="\0", **{"k\0": ["\ud800"]})
    assert (article.title, article.body, article.keywords) == ("a\ufffdb\ufffdc", "\ufffd正文", ("\ufffd",))
    assert article.extra == {"odd": "\ufffd", "k\ufffd": '["\ufffd"]'}
    own = {**to_record(Article(title="x", related=(Related("y"),))), "title": "\0", "extra": {"\0": "\ud800"}}
    assert from_record(own, timezone=SHANGHAI).title == "\ufffd"
    json.dumps(to_record(from_record(own, timezone=SHANGHAI)), ensure_ascii=False).encode()


def test_paragraphs_and_titles_are_tidied() -> None:
    article = read(title=" 一\r\n 二\u3000三 ", body="\u3000\u3000甲\r\n\r\n\u3000\u3000乙 \n \n丙")
    assert (article.title, article.body) == ("一 二 三", "甲\n乙\n丙")


def test_nested_values() -> None:
    article = read(
        title={"rendered": "题"}, source={"id": 1, "name": "江湾晚报"}, body=["甲", "乙"], author=[{"name": "林小满"}]
    )
    assert (article.title, article.source, article.body, article.author) == ("题", "江湾晚报", "甲\n乙", "林小满")
    assert read(title="题", source={"id": 1}).extra == {"source": '{"id": 1}'}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("桥梁,加固", ("桥梁", "加固")), ("桥梁、加固；老城", ("桥梁", "加固", "老城")), ("桥梁 加固", ("桥梁", "加固")), ("old town", ("old town",)),
     ("桥,桥", ("桥",))],
)  # fmt: skip
def test_keywords_of_a_string(text: str, expected: tuple[str, ...]) -> None:
    assert read(title="题", keywords=text).keywords == expected


def test_without_a_title_the_first_sentence_stands_for_it() -> None:
    assert read(body="青石桥通车了。市民很高兴。").title == "青石桥通车了。"
    assert read(body="长" * 200).title == "长" * TITLE_LENGTH + "…"
    assert read(body="版本3.5发布\n第二段").title == "版本3.5发布"


@pytest.mark.parametrize(
    "record", [{}, {"x": 1}, {"title": "", "body": None}, {"title": "  ", "body": "\n"}, {"title": {"a": 1}}]
)
def test_neither_title_nor_body_is_no_article(record: dict[str, Any]) -> None:
    with pytest.raises(BadRecord, match="neither a title nor a body"):
        from_record(record, timezone=SHANGHAI)


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", 1), ("published", "2025-02-02"), ("published", "x"), ("precision", "year"), ("kind", "x"), ("keywords", "a"),
     ("keywords", [1]), ("extra", {"a": 1}), ("related", [1]), ("related", [{"title": "x", "published": "y"}])],
)  # fmt: skip
def test_an_own_record_with_a_wrong_field_is_refused(field: str, value: object) -> None:
    with pytest.raises(BadRecord):
        from_record({"schema": "searchkit.article/1", "title": "题", field: value}, timezone=SHANGHAI)


def test_a_record_of_a_newer_searchkit_is_refused() -> None:
    with pytest.raises(BadRecord, match=r"searchkit\.article/2"):
        from_record({"schema": "searchkit.article/2", "title": "题"}, timezone=SHANGHAI)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from([names[0] for names in ALIASES.values()] + ["schema", "其他"]) | st.text(max_size=4)


@given(st.dictionaries(names, json_values, max_size=6))
def test_any_record_gives_an_article_that_can_be_written_or_a_reason(record: dict[str, Any]) -> None:
    try:
        article = from_record(record, timezone=SHANGHAI)
    except BadRecord as error:
        assert error.message
    else:
        line = json.dumps(to_record(article), ensure_ascii=False)
        line.encode()
        assert from_record(json.loads(line), timezone=SHANGHAI) == article


@pytest.mark.parametrize("name", ["summary", "description", "desc", "abstract", "digest", "摘要", "导语", "Summary"])
def test_a_summary_stands_for_a_body_that_is_missing(name: str) -> None:
    article = from_record({"title": "渡口通航", name: "<p>渡船每半小时一班。</p>", "content": ""}, timezone=SHANGHAI)
    assert (article.title, article.body, article.extra) == ("渡口通航", "渡船每半小时一班。", {})
    article = from_record({name: "渡船每半小时一班。"}, timezone=SHANGHAI)
    assert (article.title, article.body) == ("渡船每半小时一班。", "渡船每半小时一班。")
    article = from_record({"title": "渡口通航", name: "提要", "content": "正文"}, timezone=SHANGHAI)
    assert (article.body, article.extra) == ("正文", {name: "提要"})


def test_the_best_of_several_summaries() -> None:
    article = from_record({"title": "甲", "desc": "乙", "summary": "丙", "abstract": {"a": 1}}, timezone=SHANGHAI)
    assert (article.body, article.extra) == ("丙", {"desc": "乙", "abstract": '{"a": 1}'})


def test_markup_of_every_field_becomes_text() -> None:
    record = {
        "title": "甲&amp;乙<b>签约</b>",
        "author": "<a href='/x'>林小满</a>",
        "tags": ["<i>桥</i>"],
        "x": "<b>原样</b>",
    }
    article = from_record(record, timezone=SHANGHAI)
    assert (article.title, article.author, article.keywords) == ("甲&乙签约", "林小满", ("桥",))
    assert article.extra == {"x": "<b>原样</b>"}
    assert from_record(record, timezone=SHANGHAI, markup=False).title == record["title"]


@pytest.mark.parametrize("text", ["1750816800.5", "1750816800500", "1750816800500.0", 1750816800.5])
def test_seconds_since_1970_with_a_fraction(text: object) -> None:
    article = from_record({"title": "甲", "time": text}, timezone=SHANGHAI)
    assert article.published == datetime(2025, 6, 25, 10, 0, 0, 500_000, tzinfo=SHANGHAI)


def test_the_kind_of_the_record_may_stand_before_a_name() -> None:
    article = from_record(
        {
            "newsTitle": "渡口",
            "post_content": "正文一段。",
            "文章来源": "江湾日报",
            "postdate": "2025-03-04",
            "article_type": "x",
        },
        timezone=SHANGHAI,
    )
    assert (article.title, article.body, article.source, article.precision) == ("渡口", "正文一段。", "江湾日报", "day")
    assert article.extra == {"article_type": "x"}
    # a name without it wins, and what only names the thing is no title
    article = from_record({"newsTitle": "别的", "title": "渡口", "post_name": "ferry"}, timezone=SHANGHAI)
    assert (article.title, article.extra) == ("渡口", {"newsTitle": "别的", "post_name": "ferry"})


def test_numbers_are_no_names() -> None:
    article = from_record({"title": "渡口", "author": 5, "categories": [3, 7], "source": "12"}, timezone=SHANGHAI)
    assert (article.author, article.section, article.source) == ("", "", "")
    assert article.extra == {"author": "5", "categories": "[3, 7]", "source": "12"}
