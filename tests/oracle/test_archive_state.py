"""One archive against a dict: whatever is done to it, in whatever order, it holds and finds what a for-loop finds.

Written through two handles, read by a thread beside, closed, copied, rebuilt: after each step the archive has exactly the
articles of a dict, and answers as a for-loop over the dict does.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import searchkit
from searchkit import Archive, Article
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import UserDictionary, parse_dictionary
from searchkit.engines.whoosh.write import bulk
from searchkit.ingest import ingest
from searchkit.opening import restore
from tests.conftest import HUNDRED, SHANGHAI, TODAY, examples

IDS = [f"a{number}" for number in range(7)]
PIECES = ("江水", "大桥", "通车", "台灣", "芯片", "出口管制", "F-16", "深度求索", "夜市", "。", "，", " ")
PHRASES = ("江水", "桥通", "台湾", "芯片", "出口管制", "f-16", "度求", "大桥。", "江水大桥")
WORDS = ("江水", "大桥 通车", "芯片 出口管制 深度求索")
DICTIONARIES = ("", "深度求索", "桥通\n深度求索 10 nz", "水大")
SOURCES = ("滨江日报", "島嶼時報")

text = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
articles = st.builds(
    Article,
    id=st.sampled_from(IDS),
    title=text.map(lambda title: f"题{title}"),
    body=text,
    source=st.sampled_from(SOURCES),
    published=st.none() | st.integers(1, 28).map(lambda day: datetime(2025, 3, day, 8, tzinfo=SHANGHAI)),
)
batches = st.lists(articles, min_size=1, max_size=4)
phrases = st.sampled_from(PHRASES)
handles = st.booleans()
"""By the second handle, if it is open?"""

ELSEWHERE = ""
"""Stands among an article's origins for what no file is."""


