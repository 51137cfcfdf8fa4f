"""The changes of a record in their order, which is what an index follows.

Each change of an article gets a *sequence number*, higher than those of all changes that were there before it. An index
that covers the record up to n needs only the changes after n. Numbers ascend; they may have gaps, as where several
writers take them in blocks. A number is *settled* if all changes up to it are there: none will come at or below it any
more. Only settled changes are handed out, so whoever has taken all changes up to a number has missed none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from searchkit.model.article import Article

MOST_CHARACTERS = 60_000_000
"""Of the records of changes that are read together; bounds memory. Twenty thousand articles of the usual size have half
as many."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the record; `article` is None if it was deleted."""

    seq: int
    id: str
    article: Article | None


class SequenceNumbers(dict[str, int]):
    """The sequence number of the last change of every article, by id.

    Attributes:
        last_seq: the highest settled sequence number when they were read.
    """

    def __init__(self, rows: Iterable[tuple[str, int]], last_seq: int) -> None:
        super().__init__(rows)
        self.last_seq = last_seq


class Changes(ABC):
    """The changes of a record. All methods raise the errors of `searchkit.storage.record.Record`.

    Only the last change of an article is there: an article that changed twice has the number of the second change. A
    deletion stays; where the article came again, it may stay beside it or not.
    """

    @abstractmethod
    def last_seq(self) -> int:
        """Return the highest settled sequence number; 0 in a new record. It never falls.

        No change need have just this number, since numbers have gaps and articles change again.
        """

    def last_given(self) -> int:
        """Return a sequence number that no change is above so far, settled or not; that of `last_seq` or more."""
        return self.last_seq()

    def stamp(self) -> str:
        """Return a text that changes with every change of the record."""
        return f"{self.last_seq()} {self.lineage()}"

    @abstractmethod
    def changes(self, after: int, limit: int, upto: int | None = None) -> list[Change]:
        """Return the first settled changes whose sequence number is above `after`, ascending.

        Args:
            limit: how many at most. Fewer are returned where their records have MOST_CHARACTERS together; one at least,
                if there is one.
            upto: the highest sequence number wanted; None for no limit.
        """

    @abstractmethod
    def pending(self, after: int) -> int:
        """Return the number of changes whose sequence number is above `after`, those included that are not settled."""

    @abstractmethod
    def changed_since(self, after: int) -> dict[str, int]:
        """Return the sequence number of each article whose last change is above `after`, by id."""

    @abstractmethod
    def deleted_since(self, after: int) -> set[str]:
        """Return the ids that were deleted by changes whose sequence number is above `after`."""

    @abstractmethod
    def sequence_numbers(self) -> SequenceNumbers:
        """Return the sequence number of every article.

        An article that changes meanwhile may be there in either state; one that does not is there.
        """

    # -- lineage

    @abstractmethod
    def lineage(self) -> str:
        """Return a mark of the newest change, which no other record has; empty where an older version made the changes.

        Each transaction that changes an article leaves one, also one that fails and keeps a part. A copy has those that
        were left before it was made: so an index that carries one tells whether a record is the one that it was made
        from, or an older copy that went on by itself.
        """

    @abstractmethod
    def has_been(self, seq: int, lineage: str) -> bool:
        """Tell whether the record has had the change `seq` and has the mark `lineage`, which may be empty."""

    @abstractmethod
    def forget_lineage(self, before: str, keep: int) -> int:
        """Remove marks that nobody will ask for any more.

        Args:
            before: the mark that the index carries; it and all later ones stay.
            keep: how many of the marks before it stay too, the newest: for readers of an older generation.

        Returns:
            The number of marks removed.
        """
