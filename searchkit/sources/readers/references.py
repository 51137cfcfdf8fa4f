"""Exports of reference managers and of the databases that write for them: RIS, RefWorks, EndNote, NoteExpress, CNKI.

They hold a title, an abstract and where it was printed; the abstract is what such an article is searched by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from searchkit.sources.formats import Item, Reading
from searchkit.sources.readers.tagged import Tagged, read_tagged
from searchkit.sources.streams import Stream

_PARTS = {"author": ";；\n", "keywords": ";；,，\n"}
_FILLED = re.compile(r"/{1,3}$")
_CLOCK = re.compile(r"(?<=\d)/(?=\d{1,2}:\d)")


def _finish(record: dict[str, Any], extra: dict[str, str]) -> None:
    """Undo the slashes with which RIS fills a date that is not known to the day (`2019///`); keep only addresses."""
    if isinstance(when := record.get("published"), str):
        record["published"] = _FILLED.sub("", _CLOCK.sub(" ", when)).strip()
    if isinstance(url := record.get("url"), str) and not url.lower().startswith(("http://", "https://", "ftp://")):
        extra["link"] = record.pop("url")


_RIS = Tagged(
    # the tag and its spaces take four places; some programs write one space less
    re.compile(r"(?P<tag>[A-Z][A-Z0-9]{1,3}) {0,2}-(?P<value>(?:\s.*)?)$"),
    {
        "TY": "", "ER": "", "PMID": "", "OWN": "", "STAT": "",
        "TI": "title", "T1": "title", "CT": "title",
        "AU": "author", "A1": "author", "FAU": "author",
        "AB": "summary", "N2": "summary", "TX": "body",
        "DA": "published", "Y1": "published", "PY": "published", "DP": "published",
        "JO": "source", "JF": "source", "T2": "source", "JA": "source", "JT": "source", "BT": "source",
        "UR": "url", "L2": "url", "LK": "url", "KW": "keywords", "OT": "keywords", "SE": "section",
    },
    starts=frozenset({"TY", "PMID"}),
    ends=frozenset({"ER"}),
    split=_PARTS,
    finish=_finish,
)  # fmt: skip

_REFWORKS = Tagged(
    re.compile(r"(?P<tag>[A-Z][A-Z0-9]|vo)(?P<value>(?:\s.*)?)$"),
    {
        "RT": "", "SR": "", "T1": "title", "A1": "author", "AB": "summary", "FD": "published", "YR": "published",
        "JF": "source", "JO": "source", "T2": "source", "UL": "url", "LK": "url", "K1": "keywords",
    },
    starts=frozenset({"RT"}),
    split=_PARTS,
    finish=_finish,
)  # fmt: skip

_ENDNOTE = Tagged(
    re.compile(r"(?P<tag>%[0-9A-Z]|%[^\w\s])(?P<value>(?:\s.*)?)$"),
    {
        "%0": "", "%W": "", "%T": "title", "%A": "author", "%X": "summary", "%8": "published", "%D": "published",
        "%B": "source", "%J": "source", "%U": "url", "%K": "keywords",
    },
    starts=frozenset({"%0"}),
    split=_PARTS,
    finish=_finish,
)  # fmt: skip

_NOTEEXPRESS = Tagged(
    re.compile(r"\{(?P<tag>[^{}]{1,40})\}\s{0,3}[:：](?P<value>.*)$"),
    {
        "reference type": "", "newspaper": "source", "journal": "source", "source": "source",
        "secondary title": "source", "periodical": "source", "date": "published", "year": "published",
        "publication date": "published", "original date": "published",
        "title": "title", "author": "author", "abstract": "summary",
        "keywords": "keywords", "url": "url", "link": "url", "id": None, "publisher": None,
    },
    starts=frozenset({"reference type"}),
    plain=lambda tag: " ".join(tag.lower().split()),
    split=_PARTS,
    finish=_finish,
)  # fmt: skip

_CNKI = Tagged(
    re.compile(r"(?P<tag>DataType|[A-Za-z]{2,24}-[\u4e00-\u9fff]{1,12})\s{0,3}[:：](?P<value>.*)$"),
    {
        "datatype": "", "title": "title", "author": "author", "source": "source", "pubtime": "published",
        "year": "published", "keyword": "keywords", "keywords": "keywords",
        "summary": "summary", "abstract": "summary",
        "link": "url", "url": "url", "fulltext": "body",
    },
    starts=frozenset({"datatype", "srcdatabase"}),
    plain=lambda tag: tag.partition("-")[0].lower(),
    split=_PARTS,
    finish=_finish,
)  # fmt: skip


def read_ris(stream: Stream, reading: Reading) -> Iterator[Item]:
    """Articles of a RIS file, also of MEDLINE's form of it."""
    return read_tagged(stream, reading, _RIS)


def read_refworks(stream: Stream, reading: Reading) -> Iterator[Item]:
    """Articles of an export for RefWorks."""
    return read_tagged(stream, reading, _REFWORKS)


def read_endnote(stream: Stream, reading: Reading) -> Iterator[Item]:
    """Articles of EndNote's tagged form (`%0 Newspaper Article`)."""
    return read_tagged(stream, reading, _ENDNOTE)


def read_noteexpress(stream: Stream, reading: Reading) -> Iterator[Item]:
    """Articles of an export for NoteExpress (`{Title}: …`)."""
    return read_tagged(stream, reading, _NOTEEXPRESS)


def read_cnki(stream: Stream, reading: Reading) -> Iterator[Item]:
    """Articles of an export of CNKI for its own program (`Title-题名: …`)."""
    return read_tagged(stream, reading, _CNKI)
