"""An archive that answers over HTTP, shared by the tests that only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import searchkit
from searchkit.servers.web.app import Application
from searchkit.servers.web.table import Serving
from tests.conftest import NEWS, TODAY
from tests.unit.servers.asgi import Client

MORE = (
    searchkit.Article(
        id="bridge-2", title="滨江长江大桥封闭检修", body="长江大桥夜间封闭。市长到场查看。\n公交车绕行渡口。另讯。",
        published=NEWS[0].published, source="江北晚报",
    ),
    searchkit.Article(id="a/b c", title="<b>&\"'编号特别", body="<script>alert(1)</script>\u202e", source="=甲"),
)  # fmt: skip


@pytest.fixture(scope="package")
def reading(tmp_path_factory) -> Iterator[searchkit.Archive]:
    """An archive that no test changes."""
    path = tmp_path_factory.mktemp("served") / "index"
    with searchkit.open(path, create=True, today=lambda: TODAY, timeout=None) as made:
        made.upsert_all([*NEWS, *MORE])
        made.upsert(searchkit.Article(id="undated", title="老照片里的旧站台", body="照片没有日期。"))
        made.saved.save("bridges", "大桥", sort="newest", source="滨江日报")
        yield made


@pytest.fixture(scope="package")
def client(reading) -> Client:
    return Client(Application(reading, Serving(log=False)))


@pytest.fixture
def serving(archive) -> Callable[..., Client]:
    """A client of the archive that a test may change, with the options given."""

    def made(**options) -> Client:
        return Client(Application(archive, Serving(**{"log": False, **options})))

    return made
