"""Every folder answers one question, which the first line of its `__init__` asks; nothing lies loose beside them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "searchkit"
LOOSE = {"__init__", "__main__", "archive", "deadline", "errors"}
ROOMS = sorted(
    path for path in PACKAGE.rglob("*") if path.is_dir() and path.name != "__pycache__" and any(path.glob("*.py"))
)


def test_there_are_rooms():
    assert {"cli", "engines", "model", "query", "sources", "storage", "writing"} <= {room.name for room in ROOMS}


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_asks_its_question_in_its_first_line(room):
    init = room / "__init__.py"
    assert init.is_file(), f"{room.name} is no package"
    told = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8")))
    assert told is not None, f"{room.name} does not say what it is for"
    assert "?" in told.splitlines()[0], f"{room.name}: which question does it answer?"


def test_no_module_lies_loose():
    assert {path.stem for path in PACKAGE.glob("*.py")} == LOOSE
