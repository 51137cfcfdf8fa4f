"""Exports of reference managers and news databases, corpora and lists of headlines: read, or refused by name."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit.sources as sources
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.sources import Limits

SHANGHAI = ZoneInfo("Asia/Shanghai")
NTH = ".一二三四"
EXAMPLES = Path(__file__).parent / "exports"
TEXT = "江湾渡口恢复通航，渡船每半小时一班，沿岸居民过江不再绕行石桥，往来货物也由此装卸，票价与去年一样。"
MORE = "码头管理处说，第二座浮桥将于明年春天动工，届时两岸的果农可以把梨和橘子当天送到市场，不必再等潮水。"
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16"]


def read(text: str | bytes, encoding: str = "utf-8", **options: object) -> list[Article | Rejected]:
    data = text.encode(encoding) if isinstance(text, str) else text
    return list(sources.read(io.BytesIO(data), **options))  # type: ignore[arg-type]


def articles(text: str, encoding: str = "utf-8") -> list[Article]:
    found = read(text, encoding)
    assert all(isinstance(each, Article) for each in found), found
    return [each for each in found if isinstance(each, Article)]


def titles(text: str, **options: object) -> list[str]:
    return [
        each.title if isinstance(each, Article) else f"! {each.where.partition(':')[2]}"
        for each in read(text, **options)
    ]


def example(name: str) -> str:
    return (EXAMPLES / name).read_text(encoding="utf-8")


RECORDS = ["export.ris", "export.refworks.txt", "export.enw", "export.noteexpress.txt", "export.cnki.txt",
           "factiva.txt", "factiva-pages.txt", "wisers.txt", "wisers-under.txt", "sogou.txt", "trec.txt",
           "fudan.txt"]  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_export_gives_its_articles_in_every_encoding(name: str, encoding: str) -> None:
    for end in ("\n", "\r\n", "\r"):
        found = articles(example(name).replace("\n", end), encoding)
        assert [each.title for each in found] == ["江湾渡口恢复通航", "江湾第二座浮桥动工"]
        assert [each.body.partition("\n")[0] for each in found] == [TEXT, MORE]


@pytest.mark.parametrize("name", [name for name in RECORDS if name not in ("sogou.txt", "trec.txt")])
def test_an_export_says_when_where_and_by_whom(name: str) -> None:
    first = articles(example(name))[0]
    assert (first.source, first.author) == ("江湾日报", "林小满")
    if name == "fudan.txt":
        assert first.published_text == "202503"
    else:
        assert first.published == datetime(2025, 3, 4, tzinfo=SHANGHAI)


def test_many_records() -> None:
    assert len(articles(example("export.ris") * 500)) == 1000


def test_ris_in_other_orders_and_with_faults() -> None:
    assert titles("provider: x\n\nTY  - NEWS\nAU  - 甲\nAU  - 乙\nTI  - 题一\nER  - \n\nTY  - NEWS\nAU  - 丙\nER  - \n"
                  "TY  - NEWS\nTI  - 题三\nAB  - 第一行\n第二行\n\n第三行\nTY  - NEWS\nT1  - 题四\nER  -\n题外的话\n") == [
        "! 1", "题一", "! 9", "题三", "题四", "! 21"]  # fmt: skip
    (first, second) = articles(
        "T1  - 题一\nA1  - 甲\nPY  - 2019\nY1  - 2019/08/01/\nN2  - 文\n\nT1  - 题二\nA1  - 乙\nPY  - 2019///\nUR  - x1\n"
    )
    assert (first.published, first.body) == (datetime(2019, 8, 1, tzinfo=SHANGHAI), "文")
    assert (second.published, second.published_text, second.extra) == (None, "2019", {"link": "x1"})
    (article,) = articles("TY  - NEWS\nTI  - 题\nAU  - 甲; 乙\nKW  - 桥;渡口\nKW  - 船\nAB  - 一\n二\nER  - \n")
    assert (article.author, article.keywords, article.body) == ("甲、乙", ("桥", "渡口", "船"), "一\n二")
    assert titles("PMID- 1\nTI  - A long title that goes\n      on here\nAB  - Text.\nFAU - Li, Wei\n\nPMID- 2\nTI  - Two\nAB  - x\n") == [
        "A long title that goes on here", "Two"]  # fmt: skip


def test_endnote_without_kinds_is_parted_at_empty_lines() -> None:
    assert titles("%A 甲\n%A 乙\n%T 题一\n%D 2019\n\n%A 丙\n%T 题二\n%X 一\n\n二\n") == ["题一", "题二"]
    assert titles("%T 题一\n%A 甲\n%0 Newspaper Article\n\n%T 题二\n%A 乙\n%0 Newspaper Article\n") == ["题一", "题二"]


def test_what_stands_before_the_title_belongs_to_its_record() -> None:
    found = articles("%A 甲\n%A 乙\n%T 题一\n\n%A 丙\n%T 题二\n")
    assert [each.author for each in found] == ["甲、乙", "丙"]


def test_cnki_in_other_orders_and_with_empty_fields() -> None:
    text = "SrcDatabase-来源库: 报纸\nTitle-题名: {}\nAuthor-作者: \nSource-报纸名称: 江湾日报\nSummary-摘要: http://a.example.com 说：好\n"
    assert titles(text.format("题一") + "\n" + text.format("题二") + "\n\n" + text.format("")) == [
        "题一",
        "题二",
        "http://a.example.com 说：好",
    ]
    (article,) = articles(
        "Title-题名: 题\nAuthor-作者: 甲;乙;\nPubTime-出版时间: 2019-08-01\nOrgan-单位: 江湾大学;\nYear-年: 2019\n"
    )
    assert (article.author, article.published, article.extra) == (
        "甲、乙",
        datetime(2019, 8, 1, tzinfo=SHANGHAI),
        {"organ": "江湾大学;"},
    )


def test_factiva_takes_number_and_time() -> None:
    first = articles(example("factiva.txt"))[0]
    assert (first.id, first.section) == ("JWRB000020250304e1340001", "要闻")
    assert titles("HD\n题一\nPD\n2025 年 3 月 4 日\nET\n10:30\nSN\n江湾日报\nLP\n一。\n\nHD\n\nPD\n2025\nSN\n甲\n\nHD\n题三\nTD\n一。\nAN\nJWRB000020250304e1340003\n") == [
        "题一", "! 12", "题三"]  # fmt: skip
    (article,) = articles("HD\t题\nPD\t4 March 2025\nET\t10:30\nSN\tJiangwan Daily\nLP\tThe ferry is back.\n")
    assert article.published == datetime(2025, 3, 4, 10, 30, tzinfo=SHANGHAI)


def test_wisers_takes_page_and_section() -> None:
    first = articles(example("wisers.txt"))[0]
    assert (first.id, first.section, first.extra) == ("202503040130001", "港聞", {"page": "A01"})


def test_records_of_a_corpus_without_ends_and_with_entities() -> None:
    record = "<doc>\n<url>http://a.example.com/{0}?a=1&b=2</url>\n<contenttitle>题{0}</contenttitle>\n<content>A&amp;B <b>说</b> 1 < 2 &nbsp;好</content>\n"
    found = read(
        record.format(1)
        + "</doc>\n"
        + record.format(2)
        + record.format(3)
        + "</doc>\n杂\n<doc>\n</doc>\n<doc><contenttitle>题4\n<content>文</content></doc>"
    )
    assert [each.title if isinstance(each, Article) else each.reason.split()[0] for each in found] == [
        "题1", "题2", "题3", "stands", "the", "题4",
    ]  # fmt: skip
    first = found[0]
    assert isinstance(first, Article)
    assert (first.body, first.url) == ("A&B 说 1 < 2 \u00a0好", "http://a.example.com/1?a=1&b=2")
    assert [
        each.title for each in articles("".join(record.format(n).replace("\n", "") + "</doc>" for n in range(3)))
    ] == ["题0", "题1", "题2"]


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?>\n<articles>\n<article id="1"><head><title>题</title></head><body><![CDATA[<p>文</p>]]></body></article>\n</articles>',
        "<root><news><item><标题>题</标题><title>题</title><content>文</content></item></news></root>",
        '<doc id="7" url="http://a.example.com/7" title="题">\n题\n\n文\n</doc>\n',
        "<DOC>\n<DOCNO> a-1 </DOCNO>\n<HEADLINE>\n题\n</HEADLINE>\n<TEXT>\n<P>\n文\n</P>\n</TEXT>\n</DOC>\n",
        "<doc id=1>\n<summary>题</summary>\n<short_text>文</short_text>\n</doc>\n",
        "<doc>\n<title>题\n<content>文\n</doc>",
    ],
)  # fmt: skip
def test_corpora_in_other_shapes(text: str) -> None:
    (article,) = articles(text)
    assert (article.title, article.body, article.id) == ("题", "文", "")


HEADLINES = [
    "江湾渡口恢复通航",
    "青石桥加固工程完工",
    "石桥镇梨园迎来采摘季",
    "第二座浮桥明年春天动工",
    "新航道试运行一个月",
]


@pytest.mark.parametrize(
    "row",
    ["{0}", "{0}\t{1}", "{1}\t{0}", "体育\t{0}", "655243161343780506{1}_!_102_!_news_sports_!_{0}_!_渡口,桥,船", "{1}. {0}",
     "__label__体育 {0}", "{0} __label__体育", "{0}|||体育", "2025030{1}\t{0}\t体育"],
)  # fmt: skip
def test_a_headline_a_line(row: str) -> None:
    found = articles("\n".join(row.format(title, at) for at, title in enumerate(HEADLINES)) + "\n")
    assert [each.title for each in found] == HEADLINES
    assert all(each.body == "" for each in found)
    if "体育" in row:
        assert {each.section for each in found} == {"体育"}


def test_a_text_beside_its_label_and_a_row_that_does_not_fit() -> None:
    rows = "".join(f"体育\t{n}{TEXT}\n" for n in range(20)) + "坏\n"
    found = read(rows)
    assert len(found) == 21
    assert isinstance(found[0], Article)
    assert (found[0].section, found[0].body) == ("体育", "0" + TEXT)
    assert isinstance(found[20], Rejected)


def test_a_table_in_a_text_file_is_a_table() -> None:
    for sign in (",", "\t"):
        found = articles(f"标题{sign}内容\n题一{sign}{TEXT}\n题二{sign}{MORE}\n")
        assert [each.title for each in found] == ["题一", "题二"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (r"{\rtf1\ansi {\b HD }\u27827?\u21475?}", "RTF"),
        (f"-- MySQL dump 10\nCREATE TABLE a(b int);\nINSERT INTO a VALUES(1,'{TEXT}');", "SQL"),
        (f"insert into news values (1, '{TEXT}');\n" * 3, "SQL"),
        ('<?xml version="1.0"?>\n<opml version="2.0"><body><outline text="a" xmlUrl="http://a.example.com"/></body></opml>', "OPML"),
        ("filedesc://x.arc 0.0.0.0 20080101000000 text/plain 76\n1 0 IA\n", "ARC"),
        (f"@article{{a1,\n  title = {{渡口}},\n  abstract = {{{TEXT}}}\n}}\n", "BibTeX"),
        (f"1:{TEXT}\n发布时间: 2025-03-01 08:30\n点赞数: 1   转发数: 0\n\n2:{MORE}\n发布时间: 2025-03-02 08:30\n点赞数: 3   转发数: 0\n", "posts"),
        (f"1:{TEXT}\n\n2:{MORE}\n\n3:{TEXT}\n".replace("。", ""), ""),
        ("[1] 林小满. 江湾渡口恢复通航[N]. 江湾日报, 2025-03-04(01).\n[2] 周舟. 浮桥动工[N]. 江湾日报, 2025-03-05(02).\n", "references"),
        ("1\n00:00:01,000 --> 00:00:03,000\n渡口通航\n\n2\n00:00:03,000 --> 00:00:05,000\n浮桥动工\n", "subtitles"),
        ("HTTP/1.1 200 OK\nContent-Type: text/html\n\n<p>a</p>", "headers"),
        ("<p>江湾</p><p>渡口</p>\n<div><span>通航</span></div>", "HTML or XML"),
        ('<?xml version="1.0"?>\n<plist><dict><key>a</key><string>b</string></dict></plist>', "XML of a kind"),
        ("import os\n\ndef f(x):\n    return {'a': [x[0], x[1]], 'b': x == 3}\n\nprint(f([1, 2])['a'] == {})\n" * 3, "code"),
        ("\n".join(f"{n},{n + 1},{n + 2}" for n in range(30)), "numbers"),
        ("\n".join(f"甲{n}|乙|丙|{n}" for n in range(30)), "table without a header"),
        ("".join(f"名称: 甲{n}\n地点: 江湾\n人数: {n}\n\n" for n in range(8)), "records"),
        ("\n".join(f"word{n}" for n in range(30)), "a list"),
        (f"Received: from a.example.com\nMessage-ID: <1@a>\nSubject: x\n\n{TEXT}\n", "mail"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_refused_with_what_to_do(text: str, reason: str) -> None:
    for encoding in ("utf-8", "gb18030"):
        (item,) = read(text, encoding)
        if reason:
            assert isinstance(item, Rejected), item
            assert reason in item.reason
    assert read(text, format="text")  # asked for, it is taken as it is


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "江湾渡口恢复通航",
        "江灣渡口恢復通航\n\n江灣渡口昨天恢復通航，渡船每半小時一班。",
        f"题\n2025-03-04 08:30 来源：江湾日报\n{TEXT}\n{MORE}",
        "The ferry is back\n\nThe ferry between the two banks is back after a year, the council said on Monday.",
        "停航通知：今晚八点起停航，明早六点恢复。",
        f"对账单的写法\n\n执行下面这条语句：\n\nINSERT INTO a VALUES (1);\n\n{TEXT}\n{MORE}\n{TEXT}\n{MORE}\n{TEXT}",
        f"票价表\n{TEXT}\n首班：06:30\n末班：21:30\n票价：2元\n电话：123\n{MORE}",
        "春江潮水连海平，海上明月共潮生。\n滟滟随波千万里，何处春江无月明。\n江流宛转绕芳甸，月照花林皆似霰。\n空里流霜不觉飞，汀上白沙看不见。\n江天一色无纤尘，皎皎空中孤月轮。",
        f"1. {TEXT}\n2. {MORE}\n3. {TEXT}",
        f"AI - 新的航道\n{TEXT}\nTY - 不是标签\n{MORE}",
        f"【通航】{TEXT}\n【动工】{MORE}",
        "江湾渡口恢复通航\n渡船每半小时一班",
    ],
)
def test_no_text_of_an_article_is_refused(text: str) -> None:
    for encoding in ("utf-8", "gb18030"):
        (article,) = articles(text, encoding)
        assert article.title


@given(st.text(st.sampled_from("TY-%{}<>doc/【】标题正文:：\t|\n 江湾AB1_!"), max_size=200))
def test_any_text_gives_something(text: str) -> None:
    for format in (
        "auto",
        "ris",
        "endnote",
        "noteexpress",
        "cnki",
        "refworks",
        "factiva",
        "wisers",
        "labelled",
        "doc",
        "headlines",
    ):
        assert read(text, format=format)


def test_a_record_without_an_end_is_bounded() -> None:
    found = read(
        "TY  - NEWS\nTI  - 题\nAB  - 文\n" + "长文字\n" * 2000 + "ER  - \nTY  - NEWS\nTI  - 题二\nER  - \n",
        limits=Limits(record_bytes=1000),
    )
    assert isinstance(found[0], Rejected)
    assert isinstance(found[-1], Article)
    found = read(
        "<doc>\n<title>题</title>\n" + "长文字\n" * 2000 + "<doc>\n<title>题二</title></doc>",
        limits=Limits(record_bytes=1000),
    )
    assert [type(each) for each in found][-1] is Article
    assert "without an end" in next(each.reason for each in found if isinstance(each, Rejected))


def test_a_fault_of_the_reader_costs_one_record_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import searchkit.sources.record as record

    real = record.one_line

    def broken(text: str) -> str:
        if "浮桥" in text:
            raise ZeroDivisionError("oops")
        return real(text)

    monkeypatch.setattr(record, "one_line", broken)
    for name in ("export.ris", "wisers.txt", "sogou.txt", "factiva-pages.txt"):
        (article, fault) = read(example(name))
        assert isinstance(article, Article)
        assert isinstance(fault, Rejected)
        assert "ZeroDivisionError: oops; a fault of the reader" in fault.reason
        assert fault.record
        assert ":" in fault.where
    (article, fault) = read('[{"title": "渡口"}, {"title": "浮桥"}]')
    assert isinstance(article, Article)
    assert isinstance(fault, Rejected)
    assert "please report it" in fault.reason
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("form", ["{0} {1}", "[{0}] {1}", "{1} {0}", "{1}（{0}）", "{0} 08:10 {1}"])
def test_headlines_with_their_day(form: str) -> None:
    found = articles(
        "".join(form.format(f"2025-03-0{day}", f"江湾渡口第{NTH[day]}次通航") + "\n" for day in (1, 2, 3, 4))
    )
    assert [each.title for each in found] == [f"江湾渡口第{NTH[day]}次通航" for day in (1, 2, 3, 4)]
    assert [each.published.day for each in found if each.published] == [1, 2, 3, 4]


def test_an_outlet_and_a_day_over_the_labels_of_a_record() -> None:
    record = "【江湾日报】2025年3月{}日 第03版 要闻\n【标题】{}\n【作者】林小满\n【正文】\n{}\n\n"
    first, second = articles(record.format(4, "渡口恢复通航", TEXT) + record.format(5, "浮桥动工", MORE))
    assert (first.title, first.body, first.source, first.extra) == (
        "渡口恢复通航",
        TEXT,
        "江湾日报",
        {"page": "第03版 要闻"},
    )
    assert (second.title, second.published) == ("浮桥动工", datetime(2025, 3, 5, tzinfo=SHANGHAI))


def test_wisers_with_a_number_over_and_under_each_text() -> None:
    record = "文章編號: 20250304302000{0}\n{1}\n江灣日報 | 2025-03-04\n{2}\n文章編號: 20250304302000{0}\n\n"
    text = record.format(1, "渡口恢復通航", TEXT) + "慧科訊業有限公司\n-----\n" + record.format(2, "浮橋動工", MORE)
    assert [(each.title, each.id[-1], each.body) for each in articles(text)] == [
        ("渡口恢復通航", "1", TEXT), ("浮橋動工", "2", MORE)]  # fmt: skip
    assert titles(text + "題外的話\n") == ["渡口恢復通航", "浮橋動工", "! 15"]


def test_wisers_with_an_outlet_of_any_name_over_the_bars() -> None:
    (article,) = articles(f"渡信\nB02 | 財經 | 2025-03-04\n\n渡口恢復通航\n\n{TEXT}\n\n文章編號: 202503053020002\n")
    assert (article.title, article.source, article.section, article.body) == (
        "渡口恢復通航",
        "渡信",
        "財經",
        TEXT,
    )


def test_factiva_with_a_name_alone_over_the_words() -> None:
    page = "{}210 字\n2025 年 3 月 4 日\n江湾日报\nJWRB\n简体中文\n(c) 2025\n{}\n文件 JWRB000020250304e1340001\n"
    (article,) = articles(page.format("渡口恢复通航\n林小满\n", TEXT))
    assert (article.title, article.author, article.section) == ("渡口恢复通航", "林小满", "")
    (article,) = articles(page.format("要闻\n渡口恢复通航\n", TEXT))
    assert (article.title, article.author, article.section) == ("渡口恢复通航", "", "要闻")
