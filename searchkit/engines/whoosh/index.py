"""WhooshIndex: a directory of Whoosh segments behind `searchkit.engines.index.Index`.

Beside Whoosh's own files, `state-N.json` describes the commit of generation N: its segments, how far it covers the
record, and the settings of the index (`manifest.py`). Nothing that Whoosh pickles is read here.

`read/generations.py` answers, `write/writer.py` writes, `verification.py` checks. Whoosh and the modules that write or
check are imported by the methods that need them: a search starts without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.analysis.segment import Segmenter, UserDictionary
from searchkit.engines.index import Entry, Index, Step
from searchkit.engines.whoosh.columns import FORMAT
from searchkit.engines.whoosh.read.generations import Generations
from searchkit.engines.whoosh.read.searcher import Searcher
from searchkit.engines.whoosh.read.segments import SegmentView
from searchkit.engines.whoosh.read.whoosh_snapshot import WhooshSnapshot

if TYPE_CHECKING:
    from searchkit.engines.whoosh.write.writer import Writer


class WhooshIndex(Index):
    """The index in `directory`, which the first write makes if it does not exist.

    Any number of threads and processes may read, without waiting for one another or for a writer. Reading writes
    nothing and locks nothing. Writing needs the archive's lock.

    Args:
        settings: the settings of the index (`searchkit.analysis.fingerprint`); stored at every commit.
    """

    format = FORMAT

    def __init__(
        self,
        directory: Path,
        timezone: tzinfo,
        segmenter: Segmenter,
        settings: Mapping[str, str] | None = None,
        dictionary: UserDictionary = UserDictionary(),
    ) -> None:
        self.directory = directory
        self.timezone = timezone
        self._dictionary = dictionary
        self._given = {"format": FORMAT, **(settings or {})}

        def searcher(generation: int, segments: list[SegmentView]) -> Searcher:
            return Searcher(generation, segments, segmenter, timezone)

        self._generations = Generations(directory, searcher)

    # -- writing

    def apply(
        self,
        entries: Iterable[Entry],
        deleted: Iterable[str] = (),
        *,
        covers: int,
        progress: Callable[[int], object] | None = None,
    ) -> None:
        self.apply_all([Step(list(entries), list(deleted), covers)], progress)

    def apply_all(self, steps: Iterable[Step], progress: Callable[[int], object] | None = None) -> None:
        self._writing().apply_all(steps, progress)

    def note(self, name: str, value: str) -> None:
        self._given[name] = value

    def optimize(self) -> int:
        return self._writing().optimize()

    def clear(self) -> None:
        self._writing().clear()

    def _writing(self) -> Writer:
        from searchkit.engines.whoosh.write.workers import Place
        from searchkit.engines.whoosh.write.writer import Writer

        place = Place(self.directory, self.timezone, self._dictionary)
        # One writer for all threads: they wait for one another at its lock.
        writer: Writer = self.__dict__.setdefault("_writer", Writer(place, self._generations, self._given))
        return writer

    # -- asking

    @property
    def covers(self) -> int:
        manifest = self._generations.manifest()
        return manifest.covers if manifest else 0

    @property
    def settings(self) -> Mapping[str, str]:
        """See `Snapshot.settings`. Readable in any format, while `snapshot` refuses formats other than ours."""
        manifest = self._generations.manifest()
        return manifest.settings if manifest else {}

    def snapshot(self) -> WhooshSnapshot:
        """Return the newest generation, without documents if there is no index yet. The caller closes it.

        Raises:
            ArchiveClosed: the index was closed.
            IndexOutdated: it has another format.
            Damaged: its files are not as written.
            ArchiveError: the operating system prevents reading them.
        """
        return WhooshSnapshot(self._generations.held(), self.directory)

    def searcher(self) -> Searcher:
        """Return the newest generation, for tests and benchmarks. Its files stay open while a reference exists."""
        return self._generations.held().searcher

    # -- maintenance

    def verify(self) -> Sequence[str]:
        from searchkit.engines.whoosh.verification import verify

        return verify(self.directory)

    def copy_to(self, folder: Path) -> None:
        """See `Index.copy_to`. An index of an older format is not copied: it is rebuilt from the record."""
        from searchkit.engines.whoosh.write.commit import copy, opened

        files = self._generations.tried(lambda manifest: opened(self.directory, manifest))
        if files:
            copy(files, folder)

    def size(self) -> int:
        if not self.directory.exists():
            return 0
        return sum(path.stat().st_size for path in self.directory.iterdir() if path.is_file())

    def close(self) -> None:
        """Release the files; a snapshot that is still open keeps its own until it is closed. Safe to call twice."""
        self._generations.close()
