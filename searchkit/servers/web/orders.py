"""What a supervisor tells a worker to do."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import BinaryIO

from searchkit.servers.web.table import Serving


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is to do; sent to it as JSON.

    Attributes:
        index: the archive's folder, or its address in a cluster.
        descriptor: of the socket that listens.
        metrics: the descriptor of the shared metrics.
        number: the worker's row there.
        wait, timeout: as in `searchkit.open`.
        today: the day that relative dates start from, in ISO form; None for that of the clock.
        drain: seconds that requests have to end, once the worker is told to end.
        serving: how it answers.
    """

    index: str
    descriptor: int
    metrics: int
    number: int
    wait: float
    timeout: float | None
    drain: float
    serving: Serving
    today: str | None = None

    def text(self) -> str:
        """Return the orders as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> Orders:
        """Return the orders that `text` wrote."""
        given = json.loads(text)
        return cls(**{**given, "serving": Serving(**given["serving"])})


def follow(incoming: BinaryIO, outgoing: BinaryIO, text: str) -> None:
    """Be a worker. For `searchkit.system.processes.Child`.

    Args:
        incoming, outgoing: see `worker.serve`.
        text: by `Orders.text`.
    """
    from searchkit.servers.web.worker import serve  # which loads the server: the supervisor does without

    serve(incoming, outgoing, Orders.of(text))
