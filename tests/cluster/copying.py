"""A process that copies a record into the cluster, or back: `python -m tests.cluster.copying push|pull FILE NAME`.

It says each part before the next begins, so that it can be killed somewhere in it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from searchkit.storage.opensearch.record import OpenSearchRecord
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.writing import copying
from searchkit.writing.copying import copy
from tests.cluster.reached import cluster
from tests.cluster.writing import LEASE

BATCH = 7

if __name__ == "__main__":
    way, file, name = sys.argv[1:]
    copying.TOGETHER = BATCH
    remote = OpenSearchRecord(cluster(), name, lease=LEASE)
    local = SqliteRecord.create(Path(file), {"timezone": "Asia/Shanghai"})
    source, target = (local, remote) if way == "push" else (remote, local)
    copy(source, target, lambda stage, done, total: print(stage, done, flush=True))
