"""The OpenAPI document of the API, made of the table of routes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from searchkit import __version__
from searchkit.presenters.schema import schemas, titles
from searchkit.servers.web.parameters import Parameter
from searchkit.servers.web.problems import PROBLEM_JSON
from searchkit.servers.web.routes import CSL, JSON, Route

_REFUSALS = {
    400: "The request cannot be understood: a parameter or the query is wrong.",
    401: "A token is needed.",
    404: "There is no such article, or no such saved search.",
    408: "The body did not come in time.",
    413: "The body is too long.",
    414: "The address is too long.",
    415: "The body has another media type.",
    422: "The article is none.",
    431: "The headers are too long.",
    421: "The Host header names another server.",
    503: "The server is busy, or the archive cannot be used now; ask again after Retry-After seconds.",
    504: "The answer took too long.",
}
_OTHERS = {CSL: {"type": "array", "items": {"type": "object"}}}
COMPONENTS = "#/components/schemas/"
_OF_ALL = (400, 401, 414, 421, 431, 503, 504)


def document(routes: Sequence[Route]) -> bytes:
    """Return the OpenAPI 3.1 document of these routes, as JSON."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if route.documented:
            paths.setdefault(re.sub(":path}", "}", route.path), {})[route.method.lower()] = _operation(route)
    made = {
        "openapi": "3.1.0",
        "info": {"title": "searchkit", "version": __version__, "description": "An archive of Chinese news."},
        "paths": paths,
        "components": {
            "schemas": schemas(COMPONENTS),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }
    return (json.dumps(made, ensure_ascii=False) + "\n").encode("utf-8")


def _operation(route: Route) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if route.schema:
        refs = [{"$ref": COMPONENTS + titles()[each]} for each in (route.schema, *route.or_schemas)]
        content[JSON] = {"schema": refs[0] if len(refs) == 1 else {"anyOf": refs}}
    elif not route.media_types:
        content[JSON] = {"schema": {"type": "object"}}
    content.update({each: {"schema": _OTHERS.get(each, {"type": "string"})} for each in route.media_types})
    responses: dict[str, Any] = {"200": {"description": route.summary, "content": content}}
    if route.cached:
        responses["304"] = {"description": "It is what If-None-Match names."}
    for status in sorted({*_OF_ALL, *route.refusals}):
        responses[str(status)] = {
            "description": _REFUSALS[status],
            "content": {PROBLEM_JSON: {"schema": {"$ref": COMPONENTS + "Problem"}}},
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
        **_body(route),
        "responses": responses,
        **({"security": []} if route.public else {}),
    }  # fmt: skip


def _body(route: Route) -> dict[str, Any]:
    if not route.accepts:
        return {}
    some = {"type": "string", "pattern": r"\S"}
    one = {
        "schema": {
            "description": "As `searchkit export` writes an article. Other records that `ingest` reads are taken too.",
            "allOf": [{"$ref": COMPONENTS + "ArticleRecord"}],
            "anyOf": [{"required": [name], "properties": {name: some}} for name in ("title", "body")],
        }
    }
    content = {each: one if each == JSON else {"schema": {"type": "string"}} for each in route.accepts}
    return {"requestBody": {"required": True, "content": content}}


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
    if not given.required:
        made["allowEmptyValue"] = True  # as a form sends it: it counts as not given
    return {**made, "style": "form", "explode": True} if given.many else made
