"""What lies where in an archive's folder, and making such a folder as a whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from searchkit.errors import UsageError
from searchkit.system.files import make_folder, sync_folder

RECORD = "archive.db"
INDEX = "whoosh"


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to be filled, which gets the name `target` when all in it is on disk; it is removed if filling fails.

    Raises: UsageError if there is something at `target`, or it cannot be made.
    """
    try:
        if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
            raise UsageError(f"there is something at {target} already", hint="give a new folder, or move it away")
        make_folder(target.parent)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent))
    except OSError as error:
        raise UsageError(f"cannot make {target}: {error.strerror}", hint="give another folder") from error
    try:
        yield made
        with suppress(FileNotFoundError):
            target.rmdir()
        made.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise UsageError(
            f"cannot write {error.filename or target}: {error.strerror}", hint="is the disk full?"
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
