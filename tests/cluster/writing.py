"""A process that writes articles into a record in the cluster: `python -m tests.cluster.writing NAME FIRST LAST`.

It says the number of each batch before it begins, so that it can be killed somewhere in it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

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
        batch = given[start : start + BATCH]
        with record.transaction():
            record.look_ahead(each.id for each in batch)
            for each in batch:
                record.put(each)
            record.origins.note([(each.id, f"/n/{int(each.id[1:]) % 7}") for each in batch])


def dump(record: Record) -> list[Any]:
    """All that is kept of the articles, without numbers and times."""
    pairs = {id: record.origins.files(id) for id in record.ids()}
    states = {id: [(each.number, each.article) for each in record.revisions(id)] for id in pairs}
    return [(id, states[id], files) for id, files in pairs.items()]


if __name__ == "__main__":
    name, first, last = sys.argv[1:]
    for number in write(OpenSearchRecord(cluster(), name, lease=LEASE), int(first), int(last)):
        print(number, flush=True)
