"""Where a user's own aliases are kept: what a question needs of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searchkit.query.aliases.table import Aliases, Own


class KeptAliases(ABC):
    """The aliases of an archive: the shipped ones with the user's own. Threads share it.

    No fault of what is kept keeps a question from being answered: faults are among the errors of `own`.
    """

    @abstractmethod
    def tables(self) -> Aliases:
        """Return the aliases as they are kept now."""

    @abstractmethod
    def own(self) -> Own:
        """Return the user's own aliases, with the faults of how they are kept."""

    @abstractmethod
    def text(self) -> str | None:
        """Return the text of the user's own aliases, for a copy; None if there is none.

        Raises: UsageError if it cannot be read.
        """

    @abstractmethod
    def put(self, text: str) -> None:
        """Keep a text as the user's own aliases, in place of what there is.

        Raises: UsageError if it cannot be written.
        """

    @property
    @abstractmethod
    def stamp(self) -> object:
        """What changes with them; None if there are none. Cheap to ask."""
