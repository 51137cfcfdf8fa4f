"""The right to write to an archive: of one at a time, or of several, as whatever keeps the archive can bear."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager


class WriteAccess(ABC):
    """The right of this process to write to an archive. Threads share it; one of them has it at a time.

    A writer reads what it decides on after it has got access. On one machine nobody else writes from then on. Where
    several machines may write at once, it holds that what others do meanwhile has other sequence numbers, and that the
    articles they put are whole: whoever writes must be able to bear it, and to repeat itself.
    """

    @property
    @abstractmethod
    def mine(self) -> bool:
        """Whether this thread has access."""

    @abstractmethod
    def held(self, wait: float) -> AbstractContextManager[None]:
        """Have access; within another access of this thread, as a part of it. It ends with the process, too.

        Args:
            wait: the longest time to wait for it in seconds, 0 or more; may be infinite.

        Raises: Locked, naming who has it; ReadOnlyArchive or another ArchiveError if it cannot be had; UsageError for
            an invalid `wait`.
        """
