"""Snippets: the windows chosen, against a slow and obvious choice."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis.segment import segmenter
from searchkit.model.article import Article
from searchkit.query.tree import And, Phrase, Words
from searchkit.search import highlight
from searchkit.search.digests import items
from searchkit.search.highlight import _SENTENCE_END, Highlighter, _beginning, _best_windows

texts = st.text(st.sampled_from("经济发展。！\n的一"), min_size=1, max_size=120)


def test_every_white_space_becomes_a_space():
    assert sorted(highlight._WHITE) == [chr(code) for code in range(0x110000) if chr(code).isspace()]


def beginning(text: str, mark: int, width: int) -> int:
    return _beginning(text, [found.end() for found in _SENTENCE_END.finditer(text)], mark, width)


@given(texts, st.integers(0, 119), st.integers(4, 60))
def test_a_window_begins_at_its_sentence_if_that_is_near(text, mark, width):
    mark = min(mark, len(text) - 1)
    earliest = max(0, mark - width // 2)
    ends = [at + 1 for at in range(earliest, mark) if text[at] in "。！？!?；\n"]
    expected = ends[-1] if ends else 0 if not earliest else max(0, mark - width // 4)
    assert beginning(text, mark, width) == expected


@given(texts, st.integers(4, 40), st.integers(1, 3))
def test_windows_show_the_most_strings_then_the_most_marks_then_come_first(text, width, most):
    marks = sorted(
        (at, at + 2, number)
        for number, sought in enumerate(("经济", "发展", "的一"))
        for at in range(len(text) - 1)
        if text.startswith(sought, at)
    )
    chosen: list[tuple[int, int]] = []
    shown: set[int] = set()
    for _ in range(most):
        candidates = []
        for start, _, _ in marks:
            begin = beginning(text, start, width)
            end = min(len(text), begin + width)
            numbers = [number for a, b, number in marks if a >= begin and b <= end]
            if numbers and not any(begin < last and end > first for first, last in chosen):
                candidates.append((len(set(numbers) - shown), len(numbers), -begin, end, set(numbers)))
        if candidates:
            best = max(candidates, key=lambda each: each[:4])
            chosen.append((-best[2], best[3]))
            shown |= best[4]
    assert _best_windows(marks, text, most, width) == sorted(chosen)


DIGEST = (
    "本台消息：\n"
    "东海大桥今天合龙\n"
    "连接两座岛屿的东海大桥今天上午合龙。大桥全长十二公里，明年通车。施工人员克服了台风和大浪，用了三年时间。"
    "当地居民说，以后去对岸的医院不用再等渡轮了，孩子上学也更加方便。\n"
    "西部铁路运送春耕物资\n"
    "截至昨天，西部铁路已经运送春耕物资二十万吨。铁路部门开行专列，优先装运化肥和种子，保证农民按时播种，不误农时。\n"
)


def shown(query, article: Article, most: int, width: int, passage=None) -> list[str]:
    """The snippets, with brackets around the marks."""
    found = []
    for each in Highlighter(query, segmenter(), passage or {}).snippets(article, most, width):
        text = each.text
        for start, end in reversed(each.marks):
            text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
        found.append(text)
    return found


def digest(body: str = DIGEST) -> Article:
    return Article(id="a", title="快讯", body=body)


def test_an_item_of_a_digest_is_shown_with_its_heading():
    assert shown(Words(("化肥",)), digest(), 1, 60) == [
        "…西部铁路运送春耕物资 截至昨天，西部铁路已经运送春耕物资二十万吨。铁路部门开行专列，优先装运[化肥]和种子，保证农民按时播种…"
    ]


def test_a_heading_far_above_stands_before_a_gap():
    assert shown(Words(("渡轮",)), digest(), 1, 50) == [
        "…东海大桥今天合龙 … 当地居民说，以后去对岸的医院不用再等[渡轮]了，孩子上学也更加方便。…"
    ]


def test_a_second_piece_of_an_item_repeats_no_heading():
    assert shown(Words(("全长", "渡轮")), digest(), 2, 40) == [
        "…东海大桥今天合龙 连接两座岛屿的东海大桥今天上午合龙。大桥[全长]十二公里，明年通车…",
        "…当地居民说，以后去对岸的医院不用再等[渡轮]了，孩子上学也更加…",
    ]


def test_a_piece_of_a_digest_does_not_go_into_the_next_item():
    assert shown(Words(("上学",)), digest(), 1, 50)[0].endswith("孩子[上学]也更加方便。…")


def test_one_short_line_makes_no_digest():
    body = "东海大桥\n" + DIGEST.split("\n")[2]
    assert items(body) == []
    assert shown(Words(("渡轮",)), digest(body), 1, 40) == [
        "…当地居民说，以后去对岸的医院不用再等[渡轮]了，孩子上学也更加方便。"
    ]


def test_a_piece_ends_with_a_sentence_if_half_of_it_is_left():
    body = "大桥今天合龙，全长十二公里。" + "施工人员克服了台风和大浪，用了三年时间，终于完成" * 3
    assert shown(Words(("大桥",)), digest(body), 1, 20) == ["[大桥]今天合龙，全长十二公里。…"]
    assert shown(Words(("大桥",)), digest(body), 1, 30) == [
        "[大桥]今天合龙，全长十二公里。施工人员克服了台风和大浪，用了三…"
    ]
    assert shown(Words(("大桥", "施工")), digest(body), 1, 20) == ["[大桥]今天合龙，全长十二公里。[施工]人员克服…"]


def test_no_piece_begins_or_ends_inside_a_number_or_a_word_of_letters():
    body = "工业增加值同比增长8.1%，出口增长12.5%，消费增长3.25%，用了DeepSeek之后订单翻番，投资增长7.75%以上"
    for width in range(8, 60):
        for sought in ("消费", "订单", "出口", "8", "Deep"):
            for piece in shown(Words((sought,)), digest(body), 1, width):
                text = piece.replace("[", "").replace("]", "")
                at = body.index(text.strip("…"))
                end = at + len(text.strip("…"))
                cut = [place for place in (at, end) if re.fullmatch("[0-9A-Za-z.%]{2}", body[place - 1 : place + 1])]
                assert not cut or sought in ("8", "Deep"), (width, piece)


def test_the_paragraph_that_counts_in_the_score_is_shown():
    body = "大桥施工，大桥施工，大桥施工，工程进展顺利。\n" + "春天来了。" * 9 + "\n东海大桥今天合龙。"
    words = ("东海", "大桥", "进展", "施工")
    assert shown(Words(words), digest(body), 1, 22) == ["[大桥施工]，[大桥施工]，[大桥施工]，工程[进展]顺利。…"]
    weights = {"东海": 9.0, "大桥": 1.0, "进展": 1.0, "施工": 1.0}
    assert shown(Words(words), digest(body), 1, 22, weights) == ["…[东海大桥]今天合龙。"]


def test_a_mark_that_does_not_fit_is_shown_in_part():
    assert shown(Phrase("连接两座岛屿的东海大桥"), digest(), 1, 5) == ["…[连接两座岛]…"]


lines = st.lists(
    st.sampled_from(
        ["东海大桥", "春耕", "。", "，", "连接两座岛屿的工程今天上午完成", "化肥和种子", "\n", " ", "ＡＩ", "”"]
    ),
    max_size=40,
).map("".join)


@given(st.lists(lines, max_size=4).map("\n".join), st.integers(1, 3), st.integers(4, 70), st.booleans())
def test_snippets_are_the_text_in_order_and_their_marks_what_was_sought(body, most, width, weighed):
    query = And((Phrase("大桥"), Phrase("春耕"), Phrase("ai")))
    highlighter = Highlighter(query, segmenter(), {"大桥": 2.0, "春耕": 1.0} if weighed else {})
    plain = "".join(" " if char.isspace() else char for char in body)
    at = 0
    found = highlighter.snippets(Article(id="a", title="", body=body), most, width)
    for each in found:
        assert len(each.text) <= width + 2
        for part in each.text.removeprefix("…").removesuffix("…").split(" … "):
            at = plain.index(part, at) + len(part)
        assert all(set(each.text[start:end]) <= {*"大桥春耕ＡＩ"} for start, end in each.marks)
        sought = sum(each.text.count(text) for text in ("大桥", "春耕", "ＡＩ"))
        inside = "".join(each.text[start:end] for start, end in each.marks)
        assert sum(inside.count(text) for text in ("大桥", "春耕", "ＡＩ")) == sought
    if any(text in body for text in ("大桥", "春耕", "ＡＩ")):
        assert any(each.marks for each in found)
