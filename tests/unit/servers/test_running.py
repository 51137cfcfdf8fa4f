"""A real server: workers that are killed or hang are replaced, and the end leaves nothing half done."""

from __future__ import annotations

import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import searchkit
from tests.conftest import NEWS

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
TOKEN = "t" * 20

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are listed in /proc")


class Server:
    """A server in a process of its own."""

    def __init__(self, index: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "searchkit", "serve", "-i", str(index), "--port", "0", *options],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "SEARCHKIT_TODAY": "2025-06-30"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, encoding="utf-8",
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        assert self.process.stdout is not None
        address = self.process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), self.ended()
        self.port = int(address.rstrip("/").rpartition(":")[2])

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.put(line)

    def told(self, words: str) -> str:
        """The next line on standard error with these words."""
        until = time.monotonic() + PATIENCE
        while words not in (line := self.lines.get(timeout=until - time.monotonic())):
            pass
        return line

    def ended(self) -> int:
        return self.process.wait(PATIENCE)

    def workers(self) -> set[int]:
        pid = self.process.pid
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    def get(self, target: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", target)
        reply = connection.getresponse()
        try:
            return reply.status, reply.read()
        finally:
            connection.close()

    def raw(self, data: bytes) -> bytes:
        """The whole answer to these bytes, until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
            connection.sendall(data)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts)

    def half_a_post(self) -> tuple[socket.socket, bytes]:
        """A request to add an article of which the second half, returned, is still to be sent."""
        body = json.dumps({"title": "大桥通车", "id": "late"}).encode()
        head = (
            f"POST /v1/articles HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
        )
        connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100")  # it is being worked on
        connection.sendall(body[:10])
        return connection, body[10:]


@contextmanager
def running(index: Path, *options: str) -> Iterator[Server]:
    server = Server(index, *options)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.wait()


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("running") / "index"
    with searchkit.open(path, create=True) as made:
        made.upsert_all(NEWS)
    return path


@pytest.fixture(scope="module")
def tokens(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("tokens") / "ingest"
    path.touch(mode=0o600)
    path.write_text(TOKEN)
    return path


def answered(server: Server, workers: int, without: int) -> None:
    """Return when so many workers answer, none of them that one."""
    until = time.monotonic() + PATIENCE
    while not (len(now := server.workers()) == workers and without not in now):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert server.get("/v1/search?q=%E5%A4%A7%E6%A1%A5")[0] == 200


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"  # ended, and waiting for whoever adopted it


def test_workers_that_are_killed_or_hang_are_replaced(index):
    with running(index, "--workers", "2", "--worker-timeout", "2") as server:
        assert server.get("/healthz") == (200, b'{"status": "ok"}\n')
        status, body = server.get("/v1/search?on=%E6%98%A8%E5%A4%A9")  # yesterday
        assert (status, json.loads(body)["query"]["since"]) == (200, "2025-06-29")
        killed, hanging = server.workers()
        os.kill(killed, signal.SIGKILL)
        server.told("another takes its place")
        answered(server, 2, killed)
        os.kill(hanging, signal.SIGSTOP)
        server.told("says nothing")
        answered(server, 2, hanging)
        left = server.workers()
        server.process.kill()  # the workers do not stay behind
        server.process.wait()
        gone(left)


def test_what_was_acknowledged_outlives_workers_and_supervisor(index, tokens):
    """Killed under load, of which clients see no more than a connection that ends."""
    acknowledged: list[str] = []
    seen: set[object] = set()
    stop = threading.Event()

    def ask(server: Server) -> None:
        while not stop.is_set():
            try:
                seen.add(server.get("/v1/search?q=%E5%A4%A7%E6%A1%A5")[0])
            except (ConnectionError, http.client.HTTPException):
                seen.add("lost")
            except Exception as error:
                seen.add(repr(error))

    def add(server: Server) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        for number in range(10**6):
            if stop.is_set():
                return
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
            try:
                connection.request(
                    "POST", "/v1/articles", json.dumps({"id": f"load-{number}", "title": "渡口"}), headers
                )
                if connection.getresponse().status == 200:
                    acknowledged.append(f"load-{number}")
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()

    with running(index, "--workers", "2", "--ingest-token", str(tokens), "-q") as server:
        threads = [threading.Thread(target=each, args=(server,), daemon=True) for each in (ask, ask, add)]
        try:
            for each in threads:
                each.start()
            for _ in range(2):
                until, before = time.monotonic() + PATIENCE, len(acknowledged)
                while len(acknowledged) < before + 3:
                    assert time.monotonic() < until
                    time.sleep(0.02)
                killed = min(server.workers())
                os.kill(killed, signal.SIGKILL)
                answered(server, 2, killed)
            left = server.workers()
            server.process.kill()
            server.process.wait()
            gone(left)
        finally:
            stop.set()
            for each in threads:
                each.join(PATIENCE)
    assert seen <= {200, "lost"}, seen
    assert "Traceback" not in "".join(server.lines.queue)
    with running(index, "--port", str(server.port), "--workers", "2", "-q") as again:  # the address is free at once
        status, body = again.get("/v1/search?q=%E6%B8%A1%E5%8F%A3&limit=0")
        assert status == 200 and json.loads(body)["total"] >= len(acknowledged)
        for id in acknowledged:
            assert again.get(f"/v1/articles/{id}")[0] == 200, id


def gone(processes: set[int]) -> None:
    """Return when none of these runs any more."""
    until = time.monotonic() + PATIENCE
    while any(map(is_running, processes)):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_request_is_finished_before_the_end(index, tokens):
    with running(index, "--ingest-token", str(tokens)) as server:
        connection, rest = server.half_a_post()
        os.kill(server.process.pid, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while True:  # nobody else is let in
            try:
                socket.create_connection(("127.0.0.1", server.port), 1).close()
            except OSError:
                break
            assert time.monotonic() < until
        connection.sendall(rest)
        reply = b""
        while part := connection.recv(65536):
            reply += part
        connection.close()
        assert b"200 OK" in reply
        assert json.loads(reply.rpartition(b"\r\n\r\n")[2])["records"][0]["outcome"] == "added"
        assert server.ended() == 0
    with searchkit.open(index, catch_up=False) as archive:
        assert "late" in archive
