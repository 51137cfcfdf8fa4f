"""The text of an article: which of the lines of a page are its own.

Several ways to find the frame of the article are asked (readability-lxml, the elements that say they hold it, the
elements with the most prose, and trafilatura where those find too little). Each answers with lines of the page; the
answer with the most prose and the least of anything else is taken, once what is no text is cut away from it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from searchkit.sources.html import boilerplate
from searchkit.sources.html.people import stands_alone
from searchkit.sources.html.stamps import SIGN
from searchkit.sources.html.titles import key
from searchkit.sources.html.tree import UNSEEN, Line, is_hidden, lines_of, names_of

ENOUGH = 120
"""Ideographs below which an answer is not trusted alone."""

_MARK = "data-searchkit-aside"
_HAN = re.compile(r"[\u3400-\u9fff]")
_STOPS = re.compile(r"[。！？；，：、”」…]")
_ELSE = re.compile(
    r"(?:^|[\s_-])(?:comments?|cmt|reply|replies|related?|relevant|relation|recommend\w*|breadcrumb|"
    r"crumbs?|nav|navbar|navigation|menu|"
    r"footer|copyright|pinglun|xiangguan|tuijian|xgxw|xgyd|guess\w*|sidebar|more-?news|read-?more|"
    r"rank\w*|advert\w*)(?=[\s_-]|$)"
    r"|comment[-_]?(?:list|box|area|wrap|con|module|section|item)|relate[d]?[-_]?(?:news|list|"
    r"article|box|read|post)|recommend[-_]?list"
)
"""Names of elements that hold something else than the article, however much text that is."""
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:rec|hot\w*|side|aside|topbar|toolbar|foot|share\w*|social|login|popup|pop|"
    r"modal|dialog|qrcode|ewm|erweima|ad|ads|adv|"
    r"banner|tags?|keywords?|pager|pagination|latest|subscribe|newsletter|hidden|player|video-list|"
    r"slide-?list|caption|figcaption|"
    r"disclaimer|statement|feedback|search|prev-?next|interested|fenxiang|sponsor\w*|promo\w*)(?=[\s_-]|$)"
)
"""Names that usually say so, and sometimes are given to the article's own frame."""
_OWN = re.compile(
    r"(?:^|[\s_-])(?:article|artical|art|news|post|entry|story|main|detail|text|rich_?media|content|"
    r"arti)[_-]?(?:body|content|cont?|text|txt|detail|main|box|area|inner|p)?(?=[\s_-]|$)"
    r"|artibody|articlebody|articlecontent|newscontent|js_content|endtext|text_?area|trs_editor|"
    r"contenttext|zoom|ucap-content|rm_txt_con|detail-?content"
)


@dataclass(slots=True)
class Body:
    """The article among the lines of the page.

    Attributes:
        numbers: the lines of its text, ascending.
        first, last: the lines its frame begins and ends with; -1 if there is none. Labels (来源, 责编) in the frame
            are not text and yet are the article's.
        listed: where a list of other news begins after it; -1 if none does.
    """

    numbers: list[int] = field(default_factory=list)
    first: int = -1
    last: int = -1
    listed: int = -1


def find_body(root: HtmlElement, lines: Sequence[Line], *, title_at: int) -> Body:
    """The article of a page; `numbers` is empty where it has none.

    Args:
        lines: what `lines_of(root)` gave.
        title_at: the line that shows the headline; -1 if none does.
    """
    weights = [_prose(line) for line in lines]
    wechat = [number for number, line in enumerate(lines) if _in_wechat(line)]
    if wechat:  # the one frame that a name alone is enough to know by: everything above and below it is WeChat's
        return _trimmed(wechat, lines, weights, title_at)
    asides = _asides(root, lines, weights, title_at)
    aside = {number for numbers in asides.values() for number in numbers}
    weights = [0.0 if number in aside else weight for number, weight in enumerate(weights)]
    frames: list[tuple[float, set[int]]] = []
    clean = _pruned(root, asides)
    frames.append((1.1, _aligned(lines, _readability(clean), title_at)))
    frames.extend((1.0, frame) for frame in _declared(lines))
    frames.extend((1.0, frame) for frame in _densest(lines, weights))
    best = _best(frames, lines, weights, aside, title_at)
    if _ideographs(lines, best.numbers) < ENOUGH:
        for precise in (True, False):
            frames.append((1.0, _aligned(lines, _trafilatura(clean, precise=precise), title_at)))
        best = _best(frames, lines, weights, aside, title_at)
    return _with_tables(best, lines, aside)


