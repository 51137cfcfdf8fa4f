"""Metrics in the text form of Prometheus, counted in memory that all workers of a server share.

Each worker writes numbers into a row of its own, and any of them can add up all rows: so `/metrics` is about the
whole server, whichever worker answers. A worker that replaces another goes on in its row, so counters never go back.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Final

BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets of durations, in seconds."""
STATUSES: Final = ("2xx", "3xx", "4xx", "5xx")
OTHER: Final = "other"
"""The route of requests that fit none."""

_STEP = 8
_OF_ROUTE = len(STATUSES) + len(BOUNDS) + 2  # and the sum and the number of durations
_OWN = 2  # in flight, and refused because the server is busy


def shared(rows: int, routes: Sequence[str]) -> IO[bytes]:
    """Return a file without a name that holds so many rows, to be inherited by workers."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
    file.truncate(rows * _row(routes) * _STEP)
    return file


def _row(routes: Sequence[str]) -> int:
    return _OWN + (len(routes) + 1) * _OF_ROUTE


class Metrics:
    """The counters of one worker, and the sum of all.

    Args:
        descriptor: of a file by `shared`, for as many routes; None: a row in the memory of this process alone.
        number: the worker's own row.
        routes: the paths of the routes.
    """

    def __init__(self, routes: Sequence[str], descriptor: int | None = None, number: int = 0) -> None:
        self.routes = (*routes, OTHER)
        self._places = {name: _OWN + at * _OF_ROUTE for at, name in enumerate(self.routes)}
        self._size = _row(routes)
        length = self._size * _STEP if descriptor is None else os.fstat(descriptor).st_size
        self._memory = mmap.mmap(-1 if descriptor is None else descriptor, length)
        self._numbers = memoryview(self._memory).cast("d")
        self._rows = len(self._numbers) // self._size
        self._own = self._numbers[number * self._size : (number + 1) * self._size]
        self._own[0] = 0.0

    def begin(self) -> None:
        """Count a request that begins."""
        self._own[0] += 1

    def end(self, route: str, status: int, seconds: float) -> None:
        """Count a request that ends."""
        own, at = self._own, self._places.get(route, self._places[OTHER])
        own[0] -= 1
        if status == 503:
            own[1] += 1
        own[at + min(max(status // 100, 2), 5) - 2] += 1
        at += len(STATUSES)
        for number, bound in enumerate(BOUNDS):
            if seconds <= bound:
                own[at + number] += 1
        own[at + len(BOUNDS)] += seconds
        own[at + len(BOUNDS) + 1] += 1

    def text(self, gauges: Sequence[tuple[str, str, float]] = ()) -> str:
        """Return all metrics of the server.

        Args:
            gauges: further numbers: name, description and value.
        """
        return "".join(line + "\n" for line in self._lines(gauges))

    def _lines(self, gauges: Sequence[tuple[str, str, float]]) -> Iterator[str]:
        total = [0.0] * self._size
        for row in range(self._rows):
            for at, value in enumerate(self._numbers[row * self._size : (row + 1) * self._size]):
                total[at] += value
        for name, help, value in (
            ("searchkit_workers", "Worker processes.", float(self._rows)),
            ("searchkit_requests_in_flight", "Requests that are being answered.", total[0]),
            *gauges,
        ):
            yield from (f"# HELP {name} {help}", f"# TYPE {name} gauge", f"{name} {value:.10g}")
        yield "# HELP searchkit_busy_total Requests refused with 503."
        yield "# TYPE searchkit_busy_total counter"
        yield f"searchkit_busy_total {total[1]:.10g}"
        yield "# HELP searchkit_requests_total Requests answered, by route and class of status."
        yield "# TYPE searchkit_requests_total counter"
        for route, at in self._places.items():
            for number, status in enumerate(STATUSES):
                if count := total[at + number]:
                    yield f'searchkit_requests_total{{route="{route}",status="{status}"}} {count:.10g}'
        name = "searchkit_request_seconds"
        yield f"# HELP {name} Time from the request to the end of its answer."
        yield f"# TYPE {name} histogram"
        for route, at in self._places.items():
            at += len(STATUSES)
            count = total[at + len(BOUNDS) + 1]
            if not count:
                continue
            for number, bound in enumerate(BOUNDS):
                yield f'{name}_bucket{{route="{route}",le="{bound:g}"}} {total[at + number]:.10g}'
            yield f'{name}_bucket{{route="{route}",le="+Inf"}} {count:.10g}'
            yield f'{name}_sum{{route="{route}"}} {total[at + len(BOUNDS)]:.10g}'
            yield f'{name}_count{{route="{route}"}} {count:.10g}'
