"""What stands in a page's text and is not read as part of it: hints for line breaks, readings, letterspacing."""

from __future__ import annotations

import pytest

from searchkit.sources.html.fragment import fragment_text
from searchkit.sources.html.page import extract


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>绕&#8203;行路线预计工&ZeroWidthSpace;期</p>", "绕行路线预计工期"),
        ("<p>in&shy;ter&#173;net</p>", "internet"),
        ("<p>甲&#xFEFF;乙&NoBreak;丙</p>", "甲乙丙"),
        ("<p>甲&nbsp;&#8203; 乙</p>", "甲 乙"),
        ("<p>市长<ruby>邴<rt>bǐng</rt></ruby>某某</p>", "市长邴某某"),
        ("<p><ruby>滨<rp>(</rp><rt>bīn</rt><rp>)</rp>江<rp>(</rp><rt>jiāng</rt><rp>)</rp></ruby>隧道</p>", "滨江隧道"),
        ("<p><ruby><rb>漢</rb><rtc><rt>かん</rt></rtc></ruby>字</p>", "漢字"),
        ("<p>👨&zwj;👩</p>", "👨\u200d👩"),
    ],
)
def test_a_line(html, text):
    assert fragment_text(html) == text


def test_a_letterspaced_page_is_closed_up(page, told, zone):
    title, body, _ = told
    spaced = {ord(char): f"{char} " for char in title + body if "\u4e00" <= char <= "\u9fff" or char in "，。"}
    html = page(title=f"{title}_某某网").translate(spaced)
    got = extract(html.encode(), url="https://news.example/a.html", timezone=zone)
    assert "横跨海湾的新桥正式通车，首批车辆从东岸收费站缓缓驶上桥面，" in got.body
    assert "海湾新桥今日通车" in got.title
