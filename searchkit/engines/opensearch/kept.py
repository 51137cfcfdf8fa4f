"""Answers of the cluster that are kept for a generation: its point in time never changes, so neither do they."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict

from searchkit.cluster.client import Body

MOST_BYTES = 16 << 20
"""Of all answers of a generation; the least recently used go first."""
_LARGEST = 1 << 20
_OF_HIT, _OF_BUCKET = 400, 200
"""About so many bytes in memory."""


class Kept:
    """Answers by what was asked, for any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, tuple[Body, int]] = OrderedDict()
        self._bytes = 0

    def get(self, body: Body) -> Body | None:
        """Return the answer to a search, if it is kept. It is not to be changed."""
        key = _key(body)
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                return None
            self._answers.move_to_end(key)
            return found[0]

    def put(self, body: Body, answer: Body) -> None:
        """Keep an answer, unless it is large."""
        key = _key(body)
        size = len(key) + _size(answer)
        # Texts and lists of everything are asked for once.
        if size > _LARGEST or body.get("_source"):
            return
        with self._lock:
            if key in self._answers:
                return
            self._answers[key] = answer, size
            self._bytes += size
            while self._bytes > MOST_BYTES:
                _, (_, freed) = self._answers.popitem(last=False)
                self._bytes -= freed


def _key(body: Body) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def _size(answer: Body) -> int:
    buckets = sum(len(each.get("buckets", ())) for each in answer.get("aggregations", {}).values())
    options = sum(len(each["options"]) for several in answer.get("suggest", {}).values() for each in several)
    return len(answer["hits"]["hits"]) * _OF_HIT + (buckets + options) * _OF_BUCKET
