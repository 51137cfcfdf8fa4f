"""HTML for notebooks: nothing of a text is taken for HTML, and it stays small."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import searchkit
from searchkit import Bucket, Snippet
from searchkit.language.chosen import using_language
from searchkit.model.aggregations import Facet, PeriodTerms, Term, TermsByPeriod, Trend, Trends
from searchkit.presenters import html
from searchkit.presenters.terminal_text import safe
from tests.conftest import NEWS, TODAY, examples

TAGS = {
    "div", "p", "span", "b", "a", "table", "thead", "tbody", "tr", "th", "td", "svg", "g", "rect", "title", "path", "text",
}  # fmt: skip
ATTRIBUTES = {
    "style", "lang", "href", "target", "rel", "role", "aria-label", "aria-hidden", "width", "height", "viewbox", "fill",
    "opacity", "stroke", "d", "x", "y", "font-size", "text-anchor",
}  # fmt: skip
EMPTY = {"rect", "path"}


class Parsed(HTMLParser):
    """The tags, attributes and texts of a piece of HTML in which every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in EMPTY
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def parsed(text: str) -> Parsed:
    found = Parsed(text)
    assert set(found.tags) <= TAGS
    assert {name for name, _ in found.attributes} <= ATTRIBUTES
    assert all(value.lower().startswith(("http://", "https://")) for name, value in found.attributes if name == "href")
    styles = "".join(value for name, value in found.attributes if name == "style")
    assert "url(" not in styles and "color" not in styles.replace("currentColor", "") and "#" not in styles
    return found


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with searchkit.open(tmp_path_factory.mktemp("html") / "index", create=True, today=lambda: TODAY) as made:
        made.upsert_all(NEWS)
        made.upsert(replace(NEWS[0], id="linked", url="https://news.example/1?a=1&b=2"))
        yield made


def test_results_are_a_table_with_marks_and_links(archive):
    found = archive.search("长江", since="2025")
    text = html.results(found)
    shown = parsed(text)
    assert ("href", "https://news.example/1?a=1&b=2") in shown.attributes
    assert "长江" in shown.texts and "滨江日报" in shown.texts and "2025-03-04 08:30:00" in shown.texts
    assert {"2 articles, by relevance", "words: 长江"} <= set(shown.texts)
    assert [each for each in shown.texts if each.startswith("days: ") and "2025-01-01" in each]
    assert "chosen at random with seed 3" in html.results(archive.search("长江", sample=1, seed=3))


RISING = Trends(
    (Trend("洪水", 9, 3, 0.4, 0.3, 96.5, 41.7, "levee", "堤防转入巡查"),), date(2025, 6, 24), date(2025, 6, 30), 9, 9, 40,
    (Bucket("2025-06-17", date(2025, 6, 17), date(2025, 6, 23), 40),),
    searchkit.Parsed("", "", (), None, "Asia/Shanghai", ("注",)),
)  # fmt: skip


def test_several_queries_are_pictures_of_one_scale(archive):
    found = archive.timelines({"长江": "长江", "机组": "机组 OR 晶片"}, by="quarter", share=True, since="2024-07")
    shown = parsed(html.timelines(found))
    assert shown.tags.count("svg") == 2 and {"长江: 2 articles", "机组: 2 articles"} <= set(shown.texts)
    assert "at most 100.00%" in shown.texts and "2025-Q1: 66.67%" in shown.texts
    assert "share of all articles by quarter" in shown.texts
    heights = sorted(float(value) for name, value in shown.attributes if name == "height")
    assert heights[:2] != heights[2:4], "a share of two thirds is lower than one of all"
    gaps = parsed(html.timelines(archive.timelines({"长江": "长江"}, since="2024-07", by="quarter")))
    assert [each for each in gaps.texts if each.startswith("the archive has a gap")]


def test_words_of_each_period_are_a_table():
    words = (Term("洪水", 9.5, 2.0, 5, 1), Term("<b>", 8.5, 2.0, 4, 0))
    day = date(2025, 1, 1)
    found = TermsByPeriod("year", (PeriodTerms("2025", day, day, 7, 9, words),), 16, 16, 0, RISING.parsed)
    shown = parsed(html.terms_by(found))
    text = "".join(shown.texts)
    assert "洪水 5:1, <b> 4:0" in text and "year" in shown.texts and "b" not in shown.tags


def test_an_empty_answer_says_what_to_ask_instead(archive):
    text = html.results(archive.search("长江", source="海门日报"))
    assert "0 articles" in text and "try: " in text and "<table" not in text
    parsed(text)


