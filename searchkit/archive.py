"""Archive: what an embedding program holds. The record and the index behind one object.

Writing goes to the record first; when that is on disk, the articles are acknowledged. The index then takes in every
change whose sequence number is above what it covers. If the process dies in between, the next open goes on from there.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, cast
from zoneinfo import ZoneInfo

from searchkit.analysis.fingerprint import fingerprint
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import Segmenter, UserDictionary, query_segmenter, segmenter
from searchkit.analysis.terms import grams, query_words, words
from searchkit.deadline import DEFAULT, within
from searchkit.engines import scoring
from searchkit.engines.index import Entry, Index, Step
from searchkit.engines.snapshot import Match
from searchkit.errors import IndexOutdated, IngestFailed, QueryError, QueryTimeout, SearchkitError, UsageError
from searchkit.model.article import Article
from searchkit.model.fields import FIELDS, FieldName
from searchkit.model.results import SORTS, Diagnosis, Hit, Ids, Results, Sort
from searchkit.model.serialise import clean
from searchkit.query.tree import Everything, Field, Node
from searchkit.reprints.families import Families, family_of
from searchkit.search import cursor, diagnosis
from searchkit.search import question as asking
from searchkit.search.collapse import Grouped, grouped
from searchkit.search.conditions import Conditions, one_of
from searchkit.search.highlight import Highlighter
from searchkit.search.question import Question
from searchkit.storage.layout import INDEX, RECORD, new_folder
from searchkit.storage.lock import WriterLock
from searchkit.storage.provenance import Origins
from searchkit.storage.store import Outcome, Store
from searchkit.system.files import sync_folder
from searchkit.writing.admission import Tally, records, refusal

if TYPE_CHECKING:
    from searchkit.model.aggregations import By, Facets, Timeline
    from searchkit.model.history import Family, Revision
    from searchkit.model.rejected import Rejected
    from searchkit.model.reports import (
        Analysis,
        Deletion,
        Pruning,
        SourceReport,
        Stats,
        UpsertReport,
        Verification,
    )

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and how much there is (0: not known)."""

BATCH = 500
"""Articles acknowledged together."""

BATCH_CHARACTERS = 10_000_000
"""Characters of their bodies after which fewer are; bounds memory."""

INDEX_BATCH = 20_000
"""Changes the index takes in together; bounds memory."""

EVERYTHING = 1_000_000_000
"""Matches; more than any archive has."""

Method = TypeVar("Method", bound=Callable[..., Any])


def _timed(ask: Method) -> Method:
    """A method that may take `Archive.timeout` seconds."""

    @functools.wraps(ask)
    def asked(self: Archive, *args: Any, **kwargs: Any) -> Any:
        with within(self.timeout):
            return ask(self, *args, **kwargs)

    return cast(Method, asked)


