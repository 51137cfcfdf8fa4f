"""One page to one article: every rule in its turn, in this very process."""

from __future__ import annotations

import re
from datetime import tzinfo

from searchkit.analysis.letterspacing import closed_up
from searchkit.model.article import Article
from searchkit.sources.html.body import Body, find_body, shape_of
from searchkit.sources.html.bylines import author, editor, outlet, source
from searchkit.sources.html.embedded import embedded_names, embedded_text
from searchkit.sources.html.metadata import metadata, saved_from, saved_on
from searchkit.sources.html.people import is_person
from searchkit.sources.html.related import related
from searchkit.sources.html.sections import keywords, section
from searchkit.sources.html.stamps import STAMP
from searchkit.sources.html.times import published
from searchkit.sources.html.titles import headline
from searchkit.sources.html.tree import Line, Page, parse
from searchkit.sources.html.window import window
from searchkit.sources.limits import Unreadable
from searchkit.sources.record import first_sentence

_HAN = re.compile(r"[\u3400-\u9fff]")


def extract(data: bytes, *, url: str = "", timezone: tzinfo) -> Article:
    """The article of a page.

    Raises:
        Unreadable: the page has no article: a list, a shell that scripts fill, an error page.
    """
    root = parse(data)
    page = Page(root)
    head = metadata(root)
    head.saved = saved_on(data)
    title = headline(page, head)
    body = find_body(root, page.lines, title_at=title.at)
    around = window(page.lines, title.at, body)
    address = url or head.canonical or saved_from(data)
    when = published(root, head, around, url=address, timezone=timezone)
    text = "\n".join(closed_up(page.lines[number].text) for number in body.numbers)
    beside = ("", "")
    if _size(text) < _SHORTEST and (shown_by_script := embedded_text(root, head)):
        text = shown_by_script
        beside = embedded_names(root, text)
    if text and (_is_list(page, title.at, body) or _has_teasers(page, title.at, body) or _is_search(page, title.text)):
        raise Unreadable("is a list of news, not an article")
    if not when.text and not beside[0] and _is_foreword(page, body):
        raise Unreadable("is a list of news, not an article")
    if _is_error(title.text, text):
        raise Unreadable("is an error page: its article was not found or may not be read")
    _expect_article(page, text, dated=when.moment is not None and when.precision != "day")
    written_by = author(head, around) or (beside[1] if is_person(beside[1]) else "")
    outlet_name = source(head, around) or outlet(beside[0])
    if outlet_name in re.split(r"[\s、，,/／&＆]+", written_by):  # a pen name beside the time
        outlet_name = ""
    return Article(
        title=closed_up(title.text) or first_sentence(text),
        body=text,
        url=address,
        published=when.moment,
        published_text=when.text,
        precision=when.precision,
        source=outlet_name,
        author=written_by,
        editor=editor(around),
        site=title.site,
        section=section(page.lines, title, head, body.first),
        keywords=keywords(head),
        related=related(page.lines, body, url=address, timezone=timezone),
    )


def _is_list(page: Page, title_at: int, body: Body) -> bool:
    """Linked headlines follow the title, no dateline before the first, and as many of them as lines of text."""
    if body.first < 0:
        return False
    lines = page.lines
    linked = [n for n in range(title_at + 1, len(lines)) if _is_headline(lines[n])]
    if len(linked) < 10 or linked[0] > body.first:
        return False
    if sum(n < body.last for n in linked) < len(body.numbers) - 1:
        return False
    if title_at >= 0 and any(_TIME.search(line.text) for line in lines[title_at + 1 : linked[0]]):
        return False
    text = sum(_size(lines[n].text) for n in body.numbers)
    return text < 0.35 * sum(_size(line.text) for line in lines[linked[0] :])


def _has_teasers(page: Page, title_at: int, body: Body) -> bool:
    """The text is one teaser of many, or all: over nearly each paragraph stands a linked headline of its own."""
    lines = page.lines
    home = shape_of(lines[body.first]) if body.numbers else None
    prose = [n for n, line in enumerate(lines) if n in body.numbers or shape_of(line) == home]
    prose = [n for n in prose if n > title_at and _size(lines[n].text) >= 12]
    previous, targets = title_at, set[str]()
    under: list[int] = []
    for number in prose:
        between = lines[max(previous + 1, number - 4) : number]
        heads = [line for line in between if line.links and line.linked * 10 >= 8 * len(_untimed(line.text))]
        heads = [line for line in heads if _size(line.text) >= 5]
        if heads and (target := heads[-1].links[0]) and target not in targets:
            targets.add(target)
            under.append(number)
        previous = number
    own = [number for number in body.numbers if number in prose]
    return len(under) >= _TEASERS and len(set(own) & set(under)) * 10 >= 7 * len(own) > 0


