"""A process that writes articles into a record in the cluster: `python -m tests.cluster.writing NAME FIRST LAST`.

It says the number of each batch before it begins, so that it can be killed somewhere in it. With a third number, it writes
a batch again until it is taken, and waits so many seconds after each; it ends, after a batch, when its input does.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from searchkit.cluster.bulk import patiently
from searchkit.errors import ArchiveError
from searchkit.model.article import Article
from searchkit.storage.opensearch.record import OpenSearchRecord
from searchkit.storage.record import Record
from tests.cluster.reached import cluster

BATCH = 40
LEASE = 3.0
"""Short, since the tests wait until it is over."""


def articles(first: int, last: int, state: str = "复航") -> Iterator[Article]:
    """Articles with these numbers; each in one state only, which what is written twice must not change."""
    for number in range(first, last):
        text = f"第{number}号轮渡{state}。" * (1 + number % 30)
        yield Article(id=f"n{number:05}", title=f"渡口{number}", body=text, source="滨江日报")


def write(record: Record, first: int, last: int, state: str = "复航") -> Iterator[int]:
    """Write articles as an ingest does. Yields the number of each batch before it is written."""
    given = [*articles(first, last, state)]
    for start in range(0, len(given), BATCH):
        yield start // BATCH
        written(record, given[start : start + BATCH])


def written(record: Record, batch: list[Article]) -> None:
    """Write a batch of articles, and the files that they are of."""
    with record.transaction():
        record.look_ahead(each.id for each in batch)
        for each in batch:
            record.put(each)
        record.origins.note([(each.id, f"/n/{int(each.id[1:]) % 7}") for each in batch])


def dump(record: Record) -> list[Any]:
    """All that is kept of the articles, without numbers and times."""
    return [kept_of(record, id) for id in record.ids()]


def kept_of(record: Record, id: str) -> Any:
    """What is kept of an article, without numbers and times."""
    return id, [(each.number, each.article) for each in record.revisions(id)], record.origins.files(id)


def write_on(record: Record, first: int, last: int, seconds: float) -> None:
    """Write batches whatever fails, until the input ends; say each that is acknowledged, and each failure."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    for start in range(first, last, BATCH):
        while not ended.is_set():
            try:
                written(record, [*articles(start, start + BATCH)])
            except ArchiveError as error:
                print("!", error.code if error.code != "cluster" else str(error)[:200], flush=True)
                time.sleep(0.5)
            else:
                print(start, flush=True)
                break
        ended.wait(seconds)


if __name__ == "__main__":
    name, first, last, *waits = sys.argv[1:]
    record = patiently(lambda: OpenSearchRecord(cluster(), name, lease=LEASE if not waits else 20.0))
    if waits:
        write_on(record, int(first), int(last), float(waits[0]))
    else:
        for number in write(record, int(first), int(last)):
            print(number, flush=True)
