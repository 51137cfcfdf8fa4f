"""What is refused rather than made one article of, and texts that look a little like it and are read."""

from __future__ import annotations

import io

import pytest

import searchkit.sources as sources
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected

TEXT = "江湾渡口恢复通航，渡船每半小时一班，沿岸居民过江不再绕行石桥，往来货物也由此装卸，票价与去年一样。"
MORE = "码头管理处说，第二座浮桥将于明年春天动工，届时两岸的果农可以把梨和橘子当天送到市场，不必再等潮水。"

REFUSED = {
    "a program": (
        'import os\n\n# 读取江湾渡口的船班表，保存到本地\ndef load(path):\n    """读一个文件并返回它的文字"""\n'
        "    text = open(path).read()\n    return text\n\nprint(load('a'))\n",
        "code",
    ),
    "a class": ("package cn.ferry;\n/**\n * 船班，保存时刻与票价\n */\npublic class Trip {\n  String time; // 时刻\n}\n", "code"),
    "a style sheet": ('body { font-family: "宋体"; }\n.title { color: red; }\n.text p { margin: 0; }\n', "code"),
    "TeX": ("\\documentclass{ctexart}\n\\begin{document}\n\\title{渡口}\n渡口恢复通航。\n\\end{document}\n", "code"),
    "a configuration": ("[ferry]\nname=江湾渡口\nurl=https://a.example.com\n[bridge]\nname=石桥\n", "code"),
    "Python objects": ("{'title': '渡口', 'content': '恢复通航。'}\n{'title': '石桥', 'content': '完工。'}\n" * 2, "code"),
    "YAML": ("- title: 渡口恢复通航\n  date: 2025-03-04\n- title: 石桥完工\n  date: 2025-03-05\n", "YAML"),
    "the log of a program": ("2025-03-04 10:00:00,123 INFO spider: 抓取完成 题=渡口\n" * 3, "log of a program"),
    "a chat": ("2025-03-04 10:00:00 林小满(12345)\n船开了吗\n2025-03-04 10:01:00 周远(54321)\n开了\n", "chat"),
    "another chat": ("04/03/2025, 10:00 - 林小满: 船开了吗\n04/03/2025, 10:01 - 周远: 开了\n", "chat"),
    "a song": ("[ti:渡口]\n[ar:林小满]\n[00:01.00]江水\n[00:05.00]流过石桥\n", "subtitles"),
    "Advanced SubStation": ("[Script Info]\nTitle: 渡口\n[Events]\nDialogue: 0,0:00:01.00,江水\n", "subtitles"),
    "Web of Science": ("FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nTI Ferries\nER\nEF\n", "Web of Science"),
    "LexisNexis": (f"江湾日报\n\n2025年3月4日\n\n渡口恢复通航\n\nLENGTH: 210 字\n\n{TEXT}\n\nLOAD-DATE: March 5, 2025\n", "LexisNexis"),
    "ProQuest": (f"文档 1 / 2\n渡口恢复通航\nProQuest 文档链接\n全文文献: {TEXT}\n标题: 渡口恢复通航\n", "ProQuest"),
    "EndNote XML": ('<?xml version="1.0"?><xml><records><record><database name="a">a</database><ref-type name="x">1'
                    "</ref-type><titles><title>渡口</title></titles></record></records></xml>", "EndNote XML"),
    "hexadecimal": (TEXT.encode().hex(), "encoded data"),
    "escapes": (TEXT.encode("unicode_escape").decode(), "escapes"),
    "UTF-8 read as Latin-1": (f"渡口\n{TEXT}".encode().decode("latin-1"), "wrong encoding"),
    "UTF-8 read as GBK": (f"渡口恢复\n{TEXT}{MORE}".encode().decode("gbk", "replace"), "wrong encoding"),
    "words with classes": ("江湾/ns  渡口/n  恢复/v  通航/v  。/w\n石桥/n  完工/v  。/w\n渡船/n 开/v\n", "words with their classes"),
    "numbered posts": (f"1、渡口恢复通航\n{TEXT}\n2、浮桥动工\n{MORE}\n3、石桥完工\n{TEXT}\n", "numbered entries"),
    "posts in brackets": (f"【1】{TEXT}\n【2】{MORE}\n【3】{TEXT}\n", "numbered entries"),
}  # fmt: skip


def read(text: str, **options: object) -> list[Article | Rejected]:
    return list(sources.read(io.BytesIO(text.encode()), **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_text_of_an_article_is_refused_by_name(name: str) -> None:
    text, reason = REFUSED[name]
    (found,) = read(text)
    assert isinstance(found, Rejected) and reason in found.reason


@pytest.mark.parametrize(
    "text",
    [
        f"渡口恢复通航\n2025-03-04\n{TEXT}\n1、渡船每半小时一班。\n2、票价不变。\n3、夜里不开。\n",  # a list in a text
        f"一、渡口\n{TEXT}\n二、浮桥\n{MORE}\n",
        f"渡口的程序\n{TEXT}\nimport os\nprint(os.name)\n{MORE}\n",  # a text that quotes code
        f"渡口日志\n{TEXT}\n2025-03-04 10:00:00 INFO 开船\n{MORE}\n",
        f"渡口恢复通航\n2025-03-04 10:00:00 江湾日报（林小满）\n{TEXT}\n",
        "春江\n江水东流去\n山花依旧开\n故人何处是\n",
        f"渡口\n{TEXT}\ufffd{MORE}\n",
        "The ferry is back\nMarch 4, 2025\nBoats run every half hour; the fare (as last year) is one yuan;\nit rains.\n",
    ],
)
def test_a_text_with_something_of_it_is_read(text: str) -> None:
    (found,) = read(text)
    assert isinstance(found, Article)
