"""What the failures of a cluster are called, and what is sent again; the cluster is one that we play."""

from __future__ import annotations

import ssl
import sys

import pytest

from searchkit.cluster import bulk
from searchkit.cluster.authentication import header
from searchkit.cluster.client import Cluster, NotThere, of_failure
from searchkit.deadline import within
from searchkit.engines.opensearch import writing
from searchkit.engines.opensearch.generations import States
from searchkit.errors import ArchiveError, MissingExtra, QueryTimeout, ReadOnlyArchive, UsageError
from tests.conftest import needs

pytestmark = needs("opensearchpy")
VERSION = {"version": {"distribution": "opensearch", "number": "2.19.1"}}


class Played:
    """Answers in turn; an exception is raised. What it was asked is kept."""

    def __init__(self, cluster: Cluster, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[object, ...]] = []
        cluster._client.transport.perform_request = self.perform

    def perform(self, method, path, params=None, body=None):
        if path == "/":
            return VERSION
        self.asked.append((method, path, params, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def cluster():
    made = Cluster(["https://search.example:9200"], user="reader", password="geheim")
    yield made
    made.close()


def failure(status: int, kind: str, reason: str = "") -> Exception:
    from opensearchpy.exceptions import HTTP_EXCEPTIONS, TransportError

    info = {"error": {"root_cause": [{"type": kind, "reason": reason}], "type": kind, "reason": reason}}
    return HTTP_EXCEPTIONS.get(status, TransportError)(status, kind, info)


def refused(name: str, cause: Exception | None = None) -> Exception:
    from opensearchpy import exceptions

    cause = cause or OSError("no answer")
    if isinstance(cause, ssl.SSLCertVerificationError):
        cause.verify_code, cause.verify_message = 20, "unable to get local issuer certificate"
    return getattr(exceptions, name)("N/A", "no answer", cause)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda: refused("ConnectionError"), "no-cluster"),
        (lambda: refused("SSLError", ssl.SSLCertVerificationError()), "cluster-certificate"),
        (lambda: refused("SSLError", ssl.SSLError("wrong version number")), "cluster-without-tls"),
        (lambda: refused("ConnectionTimeout"), "cluster-timeout"),
        (lambda: failure(401, "security_exception"), "cluster-credentials"),
        (lambda: failure(403, "security_exception", "no permissions for [indices:data/read]"), "cluster-forbidden"),
        (lambda: failure(403, "cluster_block_exception", "FORBIDDEN/12/index read-only-allow-delete"), "cluster-full"),
        (lambda: failure(429, "cluster_block_exception", "disk usage exceeded flood-stage watermark"), "cluster-full"),
        (lambda: failure(503, "no_shard_available_action_exception"), "cluster-red"),
        (lambda: failure(503, "cluster_block_exception", "state not recovered"), "cluster-red"),
        (lambda: failure(500, "timeout_exception", "Timed out getting mappings"), "cluster-busy"),
        (lambda: failure(429, "circuit_breaking_exception", "too large"), "cluster-busy"),
        (lambda: failure(400, "parsing_exception", "all shards failed"), "cluster"),
    ],
)
def test_failures_have_names_and_hints_and_no_secrets(cluster, answer, code):
    Played(cluster, answer())
    with pytest.raises(ArchiveError) as told:
        cluster.request("GET", "/news")
    assert told.value.code == code and (told.value.hint or code == "cluster")
    assert "geheim" not in f"{told.value!r} {told.value}" and "search.example" in str(told.value)
    assert isinstance(told.value, ReadOnlyArchive) == (code == "cluster-full")


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ({"distribution": "opensearch", "number": "2.9.0"}, "cluster-too-old"),
        ({"number": "8.15.0"}, "not-opensearch"),
        ({"distribution": "opensearch", "number": "x"}, "not-opensearch"),
        ("2.19.1", "not-opensearch"),
    ],
)
def test_another_program_or_an_old_version_is_refused_every_time(cluster, version, code):
    cluster._client.transport.perform_request = lambda *a, **k: {"version": version}
    for _ in range(2):
        with pytest.raises(ArchiveError) as told:
            cluster.request("GET", "/news")
        assert told.value.code == code


def test_the_time_of_a_question_reaches_the_cluster(cluster):
    played = Played(cluster, {}, {}, refused("ConnectionTimeout"))
    cluster.request("GET", "/news", seconds=5)
    with within(3):
        cluster.request("GET", "/news")
        with pytest.raises(QueryTimeout) as told:
            cluster.request("GET", "/news")
    assert told.value.seconds == 3, "what was allowed, not what was left"
    allowed = [params["request_timeout"] for _, _, params, _ in played.asked]
    assert allowed[0] == 6 and 50 < allowed[1] <= 61


