"""What is no text of an article: files known by their beginning that are refused by name, and whatever is not prose.

A file that fits no format is read as a text dump. So before that it must look like running text, or it would become
one article of tags, code or numbers. Only what speaks against it counts: a short note is a text as well.
"""

from __future__ import annotations

import re
from collections import Counter

from searchkit.language.messages import Message
from searchkit.sources.looks import head_lines, head_text

_NAMED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s{0,20}\{\\rtf"), Message("is a Rich Text (RTF) document: save it as plain text (UTF-8)")),
    (
        re.compile(r"filedesc://\S{1,500} "),
        Message("is an ARC file, the format before WARC: convert it with `warcio recompress`"),
    ),
    (
        re.compile(
            r"\s{0,20}(?:<\?xml[^>]{0,200}>\s{0,20})?<xml>\s{0,20}<records>\s{0,20}<record>\s{0,20}<database", re.I
        ),
        Message("is EndNote XML: export it as RIS"),
    ),
    (re.compile(r"BEGIN:V(?:CALENDAR|CARD)\b"), Message("is a calendar or an address book")),
    (re.compile(r"FN (?:Clarivate|Thomson|ISI)\b"), Message("is an export of Web of Science: export it as RIS")),
    (re.compile(r"(?:WEBVTT\b|\[Script Info\])"), Message("is a file of subtitles: save its text first")),
    (re.compile(r"-----BEGIN [A-Z ]{3,40}-----"), Message("is a key or a signature")),
    (re.compile(r"%!PS-Adobe"), Message("is PostScript: save its text first")),
    (
        re.compile(r"HTTP/\d(?:\.\d)? \d{3}\b"),
        Message("is an answer of a server with its headers: save the page alone, or as WARC"),
    ),
    (re.compile(r"diff --git |Index: \S"), Message("is a patch")),
    (
        re.compile(r"From \S{1,200} .{0,20}\w{3} \w{3} {1,2}\d"),
        Message("is a mailbox: save the messages as text or HTML"),
    ),
)
_LINES: tuple[tuple[re.Pattern[str], int, str], ...] = (
    # matched from the start of lines; how many lines it takes
    (
        re.compile(
            r"(?:INSERT\s+INTO|CREATE\s+(?:TABLE|DATABASE)|DROP\s+TABLE|LOCK\s+TABLES|COPY\s+\S{1,100}\s[^;]{0,500}FROM\s+stdin"
            r"|REPLACE\s+INTO|-- (?:MySQL|PostgreSQL|MariaDB|SQLite) (?:dump|database))\b",
            re.I,
        ),
        1,
        Message("is a dump of a database (SQL): export the table as CSV or JSON lines"),
    ),
    (
        re.compile(r"@(?:article|book|misc|newspaper|online|inproceedings|techreport|phdthesis)\s{0,9}[{(]", re.I),
        1,
        Message("is BibTeX: export it as RIS"),
    ),
    (re.compile(r"\d\d:\d\d:\d\d[,.]\d{1,3} --> "), 1, "is a file of subtitles: save its text first"),
    (
        re.compile(r"\[(?:\d{1,2}:\d\d(?:\.\d{1,3})?|ti:.{0,80}|ar:.{0,80})\]"),
        3,
        "is a file of subtitles: save its text first",
    ),
    (
        re.compile(r"(?:点赞数|点赞|转发数|评论数|微博位置|发布工具|點讚數)\s{0,2}[:：]"),
        2,
        Message("is an export of posts as text: export them as CSV or JSON"),
    ),
    (
        re.compile(r"[\[［]\d{1,4}[\]］].{4,300}[\[［][A-Z]{1,2}(?:/[A-Z]{2})?[\]］]"),
        2,
        Message("is a list of references: export them as RIS, or for EndNote or NoteExpress"),
    ),
    (
        re.compile(r"\S{7,45} \S{1,50} \S{1,50} \[[^\]]{10,40}\] \"[A-Z]{3,8} "),
        2,
        Message("is the log of a server"),
    ),
    (
        re.compile(
            r"\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d[.,]?\d{0,9}\]?\s{1,3}(?:[^\s]{1,60}\s{1,3}){0,3}[-\[(|<]?\s?"
            r"(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b"
        ),
        2,
        Message("is the log of a program"),
    ),
    (
        re.compile(
            r"\d{4}[-/]\d{1,2}[-/]\d{1,2} \d{1,2}:\d\d(?::\d\d)? \S{1,40}[(<（]\S{4,60}[)>）]$"
            r"|\[?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},? \d{1,2}:\d\d.{0,9}(?: - |\] )[^:：]{1,40}[:：] "
        ),
        2,
        Message("is the record of a chat: export its messages as JSON or CSV"),
    ),
    (
        re.compile(r"(?:LENGTH|LOAD-DATE|BYLINE|PUBLICATION-TYPE|JOURNAL-CODE): \S|\d{1,4} of \d{1,4} DOCUMENTS$"),
        2,
        Message("is an export of LexisNexis: export it as CSV or Excel, and save that as CSV"),
    ),
    (
        re.compile(r"ProQuest (?:document link|文档链接|文檔連結)|(?:Full text|全文文献|全文文獻)[:：] "),
        1,
        Message("is an export of ProQuest: export it as RIS"),
    ),
    (
        re.compile(r"(?:received|return-path|delivered-to|mime-version|message-id)\s{0,2}:", re.I),
        2,
        Message("is a mail message"),
    ),
)
_OPML = re.compile(r"<opml[\s>]", re.I)
_SAYS = re.compile("[\u3400-\u9fff\uf900-\ufaff\u3041-\u30ff\uac00-\ud7a3]")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = re.compile(
    "[\u3400-\u9fff\uf900-\ufaff”」』）)0-9][，。！？；、：]|[，。！？；：、]"  # Chinese
    r"|[A-Za-z]{2,20},? [A-Za-z]{1,20} [A-Za-z]{1,20}"  # three words in a row
)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,500}>")
_CODE = re.compile(
    r".{0,300}[{};]$|[\[{(].{0,2000}[\]})],?$|//|/\*|\*/|\*\s|#!|#\s|\"\"\"|@\w{1,40}(?:\(|$)|\\[A-Za-z]{2,20}\b"
    r"|(?:import|from|package|using|export|return|def|class|function|var|let|const|public|private|#include|elif|else)\s"
    r"[\x20-\x7e]*$|(?:if|for|while|print|echo|return)\b[\x20-\x7e]{0,300}[:;)]$"
    r"|\[[\w.: -]{1,60}\]$|[A-Za-z_][\w.\-\[\]]{0,60}\s{0,4}\+?=(?!=)"
)
"""A line of a program, a style sheet, a configuration or TeX, by how it begins or ends."""
_YAML = re.compile(r"-\s{1,4}[A-Za-z_]\w{0,30}:(?:\s|$)")
_CLASSED = re.compile(r"\S{1,40}/[A-Za-z]{1,4}(?:\s|$)")
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4}|&#x?[0-9a-fA-F]{2,6};|%[0-9A-F]{2}|\\x[0-9a-fA-F]{2})")
_BROKEN = re.compile("[\x80-\x84\x86-\x9f\ufffd]")
_BROKEN_SIGNS = 10
"""Fewer may be a broken place in a text that is whole otherwise."""
_SIGNS = re.compile(r"[{}\[\]<>=\\|$^~`#&*_@;/+\"]")
_NUMBERED = re.compile(r"(\d{1,6})\s{0,2}[:：]\s{0,2}\S")
_COUNTED = re.compile(r"[【\[(（]?(\d{1,4})[】\])）.、．:：]\s{0,4}(?=\S{4})(?!\d)")
_LABEL = re.compile(r"([^\s:：=]{1,24})\s{0,4}[:：=]")
_SEPARATORS = ("\t", "|", ",", ";", "_!_", "\x01", "^", "$$")


