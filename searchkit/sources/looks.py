"""What a document looks like by its beginning: exports and corpora of text, and what is no text of an article at all.

Nothing is told by the name. Each look decodes the first 64 KiB and matches whole lines, so that an article which only
quotes a tag is none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from searchkit.sources import fields
from searchkit.sources.encodings import decode

_LOOKED_AT = 64 * 1024
_LINES = 400
_LINE = 2000
"""Characters of a line that are looked at."""


@lru_cache(maxsize=2)
def _text(start: bytes) -> str:
    return decode(start)


@lru_cache(maxsize=2)
def _cut(start: bytes, *, whole: bool) -> tuple[str, ...]:
    lines = _text(start).lstrip("\ufeff").splitlines()
    if not whole and len(lines) > 1:
        lines.pop()  # its end is not seen
    return tuple(line[:_LINE].strip() for line in lines if line.strip())[:_LINES]


def head_text(head: bytes) -> str:
    """Return the first 64 KiB of a document as text."""
    return _text(head[:_LOOKED_AT])


def head_lines(head: bytes) -> tuple[str, ...]:
    """Return the first lines of a document that are not empty, without white space around them."""
    return _cut(head[:_LOOKED_AT], whole=len(head) <= _LOOKED_AT)


def _share(lines: tuple[str, ...], pattern: re.Pattern[str]) -> float:
    """How many of the lines the pattern matches from their start, from 0 to 1."""
    return sum(pattern.match(line) is not None for line in lines) / len(lines) if lines else 0.0


def _tags(lines: tuple[str, ...], pattern: re.Pattern[str]) -> set[str]:
    return {match[1] for line in lines if (match := pattern.match(line))}


_RIS_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}-(?:\s|$)")
_RIS_START = re.compile(r"TY {1,2}- ?[A-Z]{3,10}$|PMID- ?\d")
_REFWORKS_TAG = re.compile(r"([A-Z][A-Z0-9])(?:\s|$)")
_ENDNOTE_TAG = re.compile(r"(%[0-9A-Z]|%[^\w\s])(?:\s|$)")
_NOTEEXPRESS_TAG = re.compile(r"\{([^{}]{1,40})\}\s{0,3}[:：]")
_CNKI_TAG = re.compile(r"(DataType|[A-Za-z]{2,24}-[\u4e00-\u9fff]{1,12})\s{0,3}[:：]")


def looks_ris(head: bytes) -> bool:
    """RIS: its tags begin most lines, and there is a title among them."""
    lines = head_lines(head)
    tags = _tags(lines, _RIS_TAG)
    if not tags & {"TI", "T1", "CT", "TY", "PMID"}:
        return False
    if any(_RIS_START.match(line) for line in lines[:30]):
        return len(tags) > 1
    return len(
        tags & {"TI", "T1", "AU", "A1", "JO", "JF", "T2", "PY", "Y1", "DA", "AB", "N2", "ER", "UR", "KW"}
    ) > 2 and (_share(lines, _RIS_TAG) > 0.4)


def looks_refworks(head: bytes) -> bool:
    """RefWorks: `RT` begins it, and other tags follow."""
    lines = head_lines(head)
    tags = _tags(lines, _REFWORKS_TAG)
    return (
        bool(lines) and lines[0].startswith("RT ") and "T1" in tags and len(tags & {"A1", "JF", "YR", "AB", "SR"}) > 1
    )


def looks_endnote(head: bytes) -> bool:
    """EndNote: lines of a percent sign and a letter, a title or a kind among them."""
    lines = head_lines(head)
    tags = _tags(lines, _ENDNOTE_TAG)
    return (
        bool(tags & {"%T", "%0"})
        and len(tags) > 1
        and (_ENDNOTE_TAG.match(lines[0]) is not None or _share(lines, _ENDNOTE_TAG) > 0.4)
    )


def looks_noteexpress(head: bytes) -> bool:
    """NoteExpress: names in braces, and a colon."""
    lines = head_lines(head)
    tags = {tag.lower() for tag in _tags(lines, _NOTEEXPRESS_TAG)}
    return bool(tags & {"reference type", "title"}) and len(tags) > 1


def looks_cnki(head: bytes) -> bool:
    """CNKI: names in English and Chinese, and a colon."""
    lines = head_lines(head)
    tags = {tag.partition("-")[0].lower() for tag in _tags(lines, _CNKI_TAG)}
    return "title" in tags and len(tags) > 2


_FACTIVA_TAG = re.compile(r"(SE|HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|LA|CY|LP|TD|AN)(?:$|\t|\s{2,}\S|\s(?=[^\x00-\x7f]))")
_FACTIVA_END = re.compile(r"(?:Document|文件|文档|文檔|檔案) ([A-Z0-9]{3,12}\d{10,}[a-z0-9]{0,12})$")
_WISERS_NUMBER = re.compile(r"(?:文章[编編][号號]|Document (?:no|number)\.?)\s{0,3}[:：]\s{0,3}\d{8,}", re.IGNORECASE)
_BARRED = re.compile(r"[^|｜]{1,40}[|｜][^|｜]{1,60}(?:[|｜][^|｜]{1,60}){1,8}$")
_LABEL = re.compile(r"【([^【】]{1,12})】")
LABELLED = frozenset(
    (
        "文献号", "原文出处", "原刊地名", "原刊期号", "原刊页号", "分类号", "分类名", "复印期号", "标题",
        "题名", "篇名",
        "作者", "作者简介", "内容提要", "摘要", "关键词", "正文", "参考文献", "日期", "时间", "来源", "出处",
        "版面", "版次",
        "栏目", "报纸", "發佈日期", "標題", "作者簡介", "關鍵詞", "內文",
    )
)  # fmt: skip
"""What stands in 【 】 before a value, without white space."""
_RECORDS = frozenset({"doc", "document", "article", "news", "newsitem", "record", "item", "row", "entry", "text"})
_XML_TAG = re.compile(r"</?([A-Za-z][\w:.-]{0,40})(?:\s[^<>]{0,500})?/?>")


def looks_factiva(head: bytes) -> bool:
    """Factiva: two capitals on a line of their own before each value, or a document's number under each text."""
    lines = head_lines(head)
    tags = _tags(lines, _FACTIVA_TAG)
    if "HD" in tags and tags & {"LP", "TD"} and len(tags & {"SN", "PD", "AN", "WC", "LA", "BY", "SC"}) > 1:
        return True
    return any(map(_FACTIVA_END.match, lines)) and any(map(FACTIVA_WORDS.match, lines))


