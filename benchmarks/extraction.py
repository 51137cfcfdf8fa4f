"""How much of a news page is read right: our reader beside trafilatura alone and gne, on the same saved pages.

    python benchmarks/extraction.py ../shared/pages [--half even|odd] [--wrong] [--only ours]

The folder holds `manifest.jsonl` (id, file, body_file, title, published, source, author, list) and the pages. Right
means: the title equal but for white space, width and punctuation; the time on the same day, and to the same minute
where the manifest has one; the source and one of the authors among those listed; the body at a character 4-gram F1 of
at least .9. A source or an author that is not among those listed, or where none is listed, is false. "all" counts the
pages with everything right and nothing false. A page marked `list` is right if it is refused; an article is not.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import statistics
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from searchkit.sources.encodings import decode

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(slots=True)
class Reading:
    """What a reader made of one page; `published` as local time, in ISO form as far as it is known."""

    title: str = ""
    published: str = ""
    source: str = ""
    author: str = ""
    body: str = ""


@dataclass(slots=True)
class Tally:
    """Counts of one reader over all pages."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def key(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


def names(text: str) -> set[str]:
    """A byline as the names in it, and as a whole."""
    return {key(part) for part in re.split(r"[\s、，,;；/／&|]+", text) if key(part)} | {key(text)}


def four_gram_f1(found: str, wanted: str) -> float:
    def grams(text: str) -> Counter[str]:
        text = re.sub(r"\s", "", text)
        return Counter(text[i : i + 4] for i in range(max(1, len(text) - 3)))

    a, b = grams(found), grams(wanted)
    common = sum((a & b).values())
    return 2 * common / (sum(a.values()) + sum(b.values()))


def ours(data: bytes, url: str) -> Reading:
    from searchkit.sources.html import read_page

    article = read_page(data, url=url, timezone=ZONE)
    published = ""
    if article.published is not None:
        local = article.published.astimezone(ZONE)
        published = local.strftime("%Y-%m-%d" if article.precision == "day" else "%Y-%m-%d %H:%M")
    return Reading(article.title, published, article.source, article.author, article.body)


def trafilatura_alone(data: bytes, url: str) -> Reading:
    import trafilatura

    document = trafilatura.bare_extraction(decode(data), url=url or None, with_metadata=True)
    if document is None:
        return Reading()
    got = document if isinstance(document, dict) else document.as_dict()
    return Reading(
        got["title"] or "", (got["date"] or "")[:16], got["sitename"] or "", got["author"] or "", got["text"] or ""
    )


def gne(data: bytes, url: str) -> Reading:
    from gne import GeneralNewsExtractor

    got = GeneralNewsExtractor().extract(decode(data))
    return Reading(got["title"], got["publish_time"], "", got["author"], got["content"])


READERS: dict[str, Callable[[bytes, str], Reading]] = {"ours": ours, "trafilatura": trafilatura_alone, "gne": gne}


def moment(text: str) -> datetime | None:
    numbers = [int(number) for number in re.findall(r"\d+", text)][:5]
    try:
        return datetime(*numbers) if len(numbers) >= 3 else None  # type: ignore[arg-type]
    except ValueError:
        return None


def judge(row: dict[str, Any], got: Reading, body: str, tally: Tally) -> None:
    before = len(tally.wrong)

    def note(what: str, right: bool, found: str, wanted: object) -> None:
        tally.asked[what] += 1
        tally.right[what] += right
        if not right:
            tally.wrong.append(f"{what:7} {row['id'][:28]:28} {found[:60]!r} for {wanted!r}")

    note("title", key(got.title) == key(row["title"]), got.title, row["title"])
    if row["published"]:
        found, wanted = moment(got.published), moment(row["published"])
        assert wanted is not None
        note("date", found is not None and found.date() == wanted.date(), got.published, row["published"])
        if ":" in row["published"]:
            same = found is not None and ":" in got.published and found == wanted
            note("minute", same, got.published, row["published"])
    for what, found_text in (("source", got.source), ("author", got.author)):
        wanted_names = {key(name) for name in row[what]}
        right = bool((names(found_text) if what == "author" else {key(found_text)}) & wanted_names)
        if wanted_names:
            note(what, right, found_text, row[what])
        if found_text and not right:
            tally.false[what] += 1
            if not wanted_names:
                tally.wrong.append(f"false {what} {row['id'][:24]:24} {found_text!r}")
    f1 = four_gram_f1(got.body, body)
    note("body", f1 >= 0.9, f"F1 {f1:.3f}, {len(got.body)} characters", len(body))
    tally.asked["all"] += 1
    tally.right["all"] += len(tally.wrong) == before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--half", choices=["all", "even", "odd"], default="all", help="every second page of the manifest"
    )
    parser.add_argument("--only", choices=sorted(READERS), help="this reader alone")
    parser.add_argument("--wrong", action="store_true", help="list what was read wrong")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    manifest = (arguments.folder / "manifest.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in manifest.splitlines()]
    rows = {"all": rows, "even": rows[0::2], "odd": rows[1::2]}[arguments.half]
    print(f"{len(rows)} pages\n{'':12}" + "".join(f"{head:>11}" for head in HEADS))
    for name, reader in READERS.items():
        if arguments.only in (None, name):
            report(name, run(reader, rows, arguments.folder), wrong=arguments.wrong)


HEADS = (
    "title", "date", "minute", "source", "(false)", "author", "(false)", "body", "all", "lists",
    "ms, median", "ms, worst",
)  # fmt: skip


def run(reader: Callable[[bytes, str], Reading], rows: list[dict[str, Any]], folder: Path) -> Tally:
    tally = Tally()
    first = (folder / rows[0]["file"]).read_bytes()
    reader(first, rows[0]["url"])  # imports and the start of a child process are not counted
    for row in rows:
        data = (folder / row["file"]).read_bytes()
        start = time.perf_counter()
        try:
            got = reader(data, row["url"])
        except Exception as error:
            got = Reading()
            if not row.get("list"):
                tally.wrong.append(f"failed  {row['id']}: {error!r}")
        tally.milliseconds.append(1000 * (time.perf_counter() - start))
        if row.get("list"):
            tally.asked["lists"] += 1
            tally.right["lists"] += not got.body
            if got.body:
                tally.wrong.append(f"list    {row['id'][:28]:28} {got.title!r}")
            continue
        judge(row, got, (folder / row["body_file"]).read_text(encoding="utf-8"), tally)
    return tally


def report(name: str, tally: Tally, *, wrong: bool) -> None:
    cells = []
    for head in ("title", "date", "minute", "source", "author", "body", "all", "lists"):
        cells.append(f"{tally.right[head]}/{tally.asked[head]}")
        if head in ("source", "author"):
            cells.append(str(tally.false[head]))
    cells += [f"{statistics.median(tally.milliseconds):.0f}", f"{max(tally.milliseconds):.0f}"]
    print(f"{name:12}" + "".join(f"{cell:>11}" for cell in cells))
    if wrong:
        print("\n".join("  " + line for line in sorted(tally.wrong)))


if __name__ == "__main__":
    main()