class Archive:
    """An archive of news in the folder `path`. Made by `searchkit.open` and `searchkit.connect`.

    Close it, or use it in a `with`. Reading is safe from several threads, writing from several processes: the second
    waits up to `wait` seconds for the first, then raises Locked. A question that takes more than `timeout` seconds
    (None: it may take any time) raises QueryTimeout.
    """

    def __init__(
        self,
        path: Path,
        store: Store,
        index_for: Callable[[Segmenter, UserDictionary, Mapping[str, str]], Index],
        *,
        tz: str,
        dictionary: UserDictionary,
        today: Callable[[], date] | None = None,
        wait: float = 10.0,
        timeout: float | None = DEFAULT,
    ) -> None:
        self.path = path
        self.tz = tz
        self.timezone = ZoneInfo(tz)
        self.wait = wait
        self.timeout = timeout
        self._store = store
        self._index_for = index_for
        self._families = Families(store, self.timezone)
        self._origins = Origins(store)
        self._today = today or (lambda: datetime.now(self.timezone).date())
        self._lock = WriterLock(path)
        self._use_dictionary(dictionary)

    def _use_dictionary(self, dictionary: UserDictionary) -> None:
        self.dictionary = dictionary
        self._fingerprint = {**fingerprint(dictionary), "timezone": self.tz}
        self._segmenter = _Lazy(lambda: query_segmenter(dictionary))
        self._index = self._index_for(cast(Segmenter, self._segmenter), dictionary, self._fingerprint)

    # -- life

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every file. Twice is fine."""
        self._index.close()
        self._store.close()

    def __repr__(self) -> str:
        return f"<searchkit.Archive {self.path}>"

    # -- writing

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock.held(self.wait):
            yield

    def upsert(self, article: Article) -> UpsertReport:
        """Add an article, or make it the newest revision of the one with its id."""
        return self.upsert_all([article], on_error="fail")

    def upsert_all(
        self,
        articles: Iterable[Article | Rejected],
        *,
        on_error: Literal["collect", "fail"] = "collect",
        progress: Progress | None = None,
        index: bool = True,
        origin: Callable[[], str] | None = None,
    ) -> UpsertReport:
        """Add or update many articles; what `searchkit.read` yields can be given as it is.

        Articles are acknowledged in batches of 500: what an interruption leaves behind is whole, and giving the same
        articles again goes on from there.

        Args:
            on_error: "collect" puts a record that cannot be taken into the report's `rejected`, "fail" raises
                IngestFailed at the first.
            index: take the articles into the index at the end; without it they are searchable after the next open.
            origin: asked for each article as it is taken: the absolute path of the file it was read from, empty for
                none. `prune` goes by it.

        Raises: Locked if another process keeps writing.
        """
        self._require_fitting_index()
        tally = Tally(self.timezone)
        with self._writing():
            taken = self._taken(articles, tally, on_error, progress, origin)
            if index:
                self._catch_up(progress, taken)
            else:
                deque(taken, maxlen=0)
        return tally.report()

    def _taken(
        self,
        articles: Iterable[Article | Rejected],
        tally: Tally,
        on_error: Literal["collect", "fail"],
        progress: Progress | None,
        origin: Callable[[], str] | None,
    ) -> Iterator[None]:
        """Acknowledge articles, batch by batch; yields after each."""
        batch: list[tuple[Article, str]] = []
        held = 0
        for item in articles:
            refused = refusal(item)
            if refused is None:
                batch.append((cast(Article, item), origin() if origin else ""))
                held += len(cast(Article, item).body)
            elif on_error == "fail":
                raise IngestFailed(f"{refused.where}: {refused.reason}", hint="--on-error skip sets it aside")
            else:
                tally.rejected.append(refused)
            if len(batch) >= BATCH or held >= BATCH_CHARACTERS:
                self._acknowledge(batch, tally)
                batch, held = [], 0
                if progress:
                    progress("reading", tally.seen, 0)
                yield
        self._acknowledge(batch, tally)

    def _acknowledge(self, batch: Sequence[tuple[Article, str]], tally: Tally) -> None:
        if not batch:
            return
        with self._store.transaction():
            taken = [(record, path) for article, path in batch for record in records(article)]
            outcomes = [(self._put(record), record) for record, _ in taken]
            self._origins.note((record.id, path) for record, path in taken)
        tally.take(outcomes)

    def _put(self, article: Article) -> Outcome:
        if article.kind == "headline" and article.parent:
            # One headline may be on many pages. Which of them is its parent must not depend on the order of reading.
            held = self._store.get(article.id)
            if held is not None and held.parent and held.parent < article.parent:
                return "unchanged"
        return self._store.put(article)

    def preview(self, article: Article) -> list[tuple[str, str]]:
        """What `upsert` would do with an article and the headlines its page lists: (outcome, kind) for each."""
        return [(self._store.compare(record), record.kind) for record in records(article)]

    def log_run(self, given: Sequence[str], report: UpsertReport) -> None:
        """Remember an ingest and what became of it."""
        with self._writing():
            self._store.log_run(given, report.added, report.updated, report.unchanged, len(report.rejected))

    def delete(
        self, query: str | Node = "", *, ids: Iterable[str] = (), dry_run: bool = False, **filters: Any
    ) -> Deletion:
        """Take articles out for good: those with these ids, and those that match; headlines go with their article.

        Raises: UsageError if neither a query, a condition nor ids are given.
        """
        from searchkit.model.reports import Deletion

        wanted = [id for id in ids if self._store.has(id)]
        parsed = None
        given = Conditions.of(filters)
        if query or given.narrow:
            with within(self.timeout):
                question = self._question(query, given)
                parsed = question.parsed
                wanted += self._ready().ids(question.tree)
        elif not ids:
            raise UsageError(
                "delete needs a query, a condition or ids", hint="searchkit delete 'source:测试' --dry-run"
            )
        wanted = sorted({*wanted, *(child.id for id in wanted for child in self._store.children(id))})
        if not dry_run and wanted:
            with self._writing():
                with self._store.transaction():
                    wanted = [id for id in wanted if self._store.delete(id)]
                    self._origins.forget(wanted)
                self._catch_up()
        return Deletion(tuple(wanted), dry_run, parsed)

    def prune(
        self,
        *folders: str | PathLike[str],
        dry_run: bool = False,
        force: bool = False,
        progress: Progress | None = None,
    ) -> Pruning:
        """Take out what was read from files of these folders that are gone, and from nowhere else.

        A file that was moved should be read again first: its articles then come from where it is now. An article that
        ever came in without a file stays.

        Args:
            force: also where most of a folder's files are gone, which is what a folder that is not mounted looks like.

        Raises: UsageError for a folder that is not there, or that most files are gone from.
        """
        from searchkit.model.reports import Pruning

        with self._writing():
            files: dict[int, str] = {}
            for folder in folders:
                files.update(self._origins.gone(Path(folder), force=force))
            ids = self._origins.only_in(files)
            if files and not dry_run:
                with self._store.transaction():
                    for id in ids:
                        orphans = [child for child in self._store.children(id) if child.id not in ids]
                        self._store.delete(id)
                        for orphan in orphans:
                            self._adopt(orphan, set(ids))
                    self._origins.forget(ids)
                    self._origins.forget_files(files)
                self._catch_up(progress)
        return Pruning(tuple(ids), tuple(sorted(files.values())), dry_run)

    def _adopt(self, headline: Article, gone: set[str]) -> None:
        """Give a headline whose page goes the next of the pages that list it."""
        beside = self._store.get_many(id for id in self._origins.beside(headline.id) if id not in gone)
        pages = [
            page.id for page in beside.values() if any(record.id == headline.id for record in list(records(page))[1:])
        ]
        if pages:
            self._store.put(replace(headline, parent=min(pages)))

    # -- keeping the index level with the record

    def catch_up(self, progress: Progress | None = None) -> int:
        """Take into the index what the record has and it has not; how many changes that were.

        Opening does this by itself. Raises: Locked, IndexOutdated.
        """
        self._require_fitting_index()
        if not self.index_behind and not self._families.behind(self._index.covers):
            return 0
        with self._writing():
            return self._catch_up(progress)

    @property
    def index_behind(self) -> int:
        """Changes that are acknowledged but not yet searchable."""
        return self._store.pending(self._index.covers)

    def _catch_up(self, progress: Progress | None = None, taken: Iterator[None] = iter(())) -> int:
        """Take into the index what it has not, after what `taken` puts into the record on the way; how many changes.

        What is acknowledged first is analysed while the rest is still read.
        """
        self._families.catch_up(self._index.covers, INDEX_BATCH, progress)
        before, total = self._index.covers, 0

        covers = before

        def next_step() -> Step:
            nonlocal covers
            step = self._step(covers)
            covers = step.covers
            return step

        def steps() -> Iterator[Step]:
            nonlocal total
            # Nothing of a step is held here while the next articles are read.
            for _ in taken:
                if self._store.last_seq() - covers >= INDEX_BATCH:
                    yield next_step()
            total = self._store.pending(before)
            while self._store.last_seq() > covers:
                yield next_step()

        def told(done: int) -> None:
            if progress and total:
                progress("indexing", done, total)

        self._index.apply_all(steps(), told)
        return total

    def _step(self, covers: int) -> Step:
        """The first changes after a sequence number, families being made of them on the way."""
        changes = self._store.changes(covers, INDEX_BATCH)
        self._families.take(changes)
        entries = [Entry(change.seq, change.article) for change in changes if change.article is not None]
        deleted = [change.id for change in changes if change.article is None]
        return Step(entries, deleted, changes[-1].seq)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Make the index again from the record; how many articles it has then."""
        with self._writing():
            self._index.clear()
            self._families.clear()
            self._catch_up(progress)
        return len(self._index)

    def optimize(self) -> int:
        """Merge the index's segments into one, for the fastest answers; how many there were."""
        self._require_fitting_index()
        with self._writing():
            return self._index.optimize()

    def set_dictionary(self, dictionary: UserDictionary, progress: Progress | None = None) -> int:
        """Use this user dictionary from now on; how many articles were indexed again: those with a changed word."""
        if dictionary.digest == self.dictionary.digest:
            return 0
        self.catch_up(progress)
        changed = {word.word for word in {*dictionary.words} ^ {*self.dictionary.words}}
        affected = [article for article in self._store.articles() if _has_any(article, changed)]
        with self._writing():
            self._store.set_setting("dictionary", "\n".join(_line(word) for word in dictionary.words))
            self._index.close()
            covers = self._index.covers
            self._use_dictionary(dictionary)
            self._index.apply((Entry(0, article) for article in affected), covers=covers)
        return len(affected)

    def backup(self, directory: str | PathLike[str]) -> int:
        """Copy the archive into a new folder, as it is at one moment, while others may go on writing.

        The copy is whole and on disk when its folder has its name. How many articles it has.

        Raises: UsageError if there is something in `directory`; ArchiveError.
        """
        with new_folder(Path(directory)) as made:
            # The index first: a record that is ahead of its index is caught up with, never the other way round.
            (made / INDEX).mkdir()
            self._index.copy_to(made / INDEX)
            articles = self._store.copy_to(made / RECORD)
            sync_folder(made)
        return articles

    def _require_fitting_index(self) -> None:
        """Raise IndexOutdated if the index was made with other settings than would be used now."""
        made_with = self._index.settings
        if not made_with:
            return
        differs = [name for name, value in self._fingerprint.items() if made_with.get(name) != value]
        if differs or made_with.get("format") != self._index.format:
            what = ", ".join(differs) or "the format of its files"
            raise IndexOutdated(
                f"the index in {self.path} was made with other settings ({what}); the record is intact",
                hint=f"searchkit rebuild --index {self.path}",
            )

    def _ready(self) -> Index:
        self._require_fitting_index()
        return self._index

    # -- asking

    def _question(self, query: str | Node, filters: Conditions) -> Question:
        return asking.understand(
            query, filters, today=self._today(), timezone=self.tz, segmenter=cast(Segmenter, self._segmenter)
        )

    @_timed
    def search(
        self,
        query: str | Node = "",
        *,
        sort: Sort | None = None,
        limit: int = 10,
        after: str | None = None,
        near: bool = True,
        group: bool = False,
        explain: bool = False,
        snippets: int = 2,
        snippet_width: int = 120,
        **filters: Any,
    ) -> Results:
        """The articles that answer.

        Args:
            query: the query language of docs/query-language.md, or a tree of `searchkit.query.tree`.
            since, until, on: days, as `date` or as text (docs/dates.md); both ends are included.
            source, author, editor, site, section, kind: a value or several, any of which will do; `新华*` is a prefix.
            mode: "all" requires every word, "any" one of them; "auto" all up to four, of more the most.
            sort: "relevance", "newest" or "oldest"; by default relevance, newest where the query has no words.
            limit: hits on the page.
            after: the `next` of the page before.
            near: where fewer than `limit` match, fill the page with near matches.
            group: one hit for a family of reprints, the member that comes first in the order of the answer.
            explain: fill each hit's `explanation`.
            snippets: pieces of the body for each hit, at most; `snippet_width` characters each.

        Raises: QueryError; QueryTimeout.
        """
        question, order, found = self._found(query, filters, sort, limit, after, near, group)
        index = self._ready()
        behind = self.index_behind
        return Results(
            total=found.total,
            hits=self._hits(found.page, question, explain, snippets, snippet_width, found.reprints),
            next=_next(question, order, found),
            parsed=question.parsed,
            sort=order,
            diagnosis=_diagnosis(question.tree, index) if found.total == 0 else None,
            # The record would count its rows one by one.
            archive_size=len(self._store) if behind else index.count(Everything()),
            index_behind=behind,
            groups=found.groups if group else None,
        )

    @_timed
    def ids(
        self,
        query: str | Node = "",
        *,
        sort: Sort | None = None,
        limit: int | None = None,
        after: str | None = None,
        group: bool = False,
        **filters: Any,
    ) -> Ids:
        """Return the ids of the articles that answer, in the order of `search`, without reading the articles.

        Args:
            limit: ids on the page; None for all of them.
            query, sort, after, group, **filters: as in `search`. Near matches are left out.

        Raises:
            QueryError: the query, a day or the cursor cannot be understood.
            QueryTimeout: it takes longer than `timeout`.
            UsageError: a condition has a value that it cannot have.
        """
        most = EVERYTHING if limit is None else limit
        question, order, found = self._found(query, filters, sort, most, after, False, group)
        return Ids(found.total, tuple(match.id for match in found.page), _next(question, order, found))

    def _found(
        self,
        query: str | Node,
        filters: Mapping[str, object],
        sort: Sort | None,
        limit: int,
        after: str | None,
        near: bool,
        group: bool,
    ) -> tuple[Question, Sort, Grouped]:
        """Return what is asked, in which order, and the matches on the page."""
        question = self._question(query, Conditions.of(filters))
        index = self._ready()
        if sort is None:
            by_words = scoring.scoring_terms(question.tree, cast(Segmenter, self._segmenter))
            sort = "relevance" if by_words else "newest"
        order = one_of("sort", sort, SORTS)
        place = cursor.place(after, order, question.parsed.canonical) if after else None
        if group:
            found = grouped(index, self._families, question.tree, limit=limit, after=place, sort=order, near=near)
        else:
            matches = index.search(question.tree, limit=limit, after=place, sort=order, near=near)
            found = Grouped(matches.total, matches.total, matches.page, matches.more, {})  # each stands for itself
        return question, order, found

    def _hits(
        self,
        page: Sequence[Match],
        question: Question,
        explain: bool,
        snippets: int,
        width: int,
        reprints: Mapping[str, int],
    ) -> tuple[Hit, ...]:
        articles = self._store.get_many(match.id for match in page)
        family = self._families.of([match.id for match in page])
        highlighter = Highlighter(question.tree, cast(Segmenter, self._segmenter))
        found = []
        for match in page:
            article = articles.get(match.id)
            if article is None:
                continue  # deleted by another process since the index was read
            found.append(
                Hit(
                    id=match.id,
                    title=article.title,
                    published=self._local(article.published),
                    precision=article.precision,
                    source=article.source,
                    author=article.author,
                    site=article.site,
                    section=article.section,
                    url=article.url,
                    kind=article.kind,
                    parent=article.parent,
                    score=match.score,
                    near=match.near,
                    snippets=highlighter.snippets(article, snippets, width),
                    title_marks=highlighter.title_marks(article),
                    explanation=self._index.explain(question.tree, match.id) if explain else {},
                    family=family.get(match.id, ""),
                    reprints=reprints.get(match.id, 0),
                )
            )
        return tuple(found)

    def _local(self, moment: datetime | None) -> datetime | None:
        return moment.astimezone(self.timezone) if moment else None

    @_timed
    def count(self, query: str | Node = "", **filters: Any) -> int:
        """How many articles match; the conditions are those of `search`."""
        return self._ready().count(self._question(query, Conditions.of(filters)).tree)

    @_timed
    def timeline(self, query: str | Node = "", *, by: By = "month", **filters: Any) -> Timeline:
        """How many match in each day, week (ISO), month, quarter or year; empty periods between are kept."""
        from searchkit.model.aggregations import Timeline
        from searchkit.search.timeline import buckets

        question = self._question(query, Conditions.of(filters))
        days = dict(self._ready().days(question.tree))
        undated = days.pop(None, 0)
        dated = cast("dict[date, int]", days)
        span = question.parsed.span
        found = buckets(dated, by, span.since if span else None, span.until if span else None)
        return Timeline(by, found, undated, sum(dated.values()) + undated, question.parsed)

    @_timed
    def facets(
        self, query: str | Node = "", *, fields: Sequence[str] = ("source",), limit: int = 10, **filters: Any
    ) -> Facets:
        """The `limit` most frequent values of each field among the matches."""
        from searchkit.model.aggregations import Facet, Facets

        countable = [each.name for each in FIELDS.values() if each.facet]
        for name in fields:
            if name not in countable:
                raise UsageError(f"no field {name!r} to count", hint=f"one of {', '.join(countable)}")
        question = self._question(query, Conditions.of(filters))
        names = cast("Sequence[FieldName]", list(fields))
        counted = self._ready().facets(question.tree, names)
        found = []
        for name in names:
            values = {value: count for value, count in counted[name].items() if value}
            ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
            found.append(Facet(name, tuple(ordered[:limit]), counted[name].get("", 0), len(values)))
        return Facets(self._index.count(question.tree), tuple(found), question.parsed)

    def analyze(self, text: str) -> Analysis:
        """What the analysis makes of a text: folding, words, character pairs."""
        return analysis_of(text, self.dictionary)

    # -- single articles

    def get(self, id: str) -> Article | None:
        """The article with this id, or None."""
        return self._store.get(id)

    def __getitem__(self, id: str) -> Article:
        article = self._store.get(id)
        if article is None:
            raise KeyError(id)
        return article

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self._store.has(id)

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[Article]:
        """Every article, by id."""
        return self._store.articles()

    def resolve(self, id: str) -> str:
        """The id that this one, or the beginning of one, stands for. Raises QueryError if none or several do."""
        kept = clean(id)  # half characters of an argument that is not UTF-8 are in no id
        if self._store.has(kept):
            return kept
        found = self._store.ids_starting(kept) if kept else []
        if len(found) == 1:
            return found[0]
        hint = f"one of {', '.join(found)}" if found else "searchkit search … --ids lists ids"
        what = "several ids begin with" if found else "no article has the id"
        raise QueryError(f"{what} {id}", query=id, width=len(id), hint=hint)

    def revisions(self, id: str) -> tuple[Revision, ...]:
        """Every state of an article, the first first; empty if it is not there."""
        return self._store.revisions(id)

    def family(self, id: str) -> Family | None:
        """An article and its reprints in the order of their appearance; None if there is no such article.

        An article without reprints is a family of one, and so is one without a time or with hardly any text.
        """
        ids = self._families.members(id)
        found = self._store.get_many(ids)
        return family_of([found[each] for each in ids if each in found]) if id in found else None

    def headlines(self, id: str) -> tuple[Article, ...]:
        """The headlines that an article's page listed, newest first."""
        return self._store.children(id)

    def export(self, query: str | Node = "", **filters: Any) -> Iterator[Article]:
        """Every article that matches, by id; without a condition the whole record, whatever state the index is in."""
        given = Conditions.of(filters)
        with within(self.timeout):
            question = self._question(query, given)
            whole = isinstance(question.tree, Everything)
            ids = [] if whole else list(self._ready().ids(question.tree))
        if whole:
            yield from self._store.articles()
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            held = self._store.get_many(part)
            yield from (held[id] for id in part if id in held)

    # -- the whole

    def stats(self) -> Stats:
        """The archive in figures."""
        from searchkit.model.reports import Stats
        from searchkit.search.timeline import gaps

        counts = self._store.counts()
        index = self._ready()
        kinds = self._store.kinds() if self.index_behind else index.facets(Everything(), ["kind"])["kind"]
        articles = Field("kind", "article")
        days = dict(index.days(articles))
        undated = days.pop(None, 0)
        dated = cast("dict[date, int]", days)
        sources = index.facets(articles, ["source"])["source"]
        return Stats(
            articles=kinds.get("article", 0),
            headlines=kinds.get("headline", 0),
            revisions=counts["revisions"],
            undated=undated,
            first=min(dated, default=None),
            last=max(dated, default=None),
            days=len(dated),
            gaps=gaps(dated, 10),
            sources=tuple(sorted(sources.items(), key=lambda item: (-item[1], item[0]))),
            duplicates=counts["duplicates"],
            record_bytes=self._store.size(),
            index_bytes=index.size(),
            index_behind=self.index_behind,
            timezone=self.tz,
            fingerprint=self._fingerprint,
            backend=type(index).__name__,
            path=str(self.path),
        )

    def sources(self) -> tuple[SourceReport, ...]:
        """What the articles of each source have and lack, the source with most articles first."""
        from searchkit.writing.quality import Completeness

        found = Completeness(self.timezone)
        for source, published, author, body in self._store.outlines():
            found.count(source, published.astimezone(self.timezone).date() if published else None, author, body)
        return found.report()

    def verify(self, progress: Progress | None = None) -> Verification:
        """Check the record, the index, and one against the other."""
        from searchkit.model.reports import Verification

        if progress:
            progress("record", 0, 3)
        problems = list(self._store.verify())
        if progress:
            progress("index", 1, 3)
        held, indexed = 0, 0
        try:
            problems += self._index.verify()
            if problems:
                return Verification(("record", "index"), tuple(problems), len(self._store), 0)
            self._require_fitting_index()
            if progress:
                progress("comparing", 2, 3)
            ids, found = set(self._store.ids()), {*self._index.snapshot().sequence_numbers()}
            held, indexed = len(ids), len(found)
            if not self.index_behind:
                problems += [f"{id} is in the record but not in the index" for id in sorted(ids - found)[:20]]
                problems += [f"{id} is in the index but not in the record" for id in sorted(found - ids)[:20]]
        except SearchkitError as error:
            problems.append(error.message)
        return Verification(("record", "index", "index against record"), tuple(problems), held, indexed)


