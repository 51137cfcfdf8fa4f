"""Log records of failures that searchkit recovered from: `logging` under `searchkit`, imported for the first record.

A program that configures `logging` sees them; otherwise they go nowhere, not even to standard error. A child process
keeps them for its parent, which logs them as its own (`processes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import logging

Kept: TypeAlias = "dict[str, Any]"
"""A record of `logging` in a form that can be sent to another process."""

_TOP = "searchkit"
_kept: list[Kept] | None = None
"""The records not yet sent to the parent; None in a process that has no parent to send them to."""


def logger(name: str) -> logging.Logger:
    """Return the logger of a module of searchkit.

    Args:
        name: `__name__` of the module.
    """
    import logging

    top = logging.getLogger(_TOP)
    if not top.handlers:  # otherwise the last resort of `logging` would print on standard error
        top.addHandler(logging.NullHandler() if _kept is None else _for_parent(_kept))
        top.propagate = _kept is None
    return logging.getLogger(name)


def keep() -> None:
    """Keep further records for the parent. Called once, at the start of a child process."""
    global _kept  # noqa: PLW0603
    _kept = []


def taken() -> list[Kept]:
    """Return the records kept since the last call, oldest first."""
    kept = list(_kept or ())
    if _kept:
        _kept.clear()
    return kept


def tell(kept: list[Kept]) -> None:
    """Log the records that a child process kept."""
    for each in kept:
        import logging

        mine = logger(each["name"])
        if mine.isEnabledFor(each["levelno"]):
            mine.handle(logging.makeLogRecord(each))


def _for_parent(kept: list[Kept]) -> logging.Handler:
    import logging

    class ForParent(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else None
            same = ("name", "levelno", "levelname", "pathname", "filename", "lineno", "funcName", "created")
            kept.append(
                {name: getattr(record, name) for name in same} | {"msg": record.getMessage(), "exc_text": trace}
            )

    return ForParent()
