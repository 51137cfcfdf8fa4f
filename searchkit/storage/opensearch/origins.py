"""The files that articles were read from: a document for each file, and one for each pair of an article and a file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from searchkit.cluster.client import Body
from searchkit.storage.opensearch.bulk import Action
from searchkit.storage.opensearch.mapping import key
from searchkit.storage.opensearch.requests import among, term
from searchkit.storage.opensearch.transactions import OpenSearchTransactions
from searchkit.storage.origins import Origins

_FILE, _PAIR = "file", "pair"
_TERMS = 1_000
"""Values that are asked for together."""
_States: TypeAlias = dict[str, tuple[int, int]]
"""Of documents, by their keys."""


class OpenSearchOrigins(Origins):
    """The files that articles were read from."""

    def __init__(self, record: OpenSearchTransactions) -> None:
        self._record = record
        self._requests = record.requests

    def note(self, pairs: Iterable[tuple[str, str]]) -> None:
        given = {*pairs}
        files = sorted({path for _, path in given if path})
        # Files first: a pair whose file is not known would never be looked for.
        self._record.write("origins", (Action("index", *_file(_text(path))) for path in files))
        self._record.write("origins", (Action("index", *_pair(id, _text(path))) for id, path in sorted(given)))

    def note_files(self, paths: Iterable[str]) -> None:
        self._record.write("origins", (Action("index", *_file(_text(path))) for path in paths if path))

    def forget(self, ids: Iterable[str]) -> None:
        self._delete_pairs(self._pairs("id", ids))

    def forget_files(self, paths: Iterable[str]) -> None:
        texts = [*map(_text, paths)]
        self._delete_pairs(self._pairs("path", texts))
        self._record.write("origins", (Action("delete", _file(path)[0]) for path in texts))

    def _delete_pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._record.write("origins", [Action("delete", _pair(*each)[0]) for each in pairs])

    def marks(self, paths: Iterable[str]) -> dict[str, _States]:
        self._requests.refresh("origins", newest=True)
        texts = {path: _text(path) for path in paths}
        keys = {path: [_file(text)[0]] for path, text in texts.items()}
        of_text = {text: path for path, text in texts.items()}
        for id, text in self._pairs("path", of_text):
            keys[of_text[text]].append(_pair(id, text)[0])
        held = self._requests.get_many("origins", (key for some in keys.values() for key in some), [])
        return {path: {key: held[key].state for key in some if key in held} for path, some in keys.items()}

    def forget_marked(self, noted: Mapping[str, _States]) -> None:
        files = {path: _file(_text(path))[0] for path in noted}
        pairs = [
            Action("delete", key, state=state)
            for path, states in noted.items() for key, state in states.items() if key != files[path]
        ]  # fmt: skip
        self._record.write("origins", pairs)
        held = [(key, noted[path][key]) for path, key in files.items() if key in noted[path]]
        self._record.write("origins", [Action("delete", key, state=state) for key, state in held])
        # A pair that came after the document of its file was noted again would never be looked for.
        self._requests.refresh("origins", newest=True)
        kept = {text for _, text in self._pairs("path", map(_text, noted))}
        self._record.write("origins", (Action("index", *_file(text)) for text in sorted(kept)))

    def unknown(self) -> list[str]:
        """Return the files that articles were read from, but that are not known: nobody would look for them."""
        self._record.write_planned()
        known = {path for path, _ in self._requests.scan("origins", term(what=_FILE), "path")}
        read = (path for path, _ in self._requests.groups("origins", term(what=_PAIR), "path"))
        return [_path(path) for path in read if path and path not in known]

    def below(self, prefix: str) -> list[str]:
        self._record.write_planned()
        query = {"bool": {"filter": [{"term": {"what": _FILE}}, {"prefix": {"path": _text(prefix)}}]}}
        return [_path(path) for path, _ in self._requests.scan("origins", query, "path")]

    def only_in(self, paths: Iterable[str]) -> list[str]:
        self._requests.refresh("origins", newest=True)
        texts = {*map(_text, paths)}
        inside = {id for id, _ in self._pairs("path", texts)}
        return sorted(inside - {id for id, path in self._pairs("id", inside) if path not in texts})

    def files(self, id: str) -> list[str]:
        return [_path(path) for path in sorted(path for _, path in self._pairs("id", [id])) if path]

    def noted(self, ids: Iterable[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for id, path in self._pairs("id", ids):
            found.setdefault(id, []).append(path)
        return {id: [_path(path) for path in sorted(paths)] for id, paths in found.items()}

    def beside(self, id: str) -> list[str]:
        paths = [path for _, path in self._pairs("id", [id]) if path]
        return [*dict.fromkeys(each for each, _ in self._pairs("path", paths))]

    def _pairs(self, field: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield the pairs that have one of some values."""
        self._record.write_planned()
        wanted = sorted({*values})
        for start in range(0, len(wanted), _TERMS):
            query = among(field, wanted[start : start + _TERMS], what=_PAIR)
            for _, each in self._requests.scan("origins", query, "name", ["id", "path"]):
                yield each["id"], each["path"]


def _file(path: str) -> tuple[str, Body]:
    """Return the key and the document of a file."""
    made = key("f", path)
    return made, {"what": _FILE, "name": made, "path": path}


def _pair(id: str, path: str) -> tuple[str, Body]:
    """Return the key and the document of an article and a file."""
    made = key("p", id, path)
    return made, {"what": _PAIR, "name": made, "id": id, "path": path}


def _text(path: str) -> str:
    """Return the bytes of a path as text that any document takes, in the order of the bytes."""
    return os.fsencode(path).decode("latin-1")


def _path(text: str) -> str:
    return os.fsdecode(text.encode("latin-1"))