def _with_tables(body: Body, lines: Sequence[Line], aside: set[int]) -> Body:
    """The article with the rows of a table right over or under it, in the element that holds its text."""
    if not body.numbers:
        return body
    homes = {_home(lines[n]) for n in body.numbers if lines[n].element.tag != "tr"}

    def belongs(number: int) -> bool:
        if not 0 <= number < len(lines) or number in aside or not _is_row(lines[number]):
            return False
        return any(element in homes for element in lines[number].element.iterancestors())

    while belongs(body.numbers[-1] + 1):
        body.numbers.append(body.numbers[-1] + 1)
    while belongs(body.numbers[0] - 1):
        body.numbers.insert(0, body.numbers[0] - 1)
    body.first, body.last = min(body.first, body.numbers[0]), max(body.last, body.numbers[-1])
    return body


def _in_wechat(line: Line) -> bool:
    element: HtmlElement | None = line.element
    while element is not None:
        if element.get("id") == "js_content":
            return True
        element = element.getparent()
    return False


def _is_row(line: Line) -> bool:
    """A row of a table that holds data: text, however little prose is in it."""
    return line.element.tag == "tr" and not line.linked and not boilerplate.is_field(line)


def _prose(line: Line) -> float:
    """How much running text a line holds, in ideographs."""
    han = len(_HAN.findall(line.text))
    if _is_row(line):
        return max(0.4 * han, 1.0)
    if not han:
        return len(line.text) / 6 if len(line.text) > 60 and line.linked * 2 < len(line.text) else 0.0
    if _is_entry(line) or boilerplate.is_not_text(line) or boilerplate.opens_list(line):
        return 0.0
    return float(han) if len(_STOPS.findall(line.text)) and han >= 8 else han * 0.4


def _asides(
    root: HtmlElement, lines: Sequence[Line], weights: Sequence[float], title_at: int
) -> dict[HtmlElement, list[int]]:
    """The elements that say they are something else, and their lines.

    Never one that the headline stands in; one with much of the prose only if its name is plain and enough is left.
    """
    spared = set(lines[title_at].element.iterancestors()) if title_at >= 0 else set()
    inside: dict[HtmlElement, list[int]] = defaultdict(list)
    known: dict[HtmlElement, HtmlElement | None] = {}
    for number, line in enumerate(lines):
        outer = _outermost_aside(line.element, root, known, spared)
        if outer is not None:
            inside[outer].append(number)
    prose = {each: sum(weights[n] for n in numbers) for each, numbers in inside.items()}
    whole = sum(weights)
    plain = [each for each in inside if _ELSE.search(names_of(each, 1))]
    left = whole - sum(prose[each] for each in plain)
    certain = set(plain) if left >= ENOUGH or left >= 0.3 * whole else set()
    return {each: numbers for each, numbers in inside.items() if each in certain or prose[each] < 0.3 * whole}


def _outermost_aside(
    element: HtmlElement, root: HtmlElement, known: dict[HtmlElement, HtmlElement | None], spared: set[HtmlElement]
) -> HtmlElement | None:
    path = []
    found: HtmlElement | None = None
    current: HtmlElement | None = element
    while current is not None and current is not root and current.tag != "body":
        if current in known:
            found = known[current]
            break
        path.append(current)
        current = current.getparent()
    for each in reversed(path):
        if found is None and each not in spared and _is_aside(each):
            found = each
        known[each] = found
    return found


