"""The compiled patterns of a package, and for each the strings that hurt: what it backtracks over, many times, to no end."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import re
import warnings
from collections.abc import Iterator
from typing import Any

from searchkit.errors import MissingExtra

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import sre_constants
    import sre_parse

_CATEGORIES = {
    sre_constants.CATEGORY_DIGIT: "1", sre_constants.CATEGORY_SPACE: " ", sre_constants.CATEGORY_WORD: "a",
    sre_constants.CATEGORY_NOT_DIGIT: "x", sre_constants.CATEGORY_NOT_SPACE: "x",
    sre_constants.CATEGORY_NOT_WORD: "-",
}  # fmt: skip
_CALLS = {
    f"re.{each}" for each in ("compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
}
_ANY = "xa1 -<@.中\n\0"
"""Tried in this order for what a pattern does not name."""
_REPEATS = {sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT, getattr(sre_constants, "POSSESSIVE_REPEAT", None)}
_PLAIN = (str, bytes, int, float, type(None))
_GROUPS = {getattr(sre_constants, "ATOMIC_GROUP", None)}
_LEAST = 40
"""Repeats of at least so many are left out: they bound themselves, or are a run that any text has."""


def patterns_in(*packages: str) -> dict[str, re.Pattern[Any]]:
    """Every pattern of the modules of the packages, by module and name or line: those that they hold compiled, those
    that functions without arguments compile when they are first called, and those that stand in the calls of `re`."""
    found: dict[str, re.Pattern[Any]] = {}
    seen: set[tuple[Any, int]] = set()
    for package in packages:
        top = importlib.import_module(package)
        names = [top.__name__, *(each.name for each in pkgutil.walk_packages(top.__path__, f"{top.__name__}."))]
        for name in names:
            try:
                module = importlib.import_module(name)
            except MissingExtra:  # an adapter without its library
                continue
            for where, pattern in (*_held(module), *_inline(module)):
                key = (pattern.pattern, pattern.flags)
                if key not in seen:
                    seen.add(key)
                    found[f"{name}.{where}"] = pattern
    return found


def _held(module: Any) -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name, value in sorted(vars(module).items()):
        is_made_here = getattr(value, "__module__", "") == module.__name__
        if is_made_here or not isinstance(value, (type, functools._lru_cache_wrapper)):
            yield from _within(name, value, 0)


def _inline(module: Any) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The patterns in calls such as `re.sub("…", …)`, but for those made of what only the function knows."""
    if not getattr(module, "__file__", None):  # a folder without __init__
        return
    source = inspect.getsource(module) or ""
    for node in ast.walk(ast.parse(source)) if "re." in source else ():
        if not (isinstance(node, ast.Call) and node.args and _called(node.func) in _CALLS):
            continue
        given = [*node.args[1:2]] if _called(node.func) == "re.compile" else []
        given += [each for each in node.args[1:] if ast.unparse(each).startswith("re.")]
        given += [each.value for each in node.keywords if each.arg == "flags"]
        try:
            pattern, *flags = (
                eval(compile(ast.Expression(each), module.__name__, "eval"), vars(module))
                for each in (node.args[0], *given)
            )
        except NameError:
            continue
        yield f"line {node.lineno}", re.compile(pattern, *flags[:1])


def _called(function: ast.expr) -> str:
    """Return "module.name" for a function that is called like this, else "" (`ast.unparse` takes seconds for all)."""
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return f"{function.value.id}.{function.attr}"
    return ""


def _within(name: str, value: Any, depth: int) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if depth > 3 or name.startswith("__"):
        return
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, _PLAIN):  # thousands of words
                continue
            yield from _within(f"{name}[{key!r:.20}]", each, depth + 1)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for number, each in enumerate(value):
            if isinstance(each, _PLAIN):
                continue
            yield from _within(f"{name}[{number}]", each, depth + 1)
    elif isinstance(value, type):
        for key, each in vars(value).items():
            yield from _within(f"{name}.{key}", each, depth + 1)
    elif isinstance(value, functools._lru_cache_wrapper) and not inspect.signature(value).parameters:
        yield from _within(f"{name}()", value(), depth + 1)
    elif hasattr(value, "__dataclass_fields__"):
        for key in value.__dataclass_fields__:
            yield from _within(f"{name}.{key}", getattr(value, key, None), depth + 1)


