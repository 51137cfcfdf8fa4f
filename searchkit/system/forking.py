"""A child that is forked while other threads hold locks: it gets new locks, for their holders are not there any more.

Only for locks that are held for a step that leaves nothing half done where it is left: a dictionary's entry, a number.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Owner(Protocol):
    """Something with locks of its own."""

    def renew_locks(self) -> None:
        """Make the locks anew. Called in the child, which has one thread."""
        ...


_owners: weakref.WeakSet[Owner] = weakref.WeakSet()


def renew_after_fork(owner: Owner) -> None:
    """Have `owner.renew_locks` called in every child that this process forks, as long as there is the owner."""
    _owners.add(owner)


def _renew() -> None:
    for owner in tuple(_owners):
        owner.renew_locks()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
