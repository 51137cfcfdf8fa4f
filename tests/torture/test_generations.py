"""A handle that is open for long, beside a writer: it follows, and takes no more for it."""

from __future__ import annotations

import gc
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from searchkit.analysis.segment import query_segmenter
from searchkit.engines.index import Entry
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.model.article import Article
from searchkit.query.tree import Everything, Words

PROC = Path("/proc/self")


def taken() -> tuple[int, int, int]:
    """File descriptors, mapped files and bytes of memory that are this process's own."""
    gc.collect()
    maps = (PROC / "maps").read_text(encoding="utf-8", errors="replace").count(".skc")
    status = (PROC / "status").read_text(encoding="utf-8").splitlines()
    own = next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
    return len(list((PROC / "fd").iterdir())), maps, own * 1024


@pytest.mark.skipif(not PROC.is_dir(), reason="what a process takes is told in /proc")
def test_generations_come_and_go(tmp_path, rounds, told, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda descriptor: None)  # no power is cut here
    monkeypatch.setattr("searchkit.analysis.segment._MOST_CUT", 1 << 40)  # rjieba would come as 60 MB in between
    zone = ZoneInfo("Asia/Shanghai")
    count, begin = rounds(60, 2000), 20
    with (
        closing(WhooshIndex(tmp_path, zone, query_segmenter())) as writer,
        closing(WhooshIndex(tmp_path, zone, query_segmenter())) as reader,
    ):
        seen: list[tuple[int, int, int]] = []
        for number in range(1, count + 1):
            article = Article(id=f"a{number % 40}", title=f"渡口{number}", body="雾散了，轮船靠岸。")
            writer.apply([Entry(number, article)], covers=number)
            with reader.snapshot() as snapshot:
                assert snapshot.covers == number
                assert snapshot.search(Words(("渡口", "轮船"))).total == len(snapshot) == min(number, 40)
                assert reader.facets(Everything(), ["source"])
            if number % begin == 0:
                seen.append(taken())
        files, maps, memory = (max(each) - min(each) for each in zip(*seen, strict=True))
        told(f"generations: {count}; descriptors, maps and bytes every {begin}: {seen[0]} to {seen[-1]}")
        # Eight segments of a size are merged, so their number goes up and down.
        assert files <= 24 and maps <= 24
        assert memory < 8 << 20
