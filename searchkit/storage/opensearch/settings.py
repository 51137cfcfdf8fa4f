"""The settings of a record, each a document."""

from __future__ import annotations

from collections.abc import Sequence

from searchkit.cluster.client import Body
from searchkit.storage.opensearch.bulk import Action
from searchkit.storage.opensearch.mapping import key
from searchkit.storage.opensearch.transactions import OpenSearchTransactions
from searchkit.storage.settings import Settings


class OpenSearchSettings(OpenSearchTransactions, Settings):
    """The settings of a record."""

    def setting(self, name: str) -> str | None:
        return self.settings_of([name])[0]

    def settings_of(self, names: Sequence[str]) -> tuple[str | None, ...]:
        self.require_open()
        keys = [setting_key(name) for name in names]
        held = self.requests.get_many("kept", keys)
        return tuple(str(held[each].source["value"]) if each in held else None for each in keys)

    def set_setting(self, name: str, value: str) -> None:
        self.write("kept", [Action("index", setting_key(name), setting_document(name, value))])

    def remove_setting(self, name: str) -> None:
        self.write("kept", [Action("delete", setting_key(name))])


def setting_key(name: str) -> str:
    """Return the key of a setting."""
    return key("s", name)


def setting_document(name: str, value: str) -> Body:
    """Return the document of a setting."""
    return {"what": "setting", "name": name, "value": value}
