"""%load_ext searchkit.jupyter"""

from __future__ import annotations

import sys

import pytest

import searchkit
from searchkit import jupyter
from searchkit.presenters.html import FORMS
from tests.conftest import NEWS, load, needs


@pytest.fixture
def archive(tmp_path):
    with searchkit.open(tmp_path / "index", create=True) as made:
        made.upsert_all(NEWS)
        yield made


class Formatter(dict):
    """Of IPython's formatter, what an extension calls."""

    def for_type_by_name(self, module, name, function):
        self[f"{module}.{name}"] = function


class Shell:
    def __init__(self):
        self.display_formatter = self
        self.formatters = {"text/html": Formatter()}


def test_each_record_that_can_be_shown_is_registered():
    shell = Shell()
    jupyter.load_ipython_extension(shell)
    shown = shell.formatters["text/html"]
    assert set(shown) == {f"{each.__module__}.{each.__qualname__}" for each in FORMS}
    assert set(shown.values()) == {jupyter.html}
    jupyter.unload_ipython_extension(shell)
    assert not shown


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(TypeError, match="Article is not shown as HTML; one of Results"):
        jupyter.html(NEWS[0])


@needs("IPython")
def test_in_ipython_itself(archive):
    (interactive,) = load("IPython.core.interactiveshell")
    hook = sys.displayhook
    shell = interactive.InteractiveShell()
    try:
        shell.extension_manager.load_extension("searchkit.jupyter")
        for found in (archive.search("长江"), archive.timeline("长江"), archive.facets("长江")):
            data, _ = shell.display_formatter.format(found)
            assert data["text/html"] == jupyter.html(found) and "text/plain" in data
        shell.extension_manager.unload_extension("searchkit.jupyter")
        assert "text/html" not in shell.display_formatter.format(archive.search("长江"))[0]
    finally:
        sys.displayhook = hook
