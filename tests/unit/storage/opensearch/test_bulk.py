"""What is sent again, and what counts as written; the cluster is one that we play."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from searchkit.cluster.client import Cluster
from searchkit.errors import ArchiveError, ReadOnlyArchive
from searchkit.storage.opensearch.bulk import Action, send
from searchkit.storage.opensearch.requests import Requests
from tests.conftest import needs

pytestmark = needs("opensearchpy")
STATE = {"id": "ferry", "seq": 7}
NEW = Action("create", "a:ferry", STATE)
NEXT = Action("index", "a:ferry", STATE, (3, 1))


@pytest.fixture
def requests():
    cluster = Cluster(["http://search.example:9200"])
    cluster._is_known = True
    yield Requests(cluster, "news")
    cluster.close()


@pytest.fixture
def played(requests) -> Callable[..., list[str]]:
    """Lets the cluster answer in turn; an exception is raised. Returns: what it was asked."""

    def play(*answers: Any) -> list[str]:
        left, asked = list(answers), []

        def perform(method: str, path: str, params: object = None, body: object = None) -> Any:
            asked.append(f"{path.rpartition('/')[2]} {body}" if isinstance(body, str) else path.rpartition("/")[2])
            answer = left.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        requests.cluster._client.transport.perform_request = perform
        return asked

    return play


def told(kind: str, status: int, successful: int = 2, reason: str = "") -> dict[str, Any]:
    shards = {"total": 2, "successful": successful, "failed": 0}
    item: dict[str, Any] = {"status": status, "_shards": shards, "_seq_no": 9, "_primary_term": 2}
    if status >= 400:
        item = {"status": status, "error": {"type": "some", "reason": reason}}
    return {"items": [{kind: item}]}


def held(source: object) -> dict[str, Any]:
    found = {"_id": "a:ferry", "found": source is not None, "_source": source, "_seq_no": 4, "_primary_term": 1}
    return {"docs": [found]}


def sent(requests: Requests, action: Action) -> list[str]:
    return send(requests, "articles", [action], 2, pause=lambda seconds: None)


def test_two_copies_are_written_at_once(requests, played):
    asked = played(told("create", 201))
    assert sent(requests, NEW) == [] and len(asked) == 1


def test_what_one_copy_has_is_written_once_more_in_its_place(requests, played):
    asked = played(told("create", 201, successful=1), told("index", 200))
    assert sent(requests, NEW) == []
    assert '"if_seq_no": 9, "if_primary_term": 2' in asked[1] and '"index"' in asked[1]


@pytest.mark.parametrize("status", [429, 503])
def test_what_the_cluster_has_no_time_for_is_sent_again(requests, played, status):
    asked = played(told("create", status), told("create", 201))
    assert sent(requests, NEW) == [] and len(asked) == 2 and asked[0] == asked[1]


def test_after_a_lost_answer_our_own_write_is_no_conflict(requests, played):
    from opensearchpy.exceptions import ConnectionError as Lost

    asked = played(Lost("N/A", "reset", OSError()), told("index", 409), held(STATE), told("index", 200))
    assert sent(requests, NEXT) == []
    # It may be on one copy only, so it is written in its own place.
    assert [each.split()[0] for each in asked] == ["_bulk", "_bulk", "_mget", "_bulk"]
    assert '"if_seq_no": 4, "if_primary_term": 1' in asked[3]


@pytest.mark.parametrize("source", [None, {**STATE, "seq": 8}, {**STATE, "id": "other"}])
def test_the_write_of_another_is_a_conflict(requests, played, source):
    played(told("index", 409), held(source))
    assert sent(requests, NEXT) == ["a:ferry"]


def test_deleting_what_is_not_there_is_done(requests, played):
    played({"items": [{"delete": {"status": 404, "_shards": {"successful": 2}, "_seq_no": 1, "_primary_term": 1}}]})
    assert sent(requests, Action("delete", "a:ferry")) == []


@pytest.mark.parametrize(
    ("answers", "error", "code"),
    [
        ([told("create", 429)] * 8, ArchiveError, "cluster-busy"),
        (
            [told("create", 201, successful=1)] * 1 + [told("index", 200, successful=1)] * 7,
            ArchiveError,
            "cluster-copies",
        ),
        ([told("create", 429, reason="flood-stage watermark exceeded")], ReadOnlyArchive, "cluster-full"),
        ([told("create", 400, reason="strict")], ArchiveError, "cluster"),
    ],
)
def test_what_the_cluster_refuses_is_an_error(requests, played, answers, error, code):
    played(*answers)
    with pytest.raises(error) as caught:
        sent(requests, NEW)
    assert caught.value.code == code
