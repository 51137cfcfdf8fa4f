"""The lines of one article in a text dump, to an Article.

A page of a site reads: site line, navigation, section, title, labels, dateline, paragraphs, editor's note, closing
mark, the list of other news. A plain file is the same from the title on. The rules are in `docs/sources.md`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from searchkit.model.article import Article, Related
from searchkit.model.serialise import clean
from searchkit.sources import printed_dates
from searchkit.sources.readers.text_lines import (
    TextLine,
    byline,
    dateline,
    editor_note,
    is_chrome,
    is_closing,
    is_dated_title,
    is_heading,
    is_paragraph,
    labels,
    labels_unknown,
    site,
    source_note,
)
from searchkit.sources.record import first_sentence, one_line, split_keywords

HEAD_LINES = 14
"""Lines in which the head of an article is looked for."""

_CRUMB = re.compile(r"\s{0,8}(?:>>|>|»|›|→)\s{0,8}")
_NO_SECTION = frozenset({"首页", "正文", "当前位置", "您的位置", "您所在的位置", "返回首页", "新闻首页"})


def article(lines: Sequence[TextLine], zone: tzinfo) -> Article | None:
    """The article that these lines print; None if they hold neither a title nor a text."""
    given: dict[str, Any] = {}
    extra: dict[str, str] = {}
    lines = _known_fields(lines, extra)
    start = _site_head(lines, zone, given, extra)
    body, at = _head(lines, start, zone, given, extra)
    paragraphs, at = _body(lines, at, zone, given, body)
    related, printed = _related(lines[at:], zone, extra)
    if not given.get("title"):
        if not paragraphs:
            return None
        given["title"] = first_sentence(paragraphs[0])
    if printed:
        extra["related_printed"] = str(printed)
    keywords = tuple(
        dict.fromkeys(word for each in split_keywords(given.pop("keywords", "")) if (word := one_line(each)))
    )
    named: dict[str, Any] = {name: clean(value) if isinstance(value, str) else value for name, value in given.items()}
    return Article(
        **named,
        body=clean("\n".join(paragraphs)),
        keywords=tuple(map(clean, keywords)),
        related=related,
        extra={key: clean(value) for key, value in extra.items()},
    )


def _known_fields(lines: Sequence[TextLine], extra: dict[str, str]) -> Sequence[TextLine]:
    """The lines without those fields of a record in 【 】 that are not known; these go to `extra`.

    A single line that begins so is a title (【独家】…); a record has three of them, one of which names the title.
    """
    fields = [line for line in lines[:HEAD_LINES] if labels_unknown(line.text)]
    if len(fields) < 3 or not any("title" in (labels(line.text) or {}) for line in fields):
        return lines
    unknown = [line for line in fields if labels(line.text) is None]
    for line in unknown:
        _also(extra, line.text)
    return [line for line in lines if line not in unknown]


def _site_head(lines: Sequence[TextLine], zone: tzinfo, given: dict[str, Any], extra: dict[str, str]) -> int:
    """What stands above section and title: site name, navigation, perhaps the title once more. Where that ends."""
    last = -1
    for at, line in enumerate(lines[:HEAD_LINES]):
        if named := site(line.text):
            given["site"], extra["site_domain"] = named
            last = at
        elif is_paragraph(line.text) or dateline(line.text, zone) or (last >= 0 and labels(line.text)):
            break
    if last < 0:
        return 0
    own = (given["site"], extra["site_domain"])
    above = [line.text for line in lines[:last] if site(line.text) != own and not is_chrome(line.text)]
    end = last + 1
    titles, _, _ = _head_lines(lines, end, zone)
    texts = [lines[at].text for at in titles]
    title_at = next((at for at in titles if lines[at].text in above), None)
    if title_at is None and titles:
        # a dateline or label shows where the title is: right above it; else the second line, under a short section
        met = len(titles) > 1 and (len(lines) > titles[-1] + 1 and _is_meta(lines[titles[-1] + 1].text, zone))
        if met:
            title_at = titles[-1]
        else:
            title_at = titles[1] if len(titles) > 1 and len(texts[0]) <= 8 else titles[0]
    if title_at is not None:
        sections = [part for at in titles if at < title_at for part in _CRUMB.split(lines[at].text)]
        sections = [
            part.strip(" :：") for part in sections if part.strip(" :：") not in _NO_SECTION and not is_chrome(part)
        ]
        if any(sections):
            given["section"] = " > ".join(filter(None, sections))
        given["title"] = one_line(lines[title_at].text)
        above = [text for text in above if text != lines[title_at].text]
        end = title_at
    if above:
        extra["page_head"] = "\n".join(above)
    return end


def _is_meta(text: str, zone: tzinfo) -> bool:
    return labels(text) is not None or dateline(text, zone) is not None or byline(text) != ""


def _head_lines(lines: Sequence[TextLine], start: int, zone: tzinfo) -> tuple[list[int], list[int], int]:
    """Where the head's lines are: those that may be titles, those with labels or a time, and where the body begins."""
    titles: list[int] = []
    metas: list[int] = []
    end = start
    for at in range(start, min(len(lines), start + HEAD_LINES)):
        text = lines[at].text
        if _is_meta(text, zone) and (titles or metas or not is_dated_title(text, zone)):
            metas.append(at)
            end = at + 1
            if "body" in (labels(text) or {}):
                break
        elif is_closing(text) or is_heading(text) or (is_paragraph(text) and (titles or metas)):
            break
        elif not metas:
            titles.append(at)
            if is_paragraph(text):
                break
        elif titles and metas[-1] != at - 1:
            break  # two lines without a label: the body has begun
    return titles, metas, end


