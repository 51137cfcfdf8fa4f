"""Programs that answer where a cluster is expected, and are none, or are slow: small servers for the tests."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

JSON, HTML = "application/json", "text/html; charset=utf-8"


def version(distribution: str | None, number: object) -> str:
    """What a cluster of a distribution and a version tells at `/`."""
    told = {"number": number, **({"distribution": distribution} if distribution else {})}
    return json.dumps({"name": "n1", "cluster_name": "news", "version": told, "tagline": "You Know, for Search"})


OTHERS: dict[str, tuple[int, str, str, str]] = {
    "OpenSearch 2.4": (200, JSON, version("opensearch", "2.4.0"), "cluster-too-old"),
    "OpenSearch 1": (200, JSON, version("opensearch", "1.3.19"), "cluster-too-old"),
    "Elasticsearch 8": (200, JSON, version(None, "8.15.0"), "not-opensearch"),
    "Elasticsearch 7 as it was": (200, JSON, version("default", "7.17.0"), "not-opensearch"),
    "a version that is none": (200, JSON, version("opensearch", ["2"]), "not-opensearch"),
    "a list": (200, JSON, "[1, 2]", "not-opensearch"),
    "a number": (200, JSON, "7", "not-opensearch"),
    "no JSON": (200, JSON, "{'version': ", "not-opensearch"),
    "nothing": (200, JSON, "", "not-opensearch"),
    "a page": (200, HTML, "<html><body>渡口</body></html>", "not-opensearch"),
    "plain text": (200, "text/plain", "渡口", "not-opensearch"),
    "a page that is not there": (404, HTML, "<html><h1>404</h1></html>", "not-opensearch"),
    "another place": (302, HTML, "", "not-opensearch"),
    "a gateway without a cluster": (502, HTML, "<html>" + "x" * 5000, "cluster-busy"),
    "no method": (405, "text/plain", "", "not-opensearch"),
    "a user": (401, HTML, "<html><h1>401</h1></html>", "cluster-user"),
}
"""By what answers: the status, the kind of content, the content, and the code of the error."""


@contextmanager
def answering(status: int, kind: str, content: str) -> Iterator[str]:
    """The address of a server that answers everything with this."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            raw = content.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = answer  # as http.server names them

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def endless(head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n") -> Iterator[str]:
    """The address of a server whose answer goes on for ever, a byte at a time."""
    ended = threading.Event()

    def answer(connection: socket.socket) -> None:
        with connection:
            try:
                connection.sendall(head)
                while not ended.wait(0.1):
                    connection.sendall(b" ")
            except OSError:
                pass

    def accept(server: socket.socket) -> None:
        while not ended.is_set():
            try:
                connection = server.accept()[0]
            except OSError:
                continue
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()


def refused_port() -> str:
    """The address of a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def delaying(host: str, seconds: float) -> Iterator[str]:
    """The address of a proxy before a node, which holds back each answer for so many seconds."""
    target = urlsplit(host)
    ended = threading.Event()

    def pass_on(source: socket.socket, to: socket.socket, wait: float) -> None:
        try:
            while data := source.recv(65536):
                ended.wait(wait)
                to.sendall(data)
        except OSError:
            pass
        finally:
            to.close()

    def accept(server: socket.socket) -> None:
        while not ended.is_set():
            try:
                here = server.accept()[0]
            except OSError:
                continue
            there = socket.create_connection((target.hostname or "", target.port or 9200))
            for source, to, wait in ((here, there, 0.0), (there, here, seconds)):
                threading.Thread(target=pass_on, args=(source, to, wait), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()
