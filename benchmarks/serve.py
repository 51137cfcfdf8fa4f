"""Load a server: requests a second, their times and its memory while articles are added, and whether any is wrong.

    python benchmarks/serve.py INDEX                     # a copy of an archive: articles are added to it
    python benchmarks/serve.py INDEX --read-only         # an archive that must stay as it is: nothing is added
    python benchmarks/serve.py INDEX --soak 36000        # and then so many requests, for the memory

The clients are tasks of this process, each with a connection of its own, and ask again as soon as they are answered.
They share the processors with the server. Answers are compared with the library's: while articles are added, those in
order of time to the letter but for `index_behind`, and the totals of the others; when nothing is added any more, all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import searchkit
from searchkit.servers.web import api
from searchkit.servers.web.parameters import pairs_of, read
from searchkit.servers.web.routes import Asked

WORDS = (
    "芯片", "经济 发展", '"一带一路"', "长江 洪水", "春节 晚会", "台风 登陆", "高铁 开通", "奥运会 冠军", "疫苗 接种",
    "粮食 丰收", "title:会见", "扶贫 -会议", "科技 OR 教育", "黄河", "地震 救援", "人工智能", "航天 发射", "医疗 改革",
    "外交部 发言人", "生态 环境",
)  # fmt: skip
DAYS = ("", "&since=2025", "&on=2023-01..2024-06", "&until=2023")
PATHS = (
    "/v1/search?q={}&limit=10", "/v1/search?q={}&sort=newest&limit=20", "/v1/timeline?q={}&by=month",
    "/v1/facets?q={}&by=section&limit=10",
)  # fmt: skip
TARGETS = tuple(path.format(quote(words)) + days for words in WORDS for days in DAYS for path in PATHS)
SHARES = (8, 3, 1, 1)
"""How often each kind of path is asked."""
BATCH = 20
"""Articles of one POST."""


def main() -> None:
    given = arguments()
    with tempfile.TemporaryDirectory() as folder:
        token = secrets.token_urlsafe(32)
        tokens = Path(folder) / "tokens"
        tokens.touch(mode=0o600)
        tokens.write_text(token)
        options = [] if given.read_only else ["--ingest-token", str(tokens)]
        server = subprocess.Popen(
            [sys.executable, "-m", "searchkit", "serve", "-q", "-i", str(given.index), "--port", "0",
             "--workers", str(given.workers), "--concurrency", "128", *options],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline().strip().rstrip("/").rpartition(":")[2])
            asyncio.run(loaded(given, server, port, "" if given.read_only else token))
        finally:
            server.send_signal(signal.SIGTERM)
            print(f"the server ended with code {server.wait(60)}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("--read-only", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--clients", default="1,8,64")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each number of clients")
    parser.add_argument("--soak", type=int, default=0, help="requests at the end, for the memory")
    return parser.parse_args()


async def loaded(given: argparse.Namespace, server: subprocess.Popen[str], port: int, token: str) -> None:
    with searchkit.open(given.index, catch_up=False, timeout=None) as archive:
        articles = len(archive)
        wanted = {target: expected(archive, target) for target in TARGETS}
    mix = [target for at, share in enumerate(SHARES) for target in TARGETS[at :: len(PATHS)] for _ in range(share)]
    print(f"{articles:,} articles, {len(TARGETS)} questions, {given.workers} workers, {os.cpu_count()} processors")
    print(f"others at work: load average {os.getloadavg()[0]:.1f}")
    await ask(port, mix, 8, 5.0, {}, exact=False)  # caches are warm
    print(f"memory at the start: {memory(server.pid)}")
    print("| clients | requests/s | p50 ms | p99 ms | processor ms a request | errors | wrong | articles added/s |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    added: list[str] = []
    for clients in map(int, given.clients.split(",")):
        stop = asyncio.Event()
        adding = asyncio.create_task(add(port, token, stop, added)) if token else None
        before, spent = len(added), processor(server.pid)
        times, errors, wrong = await ask(port, mix, clients, given.seconds, wanted, exact=not token)
        stop.set()
        if adding:
            await adding
        rate = (len(added) - before) / given.seconds
        cost = (processor(server.pid) - spent) * 1000 / max(1, len(times))
        speed = len(times) / given.seconds
        figures = f"{clients} | {speed:.0f} | {row(times)} | {cost:.1f} | {errors} | {wrong} | {rate:.0f}"
        print(f"| {figures} |", flush=True)
        print(f"memory: {memory(server.pid)}", file=sys.stderr, flush=True)
    with searchkit.open(given.index, catch_up=False, timeout=None) as archive:
        lost = [id for id in added if id not in archive]
        wanted = {target: expected(archive, target) for target in TARGETS}
    print(f"articles acknowledged: {len(added):,}; lost: {len(lost)}")
    _, errors, wrong = await ask(port, [*TARGETS], 4, 600.0, wanted, exact=True, most=len(TARGETS))
    print(f"all {len(TARGETS)} questions at the end: {errors} errors, {wrong} wrong")
    print(f"memory: {memory(server.pid)}")
    if given.soak:
        for part in range(4):
            _, errors, wrong = await ask(port, mix, 8, 3600.0, wanted, exact=True, most=given.soak // 4)
            told = f"{memory(server.pid)}; {errors} errors, {wrong} wrong"
            print(f"memory after {given.soak // 4 * (part + 1):,} more: {told}", flush=True)


def expected(archive: searchkit.Archive, target: str) -> bytes:
    """The library's answer."""
    path, _, query = target.partition("?")
    route = next(each for each in api.ROUTES if each.path == path)
    values = read(route.parameters, pairs_of(query.encode()))
    body = route.answer(Asked(None, archive, {}, values)).body  # type: ignore[arg-type]
    assert isinstance(body, bytes)
    return body


