"""How much a source may cost, and what is thrown inside this package when something is too much or broken."""

from __future__ import annotations

from dataclasses import dataclass

from searchkit.language.messages import Message

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one input may make us hold or unpack. What goes over is set aside; the rest goes in.

    Attributes:
        record_bytes: one line of JSON lines, one row of a table.
        document_bytes: one text file, JSON file or page, which are read whole (compressed or not, also as a member).
        expanded_bytes: what one file given may unpack to, all its members and layers together, before `ratio` counts.
        ratio: beyond `expanded_bytes`, how many times its own size a file may unpack to.
        spooled_bytes: a zip that cannot be read where it lies (inside a tar, from a pipe) is copied to an unnamed
            temporary file of at most this size.
        directory_bytes: the table of contents of one zip, which is held in memory (roughly 20 times its size).
        depth: layers of packing inside each other; a `.tar.gz` has two.
    """

    record_bytes: int = 64 * MIB
    document_bytes: int = 64 * MIB
    expanded_bytes: int = 2048 * MIB
    ratio: int = 200
    spooled_bytes: int = 2048 * MIB
    directory_bytes: int = 32 * MIB
    depth: int = 6

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) < 1:
                raise ValueError(f"limit {name} must be 1 or more, not {getattr(self, name)}")


class Unreadable(Exception):
    """A document, or the rest of it, cannot be read. Never leaves this package: it becomes a `Rejected`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooMuch(Unreadable):
    """The file given unpacks to more than its budget: nothing more is read from it."""


class Budget:
    """What one file given may still unpack to, over all its layers and members."""

    def __init__(self, limits: Limits, size: int | None) -> None:
        self._limits = limits
        self._packed = size or 0
        self._read = 0
        self._spent = 0

    def consumed(self, count: int) -> None:
        """`count` bytes of the file itself were read: of a pipe, whose size is unknown, that is what earns budget."""
        self._read += count

    def spend(self, count: int) -> None:
        """`count` bytes were unpacked.

        Raises:
            TooMuch: that is over the budget.
        """
        self._spent += count
        if self._spent > self._limits.expanded_bytes:
            packed = max(self._packed, self._read)
            if self._spent > packed * self._limits.ratio:
                raise TooMuch(
                    Message(
                        "unpacks to more than {size_text} and {ratio} times its size: taken for a decompression "
                        "bomb, the rest of it is not read",
                        size_text=size_text(self._limits.expanded_bytes),
                        ratio=self._limits.ratio,
                    )
                )


def size_text(count: int) -> str:
    """A number of bytes as people read it: `64 MiB`, `1.5 KiB`, `12 bytes`."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit:
            return f"{count / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{count} bytes"
