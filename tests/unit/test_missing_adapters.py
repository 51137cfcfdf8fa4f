"""Adapters without their libraries."""

from __future__ import annotations

import importlib
import sys

import pytest

from searchkit import MissingExtra


@pytest.mark.parametrize(("adapter", "library"), [("langchain", "langchain_core"), ("scrapy", "scrapy")])
def test_importing_an_adapter_without_its_library_names_the_extra(adapter, library, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == library or name == f"searchkit.{adapter}"]:
        monkeypatch.delitem(sys.modules, name)
    # itemadapter looks for scrapy once, when it is first imported: not while scrapy is hidden.
    for name in (library, f"{library}.callbacks", f"{library}.exceptions", "itemadapter"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra) as told:
        importlib.import_module(f"searchkit.{adapter}")
    assert told.value.hint == f"pip install 'searchkit[{adapter}]'" and isinstance(told.value, ImportError)