FACTIVA_WORDS = re.compile(r"[\d,]{1,8}\s{0,2}(?:words|字|個字|个字|characters)$", re.IGNORECASE)


def looks_wisers(head: bytes) -> bool:
    """Wisers: the number of each article, and a line of page, section and outlet between bars."""
    lines = head_lines(head)
    numbers = sum(_WISERS_NUMBER.match(line) is not None for line in lines)
    return numbers > 0 and (numbers > 1 or any(map(_BARRED.match, lines)))


def looks_labelled(head: bytes) -> bool:
    """Texts whose fields stand after labels in 【 】, a title or a text among them, as those of the Fudan corpus."""
    lines = head_lines(head)
    labels = [re.sub(r"\s", "", match[1]) for line in lines if (match := _LABEL.match(line))]
    known = set(labels) & LABELLED
    return (
        len(known) > 2
        and bool(known & {"标题", "题名", "篇名", "標題"})
        and bool(known & {"正文", "內文"})
        and _LABEL.match(lines[0]) is not None
    )


_ROOT = re.compile(
    r"<(?:\w{1,20}:)?(rss|rdf|feed|urlset|sitemapindex|html|opml|svg|kml|gpx|plist|wordprocess\w{0,20})\b", re.I
)


def looks_docs(head: bytes) -> bool:
    """Records between tags (`<doc>`), whether or not an element stands around them all."""
    lines = head_lines(head)
    if not lines or not lines[0].startswith("<") or any(map(_ROOT.match, lines[:10])):
        return False
    text = head_text(head)
    tag = record_tag(text)
    if not tag or "<ref-type" in text:  # EndNote's
        return False
    if tag.lower() == "doc":
        return True
    names = {match[1].lower() for match in _XML_TAG.finditer(text)}
    return any(_is_field(name) for name in names - {tag.lower()})


def _is_field(name: str) -> bool:
    known = fields.known_as(name)
    return fields.is_summary(name) or (known is not None and known[0] in ("title", "body"))


