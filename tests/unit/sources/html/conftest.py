"""Invented pages: a harbour bridge opens, told in the frames that news sites put around their articles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, timezone, tzinfo

import pytest

TITLE = "海湾新桥今日通车 两岸车程缩短一小时"
PARAGRAPHS = (
    "三月四日上午九时，横跨海湾的新桥正式通车，首批车辆从东岸收费站缓缓驶上桥面，桥头聚集了不少前来拍照的居民。",
    "据建设方介绍，大桥全长十二公里，历时五年建成，采用双塔斜拉结构，可以抵御十六级台风，设计使用年限为一百年。",
    "家住西岸的林女士说，过去绕行内环要一个多小时，现在二十分钟就能到对岸上班，“每天能多睡一会儿了”。",
    "交通部门提醒，通车首周将对货车实行限行，具体时段以现场公告为准，驾驶人请提前规划路线。",
)
BODY = "\n".join(PARAGRAPHS)
NAV = "".join(
    f'<li><a href="/{n}/">{name}</a></li>'
    for n, name in enumerate(("首页", "国内", "国际", "财经", "体育", "娱乐", "科技", "军事"))
)
FOOTER = (
    '<div class="footer"><p>关于我们 | 联系我们 | 广告服务 | 版权声明</p><p>某某网版权所有 未经授权不得转载</p>'
    "<p>某ICP备00000000号</p></div>"
)
RELATED = (
    '<div class="box"><h3>相关新闻</h3><ul>'
    '<li><a href="/a/1.html">内环高架本月底开始封闭大修</a><span>2025-03-09 08:00</span></li>'
    '<li><a href="/a/2.html">东岸地铁延长线完成全部铺轨</a><span>2025-03-10 09:30</span></li>'
    '<li><a href="https://other.example/3.html">西岸老码头将改建成滨水公园</a></li></ul></div>'
)


def paragraphs(texts: tuple[str, ...] = PARAGRAPHS) -> str:
    return "".join(f"<p>　　{text}</p>" for text in texts)


def build(
    *,
    title: str = f"{TITLE}_国内新闻_某某网",
    head: str = "",
    above: str = '<div class="crumb"><a href="/">首页</a> &gt; <a href="/gn/">国内</a> &gt; 正文</div>',
    heading: str = f"<h1>{TITLE}</h1>",
    dateline: str = '<div class="info"><span>2025-03-04 10:20</span> <span>来源：<a href="/">滨海日报</a></span></div>',
    content: str | None = None,
    below: str = f'<p class="editor">责任编辑：周小燕</p>{RELATED}',
) -> str:
    """A page of a common shape; every part can be replaced."""
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body><ul class='nav'>{NAV}</ul>"
        f"<div class='main'>{above}{heading}{dateline}<div class='content'>{paragraphs() if content is None else content}</div>"
        f"{below}</div>{FOOTER}</body></html>"
    )


@pytest.fixture
def zone() -> tzinfo:
    return timezone(timedelta(hours=8))


@pytest.fixture
def page() -> Callable[..., str]:
    return build


@pytest.fixture
def told() -> tuple[str, str, tuple[str, ...]]:
    """The headline, the body and its paragraphs."""
    return TITLE, BODY, PARAGRAPHS
