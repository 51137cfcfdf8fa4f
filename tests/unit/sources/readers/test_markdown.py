"""Markdown: front matter in its three languages, what blogs put into it, and the text as plain text."""

from __future__ import annotations

import io
import time
from datetime import timedelta, timezone

import pytest

from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.sources import Reading, Stream
from searchkit.sources.formats import choose
from searchkit.sources.readers.markdown import plain_text, read_markdown

ZONE = timezone(timedelta(hours=8))


def read(text: str, name: str = "a.md", **given: object) -> Article | Rejected:
    reading = Reading(name=name, file_name=name.rpartition("/")[2], timezone=ZONE, **given)  # type: ignore[arg-type]
    (item,) = read_markdown(Stream(io.BytesIO(text.encode())), reading)
    return item


YAML = """---
title: "海湾新桥：今日通车"  # 一个注
date: 2025-03-04 10:20:00 +0800
authors:
  - 张小三
  - name: 李四
tags: [桥梁, 交通]
categories: 社会
source: 滨海日报
url: /posts/bridge/
---
三月四日上午，**海湾新桥**正式通车。

第二段。
"""
TOML = """+++
title = "海湾新桥：今日通车"
date = 2025-03-04T10:20:00+08:00
authors = ["张小三", "李四"]
source = "滨海日报"
[taxonomies]
tags = ["桥梁", "交通"]
categories = ["社会"]
+++

三月四日上午，**海湾新桥**正式通车。

第二段。
"""
JSON = """{
  "title": "海湾新桥：今日通车", "date": "2025-03-04T10:20:00+08:00", "author": "张小三、李四",
  "tags": ["桥梁", "交通"], "categories": ["社会"], "source": "滨海日报"
}
三月四日上午，**海湾新桥**正式通车。

第二段。
"""


@pytest.mark.parametrize("text", [YAML, YAML.replace("\n", "\r\n"), "\ufeff" + YAML, TOML, JSON])
def test_front_matter_in_every_language_is_one_article(text: str) -> None:
    got = read(text)
    assert isinstance(got, Article)
    assert (got.title, got.body) == ("海湾新桥：今日通车", "三月四日上午，海湾新桥正式通车。\n第二段。")
    assert got.published is not None
    assert got.published.isoformat() == "2025-03-04T10:20:00+08:00"
    assert (got.author, got.source, got.keywords) == ("张小三、李四", "滨海日报", ("桥梁", "交通", "社会"))
    assert got.url == ""  # a path of the blog is no address


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("_posts/2024-12-31-harbour.md", "2024-12-31"),
        ("posts/2024-12-31-harbour/index.md", "2024-12-31"),
        ("posts/2024-12-31-harbour/index.zh.md", "2024-12-31"),
        ("2024-12-31-year/harbour.md", None),
        ("posts/harbour-2024-12-31.md", None),
        ("blog.zip!_posts/2024-12-31-harbour.md", "2024-12-31"),
    ],
)
def test_the_day_a_file_is_named_after(name: str, day: str | None) -> None:
    got = read("---\ntitle: 港口\n---\n正文。", name)
    assert isinstance(got, Article)
    assert (got.published.date().isoformat() if got.published else None) == day
    stated = read("---\ntitle: 港口\ndate: 2025-01-02\n---\n正文。", name)
    assert isinstance(stated, Article)
    assert stated.published is not None
    assert (stated.published.date().isoformat(), stated.precision) == ("2025-01-02", "day")


