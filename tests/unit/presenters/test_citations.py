"""Citations of articles of every kind, each with the rule of the standard that it follows."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone
from typing import NamedTuple

import pytest

import searchkit
from searchkit import Article, UsageError, cite
from searchkit.presenters.citations.bibtex import key
from searchkit.presenters.citations.items import item_of, printed_page
from searchkit.presenters.citations.names import names_of
from tests.conftest import at

SEEN = date(2025, 6, 30)
URL = "https://news.example/2025/03/a.html"


class Case(NamedTuple):
    article: Article
    gbt: str
    apa: str


CASES = {
    # GB/T 4.4, 8.8.3: newspaper, date, page in parentheses; no address, so [N] and no day of retrieval (8.4.4)
    "printed page": Case(
        Article(title="滨江长江大桥封闭检修", author="周岸", source="滨江日报", published=at(2025, 3, 4, 8), extra={"page": "第04版"}),
        "周岸. 滨江长江大桥封闭检修[N]. 滨江日报, 2025-03-04(04).",
        "周岸. (2025, March 4). 滨江长江大桥封闭检修. 滨江日报, 04.",
    ),
    # GB/T 4.4 with appendix B: a newspaper on its own site is [N/OL], with day of retrieval and address
    "newspaper online": Case(
        Article(title="渡口复航", author="周岸、许舟", source="滨江日报", site="滨江日报网", url=URL, published=at(2025, 3, 4)),
        f"周岸, 许舟. 渡口复航[N/OL]. 滨江日报, 2025-03-04[2025-06-30]. {URL}.",
        f"周岸, & 许舟. (2025, March 4). 渡口复航. 滨江日报. {URL}",
    ),
    # GB/T 4.6: a page that a person signs: publisher, year, (day of the page)[day of retrieval]
    "web page": Case(
        Article(title="台风登陆", author="何溪", source="东海网", url=URL, published=at(2025, 3, 4)),
        f"何溪. 台风登陆[EB/OL]. 东海网, 2025(2025-03-04)[2025-06-30]. {URL}.",
        f"何溪. (2025, March 4). 台风登陆. 东海网. {URL}",
    ),
    # GB/T 8.1.4: nobody signs a page, so the body that answers for it is its author; APA 9.12: the title moves forward
    "web page without author": Case(
        Article(title="台风登陆", source="东海网", url=URL, published=at(2025, 3, 4)),
        f"东海网. 台风登陆[EB/OL]. (2025-03-04)[2025-06-30]. {URL}.",
        f"台风登陆. (2025, March 4). 东海网. {URL}",
    ),
    # A reprint: what was seen is cited, the site; GB/T 8.1.4 names the agency as the author
    "reprint": Case(
        Article(title="救援展开", source="环海通讯社", site="东海网", url=URL, published=at(2025, 3, 4)),
        f"环海通讯社. 救援展开[EB/OL]. 东海网, 2025(2025-03-04)[2025-06-30]. {URL}.",
        f"救援展开. (2025, March 4). 东海网. {URL}",
    ),
    # GB/T 8.1.3: a numeric entry without an author begins with the title
    "newspaper without author": Case(
        Article(title="老照片里的站台", source="滨江日报", published=at(2025, 3, 4)),
        "老照片里的站台[N]. 滨江日报, 2025-03-04.",
        "老照片里的站台. (2025, March 4). 滨江日报.",
    ),
    # GB/T 8.1.2: three of four authors, then 等; APA 9.8 names up to twenty; 欧阳 is a surname of two characters
    "four authors": Case(
        Article(title="古城夜市", author="高晴 何溪 欧阳远 马骁", source="滨江晚报", published=at(2025, 3, 4)),
        "高晴, 何溪, 欧阳远, 等. 古城夜市[N]. 滨江晚报, 2025-03-04.",
        "高晴, 何溪, 欧阳远, & 马骁. (2025, March 4). 古城夜市. 滨江晚报.",
    ),
    # GB/T 8.1.1: capitals and initials without stops, and et al.; APA 9.8: initials with stops; 9.19: no stop after ?
    "four Latin authors": Case(
        Article(
            title="Will the bridge open?", author="By Ada Reed, Jean-Luc M. Bell, Mary van Dorn and Tom Hill",
            source="The River Times", published=at(2025, 3, 4),
        ),
        "REED A, BELL J-L M, VAN DORN M, et al. Will the bridge open?[N]. The River Times, 2025-03-04.",
        "Reed, A., Bell, J.-L. M., van Dorn, M., & Hill, T. (2025, March 4). Will the bridge open? The River Times.",
    ),
    # GB/T 8.1.1: pinyin begins with the family's name; an agency has no parts (8.1.4; APA 9.11)
    "pinyin and an agency": Case(
        Article(title="Harbour reopens", author="Zhang Xiaoming; Harbour News Agency", source="Harbor Weekly", published=at(2025, 3, 4)),
        "ZHANG Xiaoming, Harbour News Agency. Harbour reopens[N]. Harbor Weekly, 2025-03-04.",
        "Zhang, X., & Harbour News Agency. (2025, March 4). Harbour reopens. Harbor Weekly.",
    ),
    # No date: GB/T leaves the element out; APA 9.17: (n.d.)
    "no date": Case(
        Article(title="旧闻一则", author="马骁", source="东海网", url=URL),
        f"马骁. 旧闻一则[EB/OL]. 东海网[2025-06-30]. {URL}.",
        f"马骁. (n.d.). 旧闻一则. 东海网. {URL}",
    ),
    # Only a day is known: no style gives more than the day anyway. The title's own marks stay (GB/T 8.2: as in the source)
    "day only, title with quotes": Case(
        Article(title="“长江”号：\n《首航》 \"平安\"", author="记者周岸", source="滨江日报", published=at(2025, 3, 4), precision="day"),
        "周岸. “长江”号： 《首航》 \"平安\"[N]. 滨江日报, 2025-03-04.",
        "周岸. (2025, March 4). “长江”号： 《首航》 \"平安\". 滨江日报.",
    ),
    # No source: what is not known is left out
    "no source": Case(
        Article(title="无来源", url=URL, published=at(2025, 3, 4)),
        f"无来源[EB/OL]. (2025-03-04)[2025-06-30]. {URL}.",
        f"无来源. (2025, March 4). {URL}",
    ),
    # Only a title
    "only a title": Case(Article(title="只有标题"), "只有标题[N].", "只有标题. (n.d.)."),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_gbt7714(name):
    assert cite(CASES[name].article, "gbt7714", accessed=SEEN) == CASES[name].gbt


@pytest.mark.parametrize("name", CASES)
def test_apa(name):
    assert cite(CASES[name].article, "apa", accessed=SEEN) == CASES[name].apa


def test_apa_names_nineteen_of_more_than_twenty_authors_and_the_last():
    authors = "; ".join(f"Ada R{chr(97 + number)}" for number in range(22))
    shown = cite(Article(title="T", author=authors), "apa")
    assert shown.startswith("Ra, A., Rb, A.,") and "Rs, A., . . . Rv, A. (n.d.)" in shown and "Rt, A." not in shown


def test_csl():
    assert json.loads(cite(CASES["reprint"].article, "csl", accessed=SEEN)) == {
        "id": item_of(CASES["reprint"].article)["id"],
        "type": "webpage",
        "title": "救援展开",
        "container-title": "东海网",
        "original-publisher": "环海通讯社",
        "issued": {"date-parts": [[2025, 3, 4]]},
        "accessed": {"date-parts": [[2025, 6, 30]]},
        "language": "zh",
        "URL": URL,
    }


def test_the_day_of_a_capture_is_the_day_of_retrieval():
    captured = Article(title="台风", source="东海网", url=URL, extra={"fetched": "2024-05-06T07:08:09Z"})
    assert "[2024-05-06]" in cite(captured, "gbt7714")
    assert "accessed" not in item_of(Article(title="台风", source="东海网", url=URL))


def test_a_day_is_that_of_the_articles_own_zone():
    late = datetime(2025, 3, 3, 23, 0, tzinfo=timezone.utc)
    assert "2025-03-03" in cite(Article(title="夜", published=late), "gbt7714")


def test_an_unknown_style():
    with pytest.raises(UsageError, match="'mla'"):
        cite(Article(title="x"), "mla")


@pytest.mark.parametrize(
    ("extra", "section", "page"),
    [
        ({"page": "第04版"}, "", "04"), ({"page": "A01"}, "", "A01"), ({"版次": "12版"}, "", "12"), ({"page": "头版"}, "", "1"),
        ({}, "A03版：要闻", "A03"), ({}, "第7版 国际", "7"), ({}, "要闻", ""), ({"page": "首页 > 财经"}, "", ""), ({}, "2025版图", ""),
        ({"SP": "3-4"}, "", "3-4"),
    ],
)  # fmt: skip
def test_printed_pages(extra, section, page):
    assert printed_page(Article(title="x", extra=extra, section=section)) == page


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("新华社记者 李明 本报通讯员王小二", [{"family": "李", "given": "明"}, {"family": "王", "given": "小二"}]),
        ("约翰·史密斯", [{"literal": "约翰·史密斯"}]),
        ("东海市气象台", [{"literal": "东海市气象台"}]),
        ("Smith, John", [{"family": "Smith", "given": "John"}]),
        ("Reuters", [{"literal": "Reuters"}]),
        ("周岸，周岸", [{"family": "周", "given": "岸"}]),
        ("记者", []),
        ("", []),
    ],
)
def test_names(printed, names):
    assert names_of(printed) == names


# -- read back


HARD = Article(
    id="难/1", title='100% {of} "C:\\x" & #1_a ~ $5 ^', author="O'Hara, Ann; 周岸 及 东海市气象台", source="Harbor {Times}",
    published=at(2025, 3, 4), url="https://news.example/a?b={c}&d=50%25", keywords=("桥", "bridge"), section="City",
)  # fmt: skip


def test_bibtex_is_read_back():
    bibtexparser = pytest.importorskip("bibtexparser")
    articles = [*(case.article for case in CASES.values()), HARD]
    text = "\n\n".join(cite(each, "bibtex", accessed=SEEN) for each in articles)
    parser = bibtexparser.bparser.BibTexParser(common_strings=True)
    entries = bibtexparser.loads(text, parser).entries
    assert [each["title"] for each in entries[:-1]] == [
        f"{{{item_of(case.article)['title']}}}" for case in CASES.values()
    ]
    assert len({each["ID"] for each in entries}) == len(articles)
    by_name = dict(zip(CASES, entries, strict=False))
    paged = {name: value for name, value in by_name["printed page"].items() if name != "ID"}
    assert paged == {
        "ENTRYTYPE": "article", "author": "{周岸}", "title": "{滨江长江大桥封闭检修}", "journal": "滨江日报", "year": "2025",
        "month": "March", "day": "4", "pages": "04",
    }  # fmt: skip
    assert by_name["four Latin authors"]["author"] == "Reed, Ada and Bell, Jean-Luc M. and van Dorn, Mary and Hill, Tom"
    assert by_name["reprint"]["ENTRYTYPE"] == "misc" and by_name["reprint"]["urldate"] == "2025-06-30"


def test_bibtex_escapes_what_tex_acts_on():
    shown = cite(HARD, "bibtex")
    assert (
        r'title = {{100\% \textbraceleft{}of\textbraceright{} "C:\textbackslash{}x" \& \#1\_a \textasciitilde{} \$5 '
        r"\textasciicircum{}}}"
    ) in shown
    assert "url = {https://news.example/a?b=%7Bc%7D&d=50%25}" in shown
    assert shown.count("{") == shown.count("}")


def test_keys_of_bibtex_are_different():
    assert key("a-1") == "a-1"
    assert len({key("难/1"), key("难/2"), key("1"), key("难1")}) == 4
    assert all(each.isascii() for each in (key("难/1"), key("难")))


def test_ris_is_read_back_by_rispy():
    rispy = pytest.importorskip("rispy")
    articles = [*(case.article for case in CASES.values()), HARD]
    found = rispy.loads("\n\n".join(cite(each, "ris", accessed=SEEN) for each in articles) + "\n")
    assert [each["title"] for each in found] == [item_of(each)["title"] for each in articles]
    assert found[0]["start_page"] == "04" and found[0]["type_of_reference"] == "NEWS"
    assert found[-1]["authors"] == ["O'Hara, Ann", "周岸", "及", "东海市气象台"]


def test_ris_is_read_back_by_ingest(tmp_path):
    articles = [*(case.article for case in CASES.values()), HARD]
    path = tmp_path / "cited.ris"
    path.write_text("\n\n".join(cite(each, "ris", accessed=SEEN) for each in articles) + "\n", encoding="utf-8")
    found = list(searchkit.read(path))
    assert [each.title for each in found] == [item_of(each)["title"] for each in articles]
    for read, given in zip(found, articles, strict=True):
        shown = item_of(given)
        assert (read.source, read.url) == (shown.get("container-title", ""), given.url)
        assert read.published is given.published is None or read.published.date() == given.published.date()
        assert names_of(read.author) == names_of(given.author)