# -- clients


async def ask(
    port: int,
    targets: Sequence[str],
    clients: int,
    seconds: float,
    wanted: dict[str, bytes],
    *,
    exact: bool,
    most: int = 0,
) -> tuple[list[float], int, int]:
    """The times of the answers in seconds, and how many were errors or wrong."""
    times: list[float] = []
    faults = [0, 0]
    until = time.monotonic() + seconds
    asked = 0

    async def client(number: int) -> None:
        nonlocal asked
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        at = number * 7919
        while time.monotonic() < until and (not most or asked < most):
            target = targets[asked % len(targets)] if most else targets[at % len(targets)]
            asked += 1
            at += 31
            begun = time.perf_counter()
            status, body = await reply(reader, writer, f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            times.append(time.perf_counter() - begun)
            faults[0] += status != 200
            if status == 200 and target in wanted and not fits(target, body, wanted[target], exact=exact):
                faults[1] += 1
                if faults[1] <= 3:
                    print(f"wrong: {target}\n{body[:2000].decode()}\n{wanted[target][:2000].decode()}", file=sys.stderr)
        writer.close()

    await asyncio.gather(*map(client, range(clients)))
    return times, *faults


async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bytes]:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return int(head[9:12]), await reader.readexactly(int(length.partition(b":")[2]))


def fits(target: str, body: bytes, wanted: bytes, *, exact: bool) -> bool:
    if body == wanted:
        return True
    told, right = json.loads(body), json.loads(wanted)
    if "diagnosis" in right and told["diagnosis"] is None:  # there was no time left to find out
        told["diagnosis"] = right["diagnosis"]
    if exact:
        return bool(told == right)
    if "newest" in target or "/timeline" in target or "/facets" in target:
        for each in (told, right):
            each["index_behind"] = 0
        return bool(told == right)
    return bool(told["total"] == right["total"])


async def add(port: int, token: str, stop: asyncio.Event, added: list[str]) -> None:
    """Add articles that match none of the questions, a batch after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    while not stop.is_set():
        lines = []
        for _ in range(BATCH):
            body = "".join(secrets.choice("甪岙圳堍埝垭坨坜圪圩") for _ in range(400))
            lines.append(json.dumps({"id": f"load-{secrets.token_hex(8)}", "title": body[:20], "body": body}) + "\n")
        data = "".join(lines).encode()
        head = (
            f"POST /v1/articles HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/x-ndjson\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        status, body = await reply(reader, writer, head.encode() + data)
        if status == 200:
            added += [each["id"] for each in json.loads(body)["records"]]
        await asyncio.sleep(0.5)
    writer.close()


# -- figures


def row(times: list[float]) -> str:
    if len(times) < 2:
        return "- | -"
    cut = statistics.quantiles(times, n=100, method="inclusive")
    return f"{cut[49] * 1000:.1f} | {cut[98] * 1000:.1f}"


def processor(supervisor: int) -> float:
    """The seconds of processor time that the workers have taken, for adding articles too."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in children]
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


def memory(supervisor: int) -> str:
    """The memory that each process of the server has for itself, and shares with others."""
    found = []
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    for pid in (str(supervisor), *children):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        sizes = {name.rstrip(":"): int(size) for name, size, *_ in map(str.split, lines[1:])}
        own = (sizes["Private_Clean"] + sizes["Private_Dirty"]) // 1024
        found.append(f"{own} MiB of {sizes['Rss'] // 1024}")
    return ", ".join(found)


if __name__ == "__main__":
    main()
