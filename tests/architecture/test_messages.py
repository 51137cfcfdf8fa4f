"""Every text that a person is told is in every catalogue, with the same fields; and what is compiled is current."""

from __future__ import annotations

import importlib.util
import io
import sys
from gettext import GNUTranslations
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytest.importorskip("babel")


@pytest.fixture(scope="module")
def tool():
    path = ROOT / ".ci" / "messages.py"
    if not path.exists():
        pytest.skip("no checkout")
    spec = importlib.util.spec_from_file_location("searchkit_messages", path)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    yield made
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def found(tool):
    return tool.extract()


def test_no_message_is_an_f_string(found):
    assert found.untold == [], "use Message(template, name=value): an f-string cannot be translated"


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_catalogues_are_complete(language, tool, found):
    held = tool.read(language)
    texts = {each.id[0] if isinstance(each.id, tuple) else each.id for each in held if each.id}
    assert set(found.texts) - texts == set(), "`make messages` takes them in"
    assert texts - set(found.texts) == set(), "`make messages` takes them out"
    assert tool.missing(held) == []
    assert [each.id for each in held if each.id and each.fuzzy] == []


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_what_is_compiled_is_current(language, tool):
    held, made = (
        GNUTranslations(io.BytesIO(data))._catalog  # type: ignore[attr-defined]
        for data in (tool.po_path(language).with_suffix(".mo").read_bytes(), tool.compiled(tool.read(language)))
    )
    assert {**held, "": ""} == {**made, "": ""}, "`make messages` compiles them"


def test_the_traditional_catalogue_has_no_simplified_characters(tool):
    opencc = pytest.importorskip("opencc")
    convert = opencc.OpenCC("s2t").convert
    same = set("台才只干面里后丑于准布志范制注余云采占游杰欲托吃群床峰着周了表发系")
    wrong = {}
    for each in tool.read("zh_Hant"):
        told = each.string[0] if isinstance(each.string, tuple) else each.string
        if not each.id or any(ord(char) > 0x2E80 for char in "".join(each.id)):
            continue  # examples in the text itself may be in either script
        if left := {char for char in told if convert(char) != char} - same:
            wrong[told] = left
    assert wrong == {}