def refused(head: bytes) -> str:
    """Return what kind of file this is that cannot be read, with what to do, as the end of a sentence; or nothing."""
    text = head_text(head).lstrip("\ufeff")
    for pattern, reason in _NAMED:
        if pattern.match(text):
            return reason
    if text.lstrip().startswith("<") and _OPML.search(text[:8192]):
        return Message("is a list of feeds (OPML), not their entries: download the feeds it names")
    lines = head_lines(head)
    for pattern, least, reason in _LINES:
        if sum(pattern.match(line) is not None for line in lines) >= least and _mostly_not_prose(lines, pattern):
            return reason
    return ""


def _mostly_not_prose(lines: tuple[str, ...], pattern: re.Pattern[str]) -> bool:
    """An article that quotes such a line, between paragraphs, is an article."""
    first = next(at for at, line in enumerate(lines) if pattern.match(line))
    paragraphs = sum(len(line) > 20 and line.endswith(("。", "！", "？", "”")) for line in lines)
    found = sum(pattern.match(line) is not None for line in lines)
    return first < 12 and found * 4 >= paragraphs


def not_prose(head: bytes) -> str:
    """Return why a document does not look like running text, as the end of a sentence; empty if it may be."""
    lines = head_lines(head)
    text = "\n".join(lines)
    dense = "".join(text.split())
    if not dense:
        return ""
    if not _LETTER.search(text):
        return _reason("numbers and signs without a word")
    broken = len(_BROKEN.findall(text))
    if broken >= _BROKEN_SIGNS and broken * 40 > len(dense):
        return _reason("text that was once decoded with the wrong encoding", "take it from where it was still whole")
    if sum(len(match.group()) for match in _ESCAPED.finditer(text)) * 2 > len(dense):
        return _reason("text written as escapes, such as \\u6c5f or %E6", "save it decoded")
    if len(dense) > 200 and dense.isascii() and len(text.split()) * 40 < len(dense):
        return _reason("encoded data", "decode it first")
    if len(_CLASSED.findall(text)) * 2 > len(text.split()) > 8:
        return _reason("words with their classes (`江湾/ns`)", "take the text they were made from")
    markup = sum(len(match.group()) for match in _TAG.finditer(text))
    tagged = sum(line.startswith("<") for line in lines)
    if markup * 3 > len(text) or (len(lines) > 3 and tagged * 2 > len(lines)):
        if re.match(r"<\?xml", text):
            return _reason(Message("XML of a kind that is not known"), Message("export it as JSON lines or CSV"))
        return _reason("a piece of HTML or XML", "say --format html if it is a page")
    if reason := _columns(lines):
        return reason
    signs = len(_SIGNS.findall(dense))
    if signs * 6 > len(dense) and len(dense) > 40 and signs * 2 > len(_SAYS.findall(dense)):
        return _reason("code, a log or data", "export it as JSON lines or CSV")
    if sum(map(bool, map(_YAML.match, lines))) > 1 and _YAML.match(lines[0]):
        return _reason(Message("YAML"), "export it as JSON or CSV")
    if _is_code(lines):
        return _reason("code, a log or data", "export it as JSON lines or CSV")
    if _is_counted(lines):
        return _reason("numbered entries", "export them as CSV or JSON lines")
    return "" if len(lines) < 4 else _rows(lines)


