"""Whatever answers where a cluster is expected, or does not, the error has a name, a hint and no trace, and comes in time."""

from __future__ import annotations

from contextlib import closing

import pytest

from searchkit.cluster import client
from searchkit.cluster.client import Cluster
from searchkit.deadline import within
from searchkit.errors import ArchiveError, QueryTimeout
from tests.cluster.others import OTHERS, answering, endless, refused_port, silent
from tests.conftest import needs

pytestmark = needs("opensearchpy")


def refused(address: str) -> ArchiveError:
    with closing(Cluster([address])) as cluster, pytest.raises(ArchiveError) as told:
        cluster.request("GET", "/news/_mapping")
    assert (
        told.value.hint and told.value.exit_code == 3 and address in told.value.message and told.value.__cause__ is None
    )
    assert len(str(told.value)) < 300 and "<" not in str(told.value)
    return told.value


@pytest.mark.parametrize("name", OTHERS)
def test_another_program(name):
    status, kind, content, code = OTHERS[name]
    with answering(status, kind, content) as address:
        assert refused(address).code == code


def test_nobody_is_there():
    assert (told := refused(refused_port())).code == "no-cluster" and "refused" in told.message
    # Of the names that are kept for tests, nobody has this one.
    told = refused("http://cluster.invalid:9200")
    assert told.code == "no-cluster" and "name of the host" in told.message


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(client, "SECONDS_TO_KNOW", 0.3)


def test_who_never_answers_is_not_waited_for(soon):
    with silent() as address:
        assert refused(address).code == "cluster-timeout"


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "]
)
def test_who_answers_for_ever_is_not_waited_for(soon, head):
    with endless(head) as address:
        assert refused(address).code == "cluster-timeout"


def test_a_question_does_not_wait_longer_than_it_may(monkeypatch):
    with silent() as address, closing(Cluster([address])) as cluster:
        cluster._is_known = True
        clock = iter([0.0, 0.0, 0.2, 0.3, 99.0])
        with within(0.3, lambda: next(clock, 99.0)), pytest.raises(QueryTimeout):
            cluster.request("GET", "/news/_mapping")
