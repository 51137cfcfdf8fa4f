"""From which files was each article read? What a record keeps of it; `provenance` says what follows from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any


class Origins(ABC):
    """The files that articles were read from. All methods raise the errors of `searchkit.storage.record.Record`.

    A path is absolute, and a text as `os.fsdecode` gives it. The empty path stands for elsewhere than a file. What is
    noted or forgotten twice is noted or forgotten once.
    """

    @abstractmethod
    def note(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Note ids and the path from which each was read."""

    @abstractmethod
    def note_files(self, paths: Iterable[str]) -> None:
        """Note files as known, whether or not an article is left of them."""

    @abstractmethod
    def forget(self, ids: Iterable[str]) -> None:
        """Forget articles that were deleted."""

    @abstractmethod
    def forget_files(self, paths: Iterable[str]) -> None:
        """Forget files that are gone and whose articles have been deleted."""

    def marks(self, paths: Iterable[str]) -> Mapping[str, Any]:
        """Return what `forget_marked` needs to know of these files: what is noted of each by now."""
        return dict.fromkeys(paths)

    def forget_marked(self, marks: Mapping[str, Any]) -> None:
        """Forget files that are gone, but not what others have noted of them since, also if it was noted before.

        Where transactions are all or nothing, nobody does meanwhile.
        """
        self.forget_files(marks)

    @abstractmethod
    def below(self, prefix: str) -> list[str]:
        """Return the paths that begin with `prefix`, ascending; also of files that no article is left of."""

    @abstractmethod
    def only_in(self, paths: Iterable[str]) -> list[str]:
        """Return the ids of articles that were read from these files and from nowhere else, ascending.

        What others noted before this is called is seen.
        """

    @abstractmethod
    def files(self, id: str) -> list[str]:
        """Return the paths of the files from which an article was read, ascending by their bytes."""

    @abstractmethod
    def noted(self, ids: Iterable[str]) -> dict[str, list[str]]:
        """Return what was noted of each of `ids`, the empty path included, ascending by bytes; for copies of a record.

        An article of which nothing was noted is left out.
        """

    @abstractmethod
    def beside(self, id: str) -> list[str]:
        """Return the ids of all articles that were read from the same files as this article, in any order."""
