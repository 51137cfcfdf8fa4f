"""Reprints: how many edited copies of real articles find their family, what is joined wrongly, what it costs.

    python benchmarks/reprints.py ../shared/data/xwlb.jsonl.xz
    python benchmarks/reprints.py ../shared/data/xwlb.jsonl.xz --large 200000
    python benchmarks/reprints.py ../shared/data/xwlb.jsonl.xz --large 200000 --alone

Copies: of 1,000 articles drawn at random, each edited in one of five ways and given another source, another time up to
two days later and, in one case of four, another headline. They stand in one archive with all the articles. A copy is
found if it is in the family of its original. A pair of articles in one family that are not an original and its copies
is counted as false. The set has no reprints of its own, but reports that quote a speech at length.

Cost: seconds of `Archive.upsert_all` and those of them spent on families. For the large archive each article comes
again in other characters (Han characters permuted, the same for one round), on the same days: as many articles as asked
for, as dense in time as a large archive is, without reprints between rounds. Then the same articles in random order.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

import searchkit
from searchkit import Article
from searchkit.reprints.families import Families
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.writing.catching_up import STEP

SENTENCE = re.compile(r"[^。！？\n]*[。！？]?\n?")
LEADS = (
    "这是编辑部为读者写下的新导语，说明事情的来龙去脉，正文在后面。",
    "昨晚，本报收到消息，编辑连夜改写了开头，供各位读者先睹为快。",
    "一段与原文全然不同的开头，出自另一位编辑之手，字数也不相同。",
)
HEADLINES = ("今日要闻：请看详细报道", "刚刚传来的消息", "编辑推荐 一起来看")


def sentences(text: str) -> list[str]:
    return [each for each in SENTENCE.findall(text) if each]


def changed_lead(body: str, chance: random.Random) -> str:
    return chance.choice(LEADS) + "".join(sentences(body)[1:])


def dropped_paragraph(body: str, chance: random.Random) -> str:
    """Without one paragraph; of a text of one paragraph, without a third of its sentences in a row."""
    parts = body.split("\n")
    if len(parts) > 1:
        del parts[chance.randrange(len(parts))]
        return "\n".join(parts)
    parts = sentences(body)
    gone = max(1, len(parts) // 3)
    at = chance.randrange(len(parts) - gone + 1)
    return "".join(parts[:at] + parts[at + gone :])


def changed_source_line(body: str, chance: random.Random) -> str:
    rest = re.sub(r"^[^：。]{0,20}消息（[^）]*）：", "", body)
    return f"本报综合消息 记者{chance.choice('周许何林')}某报道 {rest}\n（来源：某报客户端 编辑：某某）"


def traditional(body: str, chance: random.Random) -> str:
    return converter()(body)


def converter() -> Callable[[str], str]:
    import opencc

    if not hasattr(converter, "made"):
        converter.made = opencc.OpenCC("s2t").convert  # type: ignore[attr-defined]
    return converter.made  # type: ignore[attr-defined, no-any-return]


def truncated(body: str, chance: random.Random) -> str:
    """The first half, and on to the end of the sentence."""
    kept = ""
    for each in sentences(body):
        kept += each
        if len(kept) * 2 >= len(body):
            break
    return kept


EDITS = (changed_lead, dropped_paragraph, changed_source_line, traditional, truncated)


def copies(articles: list[Article], count: int, chance: random.Random) -> Iterator[tuple[str, Article, Article]]:
    """Name of the edit, original, copy."""
    for number, original in enumerate(chance.sample([each for each in articles if each.published], count)):
        edit = EDITS[number % len(EDITS)]
        title = chance.choice(HEADLINES) if chance.random() < 0.25 else original.title
        yield edit.__name__, original, replace(
            original,
            id=f"copy-{number}",
            url="",
            title=converter()(title) if edit is traditional else title,
            body=edit(original.body, chance),
            source="某报",
            published=original.published + timedelta(hours=chance.randrange(48)),
        )  # fmt: skip


def quality(articles: list[Article], folder: Path) -> None:
    chance = random.Random(20251125)
    made = list(copies(articles, 1000, chance))
    given = [*articles, *(copy for _, _, copy in made)]
    chance.shuffle(given)
    with searchkit.open(folder / "quality", create=True) as archive:
        archive.upsert_all(given)
        family = archive._families.all()
    found = Counter(name for name, original, copy in made if family.get(copy.id, "") == family.get(original.id))
    asked = Counter(name for name, _, _ in made)
    print("edit                    copies  found  recall")
    for name in asked:
        print(f"{name:<22}  {asked[name]:>6}  {found[name]:>5}  {found[name] / asked[name]:.3f}")
    print(f"{'all':<22}  {len(made):>6}  {found.total():>5}  {found.total() / len(made):.3f}")
    lost = [
        (name, original, copy) for name, original, copy in made if family.get(copy.id, "") != family.get(original.id)
    ]
    short = sum(len(copy.body) < 120 for _, _, copy in lost)
    print(f"not found: {len(lost)}, of them {short} copies of under 120 characters")

    story = {copy.id: original.id for _, original, copy in made}
    by_id = {each.id: each for each in given}
    groups: dict[str, list[str]] = {}
    for id, first in family.items():
        groups.setdefault(first, []).append(id)
    pairs = [pair for ids in groups.values() for pair in combinations(ids, 2)]
    false = [pair for pair in pairs if story.get(pair[0], pair[0]) != story.get(pair[1], pair[1])]
    with_copy = sum(any(id in story for id in pair) for pair in false)
    told = [[(by_id[id].title, by_id[id].published.date()) for id in pair] for pair in false]
    formulaic = sum(one[0] == other[0] and one[1] != other[1] for one, other in told)
    print(f"families {len(groups)}, pairs in them {len(pairs)}, false {len(false)} ({with_copy} with a copy)")
    print(f"false pairs with one title on different days: {formulaic}")
    print(f"largest family: {max(map(len, groups.values()))} articles")
    titles = Counter(each.title for each in articles)
    title, times = titles.most_common(1)[0]
    same = [each.id for each in articles if each.title == title]
    together = sum(family.get(a, a) == family.get(b, b) for a, b in combinations(same, 2))
    print(f"{times} articles are titled {title}: {together} of their {times * (times - 1) // 2} pairs in one family")


def rounds(articles: list[Article], count: int) -> Iterator[Article]:
    """The articles again and again, each round in other characters."""
    for number in range(-(-count // len(articles))):
        table = {0x4E00 + at: 0x4E00 + (at * (2 * number + 1) + 977 * number) % 20992 for at in range(20992)}
        for at, each in enumerate(articles[: count - number * len(articles)]):
            yield replace(
                each, id=f"r{number}-{at}", url="", title=each.title.translate(table), body=each.body.translate(table)
            )


class Watch:
    """Seconds spent in Families while an archive takes articles in."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __enter__(self) -> Watch:
        self._take = take = Families.take

        def timed(families: Families, *given: object) -> None:
            started = time.perf_counter()
            take(families, *given)  # type: ignore[arg-type]
            self.seconds += time.perf_counter() - started

        Families.take = timed  # type: ignore[method-assign, assignment]
        return self

    def __exit__(self, *_: object) -> None:
        Families.take = self._take  # type: ignore[method-assign]


