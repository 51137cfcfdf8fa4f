"""An archive of other parts than those of a folder: whatever keeps its record, it does the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from searchkit import Archive, Article
from searchkit.analysis.segment import parse_dictionary
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.ingest.run import ingest
from searchkit.model.article import Related
from searchkit.query.aliases.file import AliasesFile
from searchkit.storage.lock import WriterLock
from searchkit.storage.memory.record import MemoryRecord
from searchkit.storage.record import Record
from searchkit.writing.place import Place
from tests.conftest import NEWS, TODAY, at
from tests.contract.records import RECORDS

BODY = "".join(chr(0x4E00 + number * 37 % 9000) for number in range(400))
STORY = Article(id="story", title="江水上涨", body=BODY, published=at(2025, 3, 4, 8))


def kept_in(record: Record, folder: Path) -> Archive:
    """An archive whose record is anywhere, and whose index is in a folder."""
    zone = ZoneInfo("Asia/Shanghai")
    place = Place(
        folder, record, lambda segmenter, words, made: WhooshIndex(folder / "whoosh", zone, segmenter, made, words),
        WriterLock(folder), AliasesFile(folder), lambda index, to, wait: 0,
    )  # fmt: skip
    return Archive(place, tz=zone.key, today=lambda: TODAY, timeout=None)


@pytest.fixture
def all_kinds(tmp_path: Path) -> Iterator[dict[str, Archive]]:
    made = {}
    for name, make in RECORDS.items():
        (tmp_path / name).mkdir()
        made[name] = kept_in(make(tmp_path / name), tmp_path / name)
    yield made
    for archive in made.values():
        assert archive.verify().problems == ()
        archive.close()


def state(archive: Archive) -> Any:
    assert archive.index_behind == 0
    rows = [
        (archive.family(each.id).articles, [state.article for state in archive.revisions(each.id)], archive.origin(each.id).files)
        for each in archive
    ]  # fmt: skip
    found = [(hit.id, round(hit.score, 9)) for hit in archive.search("长江 江水 夜市", mode="any", limit=50).hits]
    return list(archive), rows, found, archive.stats().articles, [each.name for each in archive.saved.list()]


def steps(folder: Path) -> list[tuple[str, Callable[[Archive], Any]]]:
    page = replace(STORY, id="a-page", body="夜市开张。", related=(Related("灯塔修缮", "", at(2025, 3, 1), "03-01"),))
    news = folder / "news.jsonl"
    return [
        ("put", lambda archive: archive.upsert_all(NEWS).added),
        ("again", lambda archive: archive.upsert_all(NEWS).unchanged),
        ("reprints", lambda archive: archive.upsert_all([STORY, replace(STORY, id="copy", published=at(2025, 3, 5))]).added),
        ("save", lambda archive: archive.saved.save("river", "江水").query),
        ("correct", lambda archive: archive.upsert(replace(STORY, body=BODY[:200] + "更正。")).updated),
        ("news", lambda archive: [archive.saved.new("river").corrected, archive.saved.mark(archive.saved.new("river"))]),
        ("page", lambda archive: archive.upsert_all([page, replace(page, id="other")]).headlines),
        ("delete", lambda archive: archive.delete(ids=["a-page"]).ids),
        ("write", lambda _: news.write_text('{"id": "n1", "title": "夜市一"}\n{"id": "n2", "title": "夜市二"}\n') and None),
        ("ingest", lambda archive: ingest(archive, [folder], rejects=None).report.added),
        ("behind", lambda archive: [archive.upsert_all([replace(STORY, id="late")], index=False).added, archive.catch_up()]),
        ("dictionary", lambda archive: archive.set_dictionary(parse_dictionary("夜市一\n"))),
        ("unlink", lambda _: news.unlink(missing_ok=True)),
        ("prune", lambda archive: archive.prune(folder, force=True).ids),
        ("rebuild", lambda archive: archive.rebuild()),
        ("optimize", lambda archive: archive.optimize() and None),
        ("log", lambda archive: archive.log_run(["a"], archive.upsert_all(NEWS))),
    ]  # fmt: skip


@pytest.mark.slow
def test_whatever_keeps_the_record_the_archive_does_the_same(all_kinds, tmp_path):
    (tmp_path / "news").mkdir()
    for name, step in steps(tmp_path / "news"):
        answers = {kind: step(archive) for kind, archive in all_kinds.items()}
        assert len({repr(each) for each in answers.values()}) == 1, (name, answers)
        states = {kind: repr(state(archive)) for kind, archive in all_kinds.items()}
        assert states["sqlite"] == states["memory"] == states["loose"], name


class Breaking(MemoryRecord):
    """Keeps what was written before a failure, and fails once, at the write number `until`."""

    atomic = False
    until = -1

    def _count(self) -> None:
        self.until -= 1
        if self.until == 0:
            raise KeyboardInterrupt

    def put(self, article: Article) -> Any:
        self._count()
        return super().put(article)

    def delete(self, id: str) -> bool:
        self._count()
        return super().delete(id)

    def retire(self, id: str) -> bool:
        self._count()
        return super().retire(id)

    def bury(self, retired: Any) -> list[str]:
        self._count()
        return super().bury(retired)

    def set_setting(self, name: str, value: str) -> None:
        self._count()
        super().set_setting(name, value)

    def remove_setting(self, name: str) -> None:
        self._count()
        super().remove_setting(name)


def test_each_step_can_be_repeated_where_half_of_it_was_kept(tmp_path):
    """Broken off at each write in turn, opened again and repeated, the archive is as if it had not been."""
    (tmp_path / "news").mkdir()
    whole = kept_in(MemoryRecord(), tmp_path)
    broken, points = Breaking(), 0
    (tmp_path / "broken").mkdir()
    for number, (name, step) in enumerate(steps(tmp_path / "news")):
        step(whole)
        wanted = repr(state(whole))
        for left in (1, 2, 3, 5, 8):
            archive = kept_in(broken, tmp_path / "broken")
            broken.until = left
            with suppress(KeyboardInterrupt):
                step(archive)
            points += broken.until <= 0
            broken.until = -1
            archive._sync.close()
        archive = kept_in(broken, tmp_path / "broken")
        archive.catch_up()
        step(archive)
        assert repr(state(archive)) == wanted, (number, name)
        assert archive.verify().problems == (), name
        archive._sync.close()
    assert points > 20
    whole.close()