@pytest.mark.parametrize("meta", [{}, {"searchkit": 1}])
def test_an_index_of_others_is_refused(cluster, meta):
    Played(cluster, {"news": {"mappings": {"_meta": meta} if meta else {}}})
    with pytest.raises(ArchiveError) as told:
        States(cluster, "news").read()
    assert told.value.code == "foreign-index"


def state_of(index: str) -> dict[str, object]:
    meta = {"searchkit": {"covers": 7, "mark": "m", "settings": {}}}
    return {index: {"mappings": {"_meta": meta}}}


def test_indexes_are_numbered_and_what_another_process_made_is_taken(cluster):
    others = {"news.000002": {"aliases": {}}, "news.old": {"aliases": {"news.old.alias": {}}}}
    played = Played(cluster, others, {"acknowledged": True})
    assert States(cluster, "news").create({}, 1, 0).index == "news.000003"
    assert played.asked[1][:2] == ("PUT", "/news.000003")
    Played(cluster, {"news.000001": {"aliases": {"news": {}}}}, state_of("news.000001"))
    assert States(cluster, "news").create({}, 1, 0).covers == 7
    taken = {"error": {"type": "resource_already_exists_exception"}, "status": 400}
    Played(cluster, {}, taken, state_of("news.000001"))
    assert States(cluster, "news").create({}, 1, 0).index == "news.000001"
    Played(cluster, {}, {"error": {"type": "invalid_index_name_exception", "reason": "no"}, "status": 400})
    with pytest.raises(ArchiveError) as told:
        States(cluster, "news").create({}, 1, 0)
    assert told.value.code == "cluster"


def test_no_index_has_no_state(cluster):
    Played(cluster, {"error": {"type": "index_not_found_exception"}, "status": 404})
    assert States(cluster, "news").read() is None


def test_without_the_library_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "opensearchpy", None)
    with pytest.raises(MissingExtra) as told:
        Cluster(["http://localhost:9200"])
    assert told.value.hint == "pip install 'searchkit[opensearch]'"


# -- writing


def items(*told: dict[str, object]) -> dict[str, object]:
    return {"items": [{"index": each} for each in told]}


def written(copies: int = 1) -> dict[str, object]:
    return {"status": 201, "_shards": {"successful": copies}}


def sent(cluster, *answers: object, copies: int = 1, number: int = 2) -> Played:
    played = Played(cluster, *answers)
    actions = [writing.write(f"a{n}", n + 1, {"id": f"a{n}"}) for n in range(number)]
    writing.send(cluster, "news", actions, copies, pause=lambda seconds: None)
    assert played.answers == []
    return played


def lines_of(asked: tuple[object, ...]) -> int:
    return str(asked[3]).count("\n")


def test_documents_have_our_versions_so_that_an_older_one_never_wins():
    assert '"version": 7, "version_type": "external_gte"' in writing.write("a", 7, {}).lines
    assert writing.delete("a", 7).lines.count("\n") == 1
    long = writing.write("词" * 300, 1, {}).lines
    assert "词" not in long and long == writing.write("词" * 300, 1, {}).lines


def test_what_is_refused_for_a_while_is_sent_again_and_the_rest_is_not(cluster):
    busy = {"status": 429, "error": {"type": "rejected_execution_exception", "reason": "full"}}
    played = sent(cluster, items(written(), busy), refused("ConnectionError"), failure(503, "x"), items(written()))
    assert [lines_of(each) for each in played.asked] == [4, 2, 2, 2]


def test_a_document_of_one_copy_is_sent_again_where_two_are_asked_for(cluster):
    played = sent(cluster, items(written(1), written(2)), items(written(2)), copies=2)
    assert [lines_of(each) for each in played.asked] == [4, 2]
    assert played.asked[0][2]["wait_for_active_shards"] == 2


def test_a_newer_state_and_a_deleted_document_are_done(cluster):
    conflict = {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "newer"}}
    assert len(sent(cluster, items(conflict, {"status": 404, "result": "not_found"})).asked) == 1


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "bad"}}, "cluster"),
        ({"status": 429, "error": {"type": "cluster_block_exception", "reason": "flood-stage"}}, "cluster-full"),
        ({"status": 404, "error": {"type": "index_not_found_exception", "reason": "gone"}}, "not-in-cluster"),
    ],
)
def test_what_will_not_be_taken_is_told_at_once(cluster, told, code):
    with pytest.raises(ArchiveError) as raised:
        sent(cluster, items(told, written()))
    assert raised.value.code == code


