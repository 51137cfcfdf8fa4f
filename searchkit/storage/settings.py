"""The settings of an archive, by name: its time zone, its dictionary, how far what is derived covers the record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence


class Settings(ABC):
    """The settings of a record. All methods raise the errors of `searchkit.storage.record.Record`."""

    @abstractmethod
    def setting(self, name: str) -> str | None:
        """Return a setting; None if it is not set."""

    def settings_of(self, names: Sequence[str]) -> tuple[str | None, ...]:
        """Return several settings, together where the record can do so; None for those that are not set."""
        return tuple(self.setting(name) for name in names)

    @abstractmethod
    def set_setting(self, name: str, value: str) -> None:
        """Store a setting."""

    @abstractmethod
    def remove_setting(self, name: str) -> None:
        """Remove a setting, if it is set."""
