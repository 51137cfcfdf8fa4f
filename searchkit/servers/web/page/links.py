"""The addresses of the page: each state of it is one, and a link to another state changes some of the parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

Pairs = tuple[tuple[str, str], ...]

DAYS = ("since", "until", "on")
QUESTION = ("q", *DAYS, "source", "author", "editor", "site", "section", "kind", "mode", "aliases")
"""The parameters that say what is asked; the others say how the answer is shown."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address of this server: a path, and the names and values behind it.

    A template writes it with `str`; the methods return another link.
    """

    path: str
    pairs: Pairs = ()

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.pairs)}" if self.pairs else self.path

    def to(self, path: str) -> Link:
        """The same parameters at another path."""
        return replace(self, path=path)

    def having(self, name: str, value: str) -> Link:
        """With this value as the only one of a parameter; an empty value takes the parameter away."""
        kept = tuple(pair for pair in self.pairs if pair[0] != name)
        return replace(self, pairs=(*kept, (name, value)) if value else kept)

    def adding(self, name: str, value: str) -> Link:
        """With one more value of a parameter."""
        return self if (name, value) in self.pairs else replace(self, pairs=(*self.pairs, (name, value)))

    def replacing(self, name: str, value: str, by: str) -> Link:
        """With another value in the place of one of a parameter."""
        return replace(
            self, pairs=tuple((each, by) if (each, old) == (name, value) else (each, old) for each, old in self.pairs)
        )

    def without(self, *names: str) -> Link:
        """Without these parameters."""
        return replace(self, pairs=tuple(pair for pair in self.pairs if pair[0] not in names))

    def dropping(self, name: str, value: str) -> Link:
        """Without one of the values of a parameter."""
        return replace(self, pairs=tuple(pair for pair in self.pairs if pair != (name, value)))

    def only(self, names: Iterable[str]) -> Link:
        """With these parameters alone."""
        wanted = frozenset(names)
        return replace(self, pairs=tuple(pair for pair in self.pairs if pair[0] in wanted))

    def values(self, name: str) -> list[str]:
        """The values of a parameter."""
        return [value for each, value in self.pairs if each == name]


def link(path: str, pairs: Sequence[tuple[str, str]]) -> Link:
    """Return the link to a path with the parameters that have a value."""
    return Link(path, tuple((name, value) for name, value in pairs if value))


def of_article(kind: str, id: str) -> str:
    """Return the path of an article, or of a page about it: `article`, `revisions` or `family`."""
    return f"/{kind}/{quote(id, safe='')}"