def test_it_gives_up_some_time(cluster):
    busy = {"status": 429, "error": {"type": "rejected_execution_exception", "reason": "full"}}
    with pytest.raises(ArchiveError) as told:
        sent(cluster, *[items(busy)] * 99, number=1)
    assert told.value.code == "cluster-busy"
    with pytest.raises(ArchiveError) as told:
        sent(cluster, *[refused("ConnectionError")] * 99, number=1)
    assert told.value.code == "no-cluster" and not isinstance(told.value, NotThere)


def test_requests_are_bounded(cluster, monkeypatch):
    monkeypatch.setattr(bulk, "_BYTES", 200)
    played = sent(cluster, *[items(written(), written())] * 5, number=10)
    assert {lines_of(each) for each in played.asked} == {4}


@pytest.mark.parametrize(
    "host",
    [
        "",
        "search.example:9200",
        "ftp://search.example",
        "https://",
        "http://[::1",
        "http://a:99999",
        "\x1b[0mhttp://a:9211",
    ],
)
def test_what_is_no_address_is_refused(host):
    with pytest.raises(UsageError, match="is no address of a cluster"):
        Cluster(["http://127.0.0.1:9211", host])


def test_a_password_in_an_address_is_refused_without_being_shown():
    with pytest.raises(UsageError) as error:
        Cluster(["https://editor:geheim@search.example:9200"])
    assert "geheim" not in f"{error.value} {error.value.hint}"


@pytest.mark.parametrize(
    "given",
    [
        {"user": "reader", "token": "geheim"},
        {"password": "geheim"},
        {"token": "geheim\n"},
        {"token": "geheim geheim"},
        {"user": "reader", "password": "geheim\r\nx: y"},
        {"user": "a:b", "password": "geheim"},
    ],
)
def test_what_cannot_be_sent_as_a_user_is_refused_without_being_shown(given):
    with pytest.raises(UsageError) as error:
        Cluster(["https://search.example:9200"], **given)
    assert "geheim" not in f"{error.value!r} {error.value}" and error.value.message


def test_users_and_tokens_are_sent_as_the_cluster_reads_them():
    assert header("渡口", "密码:x", "") == {"authorization": "Basic 5rih5Y+jOuWvhueggTp4"}
    assert header("", "", "abc.def-_=") == {"authorization": "Bearer abc.def-_="}
    assert header("", "", "") == {}


@pytest.mark.parametrize("content", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\nx\n"])
def test_a_file_of_certificates_that_is_none_is_named(content, tmp_path):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=r"ca\.pem") as error:
        Cluster(["https://search.example:9200"], certificates=str(path))
    assert error.value.code == "certificates" and error.value.hint


def test_a_page_of_a_proxy_is_not_told_whole(cluster):
    from opensearchpy.exceptions import TransportError

    Played(cluster, TransportError(502, "<html><body>" + "x" * 9999, None))
    with pytest.raises(ArchiveError) as told:
        cluster.request("GET", "/news")
    assert told.value.code == "cluster-busy" and "html" not in str(told.value)


def test_a_copy_that_does_not_show_what_was_written_is_told(cluster):
    failed = {"_shards": {"total": 2, "successful": 1, "failed": 1, "failures": [{"reason": {"type": "node_gone"}}]}}
    Played(cluster, failed, {"_shards": {"total": 2, "successful": 1, "failed": 0}})
    with pytest.raises(ArchiveError, match="node_gone") as told:
        bulk.refreshed(cluster, "news")
    assert told.value.code == "cluster-busy"
    bulk.refreshed(cluster, "news")


@pytest.mark.parametrize(
    "reason, hint",
    [
        ("Validation Failed: 1: this action would add [2] total shards, but this cluster currently has [1000]/[1000] maximum shards open;", "?shards=1"),
        ("[script score] queries cannot be executed when 'search.allow_expensive_queries' is set to false.", "to true"),
        ("Invalid index name [a b]", "small letters"),
    ],
)  # fmt: skip
def test_what_the_settings_of_a_cluster_refuse_has_a_hint(reason, hint):
    error = of_failure(400, "x", reason, "c")
    assert error.code == "cluster" and hint in error.hint
    assert of_failure(400, "x", "else", "c").hint == ""
