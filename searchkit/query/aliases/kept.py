"""Where a user's own aliases are kept: what a question needs of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from searchkit.errors import UsageError
from searchkit.language.messages import Message

if TYPE_CHECKING:
    from searchkit.query.aliases.table import Aliases, Own


MOST_BYTES = 256 * 1024
"""The longest text that is kept."""


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


def require_kept(text: str) -> None:
    """Raise UsageError for a text that is not read again as it is."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise UsageError(
            Message("the aliases have half of a character at position {at}", at=error.start + 1),
            hint="give them as text that is whole",
        ) from None
    if size > MOST_BYTES:
        raise UsageError(
            Message("the aliases have {size:,} bytes, and {most:,} are kept", size=size, most=MOST_BYTES),
            hint="names that are rare need no aliases",
        )