def hurting(pattern: re.Pattern[str], size: int) -> Iterator[str]:
    """Strings of `size` characters: long runs of each thing that the pattern repeats, behind what must stand before it,
    alone, in turns with one another, and with what comes next missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = sre_parse.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    parts: dict[str, None] = {}
    runs: dict[tuple[str, str], None] = {}
    whole = _sample(tree, parts, runs, "", 0)
    single = [each for each in parts if each][:30]
    given: dict[str, None] = dict.fromkeys(
        [
            *(f"{each}" for each in single),
            whole,
            whole[:-1],
            whole[1:],
            f"{whole[:-1]}\n",
            f"{whole} ",
            " ",
            "\n",
            "a",
            "中",
        ]
    )
    for prefix, run in list(runs)[:40]:
        given.setdefault(f"{prefix}{run}")
        if run:
            for end in ("", "\0", "\n!"):
                yield (prefix + run * (size // len(run)))[: size - 2] + end
    for one in single[:12]:
        for other in single[:12]:
            if one != other:
                given.setdefault(one + other)
    for each in given:
        if each:
            yield (each * (size // len(each) + 1))[:size] + "\0"


def _sample(tree: Any, parts: dict[str, None], runs: dict[tuple[str, str], None], before: str, depth: int) -> str:
    """A short string that the pattern, or a part of it, matches; on the way its parts and repeats are noted."""
    text = ""
    if depth > 20:
        return text
    for operation, value in tree:
        if operation in (sre_constants.LITERAL, sre_constants.NOT_LITERAL):
            char = chr(value) if operation is sre_constants.LITERAL else _other({chr(value)})
            parts.setdefault(char)
            text += char
        elif operation is sre_constants.ANY:
            parts.setdefault("x")
            text += "x"
        elif operation is sre_constants.IN:
            chars = _of_class(value)
            for char in chars[:3]:
                parts.setdefault(char)
            text += chars[0]
        elif operation in _REPEATS:
            least, most, body = value
            once = _sample(body, parts, runs, before + text, depth + 1)
            if once and (most is sre_constants.MAXREPEAT or int(most) > _LEAST):
                runs.setdefault((before + text, once))
            text += once * max(1, min(least, 20))
        elif operation is sre_constants.SUBPATTERN:
            text += _sample(value[-1], parts, runs, before + text, depth + 1)
        elif operation in _GROUPS:
            text += _sample(value, parts, runs, before + text, depth + 1)
        elif operation is sre_constants.BRANCH:
            samples = [_sample(each, parts, runs, before + text, depth + 1) for each in value[1]]
            parts.update(dict.fromkeys(samples[:5]))
            text += samples[0]
        elif operation in (sre_constants.ASSERT, sre_constants.ASSERT_NOT):
            _sample(value[1], parts, runs, before + text, depth + 1)
    return text


def _of_class(items: Any) -> list[str]:
    chars: list[str] = []
    negated: set[str] = set()
    is_negated = False
    for operation, value in items:
        if operation is sre_constants.NEGATE:
            is_negated = True
        elif operation is sre_constants.LITERAL:
            chars.append(chr(value))
        elif operation is sre_constants.RANGE:
            chars.append(chr(value[0]))
            negated.update(map(chr, range(value[0], min(value[1] + 1, value[0] + 3000))))
        elif operation is sre_constants.CATEGORY:
            chars.append(_CATEGORIES.get(value, "x"))
    return [_other({*chars, *negated})] if is_negated else chars or ["x"]


def _other(unwanted: set[str]) -> str:
    return next((char for char in _ANY if char not in unwanted), "\u3007")
