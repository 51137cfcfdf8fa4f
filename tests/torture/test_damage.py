"""Bits that flip, files cut short, folders made by strangers: found and named, and nothing runs."""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
import sqlite3
import struct
import sys
import time
import zlib
from contextlib import closing, suppress
from datetime import datetime, timezone
from pathlib import Path

import pytest

import searchkit
from searchkit import Article
from searchkit.engines.whoosh import manifest
from searchkit.errors import SearchkitError
from tests.torture import workload


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An archive of two segments with a deletion and a revision, closed; its folder."""
    folder = tmp_path_factory.mktemp("damage") / "index"
    with searchkit.open(folder, create=True) as archive:
        archive.upsert_all(workload.article(1, batch, n) for batch in range(12) for n in range(workload.TOGETHER))
        archive.upsert_all(Article(id=f"b{n}", title=f"渡口第{n}班", body="雾散了。" * n) for n in range(40))
        archive.upsert(Article(id="b7", title="渡口第7班改期"))
        archive.delete(ids=["b9"])
    return folder


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "lock" not in path.name.lower())


def dump(folder: Path) -> list[tuple]:
    """Every row of the record."""
    connection = sqlite3.connect(folder / "archive.db")
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [row for table in sorted(tables) for row in connection.execute(f'SELECT * FROM "{table}"')]
    finally:
        connection.close()


def verified(folder: Path) -> list[str]:
    try:
        with searchkit.open(folder, catch_up=False) as archive:
            return list(archive.verify().problems)
    except SearchkitError as error:
        return [error.message]


def test_every_flip_and_every_cut_is_found(whole, tmp_path, rounds, told):
    """Of the record, SQLite has bytes that mean nothing: a flip there must leave every row as it was."""
    chance = random.Random(8)
    names, rows = files(whole), dump(whole)
    each = max(1, rounds(30, 1000) // len(names))
    found, without_effect, missed, unnamed = 0, 0, [], []
    for path in names:
        for number in range(each):
            copy = Path(shutil.copytree(whole, tmp_path / "copy"))
            target = copy / path.relative_to(whole)
            raw = bytearray(target.read_bytes())
            if number % 4 == 3:
                what = f"cut at {chance.randrange(len(raw))}"
                del raw[int(what.rsplit(maxsplit=1)[-1]) :]
            else:
                at, bit = chance.randrange(len(raw)), chance.randrange(8)
                what = f"bit {bit} of byte {at}"
                raw[at] ^= 1 << bit
            target.write_bytes(raw)
            problems = verified(copy)
            if not problems and path.name == "archive.db" and dump(copy) == rows:
                without_effect += 1
            elif not problems:
                missed.append(f"{path.name}: {what}")
            else:
                found += 1
                if not any(target.name in line for line in problems):
                    unnamed.append(f"{path.name}: {what}: {problems[0]}")
            shutil.rmtree(copy)
    told(
        f"damage: {each * len(names)} flips and cuts over {len(names)} files: {found} found, {without_effect} in bytes of "
        f"SQLite that mean nothing, {len(missed)} missed, {len(unnamed)} without the file's name"
    )
    assert not missed, "\n".join(missed[:10])
    assert not unnamed, "\n".join(unnamed[:10])


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("articles", "revision = revision + 1"),
        ("articles", "recorded = '1970-01-01'"),
        ("revisions", "recorded = '1970-01-01'"),
        ("deletions", "id = 'b8'"),
        ("runs", "added = added + 1"),
        ("settings", "value = 'Asia/Tokyo'"),
        ("sketches", "appeared = appeared + 1"),
        ("sketches", "sketch = x'00'"),
    ],
)
def test_a_row_that_was_changed_is_named(tmp_path, table, change):
    """What SQLite itself holds for right: a good row of other values."""
    story = "潮水在清晨退去，渔民沿着石堤走向浅滩，把昨夜的网一张张收起来，码头上的人越聚越多，价钱一路往上走。" * 3
    with searchkit.open(tmp_path / "index", create=True) as archive:
        archive.upsert_all(
            Article(id=f"b{n}", title="渔港清晨", body=story, published=datetime(2025, 3, n, tzinfo=timezone.utc))
            for n in (1, 2, 3)
        )
        archive.upsert(Article(id="b1", title="渔港清晨，改"))
        archive.delete(ids=["b3"])
        archive.log_run(["a.txt"], archive.upsert_all([]))
        assert archive.verify().ok
    with closing(sqlite3.connect(tmp_path / "index" / "archive.db", isolation_level=None)) as connection:
        assert connection.execute(f"UPDATE {table} SET {change}").rowcount
    assert any(f"the row {table} " in line for line in verified(tmp_path / "index"))


def test_rebuild_makes_an_equal_archive(whole, tmp_path, rounds):
    """Whatever happens to the index: the record is enough."""
    chance = random.Random(5)
    with searchkit.open(whole) as archive:
        expected = [hit.id for hit in archive.search("渡口 雾", limit=50).hits], archive.count(f'"{workload.WORD}"')
    for number in range(rounds(2, 60)):
        copy = Path(shutil.copytree(whole, tmp_path / f"copy{number}"))
        for path in files(copy / "whoosh"):
            if chance.random() < 0.5:
                path.unlink()
            elif chance.random() < 0.5:
                path.write_bytes(os.urandom(chance.randrange(200)))
        with searchkit.open(copy, catch_up=False) as archive:
            archive.rebuild()
            again = [hit.id for hit in archive.search("渡口 雾", limit=50).hits], archive.count(f'"{workload.WORD}"')
            assert again == expected
            assert archive.verify().ok
        shutil.rmtree(copy)


# -- strangers


class _Payload:
    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self):
        return Path.touch, (self._mark,)


def asked(folder: Path) -> list[str]:
    """Everything an archive can be asked, and changed by; the errors that were not ours."""
    raw = []

    def attempt(what, work):
        begun = time.thread_time()
        try:
            work()
        except SearchkitError:
            pass
        except Exception as error:
            raw.append(f"{what}: {type(error).__name__}: {error}")
        if time.thread_time() - begun > 10:
            raw.append(f"{what}: took {time.thread_time() - begun:.0f} s")

    def use():
        with searchkit.open(folder, wait=0) as archive:
            attempt("search", lambda: archive.search("渡口 雾", explain=True))
            attempt("phrase", lambda: archive.search('"雾散了"', sort="newest"))
            attempt("prefix", lambda: archive.search("潮汐*", sort="oldest"))
            attempt("facets", lambda: archive.facets("", fields=["source", "author"]))
            attempt("timeline", lambda: archive.timeline(""))
            attempt("stats", archive.stats)
            attempt("get", lambda: archive.get("b7"))
            attempt("verify", archive.verify)
            attempt("upsert", lambda: archive.upsert(Article(id="new", title="新的一班")))
            attempt("update", lambda: archive.upsert(Article(id="b7", title="改了的一班")))
            attempt("delete", lambda: archive.delete(ids=["b6"]))
            attempt("optimize", archive.optimize)

    attempt("open", use)
    return raw


def test_pickles_in_every_file_run_nothing(whole, tmp_path, rounds, told):
    """A payload in place of each file, and at every offset of those that Whoosh would unpickle."""
    mark = tmp_path / "ran"
    bombs = [pickle.dumps(_Payload(mark), protocol) for protocol in (0, 2, 4)]
    chance = random.Random(2)
    tried, raw = 0, []
    for path in files(whole):
        size = path.stat().st_size
        offsets = [-1, 0, *(chance.randrange(size) for _ in range(rounds(0, 60)))]
        for offset in offsets:
            for bomb in bombs[rounds(1, 0) :] if offset == -1 else [chance.choice(bombs)]:
                copy = Path(shutil.copytree(whole, tmp_path / "copy"))
                target = copy / path.relative_to(whole)
                data = path.read_bytes()
                target.write_bytes(bomb if offset < 0 else data[:offset] + bomb + data[offset + len(bomb) :])
                raw += [f"{path.name} at {offset}: {each}" for each in asked(copy)]
                tried += 1
                shutil.rmtree(copy)
    told(f"pickles: {tried} payloads over {len(files(whole))} files, none ran, {len(raw)} raw errors")
    assert not mark.exists()
    assert not raw, "\n".join(raw[:10])


def forged(path: Path, data: bytes) -> None:
    """Write a segment file with all its checksums right: as a stranger would who knows the format."""
    from searchkit.engines.whoosh.codec.layout import HEADER_STRUCT

    fields = list(HEADER_STRUCT.unpack(data[: HEADER_STRUCT.size]))
    raw = bytearray(data[: fields[3]])
    directory = data[fields[3] : fields[3] + fields[4]]
    with suppress(ValueError):
        told = json.loads(directory)
        for section in told["sections"].values():
            start, length, _ = section
            section[2] = zlib.crc32(raw[start : start + length])
        directory = json.dumps(told, sort_keys=True).encode()
    raw += directory
    fields[4:6] = len(directory), zlib.crc32(directory)
    fields[6] = 0
    fields[6] = zlib.crc32(HEADER_STRUCT.pack(*fields)[:-8])
    raw[: HEADER_STRUCT.size] = HEADER_STRUCT.pack(*fields)
    path.write_bytes(raw)


def test_segments_made_up_by_a_stranger_raise_only_our_errors(whole, tmp_path, rounds, told):
    """Bytes changed inside the sections, checksums of header and directory right: offsets, counts, lists at random."""
    chance = random.Random(6)
    many, raw = rounds(10, 3000), []
    segments = [path for path in files(whole) if path.suffix == ".skc"]
    for number in range(many):
        copy = Path(shutil.copytree(whole, tmp_path / "copy"))
        for path in segments:
            data = bytearray(path.read_bytes())
            for _ in range(chance.choice((1, 5, 50))):
                at = chance.randrange(40, len(data) - 8)
                data[at : at + 4] = chance.choice(
                    (b"\xff\xff\xff\xff", struct.pack("<I", chance.randrange(1 << 16)), b"\0\0\0\0")
                )
            forged(copy / path.relative_to(whole), bytes(data))
        raw += [f"round {number}: {each}" for each in asked(copy)]
        shutil.rmtree(copy)
    told(f"made-up segments: {many} folders, {len(raw)} raw errors or hangs")
    assert not raw, "\n".join(raw[:10])


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes")
def test_folders_made_up_by_a_stranger(whole, tmp_path):
    """Links to files of ours are not written through, pipes are not waited for, huge numbers are not believed."""
    precious = tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")
    newest = manifest.newest_generation(whole / "whoosh")
    for name in (f"state-{newest + 1}.json", f"_MAIN_{newest + 1}.toc.partial", "../archive.lock.json"):
        copy = Path(shutil.copytree(whole, tmp_path / "copy"))
        (copy / "whoosh" / name).unlink(missing_ok=True)
        (copy / "whoosh" / name).symlink_to(precious)
        assert asked(copy) == []
        assert precious.read_text(encoding="utf-8") == "mine", name
        shutil.rmtree(copy)
    for path in files(whole):
        copy = Path(shutil.copytree(whole, tmp_path / "copy"))
        (copy / path.relative_to(whole)).unlink()
        os.mkfifo(copy / path.relative_to(whole))
        assert asked(copy) == [], path.name
        shutil.rmtree(copy)
    for number in ("9" * 18, "9" * 9, "8" + "9" * 8, "7" * 7):
        copy = Path(shutil.copytree(whole, tmp_path / "copy"))
        (copy / "whoosh" / f"_MAIN_{number}.toc").write_bytes(b"")
        assert asked(copy) == []
        with searchkit.open(copy, catch_up=False) as archive:
            archive.rebuild()
            assert archive.verify().ok
        shutil.rmtree(copy)
