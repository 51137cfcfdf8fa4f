"""Which lines are the article's text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.sources.html import boilerplate
from searchkit.sources.html.page import extract
from searchkit.sources.html.tree import Line
from searchkit.sources.limits import Unreadable
from tests.conftest import examples

TEXTS = st.text(alphabet="海湾新桥今天上午正式通车首批车辆缓缓驶上桥面", min_size=30, max_size=120).map(
    lambda text: f"{text[:15]}，{text[15:]}。"
)


def body(html: str, zone) -> str:
    return extract(html.encode(), timezone=zone).body


def as_paragraphs(texts) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


BOX = '<a href="x">内环高架本月底开始封闭大修</a>'
COMMENTS = "".join(
    f"<div><b>网友{n}</b><p>这座桥真不错，早就该修了，希望早日取消收费，方便大家出行。</p></div>" for n in range(30)
)
OTHER = "".join(f"<p>这是另一篇文章的第{n}段，讲的是内环高架大修期间的交通安排，请市民注意绕行。</p>" for n in range(8))


@pytest.mark.parametrize(
    "below",
    [
        f"<h3>相关新闻</h3><ul>{'<li>' + BOX + '</li>'}</ul>",
        f"<h3>延伸閱讀</h3>{BOX}",
        f'<div class="comment-list">{COMMENTS}</div>',
        f"<div><h3>网友评论</h3>{COMMENTS}</div>",
        f"<div><h1>内环高架开始大修</h1><div>2025-03-09 08:00</div>{OTHER}</div>",
        "<p>责任编辑：周小燕</p><p>不喜欢这篇文章？告诉我们，我们会减少这一类的推荐。</p>",
        "<p>特别声明：以上内容为平台用户上传并发布，本平台仅提供信息存储服务，不代表本平台观点。</p>",
        "<p>版权所有，未经授权不得转载，违者必究。</p>",
        "<p>图/视觉某某</p><p>（完）</p><p>扫一扫，关注某某公众号</p><p>点击下载客户端</p>",
        "<p>★某某報關心您：再給自己一次機會</p><p>自殺防治諮詢安心專線：0800-000000</p><p>生命線：0000</p>",
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_what_stands_under_the_text_is_not_text(page, told, zone, below, inside):
    content = as_paragraphs(told[2])
    html = page(content=content + below, below="") if inside else page(content=content, below=below)
    assert body(html, zone) == told[1]


@pytest.mark.parametrize(
    "box",
    [
        f'<div class="box"><b>相关阅读：</b>{BOX}</div>',
        f"<p>相关阅读：</p><p>{BOX}</p>",
        "<p>点击查看大图</p>",
        '<div class="ad">广告</div>',
        "<script>这里的文字读者看不见。</script><style>p{color:red}</style>",
        '<div style="display:none">这一段文字是藏起来的，读者看不见，所以不算正文的一部分。</div>',
    ],
)
def test_a_box_in_the_middle_does_not_end_the_text(page, told, zone, box):
    content = as_paragraphs(told[2][:2]) + box + as_paragraphs(told[2][2:])
    assert body(page(content=content), zone) == told[1]


@pytest.mark.parametrize(
    "content",
    [
        lambda texts: "<br><br>".join(f"　　{text}" for text in texts),
        lambda texts: "".join(f"<div>{text}</div>" for text in texts),
        lambda texts: "".join(f"<section><span>{text[:9]}</span><span>{text[9:]}</span></section>" for text in texts),
        lambda texts: f"<table><tr><td>{as_paragraphs(texts)}</td></tr></table>",
        lambda texts: "".join(f"<div><div><div>{text}</div></div></div>" for text in texts),
        lambda texts: "".join(f"<p>{text.replace('大桥', '<a href=x>大桥</a>')}</p>" for text in texts),
    ],
)
def test_whatever_holds_the_paragraphs(page, told, zone, content):
    assert body(page(content=content(told[2])), zone) == told[1]


def test_a_single_sentence_above_many_comments(page, told, zone):
    html = page(content=f"<p>{told[2][0]}</p>", below=f"<h3>相关新闻</h3><p>{BOX}</p><div>{COMMENTS}</div>")
    assert body(html, zone) == told[2][0]


def test_a_lead_set_apart_belongs_to_the_text(page, told, zone):
    html = page(
        content=as_paragraphs(told[2][1:]), dateline=f"<div>2025-03-04 10:20</div><div class=lead>{told[2][0]}</div>"
    )
    assert body(html, zone) == told[1]


@pytest.mark.parametrize(
    "sentence",
    [
        "公司发表声明：我们对此事深表遗憾，并将全力配合调查，给公众一个负责任的交代。",
        "法院认定，被告未经许可使用他人作品，构成侵权，应当赔偿经济损失五十万元。",
        "更多年轻人在微博上说，他们愿意为这样的公共工程多等几年，只要质量过硬。",
        "评论认为，这一工程的意义不止于交通，它把两岸的产业和人口重新连在了一起。",
        "相关阅读材料显示，早在二十年前就有人提出过类似的方案，当时因造价太高而作罢。",
        "来源于海湾的风全年平均五级，给施工带来很大困难，工人们只能在窗口期抢装钢梁。",
    ],
)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_sentence_with_such_words_stays(page, told, zone, sentence, place):
    texts = [*told[2][:place], sentence, *told[2][place:]]
    assert body(page(content=as_paragraphs(texts)), zone) == "\n".join(texts)


@examples(40)
@given(st.lists(TEXTS, min_size=2, max_size=12, unique=True))
def test_every_paragraph_is_found_once_and_in_order(texts):
    from datetime import timezone

    html = (
        "<html><head><title>海湾新桥通车了_某某网</title></head><body><h1>海湾新桥通车了</h1><p>2025-03-04 10:20 来源：滨海日报</p>"
        f"<div>{as_paragraphs(texts)}</div><h3>相关新闻</h3><ul><li>{BOX}</li></ul></body></html>"
    )
    assert body(html, timezone.utc).split("\n") == texts


@pytest.mark.parametrize("control", ["\x0b", "\x01", "\x1b", "&#11;", "&#x0B", "&#xfffe;"])
def test_control_characters_cost_no_page(control, zone):
    """Behind an element that is taken out they made lxml refuse the page."""
    texts = as_paragraphs("海湾新桥今天上午正式通车，首批车辆缓缓驶上桥面，居民在桥头拍照留念。" for _ in range(3))
    found = body(f"<html><body><h1>海湾新桥今日通车</h1><script>x</script>{control}{texts}</body></html>", zone)
    assert found.count("海湾新桥今天上午正式通车") == 3


@pytest.mark.parametrize(
    "line", ["2025-02-02 " + "\u3000" * 300 + "^", "分享" + "特大" * 150 + "^", "\u3000" * 390 + "^"]
)
def test_a_line_that_is_nearly_a_button_is_told_at_once(line):
    """Two ways to take each sign were, of twenty signs, a million."""
    started = time.process_time()
    assert not boilerplate.is_not_text(Line(line, (line,), None))
    assert time.process_time() - started < 5


def test_a_title_without_end_is_told_at_once(zone):
    started = time.process_time()
    with pytest.raises(Unreadable):
        body("<html><head><title>海湾新桥" + "<!-- " * 10_000 + "<p>x</p>", zone)
    assert time.process_time() - started < 10
