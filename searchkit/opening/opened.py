"""Opening an archive, wherever it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from searchkit.analysis.segment import UserDictionary, load_dictionary
from searchkit.archive import Archive
from searchkit.errors import ArchiveError, Locked, UsageError
from searchkit.language.messages import Message
from searchkit.storage.record import Record
from searchkit.writing.place import Place

if TYPE_CHECKING:
    from searchkit.writing.catching_up import Progress

DEFAULT_TZ = "Asia/Shanghai"


def require_time(timeout: float | None) -> None:
    """Raise UsageError for a time-out that no question can keep."""
    if timeout is not None and not timeout > 0:
        raise UsageError(
            Message("a question cannot be answered in {timeout:g} s", timeout=timeout),
            hint="a timeout above 0, None for any time",
        )


def opened(
    record: Record,
    place_in: Callable[[ZoneInfo], Place],
    *,
    tz: str | None,
    dictionary: str | PathLike[str] | UserDictionary | None,
    today: Callable[[], date] | None,
    wait: float,
    timeout: float | None,
    catch_up: bool,
    progress: Progress | None,
) -> Archive:
    """Open an archive, wherever it is kept; what is held is released where that fails.

    Args:
        place_in: makes the place of the archive, whose days are in this zone.
    """
    try:
        kept = record.setting("timezone") or DEFAULT_TZ
        if tz is not None and tz != kept:
            raise UsageError(
                Message("the days of this archive are days in {kept}, not {tz}", kept=kept, tz=tz),
                hint=Message("leave out tz, or tz={kept!r}", kept=kept),
                code="zone-fixed",
                zone=kept,
            )
        archive = Archive(place_in(zone(kept)), tz=kept, today=today, wait=wait, timeout=timeout)
    except BaseException:
        record.close()
        raise
    try:
        if dictionary is not None:
            words = dictionary if isinstance(dictionary, UserDictionary) else load_dictionary(Path(dictionary))
            archive.set_dictionary(words, progress)
        if catch_up:
            _catch_up(archive, progress)
    except BaseException:
        archive.close()
        raise
    return archive


def _catch_up(archive: Archive, progress: Progress | None) -> None:
    try:
        archive.catch_up(progress, wait=False)
    except (Locked, ArchiveError) as error:
        # Another process is doing it, nothing can be written, the disk is full, or `rebuild` is due: the record can be
        # read all the same, and answers tell how far the index is behind.
        archive.held_back = error.with_traceback(None)  # its frames would keep all that was being read


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name. Raises: UsageError if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        hint = Message("a name of the IANA database, as Asia/Shanghai or Asia/Taipei")
        raise UsageError(Message("no time zone {name!r}", name=name), hint=hint) from error
