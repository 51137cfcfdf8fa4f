"""One archive for all tests of tables."""

from __future__ import annotations

import pytest

import searchkit
from tests.conftest import NEWS, TODAY


@pytest.fixture(scope="session")
def asked(tmp_path_factory):
    with searchkit.open(tmp_path_factory.mktemp("frames") / "index", create=True, today=lambda: TODAY) as archive:
        archive.upsert_all([*NEWS, searchkit.Article(id="again", title="长江大桥复通", body="大桥通车。市长到场。")])
        yield archive
