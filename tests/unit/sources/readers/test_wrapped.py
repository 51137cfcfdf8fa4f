"""Records inside objects that are none: answers of an API, hot lists, exports of channels."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

import searchkit.sources as sources
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected

TEXT = "江湾渡口恢复通航，渡船每半小时一班，沿岸居民过江不再绕行石桥，往来货物也由此装卸，票价与去年一样。"
ONE = {"title": "渡口通航", "content": TEXT, "url": "https://news.example.com/1"}
TWO = {"title": "石桥完工", "content": TEXT, "url": "https://news.example.com/2"}


def read(value: Any, **options: Any) -> list[Article | Rejected]:
    return list(sources.read(io.BytesIO(json.dumps(value, ensure_ascii=False).encode()), **options))


def titles(value: Any, **options: Any) -> list[str]:
    return [each.title if isinstance(each, Article) else f"! {each.reason}" for each in read(value, **options)]


@pytest.mark.parametrize(
    "value",
    [
        {"title": "江湾热榜", "list": [ONE, TWO]},
        {"title": "江湾热榜", "content": "每小时更新一次", "list": [ONE, TWO]},
        {"name": "江湾", "title": "热榜", "description": "每小时更新一次的榜单，" * 6, "data": [ONE, TWO]},
        {"code": 0, "message": "ok", "data": {"result": {"list": [ONE, TWO]}, "page": {"size": 2}}},
        {"code": 0, "data": {"title": "热榜", "list": [ONE, TWO]}},
        {"data": {"江湾": {"title": "江湾热榜", "list": [ONE]}, "河口": {"title": "河口热榜", "list": [TWO]}}},
        {"data": {"1": ONE, "2": TWO}},
        {"hot": [ONE], "new": [TWO]},
        [{"title": "江湾热榜", "list": [ONE]}, {"title": "河口热榜", "list": [TWO]}],
        {"hits": {"total": 2, "hits": [{"_id": "a", "_source": ONE}, {"_id": "b", "_source": TWO}]}},
        {
            "data": [
                {"type": "article", "id": "a", "attributes": ONE},
                {"type": "article", "id": "b", "attributes": TWO},
            ]
        },
        {"rss": {"channel": {"title": "江湾", "link": "https://news.example.com", "item": [ONE, TWO]}}},
        {"name": "x", "articles": [ONE, TWO], "related": [{"title": "别的", "url": "https://news.example.com/3"}]},
    ],
)
def test_the_records_of_a_wrapper_are_read(value: Any) -> None:
    assert titles(value) == ["渡口通航", "石桥完工"]
    if isinstance(value, dict):
        assert titles(value, format="jsonl") == ["渡口通航", "石桥完工"]


def test_one_bad_record_of_a_wrapper_is_set_aside() -> None:
    found = titles({"title": "热榜", "data": [ONE, {"id": 7}, TWO, 5]})
    assert [found[0], found[2]] == ["渡口通航", "石桥完工"]
    assert found[1].startswith("! the record has neither a title nor a body")


@pytest.mark.parametrize(
    "beside",
    [
        {"related": [{"title": "别的", "url": "https://news.example.com/3"}]},
        {"comments": [{"content": "好", "time": "2025-01-01"}]},
        {"images": [{"url": "https://news.example.com/a.jpg", "title": "图"}]},
        {"hotNewsList": [{"title": "别的", "url": "https://news.example.com/3"}] * 3},
        {"companies": [{"name": "渡口公司"}]},
        {"author": {"name": "林小满"}},
    ],
)
def test_an_article_with_lists_of_its_own_is_one_article(beside: dict[str, Any]) -> None:
    assert titles({**ONE, **beside}) == ["渡口通航"]


def test_lists_beside_a_headline_are_no_records() -> None:
    for beside in (
        {"images": [{"url": "https://news.example.com/a.jpg", "title": "图"}]},
        {"companies": [{"name": "公司"}]},
    ):
        assert titles({"title": "渡口通航", **beside}) == ["渡口通航"]


def test_paragraphs_as_objects_are_one_text() -> None:
    (article,) = read({"title": "渡口通航", "content": [{"type": "p", "text": TEXT}, {"type": "p", "text": "完工。"}]})
    assert isinstance(article, Article)
    assert article.body == f"{TEXT}\n完工。"


def test_a_mapping_of_the_object_itself_keeps_it_whole() -> None:
    assert titles({"标": "榜", "data": [ONE]}, mapping={"title": "标"}) == ["榜"]


def test_a_channel_of_telegram() -> None:
    channel = {
        "name": "江湾要闻", "type": "public_channel", "id": 99,
        "messages": [
            {"id": 1, "type": "service", "action": "create_channel", "text": ""},
            {"id": 2, "type": "message", "date": "2025-03-01T08:30:00", "text": ["渡口", {"type": "bold", "text": "恢复"}, "通航。"]},
            {"id": 3, "type": "message", "date": "2025-03-02T08:30:00", "text": TEXT, "text_entities": [{"type": "plain", "text": TEXT}]},
            {"id": 4, "type": "message", "date": "2025-03-03T08:30:00", "text": "", "photo": "a.jpg"},
            {"id": 5, "type": "message", "date": "2025-03-03T08:30:00", "text": "", "photo": "b.jpg"},
        ],
    }  # fmt: skip
    for value in (channel, {"chats": {"about": "…", "list": [channel]}}):
        found = [each for each in read(value) if isinstance(each, Article)]
        assert [(each.id, each.source, each.body) for each in found] == [
            ("99:2", "江湾要闻", "渡口恢复通航。"), ("99:3", "江湾要闻", TEXT),
        ]  # fmt: skip


def test_objects_in_objects_in_objects_end() -> None:
    value: Any = {"list": [ONE]}
    for _ in range(60):
        value = {"data": value}
    assert "neither" in titles(value)[0]
    wide: Any = [{"a": 1}]
    for _ in range(7):
        wide = [{"x": wide, "y": wide}]
    assert len(titles(wide)) == 1


def test_pieces_of_a_text_are_no_records_whatever_their_list_is_called() -> None:
    pieces = [
        "渡口",
        {"type": "bold", "text": "恢复"},
        "通航 ",
        {"type": "text_link", "text": "原文", "href": "https://a.example.com"},
    ]
    message = {"id": 7, "type": "message", "date": "2025-03-04T09:00:00", "text": pieces, "text_entities": pieces[1:2]}
    (article,) = read({"name": "江湾", "type": "public_channel", "id": 5, "messages": [message]})
    assert isinstance(article, Article)
    assert (article.body, article.id) == ("渡口恢复通航 原文", "5:7")


def test_the_words_of_a_list_of_searches_are_its_titles() -> None:
    entries = [{"rank": 1, "word": "渡口恢复通航"}, {"rank": 2, "word": "石桥完工"}]
    for value in ({"title": "热搜榜", "data": entries}, {"ok": 1, "data": {"realtime": entries}}, entries):
        assert titles(value) == ["渡口恢复通航", "石桥完工"]
    assert titles([{"word": "渡口", "meaning": "船"}])[0].startswith("! the record has neither")


def test_a_list_of_entries_that_say_nothing_known_is_refused_and_a_mapping_reaches_them() -> None:
    value = {"title": "热榜", "data": [{"la": 1, "biaoti": "渡口恢复通航"}, {"la": 2, "biaoti": "石桥完工"}]}
    (refused,) = titles(value)
    assert (
        refused.startswith("! is a list, 'data', of entries") and "la, biaoti" in refused and "--map title=" in refused
    )
    assert titles(value, mapping={"title": "biaoti"}) == ["渡口恢复通航", "石桥完工"]
    assert titles({"title": "渡口恢复通航", "url": "https://a.example.com/1", "data": [{"la": 1}, {"la": 2}]}) == [
        "渡口恢复通航"
    ]


def test_a_text_in_an_object_of_its_record_belongs_to_it() -> None:
    (article,) = read(
        {"results": [{"webTitle": "渡口恢复通航", "webPublicationDate": "2025-03-04", "fields": {"bodyText": TEXT}}]}
    )
    assert isinstance(article, Article)
    assert (article.title, article.body, article.precision) == ("渡口恢复通航", TEXT, "day")


def test_of_json_ld_only_articles_are_taken() -> None:
    graph = [{"@type": "WebSite", "name": "江湾网", "url": "https://a.example.com"},
             {"@type": "NewsArticle", "headline": "渡口恢复通航", "articleBody": TEXT}]  # fmt: skip
    assert titles({"@context": "https://schema.org", "@graph": graph}) == ["渡口恢复通航"]


@pytest.mark.parametrize("around", ["back({});", "var data = {};\n", "window.news={}", "jQuery1_2( {} )"])
def test_a_value_that_is_loaded_as_a_script_is_read(around: str) -> None:
    text = around.replace("{}", json.dumps({"data": [ONE, TWO]}))
    found = list(sources.read(io.BytesIO(text.encode()), format="json"))
    assert [each.title for each in found if isinstance(each, Article)] == ["渡口通航", "石桥完工"] and len(found) == 2


def test_a_broken_line_among_the_first_of_json_lines_costs_that_line() -> None:
    text = json.dumps(ONE) + '\n{"title": "断, "content": 1}\n' + json.dumps(TWO) + "\n"
    found = list(sources.read(io.BytesIO(text.encode()), format="json"))
    assert [isinstance(each, Article) for each in found] == [True, False, True]
