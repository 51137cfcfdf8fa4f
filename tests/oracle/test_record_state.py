"""All kinds of record under the same operations: whatever is done, in whatever order, they are in the same state.

Sequence numbers may differ, so they are compared by their order; times are not compared.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timezone
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from searchkit import Article
from searchkit.model.history import Revision
from searchkit.storage.record import Record
from searchkit.storage.sketches import Sketch
from searchkit.storage.sqlite.record import SqliteRecord
from tests.conftest import HUNDRED, at, examples
from tests.contract.records import RECORDS

IDS = ("a", "a1", "b", "B", "汉", "%", "a'")
PATHS = ("", "/n/1", "/n/2", "/n/汉", "/m/1")
NAMES = ("river", "bridge", "汉")
SETTINGS = ("timezone", "dictionary", "lineage", "families")
ids = st.sampled_from(IDS)
some_ids = st.lists(ids, max_size=4)
articles = st.builds(
    Article, id=ids, title=st.sampled_from("一二"), body=st.sampled_from(["", "江水"]), source=st.sampled_from(["", "日报"]),
    published=st.sampled_from([None, at(2025, 3, 4, 8)]), kind=st.sampled_from(["article", "article", "headline"]),
    parent=st.sampled_from(["", "a"]), published_text=st.sampled_from(["", "03-04"]),
    extra=st.sampled_from([{}, {"fetched": "1"}, {"fetched": "2"}, {"fetched": "2", "x": "y"}]),
)  # fmt: skip
pairs = st.lists(st.tuples(ids, st.sampled_from(PATHS)), max_size=5)
sketches = st.lists(
    st.builds(
        Sketch, ids, st.integers(0, 3), st.integers(0, 3), st.integers(-2, 2), st.sampled_from("一二"),
        st.sampled_from([b"", b"\0\1\2\3"]), st.sampled_from([b"", b"\4\0\0\0"]),
    ),
    max_size=4, unique_by=lambda each: each.id,
)  # fmt: skip


class RecordMachine(RuleBasedStateMachine):
    """The same is done to each of `records`; what they answer must be equal."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="searchkit-record"))
        self.records = {name: make(self.folder) for name, make in RECORDS.items()}

    def teardown(self) -> None:
        problems = self.records["sqlite"].verify()
        for each in self.records.values():
            each.close()
        shutil.rmtree(self.folder)
        assert problems == []

    def each(self, work: Callable[[Record], Any]) -> Any:
        """Do it to all. Returns: what all of them return."""
        answers = {name: work(record) for name, record in self.records.items()}
        assert len({repr(each) for each in answers.values()}) == 1, answers
        return answers["memory"]

    @rule(article=articles)
    def put(self, article: Article) -> None:
        told = self.each(lambda record: record.compare(article))
        assert self.each(lambda record: record.put(article)) == told

    @rule(id=ids)
    def delete(self, id: str) -> None:
        self.each(lambda record: record.delete(id))

    @rule(id=ids, given=st.lists(articles, max_size=3), hours=st.integers(0, 2))
    def take_over(self, id: str, given: list[Article], hours: int) -> None:
        states = [
            Revision(number, at(2024, 2, 3, hours + number).astimezone(timezone.utc), replace(each, id=id))
            for number, each in enumerate(given, 1)
        ]
        self.each(lambda record: record.take_over(id, states))
        self.each(lambda record: record.take_over(id, states))
        self.each(lambda record: [each.recorded for each in record.revisions(id)])

    @rule(given=st.lists(articles, max_size=4, unique_by=lambda each: each.id), gone=ids, fails=st.integers(0, 8))
    def change_together(self, given: list[Article], gone: str, fails: int) -> None:
        """Where it fails, it is done again: what a record that is not atomic has kept must not show."""
        left = fails

        def work(record: Record, failing: bool) -> None:
            nonlocal left
            left = fails
            with record.transaction():
                for article in given:
                    record.put(article)
                    record.origins.note([(article.id, "/n/1")])
                    left -= 1
                    if failing and left < 0:
                        raise KeyError
                if gone not in {each.id for each in given}:
                    record.delete(gone)

        def told(record: Record) -> None:
            before = state_of(record)
            with suppress(KeyError):
                work(record, failing=True)
                return
            if record.atomic:
                assert state_of(record) == before
            work(record, failing=False)

        self.each(told)

    @rule(given=pairs)
    def note(self, given: list[tuple[str, str]]) -> None:
        self.each(lambda record: record.origins.note(given))

    @rule(given=some_ids, paths=st.lists(st.sampled_from(PATHS[1:]), max_size=3))
    def forget(self, given: list[str], paths: list[str]) -> None:
        self.each(lambda record: record.origins.forget(given))
        self.each(lambda record: record.origins.forget_files(paths))

    @rule(given=sketches, gone=some_ids)
    def sketch(self, given: list[Sketch], gone: list[str]) -> None:
        self.each(lambda record: record.sketches.add(given))
        self.each(lambda record: record.sketches.remove(gone))

    @rule(families=st.lists(st.tuples(ids, ids), max_size=4), gone=some_ids)
    def put_together(self, families: list[tuple[str, str]], gone: list[str]) -> None:
        self.each(lambda record: record.sketches.put_together(families))
        self.each(lambda record: record.sketches.take_out(gone))

    @rule(name=st.sampled_from(SETTINGS), value=st.none() | st.sampled_from(["", "x", "y\nz"]))
    def set(self, name: str, value: str | None) -> None:
        self.each(lambda record: record.remove_setting(name) if value is None else record.set_setting(name, value))

    @rule(name=st.sampled_from(NAMES), query=st.sampled_from("一二"), matching=some_ids, upto=st.integers(0, 5))
    def save(self, name: str, query: str, matching: list[str], upto: int) -> None:
        self.each(lambda record: record.saved.add(name, {"query": query}, upto, matching))

    @rule(name=st.sampled_from(NAMES), matching=some_ids, upto=st.integers(0, 5))
    def mark(self, name: str, matching: list[str], upto: int) -> None:
        def marked(record: Record) -> bool:
            row = record.saved.get(name)
            return row is not None and record.saved.mark(name, row.recorded, upto, matching)

        self.each(marked)

    @rule(name=st.sampled_from(NAMES))
    def unsave(self, name: str) -> None:
        self.each(lambda record: record.saved.remove(name))

    @rule(added=st.integers(0, 3))
    def log(self, added: int) -> None:
        self.each(lambda record: record.log_run(["汉", "b"], added, 0, 0, 0))

    @rule()
    def clear_sketches(self) -> None:
        self.each(lambda record: record.sketches.clear())

    @rule(keep=st.integers(0, 3))
    def forget_marks(self, keep: int) -> None:
        self.each(lambda record: record.forget_lineage(record.lineage(), keep) >= 0)

    @rule()
    def reopen(self) -> None:
        self.records["sqlite"].close()
        self.records["sqlite"] = SqliteRecord(self.folder / "archive.db")

    @rule(
        given=st.lists(ids, max_size=9), limit=st.integers(0, 3), paths=st.lists(st.sampled_from(PATHS[1:]), max_size=3)
    )
    def ask(self, given: list[str], limit: int, paths: list[str]) -> None:
        self.each(lambda record: list(record.get_many(given).items()) and sorted(record.get_many(given)))
        self.each(lambda record: [id for id, _ in record.latest({*given}, limit)])
        self.each(lambda record: list(record.articles(given)))
        self.each(lambda record: record.ids_starting(given[0][:1] if given else "a", limit))
        self.each(lambda record: [record.origins.only_in({*paths}), record.origins.below("/n")])
        self.each(lambda record: sorted(record.sketches.families({*given}).items()))

    @rule(after=st.integers(0, 8), limit=st.integers(1, 3), upto=st.integers(0, 9))
    def ask_for_changes(self, after: int, limit: int, upto: int) -> None:
        """Each record has numbers of its own, so these are not compared."""

        def asked(record: Record) -> Any:
            numbers = [0, *sorted(each.seq for each in record.changes(0, 1000))]
            low, high = (numbers[min(at, len(numbers) - 1)] for at in (after, upto))
            found = record.changes(low, limit, high)
            assert len(found) <= limit and all(low < each.seq <= high for each in found)
            assert all(each.article == record.get(each.id) for each in found if each.article)
            return None

        self.each(asked)

    @invariant()
    def they_are_in_the_same_state(self) -> None:
        self.each(state_of)
        for name, record in self.records.items():
            assert record.has_been(record.last_seq(), record.lineage()), name
            others = [each.lineage() for each in self.records.values() if each is not record]
            assert not any(record.has_been(0, mark) for mark in others if mark), name