def cost(name: str, articles: Iterable[Article], folder: Path) -> None:
    with Watch() as watch, searchkit.open(folder, create=True) as archive:
        started = time.perf_counter()
        archive.upsert_all(articles)
        whole = time.perf_counter() - started
        families, members = archive._families.count()
        count, record = len(archive), archive.stats().record_bytes
        sizes = archive._store.select("SELECT sum(length(sketch) + length(numbers) + length(title)) FROM sketches")[0][
            0
        ]
        before = watch.seconds
        archive.upsert(replace(next(iter(archive)), id="one-more"))
        one = watch.seconds - before
    print(
        f"{name:<26} {count:>8,} articles  ingest {whole:7.1f} s  families {before:6.1f} s ({before / whole:.1%})  "
        f"one more {one * 1000:.0f} ms  {families:,} families of {members:,}  "
        f"sketches {sizes / 1e6:.1f} of {record / 1e6:.0f} MB",
        flush=True,
    )


def families_alone(name: str, articles: Iterable[Article], path: Path) -> None:
    """The record is written first; then the families are made of it, 20,000 articles at a time, as at an ingest."""
    store = SqliteRecord.create(path, {})
    put = time.process_time()
    with store.transaction():
        for each in articles:
            store.put(each)
    put = time.process_time() - put
    families = Families(store, ZoneInfo("Asia/Shanghai"))
    wall, processor = time.perf_counter(), time.process_time()
    families.catch_up(store.last_seq(), STEP)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    found, members = families.count()
    reading = time.process_time()
    for seq in range(0, len(store), STEP):
        store.changes(seq, STEP)
    reading = time.process_time() - reading
    print(
        f"{name:<26} {len(store):>8,} articles  families {wall:6.1f} s, {processor:6.1f} s of the processor, of which "
        f"{reading:.1f} s reading the record  (writing the record {put:.1f} s)  {found:,} families of {members:,}",
        flush=True,
    )
    store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("articles", type=Path)
    parser.add_argument("--large", type=int, default=0, metavar="N", help="also an archive of N articles")
    parser.add_argument("--alone", action="store_true", help="only the families, without an index; no quality")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the archives there")
    given = parser.parse_args()
    articles = [each for each in searchkit.read(given.articles) if isinstance(each, Article)]
    articles = [replace(each, id=f"x{number:06}") for number, each in enumerate(articles)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        if given.alone:
            families_alone("real, in order", articles, folder / "a.db")
            if given.large:
                families_alone("large, by rounds", rounds(articles, given.large), folder / "b.db")
                mixed = list(rounds(articles, given.large))
                random.Random(2).shuffle(mixed)
                families_alone("large, shuffled", mixed, folder / "c.db")
            return
        quality(articles, folder)
        cost("real, in order", articles, folder / "real")
        shuffled = random.Random(1).sample(articles, len(articles))
        cost("real, shuffled", shuffled, folder / "shuffled")
        if given.large:
            cost("large, by rounds", rounds(articles, given.large), folder / "large")
            mixed = list(rounds(articles, given.large))
            random.Random(2).shuffle(mixed)
            cost("large, shuffled", mixed, folder / "large-shuffled")


if __name__ == "__main__":
    main()
