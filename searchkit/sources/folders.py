"""Folders that a program lays out: a blog of Hugo or Jekyll, an archive of ArchiveBox, a crawl of news-please.

In these one article is more than one file, or most files are none. `layout` tells from the names in a directory what to
read of it; what it does not know is walked as it lies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.fields import FIELDS, arranged
from searchkit.sources.encodings import decode
from searchkit.sources.limits import MIB

_MOST = 16 * MIB
_HUGO = frozenset({"hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"})
_HUGO_OLD = frozenset({"config.toml", "config.yaml", "config.yml", "config.json", "config"})
_HUGO_OWN = frozenset({"archetypes", "layouts", "themes", "static", "resources", "assets", "public"})
_JEKYLL_OWN = frozenset(
    {"_site", "_layouts", "_includes", "_sass", "_data", "_plugins", "assets", "vendor", "node_modules", "README.md"}
)
_BLOG_PAGE = (".md", ".markdown")
_SNAPSHOT_PAGES = ("singlefile.html", "output.html", "readability/content.html", "mercury/content.html")
"""The forms a snapshot of ArchiveBox keeps a page in, the fullest first."""


@dataclass(frozen=True, slots=True)
class Paired:
    """A page, and what lies beside it.

    Attributes:
        pages: files that hold the same page, the best first; the next is read where one holds no article.
        beside: the file that names its address, title and time; None if there is none.
    """

    pages: tuple[Path, ...]
    beside: Path | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What to read of a directory.

    Attributes:
        names: entries to go on with, as if the directory held nothing else.
        paired: pages that are read together with what lies beside them; their names are not among `names`.
        endings: the only files to read from here on down; empty means all.
        refused: why the directory gives nothing; empty if it does.
    """

    names: tuple[str, ...]
    paired: tuple[Paired, ...] = ()
    endings: tuple[str, ...] = ()
    refused: str = ""


def layout(path: Path, names: Collection[str]) -> Layout | None:
    """What to read of a directory with these names in it; None if it is no folder that we know."""
    there = set(names)
    if "content" in there and (there & _HUGO or (there & _HUGO_OLD and there & _HUGO_OWN)):
        return Layout(("content",), endings=_BLOG_PAGE)
    if "_config.yml" in there and "_posts" in there:
        return Layout(tuple(sorted(there - _JEKYLL_OWN - _HUGO_OWN)), endings=_BLOG_PAGE)
    if "archive" in there and there & {"ArchiveBox.conf", "index.sqlite3"}:
        return Layout(("archive",))
    if "index.json" in there or re.fullmatch(r"\d{10}(?:\.\d+)?", path.name):
        return _snapshot(path, there)
    return _crawl(path, there)


def is_list_page(name: str) -> bool:
    """Whether a file of a blog only heads a list of its pages: `_index.md`, `_index.zh.md`."""
    return name.startswith("_index.")


# -- ArchiveBox


def _snapshot(path: Path, there: set[str]) -> Layout | None:
    """One page that ArchiveBox took, in all its forms."""
    beside = path / "index.json" if "index.json" in there else path / "index.html" if "index.html" in there else None
    if beside is not None and beside.name == "index.json":
        record = _object(beside)
        if not isinstance(record.get("url"), str) or not ({"history", "timestamp", "archive_path"} & set(record)):
            return None
    elif not any(each.partition("/")[0] in there for each in _SNAPSHOT_PAGES):
        return None
    pages = [path / each for each in _SNAPSHOT_PAGES if (path / each).is_file()]
    if beside is not None and (mirrored := _mirrored(path, beside)):
        pages.append(mirrored)
    if not pages:
        refused = Message(
            "is a snapshot of ArchiveBox without a page that can be read (singlefile.html, output.html, "
            "readability/content.html)"
        )
        return Layout((), refused=refused)
    return Layout((), (Paired(tuple(pages), beside),))


