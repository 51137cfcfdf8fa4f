"""HTML in the fields of records, as text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.sources.markup import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>滨江大桥<strong>夜间</strong>封闭&nbsp;施工。</p>\n<p>市民请绕行。<script>a()</script></p>", "滨江大桥夜间封闭\u00a0施工。\n市民请绕行。"),
        ("甲&amp;乙签约", "甲&乙签约"),
        ("第一段<br>第二段<BR />第三段", "第一段\n第二段\n第三段"),
        ("<!-- 注 --><div class='a'>一<img src=x onerror='y'>二</div>", "一二"),
        ("<table><tr><td>首班</td><td>06:30</td></tr><tr><td>末班</td><td>21:30</td></tr></table>", "首班\t06:30\n末班\t21:30"),
        ("&lt;p&gt;再次转义&lt;/p&gt;", "再次转义"),
        ('见<a href="https://a.example.com/?a=1&copy=2">链接</a>\n第二行', "见链接\n第二行"),
        ("<p>大桥\n  今晚封闭 a\nb</p>", "大桥今晚封闭 a b"),
        ("<style>p{}</style><h1>题</h1>文", "题\n文"),
        ("当 a < b 且 c > d 时，<正>文", "当 a < b 且 c > d 时，<正>文"),
        ("AT&T 与 R&D;&copy=1", "AT&T 与 R&D;&copy=1"),
        ("第一行\n\n  第二行", "第一行\n\n  第二行"),
        ("<script>没有结尾", "<script>没有结尾"),
        ("<p>有<script>没有结尾", "有"),
    ],
)  # fmt: skip
def test_html_becomes_the_lines_a_reader_sees(html: str, text: str) -> None:
    assert plain_text(html) == text


@given(st.text(st.characters(exclude_characters="<&")))
def test_what_is_no_html_stays(text: str) -> None:
    assert plain_text(text) == text


@pytest.mark.parametrize(
    "piece",
    ["<", "<p ", "<p", "</p", "&", "&#", "<!--", "<script>", "<script ", " ", "\n ", "<p>", "<a href=", "&lt;p"],
)
def test_hostile_html_takes_no_time(piece: str) -> None:
    start = time.process_time()
    plain_text("<p>x</p>" + piece * (1 << 16))
    plain_text(piece * (1 << 16))
    assert time.process_time() - start < 2
