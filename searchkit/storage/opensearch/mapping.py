"""The indexes of a record in the cluster, and the fields of their documents.

Of an archive `news` there are five indexes, each behind an alias without the number of its format: `news.articles` has
one document for each article, in its newest state or as the tombstone of one that was deleted; `news.revisions` the
states that were replaced; `news.origins`, `news.sketches` with the families; `news.kept` has what is small: settings,
marks of lineage, the log of runs, saved searches, and the counter of sequence numbers.

Only what is asked for by more than its id is indexed. The article itself is kept as the text that its digest is of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias, get_args

Part: TypeAlias = Literal["articles", "revisions", "origins", "sketches", "kept"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
FORMAT: Final = 1
OURS: Final = "searchkit"
_LONGEST_KEY = 480
"""Bytes; the cluster takes 512."""

_WORD = {"type": "keyword"}
_NUMBER = {"type": "long"}
_STORED = {"type": "keyword", "index": False, "doc_values": False}
"""Is in the document only, however long."""
_FLAG = {"type": "boolean"}

FIELDS: Final[Mapping[Part, Mapping[str, Any]]] = {
    "articles": {
        "id": _WORD, "seq": _NUMBER, "gone": _FLAG, "size": _NUMBER, "kind": _WORD, "parent": _WORD, "content": _WORD,
        "first": _NUMBER, "revision": _NUMBER, "recorded": _STORED, "digest": _STORED, "record": _STORED,
        "source": _STORED, "published": _STORED, "has_author": _FLAG, "has_body": _FLAG,
    },
    "revisions": {
        "id": _WORD, "first": _NUMBER, "revision": _NUMBER, "recorded": _STORED, "digest": _STORED, "record": _STORED,
    },
    "origins": {"what": _WORD, "name": _WORD, "id": _WORD, "path": _WORD},
    "sketches": {
        "what": _WORD, "id": _WORD, "family": _WORD, "day": _NUMBER, "appeared": _NUMBER, "twins": _NUMBER,
        "title": _STORED, "hashes": _STORED, "numbers": _STORED,
    },
    "kept": {
        "what": _WORD, "name": _WORD, "value": _STORED, "order": _NUMBER,
        "next": {"type": "long", "index": False}, "writers": {"type": "object", "enabled": False},
        "late": {"type": "object", "enabled": False},
    },
}  # fmt: skip
"""The fields of the documents of each index; others are refused.

`first` is the sequence number with which an article came in, since it was deleted last: what was replaced before that
is no revision of it. Of an article that a copy of another record took over it is below 0 (`plans.taken`).
`size` is the number of characters of `record`.
"""


def alias(name: str, part: Part) -> str:
    """Return the name by which a part of the archive `name` is asked for."""
    return f"{name}.{part}"


def index(name: str, part: Part) -> str:
    """Return the name of the index behind that."""
    return f"{name}.{part}-{FORMAT}"


def body(name: str, part: Part, shards: int, replicas: int) -> dict[str, Any]:
    """Return what an index is made from."""
    settings = {
        "number_of_shards": shards if part in ("articles", "revisions") else 1,
        "number_of_replicas": replicas,
        "codec": "best_compression",
        "translog.durability": "request",
    }
    mapping = {"dynamic": "strict", "_meta": {OURS: {"record": part, "format": FORMAT}}, "properties": FIELDS[part]}
    return {"settings": {"index": settings}, "mappings": mapping, "aliases": {alias(name, part): {}}}


def key(what: str, *texts: str) -> str:
    """Return the `_id` of the document that is found by these texts; any text will do, also an empty or long one.

    Args:
        what: a letter for what it is of.
    """
    plain = texts[0] if len(texts) == 1 else ""
    if plain and len(plain.encode("utf-8", "replace")) <= _LONGEST_KEY:
        return f"{what}:{plain}"
    digest = hashlib.sha256()
    for text in texts:
        raw = text.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return f"{what}#{digest.hexdigest()}"
