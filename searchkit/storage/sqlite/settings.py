"""The table `settings`."""

from __future__ import annotations

from searchkit.storage.settings import Settings
from searchkit.storage.sqlite.schema import summed
from searchkit.storage.sqlite.tables import Tables


class SqliteSettings(Tables, Settings):
    """The settings of an archive."""

    def setting(self, name: str) -> str | None:
        found = self.select("SELECT value FROM settings WHERE name = ?", name)
        return str(found[0][0]) if found else None

    def set_setting(self, name: str, value: str) -> None:
        self.execute("INSERT OR REPLACE INTO settings VALUES (?, ?, ?)", *summed(name, value))

    def remove_setting(self, name: str) -> None:
        self.execute("DELETE FROM settings WHERE name = ?", name)
