"""Every error of ours can go to another process and is there what it was."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

import searchkit.cli.errors
import searchkit.sources.html  # noqa: F401
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
    return kind(*(values[str(each.annotation)] for each in given if each.kind is not each.KEYWORD_ONLY), **named)


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=lambda kind: kind.__name__))
@pytest.mark.parametrize("protocol", [*range(pickle.HIGHEST_PROTOCOL + 1), None])
def test_an_error_survives_another_process(kind, protocol):
    error = made(kind)
    again = copy.copy(error) if protocol is None else pickle.loads(pickle.dumps(error, protocol))
    assert type(again) is kind
    assert (again.message, again.hint, again.exit_code) == (error.message, error.hint, error.exit_code)
    assert vars(again) == vars(error) and again.args == error.args and str(again) == str(error)
