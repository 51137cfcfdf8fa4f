"""The articles of a record, in the indexes `articles` and `revisions`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from searchkit.cluster.bulk import patiently
from searchkit.cluster.client import Body
from searchkit.model.article import Article
from searchkit.model.history import Revision
from searchkit.storage.articles import Articles, Outcome, Outline, newest_first
from searchkit.storage.opensearch.bulk import Action
from searchkit.storage.opensearch.changes import OpenSearchChanges
from searchkit.storage.opensearch.documents import (
    article_key,
    article_of,
    document,
    outline,
    revision_key,
    time,
    tombstone,
)
from searchkit.storage.opensearch.plans import Plan, compared, is_alive, is_retired, taken
from searchkit.storage.opensearch.requests import Held, term

_SPARSE = 5_000
"""Up to so many ids are looked up; more are met soon enough when all articles are read."""


class OpenSearchArticles(OpenSearchChanges, Articles):
    """The articles of a record."""

    # -- writing

    def put(self, article: Article) -> Outcome:
        with self.transaction():
            plan = self.plan(article.id)
            told = plan.put(document(article))
            if plan.changed:
                self.planned(plan)
        assert told != "deleted"
        return told

    def compare(self, article: Article) -> Outcome:
        return compared(self.state(article.id), document(article))

    def delete(self, id: str) -> bool:
        return self._planned(id, Plan.delete)

    def _planned(self, id: str, ask: Callable[[Plan], bool]) -> bool:
        with self.transaction():
            plan = self.plan(id)
            done = ask(plan)
            if done:
                self.planned(plan)
        return done

    # -- deleting beside other writers

    def retire(self, id: str) -> bool:
        return self._planned(id, Plan.retire)

    def left(self) -> list[str]:
        self.write_planned()
        self.requests.refresh("articles", newest=True)
        query = {"bool": {"filter": [{"term": {"gone": True}}, {"exists": {"field": "first"}}]}}
        return [id for id, _ in self.requests.scan("articles", query, "id")]

    def retired(self, ids: Iterable[str]) -> dict[str, Held]:
        self.write_planned()
        keys = {article_key(id): id for id in ids}
        held = self.requests.get_many("articles", keys, ["gone", "seq", "first", "revision"])
        return {keys[key]: each for key, each in held.items() if is_retired(each.source)}

    def put_back(self, id: str) -> bool:
        return self._planned(id, Plan.put_back)

    def bury(self, retired: Mapping[str, Held]) -> list[str]:
        """See `Articles.bury`. Followers of the changes know of each already, so none gets another number."""
        keys = {article_key(id): id for id in retired}
        actions = (
            Action("index", key, {**tombstone(id), "seq": retired[id].source["seq"]}, retired[id].state)
            for key, id in keys.items()
        )  # fmt: skip
        with self.transaction():
            refused = {*self.write("articles", actions)}
            buried = [id for key, id in keys.items() if key not in refused]
            lives = ((id, retired[id].source) for id in buried)
            self.write(
                "revisions",
                (
                    Action("delete", revision_key(id, life["first"], number))
                    for id, life in lives
                    for number in range(1, life["revision"] + 1)
                ),
            )
        return buried

    def take_over(self, id: str, states: Sequence[Revision]) -> bool:
        with self.transaction():
            plan = self.plan(id)
            given = plan.alike(taken(states))
            if plan.is_just(given) and (plan.replaces_just(given) or self._are_kept(given)):
                return False
            plan.take_over(given)
            self.planned(plan)
        return True

    def _are_kept(self, states: Sequence[Body]) -> bool:
        """Return whether the replaced ones of some states are kept just so."""
        fields = ("recorded", "digest")
        wanted = {
            revision_key(each["id"], each["first"], each["revision"]): {name: each[name] for name in fields}
            for each in states[:-1]
        }
        held = patiently(lambda: self.requests.get_many("revisions", wanted, fields)) if wanted else {}
        return {key: each.source for key, each in held.items()} == wanted

    def look_ahead(self, ids: Iterable[str]) -> None:
        if self.is_writing:
            self.held(ids)

    # -- reading

    def get(self, id: str) -> Article | None:
        return self.get_many([id]).get(id)

    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        found = self.states(dict.fromkeys(ids))
        return {id: article_of(id, each["record"], self.where) for id, each in found.items() if is_alive(each)}

    def has(self, id: str) -> bool:
        return is_alive(self.state(id))

    def lacking(self, ids: Iterable[str]) -> list[str]:
        self.write_planned()
        keys = {article_key(id): id for id in ids}
        held = self.requests.get_many("articles", keys, ["gone"])
        return [id for key, id in keys.items() if key not in held or held[key].source["gone"]]

    def ids_starting(self, prefix: str, limit: int = 10) -> list[str]:
        self.require_open()
        planned = self.planned_ids
        body = {"query": _there({"prefix": {"id": prefix}}), "sort": ["id"], "_source": False}
        self.requests.refresh("articles")
        told = self.requests.search("articles", {**body, "size": limit + len(planned)}, "hits.hits.sort")
        found = {hit["sort"][0] for hit in told.get("hits", {}).get("hits", ())}
        found.update(id for id in planned if id.startswith(prefix))
        return sorted(id for id in found if planned.get(id, True))[:limit]

    def ids(self) -> list[str]:
        self.write_planned()
        return [id for id, _ in self.requests.scan("articles", term(gone=False), "id")]

    def children(self, parent: str) -> tuple[Article, ...]:
        self.write_planned()
        if not parent:
            return ()
        found = self.requests.scan("articles", term(parent=parent, gone=False), "id", ["record"], texts=True)
        return newest_first(article_of(id, each["record"], self.where) for id, each in found)

    def revisions(self, id: str) -> tuple[Revision, ...]:
        return self.histories([id]).get(id, ())

    def histories(self, ids: Iterable[str]) -> dict[str, tuple[Revision, ...]]:
        self.write_planned()
        newest = {id: state for id, state in self.states(dict.fromkeys(ids)).items() if is_alive(state)}
        keys = {
            id: [revision_key(id, state["first"], number) for number in range(1, state["revision"])]
            for id, state in newest.items()
        }
        found = self.requests.get_many("revisions", [key for each in keys.values() for key in each])
        return {
            id: tuple(
                self._revision(id, each)
                for each in (*(found[key].source for key in keys[id] if key in found), state)
            )
            for id, state in newest.items()
        }  # fmt: skip

    def _revision(self, id: str, state: Body) -> Revision:
        recorded = time(state["recorded"], self.where)
        return Revision(state["revision"], recorded, article_of(id, state["record"], self.where))

    def recorded(self, id: str) -> datetime | None:
        state = self.state(id)
        return time(state["recorded"], self.where) if is_alive(state) else None

    def latest(self, ids: Collection[str], limit: int) -> list[tuple[str, datetime]]:
        self.write_planned()
        if limit < 1 or not ids:
            return []
        rows: list[tuple[int, str]] = []
        if len(ids) <= _SPARSE:
            keys = {article_key(id): id for id in ids}
            held = self.requests.get_many("articles", keys, ["gone", "seq"])
            rows = [(each.source["seq"], keys[key]) for key, each in held.items() if not each.source["gone"]]
            rows = sorted(rows, reverse=True)[:limit]
        else:
            among = frozenset(ids)
            for seq, told in self.requests.scan("articles", term(gone=False), "seq", ["id"], descending=True):
                if told["id"] in among:
                    rows.append((seq, told["id"]))
                    if len(rows) == limit:
                        break
        whole = self.requests.get_many("articles", [article_key(id) for _, id in rows], ["recorded"])
        return [(id, time(whole[article_key(id)].source["recorded"], self.where)) for _, id in rows]

    def outlines(self) -> Iterator[Outline]:
        self.write_planned()
        fields = ["source", "published", "has_author", "has_body"]
        query = term(kind="article", gone=False)
        for _, each in self.requests.scan("articles", query, "id", fields, texts=True):
            self.require_open()
            yield outline(each, self.where)

    def __len__(self) -> int:
        self.write_planned()
        return self.requests.count("articles", term(gone=False))

    def kinds(self) -> Mapping[str, int]:
        self.write_planned()
        return dict(self.requests.groups("articles", term(gone=False), "kind"))

    def counts(self) -> Mapping[str, int]:
        self.write_planned()
        same = (count - 1 for _, count in self.requests.groups("articles", term(gone=False), "content"))
        return {"revisions": self.requests.count("revisions", {"match_all": {}}), "duplicates": sum(same)}


def _there(query: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"filter": [query, {"term": {"gone": False}}]}}
