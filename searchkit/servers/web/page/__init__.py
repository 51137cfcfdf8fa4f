"""How does a journalist search without a terminal? By a page of this server: HTML from templates, every state a link.

`ROUTES` are its routes, made by `views` (search, and the counts beside it), `reading` (one article) and `studies`
(queries compared, saved searches). A view asks the archive and gives a template its answer; `rendering` has the
environment of the templates, which escape all that they are given, `links` the addresses, `faults` what is told of a
query that is wrong, `examples` queries that find something, `plots` the geometry of the drawings, `texts` the
translations, and `assets` the style and the script, which are shipped as they are: no build step.
Searching and reading need no JavaScript.
"""

from __future__ import annotations

from searchkit.servers.web.page import assets, reading, studies, views

ROUTES = (*views.ROUTES, *reading.ROUTES, *studies.ROUTES, *assets.ROUTES)
"""The routes of the page."""

__all__ = ["ROUTES"]
