"""Markdown with front matter: the pages of a Hugo, Jekyll or Zola blog, and notes kept in the same form.

Front matter is YAML between lines of `---`, TOML between lines of `+++`, or a JSON object. A file without any is read
by the rules of text dumps, once the signs of Markdown are taken off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, cast

from searchkit.errors import BadRecord
from searchkit.language.messages import Message
from searchkit.sources.encodings import binary_reason, decode
from searchkit.sources.formats import Item, Reading
from searchkit.sources.limits import Unreadable
from searchkit.sources.record import from_record, split_keywords
from searchkit.sources.streams import HEAD, Stream

if TYPE_CHECKING:
    from markdown_it.token import Token

_FENCED = {
    "---": re.compile(r"---[ \t]*\n(?P<matter>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE),
    "+++": re.compile(r"\+\+\+[ \t]*\n(?P<matter>.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE),
}
_MOST_MATTER = 256 * 1024
_DATED_NAME = re.compile(r"(?P<date>(?:19|20)\d\d-\d{1,2}-\d{1,2})(?:[-_ ]|\.|$)")
_DATES = ("date", "publishdate", "published_at", "pubdate", "发布时间", "日期")
_FILED = ("keywords", "tags", "tag", "categories", "category", "关键词", "标签", "分类")
"""What a blog files its pages under; all of it becomes keywords."""
_INNER = ("params", "taxonomies")
"""Tables that hold fields of the page itself: Hugo's and Zola's."""
_SHORTCODES = {
    r"\{\{[<%]": r"[%>]\}\}",
    r"\{%": r"%\}",
    r"\{:": r"\}",
}
_UNSHOWN = {r"<!--": r"-->", r"<script\b": r"</script\s*>", r"<style\b": r"</style\s*>"}
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+\Z", re.IGNORECASE)


def read_markdown(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The article of a Markdown file; a draft is set aside and named as one."""
    data = stream.whole(reading.limits.document_bytes)
    if reason := binary_reason(data[:HEAD], complete=len(data) <= HEAD):
        raise Unreadable(reason)
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    matter, body, line = _split(text)
    if matter is None:
        from searchkit.sources.readers.text_dump import articles

        yield from articles(plain_text(text, rules=True), reading)
        return
    if reason := _unpublished(matter):
        yield reading.rejected(
            Message("is a draft, passed over ({reason}); take the mark away to have it in the archive", reason=reason)
        )
        return
    try:
        article = from_record(
            _record(matter, body, reading), timezone=reading.timezone, mapping=reading.mapping, markup=False
        )
    except BadRecord as error:
        yield reading.rejected(
            Message("has front matter, but {message}", message=error.message.removeprefix("the record has ")), line=line
        )
        return
    yield article


# -- front matter


def _split(text: str) -> tuple[dict[str, Any] | None, str, int]:
    """The front matter, None if there is none; the text under it; the line the text begins at.

    Raises:
        Unreadable: there is front matter and it is broken.
    """
    start = text.lstrip("\n ")
    fence = _FENCED.get(start[:3])
    match = fence.match(start) if fence else None
    if match is not None:
        inner = match["matter"]
        if len(inner) > _MOST_MATTER:
            raise Unreadable("has front matter of more than 256 KiB")
        if fence is _FENCED["---"] and inner.strip() and not re.search(r"^[^\S\n]*[^\s#][^\n]*?:(?:\s|$)", inner, re.M):
            return None, text, 1  # two rules with a text between them
        fields = _yaml(inner) if fence is _FENCED["---"] else _toml(inner)
        return fields, start[match.end() :], text[: len(text) - len(start) + match.end()].count("\n") + 1
    if re.match(r"\{\s*\"", start):
        try:
            value, end = json.JSONDecoder().raw_decode(start)
        except (ValueError, RecursionError):
            return None, text, 1
        if isinstance(value, dict):
            return value, start[end:], 1
    return None, text, 1


def _yaml(text: str) -> dict[str, Any]:
    import yaml

    class Loader(yaml.BaseLoader):  # type: ignore[misc]
        """Strings, lists and objects only: dates and numbers stay as they are written."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):  # a few of these can stand for gigabytes
                raise yaml.YAMLError("it repeats a value by reference (*name), which is not read")
            return super().compose_node(parent, index)

    try:
        value = yaml.load(text, Loader)  # a BaseLoader makes nothing but strings
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 2}: " if mark is not None else ""
        problem = getattr(error, "problem", None) or str(error) or type(error).__name__
        raise Unreadable(
            Message("has front matter that is not YAML: {where}{problem}", where=where, problem=problem)
        ) from error
    return _table(value, "YAML")


def _toml(text: str) -> dict[str, Any]:
    from searchkit.system import bounded_toml

    try:
        return _table(bounded_toml.read(text), "TOML")
    except ValueError as error:
        raise Unreadable(Message("has front matter that is not TOML: {reason}", reason=error)) from error


def _table(value: object, language: str) -> dict[str, Any]:
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise Unreadable(Message("has front matter that is {language}, but no table of fields", language=language))
    return {str(key): _plain(each) for key, each in value.items()}


def _plain(value: Any) -> Any:
    """TOML's dates as they are written, anything else as it is."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return value


