"""A writer that says what it is about to do and what has been acknowledged, and what an archive must be after its death.

Run as a program: `python -m tests.torture.workload FOLDER SEED BATCHES [unsynced]`; the log goes to standard output. With
`unsynced` nothing is ever forced to disk: the control, which must lose articles where the power is cut.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import searchkit
from searchkit import Archive, Article
from searchkit.analysis.segment import parse_dictionary
from searchkit.ingest.run import ingest
from searchkit.model.serialise import json_line, to_record
from searchkit.storage.sqlite import record_file
from searchkit.system.files import make_folder
from searchkit.system.outputs import replacing

TOGETHER = 8
"""Articles of a batch; they carry one word, so that a reader sees all of them or none."""
WORD = "潮汐观测站"


def article(seed: int, batch: int, number: int) -> Article:
    """Article `number` of a batch: whoever holds its id knows its text."""
    return Article(
        id=f"w{seed}-{batch}-{number}",
        title=f"{WORD}第{batch}批第{number}条",
        body=f"海面{seed}平静，渔船{batch}次归港。" * 5,
        source="滨江日报",
    )


def run(
    folder: Path,
    seed: int,
    batches: int,
    say: Callable[[str], object],
    *,
    synced: bool = True,
) -> None:
    """Write batches, revise, delete, optimize, rebuild, and what `beside` does, until done or killed."""
    chance = random.Random(seed)
    if not synced:
        os.fsync = lambda _: None  # type: ignore[assignment]
        record_file.SYNCHRONOUS = "OFF"
    with searchkit.open(folder, create=True, wait=60) as archive:
        for batch in range(batches):
            archive.upsert_all(article(seed, batch, number) for number in range(TOGETHER))
            say(f"put {batch}")
            archive.upsert(Article(id=f"r{seed}", title="浮标读数", body=f"第{batch}次"))
            say(f"revised {batch}")
            if batch % 3 == 2:
                say(f"deleting {batch - 2}")
                archive.delete(ids=[article(seed, batch - 2, number).id for number in range(TOGETHER)])
                say(f"deleted {batch - 2}")
            if batch % 2:
                beside(archive, _beside(folder, seed), batch, say)
            if chance.random() < 0.1:
                archive.optimize()
            if chance.random() < 0.05:
                archive.rebuild()


def _beside(folder: Path, seed: int) -> Path:
    return folder.with_name(f"{folder.name}-beside{seed}")


def beside(archive: Archive, place: Path, batch: int, say: Callable[[str], object]) -> None:
    """Do everything else that leaves something on the disk, in the folder `place`, and say so."""
    make_folder(place)
    given = place / f"given{batch}"
    given.mkdir()
    (given / "pruned.jsonl").write_text(
        f'{{"id": "{_pruned(place, batch)}", "title": "锚地第{batch}号"}}\n{{bad\n', encoding="utf-8"
    )
    ingest(archive, [given], rejects=place / f"rejects{batch}.jsonl")
    say(f"rejected {batch}")
    (given / "pruned.jsonl").unlink()
    archive.prune(given, force=True)
    say(f"pruned {batch}")
    with replacing(place / "export.jsonl") as file:
        for held in archive.export("浮标读数"):
            file.write(json_line(to_record(held)) + "\n")
    say(f"exported {batch}")
    archive.set_dictionary(parse_dictionary(f"浮标读数\n潮汐{'一二三四五六七八九十'[batch % 10]}号\n"))
    say(f"dictionary {batch}")
    archive.backup(place / f"backup{batch}")
    say(f"backed-up {batch}")
    searchkit.restore(place / f"backup{batch}", place / f"restored{batch}")
    say(f"restored {batch}")


def problems(folder: Path, seed: int, log: Iterable[str]) -> list[str]:
    """What an archive lacks of what the log of its writer says was acknowledged, or has that it should not."""
    log = list(log)
    put, revised, doubtful, deleted = set(), -1, set(), set()
    for line in log:
        what, _, number = line.partition(" ")
        if what == "put":
            put.add(int(number))
        elif what == "revised":
            revised = int(number)
        elif what == "deleting":
            doubtful.add(int(number))
        elif what == "deleted":
            deleted.add(int(number))
    if not put and not (folder / "archive.db").exists():
        return []
    try:
        with searchkit.open(folder, wait=20, create=not put) as archive:
            wrong = list(_wrong(archive, seed, put, revised, doubtful, deleted))
            return [*wrong, *_wrong_beside(archive, _beside(folder, seed), log)]
    except Exception as error:
        return [f"raised {type(error).__name__}: {error}"]


def _wrong(archive: Archive, seed: int, put: set, revised: int, doubtful: set, deleted: set) -> Iterable[str]:
    found = set(archive._sync.index.ids(_phrase()))
    for batch in put - doubtful:
        for number in range(TOGETHER):
            wanted = article(seed, batch, number)
            if archive.get(wanted.id) != wanted:
                yield f"{wanted.id} was acknowledged and is not there"
            elif wanted.id not in found:
                yield f"{wanted.id} is in the record and is not found"
    for batch in deleted:
        ids = {article(seed, batch, number).id for number in range(TOGETHER)}
        if ids & found or any(id in archive for id in ids):
            yield f"batch {batch} was deleted and is there"
    if revised >= 0:
        held = archive.get(f"r{seed}")
        if held is None or int(held.body[1:-1]) < revised:
            yield f"revision {revised} was acknowledged; there is {held and held.body}"
        elif held.body not in "".join(hit.snippets[0].text for hit in archive.search(f"浮标读数 id:r{seed}").hits):
            yield "the index has an older revision than the record"
    yield from archive.verify().problems


def _wrong_beside(archive: Archive, place: Path, log: Iterable[str]) -> Iterable[str]:
    for line in log:
        what, _, number = line.partition(" ")
        if what == "rejected" and "bad" not in _text(place / f"rejects{number}.jsonl"):
            yield f"what was set aside in batch {number} is not on disk"
        elif what == "pruned" and _pruned(place, number) in archive:
            yield f"what was pruned in batch {number} is there"
        elif what == "exported" and "浮标读数" not in _text(place / "export.jsonl"):
            yield f"the export of batch {number} is not on disk"
        elif what in ("backed-up", "restored"):
            copy = place / f"{'backup' if what == 'backed-up' else 'restored'}{number}"
            with searchkit.open(copy, wait=20) as held:
                yield from held.verify().problems
                if not len(held):
                    yield f"{copy} is empty"
    for copy in place.glob("backup*") if place.is_dir() else ():
        if not (copy / "archive.db").is_file():
            yield f"{copy} has its name and is not whole"


def _pruned(place: Path, batch: object) -> str:
    return f"p{place.name}-{batch}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _phrase():  # type: ignore[no-untyped-def]
    from searchkit.query.tree import Phrase

    return Phrase(WORD)


if __name__ == "__main__":
    for name in ("_USE_CP_SENDFILE", "_USE_CP_COPY_FILE_RANGE"):
        if hasattr(shutil, name):
            setattr(shutil, name, False)  # what the kernel copies by itself is not seen by the trace
    run(
        Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), lambda line: os.write(1, f"{line}\n".encode()),
        synced="unsynced" not in sys.argv[4:],
    )  # fmt: skip
