"""The right to write to an archive: of one at a time, or of several, as whatever keeps the archive can bear."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, nullcontext
from typing import ClassVar


class WriteAccess(ABC):
    """The right of this process to write to an archive. Threads share it; one of them has it at a time.

    A writer reads what it decides on after it has got access. On one machine nobody else writes from then on. Where
    several machines may write at once, it holds that what others do meanwhile has other sequence numbers, and that the
    articles they put are whole: whoever writes must be able to bear it, and to repeat itself.

    Attributes:
        is_shared: whether several machines may have access at once.
    """

    is_shared: ClassVar[bool] = False

    @property
    @abstractmethod
    def mine(self) -> bool:
        """Whether this thread has access."""

    @property
    def alone(self) -> bool:
        """Whether this thread has access, and nobody else has."""
        return self.mine

    @abstractmethod
    def held(self, wait: float, *, alone: bool = False) -> AbstractContextManager[None]:
        """Have access; within another access of this thread, as a part of it. It ends with the process, too.

        Args:
            wait: the longest time to wait for it in seconds, 0 or more; may be infinite.
            alone: for what cannot be done while others write. Always so unless access is shared.

        Raises: Locked, naming who has it; ReadOnlyArchive or another ArchiveError if it cannot be had; UsageError for
            an invalid `wait`.
        """

    def levelling(self, wait: float) -> AbstractContextManager[None]:
        """Be the only one who brings the index level with the record; within access.

        Raises: Locked if another does for longer than `wait` seconds.
        """
        return nullcontext()

    def check(self) -> None:  # noqa: B027  # a lock of the operating system is not lost
        """Check, before a step of what only one may do, that this is still the one.

        Raises: ArchiveError if others were let in because this process was not heard of.
        """
