"""New locks for a child that is forked while other threads hold them: the holders do not exist in the child.

Only for locks around a step that leaves nothing half done when abandoned: a dictionary's entry, a number.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Owner(Protocol):
    """An object with its own locks."""

    def renew_locks(self) -> None:
        """Replace the locks with new ones. Called in the child, which has one thread."""
        ...


_owners: weakref.WeakSet[Owner] = weakref.WeakSet()


def renew_after_fork(owner: Owner) -> None:
    """Have `owner.renew_locks` called in every child that this process forks, as long as the owner exists."""
    _owners.add(owner)


def _renew() -> None:
    for owner in tuple(_owners):
        owner.renew_locks()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
