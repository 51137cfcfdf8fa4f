"""The user's own aliases of an archive in a cluster: the text of `aliases.txt`, a setting of the record."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from searchkit.query.aliases.file import NAME
from searchkit.query.aliases.kept import KeptAliases

if TYPE_CHECKING:
    from searchkit.query.aliases.table import Aliases, Own
    from searchkit.storage.settings import Settings

SETTING = "aliases"
_FRESH = 2.0
"""Seconds for which what was read counts as new: questions come faster than aliases change."""


class ClusterAliases(KeptAliases):
    """The aliases among the settings of a record, the shipped ones with the user's own. Threads share it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._read: tuple[float, str | None] | None = None
        self._held: tuple[str | None, Aliases] | None = None

    def tables(self) -> Aliases:
        text = self._text()
        held = self._held
        if held is None or held[0] != text:
            from searchkit.query.aliases.table import Aliases

            held = self._held = text, Aliases(self.own())
        return held[1]

    def own(self) -> Own:
        from searchkit.query.aliases.table import Own, own_aliases

        text = self._text()
        return Own() if text is None else own_aliases(text, NAME)

    def text(self) -> str | None:
        return self._settings.setting(SETTING)

    def put(self, text: str) -> None:
        self._settings.set_setting(SETTING, text)
        self._read = None

    @property
    def stamp(self) -> object:
        text = self._text()
        return None if text is None else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def _text(self) -> str | None:
        read = self._read
        if read is None or time.monotonic() - read[0] > _FRESH:
            read = self._read = time.monotonic(), self._settings.setting(SETTING)
        return read[1]