@pytest.mark.parametrize("mark", ["draft: true", "draft: True", "published: false"])
def test_a_draft_is_passed_over_and_named(mark: str) -> None:
    got = read(f"---\ntitle: 未写完\n{mark}\n---\n正文。")
    assert isinstance(got, Rejected)
    assert "is a draft" in got.reason
    shown = read("---\ntitle: 写完了\ndraft: false\npublished: true\n---\n正文。")
    assert isinstance(shown, Article)
    assert (shown.published, dict(shown.extra)) == (None, {})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: [a\n---\n正文。", "not YAML: line"),
        ("---\na: &x [1]\nb: *x\n---\n正文。", "by reference"),
        ("+++\ntitle = \n+++\n正文。", "not TOML"),
        ("---\n- a: 1\n- b: 2\n---\n正文。", "no table of fields"),
        ("---\nlayout: page\n---\n", "neither a title nor a body"),
    ],
)
def test_broken_front_matter_is_set_aside_with_its_reason(text: str, reason: str) -> None:
    from searchkit.sources.limits import Unreadable

    try:
        got = read(text)
    except Unreadable as error:
        assert reason in error.reason
    else:
        assert isinstance(got, Rejected)
        assert reason in got.reason


def test_a_mapping_comes_before_what_a_field_usually_means() -> None:
    got = read("---\ntitle: 甲\nbiaoti: 乙\ntags: 丙\n---\n正文。", mapping={"title": "biaoti", "section": "tags"})
    assert isinstance(got, Article)
    assert (got.title, got.section, got.keywords) == ("乙", "丙", ())


def test_without_front_matter_the_rules_of_text_dumps_hold() -> None:
    got = read(
        "# 海湾新桥今日通车\n\n2025-03-04 10:20 来源：滨海日报\n\n三月四日上午，**海湾新桥**正式通车，首批车辆驶上桥面。\n"
    )
    assert isinstance(got, Article)
    assert (got.title, got.source) == ("海湾新桥今日通车", "滨海日报")
    assert got.body == "三月四日上午，海湾新桥正式通车，首批车辆驶上桥面。"


def test_two_rules_with_a_text_between_are_no_front_matter() -> None:
    got = read("---\n海湾新桥今日通车\n---\n\n三月四日上午，海湾新桥正式通车，首批车辆驶上桥面。\n")
    assert isinstance(got, Article)
    assert "海湾新桥今日通车" in got.title


def test_markdown_as_plain_text() -> None:
    text = (
        "## 小标题\n\n**粗** _斜_ ~~删~~ [链接](https://a.example/) `码` ![图](a.jpg)\n\n- 一\n- 二\n\n> 引文\n\n"
        "| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |\n\n```\ncode <b>\n```\n\n<!-- 注 -->\n\n<p>段<br>落</p>\n\n"
        '{{< figure src="a.jpg" >}}\n{% include x.html %}\n\n折成两行的\n一个段落。\n\n第一句。\n第二句。\n'
    )
    assert plain_text(text).split("\n") == [
        "小标题", "粗 斜 删 链接 码 ", "一", "二", "引文", "甲\t乙", "1\t2", "code <b>", "段", "落",
        "折成两行的一个段落。", "第一句。", "第二句。",
    ]  # fmt: skip


@pytest.mark.parametrize("head", [YAML, TOML, "\ufeff" + YAML])
def test_front_matter_is_known_by_its_look(head: str) -> None:
    reading = Reading(name="post", file_name="post", timezone=ZONE)
    assert choose(head.encode(), reading).name == "markdown"
    assert choose("---\n\n一段话。\n---\n另一段。".encode(), reading).name == "text"


@pytest.mark.parametrize("mark", ["{%", "{{<", "{:", "<!--", "<script>", "<"])
def test_marks_that_nothing_closes_are_looked_through_once(mark: str) -> None:
    """Each would look through the rest of the text; 20,000 of them took minutes."""
    started = time.process_time()
    assert plain_text(f"渡口\n\n<div>\n{mark * 20_000}\n</div>").startswith("渡口")
    assert time.process_time() - started < 5


def test_shortcodes_and_what_is_not_shown_are_taken_off() -> None:
    assert plain_text("甲{{< fig 一 >}}乙{% raw %}丙{{% x %}}丁{:.note}戊 {{< open") == "甲乙丙丁戊 {{< open"
    assert plain_text("<div>\n甲<!-- 乙\n --><SCRIPT>丙</script ><style>丁</style>戊<br>己\n</div>") == "甲戊\n己"
