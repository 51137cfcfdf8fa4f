"""How do results look in a notebook?

    %load_ext searchkit.jupyter

From then on Jupyter, and whatever else is built on IPython, shows `Results`, `Similar`, `Timeline`, `Timelines`,
`Facets`, `Terms`, `TermsByPeriod`, `Trends` and `Comparison` as HTML. Nothing is loaded before the first of them is
shown.

The records have no `_repr_html_` of their own: they belong to the lowest layer, which knows of no way to present them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["html", "load_ipython_extension", "unload_ipython_extension"]

# By name, so that loading the extension imports nothing.
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "searchkit.model.results": ("Results", "Similar"),
    "searchkit.model.aggregations": ("Timeline", "Facets", "Terms", "TermsByPeriod", "Trends", "Comparison"),
    "searchkit.model.timelines": ("Timelines",),
}


def html(found: Any) -> str:
    """Return a result as HTML: one element without script, which takes its colours from the page.

    Raises:
        TypeError: it is none of the results that can be shown.
    """
    from searchkit.presenters.html import FORMS

    if type(found) not in FORMS:
        raise TypeError(
            f"{type(found).__name__} is not shown as HTML; one of {', '.join(each.__name__ for each in FORMS)}"
        )
    return str(FORMS[type(found)](found))


def load_ipython_extension(ipython: Any) -> None:
    """Let IPython show results as HTML; it calls this for `%load_ext searchkit.jupyter`."""
    shown = ipython.display_formatter.formatters["text/html"]
    for module, names in _SHOWN.items():
        for name in names:
            shown.for_type_by_name(module, name, html)


def unload_ipython_extension(ipython: Any) -> None:
    """Undo `load_ipython_extension`."""
    shown = ipython.display_formatter.formatters["text/html"]
    for module, names in _SHOWN.items():
        for name in names:
            shown.pop(f"{module}.{name}", None)
