"""Writer: adding articles to the record and removing them, followed by the index."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo
from os import PathLike
from typing import Literal, TypeAlias, cast

from searchkit.errors import IngestFailed
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.model.reports import Deletion, Pruning, Receipt, UpsertReport
from searchkit.model.results import Parsed
from searchkit.storage.articles import Outcome
from searchkit.storage.record import Record
from searchkit.writing import headlines
from searchkit.writing.admission import Tally, records, refusal
from searchkit.writing.catching_up import Progress
from searchkit.writing.identity import Naming
from searchkit.writing.pruning import keep
from searchkit.writing.sync import Sync

BATCH = 500
"""Articles acknowledged together."""

BATCH_CHARACTERS = 10_000_000
"""Characters of a batch, in all fields, after which it ends early; bounds memory."""

Given: TypeAlias = "Article | Rejected | tuple[Article | Rejected, str]"
"""An article or a rejected record, alone or with the absolute path of its file (empty for no file)."""

_Placed: TypeAlias = tuple[int, Article, str]
"""An article with its place among those given, and the path of its file."""


class Writer:
    """The writer of an archive's record, under its lock."""

    def __init__(self, store: Record, sync: Sync, timezone: tzinfo) -> None:
        self._store = store
        self._origins = store.origins
        self._sync = sync
        self._timezone = timezone
        self._naming = Naming(store.get, store.ids_starting)

    # -- in

    def upsert(
        self,
        given: Iterable[Given],
        *,
        on_error: Literal["collect", "fail"] = "collect",
        progress: Progress | None = None,
        index: bool = True,
        receive: Callable[[Receipt], None] | None = None,
    ) -> UpsertReport:
        """Add or update articles, in batches that are acknowledged as a whole; see `Archive.upsert_all`."""
        tally = Tally(self._timezone)
        with self._sync.writing():
            self._sync.require_fit()
            taken = self._taken(given, tally, on_error, progress, receive or (lambda receipt: None))
            if index:
                self._sync.level(progress, taken)
            else:
                deque(taken, maxlen=0)
        return tally.report()

    def _taken(
        self,
        given: Iterable[Given],
        tally: Tally,
        on_error: Literal["collect", "fail"],
        progress: Progress | None,
        receive: Callable[[Receipt], None],
    ) -> Iterator[None]:
        """Acknowledge articles batch by batch. Yields after each batch."""
        batch: list[_Placed] = []
        held = 0
        for position, each in enumerate(given):
            item, path = each if isinstance(each, tuple) else (each, "")
            refused = refusal(item)
            if refused is None:
                article = cast(Article, item)
                batch.append((position, article, path))
                held += article.characters
            elif on_error == "fail":
                raise IngestFailed(
                    Message("{where}: {reason}", where=refused.where, reason=refused.reason),
                    hint='on_error="collect" sets it aside',
                )
            else:
                tally.rejected.append(refused)
                receive(Receipt(position, "", "rejected", refused.reason))
            if len(batch) >= BATCH or held >= BATCH_CHARACTERS:
                self._acknowledge(batch, tally, receive)
                batch, held = [], 0
                if progress:
                    progress("reading", tally.seen, 0)
                yield
        self._acknowledge(batch, tally, receive)

    def _acknowledge(self, batch: Sequence[_Placed], tally: Tally, receive: Callable[[Receipt], None]) -> None:
        if not batch:
            return
        outcomes: list[tuple[Outcome, Article]] = []
        receipts: list[Receipt] = []
        paths: list[tuple[str, str]] = []
        pages: list[Article] = []
        apart = 0
        with self._store.transaction():
            self._store.look_ahead(record.id for _, article, _ in batch for record in records(article))
            for position, article, path in batch:
                named = self._naming.named(article)
                pages.append(named.article)
                for record in records(named.article):
                    outcomes.append((headlines.put(self._store, record), record))
                    paths.append((record.id, path))
                    if record is named.article:
                        receipts.append(Receipt(position, record.id, outcomes[-1][0]))
                        apart += named.kept_apart and outcomes[-1][0] != "unchanged"
            self._origins.note(paths)
        keep(self._store, pages)
        tally.take(outcomes)
        tally.kept_apart += apart
        for receipt in receipts:
            receive(receipt)

    def preview(self, article: Article) -> list[tuple[str, str]]:
        """Return the outcome that `upsert` would have, and the kind, of an article and each headline its page lists."""
        named = self._naming.named(article).article
        return [(self._store.compare(record), record.kind) for record in records(named)]

    def log_run(self, given: Sequence[str], report: UpsertReport) -> None:
        """Record an ingest and its outcome in the log of runs."""
        with self._sync.writing():
            self._store.log_run(given, report.added, report.updated, report.unchanged, len(report.rejected))

    # -- out

    def delete(self, chosen: Callable[[], tuple[Parsed | None, Iterable[str], int]], *, dry_run: bool) -> Deletion:
        """Delete articles with their headlines; see `Archive.delete`.

        Args:
            chosen: returns how the query is understood, the ids to delete, and the changes that the index lacks; called
                under the lock with the index up to date, but for a dry run.
        """
        if dry_run:
            parsed, ids, behind = chosen()
            return Deletion(tuple(sorted(self._with_headlines(ids))), dry_run, parsed, behind)
        with self._sync.writing():
            self._sync.level()
            parsed, ids, _ = chosen()
            wanted = self._with_headlines(ids)
            if wanted:
                with self._store.transaction():
                    wanted = [id for id in wanted if self._store.delete(id)]
                    self._origins.forget(wanted)
                self._sync.level()
        return Deletion(tuple(sorted(wanted)), dry_run, parsed)

    def _with_headlines(self, ids: Iterable[str]) -> list[str]:
        """Return those of `ids` that exist, and before them the headlines to delete with them.

        Headlines whose page is gone would not be found when what was broken off is repeated.
        """
        wanted = sorted({id for id in ids if self._store.has(id)})
        headlines = sorted({child.id for id in wanted for child in self._store.children(id)}.difference(wanted))
        return [*headlines, *wanted]

    def prune(
        self, folders: Sequence[str | PathLike[str]], *, dry_run: bool, force: bool, progress: Progress | None
    ) -> Pruning:
        """Delete the articles that were read only from files of these folders that are gone; see `Archive.prune`."""
        from searchkit.writing.pruning import prune

        with self._sync.writing():
            if not dry_run:
                self._sync.require_fit()
            pruned = prune(self._store, folders, dry_run=dry_run, force=force)
            if pruned.files and not dry_run:
                self._sync.level(progress)
        return pruned