def analysis_of(text: str, dictionary: UserDictionary) -> Analysis:
    """What the analysis with these user words makes of a text."""
    from searchkit.model.reports import Analysis

    folded, cutter = fold(text), segmenter(dictionary)
    return Analysis(
        text, folded, tuple(words(folded, cutter)), tuple(query_words(folded, cutter)), tuple(grams(folded)),
        cutter.engine,
    )  # fmt: skip


def _next(question: Question, order: Sort, found: Grouped) -> str | None:
    """Return the cursor of the next page; None if there is none."""
    return cursor.cursor(order, found.page[-1].key, question.parsed.canonical) if found.more and found.page else None


def _diagnosis(tree: Node, index: Index) -> Diagnosis | None:
    try:
        return diagnosis.diagnose(tree, index)
    except QueryTimeout:
        return None  # that nothing was found is an answer all the same


class _Lazy:
    """A segmenter that is loaded when it is first asked to cut."""

    def __init__(self, make: Callable[[], Segmenter]) -> None:
        self._make = make
        self._made: Segmenter | None = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = self._make()
        return getattr(self._made, name)


def _has_any(article: Article, folded_words: Iterable[str]) -> bool:
    text = fold(article.title) + "\n" + fold(article.body)
    return any(word in text for word in folded_words)


def _line(word: Any) -> str:
    return " ".join(str(part) for part in (word.word, word.freq, word.tag) if part is not None)
