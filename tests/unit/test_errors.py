"""Every error of ours can go to another process and is there what it was."""

from __future__ import annotations

import ast
import copy
import inspect
import pickle
import re
from pathlib import Path

import pytest

import searchkit
import searchkit.cli.errors
import searchkit.sources.html
from searchkit.cli.hints import HINTS
from searchkit.errors import SearchkitError


def kinds(root: type[SearchkitError] = SearchkitError) -> list[type[SearchkitError]]:
    return [
        root,
        *(kind for each in root.__subclasses__() if each.__module__.startswith("searchkit.") for kind in kinds(each)),
    ]


def made(kind: type[SearchkitError]) -> SearchkitError:
    """One with a value for every argument."""
    values = {"str": "出口", "int": 7, "float": 2.5, "object": "an index", "Sequence[str]": ("甲", "乙")}
    given = inspect.signature(kind).parameters.values()
    named = {each.name: values[str(each.annotation)] for each in given if each.kind is each.KEYWORD_ONLY}
    return kind(*(values[str(each.annotation)] for each in given if each.kind is each.POSITIONAL_OR_KEYWORD), **named)


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=lambda kind: kind.__name__))
@pytest.mark.parametrize("protocol", [*range(pickle.HIGHEST_PROTOCOL + 1), None])
def test_an_error_survives_another_process(kind, protocol):
    error = made(kind)
    again = copy.copy(error) if protocol is None else pickle.loads(pickle.dumps(error, protocol))
    assert type(again) is kind
    assert (again.message, again.hint, again.exit_code) == (error.message, error.hint, error.exit_code)
    assert vars(again) == vars(error) and again.args == error.args and str(again) == str(error)


def test_each_kind_of_error_has_a_code_of_its_own():
    codes = {kind: vars(kind)["code"] for kind in kinds() if "code" in vars(kind)}
    assert len(set(codes.values())) == len(codes)
    assert {kind.__name__ for kind in kinds()} - {kind.__name__ for kind in codes} <= {
        "NothingFound", "Interrupted", "Unexpected", "BadPage", "SystemRefused", "OutOfMemory",
    }  # fmt: skip


HERE = Path(searchkit.__file__).parent


def test_only_the_command_line_names_its_options_in_hints():
    """A Python caller is told in Python; of a rebuild, which is often due at the command line, in both. Servers are started by commands. Reasons why a record is set aside stand in files, and name both."""
    named = []
    for path in HERE.rglob("*.py"):
        if any(path.is_relative_to(HERE / room) for room in ("cli", "servers", "sources")):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for keyword in node.keywords if isinstance(node, ast.Call) else ():
                told = ast.unparse(keyword.value) if keyword.arg == "hint" else ""
                if re.search(
                    r"--[a-z]|['\"]searchkit [a-z]",
                    told.split("on the command line:")[0].replace("pip install --upgrade", ""),
                ):
                    named.append(f"{path.relative_to(HERE)}:{node.lineno}: {told}")
    assert named == []


def test_the_command_line_has_a_hint_for_each_code_it_lists():
    """No code is listed that no error has."""
    raised = {kind.code for kind in kinds()}
    for path in HERE.rglob("*.py"):
        raised |= set(re.findall(r'\bcode="([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert set(HINTS) <= raised