def _head(
    lines: Sequence[TextLine], start: int, zone: tzinfo, given: dict[str, Any], extra: dict[str, str]
) -> tuple[list[str], int]:
    """Title and labelled fields; what already belongs to the body, and where the rest of it begins."""
    titles, metas, end = _head_lines(lines, start, zone)
    body: list[str] = []
    for at in metas:
        _meta(lines[at].text, zone, given, body, extra)
    if not metas:
        end = titles[0] + 1 if titles else start
    if not given.get("title"):
        first = titles[0] if titles else end if end < len(lines) else None
        if first is not None and not is_paragraph(lines[first].text) and not _ends(lines, first):
            given["title"] = one_line(lines[first].text.lstrip("# ") or lines[first].text)
            end = max(end, first + 1)
            titles = [at for at in titles if at != first]
        elif not metas:
            end = start
    else:
        titles = [at for at in titles if one_line(lines[at].text) != given["title"]]
    between = [
        lines[at].text for at in range(start, end) if at not in metas and (at in titles or (metas and at > metas[0]))
    ]
    if not metas:
        between = []
    body[:0] = [
        text for text in between if one_line(text) != given.get("title") and text.lstrip("# ") != given.get("title")
    ]
    if (
        not metas
        and given.get("title")
        and end == start
        and end < len(lines)
        and one_line(lines[end].text) == given["title"]
    ):
        end += 1
    return body, end


def _ends(lines: Sequence[TextLine], at: int) -> bool:
    return is_closing(lines[at].text) or is_heading(lines[at].text)


def _also(extra: dict[str, str], text: str) -> None:
    """Keep a line of the head that has no field."""
    extra["page_head"] = f"{extra['page_head']}\n{text}" if "page_head" in extra else text