def test_other_results(archive):
    for found, form, words in (
        (archive.facets("长江", fields=("source", "author")), html.facets, ["source", "滨江日报"]),
        (archive.compare("长江", "晶片"), html.comparison, ["0 articles in both"]),
        (archive.terms("长江"), html.terms, ["2 articles"]),
        (archive.similar("linked", reprints=True), html.similar, ["similar article"]),
        (archive.timeline("长江 OR 机组", by="month"), html.timeline, ["2024-10", "2025-03", "3 articles, by month"]),
        (archive.timeline("无此词语"), html.timeline, ["0 articles"]),
        (archive.timelines({"甲": "无此词语"}), html.timelines, ["articles by month"]),
        (archive.terms("长江", by="year"), html.terms_by, ["year", "2025", "2 articles"]),
        (RISING, html.trends, ["洪水", "2025-06-24 to 2025-06-30: 9 articles", "note: 注", "96.5", "堤防转入巡查"]),
        (replace(RISING, trends=()), html.trends, ["no word rises surely"]),
    ):
        text = form(found)
        assert [word for word in words if word not in text] == []
        parsed(text)


def test_what_is_told_is_in_the_language_in_use(archive):
    found = [
        archive.search("长江", since="2025"), archive.search("长江", source="海门日报"), archive.search("长江 大熊猫"),
        archive.search("长江", sample=1), archive.similar("linked", reprints=True), archive.timeline("长江 OR 机组"),
        archive.facets(fields=("source", "author"), limit=1), archive.terms("长江"), archive.compare("长江", "晶片"),
        archive.terms("长江", by="month"), archive.timelines({"甲": "长江"}, share=True, smooth=3, since="2024"),
        RISING, archive.trends(),
    ]  # fmt: skip
    values = tuple((f"报{number}", 1) for number in range(200))
    rows = replace(archive.facets(), facets=(Facet("source", values, 0, 300),))
    with using_language("zh-CN"):
        for each in [*found, rows]:
            texts = parsed(html.FORMS[type(each)](each)).texts
            # What is left in letters is quoted: a time zone, words of the archive and of the query.
            words = set(re.findall("[A-Za-z]{3,}", " ".join(texts)))
            assert words <= {"Asia", "Shanghai", "date", "source", "DeepSeek"}, texts
        assert {"还有 100 行", "还有 100 个值"} <= set(texts)


@pytest.fixture(scope="module")
def answers(archive):
    return archive.search("长江"), archive.facets("长江"), archive.terms("长江")


HOSTILE = st.text(
    st.one_of(st.sampled_from("<>&\"'/=`;! \n\x00\x1b\u202e\u2028\ud800长"), st.characters()), max_size=25
) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</span></table><svg onload=a>",
        "&lt;b&gt;",
        "-->",
        '" onmouseover="a"',
    ]
)


@examples(60)
@example("<b>", '" onmouseover="a" x="', "https://")
@given(HOSTILE, HOSTILE, st.sampled_from(["", "https://", "javascript:", "HTTP://"]))
def test_no_text_is_taken_for_html(answers, text, other, scheme):
    results, facets, terms = answers
    snippet = Snippet(text, ((0, min(2, len(text))),))
    hit = replace(
        results[0],
        title=text,
        url=scheme + other,
        source=other,
        snippets=(snippet,),
        title_marks=((len(text), len(text)),),
    )
    results = replace(results, hits=(hit,), parsed=replace(results.parsed, words=(text,), notes=(other,)))
    shown = parsed(html.results(results))
    assert safe(text) in "".join(shown.texts)
    facets = replace(facets, facets=(Facet("source", ((text, 1),), 0, 1),))
    terms = replace(terms, terms=(Term(text, 1.0, 1.0, 1, 1),))
    for each in (html.facets(facets), html.terms(terms)):
        assert safe(text) in "".join(parsed(each).texts)


def test_long_results_stay_small(archive):
    found = archive.search("长江")
    many = replace(found, hits=(found[0],) * 5000)
    text = html.results(many)
    assert text.count("<tr>") == 1 + html.MOST_ROWS and "and 4,900 more rows" in text and len(text) < 200_000


@pytest.mark.parametrize("days", [1, 400, 10_000])
def test_a_timeline_of_any_length_is_one_picture(archive, days):
    buckets = tuple(
        Bucket(day.isoformat(), day, day, n % 7) for n in range(days) for day in [date(1990, 1, 1) + timedelta(n)]
    )
    text = html.timeline(replace(archive.timeline("长江"), buckets=buckets, by="day"))
    shown = parsed(text)
    assert shown.tags.count("svg") == 1 and len(text) < 300_000
    assert "1990-01-01" in shown.texts
