"""The OpenAPI document is true: of all that can be asked, nothing is answered that it does not say."""

from __future__ import annotations

import inspect
import json
import re
from functools import cache
from urllib.parse import quote, quote_from_bytes

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.archive import Archive
from searchkit.presenters.schema import schemas
from searchkit.search.conditions import Conditions, ConditionsDict
from searchkit.servers.web import api
from searchkit.servers.web.openapi import document
from searchkit.servers.web.parameters import CONDITIONS, SEARCH, conditions_of, read
from searchkit.servers.web.routes import CSL, JSON
from searchkit.servers.web.table import ALL, name_of
from tests.conftest import examples

DOCUMENT = json.loads(document(ALL))
GETS = [route for route in ALL if route.method == "GET" and route.documented]


def test_every_route_and_every_status_is_described():
    assert set(DOCUMENT["paths"]) == {name_of(route.path) for route in ALL if route.documented}
    for path, operations in DOCUMENT["paths"].items():
        for operation in operations.values():
            assert operation["summary"].endswith("."), path
            assert {"200", "400", "414", "421", "503"} <= set(operation["responses"])
            for parameter in operation["parameters"]:
                assert parameter["description"].endswith("."), (path, parameter["name"])
    assert len({each["operationId"] for it in DOCUMENT["paths"].values() for each in it.values()}) == sum(
        route.documented for route in ALL
    )


def test_every_reference_resolves():
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)):
        assert name in DOCUMENT["components"]["schemas"]
    for each in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(each)


def test_the_parameters_are_what_python_and_the_command_line_take():
    """Whatever `Archive.search` gets by keyword is a parameter, but for those with another name."""
    renamed = {"query": "q", "near": "strict"}
    taken = inspect.signature(Archive.search).parameters
    wanted = {renamed.get(name, name) for name in taken if name not in ("self", "conditions")}
    wanted |= set(ConditionsDict.__annotations__)
    assert {each.name for each in SEARCH} == wanted
    assert {each.name for each in CONDITIONS} == set(ConditionsDict.__annotations__)
    assert Conditions.of(conditions_of(read(SEARCH, []))) == Conditions()


def test_defaults_are_those_of_python():
    taken = inspect.signature(Archive.search).parameters
    for each in SEARCH:
        if each.name in taken and each.name != "recent":
            assert each.default == taken[each.name].default, each.name


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    held = schemas(strict=True)
    return jsonschema.Draft202012Validator({**held[name], "$defs": held})


def described(route, reply) -> str | None:
    """What is wrong with an answer; None if the document describes it."""
    responses = DOCUMENT["paths"][name_of(route.path)]["get"]["responses"]
    if str(reply.status) not in responses:
        return f"{reply.status} is not described"
    content = responses[str(reply.status)].get("content", {})
    media_type = reply.headers["content-type"].partition(";")[0]
    if media_type not in content:
        return f"{media_type} is not described for {reply.status}"
    schema = content[media_type]["schema"]
    ref = schema.get("$ref")
    if "anyOf" in schema:
        names = [each["$ref"].rpartition("/")[2] for each in schema["anyOf"]]
        assert any(validator(name).is_valid(reply.json) for name in names), (names, reply.json)
        return None
    if media_type in (JSON, CSL) and not ref:
        jsonschema.validate(reply.json, content[media_type]["schema"])
    if ref:
        validator(ref.rpartition("/")[2]).validate(reply.json)
    return None


TEXTS = st.one_of(
    st.sampled_from(
        [
            "",
            "长江",
            "大桥 -广告",
            "(",
            '"',
            "title:",
            "date:2025",
            "NEAR(",
            "*",
            "长* 江",
            "pinyin:cj",
            "近7天",
            "\u00ad",
            "\ufeff\u3000",
        ]
    ),
    st.text(max_size=20),
)