def _is_code(lines: tuple[str, ...]) -> bool:
    """Tell whether most lines are of a program or a configuration, and few are sentences."""
    code = sum(_CODE.match(line) is not None for line in lines)
    return len(lines) > 2 and code * 2 > len(lines) and _paragraphs(lines) * 4 <= len(lines)


def _is_counted(lines: tuple[str, ...]) -> bool:
    """Tell whether entries with a number each begin at the first line, which so is no title: 1、… 2、… 3、…

    The number stands in brackets, or over lines of text; paragraphs that are counted are those of one text.
    """
    counted = [(at, match) for at, line in enumerate(lines) if (match := _COUNTED.match(line))]
    if len(counted) < 3 or counted[0][0] != 0:
        return False
    numbers = [int(match[1]) for _, match in counted[:3]]
    over = all(at + 1 < counted[nth + 1][0] for nth, (at, _) in enumerate(counted[:2]))
    return numbers == [numbers[0] + at for at in range(3)] and (over or lines[0][0] in "【[")


def _paragraphs(lines: tuple[str, ...]) -> int:
    """How many lines are sentences that end."""
    return sum(len(line) > 20 and line.endswith(("。", "！", "？", "”", ".", "」", "；")) for line in lines)


def _columns(lines: tuple[str, ...]) -> str:
    """Whether the lines are rows of a table, parted by a sign."""
    if len(lines) < 5 or _paragraphs(lines) * 4 > len(lines):
        return ""
    for sign in _SEPARATORS:
        usual, times = Counter(line.count(sign) for line in lines).most_common(1)[0]
        if usual > (1 if sign in ",;" else 0) and times * 10 >= 9 * len(lines):
            return _reason("a table without a header row", "put the names of the columns in its first line, as in CSV")
    return ""


def _rows(lines: tuple[str, ...]) -> str:
    """Whether the lines are entries of something rather than lines of a text."""
    paragraphs = _paragraphs(lines)
    if paragraphs * 4 > len(lines):
        return ""
    sentences = sum(_SENTENCE.search(line) is not None for line in lines)
    labels = Counter(match[1] for line in lines if (match := _LABEL.match(line)))
    # the same names come again and again: records, where an article has each label once
    again = sum(count for count in labels.values() if count > 1)
    if len(lines) > 6 and again * 10 >= 6 * len(lines) and len(labels) < len(lines) / 2:
        return _reason("records with a name before each value", "export it as JSON lines, CSV or RIS")
    numbers = [int(match[1]) for line in lines if (match := _NUMBERED.match(line))]
    if len(numbers) > 2 and numbers[:3] == [numbers[0] + at for at in range(3)] and len(numbers) * 4 > len(lines):
        return _reason("numbered entries", "export them as CSV or JSON lines")
    if len(lines) > 9 and not paragraphs and sentences * 5 < len(lines) and max(map(len, lines)) < 120:
        return _reason("a list, a word or a name a line", "make it a table with a header row, as in CSV")
    return ""


def _reason(what: str, advice: str = "") -> str:
    read = Message(
        "searchkit reads running text, tables, JSON, feeds, pages and the exports that docs/sources.md names"
    )
    if advice:
        return Message(
            "looks like {what}, not like the text of an article: {advice}; {read}; --format text takes it as it is",
            what=Message(what),
            advice=Message(advice),
            read=read,
        )
    return Message(
        "looks like {what}, not like the text of an article: {read}; --format text takes it as it is",
        what=Message(what),
        read=read,
    )
