"""What is told beside an answer that is empty or small: why, and what to ask instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from searchkit.analysis.segment import Segmenter
from searchkit.engines.snapshot import Snapshot
from searchkit.errors import QueryTimeout
from searchkit.model.results import Diagnosis, Parsed
from searchkit.query.aliases.expand import expand
from searchkit.query.aliases.table import Aliases
from searchkit.query.clock import Clock
from searchkit.query.parser import parse
from searchkit.query.tree import Node
from searchkit.search.changes import Changes
from searchkit.search.conditions import Conditions
from searchkit.search.counting import Counting
from searchkit.search.diagnosis import archive_days, diagnose, suggesting, with_day_notes
from searchkit.search.parts import Part, parts_of
from searchkit.search.question import Question, may_have_aliases
from searchkit.search.rereading import readings
from searchkit.search.spelling import Speller
from searchkit.search.suggestions import Suggestions
from searchkit.storage.record import Record

_TEXTS = 5
"""Articles in which the printed form of a word is looked up."""


class Advice:
    """The advice on questions to one generation of the index. An answer holds without it, so it raises no QueryTimeout.

    Args:
        snapshot, segmenter, store, today, aliases: as of `Engine`.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        segmenter: Segmenter,
        store: Record,
        today: Callable[[], date],
        aliases: Callable[[], Aliases],
    ) -> None:
        self._snapshot = snapshot
        self._segmenter = segmenter
        self._store = store
        self._today = today
        self._aliases = aliases

    def of_nothing(self, question: Question, conditions: Conditions) -> tuple[Diagnosis | None, Parsed]:
        """Return the diagnosis of an empty answer, and how the query was understood with a note on its days."""
        parts, counting = parts_of(question.typed, conditions.options), self._counting(conditions)
        try:
            archive = archive_days(question.parsed.span, self._snapshot)
            diagnosis = replace(diagnose(parts, counting), archive=archive)
        except QueryTimeout:
            return None, question.parsed
        suggested = self._suggestions(parts, counting, question, conditions).of_nothing()
        return suggesting(diagnosis, suggested), with_day_notes(question.parsed, archive)

    def of_few(self, question: Question, conditions: Conditions, total: int) -> Diagnosis | None:
        """Return a spelling that is likelier than that of a query with `total` matches; None if there is none."""
        parts = parts_of(question.typed, conditions.options)
        suggested = self._suggestions(parts, self._counting(conditions), question, conditions).of_few(total)
        return suggesting(Diagnosis((), ()), suggested) if suggested else None

    def parsed_of_nothing(self, question: Question) -> Parsed:
        """Return how a query without matches was understood, with a note if no article is of its days."""
        try:
            return with_day_notes(question.parsed, archive_days(question.parsed.span, self._snapshot))
        except QueryTimeout:
            return question.parsed

    def _counting(self, conditions: Conditions) -> Counting:
        def with_aliases(node: Node) -> Node:
            if conditions.aliases is False or not may_have_aliases(node):
                return node
            return expand(node, self._aliases(), self._segmenter, everywhere=conditions.aliases is True).tree

        return Counting(self._snapshot, with_aliases)

    def _suggestions(
        self, parts: Sequence[Part], counting: Counting, question: Question, conditions: Conditions
    ) -> Suggestions:
        def read(text: str) -> Node:
            return parse(text, clock=Clock(self._today()), mode=conditions.mode).tree

        speller = Speller(self._snapshot, self._segmenter, self._texts)
        changes = Changes(counting, self._segmenter, speller)
        return Suggestions(parts, counting, changes, lambda: readings(question.parsed.text, read, self._today()))

    def _texts(self, query: Node) -> Iterator[str]:
        """Yield the texts of a few articles that match."""
        page = self._snapshot.search(query, limit=_TEXTS, near=False).page
        for article in self._store.get_many(match.id for match in page).values():
            yield f"{article.title}\n{article.body}"
