"""The JSON Schema (2020-12) of every JSON document, made from the types in `searchkit.presenters.documents`.

It is the same for the command line, HTTP (`schemas("#/components/schemas/")` are components of OpenAPI 3.1) and MCP
(`schema("timeline")` stands by itself). Unknown fields are valid, because a later searchkit may add some.
"""

from __future__ import annotations

import types
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.documents import Keyword
from searchkit.presenters.documents import DOCUMENTS, Hit

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
LOCAL: Final = "#/$defs/"

_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def schemas(refs: str = LOCAL, *, strict: bool = False) -> dict[str, dict[str, Any]]:
    """Return the schema of each object that occurs in a document, by the name of its type.

    Args:
        refs: the place where the result will stand; references to other objects begin with it.
        strict: refuse fields that are not documented.
    """
    return {name: _object(it, refs, strict) for name, it in sorted(_types(*DOCUMENTS).items())}


def schema(name: str, *, strict: bool = False) -> dict[str, Any]:
    """Return the schema of one document, with the objects that occur in it under `$defs`.

    Args:
        name: of the document, `search` or `searchkit.search/1`, or of an object in one, `Hit`.
        strict: refuse fields that are not documented.

    Raises:
        UsageError: there is no such document.
    """
    found = _types(*DOCUMENTS)
    title = titles().get(name) or {each.lower(): each for each in found}.get(name.lower())
    if title is None:
        raise UsageError(
            Message("no JSON document {name!r}", name=name), hint=Message("one of {names}", names=", ".join(names()))
        )
    return schema_of(found[title], strict=strict)


def schema_of(it: type, *, strict: bool = False) -> dict[str, Any]:
    """Return the schema of any TypedDict whose fields are annotated as those of the documents are; see `schema`."""
    inner = {name: _object(each, LOCAL, strict) for name, each in sorted(_types(*_fields(it).values()).items())}
    return {"$schema": DIALECT, **_object(it, LOCAL, strict), **({"$defs": inner} if inner else {})}


def whole(*, strict: bool = False) -> dict[str, Any]:
    """Return one schema for all documents: a value is valid if it is one of them.

    Args:
        strict: refuse fields that are not documented.
    """
    return {
        "$schema": DIALECT,
        "title": "searchkit",
        "description": "Every JSON document that searchkit prints. The field `schema` names the document and its "
        "version. Within a version, fields are only added; readers must ignore fields that they do not know.",
        "oneOf": [{"$ref": LOCAL + it.__name__} for it in (*DOCUMENTS, Hit)],
        "$defs": schemas(strict=strict),
    }


def names() -> list[str]:
    """Return the short names of the documents, in the order of SCHEMA.md; `hit` is a line of `search --jsonl`."""
    return [*(each for each in titles() if "/" not in each), "hit"]


@cache
def titles() -> dict[str, str]:
    """Return the name of each document's type by both names of the document, `search` and `searchkit.search/1`."""
    found = {}
    for it in DOCUMENTS:
        (full,) = get_args(get_args(_fields(it)["schema"])[0])
        found[full.removeprefix("searchkit.").partition("/")[0]] = found[full] = it.__name__
    return found


@cache
def _types(*hints: Any) -> dict[str, type]:
    """Return the types of all objects that occur in these types, by name."""
    found: dict[str, type] = {}
    waiting: list[Any] = [*hints]
    while waiting:
        it = waiting.pop()
        if not is_typeddict(it):
            waiting += get_args(it)
        elif it.__name__ not in found:
            found[it.__name__] = it
            waiting += _fields(it).values()
        elif found[it.__name__] is not it:
            raise TypeError(f"two types of documents are called {it.__name__}")
    return found


def _fields(it: type) -> dict[str, Any]:
    return get_type_hints(it, include_extras=True)


def _object(it: Any, refs: str, strict: bool) -> dict[str, Any]:
    fields = _fields(it)
    made = {
        "title": it.__name__,
        "description": " ".join(it.__doc__.split()),
        "type": "object",
        "properties": {name: _value(hint, refs) for name, hint in fields.items()},
        "required": [name for name in fields if name in it.__required_keys__],
    }
    return {**made, "additionalProperties": False} if strict else made


def _value(hint: Any, refs: str) -> dict[str, Any]:
    """Return the schema of a value of this type."""
    if get_origin(hint) is Annotated:
        plain, *told = get_args(hint)
        made = _value(plain, refs)
        keywords = {each.name: each.value for each in told if isinstance(each, Keyword)}
        texts = [each for each in told if isinstance(each, str)]
        # The innermost text is the alias's own; the outermost belongs to the field.
        return {**made, **keywords, **({"description": texts[-1]} if texts else {})}
    if is_typeddict(hint):
        return {"$ref": refs + hint.__name__}
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    if hint is Any:
        return {}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        allowed = {"const": arguments[0]} if len(arguments) == 1 else {"enum": [*arguments]}
        return {"type": "string", **allowed}
    if origin is list:
        return {"type": "array", "items": _value(arguments[0], refs)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _value(arguments[1], refs) or True}
    if origin in (Union, types.UnionType):
        return _either([_value(each, refs) for each in arguments])
    raise TypeError(f"no JSON Schema for {hint}")


def _either(choices: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of a value that fits one of several; that of a value or null in the short form."""
    if len(choices) == 2 and choices[1] == {"type": "null"} and not {"const", "enum", "$ref"} & {*choices[0]}:
        return {**choices[0], "type": [choices[0]["type"], "null"]}
    return {"anyOf": choices}