_TEASERS = 4
"""Headlines with a paragraph each from which on a page is a list of articles."""
_RESULTS = re.compile(
    r"搜索[结結]果|搜[尋寻][结結]果|[检檢]索[结結]果|search results|[“「\"].{1,30}[”」\"]\s?的?(?:搜索"
    r"|搜[尋寻]|相[关關])",
    re.IGNORECASE,
)
_FOUND = re.compile(
    r"(?:找到|[相]?[关關]?[结結]果|results?).{0,12}\d[\d,]{0,9}\s?(?:[条條]|[笔筆]|篇|[个個項项則]|results?)|"
    r"\d[\d,]{0,9}\s?(?:[条條筆笔篇项項個个])(?:[相]?[关關])?(?:[结結]果|[资資]料)"
)


def _is_search(page: Page, title: str) -> bool:
    """A page of results: its title or a short line near its top says so, and another says how many."""
    top = [line.text for line in page.lines[:60] if len(line.text) <= 40 and not line.text.endswith("。")]
    return any(map(_RESULTS.search, (title, *top))) and any(map(_FOUND.search, top))


_THING = r"(?:[页頁]面|[网網][页頁]|文章|内容|內容|稿件|[链鏈]接|[连連][结結])"
_GONE = r"(?:不存在|找不到|未找到|没有找到|沒有找到|已?被?(?:[删刪]除|移除|下[线線]|下架)|[无無]法[访訪][问問])"
_ERROR = re.compile(
    rf"^\W*(?:(?:http\s?)?(?:error\s?)?[45]0\d\b|.{{0,12}}{_THING}.{{0,6}}{_GONE}"
    rf"|(?:找不到|未找到|[无無]法(?:找到|[访訪][问問])).{{0,8}}{_THING}|access denied|forbidden)|not found$",
    re.IGNORECASE,
)
_ERROR_SIZE = 150
"""Ideographs of the text of an error page, at most."""


def _is_error(title: str, text: str) -> bool:
    """Tell whether the title, and a text that is no longer than such texts are, say that the page is not there."""
    first = text.partition("\n")[0]
    return (
        _size(text) < _ERROR_SIZE
        and _ERROR.search(title) is not None
        and (_ERROR_TEXT.search(text) is not None or _ERROR.search(first) is not None or _size(text) < _SHORTEST)
    )


_ERROR_TEXT = re.compile(
    r"不存在|找不到|未找到|[删刪]除|移除|下[线線]|跳[转轉]|返回首|首[页頁]|not found|[刷重][新试試]|[权權]限",
    re.IGNORECASE,
)


def _is_foreword(page: Page, body: Body) -> bool:
    """A short text over a long list of linked headlines, on a page without a time: the foreword of a topic."""
    text = sum(_size(page.lines[n].text) for n in body.numbers)
    linked = [_size(line.text) for line in page.lines if _is_headline(line)]
    return 0 < text < 3 * _SHORTEST and len(linked) >= 15 and text < 0.35 * sum(linked)


def _untimed(text: str) -> str:
    return _TIME.sub("", STAMP.sub("", text)).strip()


def _is_headline(line: Line) -> bool:
    """A link long enough to be the headline of something else, perhaps with its time."""
    return line.linked >= 8 and _size(line.text) >= 8 and line.linked * 10 >= 8 * len(_untimed(line.text))


_TIME = re.compile(
    r"20\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?|\d{1,2}-\d{1,2}|"
    r"\d{1,2}:\d\d"
)


def _expect_article(page: Page, text: str, *, dated: bool) -> None:
    """Refuse what is no article, saying what it is instead."""
    if not page.lines and not text:
        raise Unreadable("holds no text: its article is filled in by scripts, or it is an error page")
    size = _size(text)
    if size >= _SHORTEST or (size >= _SHORTEST_DATED and dated and re.search(r"[，。！？、]", text)):
        return
    whole = sum(_size(line.text) for line in page.lines)
    if whole < 2 * _SHORTEST:
        raise Unreadable("holds next to no text: its article is filled in by scripts, or it is an error page")
    if sum(_is_headline(line) for line in page.lines) >= 10:
        raise Unreadable("is a list of news, not an article")
    raise Unreadable("has no article that can be told from the rest of the page")


def _size(text: str) -> float:
    """Ideographs; of other scripts, letters by six."""
    han = len(_HAN.findall(text))
    return han + (sum(char.isalpha() for char in text) - han) / 6


_SHORTEST, _SHORTEST_DATED = 40, 12
"""The least text of an article, in ideographs: of any page, and of one that prints a time of day."""
