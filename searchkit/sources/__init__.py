"""Bytes to articles, one file a format.

`read` is what most callers want; `documents` and `read_document` are the same in two steps, for a program that draws a
progress bar or goes on where it stopped. Importing this package is cheap: what a name needs is loaded when it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from searchkit.sources.limits import Limits

if TYPE_CHECKING:
    from searchkit.sources.encodings import decode, encoding_of
    from searchkit.sources.formats import Format, Reading, format_names
    from searchkit.sources.record import BadRecord, from_record, to_record
    from searchkit.sources.streams import Stream
    from searchkit.sources.walk import Document, documents, read, read_document

__all__ = [
    "BadRecord",
    "Document",
    "Format",
    "Limits",
    "Reading",
    "Stream",
    "decode",
    "documents",
    "encoding_of",
    "format_names",
    "from_record",
    "read",
    "read_document",
    "to_record",
]

_HOMES = {
    "Document": "walk",
    "documents": "walk",
    "read": "walk",
    "read_document": "walk",
    "decode": "encodings",
    "encoding_of": "encodings",
    "Format": "formats",
    "Reading": "formats",
    "format_names": "formats",
    "BadRecord": "record",
    "from_record": "record",
    "to_record": "record",
    "Stream": "streams",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