def _unpublished(matter: Mapping[str, Any]) -> str:
    """The mark that says a page is not to be shown yet, as it is written; empty if there is none."""
    for key, value in matter.items():
        mark = (key.lower(), str(value).strip().lower())
        if mark in (("draft", "true"), ("draft", "yes"), ("published", "false"), ("published", "no")):
            return f"{key}: {str(value).lower()}"
    return ""


def _record(matter: dict[str, Any], body: str, reading: Reading) -> dict[str, Any]:
    """The fields of a page as a record."""
    record = dict(matter)
    for name in _INNER:
        if isinstance(inner := record.get(name), Mapping):
            del record[name]
            record = {**inner, **record}
    for key in list(record):
        if key.lower() in ("published", "draft") and str(record[key]).strip().lower() in ("true", "yes", "false", "no"):
            del record[key]
    filed: list[str] = []
    for name in _FILED:
        for key in [key for key in record if key.lower() == name and key not in reading.mapping.values()]:
            filed.extend(_words(record.pop(key)))
    if filed:
        record["keywords"] = list(dict.fromkeys(filed))
    for key in ("url", "link"):  # a path of the blog is no address
        if isinstance(record.get(key), str) and not _ADDRESS.match(record[key].strip()):
            record[f"page_{key}"] = record.pop(key)
    for key in ("canonicalURL", "canonical_url", "canonicalUrl"):
        if isinstance(record.get(key), str) and _ADDRESS.match(record[key].strip()):
            record["url"] = record.pop(key)
    if not any(key.lower() in _DATES and record[key] for key in record) and (day := _day_of_name(reading)):
        record["date"] = day
    record["body"] = plain_text(body)
    return record


def _words(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [word for each in value for word in _words(each)]
    if isinstance(value, Mapping):
        return _words(value.get("name") or value.get("title") or "")
    parts = split_keywords(str(value if value is not None else "").strip())
    return [word for part in parts if (word := part.strip())]


def _day_of_name(reading: Reading) -> str:
    """The day a file is named after: `2025-03-04-title.md`, or `2025-03-04-title/index.md`."""
    for name in re.split(r"[/\\!]", reading.name)[-1:-3:-1]:
        if match := _DATED_NAME.match(name):
            return match["date"]
        if not name.lower().startswith("index."):
            break
    return ""


# -- text


def plain_text(text: str, *, rules: bool = False) -> str:
    """Markdown as plain text, one paragraph, heading, item or row a line.

    Args:
        rules: keep horizontal rules, which may part two articles.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    try:
        tokens = parser.parse(_without(text, _SHORTCODES))
    except RecursionError as error:
        raise Unreadable("is nested too deeply") from error
    lines: list[str] = []
    row: list[str] | None = None
    for token in tokens:
        if token.type == "inline":
            inline = _inline(token)
            if row is None:
                lines.append(inline)
            else:
                row.append(inline)
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            lines.append("\t".join(row))
            row = None
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.strip("\n"))
        elif token.type == "html_block":
            lines.append(_without_tags(token.content))
        elif token.type == "hr" and rules:
            lines.append("-----")
    return "\n".join(line for line in lines if line.strip())


def _inline(token: Token) -> str:
    parts = []
    for each in token.children or ():
        if each.type in ("text", "code_inline"):
            parts.append(each.content)
        elif each.type in ("softbreak", "hardbreak") or _BREAK.match(each.content):
            parts.append("\n")
    text = "".join(parts)
    if not _wrapped(text):
        return text
    # a line broken in the middle of a Chinese paragraph is no end of a word
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])", "", text).replace("\n", " ")


def _wrapped(text: str) -> bool:
    """Lines that were broken at a width: none but the last ends where a sentence does."""
    lines = text.split("\n")
    return len(lines) > 1 and all(line and not re.search(r"[。！？!?：:]\s*$", line) for line in lines[:-1])


def _without_tags(html: str) -> str:
    text = _without(html, _UNSHOWN)
    text = re.sub(r"<(?:br|/p|/div|/li|/tr)\b[^<>]*>", "\n", text, flags=re.IGNORECASE)
    from html import unescape

    return unescape(re.sub(r"<[^<>]*>", "", text)).strip()


def _without(text: str, marks: Mapping[str, str]) -> str:
    """The text without what stands from a mark to the one that closes it; a mark that nothing closes stays.

    One pass, where `begin.*?end` would look through the rest of the text at every beginning that has no end.
    """
    begins = re.compile("|".join(f"({begin})" for begin in marks), re.IGNORECASE)
    ends = [re.compile(end, re.IGNORECASE) for end in marks.values()]
    nothing = (len(text), len(text))
    found = [(-1, -1)] * len(ends)  # of each kind the next that closes
    parts, at = [], 0
    for begin in begins.finditer(text):
        if begin.start() < at:
            continue
        kind = cast(int, begin.lastindex) - 1
        if found[kind][0] < begin.end():
            end = ends[kind].search(text, begin.end())
            found[kind] = end.span() if end else nothing
        if found[kind] != nothing:
            parts.append(text[at : begin.start()])
            at = found[kind][1]
    return "".join((*parts, text[at:]))
