"""A record that was set aside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read, and why. It was set aside; all others were accepted.

    Attributes:
        where: `file:line`, `archive.zip!member`, or another name by which the user can find the record.
        reason: one sentence.
        record: the text of the record, as far as it could be read.
    """

    where: str
    reason: str
    record: str = ""
