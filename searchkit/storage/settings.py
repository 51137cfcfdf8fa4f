"""The settings of an archive, by name: its time zone, its dictionary, how far what is derived covers the record."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Settings(ABC):
    """The settings of a record. All methods raise the errors of `searchkit.storage.record.Record`."""

    @abstractmethod
    def setting(self, name: str) -> str | None:
        """Return a setting; None if it is not set."""

    @abstractmethod
    def set_setting(self, name: str, value: str) -> None:
        """Store a setting."""

    @abstractmethod
    def remove_setting(self, name: str) -> None:
        """Remove a setting, if it is set."""
