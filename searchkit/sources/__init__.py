"""How do bytes become articles?

`read` is what most callers want; `documents` and `read_document` are the same in two steps, for a program that draws a
progress bar or goes on where it stopped. Importing this package is cheap: what a name needs is loaded when it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from searchkit.sources.limits import Limits

if TYPE_CHECKING:
    from searchkit.errors import BadRecord
    from searchkit.model.serialise import to_record
    from searchkit.sources.encodings import decode, encoding_of
    from searchkit.sources.formats import Format, Reading, format_names
    from searchkit.sources.record import from_record
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
    "Document": "searchkit.sources.walk",
    "documents": "searchkit.sources.walk",
    "read": "searchkit.sources.walk",
    "read_document": "searchkit.sources.walk",
    "decode": "searchkit.sources.encodings",
    "encoding_of": "searchkit.sources.encodings",
    "Format": "searchkit.sources.formats",
    "Reading": "searchkit.sources.formats",
    "format_names": "searchkit.sources.formats",
    "BadRecord": "searchkit.errors",
    "from_record": "searchkit.sources.record",
    "to_record": "searchkit.model.serialise",
    "Stream": "searchkit.sources.streams",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
