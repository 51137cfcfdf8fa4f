"""The OpenAPI document of the API, made of the table of routes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from searchkit import __version__
from searchkit.servers.web.parameters import Parameter
from searchkit.servers.web.problems import PROBLEM_JSON
from searchkit.servers.web.routes import JSON, Route

_REFUSALS = {
    400: "The request cannot be understood: a parameter or the query is wrong.",
    401: "A token is needed.",
    404: "There is no such article, or no such saved search.",
    408: "The body did not come in time.",
    413: "The body is too long.",
    414: "The address is too long.",
    415: "The body has another media type.",
    421: "The Host header names another server.",
    503: "The server is busy, or the archive cannot be used now; ask again after Retry-After seconds.",
    504: "The answer took too long.",
}
_OF_ALL = (400, 401, 414, 421, 503, 504)
_PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "hint"],
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string", "description": "The phrase of the status."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What happened: one sentence without a full stop."},
        "code": {"type": "string", "description": "The kind of error; it stays the same when `detail` changes."},
        "hint": {"type": ["string", "null"], "description": "The next step."},
        "parameter": {"type": "string", "description": "The query parameter that is wrong."},
        "query": {"type": "string", "description": "The query, day or cursor that cannot be understood."},
        "column": {"type": "integer", "minimum": 1, "description": "Where it is wrong, in code points."},
        "width": {"type": "integer", "minimum": 1, "description": "The code points that are wrong."},
    },
}


def document(routes: Sequence[Route]) -> bytes:
    """Return the OpenAPI 3.1 document of these routes, as JSON."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if route.documented:
            paths.setdefault(re.sub(":path}", "}", route.path), {})[route.method.lower()] = _operation(route)
    schemas = {_component(each.schema): _schema(each.schema) for each in routes if each.schema}
    made = {
        "openapi": "3.1.0",
        "info": {"title": "searchkit", "version": __version__, "description": "An archive of Chinese news."},
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }
    return (json.dumps(made, ensure_ascii=False) + "\n").encode("utf-8")


def _operation(route: Route) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if route.schema:
        content[JSON] = {"schema": {"$ref": f"#/components/schemas/{_component(route.schema)}"}}
    elif not route.media_types:
        content[JSON] = {"schema": {"type": "object"}}
    content.update({each: {"schema": {"type": "string"}} for each in route.media_types})
    responses: dict[str, Any] = {"200": {"description": route.summary, "content": content}}
    if route.cached:
        responses["304"] = {"description": "It is what If-None-Match names."}
    for status in sorted({*_OF_ALL, *route.refusals}):
        responses[str(status)] = {
            "description": _REFUSALS[status],
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    names = re.findall(r"\{(\w+)", route.path)
    return {
        "operationId": re.sub(r"\W+", "-", route.path.removeprefix("/").replace(":path}", "")).strip("-"),
        "summary": route.summary,
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1},
                 "description": route.path_help[name]}
                for name in names
            ),
            *map(_parameter, route.parameters),
        ],
        "responses": responses,
        **({"security": []} if route.public else {}),
    }  # fmt: skip


def _parameter(given: Parameter) -> dict[str, Any]:
    kind = "string" if given.kind == "text" else given.kind
    schema: dict[str, Any] = {"type": kind}
    if given.choices:
        schema["enum"] = list(given.choices)
    if given.least is not None:
        schema["minimum"] = given.least
    if given.most is not None:
        schema["maximum"] = given.most
    if given.many:
        schema = {"type": "array", "items": schema}
    elif given.default is not None:
        schema["default"] = given.default
    made = {"name": given.name, "in": "query", "required": given.required, "schema": schema, "description": given.help}
    return {**made, "style": "form", "explode": True} if given.many else made


def _component(schema: str) -> str:
    return schema.removeprefix("searchkit.").replace("/", "-")


def _schema(schema: str) -> dict[str, Any]:
    return {"type": "object", "required": ["schema"], "properties": {"schema": {"const": schema}}}
