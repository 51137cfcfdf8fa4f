"""push and pull as commands: a whole archive there and back, with what is derived, searched and saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Archive, Article
from searchkit.cli.run import run
from tests.cluster.reached import IN_CLUSTER, archive_in_cluster
from tests.conftest import NEWS, TODAY, at
from tests.golden.test_documents import checked

pytestmark = [IN_CLUSTER]
STORY = Article(
    id="story", title="大桥封闭检修", body="大桥从本周起夜间封闭，检修约需三周，公交改道行驶，渡口增开夜航班次。" * 4,
    source="滨江日报", published=at(2025, 3, 4, 8),
)  # fmt: skip
WORDS = searchkit.parse_dictionary("夜航班次\n")


@pytest.fixture
def address() -> Iterator[str]:
    with archive_in_cluster() as made:
        yield made


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEARCHKIT_INDEX", raising=False)
    with opened("local", create=True) as archive:
        archive.upsert_all(NEWS)
        archive.upsert_all([STORY, replace(STORY, id="reprint", source="江城网", published=at(2025, 3, 5, 9))])
        archive.saved.save("bridge", "大桥")
        archive.upsert(replace(STORY, body=STORY.body + "更正：约需四周。"))
        archive.upsert(replace(STORY, id="gone"))
        archive.delete(ids=["gone", NEWS[0].id])
        archive.set_dictionary(WORDS)
    (tmp_path / "local" / "aliases.txt").write_text("渡口 = 码头\n", encoding="utf-8")
    return tmp_path


def opened(place: str, **given: Any) -> Archive:
    return (searchkit.connect if "://" in place else searchkit.open)(place, today=lambda: TODAY, **given)


def state(place: str) -> Any:
    """All that is told of an archive, but where it is."""
    with opened(place) as archive:
        assert archive.index_behind == 0 and archive.verify().ok
        news = archive.saved.new("bridge")
        found = archive.search("大桥 码头", mode="any", limit=50)
        return (
            [(each, archive.revisions(each.id), archive.family(each.id).articles, archive.origin(each.id)) for each in archive],
            [(hit.id, hit.score) for hit in found.hits], found.parsed, archive.dictionary.words,
            (news.added, news.corrected, news.deleted, news.search.saved, news.search.looked),
        )  # fmt: skip


def done(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run([*arguments, "--json"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert checked(line) == arguments[0]
    return json.loads(line)


def test_there_and_back_the_whole_archive_is_equal(local, address, capsys):
    plain = address.partition("?")[0]
    pushed = done(capsys, "push", "local", address)
    assert (pushed["source"], pushed["target"], pushed["sent"]) == ("local", plain, pushed["articles"])
    pulled = done(capsys, "pull", plain, "back")
    assert pulled["sha256"] == pushed["sha256"] and (pulled["revisions"], pulled["index_behind"]) == (1, 0)
    expected = state("local")
    assert state(plain) == expected and state("back") == expected
    assert Path("back/aliases.txt").read_text(encoding="utf-8") == "渡口 = 码头\n"

    with opened("local") as archive:
        archive.upsert(replace(STORY, id="later", title="灯塔"))
        archive.set_dictionary(searchkit.parse_dictionary("夜航班次\n灯塔\n"))
    again = done(capsys, "push", plain, "-i", "local")
    assert (again["sent"], again["deleted"]) == (1, 0)
    assert done(capsys, "pull", plain, "back")["sha256"] == again["sha256"] != pushed["sha256"]
    assert state(plain) == state("local") == state("back")


def test_a_copy_that_others_have_written_to_is_refused(local, address, capsys):
    plain = address.partition("?")[0]
    done(capsys, "push", "local", address)
    with opened(plain) as archive:
        archive.upsert(replace(STORY, id="theirs"))
    assert run(["push", "local", plain]) == 2
    told = capsys.readouterr()
    assert told.out == "" and "holds theirs in a state" in told.err and "try: another URL or folder" in told.err
    assert done(capsys, "pull", plain, "local")["sent"] == 1, "the other way round, as the hint says"
    assert done(capsys, "push", "local", plain)["sent"] == 0
