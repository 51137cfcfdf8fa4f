"""Generations of the index: which stay, which are believed, and readers that meet a writer's clean-up."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from searchkit.analysis.segment import segmenter
from searchkit.engines.index import Entry, Step
from searchkit.engines.whoosh import manifest
from searchkit.engines.whoosh.codec.layout import CodecError
from searchkit.engines.whoosh.codec.segment_file import SegmentFile
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.engines.whoosh.read.segment_view import ColumnarView
from searchkit.engines.whoosh.write import bulk, commit
from searchkit.errors import ArchiveError, Damaged
from searchkit.model.article import Article
from searchkit.query.tree import Everything
from tests.conftest import SHANGHAI


def opened(folder: Path) -> WhooshIndex:
    return WhooshIndex(folder, SHANGHAI, segmenter())


def add(index: WhooshIndex, *ids: str) -> None:
    for id in ids:
        index.apply([Entry(index.covers + 1, Article(id=id, title="江水上涨", body=id))], covers=index.covers + 1)


def numbers(folder: Path, form: str) -> list[int]:
    return sorted(int(found[1]) for path in folder.iterdir() if (found := re.fullmatch(form, path.name)))


@pytest.fixture
def index(tmp_path):
    made = opened(tmp_path / "whoosh")
    add(made, "a", "b", "c")
    yield made
    made.close()


# -- what stays


def test_one_older_generation_stays_with_all_its_files(index):
    add(index, "d")
    index.optimize()
    tocs = numbers(index.directory, r"_MAIN_(\d+)\.toc")
    assert len(tocs) == 2 and tocs[1] == tocs[0] + 1
    assert numbers(index.directory, r"state-(\d+)\.json") == tocs
    kept = {part.name for each in tocs for part in manifest.read(index.directory, each).parts or ()}
    assert kept == {path.name for path in index.directory.glob("*.skc")} and len(kept) > 1


def test_what_a_dead_writer_left_is_gone_before_the_next_begins(index):
    """A full disk has room again."""
    left = [index.directory / name for name in ("MAIN_0left0over0.skc", "_MAIN_9.toc.partial", "state-77.json")]
    for path in left:
        path.write_bytes(b"left over")

    def steps():
        assert not any(path.exists() for path in left)
        yield Step([Entry(9, Article(id="d", title="夜市"))], [], 9)

    index.apply_all(steps())
    assert index.count(Everything()) == 4


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks for a descriptor's path")
def test_a_generation_has_its_name_when_it_is_on_disk_and_others_go_when_the_name_is(index, monkeypatch):
    folder, events = index.directory, []
    fsync, replace, unlink = os.fsync, Path.replace, Path.unlink

    def forced(descriptor):
        events.append(("sync", Path(f"/proc/self/fd/{descriptor}").readlink().name))
        fsync(descriptor)

    def renamed(path, target):
        events.append(("name", target.name))
        return replace(path, target)

    def removed(path, missing_ok=False):
        if path.exists():
            events.append(("remove", path.name))
        unlink(path, missing_ok)

    with monkeypatch.context() as watched:
        watched.setattr(os, "fsync", forced)
        watched.setattr(Path, "replace", renamed)
        watched.setattr(Path, "unlink", removed)
        add(index, "d")
    newest = manifest.newest_generation(folder)
    (segment,) = {part.name for part in manifest.read(folder, newest).parts} & {name for _, name in events}
    toc, older = f"_MAIN_{newest}.toc", f"_MAIN_{newest - 2}.toc"
    assert events[:7] == [
        ("sync", segment), ("sync", f"state-{newest}.json"), ("sync", folder.name),
        ("sync", f"{toc}.partial"), ("name", toc), ("sync", folder.name), ("remove", older),
    ]  # fmt: skip
    # The name of an older generation is gone for good before its files are.
    assert events[7:9] == [("sync", folder.name), ("remove", f"state-{newest - 2}.json")]


# -- what is believed


def rewritten(folder: Path, change) -> int:
    """Change the newest manifest as a JSON object; its generation."""
    newest = manifest.newest_generation(folder)
    path = manifest.state_path(folder, newest)
    path.write_text(change(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")
    return newest


def test_a_manifest_of_another_sum_is_refused(index):
    newest = rewritten(index.directory, lambda state: json.dumps({**state, "covers": 2}, sort_keys=True))
    with pytest.raises(manifest.ManifestError, match="checksum"):
        manifest.read(index.directory, newest)
    with pytest.raises(Damaged):
        opened(index.directory).count(Everything())


def test_a_manifest_of_another_generation_is_refused(index):
    newest = manifest.newest_generation(index.directory)
    shutil.copy(manifest.state_path(index.directory, newest - 1), manifest.state_path(index.directory, newest))
    with pytest.raises(manifest.ManifestError, match="another generation"):
        manifest.read(index.directory, newest)
    with pytest.raises(Damaged):
        opened(index.directory).count(Everything())


def test_a_manifest_of_another_form_is_refused(index):
    newest = rewritten(index.directory, lambda state: json.dumps(state, sort_keys=True, ensure_ascii=False) + " ")
    with pytest.raises(manifest.ManifestError, match="form"):
        manifest.read(index.directory, newest)


def test_a_merge_verifies_what_it_reads(index, tmp_path):
    """Else the damage would get a checksum that fits."""
    tried = 0
    size = min(path.stat().st_size for path in index.directory.glob("*.skc"))
    for at in range(64, size, size // 97):
        copy = Path(shutil.copytree(index.directory, tmp_path / f"copy{at}"))
        path = min(copy.glob("*.skc"))
        raw = bytearray(path.read_bytes())
        raw[at] ^= 1
        path.write_bytes(raw)
        try:
            file = SegmentFile(path)
        except CodecError:
            continue  # that is noticed without a checksum
        damaged = list(file.verify())
        file.close()
        if damaged:
            tried += 1
            newest = manifest.newest_generation(copy)
            with pytest.raises(Damaged, match=re.escape(path.name)):
                opened(copy).optimize()
            assert manifest.newest_generation(copy) == newest
    assert tried > 10


def test_each_commit_covers_its_own_step_though_others_are_under_way(index, monkeypatch):
    """What died between two commits is taken in from there: nothing may be covered that is not in it."""
    monkeypatch.setattr(bulk, "RUN", 2)
    monkeypatch.setattr(bulk, "default_jobs", lambda: 2)
    before, covered = commit.commit, []

    def noted(folder, schema, segments, generation, covers, settings):
        covered.append((covers, sum(segment.doc_count() for segment in segments)))
        before(folder, schema, segments, generation, covers, settings)

    monkeypatch.setattr(commit, "commit", noted)
    entries = [Entry(seq, Article(id=f"n{seq}", title="江水")) for seq in range(4, 16)]
    index.apply_all(Step(entries[at : at + 4], [], entries[at + 3].seq) for at in (0, 4, 8))
    assert covered == [(7, 7), (11, 11), (15, 15)]


# -- readers beside a writer


def test_a_commit_is_seen_though_the_folders_time_is_the_same(index, monkeypatch):
    """Some file systems keep times to two seconds only."""
    now = 1_900_000_000_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: now + 500_000_000)
    reader = opened(index.directory)
    os.utime(index.directory, ns=(now, now))
    assert reader.count(Everything()) == 3
    add(index, "d")
    os.utime(index.directory, ns=(now, now))
    assert reader.count(Everything()) == 4
    reader.close()


def overtaken(monkeypatch, holder, name: str, writer: WhooshIndex) -> list[int]:
    """Before this function is called for the first time, let a writer remove all that a reader may have heard of."""
    before, calls = getattr(holder, name), []

    def late(*given, **named):
        calls.append(1)
        if len(calls) == 1:
            add(writer, "d")
            writer.optimize()
            add(writer, "e")
            writer.optimize()
        return before(*given, **named)

    monkeypatch.setattr(holder, name, late)
    return calls


@pytest.mark.parametrize(("holder", "name"), [(ColumnarView, "__init__"), (manifest, "state_path")])
def test_a_reader_that_meets_a_clean_up_takes_the_newer_generation(index, monkeypatch, holder, name):
    reader = opened(index.directory)
    calls = overtaken(monkeypatch, holder, name, index)
    assert reader.count(Everything()) == 5
    assert len(calls) > 1
    reader.close()


def test_files_that_are_gone_are_reason_to_look_again_whatever_the_folders_times_say(index, monkeypatch):
    """Files that are gone show that there was a change, also where a file server keeps telling the old times."""
    reader = opened(index.directory)
    monkeypatch.setattr(reader._generations, "_stamp", lambda: (1, 1, 1, 1))  # of long ago
    overtaken(monkeypatch, ColumnarView, "__init__", index)
    assert reader.count(Everything()) == 5
    reader.close()


def test_a_copy_that_meets_a_clean_up_is_of_the_newer_generation(index, monkeypatch, tmp_path):
    reader = opened(index.directory)
    assert reader.covers == 3
    calls = overtaken(monkeypatch, commit, "opened", index)
    (tmp_path / "copy").mkdir()
    reader.copy_to(tmp_path / "copy")
    assert len(calls) > 1
    copy = opened(tmp_path / "copy")
    assert (copy.count(Everything()), copy.covers) == (5, 5)
    assert copy.verify() == []
    copy.close()
    reader.close()


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_an_index_that_is_a_link_is_read_and_nothing_is_written_through_it(tmp_path):
    """In a stranger's archive it may point to any folder of this user."""
    real, linked = tmp_path / "real", tmp_path / "archive" / "whoosh"
    with closing(opened(real)) as index:
        add(index, "a")
    linked.parent.mkdir()
    linked.symlink_to(real)
    before = {path.name: path.read_bytes() for path in real.iterdir()}
    with closing(opened(linked)) as index:
        for write in (lambda: add(index, "b"), index.optimize, index.clear):
            with pytest.raises(ArchiveError, match="is a link") as raised:
                write()
            assert "rebuild" in raised.value.hint
        assert index.covers == 1
    assert {path.name: path.read_bytes() for path in real.iterdir()} == before


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_planted_lock_makes_no_file_elsewhere(tmp_path):
    folder = tmp_path / "whoosh"
    folder.mkdir()
    (folder / "MAIN_WRITELOCK").symlink_to(tmp_path / "elsewhere")
    with closing(opened(folder)) as index:
        add(index, "a")
    assert not (tmp_path / "elsewhere").exists()


def test_many_planted_generations_are_forgotten_in_one_look(tmp_path, monkeypatch):
    folder = tmp_path / "whoosh"
    with closing(opened(folder)) as index:
        add(index, "a")
    for number in range(100, 160):
        (folder / f"_MAIN_{number}.toc").write_bytes(b"")
    looks = []
    listed = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: looks.append(path) or listed(path))
    commit.forget_unreadable(folder)
    assert manifest.newest_generation(folder) == 0
    assert len(looks) == 2


def test_a_segment_whose_checksums_fit_and_whose_numbers_do_not_is_damage_when_it_is_changed(tmp_path, monkeypatch):
    with closing(opened(tmp_path / "whoosh")) as index:
        add(index, "a", "b")
        seen = ColumnarView.term
        monkeypatch.setattr(ColumnarView, "term", lambda *given: _beyond(seen(*given)))
        with pytest.raises(Damaged, match="is outside of it"):
            index.apply([], ["a"], covers=3)
        monkeypatch.undo()
        monkeypatch.setattr(bulk, "merge", lambda *_: np.zeros(1)[5])
        with pytest.raises(Damaged, match="cannot be merged"):
            index.optimize()


def _beyond(posting):
    return posting and SimpleNamespace(docs=posting.docs + 1000)
