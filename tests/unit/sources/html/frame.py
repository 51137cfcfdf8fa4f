"""Invented pages in the frames of real sites: what a page is, what it must be read as, and texts to fill it with.

`frames_first` was written before the rules it tries, `frames_second` after them. To see rates instead of single faults:

    python -m tests.unit.sources.html.frame FOLDER && python benchmarks/extraction.py FOLDER --only ours --wrong
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

LIBRARY = (
    "栗园镇图书馆昨天重新开放，三楼新设的儿童阅览室可以容纳八十名小读者，周末的座位半天之内就被约满。",
    "馆长表示，改造工程历时十四个月，书架全部换成了较低的尺寸，孩子不用踮脚就能取到自己想看的书。",
    "带着孙女前来的老人说，过去看书要坐一个小时的公交车到城里，现在走路十分钟就到，很方便。",
)
ORCHARD = (
    "入秋以来，南坡村的梨园陆续开园采摘，今年雨水均匀，果农预计总产量将比去年增加两成左右。",
    "农技站派出六名技术员驻村指导，帮助果农改良枝条、控制虫害，并统一印制了带有产地编号的纸箱。",
    "合作社负责人告诉我们，首批三十吨鲜梨已经装车，将在两天之内运抵沿海的几座城市。",
    "村里还打算在明年春天举办花节，让游客住进由旧粮仓改成的客房。",
)
MARKET_T = (
    "沉寂半年的溪口夜市週五晚間重新營業，六十多個攤位在整修後的廣場上一字排開，湧入大批在地居民。",
    "管理委員會指出，新的排水系統已經完工，雨天不再積水，攤商也全面改用可以重複清洗的餐具。",
    "賣了三十年豆花的老闆娘說，整修期間只能在家門口擺攤，現在老客人都回來了，心情特別激動。",
)
PIER_HK = (
    "離島一條停航三年的街渡航線昨日恢復服務，首班船清晨由舊碼頭開出，載有約四十名居民及遊客。",
    "營辦商稱，航線每日來回八班，成人票價維持十二元，長者可享半價優惠，假日或視乎客量加開班次。",
    "有居民認為復航方便長者覆診，惟希望尾班船可以延至晚上十時，讓在市區上班的人趕得及回家。",
)

NAMES = ("要闻", "国内", "国际", "财经", "军事", "科技", "体育", "教育")
NAMES_T = ("即時", "要聞", "社會", "國際", "財經", "體育", "生活", "地方")
HEADLINES = (
    "北岸水厂本月起更换老旧管网", "三座人行天桥加装电梯完工", "县里公布下半年公交调整方案", "山区小学收到首批过冬煤炭",
    "老街改造征求居民意见结束", "今年首场书市下周开幕迎客", "河道清淤工程提前完成验收", "东郊公园增设夜间照明设施",
    "养老院志愿者招募名额已满", "博物馆修复百年织机对外展出", "气象台提醒周末早晚有大雾", "二手自行车集市搬到体育场",
    "渔港新冷库通过设备调试", "乡村医生轮训计划启动报名",
)  # fmt: skip
HEADLINES_T = (
    "北岸淨水廠本月起汰換老舊管線", "三座天橋加裝電梯工程完工", "縣府公布下半年公車調整方案", "山區小學收到第一批冬季物資",
    "老街改造說明會意見彙整完成", "今年首場書展下週登場迎客", "河道清淤工程提前完成驗收", "東郊公園增設夜間照明設備",
    "安養院志工招募名額已經額滿", "博物館修復百年織布機對外展出", "氣象站提醒週末早晚將有濃霧", "二手腳踏車市集搬到體育場",
)  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """A page and what it must be read as.

    Attributes:
        name: what the page stands for, in a few words.
        published: `2025-03-04 10:20`, or the day alone where the page prints no more; empty if it prints no time.
        body: the lines of the text; empty if the page is a list, which must be refused.
    """

    name: str
    html: str
    title: str = ""
    published: str = ""
    source: str = ""
    author: str = ""
    body: tuple[str, ...] = ()
    url: str = ""


def doc(title: str, body: str, head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def menu(names: tuple[str, ...] = NAMES) -> str:
    links = "".join(f'<li><a href="/{n}/">{name}</a></li>' for n, name in enumerate(names))
    return f'<ul class="menu">{links}</ul>'


def links(headlines: tuple[str, ...], count: int, *, day: str = "") -> str:
    return "".join(
        f'<li><a href="/n/{n}.html">{text}</a>{f" <i>{day} 0{n % 10}:15</i>" if day else ""}</li>'
        for n, text in enumerate(headlines[:count])
    )


def write(folder: Path, frames: tuple[Frame, ...]) -> None:
    """Write the pages and their manifest as `benchmarks/extraction.py` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, each in enumerate(frames):
        file, body = f"{number:02}.html", f"{number:02}.txt"
        (folder / file).write_text(each.html, encoding="utf-8")
        (folder / body).write_text("\n".join(each.body), encoding="utf-8")
        names = {name: [value] if value else [] for name, value in (("source", each.source), ("author", each.author))}
        known = {"title": each.title, "published": each.published, "url": each.url, "list": not each.body}
        rows.append({"id": each.name, "file": file, "body_file": body, **known, **names})
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "manifest.jsonl").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    from importlib import import_module

    for half in sys.argv[2:] or ("first", "second"):
        frames = import_module(f"tests.unit.sources.html.frames_{half}").FRAMES
        write(Path(sys.argv[1]) / half, frames)