def valued(parameter) -> st.SearchStrategy[str]:
    """Values as the document has them, and others."""
    fitting: st.SearchStrategy[object] = TEXTS
    if parameter.choices:
        fitting = st.sampled_from(parameter.choices)
    elif parameter.kind == "boolean":
        fitting = st.sampled_from(["true", "false", "1", "0"])
    elif parameter.kind == "integer":
        fitting = st.integers(int(parameter.least), int(min(parameter.most, 300)))
    elif parameter.kind == "number":
        fitting = st.floats(0.001, 1e6)
    return st.one_of(fitting, fitting, fitting, TEXTS).map(
        lambda it: quote(str(it).encode("utf-8", "replace"), safe="")
    )


@st.composite
def questions(draw):
    route = draw(st.sampled_from(GETS))
    path = name_of(route.path)
    for name in re.findall(r"\{(\w+)\}", path):
        value = draw(
            st.one_of(
                st.sampled_from(["bridge", "chips", "b", "bridges", "a/b c", "f16"]), st.text(min_size=1, max_size=8)
            )
        )
        path = path.replace(f"{{{name}}}", quote(value.encode("utf-8", "replace"), safe=""))
    chosen = (
        draw(st.lists(st.sampled_from(route.parameters), max_size=4, unique_by=lambda it: it.name))
        if route.parameters
        else []
    )
    required = [each for each in route.parameters if each.required and each not in chosen]
    pairs = [f"{each.name}={draw(valued(each))}" for each in (*chosen, *required)]
    return route, path + ("?" + "&".join(pairs) if pairs else "")


@settings(examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=questions())
def test_whatever_is_asked_the_answer_is_described(client, asked):
    route, target = asked
    reply = client.get(target)
    assert reply.status < 500, (target, reply.text)
    if name_of(route.path).startswith("/v1/articles/"):
        assert reply.status in (200, 400, 404)
        if reply.status == 200:
            described_by_any(reply)
    elif not (reply.status == 404 and reply.json["code"] == "no-such-path"):  # an id with a slash can make another path
        assert described(route, reply) is None, target


def described_by_any(reply) -> None:
    """An id that ends in /family is another path; the answer is one of theirs."""
    if reply.headers["content-type"].endswith("csl+json"):
        assert isinstance(reply.json, list)
    if reply.headers["content-type"] == "application/json":
        name = {route.schema: route.schema for route in api.ROUTES}[reply.json["schema"]]
        validator({"searchkit.show/1": "Show", "searchkit.family/1": "Family"}.get(name, "Revisions")).validate(
            reply.json
        )


# -- the hostile


NAMES = st.sampled_from(
    ["host", "accept", "accept-encoding", "if-none-match", "authorization", "origin", "range", "x-a"]
)
RAW = st.binary(max_size=24).map(lambda it: it.decode("latin-1"))


@settings(examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "BREW"]),
    path=st.one_of(
        st.sampled_from([name_of(each.path) for each in GETS]), st.binary(max_size=16).map(quote_from_bytes)
    ),
    query=st.one_of(st.binary(max_size=24).map(quote_from_bytes), RAW.map(lambda it: it.replace("?", ""))),
    headers=st.dictionaries(NAMES, RAW, max_size=3),
)
def test_nothing_hostile_is_an_error_of_the_server(client, method, path, query, headers):
    reply = client.ask(method, "/" + path.lstrip("/").replace("?", "") + "?" + query, headers)
    assert reply.status < 500
    if reply.status >= 400:
        of_page = reply.headers["content-type"] == "text/html; charset=utf-8"
        assert of_page or reply.headers["content-type"] == "application/problem+json"
        if method != "HEAD" and not of_page:
            validator("Problem").validate(reply.json)


@pytest.mark.parametrize("target", ["/v1/export", "/v1/articles/a%2Fb%20c", "/v1/search?q=%E7%BC%96%E5%8F%B7"])
def test_a_hostile_article_stays_text(client, target):
    reply = client.get(target)
    assert not reply.headers["content-type"].startswith("text/html")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "\u202e" not in reply.text  # written as an escape
