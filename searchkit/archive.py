"""Archive: the object that an embedding program holds. It delegates its work.

`Writer` changes the record, `Sync` keeps the index up to date with it, `Engine` answers from one generation of the
index, `Maintenance` looks after both. Changes go to the record first; once that is on disk, articles are acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from os import PathLike
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from searchkit.analysis.segment import UserDictionary
from searchkit.deadline import DEFAULT, within
from searchkit.errors import SearchkitError, UsageError
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.query.tree import Node
from searchkit.reprints.families import Families
from searchkit.search.articles import Articles
from searchkit.search.asking import Asking
from searchkit.search.conditions import Conditions
from searchkit.search.engine import Engine
from searchkit.writing.place import Place
from searchkit.writing.sync import Sync

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from searchkit.model import reports
    from searchkit.search.conditions import ConditionsDict
    from searchkit.writing.catching_up import Progress
    from searchkit.writing.maintenance import Maintenance
    from searchkit.writing.writer import Given, Writer


class Archive(Articles, Asking):
    """An archive of news. Made by `searchkit.open` and `searchkit.connect`.

    Close it, or use it in a `with`; afterwards every method raises ArchiveClosed. Several threads may read at once, and
    several processes may write: the second waits up to `wait` seconds for the first, then raises Locked; in a cluster
    they write at once. A question
    that takes more than `timeout` seconds of work (None: no limit) raises QueryTimeout. All questions raise QueryError
    for a query, a day or a cursor that cannot be understood, and UsageError for an unknown condition or a wrong value.

    `archive[id]` is an article (or KeyError), `id in archive` tells whether there is one, `len(archive)` counts them,
    and iterating yields them by id.

    Attributes:
        path: the archive's folder; of one in a cluster, its address as text.
        held_back: the error for which opening left the index behind the record; None if it did not.
    """

    def __init__(
        self, place: Place, *, tz: str, today: Callable[[], date] | None = None, wait: float = 10.0,
        timeout: float | None = DEFAULT,
    ) -> None:  # fmt: skip
        self.path = place.path
        self.tz = tz
        self.timezone = ZoneInfo(tz)
        self.wait = wait
        self.timeout = timeout
        self.held_back: SearchkitError | None = None
        self._today = today or (lambda: datetime.now(self.timezone).date())
        self._place = place
        self._store = place.record
        self._families = Families(self._store, self.timezone)
        self._aliases = place.aliases
        self._sync = Sync(place, self._families, tz=tz, wait=lambda: self.wait)

    @property
    def dictionary(self) -> UserDictionary:
        """The user dictionary: words added to jieba's own."""
        return self._sync.dictionary

    @property
    def dictionary_report(self) -> reports.DictionaryReport | None:
        """The outcome of the last `set_dictionary`, or of the dictionary given to `open`; None before the first."""
        self._sync.require_open()
        return self._sync.dictionary_report

    @property
    def state(self) -> str:
        """A text that changes whenever an answer may: with articles, index, dictionary, `aliases.txt`, and the day."""
        made_from = f"{self._store.stamp()} {self._sync.index.covers} {self.dictionary.digest} {self._aliases.stamp}"
        return f"{made_from} {self._today()}"

    # -- life

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release all files. Safe to call twice, and while other threads read: those get ArchiveClosed."""
        self._sync.close()
        self._store.close()
        self._place.release()

    def __repr__(self) -> str:
        return f"<searchkit.Archive {self.path}>"

    @contextmanager
    def _asked(self, today: date | None = None) -> Iterator[Engine]:
        counted_from = self._today if today is None else lambda: today
        with within(self.timeout), self._sync.reading() as (snapshot, segmenter):
            yield Engine(
                snapshot, segmenter, self._store, self._families, self.timezone, counted_from, self._aliases.tables
            )

    def _versions(self) -> Mapping[str, str]:
        from searchkit import __version__
        from searchkit.analysis.fingerprint import fingerprint

        return {"searchkit": __version__, **fingerprint(self.dictionary)}

    def _writing(self) -> AbstractContextManager[None]:
        return self._sync.writing()

    @property
    def _writer(self) -> Writer:
        from searchkit.writing.writer import Writer

        return Writer(self._store, self._sync, self.timezone)

    @property
    def _maintenance(self) -> Maintenance:
        from searchkit.writing.maintenance import Maintenance

        return Maintenance(self._place, self._sync, self._families, self.timezone)

    # -- writing

    def upsert(self, article: Article) -> reports.UpsertReport:
        """Add an article, or make it the newest revision of the article with its id."""
        return self.upsert_all([article], on_error="fail")

    def upsert_all(
        self, articles: Iterable[Given], *, on_error: Literal["collect", "fail"] = "collect",
        progress: Progress | None = None, index: bool = True, receive: Callable[[reports.Receipt], None] | None = None,
    ) -> reports.UpsertReport:  # fmt: skip
        """Add or update many articles, for example all that `searchkit.read` yields.

        Articles are acknowledged in batches of 500: an interruption leaves a consistent archive, and giving the same
        articles again continues from there.

        Args:
            articles: each alone, or in a pair with the absolute path of its file, which `prune` goes by.
            on_error: "collect" puts a record that cannot be accepted into the report's `rejected`, "fail" raises
                IngestFailed at the first.
            index: index the articles at the end; if False, they are searchable after the next open.
            receive: called with the outcome for each article, once it is on disk.

        Raises:
            Locked: another process keeps writing.
            UsageError: called while `articles` of another call is read.
        """
        return self._writer.upsert(articles, on_error=on_error, progress=progress, index=index, receive=receive)

    def preview(self, article: Article) -> list[tuple[str, str]]:
        """Return the outcome that `upsert` would have, and the kind, of an article and each headline its page lists."""
        return self._writer.preview(article)

    def log_run(self, given: Sequence[str], report: reports.UpsertReport) -> None:
        """Record an ingest and its outcome in the log of runs."""
        self._writer.log_run(given, report)

    def delete(
        self, query: str | Node = "", *, ids: Iterable[str] = (), dry_run: bool = False,
        **conditions: Unpack[ConditionsDict],
    ) -> reports.Deletion:  # fmt: skip
        """Delete for good the articles with these ids and those that match, together with their headlines.

        Names stand for their other names only with `aliases=True`, unlike in `search`.

        Raises:
            UsageError: no query, condition or id is given, or ids are given as the query or as one text.
        """
        if isinstance(ids, str):  # whose characters would be ids
            raise UsageError(
                Message("ids must be a list of ids, not {ids!r:.60}", ids=ids),
                hint=Message("ids=[{ids!r:.60}]", ids=ids),
                code="ids-as-text",
            )
        return self._writer.delete(self._choice(query, Conditions.of(conditions), list(ids)), dry_run=dry_run)

    def prune(
        self, *folders: str | PathLike[str], dry_run: bool = False, force: bool = False,
        progress: Progress | None = None,
    ) -> reports.Pruning:  # fmt: skip
        """Delete the articles that were read only from files of these folders that no longer exist.

        Read a moved file again first: its articles then belong to its new place. An article that was ever added without
        a file stays.

        Args:
            force: prune even if most of a folder's files are gone, as when the folder is not mounted.

        Raises:
            UsageError: a folder does not exist, or has lost most of its files.
        """
        return self._writer.prune(folders, dry_run=dry_run, force=force, progress=progress)

    # -- keeping the index up to date with the record

    @property
    def index_behind(self) -> int:
        """The number of changes that are acknowledged but not yet searchable."""
        return self._sync.behind

    def catch_up(self, progress: Progress | None = None, *, wait: bool = True) -> int:
        """Index the changes of the record that the index lacks. Opening does so by itself.

        Args:
            wait: in a cluster, wait for other writers too: those who bring the index level, and those whose changes
                come before others that are acknowledged. Without it, what they are at is left to them.

        Returns:
            the number of changes indexed.

        Raises:
            Locked: another process keeps writing.
            IndexOutdated: the index has to be rebuilt first.
        """
        return self._sync.catch_up(progress, wait=wait)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Rebuild the index from the record, and return the number of articles in it."""
        return self._sync.rebuild(progress)

    def optimize(self) -> int:
        """Merge the index's segments into one, for the fastest answers, and return how many there were before."""
        return self._sync.optimize()

    def set_dictionary(self, dictionary: UserDictionary, progress: Progress | None = None) -> int:
        """Use this user dictionary from now on, and return the number of articles reindexed for a changed word."""
        return self._sync.set_dictionary(dictionary, progress)

    def own_aliases(self) -> tuple[str, tuple[str, ...]]:
        """Return the text of the user's own aliases, and a sentence for each line of it that is left out."""
        self._sync.require_open()
        return self._aliases.text() or "", self._aliases.own().errors

    def set_aliases(self, text: str) -> None:
        """Use these aliases from now on, written as in `aliases.txt` (docs/query-language.md#your-own).

        Raises:
            UsageError: the text is too long, or cannot be written.
        """
        from searchkit.query.aliases.kept import require_kept

        self._sync.require_open()
        require_kept(text)
        self._aliases.put(text)

    def analyze(self, text: str) -> reports.Analysis:
        """Return the analysis of a text: its folding, words, character pairs, and the aliases of a query of it."""
        from searchkit.search.explanation import analysis_with_aliases

        return analysis_with_aliases(text, self.dictionary, self._aliases.tables())

    # -- the whole

    def stats(self) -> reports.Stats:
        """Return the statistics of the archive."""
        return self._maintenance.stats()

    def sources(self) -> tuple[reports.SourceReport, ...]:
        """Report on each source which fields its articles have and lack, the source with most articles first."""
        return self._maintenance.sources()

    def verify(self, progress: Progress | None = None, *, repair: bool = False) -> reports.Verification:
        """Check the record, the index, that they agree, and the families of reprints. Others may go on writing.

        Args:
            repair: give the index what differs, or make it anew where it is damaged; make the families anew where they
                differ; in a cluster, remove what is left of what was broken off. No article of the record changes. Then
                check again.

        Raises:
            Locked: with `repair`, another process keeps writing.
        """
        return self._maintenance.verify(progress, repair=repair)

    def copy_to(self, target: Archive, progress: Progress | None = None) -> reports.Copied:
        """Make another archive, here or in a cluster, as this one is: every state of every article, with all else.

        It may be broken off anywhere and called again; later it sends only what has changed. Others may go on writing
        to this archive. At the end both records are compared, and the index of the other one is brought level.

        Args:
            target: a new archive, or one that was made so.

        Raises:
            UsageError: the target holds what this archive does not have, or has days of another zone.
            ArchiveError: the two differ at the end.
        """
        from searchkit.writing.transfer import transfer

        return transfer(self._place, target._place, target._sync, progress)

    def backup(self, directory: str | PathLike[str]) -> int:
        """Copy the archive, as it is at one moment, into a new folder. Others may go on writing.

        The folder gets its name when the copy is complete and on disk. An archive in a cluster is copied into a new
        snapshot, REPOSITORY/NAME; others may write again as soon as the copying of each shard has begun.

        Returns:
            the number of articles in it.

        Raises:
            UsageError: `directory` is neither new nor an empty folder; or there is no such repository, or a snapshot of
                this name.
            Locked: in a cluster, another process keeps writing.
            ArchiveError: the archive cannot be read, or the folder cannot be written.
        """
        return self._maintenance.backup(directory)
