"""Is every byte of an index as written? Nothing is locked, and a writer may continue meanwhile.

All files of a generation are opened before the first is read: an open file remains readable after its name is removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from searchkit.engines.whoosh.codec.layout import CodecError
from searchkit.engines.whoosh.codec.segment_file import SegmentFile
from searchkit.engines.whoosh.failures import refused
from searchkit.engines.whoosh.manifest import TOC_NAME, Manifest, ManifestError, Part, read, toc_path
from searchkit.engines.whoosh.read.generations import TRIES
from searchkit.errors import Locked
from searchkit.language.messages import Message


@dataclass(slots=True)
class _Opened:
    """The files of a generation, and the problems found on opening them."""

    files: list[tuple[SegmentFile, Part]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def verify(directory: Path) -> list[str]:
    """Read every byte of every file of the newest generation and of the one kept before it, once.

    Returns:
        A sentence for each problem. It is no problem if a generation is removed meanwhile; if it was the newest, the
        one that is now the newest is verified.

    Raises:
        Locked: there was a newer generation at each attempt.
        ArchiveError: the operating system prevents reading.
    """
    problems: dict[str, None] = {}
    read_already: set[str] = set()
    try:
        for _ in range(TRIES):
            kept = _generations(directory)
            if all(_verified(directory, number, problems, read_already) or number != kept[0] for number in kept):
                return list(problems)
    except OSError as error:
        raise refused(directory, error) from error
    raise Locked(
        Message("the index in {directory} is changed faster than it can be opened", directory=directory),
        hint="wait and try again",
    )


def _generations(directory: Path) -> list[int]:
    """Return the existing generations, the newest first."""
    try:
        names = [path.name for path in directory.iterdir()]
    except FileNotFoundError:
        return []
    return sorted((int(found[1]) for name in names if (found := TOC_NAME.fullmatch(name))), reverse=True)


def _verified(directory: Path, generation: int, problems: dict[str, None], read_already: set[str]) -> bool:
    """Add the problems of a generation, except files read already. Returns: False if the generation is gone."""
    with ExitStack() as stack:
        try:
            opened = _opened(directory, generation, read_already, stack)
        except FileNotFoundError:
            return False
        problems.update(dict.fromkeys(opened.problems))
        for file, part in opened.files:
            problems.update(dict.fromkeys(_problems(file, part)))
            read_already.add(part.name)
    return True


def _opened(directory: Path, generation: int, read_already: set[str], stack: ExitStack) -> _Opened:
    """Open the files of a generation. Raises: FileNotFoundError if a writer has removed it."""
    found, toc = _Opened(), toc_path(directory, generation)
    try:
        manifest = read(directory, generation)
        if manifest.parts is None:
            return found  # an older format without checksums; `rebuild` is due anyway
        found.problems += _problems_of_toc(toc, manifest)
    except ManifestError as error:
        found.problems.append(str(error))
        return found
    except FileNotFoundError as error:
        _require(toc)
        found.problems.append(Message("{filename}: missing", filename=error.filename))
        return found
    for part in manifest.parts:
        if part.name in read_already:
            continue
        path = directory / part.name
        try:
            file = stack.enter_context(closing(SegmentFile(path)))
        except FileNotFoundError:
            _require(toc)
            found.problems.append(Message("{path}: missing", path=path))
        except CodecError as error:
            found.problems.append(_size(path, part) or str(error))
        else:
            found.files.append((file, part))
    return found


def _require(toc: Path) -> None:
    """Raise FileNotFoundError if a TOC is gone: it is removed first, so its generation has been removed."""
    toc.lstat()


def _problems_of_toc(toc: Path, manifest: Manifest) -> Iterator[str]:
    if not toc.is_file() and toc.exists():  # opening a pipe would wait for ever
        yield Message("{toc}: not a file", toc=toc)
    elif hashlib.sha256(toc.read_bytes()).hexdigest() != manifest.toc:
        yield Message("{toc}: damaged, it does not fit its checksum", toc=toc)


def _size(path: Path, part: Part) -> str:
    """Return the problem of a file whose size is not the one written; empty if there is none."""
    size = path.stat().st_size
    return (
        Message("{path}: {size} bytes, {size_2} were written", path=path, size=size, size_2=part.size)
        if size != part.size
        else ""
    )


def _problems(file: SegmentFile, part: Part) -> Iterator[str]:
    if file.size != part.size:
        yield Message("{path}: {size} bytes, {size_2} were written", path=file.path, size=file.size, size_2=part.size)
        return
    yield from file.verify()
    if file.doc_count != part.doc_count:
        yield Message(
            "{path}: {doc_count} documents, not {doc_count_2}",
            path=file.path,
            doc_count=file.doc_count,
            doc_count_2=part.doc_count,
        )
