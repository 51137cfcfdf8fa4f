"""Power cuts, simulated: what a disk may hold at any moment of a run, going by what was forced to it until then.

A run is traced with strace, so that SQLite's writes are seen as well as ours. The model is stricter than any file system:
what was not forced to disk by fsync or fdatasync of the file may be there, be missing or be torn, each write by itself;
a name that was made, changed or removed is sure only after an fsync of its folder.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

_CALLS = (
    "openat,open,creat,write,pwrite64,lseek,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,ftruncate,"
    "mkdir,mkdirat,rmdir,close"
)
_LINE = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\)\s+= (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
SECTOR = 512


@dataclass
class Op:
    """One call, as the model needs it."""

    kind: str
    path: str = ""
    other: str = ""
    file: int = -1
    at: int = 0
    data: bytes = b""


@dataclass
class Trace:
    """The calls of a run that concern a folder, and what it wrote to standard output."""

    root: str
    ops: list[Op] = field(default_factory=list)


def traced(arguments: list[str], root: Path) -> Trace:
    """Run a Python module under strace."""
    log = root.parent / f"{root.name}.trace"
    subprocess.run(
        ["strace", "-f", "-qq", "-xx", "-s", "50000000", "-e", f"trace={_CALLS}", "-o", str(log), sys.executable, "-m",
         *arguments],
        check=True, stdout=subprocess.DEVNULL, timeout=500,
    )  # fmt: skip
    trace = Trace(str(root))
    _read(log, trace)
    log.unlink()
    return trace


def _read(log: Path, trace: Trace) -> None:
    opened: dict[int, tuple[int, str]] = {}
    position: dict[int, int] = {}
    files = 0
    present: dict[str, int] = {}
    unfinished: dict[str, str] = {}
    with log.open() as lines:
        for line in lines:
            pid = line.split(" ", 1)[0]
            if "<unfinished ...>" in line:
                unfinished[pid] = line.split("<unfinished ...>")[0].rstrip()
                continue
            if "resumed>" in line:
                line = unfinished.pop(pid, "") + line.split("resumed>", 1)[1]
            found = _LINE.match(line)
            if not found or found[3].startswith("-"):
                continue
            call, given, result = found[1], found[2], int(found[3])
            texts = [bytes.fromhex(each.replace("\\x", "")) for each in _TEXT.findall(given)]
            number = given.split(",", 1)[0].strip()
            descriptor = int(number) if number.isdigit() else -1
            if call in ("openat", "open", "creat"):
                path = os.path.normpath(os.fsdecode(texts[0]))
                opened.pop(result, None)
                if not path.startswith(trace.root):
                    continue
                if path not in present and "O_CREAT" in given:
                    files += 1
                    present[path] = files
                    trace.ops.append(Op("create", path, file=files))
                elif path in present and "O_TRUNC" in given:
                    trace.ops.append(Op("truncate", file=present[path], at=0))
                opened[result] = (present.get(path, -1), path)
                position[result] = 0
            elif call == "close":
                opened.pop(descriptor, None)
            elif call == "write" and descriptor == 1:
                trace.ops.append(Op("said", data=texts[0]))
            elif call == "lseek" and descriptor in opened:
                position[descriptor] = result
            elif call == "write" and descriptor in opened:
                trace.ops.append(
                    Op("write", file=opened[descriptor][0], at=position[descriptor], data=texts[0][:result])
                )
                position[descriptor] += result
            elif call == "pwrite64" and descriptor in opened:
                at = int(given.rsplit(",", 1)[1])
                trace.ops.append(Op("write", file=opened[descriptor][0], at=at, data=texts[0][:result]))
            elif call == "ftruncate" and descriptor in opened:
                trace.ops.append(Op("truncate", file=opened[descriptor][0], at=int(given.rsplit(",", 1)[1])))
            elif call in ("fsync", "fdatasync") and descriptor in opened:
                file, path = opened[descriptor]
                trace.ops.append(Op("sync", path, file=file) if file >= 0 else Op("sync folder", path))
            elif call.startswith("rename"):
                path, other = (os.path.normpath(os.fsdecode(each)) for each in texts[:2])
                if path in present:
                    trace.ops.append(Op("rename", path, other, present[path]))
                    _renamed(present, path, other)
            elif call in ("unlink", "unlinkat", "rmdir"):
                path = os.path.normpath(os.fsdecode(texts[0]))
                if present.pop(path, None) is not None:
                    trace.ops.append(Op("unlink", path))
            elif call.startswith("mkdir"):
                path = os.path.normpath(os.fsdecode(texts[0]))
                if path.startswith(trace.root):
                    present[path] = -1
                    trace.ops.append(Op("mkdir", path))


class Disk:
    """What is surely on disk, and what may be."""

    def __init__(self) -> None:
        self.content: dict[int, bytearray] = {}
        self.names: dict[str, int] = {}
        self.unsure: dict[int, list[Op]] = {}
        self.moves: list[Op] = []

    def take(self, op: Op) -> None:
        """One more call was made."""
        if op.kind in ("write", "truncate"):
            self.unsure.setdefault(op.file, []).append(op)
        elif op.kind in ("create", "mkdir", "rename", "unlink"):
            self.moves.append(op)
        elif op.kind == "sync":
            for each in self.unsure.pop(op.file, ()):
                _apply(self.content.setdefault(op.file, bytearray()), each)
        elif op.kind == "sync folder":
            kept = []
            for each in self.moves:
                if str(Path(each.other or each.path).parent) == op.path:
                    _move(self.names, each)
                else:
                    kept.append(each)
            self.moves = kept

    def cut(self, target: Path, root: str, chance: random.Random) -> None:
        """Write down what the disk may hold if the power fails now."""
        luck = chance.choice((0.0, 0.0, 0.5, 0.9, 1.0))
        names = dict(self.names)
        for each in self.moves:
            if chance.random() < luck:
                _move(names, each)
        for path in sorted(names):
            place = target / os.path.relpath(path, root)
            if path.endswith("-shm"):
                continue  # SQLite makes it again: it is shared memory under a name
            if names[path] < 0:
                if place.parent.is_dir():
                    place.mkdir(exist_ok=True)
                continue
            content = bytearray(self.content.get(names[path], b""))
            for each in self.unsure.get(names[path], ()):
                if chance.random() < luck:
                    torn = len(each.data) > SECTOR and chance.random() < 0.3
                    end = chance.randrange(0, len(each.data), SECTOR) if torn else len(each.data)
                    _apply(content, Op(each.kind, at=each.at, data=each.data[:end]))
            if place.parent.is_dir():
                place.write_bytes(content)


def _move(names: dict[str, int], op: Op) -> None:
    if op.kind in ("create", "mkdir"):
        names[op.path] = op.file if op.kind == "create" else -1
    elif op.kind == "unlink":
        names.pop(op.path, None)
    else:
        names.pop(op.other, None)
        names.setdefault(op.path, op.file)
        _renamed(names, op.path, op.other)


def _renamed(names: dict[str, int], path: str, other: str) -> None:
    """Give what is at `path` another name; of a folder, all that is in it."""
    for each in [name for name in names if name == path or name.startswith(f"{path}/")]:
        names[other + each[len(path) :]] = names.pop(each)


def _apply(content: bytearray, op: Op) -> None:
    if op.kind == "truncate":
        del content[op.at :]
        content.extend(bytes(op.at - len(content)))
        return
    content.extend(bytes(max(0, op.at - len(content))))
    content[op.at : op.at + len(op.data)] = op.data