class ArchiveMachine(RuleBasedStateMachine):
    """`held` is what the archive must have, `origins` where each article came from."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="searchkit-state"))
        self.path = self.folder / "index"
        self.files = self.folder / "files"
        self.files.mkdir()
        self.on_disk: dict[Path, Article] = {}
        self.copies = 0
        self.held: dict[str, Article] = {}
        self.origins: dict[str, set[str]] = {}
        self.archive = self.opened(create=True)
        self.other: Archive | None = None

    def opened(self, **options: bool) -> Archive:
        return searchkit.open(self.path, timeout=None, today=lambda: TODAY, **options)  # type: ignore[arg-type]

    def handle(self, second: bool) -> Archive:
        return self.other if second and self.other is not None else self.archive

    def close(self) -> None:
        self.archive.close()
        if self.other is not None:
            self.other.close()
        self.other = None

    def teardown(self) -> None:
        try:
            problems = self.archive.verify().problems
            self.close()
        finally:
            shutil.rmtree(self.folder)
        assert problems == ()

    # -- the for-loop

    def matching(self, phrase: str) -> list[str]:
        needle = fold(phrase)
        return sorted(id for id, each in self.held.items() if needle in fold(f"{each.title}\n{each.body}"))

    def take(self, given: list[Article], origin: str = ELSEWHERE) -> Counter[str]:
        """Into the dict; what `upsert_all` has to report."""
        outcomes: Counter[str] = Counter(added=0, updated=0, unchanged=0)
        for each in given:
            before = self.held.get(each.id)
            outcomes["added" if before is None else "unchanged" if before == each else "updated"] += 1
            self.held[each.id] = each
            self.origins.setdefault(each.id, set()).add(origin)
        return outcomes

    def drop(self, ids: list[str]) -> None:
        for id in ids:
            del self.held[id], self.origins[id]

    # -- what is done

    @rule(given=batches, second=handles)
    def upsert(self, given: list[Article], second: bool) -> None:
        report = self.handle(second).upsert_all(given)
        told = {"added": report.added, "updated": report.updated, "unchanged": report.unchanged}
        assert told == dict(self.take(given))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), change=st.booleans())
    def upsert_what_is_there(self, data: st.DataObject, change: bool) -> None:
        each = self.held[data.draw(st.sampled_from(sorted(self.held)))]
        given = replace(each, body=f"{each.body}江水") if change else each
        report = self.archive.upsert(given)
        assert (report.updated, report.unchanged) == ((1, 0) if change else (0, 1))
        self.take([given])

    @rule(given=batches)
    def upsert_and_leave_the_index_behind(self, given: list[Article]) -> None:
        report = self.archive.upsert_all(given, index=False)
        self.take(given)
        assert (self.archive.index_behind > 0) == (report.added + report.updated > 0)
        self.reopen()

    @rule(given=batches)
    def be_interrupted(self, given: list[Article]) -> None:
        """An iterable that fails: of a batch that was not acknowledged, nothing is there."""

        def failing():
            yield from given
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            self.archive.upsert_all(failing())

    @rule(ids=st.lists(st.sampled_from(IDS), min_size=1, max_size=3), second=handles)
    def delete(self, ids: list[str], second: bool) -> None:
        wanted = sorted({*ids} & self.held.keys())
        assert list(self.handle(second).delete(ids=ids).ids) == wanted
        self.drop(wanted)

    @rule(phrase=phrases, second=handles, dry_run=st.booleans())
    def delete_what_matches(self, phrase: str, second: bool, dry_run: bool) -> None:
        wanted = self.matching(phrase)
        assert list(self.handle(second).delete(f'"{phrase}"', dry_run=dry_run).ids) == wanted
        if not dry_run:
            self.drop(wanted)

    # -- files

    @rule(given=articles, ingesting=st.booleans(), second=handles)
    def write_a_file(self, given: Article, ingesting: bool, second: bool) -> None:
        # Readers strip white space at the ends and join what is more than one; that is not what is tested here.
        plain = replace(given, title=given.title.replace(" ", ""), body=given.body.replace(" ", "") or "江水")
        record = {"id": plain.id, "title": plain.title, "body": plain.body, "source": plain.source}
        if plain.published is not None:
            record["published"] = plain.published.isoformat()
        path = self.files / f"{plain.id}.jsonl"
        path.write_text(json.dumps(record), encoding="utf-8")
        self.on_disk[path] = plain
        if ingesting:
            self.ingest_the_files(second=second)

    @precondition(lambda self: self.on_disk)
    @rule(data=st.data(), pruning=st.booleans(), second=handles)
    def remove_a_file(self, data: st.DataObject, pruning: bool, second: bool) -> None:
        path = data.draw(st.sampled_from(sorted(self.on_disk)))
        path.unlink()
        del self.on_disk[path]
        if pruning:
            self.prune(second=second)

    @rule(second=handles)
    def ingest_the_files(self, second: bool) -> None:
        archive = self.handle(second)
        ingest(archive, [self.files], rejects=None)
        for path, written in self.on_disk.items():
            now = archive[written.id]
            assert replace(now, published_text="") == written
            self.take([now], path.name)

    @rule(second=handles)
    def prune(self, second: bool) -> None:
        there = {path.name for path in self.on_disk} | {ELSEWHERE}
        wanted = sorted(id for id, origins in self.origins.items() if not origins & there)
        assert list(self.handle(second).prune(self.files, force=True).ids) == wanted
        self.drop(wanted)
        for origins in self.origins.values():
            origins &= there

    # -- the whole

    @rule(words=st.sampled_from(DICTIONARIES))
    def set_dictionary(self, words: str) -> None:
        if self.other is not None:  # a handle has the words of the moment it was opened
            self.other.close()
            self.other = None
        self.archive.set_dictionary(parse_dictionary(words) if words else UserDictionary())

    @rule()
    def rebuild(self) -> None:
        """Made anew, the index says the same, to the bit: no step before left anything out."""
        before = [self.ranked(words) for words in WORDS]
        assert self.archive.rebuild() == len(self.held)
        assert [self.ranked(words) for words in WORDS] == before

    def ranked(self, words: str) -> list[tuple[str, float]]:
        return [(hit.id, hit.score) for hit in self.archive.search(words, mode="any", limit=50, near=False)]

    @rule(second=handles)
    def optimize(self, second: bool) -> None:
        self.handle(second).optimize()

    @rule()
    def reopen(self) -> None:
        self.close()
        self.archive = self.opened()
        assert self.archive.index_behind == 0

    @rule()
    def open_or_close_another_handle(self) -> None:
        if self.other is None:
            self.other = self.opened()
        else:
            self.other.close()
            self.other = None

    @rule()
    def back_up_and_go_on_with_the_copy(self) -> None:
        self.copies += 1
        backup = self.folder / f"backup{self.copies}"
        assert self.archive.backup(backup) == len(self.held)
        self.close()
        self.path = self.folder / f"restored{self.copies}"
        assert restore(backup, self.path) == len(self.held)
        self.archive = self.opened()

    @rule(given=batches, phrase=phrases)
    def read_in_a_thread_while_writing(self, given: list[Article], phrase: str) -> None:
        """A reader sees the archive as it was before a step, or after it."""
        asking, written, answers = threading.Event(), threading.Event(), []

        def ask() -> None:
            last = False
            while not last:
                last = written.is_set()  # once more after it
                answers.append(
                    [hit.id for hit in self.archive.search(f'"{phrase}"', limit=50, near=False, sort="oldest")]
                )
                asking.set()

        before = self.matching(phrase)
        reader = threading.Thread(target=ask)
        reader.start()
        try:
            assert asking.wait(60)
            self.archive.upsert_all(given)
        finally:
            written.set()
            reader.join()
        self.take(given)
        after = self.matching(phrase)
        assert all(sorted(found) in (before, after) for found in answers), (before, after, answers)
        assert sorted(answers[-1]) == after

    # -- what must hold

    @invariant()
    def it_holds_and_finds_what_the_dict_has(self) -> None:
        for archive in (self.archive, self.other):
            if archive is None:
                continue
            assert len(archive) == len(self.held)
            assert {each.id: each for each in archive} == self.held
            assert archive.index_behind == 0
            for phrase in PHRASES:
                expected = self.matching(phrase)
                found = archive.search(f'"{phrase}"', limit=50, near=False)
                assert sorted(hit.id for hit in found) == expected, phrase
                assert found.total == len(expected)
            expected = self.matching(PHRASES[0])
            assert archive.count(f'"{PHRASES[0]}"') == len(expected)
            assert [each.id for each in archive.export(f'"{PHRASES[0]}"')] == expected
            sources = Counter(each.source for each in self.held.values())
            assert dict(archive.facets("", fields=["source"])["source"].values) == dict(sources)

    @invariant()
    def it_is_sound(self) -> None:
        assert self.archive.verify().ok


class _SmallSegments(ArchiveMachine):
    """Runs of two articles, merged by twos."""

    def __init__(self) -> None:
        self.patched = mock.patch.multiple(bulk, RUN=2, TIER=2, default_jobs=lambda: 1)
        self.patched.start()
        super().__init__()

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self.patched.stop()


# Shrinking runs whole histories again and again; it is worth its minutes only when there is a failure to look at.
SETTINGS = settings(
    examples(9), stateful_step_count=25 if settings.default.max_examples > HUNDRED else 15, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)  # fmt: skip


class TestArchive(ArchiveMachine.TestCase):  # type: ignore[name-defined]
    settings = SETTINGS


class TestArchiveOfSmallSegments(_SmallSegments.TestCase):  # type: ignore[name-defined]
    settings = SETTINGS
