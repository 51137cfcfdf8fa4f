"""Saved pages and plain files, to articles."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit.sources as sources
from searchkit.model.article import Article, Related
from searchkit.model.rejected import Rejected
from tests.conftest import examples

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAGE = (Path(__file__).parent / "pages/bridge.txt").read_text(encoding="utf-8")
TITLE = "青石桥完成“体检” 老城交通月底恢复"


def items(text: str) -> list[Article | Rejected]:
    return list(sources.read(io.BytesIO(text.encode()), format="text"))


def one(text: str) -> Article:
    found = items(text)
    assert len(found) == 1
    assert isinstance(found[0], Article)
    return found[0]


def test_a_saved_page_gives_all_its_fields() -> None:
    article = one(PAGE)
    assert article.title == TITLE
    assert article.published == datetime(2024, 5, 6, 8, 9, 10, tzinfo=SHANGHAI)
    assert (article.published_text, article.precision) == ("2024-05-06 08:09:10", "second")
    assert (article.author, article.source, article.site, article.section) == ("城建观察林小满", "", "江湾在线", "本地")
    assert (article.keywords, article.editor, article.kind, article.url) == ((), "周舟", "article", "")
    paragraphs = article.body.split("\n")
    assert len(paragraphs) == 3
    assert paragraphs[0].startswith("江湾市住建部门")
    assert paragraphs[2].endswith("月底恢复经过此桥。")
    assert article.extra == {"related_printed": "6", "site_domain": "jiangwan.example.com"}


def test_the_list_of_other_news_is_kept_in_order_without_repeats() -> None:
    related = one(PAGE).related
    assert [each.title for each in related] == [
        "北山水库蓄水过半 春灌用水有保障", "面价两年没变的早点铺 老板娘说出原因", "新米每斤2.8元上市 农户笑了",
        "百岁老人的秘方:每天走三千步", "渡口停航",
    ]  # fmt: skip
    assert related[2] == Related(
        "新米每斤2.8元上市 农户笑了",
        "新米每斤2。8元上市",
        datetime(2024, 6, 1, 9, 59, 59, tzinfo=SHANGHAI),
        "2024-06-01 09:59:59",
    )
    assert related[3].short_title == "百岁老人每天走3000步"
    assert related[4].short_title == "渡口停航"


def test_nothing_of_the_list_is_in_the_body() -> None:
    body = one(PAGE).body
    assert not any(
        word in body for word in ("水库", "早点铺", "关闭", "相关新闻", "×", "周舟", "责任编辑", "2024-06-01")
    )


def test_pages_saved_one_after_the_other_are_parted() -> None:
    other = PAGE.replace("青石桥", "白塔桥").replace("2024-05-06", "2024-05-07")
    for text in (PAGE + other, PAGE + "\n" + other, PAGE + "\n\f" + other, PAGE + "\n=======\n" + other):
        assert items(text) == [one(PAGE), one(other)]


def test_a_page_without_a_list() -> None:
    article = one(PAGE[: PAGE.index("关闭")])
    assert (article.title, article.related, article.editor, article.extra) == (
        TITLE,
        (),
        "周舟",
        {"site_domain": "jiangwan.example.com"},
    )


def test_a_page_whose_list_is_not_set_off() -> None:
    text = PAGE.replace("关闭\n\n", "").replace("(责任编辑:周舟)", "")
    article = one(text)
    assert len(article.related) == 5
    assert article.body == one(PAGE).body


def test_the_source_is_printed() -> None:
    line = "2024-05-06 08:09:10\u00a0\u00a0城建观察林小满"
    for text in (
        PAGE.replace(line, "来源：新华社\n" + line),
        PAGE.replace(line, line + "  来源：新华社"),
        PAGE.replace(line, "来源：新华社 作者：城建观察林小满 时间：2024-05-06 08:09:10"),
        PAGE.replace(line, "2024-05-06 08:09:10 | 新华社 | 城建观察林小满"),
        PAGE.replace("(责任编辑", "（来源：新华社）(责任编辑"),
    ):
        article = one(text)
        assert (article.source, article.author) == ("新华社", "城建观察林小满")
        assert article.published == datetime(2024, 5, 6, 8, 9, 10, tzinfo=SHANGHAI)
        assert article.body == one(PAGE).body


@pytest.mark.parametrize(
    ("line", "author", "source", "precision"),
    [
        ("2024-05-06 08:09  林小满 王大川", "林小满 王大川", "", "minute"),
        ("2024年5月6日", "", "", "day"),
        ("2024-05-06 08:09 江湾晚报 记者 林小满", "林小满", "江湾晚报", "minute"),
        ("江湾晚报 2024-05-06 08:09", "", "江湾晚报", "minute"),
        ("作者：林小满 王大川 | 2024-05-06", "林小满 王大川", "", "day"),
        ("2024-05-06 08:09:10来源：江湾晚报", "", "江湾晚报", "second"),
        ("发布时间：2024-05-06 08:09  阅读 1234  [字号 大 中 小]", "", "", "minute"),
        ("2024-05-06 08:09  文丨林小满", "林小满", "", "minute"),
    ],
)
def test_datelines(line: str, author: str, source: str, precision: str) -> None:
    for text in (
        PAGE.replace("2024-05-06 08:09:10\u00a0\u00a0城建观察林小满", line),
        f"{TITLE}\n{line}\n正文第一段。\n正文第二段。\n",
    ):
        article = one(text)
        assert (article.title, article.author, article.source, article.precision) == (TITLE, author, source, precision)
        assert article.published is not None


def test_a_page_without_any_time() -> None:
    article = one(PAGE.replace("2024-05-06 08:09:10\u00a0\u00a0城建观察林小满\n", ""))
    assert (article.title, article.section, article.published, article.published_text) == (TITLE, "本地", None, "")
    assert article.body == one(PAGE).body


def test_keywords_and_bread_crumbs() -> None:
    article = one(PAGE.replace("关键词:", "关键词: 桥梁 加固").replace("本地\n", "首页 > 新闻 > 本地 > 正文\n"))
    assert article.keywords == ("桥梁", "加固")
    assert article.section == "新闻 > 本地"


def test_an_impossible_time_is_kept_as_printed() -> None:
    article = one(PAGE.replace("2024-05-06 08:09:10", "2024-02-30 08:09:10"))
    assert (article.published, article.published_text, article.author) == (
        None,
        "2024-02-30 08:09:10",
        "城建观察林小满",
    )


def test_a_plain_file_with_labels() -> None:
    article = one(
        "标题：渡口停航\n来源：江湾晚报\n作者：林小满\n\n时间：2024年5月6日\n正文：\n第一段。\n时间：昨天下午，地点：桥头。\n"
    )
    assert article == Article(
        title="渡口停航", body="第一段。\n时间：昨天下午，地点：桥头。", source="江湾晚报", author="林小满", precision="day",
        published=datetime(2024, 5, 6, tzinfo=SHANGHAI), published_text="2024年5月6日",
    )  # fmt: skip


def test_plain_files() -> None:
    assert one("渡口停航") == Article(title="渡口停航")
    article = one("渡口停航\n\n渡口今日停航，市民绕行。\n2024年5月6日，桥面封闭。\n")
    assert (article.title, article.published) == ("渡口停航", None)
    assert article.body == "渡口今日停航，市民绕行。\n2024年5月6日，桥面封闭。"
    article = one("2024-05-06 08:09\n渡口停航\n渡口今日停航。\n")
    assert (article.title, article.body, article.published_text) == ("渡口停航", "渡口今日停航。", "2024-05-06 08:09")
    article = one("渡口停航\n——记一个老渡口\n本报记者 林小满\n2024-05-06 08:09\n渡口今日停航。\n")
    assert (article.title, article.body, article.author) == ("渡口停航", "——记一个老渡口\n渡口今日停航。", "林小满")
    article = one("渡口今日停航。" * 20)
    assert (article.title, article.body) == ("渡口今日停航。", "渡口今日停航。" * 20)
    article = one("---\ntitle: 渡口停航\ndate: 2024-05-06\ntags: 渡口, 河\n---\n\n渡口今日停航。\n")
    assert (article.title, article.keywords, article.precision) == ("渡口停航", ("渡口", "河"), "day")


@pytest.mark.parametrize("rule", ["=====", "----------", "*****", "\f"])
def test_plain_files_are_parted_at_rules_only_if_every_part_has_a_head(rule: str) -> None:
    found = items(f"一\n2024-05-06\n正文一。\n{rule}\n二\n2024-05-07\n正文二。\n")
    assert [(each.title, each.body) for each in found if isinstance(each, Article)] == [
        ("一", "正文一。"),
        ("二", "正文二。"),
    ]
    assert one(f"一\n2024-05-06\n正文一。\n{rule}\n注释没有时间。\n").body == "正文一。\n注释没有时间。"


def test_plain_files_are_parted_at_title_labels_and_at_heads_after_an_end() -> None:
    for text in (
        "标题：一\n时间：2024-05-06\n正文一。\n标题：二\n时间：2024-05-07\n正文二。\n",
        "一\n2024-05-06 08:00\n正文一。(责任编辑:周舟)\n二\n2024-05-07 08:00\n正文二。\n",
    ):
        found = items(text)
        assert [(each.title, each.body) for each in found if isinstance(each, Article)] == [
            ("一", "正文一。"),
            ("二", "正文二。"),
        ]


def test_undated_entries_under_a_heading() -> None:
    article = one("渡口停航\n2024-05-06\n渡口今日停航。\n关闭\n相关新闻\n桥的故事\n水的故事\n×")
    assert article.related == (Related("桥的故事"), Related("水的故事"))
    assert article.body == "渡口今日停航。"


def test_only_chrome_is_set_aside() -> None:
    assert items("关闭\n相关新闻\n") == [
        Rejected("<stream>:1", "has neither a title nor a text that can be told apart", "关闭\n相关新闻")
    ]
    assert items(" \n\n") == [Rejected("<stream>", "is empty")]


KINDS = ["{}", "{}。", "{}" * 30 + "。", "标题：{}", "来源：{}", "2024-05-06 08:09 {}", "{}2024-05-06 08:09:10", "{} jiangwan.example.com",
         "2024-05-06", "关闭", "相关新闻", "正文：{}", "{}(责任编辑:{})", "=====", "\f", "", "×", "关键词:", "新闻 > {}", "作者：{}", "{}：{}"]  # fmt: skip


@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=14))
def test_no_line_is_lost(kinds: list[str]) -> None:
    """Whatever the order of lines is: a word that stands in the text stands in some field or reject."""
    lines, words = [], []
    for at, kind in enumerate(kinds):
        word = f"甲{at:02}乙"
        lines.append(kind.replace("{}", word))
        if "{}" in kind:
            words.append(word)
    found = items("\n".join(lines))
    shown = " ".join(each.record if isinstance(each, Rejected) else str(sources.to_record(each)) for each in found)
    assert [word for word in words if word not in shown] == []


@examples(50)
@given(st.text(max_size=300) | st.text(alphabet="青石桥。，：\n:2024-05 关闭=责任编辑()×\f", max_size=300))
def test_any_text_gives_something(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    found = items(text)
    assert found
    assert all(isinstance(each, (Article, Rejected)) for each in found)


@pytest.mark.realdata
def test_the_real_page() -> None:
    path = Path(__file__).parents[5] / "shared/samples/china-com-page.txt"
    if not path.exists():
        pytest.skip("no sample beside the checkout")
    article = one(path.read_text(encoding="utf-8"))
    assert article.title == "美国正对DeepSeek进行“深度检测” AI竞争加剧引发关注"
    assert article.published == datetime(2025, 2, 2, 11, 20, 2, tzinfo=SHANGHAI)
    assert article.published.isoformat() == "2025-02-02T11:20:02+08:00"
    assert (article.author, article.source, article.site, article.section) == ("军情作家陈曦", "", "中华网", "新闻")
    assert (article.keywords, article.editor, article.published_text) == ((), "张蕾", "2025-02-02 11:20:02")
    assert len(article.body.split("\n")) == 5
    assert article.body.startswith("消息人士透露")
    assert article.body.endswith("也难以改变这一趋势。")
    assert len(article.related) == 32
    assert article.extra == {"related_printed": "35", "site_domain": "china.com"}
    assert not any(word in article.body for word in ("王大陆", "俄乌", "责任编辑"))
    assert all(
        each.published is not None and each.published.date().isoformat() == "2025-03-04" for each in article.related
    )
    assert all(each.short_title for each in article.related)
    assert article.related[2].title == "哪吒半成品 3.5元一斤 简直打开新世界大门!"
    assert article.related[2].short_title == "哪吒半成品 3。5元一斤"


def test_a_title_with_a_day_in_it() -> None:
    article = one("栗园镇要闻汇总（2025年3月4日）\n图书馆昨天重新开放，周末的座位半天之内就被约满。\n")
    assert (article.title, article.source, article.author) == ("栗园镇要闻汇总（2025年3月4日）", "", "")
    assert article.body == "图书馆昨天重新开放，周末的座位半天之内就被约满。"


def test_a_record_with_its_labels_in_brackets() -> None:
    article = one(
        "【 文献号 】1-2432\n【原文出处】栗园日报\n【原刊期号】198908\n【 作  者 】张远航\n【 标  题 】图书馆重新开放\n【 正  文 】\n"
        "    图书馆昨天重新开放，周末的座位半天之内就被约满。\n"
    )
    assert (article.title, article.author, article.source) == ("图书馆重新开放", "张远航", "栗园日报")
    assert article.body == "图书馆昨天重新开放，周末的座位半天之内就被约满。"
    assert article.extra == {"page_head": "【 文献号 】1-2432\n【原刊期号】198908"}