def _meta(text: str, zone: tzinfo, given: dict[str, Any], body: list[str], extra: dict[str, str]) -> None:
    """Take in a line of labels, a dateline or a byline; what was said first stays."""
    line = dateline(text, zone)
    found = labels(text)
    if line is not None and not (found and "body" in found):
        printed, beside = line
        found = {**(found or {}), **beside, "published": ""}
        if "published_text" not in given:
            given["published_text"] = printed.text
            if printed.moment is not None:
                given["published"], given["precision"] = printed.moment, printed.precision
        elif given["published_text"] != printed.text:
            _also(extra, printed.text)
    elif found is None:
        found = {"author": byline(text)}
    for name, value in found.items():
        if not value:
            continue
        if name == "body":
            body.append(value)
        elif name == "published":
            printed = printed_dates.parse(value, timezone=zone)
            if "published_text" not in given:
                given["published_text"] = printed.text if printed.moment is not None else value
                if printed.moment is not None:
                    given["published"], given["precision"] = printed.moment, printed.precision
            else:
                _also(extra, value)
        elif not given.get(name):
            given[name] = value
        elif given[name] != value:
            _also(extra, value)


def _body(
    lines: Sequence[TextLine], start: int, zone: tzinfo, given: dict[str, Any], body: list[str]
) -> tuple[list[str], int]:
    """The paragraphs, and where what follows the article begins."""
    list_at = _unmarked_list(lines, start, zone)
    at = start
    while at < len(lines):
        text = lines[at].text
        at += 1
        if at - 1 == list_at or is_closing(text) or is_heading(text):
            at -= 1
            break
        note = editor_note(text)
        if note is not None:
            given.setdefault("editor", note[1])
            text = note[0]
        if text and text not in ("#",):
            body.append(text)
        if note is not None:
            break
    if body and (noted := source_note(body[-1])) and given.get("source", noted[1]) == noted[1]:
        given["source"] = noted[1]
        body[-1:] = [noted[0]] if noted[0] else []
    return body, at


def _unmarked_list(lines: Sequence[TextLine], start: int, zone: tzinfo) -> int:
    """Where a list of other news begins that no mark sets off: pairs of a title and a title with time; or -1."""
    entries = []
    for at in range(start, len(lines)):
        text = lines[at].text
        if len(text) <= 90:
            end = printed_dates.at_end(text, timezone=zone)
            if end is not None and end.precision != "day" and end.start > 0:
                entries.append(at)
    if len(entries) < 2 or entries[1] - entries[0] > 2:
        return -1
    first = entries[0]
    before = first - 1
    return before if before >= start and not is_paragraph(lines[before].text) and entries[1] - first == 2 else first


def _related(lines: Sequence[TextLine], zone: tzinfo, extra: dict[str, str]) -> tuple[tuple[Related, ...], int]:
    """The list of other news under an article: distinct entries in the order of the page, and how many were printed.

    An entry is a title, and under it the time, with or without a short title before it. Lines without a time are
    entries where they stand under a heading (相关新闻); everything else that says something goes to `page_foot`.
    """
    found: dict[Related, None] = {}
    printed = 0
    foot: list[str] = []
    pending = ""
    headed = False
    undated: list[str] = []

    def drop(text: str) -> None:
        if text:
            (undated if headed else foot).append(text)

    for line in lines:
        text = line.text
        if is_chrome(text):
            drop(pending)
            pending = ""
            headed = headed or is_heading(text)
            continue
        if note := editor_note(text):
            text = note[0]
            if not text:
                continue
        end = printed_dates.at_end(text, timezone=zone) if len(text) <= 200 else None
        if end is None:
            drop(pending)
            pending = one_line(text)
            continue
        short = one_line(text[: end.start])
        title, paired = pending or short, bool(pending)
        pending = ""
        if not title:
            foot.append(text)
            continue
        entry = Related(clean(title), clean(short) if paired else "", end.moment, end.text)
        printed += 1
        found.setdefault(entry)
    drop(pending)
    if undated and not found:
        for title in undated:
            if is_paragraph(title) or site(title):
                foot.append(title)
            else:
                printed += 1
                found.setdefault(Related(clean(title)))
    else:
        foot += undated
    if foot:
        extra["page_foot"] = "\n".join(foot)
    return tuple(found), printed
