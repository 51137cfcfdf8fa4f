"""A record that was set aside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read, and why. It was set aside, the rest went in.

    Attributes:
        where: `file:line`, `archive.zip!member`, or whatever names the record to the person who brought it.
        reason: one sentence.
        record: the record itself as text, as far as it could be read.
    """

    where: str
    reason: str
    record: str = ""