def _is_aside(element: HtmlElement) -> bool:
    if element.tag in ("nav", "footer", "aside", "figcaption"):
        return True
    names = names_of(element, 1)
    return _ASIDE.search(names) is not None or _ELSE.search(names) is not None


def _pruned(root: HtmlElement, asides: Iterable[HtmlElement]) -> HtmlElement:
    """A copy of the tree without what is not shown and without the asides."""
    for element in asides:
        element.set(_MARK, "")
    copy = deepcopy(root)
    for element in asides:
        element.attrib.pop(_MARK)
    for element in list(copy.iter("*")):
        if element.tag in UNSEEN - {"head", "title"} or _MARK in element.attrib or is_hidden(element):
            _remove(element)
        else:
            element.attrib.pop("style", None)
    return copy


def _remove(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _readability(clean: HtmlElement) -> list[str]:
    from readability import Document

    text = etree.tostring(clean, encoding="unicode", method="html")
    try:
        summary = Document(text).summary(html_partial=True)
    except Exception:  # its own class, raised for pages without text; nothing of it matters here
        return []
    return _texts(summary)


def _trafilatura(clean: HtmlElement, *, precise: bool) -> list[str]:
    from trafilatura import extract

    text = etree.tostring(clean, encoding="unicode", method="html")
    found = extract(text, favor_precision=precise, include_comments=False, include_tables=not precise)
    return (found or "").split("\n")


def _texts(html: str) -> list[str]:
    from lxml.html import HTMLParser, document_fromstring

    try:
        return [line.text for line in lines_of(document_fromstring(html, parser=HTMLParser(huge_tree=True)))]
    except etree.ParserError:
        return []


def _aligned(lines: Sequence[Line], texts: Iterable[str], title_at: int) -> set[int]:
    """The lines of the page that hold these texts; of lines that stand there twice, those near the others."""
    wanted = {short for text in texts if (short := key(text))}
    found = [number for number, line in enumerate(lines) if number != title_at and key(line.text) in wanted]
    if not found:
        return set()
    sure = [n for n in found if len(lines[n].text) > 20] or found
    low, high = sure[0], sure[-1]
    # what stands between found lines was dropped by rules made for English: short paragraphs, headings
    return set(range(low, high + 1)) | {n for n in found if low - 12 < n < high + 12}


def _declared(lines: Sequence[Line]) -> list[set[int]]:
    """The lines inside elements that say they hold an article."""
    frames: dict[HtmlElement, set[int]] = defaultdict(set)
    own: dict[HtmlElement, bool] = {}
    for number, line in enumerate(lines):
        element: HtmlElement | None = line.element
        while element is not None and element.tag != "body":
            if element not in own:
                own[element] = (
                    element.tag == "article"
                    or (element.get("itemprop") or "").lower() == "articlebody"
                    or _OWN.search(names_of(element, 1)) is not None
                )
            if own[element]:
                frames[element].add(number)
            element = element.getparent()
    return list(frames.values())


def _densest(lines: Sequence[Line], weights: Sequence[float]) -> list[set[int]]:
    """The lines inside the three elements with the most prose close to them."""
    scores: dict[HtmlElement, float] = defaultdict(float)
    members: dict[HtmlElement, set[int]] = defaultdict(set)
    for number, line in enumerate(lines):
        element: HtmlElement | None = line.element
        share = 1.0
        while element is not None and share > 0.1:
            if weights[number]:
                scores[element] += weights[number] * share
            members[element].add(number)
            element = element.getparent()
            share *= 0.75
    best = sorted(scores, key=lambda each: -scores[each])[:4]
    return [members[element] for element in best]


def _best(
    frames: Iterable[tuple[float, set[int]]],
    lines: Sequence[Line],
    weights: Sequence[float],
    aside: set[int],
    title_at: int,
) -> Body:
    best, best_score = Body(), 0.0
    for trust, frame in frames:
        body = _trimmed(_up_to_headline(sorted(frame - aside), weights, aside, title_at), lines, weights, title_at)
        if not body.numbers:
            continue
        good = sum(weights[n] for n in body.numbers)
        other = sum(len(lines[n].text) for n in body.numbers if not weights[n])
        before = sum(weights[n] for n in body.numbers if n < title_at)
        score = trust * (good - 1.5 * other - 1.5 * before)
        if score > best_score:
            best, best_score = body, score
    return best


def _up_to_headline(numbers: list[int], weights: Sequence[float], aside: set[int], title_at: int) -> list[int]:
    """A frame and the text between the headline and it: a lead set apart, or the very article above a list."""
    if title_at < 0 or not numbers or numbers[0] <= title_at:
        return numbers
    missed = [n for n in range(title_at + 1, numbers[0]) if weights[n] >= 30]
    if not missed:
        return numbers
    return [n for n in range(missed[0], numbers[0]) if n not in aside] + numbers


def _trimmed(numbers: list[int], lines: Sequence[Line], weights: Sequence[float], title_at: int) -> Body:
    """A frame without what is no text: what stands over it, the lists and notices under it, the labels inside it."""
    whole = sum(weights[n] for n in numbers)
    if not whole:
        return Body()
    numbers = _without_head(numbers, lines, weights, title_at)
    end, listed = _end(numbers, lines, weights)
    inside = numbers[:end]
    title = key(lines[title_at].text) if title_at >= 0 else ""
    kept = [n for n in inside if not _is_chrome(lines[n]) and not (title and key(lines[n].text) == title)]
    while len(kept) > 1 and (
        boilerplate.is_promotion(lines[kept[0]]) or _is_label(lines[kept[0]]) or stands_alone(lines[kept[0]].text)
    ):
        del kept[0]
    wechat = _in_wechat(lines[kept[0]]) if kept else False
    while len(kept) > 1 and wechat and boilerplate.is_appeal(lines[kept[0]]):
        del kept[0]
    while kept and (boilerplate.is_promotion(lines[kept[-1]]) or (wechat and boilerplate.is_appeal(lines[kept[-1]]))):
        del kept[-1]
    return Body(kept, kept[0], inside[-1], listed) if kept else Body()


_HEADER = re.compile(r"source|author|info|meta|time|date|font|tool|share|byline|editor|nickname")


def _is_label(line: Line) -> bool:
    """A few words in an element that is named for the header of an article."""
    return (
        len(line.text) <= 20 and not _STOPS.search(line.text) and _HEADER.search(names_of(line.element, 1)) is not None
    )


def _is_chrome(line: Line) -> bool:
    """A label, a button, a credit, a link: nothing of it is text."""
    if _is_row(line):
        return False
    if boilerplate.is_not_text(line) or boilerplate.opens_list(line) or boilerplate.is_credit(line):
        return True
    if (
        len(line.parts) >= 4 and len(line.text) <= 7 * len(line.parts) and not _STOPS.search(line.text)
    ):  # a row of buttons
        return True
    return _is_entry(line) and (line.linked * 10 > len(line.text) * 8 or not _STOPS.search(line.text))


def _is_entry(line: Line) -> bool:
    """A link, with or without a time: an entry of a list."""
    if not line.linked:
        return False
    text = _TIMES.sub("", line.text)
    return line.linked * 2 > len(text)


def _without_head(numbers: list[int], lines: Sequence[Line], weights: Sequence[float], title_at: int) -> list[int]:
    """Without headline, dateline and bylines at the beginning."""
    start = 0
    seen = 0.0
    for position, number in enumerate(numbers[:25]):
        text = lines[number].text
        if boilerplate.opens_list(lines[number]):
            break
        if _is_entry(lines[number]) and lines[number].linked >= 8 and not _LABEL.search(text):
            continue
        if number == title_at or (
            len(text) < 100 and SIGN.search(text) and not _ENDS.search(text) and (_LABEL.search(text) or len(text) < 40)
        ):
            start = position + 1
        seen += weights[number]
        if seen >= _LITTLE:
            break
    return numbers[start:]


def _end(numbers: list[int], lines: Sequence[Line], weights: Sequence[float]) -> tuple[int, int]:
    """Where the article ends within a frame, as a position, and the line where a list of other news begins, or -1.

    A heading of such a list ends it, unless text goes on beside the earlier text: then it is a box in the middle. So
    does a notice, or the name of the editor, under at least half of the text.
    """
    whole = sum(weights[n] for n in numbers)
    seen = 0.0
    for position, number in enumerate(numbers):
        line = lines[number]
        if seen >= _LITTLE:
            if boilerplate.opens_comments(line):
                return position, -1
            if boilerplate.opens_list(line) and not _goes_on(numbers, position, lines, weights):
                return position, number
            if _another(lines, number):
                return position, -1
            if seen >= 0.5 * whole and boilerplate.ends(line):
                return position, -1
        seen += weights[number]
    return len(numbers), -1


def _goes_on(numbers: list[int], position: int, lines: Sequence[Line], weights: Sequence[float]) -> bool:
    """After the list that begins here, there is text again in the element that holds the text before it."""
    homes = {_home(lines[n]) for n in numbers[:position] if weights[n] >= 15}
    shapes = {shape_of(lines[n]) for n in numbers[:position] if weights[n] >= 15}
    return (
        sum(
            weights[n]
            for n in numbers[position + 1 :]
            if weights[n] >= 15 and (_home(lines[n]) in homes or shape_of(lines[n]) in shapes)
        )
        >= _LITTLE
    )


def shape_of(line: Line) -> tuple[object, ...]:
    """Where a line of text stands, as it is told from others of the same template: the elements and their classes."""
    element: HtmlElement | None = line.element
    found: list[object] = []
    for _ in range(3):
        if element is None:
            break
        found += [element.tag, element.get("class")]
        element = element.getparent()
    depth = sum(1 for _ in line.element.iterancestors())
    return (*found, depth) if any(found[1::2]) else (line.element,)


def _home(line: Line) -> HtmlElement:
    parent = line.element.getparent()
    return (
        parent
        if parent is not None and line.element.tag in ("p", "li", "tr", "h2", "h3", "h4", "blockquote")
        else line.element
    )


def _another(lines: Sequence[Line], number: int) -> bool:
    """Another article begins here: a heading with a dateline under it."""
    if not any(
        each.tag in ("h1", "h2", "h3")
        for each in (lines[number].element, lines[number].element.getparent())
        if each is not None
    ):
        return False
    return any(len(line.text) < 80 and _FULL_TIME.search(line.text) for line in lines[number + 1 : number + 5])


_FULL_TIME = re.compile(r"20\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?.{0,8}\d{1,2}:\d\d")
_TIMES = re.compile(
    r"[\[(（]?(?:(?:19|20)\d\d\s*[-/.年]\s*)?\d{1,2}\s*[-/.月]\s*\d{1,2}日?\s*(?:\d{1,2}:\d\d(?::\d\d)?)?[\])）]?|"
    r"\d{1,2}:\d\d"
)
_LABEL = re.compile(r"来源|來源|作者|记者|記者|编辑|編輯|发布|發布|時間|时间|字号|评论|阅读|瀏覽|浏览")
_ENDS = re.compile(r"[。！？]\W*$")
_LITTLE = 40.0


def _ideographs(lines: Sequence[Line], numbers: Iterable[int]) -> int:
    return sum(len(_HAN.findall(lines[number].text)) for number in numbers)
