"""The contents of one generation of the index: `state-N.json`, the only list of segments that we read.

Whoosh's TOC holds the same as a pickle, and a pickle can run any code. So the TOC is written for Whoosh and never read
by us: from a folder that may come from a stranger we read only this JSON, checked value by value, and the segment
files, checked offset by offset.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "MAIN"
"""Whoosh's default index name."""

TOC_NAME = re.compile(rf"_{NAME}_([0-8]?\d{{1,8}})\.toc", re.ASCII)
"""Higher numbers are rejected: a forged one would leave no room for the next, and Whoosh's TOC has 31 bits for it."""
STATE_NAME = re.compile(r"state-([0-8]?\d{1,8})\.json", re.ASCII)
_SEGMENT_ID = re.compile(r"[0-9a-z]{1,32}")
_MOST = 256 * 1024 * 1024
"""The largest state file accepted, in bytes; enough for thirty million deletions."""
_DOCS = 1 << 31


class ManifestError(Exception):
    """A state file with invalid content. The message names it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One segment of a generation: its file, its number of documents, and which of them are deleted."""

    id: str
    doc_count: int
    deleted: frozenset[int]
    size: int
    """The size of its file in bytes."""

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{NAME}_{self.id}.skc"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A generation. `parts` is None if it was written by a version that listed its segments only in the TOC."""

    generation: int
    covers: int
    settings: Mapping[str, str]
    parts: tuple[Part, ...] | None
    toc: str
    """SHA-256 of Whoosh's TOC of this generation."""


def state_path(folder: Path, generation: int) -> Path:
    """Return the path of the state file of a generation."""
    return folder / f"state-{generation}.json"


def toc_path(folder: Path, generation: int) -> Path:
    """Return the path of Whoosh's TOC of a generation; a generation exists if its TOC does."""
    return folder / f"_{NAME}_{generation}.toc"


def newest_generation(folder: Path) -> int:
    """Return the number of the newest TOC, -1 if there is none."""
    return max((int(found[1]) for path in folder.iterdir() if (found := TOC_NAME.fullmatch(path.name))), default=-1)


def text(manifest: Manifest) -> str:
    """Return the text of a state file: JSON with sorted keys, ending with its own SHA-256."""
    state: dict[str, Any] = {
        "covers": manifest.covers,
        "generation": manifest.generation,
        "segments": [
            {"deleted": sorted(part.deleted), "docs": part.doc_count, "id": part.id, "size": part.size}
            for part in manifest.parts or ()
        ],
        "settings": dict(manifest.settings),
        "toc": manifest.toc,
    }
    return json.dumps({**state, "~sha256": _digest(state)}, ensure_ascii=False, sort_keys=True)


def _digest(state: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def read(folder: Path, generation: int) -> Manifest:
    """Return the manifest of a generation.

    Raises: ManifestError; OSError, as FileNotFoundError if another process has removed the generation.
    """
    path = state_path(folder, generation)
    if not path.is_file() and path.exists():
        raise ManifestError(f"{path}: not a file")
    with path.open("rb") as file:
        raw = file.read(_MOST + 1)
    try:
        if len(raw) > _MOST:
            raise ValueError("it is too large")
        state = json.loads(raw)
        _require(isinstance(state, dict), "it is no JSON object")
        settings = state.get("settings")
        _require(
            isinstance(settings, dict) and all(isinstance(value, str) for value in settings.values()),
            "its settings are not text",
        )
        covers = _count(state.get("covers"), 1 << 62)
        if "segments" not in state and "toc" not in state:
            return Manifest(generation, covers, settings, None, "")
        claimed = state.pop("~sha256", None)
        _require(claimed == _digest(state), "its checksum does not fit")
        _require(state.get("generation") == generation, "it is that of another generation")
        _require(isinstance(state.get("segments"), list), "it lists no segments")
        parts = tuple(_part(each) for each in state["segments"])
        _require(len({part.id for part in parts}) == len(parts), "it lists a segment twice")
        found = Manifest(generation, covers, settings, parts, str(state.get("toc")))
        _require(text(found).encode() == raw, "its form is not what was written")
        return found
    except (ValueError, RecursionError, UnicodeError, AttributeError, TypeError, KeyError) as error:
        raise ManifestError(f"{path}: {error}") from error


def _require(fits: bool, otherwise: str) -> None:
    if not fits:
        raise ValueError(otherwise)


def _count(value: object, limit: int) -> int:
    _require(type(value) is int and 0 <= value < limit, "a number in it is out of range")
    assert isinstance(value, int)
    return value


def _part(given: object) -> Part:
    _require(isinstance(given, dict), "a segment is no object")
    assert isinstance(given, dict)
    id, deleted = given.get("id"), given.get("deleted")
    _require(isinstance(id, str) and bool(_SEGMENT_ID.fullmatch(id)), "the id of a segment is none")
    assert isinstance(id, str)
    docs = _count(given.get("docs"), _DOCS)
    _require(isinstance(deleted, list) and all(type(doc) is int for doc in deleted), "deletions are no numbers")
    assert isinstance(deleted, list)
    gone = frozenset(deleted)
    _require(not gone or (min(gone) >= 0 and max(gone) < docs), "a deletion is out of range")
    return Part(id, docs, gone, _count(given.get("size"), 1 << 62))


def parts_of(segments: Sequence[Any], folder: Path) -> tuple[Part, ...]:
    """Return the parts that Whoosh's segment objects stand for."""
    return tuple(
        Part(each.segid, each.doc_count_all(), each.deleted_docs(), each.path_in(folder).stat().st_size)
        for each in segments
    )
