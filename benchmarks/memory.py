"""The memory of a process and its children."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def watched(command: Sequence[str]) -> tuple[bytes, float]:
    """Run a command; what it printed, and the most MB that all its processes had together, looked at twice a second."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        most = 0.0
        while process.poll() is None:
            most = max(most, of_tree(process.pid))
            time.sleep(0.5)
        assert process.stdout
        printed = process.stdout.read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    return printed, most


def of_tree(pid: int) -> float:
    """MB that a process and its children have now, shared pages divided among them (PSS); 0 where /proc is not."""
    children: dict[int, list[int]] = defaultdict(list)
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            children[int(status.read_text().rpartition(")")[2].split()[1])].append(int(status.parent.name))
    total, waiting = 0, [pid]
    while waiting:
        each = waiting.pop()
        waiting += children[each]
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total / 1e3


def in_another(file: str, *arguments: str) -> tuple[Any, float]:
    """Run a script with this Python; what it printed as JSON, and the most MB it took."""
    printed, most = watched([sys.executable, file, *arguments])
    return json.loads(printed), most
