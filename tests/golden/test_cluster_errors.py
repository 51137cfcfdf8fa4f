"""What the command line says where a cluster cannot be asked: the exit code, what happened, and what to do.

The programs that answer are small servers of ours. What real clusters refuse: tests/cluster/test_refused_commands.py.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from searchkit.cluster import client
from tests.cluster.others import OTHERS, answering, endless, refused_port, silent
from tests.conftest import needs
from tests.golden.test_cli import run

pytestmark = needs("opensearchpy")
ARTICLE = json.dumps({"id": "ferry", "title": "渡口复航", "body": "轮渡明日复航。"}, ensure_ascii=False)
SECRET = "geheim-7"


def refusal(title: str, address: str, cwd: Path, *, name: str = "news", **environment: str) -> str:
    """What search and ingest say on an archive at an address, with the address as HOST; neither shows a trace or a secret."""
    shown = []
    for command in (("search", "渡口"), ("ingest", "-")):
        done = run(*command, index=f"{address}/{name}", cwd=cwd, input=ARTICLE, **environment)
        assert "Traceback" not in done.stderr and SECRET not in done.stdout + done.stderr
        assert done.returncode not in (0, 1) and done.stdout == "" and "\n  try: " in done.stderr
        host = address.partition("://")[2]
        shown.append(f"{done.stderr.replace(host, 'HOST')}-- exit {done.returncode}\n")
    both = (
        shown[0]
        if shown[0] == shown[1]
        else "".join(f"-- {c}\n{s}" for c, s in zip(("search", "ingest"), shown, strict=True))
    )
    return f"== {title}\n{both}"


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(client, "SECONDS_TO_KNOW", 0.3)


def test_where_no_cluster_answers(tmp_path, golden, soon):
    shown = [refusal("a port that nobody listens on", of(refused_port()), tmp_path)]
    shown.append(refusal("a host that nobody knows", "opensearch://cluster.invalid:9200", tmp_path))
    with silent() as address:
        shown.append(refusal("a host that never answers", of(address), tmp_path))
    with endless() as address:
        shown.append(refusal("an answer without an end", of(address), tmp_path))
    with answering(200, "application/json", "{}") as address:
        shown.append(refusal("TLS where there is none", of(address, "opensearchs"), tmp_path))
    for name, (status, kind, content, _) in OTHERS.items():
        with answering(status, kind, content) as address:
            shown.append(refusal(name, of(address), tmp_path))
    golden("cluster-errors.txt", "\n".join(shown))


def test_users_that_cannot_be_told(tmp_path, golden):
    shown = []
    for title, told in {
        "a password without a user": {"PASSWORD": SECRET},
        "a token that is none": {"TOKEN": f"{SECRET} 渡口"},
        "a user with a colon": {"USER": "a:b", "PASSWORD": SECRET},
        "a file of certificates that is not there": {"USER": "a", "PASSWORD": SECRET, "CERTIFICATES": "none.pem"},
    }.items():
        environment = {f"SEARCHKIT_OPENSEARCH_{name}": value for name, value in told.items()}
        shown.append(refusal(title, "opensearchs://127.0.0.1:9", tmp_path, **environment))
    (tmp_path / "empty.pem").touch()
    environment = {"SEARCHKIT_OPENSEARCH_CERTIFICATES": "empty.pem"}
    shown.append(refusal("a file without certificates", "opensearchs://127.0.0.1:9", tmp_path, **environment))
    golden("cluster-users.txt", "\n".join(shown))


def of(address: str, scheme: str = "opensearch") -> str:
    return address.replace("http", scheme, 1)
