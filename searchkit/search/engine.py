"""Engine: the answers to the questions to an archive, from one generation of its index and from its record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from searchkit.analysis.segment import Segmenter
from searchkit.engines import scoring
from searchkit.engines.aggregation import Aggregation, Count, Days, Values
from searchkit.engines.snapshot import Match, Snapshot
from searchkit.errors import NoSuchArticle, QueryTimeout, UsageError
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.fields import FIELDS, FieldName
from searchkit.model.results import SORTS, Hit, Ids, Parsed, Recent, Results, Sample, Similar, Sort, Suggestion
from searchkit.query.emphasis import has_emphasis, without_emphasis
from searchkit.query.tree import And, AnyOf, Everything, Field, Fuzzy, Node, Not, Or, Word, contains_pinyin
from searchkit.reprints.families import Families
from searchkit.search import cursor
from searchkit.search.collapse import Grouped, grouped
from searchkit.search.conditions import Conditions, one_of
from searchkit.search.highlight import Highlighter, Mark
from searchkit.search.likelier import may_be_misspelled, prints, shows
from searchkit.search.page import EVERYTHING, Page, require_limit
from searchkit.search.question import Question, understand
from searchkit.search.recency import recent_of
from searchkit.storage.record import Record

if TYPE_CHECKING:
    from searchkit.model.aggregations import By, Comparison, Facets, Terms, TermsByPeriod, Timeline, Trends
    from searchkit.model.timelines import Timelines
    from searchkit.query.aliases.table import Aliases
    from searchkit.search.advice import Advice
    from searchkit.search.conditions import Day
    from searchkit.search.timelines import Wanted


_SOURCES = 5
"""Sources that a comparison names of each side."""
_NAMED = 10
"""Similar words that a note names."""


class Engine:
    """The questions to an archive, answered from one generation of its index.

    Args:
        snapshot: the generation.
        segmenter: cuts the words of queries in the same way as the index's words.
        today: returns the day that relative dates start from.
        aliases: returns the tables of aliases.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        segmenter: Segmenter,
        store: Record,
        families: Families,
        timezone: ZoneInfo,
        today: Callable[[], date],
        aliases: Callable[[], Aliases],
    ) -> None:
        self._snapshot = snapshot
        self._segmenter = segmenter
        self._store = store
        self._families = families
        self._timezone = timezone
        self._today = today
        self._aliases = aliases

    def understood(self, query: str | Node, conditions: Conditions, *, aliases: bool = True) -> Question:
        """Return the question made from a query and its conditions. Raises: QueryError.

        Args:
            aliases: whether names stand for their other names if the conditions do not say.
        """
        wanted = aliases if conditions.aliases is None else conditions.aliases
        question = understand(
            query, conditions, today=self._today(), timezone=self._timezone.key, segmenter=self._segmenter,
            aliases=self._aliases if wanted else None,
        )  # fmt: skip
        notes = tuple(dict.fromkeys(self._similar(question.tree)))
        parsed = replace(question.parsed, notes=question.parsed.notes + notes) if notes else question.parsed
        if contains_pinyin(question.tree):
            from searchkit.search.pinyin import with_pinyin_notes

            parsed = with_pinyin_notes(parsed, question.tree, self._snapshot)
        return replace(question, parsed=parsed)

    def _similar(self, tree: Node) -> Iterator[str]:
        """Yield a note on what each word stands for that also finds similar ones."""
        match tree:
            case Fuzzy():
                found = self._snapshot.resolved(tree)
                assert isinstance(found, AnyOf)
                shown, more = found.texts[:_NAMED], len(found.texts) - _NAMED
                yield (
                    Message("{text}~ stands for {texts} and {more} more", text=tree.text, texts=shown, more=more)
                    if more > 0
                    else Message("{text}~ stands for {texts}", text=tree.text, texts=shown)
                )
            case And(children=children) | Or(children=children):
                for child in children:
                    yield from self._similar(child)
            case Not(child=child):
                yield from self._similar(child)

    @property
    def covers(self) -> int:
        """The sequence number up to which the record is in this generation."""
        return self._snapshot.covers

    @property
    def behind(self) -> int:
        """The number of changes that are acknowledged but not in this generation."""
        return self._store.pending(self._snapshot.covers)

    # -- searching

    def recency(self, page: Page) -> Recent | None:
        """Return the day and the half-life that newer articles are preferred by; None if they are not.

        Raises:
            QueryError: the day cannot be understood.
            UsageError: the half-life is no number of days, or the order is by time and has no scores.
        """
        return recent_of(page.recent, page.half_life, page.sort, self._today)

    def search(
        self, query: str | Node, conditions: Conditions, page: Page, explain: bool, snippets: int, snippet_width: int
    ) -> Results:
        """Return a page of the matching articles; see `Asking.search`."""
        question = self.understood(query, conditions)
        recent = self.recency(page)
        order, found = self._found(question, page, recent)
        behind = self.behind
        shown = question if found.total or not found.page else _read_as_words(question)
        parsed, diagnosis = question.parsed, None
        if found.total == 0:
            diagnosis, parsed = self._advice.of_nothing(replace(question, parsed=shown.parsed), conditions)
            if not page.after and page.number == 1 and page.sample is None:
                read = self._read_as_pinyin(replace(question, parsed=parsed), conditions, page, recent)
                if read is not None:
                    from searchkit.search.diagnosis import suggesting

                    asked, near, suggested = read
                    parsed = asked.parsed
                    diagnosis = diagnosis and suggesting(diagnosis, (suggested,))
                    if page.near:
                        shown, found = asked, near
        hits = self._hits(found.page, shown, recent, explain, snippets, snippet_width, found.reprints)
        if (
            found.total
            and may_be_misspelled(question.typed, found.total, len(self._snapshot), partial(shows, hits))
            and not prints(hits, question.parsed.text)
        ):
            diagnosis = self._advice.of_few(question, conditions, found.total)
        return Results(
            total=found.total,
            hits=hits,
            next=_next(question, order, recent, found),
            parsed=parsed,
            sort=order,
            recent=recent if order == "relevance" else None,
            diagnosis=diagnosis,
            # From the index: the record would count its rows one by one.
            archive_size=len(self._store) if behind else len(self._snapshot),
            index_behind=behind,
            groups=found.groups if page.group else None,
            sample=None if page.sample is None else Sample(page.sample, page.seed),
        )

    def ids(self, query: str | Node, conditions: Conditions, page: Page) -> Ids:
        """Return the ids of the matching articles, in order; see `Asking.ids`."""
        question = self.understood(query, conditions)
        recent = self.recency(page)
        order, found = self._found(question, page, recent)
        ids = tuple(match.id for match in found.page)
        return Ids(found.total, ids, _next(question, order, recent, found), self.behind)

    def _found(self, question: Question, page: Page, recent: Recent | None) -> tuple[Sort, Grouped]:
        """Return the order of the answer, and the matches on the page."""
        if page.limit is not None:
            require_limit(page.limit)
        tree = question.tree
        by_words = page.sort is None and scoring.scoring_terms(tree, self._segmenter)
        order = one_of("sort", page.sort or ("relevance" if by_words else "newest"), SORTS)
        if page.sample is not None:
            return order, self._sampled(tree, page, page.sample)
        after = cursor.place(page.after, order, _asked(question, recent)) if page.after else None
        before = page.skipped()
        limit = EVERYTHING if page.limit is None else before + page.limit
        # Near matches fill an answer that has only one page.
        near = page.near and not before
        if page.group:
            whole = grouped(
                self._snapshot, self._families, tree,
                limit=limit, after=after, sort=order, near=near, recent=recent,
            )  # fmt: skip
        else:
            found = self._snapshot.search(tree, limit=limit, after=after, sort=order, near=near, recent=recent)
            # Each match represents only itself.
            whole = Grouped(found.total, found.total, found.page, found.more, {})
        return order, replace(whole, page=whole.page[before:])

    def _sampled(self, tree: Node, page: Page, size: int) -> Grouped:
        """Return a sample of the matches as the only page of the answer."""
        from searchkit.search.sampling import sampled

        page.require_whole()
        ids = self._snapshot.ids(tree)
        chosen = tuple(Match(id, 0.0, (0, 0.0, id)) for id in sampled(ids, size, page.seed))
        return Grouped(len(ids), len(ids), chosen, False, {})

    def _read_as_pinyin(
        self, question: Question, conditions: Conditions, page: Page, recent: Recent | None
    ) -> tuple[Question, Grouped, Suggestion] | None:
        """Return a question that finds nothing with its latin words as pinyin.

        Returns:
            That question, what it finds as near matches, and the question as a suggestion; None if it finds nothing.
        """
        from searchkit.search.parts import parts_of, suggestion
        from searchkit.search.pinyin import read_as_pinyin, with_reading_note

        try:
            read = read_as_pinyin(question.tree, self._snapshot)
            if read is None:
                return None
            parsed = with_reading_note(question.parsed, read[1], self._snapshot)
            asked = Question(read[0], parsed, read[0])
            _, found = self._found(asked, page._replace(near=False), recent)
        except QueryTimeout:
            return None  # the empty answer holds without it
        matches = tuple(replace(match, near=True) for match in found.page)
        suggested = suggestion(parts_of(read[0], conditions.options), found.total, "spelling", "read as pinyin")
        return asked, Grouped(0, 0, matches, False, found.reprints), suggested

    @property
    def _advice(self) -> Advice:
        from searchkit.search.advice import Advice  # most questions find enough

        return Advice(self._snapshot, self._segmenter, self._store, self._today, self._aliases)

    def _parsed_of_count(self, question: Question, total: int) -> Parsed:
        """Return how the query was understood, with a note if nothing is counted since no article is of its days."""
        return question.parsed if total else self._advice.parsed_of_nothing(question)

    def _hits(
        self,
        page: Sequence[Match],
        question: Question,
        recent: Recent | None,
        explain: bool,
        snippets: int,
        width: int,
        reprints: Mapping[str, int],
    ) -> tuple[Hit, ...]:
        articles = self._store.get_many(match.id for match in page)
        family = self._families.of([match.id for match in page])
        tree = self._snapshot.resolved(question.tree)
        highlighter = Highlighter(tree, self._segmenter, self._snapshot.passage(tree))
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
                    explanation=self._snapshot.explain(question.tree, match.id, recent) if explain else {},
                    family=family.get(match.id, ""),
                    reprints=reprints.get(match.id, 0),
                )
            )
        return tuple(found)

    def marks(self, query: str | Node, article: Article, conditions: Conditions) -> tuple[tuple[Mark, ...], ...]:
        """Return the ranges of the title and of the body of an article that a query looks for."""
        tree = self._snapshot.resolved(self.understood(query, conditions).tree)
        highlighter = Highlighter(tree, self._segmenter)
        return highlighter.title_marks(article), highlighter.body_marks(article)

    def _local(self, moment: datetime | None) -> datetime | None:
        return moment.astimezone(self._timezone) if moment else None

    # -- counting

    def count(self, query: str | Node, conditions: Conditions) -> int:
        """Return the number of articles that match."""
        return self._snapshot.count(self.understood(query, conditions).tree)

    def matching(
        self, query: str | Node, conditions: Conditions, *, aliases: bool = True
    ) -> tuple[Question, Sequence[str]]:
        """Return the understood query, and the ids of all matches, ascending. `aliases` is as for `understood`."""
        question = self.understood(query, conditions, aliases=aliases)
        return question, self._snapshot.ids(question.tree)

    def timeline(self, query: str | Node, conditions: Conditions, by: By) -> Timeline:
        """Return the number of matches in each period; see `Asking.timeline`."""
        from searchkit.model.aggregations import BYS, Timeline
        from searchkit.search.timeline import buckets

        by = one_of("by", by, BYS)
        question = self.understood(query, conditions)
        days = dict(self._snapshot.days(question.tree))
        undated = days.pop(None, 0)
        dated = cast("dict[date, int]", days)
        span = question.parsed.span
        found = buckets(dated, by, span.since if span else None, span.until if span else None)
        total = sum(dated.values()) + undated
        return Timeline(by, found, undated, total, self._parsed_of_count(question, total), self.behind)

    def timelines(self, queries: Mapping[str, str | Node], conditions: Conditions, wanted: Wanted) -> Timelines:
        """Return several queries through time; see `Asking.timelines`."""
        from searchkit.search.timelines import timelines

        questions = {name: self.understood(query, conditions) for name, query in queries.items()}
        scope = self.understood("", conditions)
        return timelines(self._snapshot, questions, scope, conditions, wanted, self._parsed_of_count, self.behind)

    def facets(self, query: str | Node, conditions: Conditions, fields: Sequence[str], limit: int) -> Facets:
        """Return the most frequent values of each field among the matches; see `Asking.facets`."""
        from searchkit.model.aggregations import Facet, Facets

        require_limit(limit)
        countable = [each.name for each in FIELDS.values() if each.facet]
        for name in fields:
            if name not in countable:
                raise UsageError(
                    Message("no field {name!r} to count", name=name),
                    hint=Message("one of {countable}", countable=", ".join(countable)),
                )
        question = self.understood(query, conditions)
        asked: list[Aggregation[Mapping[str, int]]] = [Values(cast(FieldName, name)) for name in fields]
        total, *counted = self._snapshot.aggregate(question.tree, [Count(), *asked])
        found = []
        for name, counts in zip(fields, counted, strict=True):
            values = {value: count for value, count in counts.items() if value}
            ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
            found.append(Facet(name, tuple(ordered[:limit]), counts.get("", 0), len(values)))
        return Facets(total, tuple(found), self._parsed_of_count(question, total), self.behind)

    def terms(self, query: str | Node, conditions: Conditions, limit: int) -> Terms:
        """Return the words typical of the matches; see `Asking.terms`."""
        from searchkit.engines.aggregation import Terms as Counted
        from searchkit.model.aggregations import Terms
        from searchkit.search.typical import LEAST, typical

        _at_least_one(limit)
        question = self.understood(query, conditions)
        asked = (Count(), Counted(self._families.all(), LEAST))
        total, counted = self._snapshot.aggregate(question.tree, asked)
        found = typical(counted.words, counted.matches, counted.rest, limit)
        parsed = self._parsed_of_count(question, total)
        return Terms(found, total, counted.matches, counted.rest, parsed, self.behind)

    def terms_by(self, query: str | Node, conditions: Conditions, limit: int, by: By) -> TermsByPeriod:
        """Return the words typical of the matches of each period; see `Asking.terms`."""
        from searchkit.engines.aggregation import WordsByDay
        from searchkit.model.aggregations import BYS, TermsByPeriod
        from searchkit.search.periods import by_period, start_of

        _at_least_one(limit)
        by = one_of("by", by, BYS)
        question = self.understood(query, conditions)
        asked = (Days(), WordsByDay(self._families.all(), partial(start_of, by=by)))
        days, counted = self._snapshot.aggregate(question.tree, asked)
        total, matches = sum(days.values()), sum(each.articles for each in counted.values())
        found = by_period(counted, by, limit)
        parsed = self._parsed_of_count(question, total)
        return TermsByPeriod(by, found, total, matches, days.get(None, 0), parsed, self.behind)

    def trends(
        self, query: str | Node, conditions: Conditions, day: Day, period: int, against: int, least: int, limit: int
    ) -> Trends:
        """Return the words that rise; see `Asking.trends`."""
        from searchkit.model.aggregations import Trends
        from searchkit.search.trends import examples, periods_of, rising

        _at_least_one(limit)
        _at_least_one(least, "least")
        question = self.understood(query, conditions)
        tree, today = question.tree, self._today()
        periods, note = periods_of(day, period, against, today, lambda: self._snapshot.days(Everything()))
        found = rising(self._snapshot, self._families.all(), tree, periods, least, limit)
        ids = examples(self._snapshot, tree, periods, [each.word for each in found.trends])
        articles = self._store.get_many(ids.values())
        named = []
        for each in found.trends:
            article = articles.get(ids.get(each.word, ""))
            named.append(replace(each, id=article.id, title=article.title) if article else each)
        parsed = self._parsed_of_count(question, found.total + sum(each.count for each in found.periods))
        if note:
            parsed = replace(parsed, notes=(*parsed.notes, note))
        return Trends(
            tuple(named), *periods.bounds(0), found.total, found.articles, found.before, found.periods, parsed,
            self.behind,
        )  # fmt: skip

    def compare(self, a: str | Node, b: str | Node, conditions: Conditions, limit: int) -> Comparison:
        """Return two queries compared; see `Asking.compare`."""
        from searchkit.engines.aggregation import MatchingWords
        from searchkit.model.aggregations import Comparison, Side
        from searchkit.search.typical import apart

        _at_least_one(limit)
        questions = [self.understood(each, conditions) for each in (a, b)]
        one, other = (question.tree for question in questions)
        counting: Aggregation[Any] = MatchingWords(self._families.all())
        only = [
            self._snapshot.aggregate(And((tree, Not(without))), (counting,))[0]
            for tree, without in ((one, other), (other, one))
        ]
        sides = []
        for question, mine, others in zip(questions, only, reversed(only), strict=True):
            total, values = self._snapshot.aggregate(question.tree, (Count(), Values("source")))
            ordered = sorted((item for item in values.items() if item[0]), key=lambda item: (-item[1], item[0]))
            parsed = self._parsed_of_count(question, total)
            sides.append(Side(parsed, total, mine.articles, tuple(ordered[:_SOURCES]), apart(mine, others, limit)))
        return Comparison(sides[0], sides[1], self._snapshot.count(And((one, other))), self.behind)

    def similar(self, given: str, conditions: Conditions, limit: int, reprints: bool, snippet_width: int) -> Similar:
        """Return the articles most similar to one, or to a text; see `Asking.similar`."""
        from searchkit.search.similar import own_words

        _at_least_one(limit)
        article = self._store.get(given)
        if article is None and given.isascii() and len(given.split()) < 2:
            raise NoSuchArticle(given)
        title, body = (article.title, article.body) if article else ("", given)
        family = self._families.members(given) if article else []
        words = own_words(title, body, self._snapshot, self._segmenter, own=len(family))
        id = article.id if article else ""
        if not words:
            return Similar(id, (), (), self.behind)
        parts: list[Node] = [Or(tuple(map(Word, words)))]
        if article:
            left_out = [id] if reprints else family
            parts.append(Not(Or(tuple(Field("id", each) for each in left_out))))
        question = self.understood(And(tuple(parts)), conditions, aliases=False)
        _, found = self._found(question, Page("relevance", limit, None, near=False, group=not reprints), None)
        hits = self._hits(found.page, question, None, False, 1, snippet_width, found.reprints)
        return Similar(id, words, hits, self.behind)


def _at_least_one(number: int, name: str = "limit") -> None:
    if not isinstance(number, int) or number < 1:
        raise UsageError(
            Message("{name} must be 1 or more, not {number!r:.60}", name=name, number=number),
            hint=Message("{name}=20", name=name),
        )


def _read_as_words(question: Question) -> Question:
    """Return the question that near matches answer where nothing matches: emphasised phrases are typed words."""
    if not has_emphasis(question.tree):
        return question
    note = Message("nothing has the phrases in quotes with all the rest; near matches are those with their words")
    parsed = replace(question.parsed, notes=(*question.parsed.notes, note))
    return replace(question, tree=without_emphasis(question.tree), parsed=parsed)


def _asked(question: Question, recent: Recent | None) -> str:
    """Return what decides on the order of an answer, as text for its cursors."""
    canonical = question.parsed.canonical
    return f"{canonical}\n{recent.day} {recent.half_life}" if recent else canonical


def _next(question: Question, order: Sort, recent: Recent | None, found: Grouped) -> str | None:
    """Return the cursor of the next page; None if there is none."""
    return cursor.cursor(order, found.page[-1].key, _asked(question, recent)) if found.more and found.page else None