def record_tag(text: str) -> str:
    """Return the tag of the records that a text of markup consists of, as it stands there; empty if none is known.

    The one that comes most often; of two, the one that comes first, because it stands around the other.
    """
    counts: dict[str, int] = {}
    for match in _XML_TAG.finditer(text):
        if match.group()[1] != "/":
            counts[match[1]] = counts.get(match[1], 0) + 1
    first = next(iter(counts), "")
    # <text> is a field, unless it is all there is
    known = [name for name in counts if name.lower() in _RECORDS and (name.lower() != "text" or name == first)]
    return max(known, key=lambda name: counts[name], default="")


_SEPARATORS = ("_!_", "\t", "|||", "\x01", "␞")
_SENTENCE = re.compile("[。！？；]")
_HAN = re.compile("[\u3400-\u9fff]")
_DATED = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}")
_LABELLED_LINE = re.compile(r"[^\s:：]{1,10}[:：]")
FASTTEXT = re.compile(r"__label__(\S{1,40})")
_HEADLINES = 5
"""Lines that may be a list of headlines."""


def separator(lines: tuple[str, ...]) -> str:
    """The sign that parts all lines into as many fields; empty if there is none."""
    if len(lines) < 2:
        return ""
    for sign in _SEPARATORS:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts), key=counts.count)
        if usual and counts.count(usual) * 10 >= 9 * len(counts):
            return sign
    return ""


def is_headline(line: str) -> bool:
    """Whether a line is a headline by itself: Chinese, short, no sentence that ends."""
    return (
        5 <= len(line) <= 60
        and len(_HAN.findall(line)) >= 4
        and not _SENTENCE.search(line[:-1])
        and line[-1] not in "。；，、："
    )


DAY_BESIDE = re.compile(
    r"(?:^[\[【(（]?(?P<before>(?:19|20)\d\d(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)(?:\s\d{1,2}:\d\d(?::\d\d)?)?)"
    r"[\]】)）]?[\s:：,，]{0,4})"
    r"|(?:[\s,，]{0,4}[\[【(（]?(?P<after>(?:19|20)\d\d(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)(?:\s\d{1,2}:\d\d(?::\d\d)?)?)"
    r"[\]】)）]?$)"
)
"""The day, perhaps with a time, before or after a headline in its line."""


def _are_dated_headlines(lines: tuple[str, ...]) -> bool:
    """Tell whether each line is a headline with its day."""
    good = 0
    for line in lines:
        text, found = DAY_BESIDE.subn("", line, count=1)
        good += bool(found and text and is_headline(text) and len(_HAN.findall(text)) * 2 > len(text))
    return len(lines) > 2 and good * 20 >= 19 * len(lines)


def looks_headlines(head: bytes) -> bool:
    """A headline a line, alone or between fields that a sign parts."""
    lines = head_lines(head)
    sign = separator(lines)
    if sign:
        rows = [line.split(sign) for line in lines]
        return sum(any(len(_HAN.findall(cell)) >= 4 for cell in row) for row in rows) * 10 >= 9 * len(rows)
    if len(lines) > 1 and sum(FASTTEXT.search(line) is not None for line in lines) * 10 >= 9 * len(lines):
        return True
    if _are_dated_headlines(lines):
        return True
    if len(lines) < _HEADLINES or any(map(_BARRED.match, lines)):
        return False
    good = sum(map(is_headline, lines))
    labels = sum(_LABELLED_LINE.match(line) is not None for line in lines)
    commas = sum("，" in line for line in lines)
    dates = sum(_DATED.search(line) is not None for line in lines)
    return (
        good * 20 >= 19 * len(lines) and labels * 4 < len(lines) and commas * 2 < len(lines) and dates * 4 < len(lines)
    )


def looks_table(head: bytes) -> bool:
    """A header row of short names, one of them that of a title or text and another known as well."""
    lines = head_lines(head)
    if len(lines) < 2:
        return False
    first = lines[0]
    sign = max(("\t", ",", ";", "|", "，"), key=first.count)
    names = [name.strip().strip('"') for name in first.split(sign)]
    known = [found[0] for name in names if len(name) <= 24 and (found := fields.known_as(name))]
    known += ["summary" for name in names if fields.is_summary(name)]
    return len(known) > 1 and bool({"title", "body"} & set(known)) and all(len(name) <= 24 for name in names)


def looks_wacz(head: bytes) -> bool:
    """A zip that begins as one of a crawl; another is told by its directory."""
    first = (b"datapackage.json", b"archive/data.warc", b"pages/pages.jsonl")
    return head.startswith(b"PK\x03\x04") and head[30:64].startswith(first)
