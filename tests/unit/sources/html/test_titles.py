"""The headline and the site."""

from __future__ import annotations

import pytest

from searchkit.sources.html.metadata import metadata
from searchkit.sources.html.titles import headline
from searchkit.sources.html.tree import Page, parse

TITLE = "海湾新桥今日通车 两岸车程缩短一小时"


def found(title: str, body: str, head: str = ""):
    root = parse(f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode())
    return headline(Page(root), metadata(root))


@pytest.mark.parametrize("separator", ["_", " - ", "-", " | ", "|", "｜", "--", " – "])
def test_the_ending_of_title_is_the_site(separator):
    got = found(f"{TITLE}{separator}某某网", f"<h1>{TITLE}</h1>")
    assert (got.text, got.site) == (TITLE, "某某网")
    hidden = found(f"{TITLE}{separator}某某网", "<p>正文</p>")
    assert (hidden.text, hidden.site, hidden.at) == (TITLE, "某某网", -1)


@pytest.mark.parametrize(
    "body",
    [
        f"<h1><a href='/'>某某网</a></h1><h2>{TITLE}</h2>",
        f"<h1>新闻中心</h1><p class='bt'>{TITLE}</p>",
        f"<table><tr><td><b>{TITLE}</b></td></tr></table>",
        f"<ul><li><a href='x'>{TITLE}</a></li></ul><h1>{TITLE}</h1>",
    ],
)
def test_the_headline_is_what_title_begins_with(body):
    got = found(f"{TITLE}_国内_某某网", body)
    assert (got.text, got.site, got.section) == (TITLE, "某某网", "国内")


def test_a_cut_title_is_completed_from_the_page():
    assert found(f"{TITLE[:12]}..._某某网".replace("_某某网", ""), f"<h1>{TITLE}</h1>").text == TITLE


def test_a_title_with_dashes_of_its_own_stays_whole():
    title = "中国-东盟博览会开幕 “一带一路”成焦点"
    assert found(f"{title}-某某网", "<p>正文</p>").text == title


def test_white_space_is_kept_as_one_space():
    assert found(f"{TITLE}_某某网", "<h1>海湾新桥今日通车\n   两岸车程缩短一小时</h1>").text == TITLE


def test_without_title_the_heading():
    assert found("", f"<h1>{TITLE}</h1>").text == TITLE


def test_without_either_nothing():
    assert found("", "<p>正文。</p>").text == ""


def test_the_occurrence_with_a_dateline_under_it_is_the_headline():
    got = found(f"{TITLE}_某某网", f"<h1>{TITLE}</h1>{'<p>导航</p>' * 20}<h1>{TITLE}</h1><p>2025-03-04 10:20</p>")
    assert got.at == 21


def test_the_stated_site_comes_first():
    assert (
        found(f"{TITLE}_某某网", f"<h1>{TITLE}</h1>", '<meta property="og:site_name" content="滨海在线">').site
        == "滨海在线"
    )


@pytest.mark.parametrize("tag", ["h1", "div"])
def test_a_headline_broken_over_two_lines_is_one(tag):
    got = found(
        f"{TITLE.replace(' ', '')}_某某网",
        f"<{tag}>海湾新桥今日通车<br>两岸车程缩短一小时</{tag}><p>2025-03-04 10:20</p>",
    )
    assert got.text == TITLE


DATELINE = "<p>2025-03-04 10:20</p>"


@pytest.mark.parametrize("title", ["新闻详情", "某某网", "正文", ""])
def test_where_title_says_nothing_the_heading_over_the_dateline(title):
    got = found(title, f"<h1>{TITLE}</h1>{DATELINE}")
    assert (got.text, got.at) == (TITLE, 0)


def test_a_headline_edited_after_title_was_made():
    shown = "海湾新桥今日正式通车 两岸车程缩短一小时"
    assert found(f"{TITLE}_某某网", f"<h2>财经要闻每日推荐</h2><h1>{shown}</h1>{DATELINE}").text == shown


def test_the_site_before_the_headline():
    assert found(f"某某网_{TITLE}", f"<div>{TITLE}</div>{DATELINE}").text == TITLE


def test_a_label_that_the_headline_begins_with_is_not_the_headline():
    assert found(f"海湾新桥{TITLE}_某某网", "<b>海湾新桥</b><p>正文。</p>").text == f"海湾新桥{TITLE}"
