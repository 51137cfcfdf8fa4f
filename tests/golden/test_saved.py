"""What `saved` prints, to the letter."""

from __future__ import annotations

from dataclasses import replace

import pytest

import searchkit
from searchkit import Article
from tests.conftest import NEWS, TODAY, at
from tests.golden.test_cli import run, stable

CASES = {
    "saved-pipe": (0, ["saved"]),
    "saved-terminal": (0, ["saved", "--pretty"]),
    "saved-json": (0, ["saved", "--json"]),
    "saved-hits": (0, ["saved", "river", "--pretty"]),
    "saved-new-pipe": (0, ["saved", "river", "--new", "--peek"]),
    "saved-new-terminal": (0, ["saved", "--all", "--new", "--peek", "--pretty"]),
    "saved-new-json": (0, ["saved", "--all", "--new", "--peek", "--json"]),
    "saved-atom": (0, ["saved", "river", "--atom"]),
    "saved-nothing": (1, ["saved", "week", "--new", "--peek"]),
    "saved-error": (2, ["saved", "rivr"]),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "index"
    with pytest.MonkeyPatch.context() as here, searchkit.open(path, create=True, today=lambda: TODAY) as made:
        for clock in ("articles.now", "saved._now"):
            here.setattr(f"searchkit.storage.sqlite.{clock}", lambda: "2025-06-30T01:00:00+00:00")
        made.upsert_all(NEWS)
        made.upsert(Article(id="ferry", title="渡船", body="长江渡船停航。", source="滨江日报"))
        made.saved.save("river", "长江", sort="newest")
        made.saved.save("week", on="近7天", source=["滨江日报", "环海通讯社"])
        tower = Article(
            id="tower", title="灯塔与长江", body="长江口。", published=at(2024, 6, 29, 9), source="滨江日报"
        )
        made.upsert_all([tower, replace(NEWS[0], body="长江大桥重开。")])
        made.delete(ids=["ferry"])
    return path


@pytest.mark.parametrize("name", CASES)
def test_saved(name, index, tmp_path, golden):
    code, arguments = CASES[name]
    done = run(*arguments, index=index, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    shown = f"-- stdout\n{done.stdout}-- stderr\n{done.stderr}-- exit {done.returncode}\n"
    golden(f"{name}.txt", stable(f"$ searchkit {' '.join(arguments)}\n{shown}", index, tmp_path))
