"""What the readers of records (JSON lines, JSON, tables) have in common: an object in, an article or a reject out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from searchkit.errors import BadRecord, SourceError
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.fields import FIELDS, arranged
from searchkit.sources.formats import Item, Reading, own_fault
from searchkit.sources.readers.wrapped import hot_entry, inner_records, mapped_records, unknown_list
from searchkit.sources.record import from_record, lookup

_HELD = 1000
_HELD_CHARS = 8_000_000
MAPPABLE = arranged(("title", "body", "id", "url", "published"), FIELDS.values(), ("short_title", "kind", "parent"))


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raises SourceError if a mapping names a field that no article has."""
    for name in mapping:
        if name not in MAPPABLE:
            near = get_close_matches(name, MAPPABLE, 1)
            hint = Message("fields are {names}", names=MAPPABLE)
            if mapping[name] in MAPPABLE:
                hint = Message("write {pair}; {fields}", pair=f"{mapping[name]}={name}", fields=hint)
            elif near:
                hint = Message("did you mean {near}?; {fields}", near=near[0], fields=hint)
            raise SourceError(
                Message("an article has no field {name!r} to map {mapping!r} to", name=name, mapping=mapping[name]),
                hint=hint,
            )


class _Repeated(ValueError):
    """A JSON object names a field twice, with different values."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen and seen[key] != value:
                raise _Repeated(Message("the field {key!r} stands twice in it, with different values", key=key[:40]))
            seen[key] = value
    return found


DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=lambda name: None, strict=False)
"""NaN and Infinity become null; control characters inside strings are let through; a repeated field is an error."""


def json_fault(error: ValueError) -> str:
    """What is wrong with JSON text, as the end of a sentence."""
    if isinstance(error, json.JSONDecodeError):
        return Message("is not JSON: {reason} at character {colno}", reason=error.msg, colno=error.colno)
    if isinstance(error, _Repeated):
        return Message("is ambiguous: {reason}", reason=error)
    return Message("is not JSON that can be read: {reason}", reason=error)


class Records:
    """Turns the records of one document into articles, and finds a mapping that fits none of them.

    While a field of the mapping was not seen yet, up to 1000 articles are held back, so that a small file with a wrong
    mapping brings nothing in at all.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._unseen = dict(reading.mapping)
        self._held: list[Item] | None = [] if self._unseen else None
        self._held_chars = 0
        self._names: dict[str, None] = {}
        self._count = 0

    def take(self, record: object, *, line: int, text: str = "") -> Iterator[Item]:
        """One record, or the records that an object wraps.

        Args:
            text: how it stands in the document, for the rejects file.
        """
        if isinstance(record, Mapping) and not any(key in record for key in self._reading.mapping.values()):
            inner = inner_records(record) or mapped_records(record, self._reading.mapping.values())
            if inner:
                for each in inner:
                    yield from self._take(each, line=line, text=json.dumps(each, ensure_ascii=False))
                return
            if (unknown := unknown_list(record)) is not None:
                name, names = unknown
                yield from self.reject(
                    Message(
                        "is a list, {name!r}, of entries without a title or a text that is known; their fields "
                        "are: {names}; name the right ones with --map title=…",
                        name=name,
                        names=", ".join(each[:40] for each in names[:20]),
                    ),
                    line=line,
                    text=text,
                )
                return
        yield from self._take(record, line=line, text=text)

    def _take(self, record: object, *, line: int, text: str) -> Iterator[Item]:
        if not isinstance(record, Mapping):
            yield from self._out(
                self._reading.rejected(
                    Message("is {kind}, not an object with fields", kind=_kind(record)), line=line, record=text
                )
            )
            return
        self._count += 1
        record = hot_entry(record)
        if self._unseen:
            for name in [name for name, key in self._unseen.items() if lookup(record, key)[0]]:
                del self._unseen[name]
            if len(self._names) < 200:
                self._names.update(dict.fromkeys(map(str, record)))
        item: Item
        try:
            item = from_record(record, timezone=self._reading.timezone, mapping=self._reading.mapping)
            if not item.title and not item.body:  # our own shape may say so
                raise BadRecord("the record has neither a title nor a body")
        except BadRecord as error:
            reason = (
                Message("{message}; {hint}", message=Message(error.message), hint=Message(error.hint))
                if error.hint
                else error.message
            )
            item = self._reading.rejected(reason, line=line, record=text)
        except Exception as error:
            item = own_fault(error, self._reading, line=line, record=text)
        yield from self._out(item)

    def reject(self, reason: str, *, line: int, text: str = "") -> Iterator[Item]:
        """Something that is no record."""
        yield from self._out(self._reading.rejected(reason, line=line, record=text))

    def _out(self, item: Item) -> Iterator[Item]:
        if self._held is None:
            yield item
            return
        self._held.append(item)
        self._held_chars += item.characters if isinstance(item, Article) else len(item.record)
        if not self._unseen or len(self._held) >= _HELD or self._held_chars > _HELD_CHARS:
            yield from self._release()

    def _release(self) -> Iterator[Item]:
        held, self._held = self._held or [], None
        yield from held

    def finish(self) -> Iterator[Item]:
        """To be called at the end of the document.

        Raises:
            SourceError: the mapping names a field that no record has.
        """
        if self._unseen and self._count:
            missing = ", ".join(repr(key) for key in self._unseen.values())
            raise SourceError(
                Message(
                    "no record of {name} has the field {missing} that the mapping names",
                    name=self._reading.name,
                    missing=missing,
                ),
                hint=Message("its fields are {names}", names=", ".join(list(self._names)[:40])),
            )
        yield from self._release()


def _kind(value: object) -> str:
    kinds = {
        list: Message("a list"), str: Message("a string"), bool: Message("true or false"), type(None): Message("null"),
    }  # fmt: skip
    return kinds.get(type(value), Message("a number"))