def _mirrored(path: Path, beside: Path) -> Path | None:
    """The copy that wget made, where the index names it and it lies inside the snapshot."""
    canonical = _object(beside).get("canonical") if beside.name == "index.json" else None
    name = canonical.get("wget_path") if isinstance(canonical, Mapping) else None
    if not isinstance(name, str) or not name.lower().endswith((".html", ".htm")):
        return None
    try:
        where = (path / name).resolve()
        return where if where.is_file() and where.is_relative_to(path.resolve()) else None
    except (OSError, ValueError):
        return None


# -- news-please


def _crawl(path: Path, there: set[str]) -> Layout | None:
    """Pages with the record of news-please beside each: `a.html` and `a.html.json`, or `a.json`."""
    paired = []
    taken: set[str] = set()
    for name in sorted(there):
        if not name.lower().endswith((".html", ".htm")):
            continue
        for record in (f"{name}.json", f"{name.rpartition('.')[0]}.json"):
            if record in there and record not in taken and _is_record(path / record):
                paired.append(Paired((path / name,), path / record))
                taken |= {name, record}
                break
    return Layout(tuple(sorted(there - taken)), tuple(paired)) if paired else None


def _is_record(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(MIB)
    except OSError:
        return False
    return head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"{") and b'"url"' in head and (
        b'"maintext"' in head or b'"source_domain"' in head or b'"date_publish"' in head
    )  # fmt: skip


# -- what lies beside a page


def record_beside(path: Path) -> dict[str, Any]:
    """What a file beside a page says of it, as a record; empty where it cannot be read."""
    if path.suffix.lower() != ".json":
        return _record_of_index(path)
    record = _object(path)
    if "history" in record or "archive_path" in record or "bookmarked_date" in record:  # ArchiveBox
        tags = record.get("tags")
        words = tags.split(",") if isinstance(tags, str) else tags if isinstance(tags, list) else []
        kept = {name: record[name] for name in ("url", "title") if isinstance(record.get(name), str)}
        return {**kept, "keywords": words, "extra": {"archivebox_timestamp": str(record.get("timestamp") or "")}}
    return record


_LINK = re.compile(r"<a\b[^>]*?href=[\"']?(https?://[^\"'\s>]+)[^>]*>", re.IGNORECASE)
_OWN_LINK = re.compile(r"https?://(?:[\w.-]*\.)?(?:archivebox\.io|github\.com/(?:ArchiveBox|pirate))", re.IGNORECASE)


def _record_of_index(path: Path) -> dict[str, Any]:
    """The address on the index page of a snapshot: the link in its header, else the first that is not ArchiveBox's."""
    try:
        with path.open("rb") as file:
            text = decode(file.read(MIB))
    except OSError:
        return {}
    links = [match for match in _LINK.finditer(text) if not _OWN_LINK.match(match[1])]
    best = next((match for match in links if "header-url" in match[0]), links[0] if links else None)
    return {"url": unescape(best[1])} if best is not None else {}


def _object(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST:
            return {}
        value = json.loads(decode(path.read_bytes()), strict=False)
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def filled(article: Article, stated: Article) -> Article:
    """An article, with what it does not say itself taken from what is stated elsewhere of the same page.

    A time of day that is stated for the day the page prints makes the day exact.
    """
    missing: dict[str, Any] = {
        name: value
        for name in arranged(("url",), (each for each in FIELDS.values() if each.is_printed), ("body",))
        if not getattr(article, name) and (value := getattr(stated, name))
    }
    finer = (
        article.published is not None
        and stated.published is not None
        and (article.precision, article.published.date())
        == ("day", stated.published.astimezone(article.published.tzinfo).date())
        and stated.precision != "day"
    )
    if stated.published is not None and (article.published is None or finer):
        missing |= {name: getattr(stated, name) for name in ("published", "published_text", "precision")}
    extra = {**stated.extra, **article.extra}
    return replace(article, **missing, extra=extra) if missing or extra != article.extra else article
