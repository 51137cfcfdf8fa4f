"""The style and the script of the page, each at an address that names its content and can be kept for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from searchkit.servers.web.problems import Problem, answer
from searchkit.servers.web.routes import Answer, Asked, Route

FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def address(name: str) -> str:
    """Return the address of a file of the page: `/static/page.1f2e3d4c.css`."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
    stem, _, ending = name.rpartition(".")
    return f"/static/{stem}.{digest}.{ending}"


@cache
def _by_address() -> dict[str, Path]:
    return {address(each.name): each for each in FOLDER.iterdir() if each.suffix in _TYPES}


def asset(asked: Asked) -> Answer:
    """Return a file of the page."""
    path = _by_address().get(f"/static/{asked.path['name']}")
    if path is None:
        return answer(Problem(404, "no-such-path", "there is no such file of the page", "reload the page"))
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Answer(path.read_bytes(), _TYPES[path.suffix], headers=headers)


ROUTES = (Route("/static/{name}", asset, public=True, at_once=True, cached=False, documented=False),)