def state_of(record: Record) -> Any:
    """All that can be asked, without numbers and times."""
    found = record.changes(0, 1000)
    last = {each.id: each.seq for each in found}  # deletions before an article came again may be there or not
    changes = [(each.id, each.article) for each in found if last[each.id] == each.seq]
    assert record.pending(0) == len(found) and max(last.values(), default=0) <= record.last_seq()
    held = [
        (
            record.get(id), record.has(id), [(each.number, each.article) for each in record.revisions(id)],
            record.recorded(id) is None, [each.id for each in record.children(id)],
            record.origins.files(id), sorted(record.origins.beside(id)), record.sketches.members(id),
        )
        for id in IDS
    ]  # fmt: skip
    numbers = record.sequence_numbers()
    rows = [record.saved.get(name) for name in record.saved.names()]
    return (
        changes, held, record.ids(), len(record), sorted(record.kinds().items()), record.counts(), list(record.articles()),
        sorted(numbers, key=numbers.__getitem__), numbers.last_seq == record.last_seq(),
        record.lineage() == "", [record.setting(name) for name in SETTINGS], sorted(map(repr, record.outlines())),
        [replace(each, finished=at(2025, 1, 1)) for each in record.runs()],
        [(row.name, row.question, row.upto, sorted(row.matched), row.looked >= row.recorded) for row in rows if row],
        sorted(record.sketches.between(0, 9)), sorted(record.sketches.all_families().items()), record.sketches.count(),
        sorted(record.sketches.evidence(IDS).items()), sorted(record.sketches.appeared(IDS).items()),
        sorted(record.sketches.days(IDS).items()), record.sketches.has_families(),
    )  # fmt: skip


class TestRecords(RecordMachine.TestCase):  # type: ignore[name-defined]
    settings = settings(
        examples(30), stateful_step_count=40 if settings.default.max_examples > HUNDRED else 20,
        suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )  # fmt: skip
