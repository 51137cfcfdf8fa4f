"""What a transaction plans for an article, and how the plan fits another state that came first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from searchkit import Article
from searchkit.storage.opensearch.documents import document
from searchkit.storage.opensearch.mapping import key
from searchkit.storage.opensearch.plans import Plan
from searchkit.storage.opensearch.requests import Held

FERRY = Article(id="ferry", title="渡口复航", body="明日复航。")
STATES = [document(replace(FERRY, body=text)) for text in ("停航。", "复航。", "再停航。")]


def held(state: int = 0, *, first: int = 5, revision: int = 1, seq: int = 5, number: int = 1) -> Held:
    return Held({**STATES[state], "first": first, "revision": revision, "seq": seq}, (number, 1))


def written(plan: Plan, seq: int = 40) -> tuple[list[str], dict[str, object]]:
    """The keys of the revisions, and the document of the newest state."""
    document = plan.action(seq).document
    assert document is not None
    return [each.key for each in plan.revisions(seq)], document


def test_what_is_new_comes_in_with_its_own_number():
    plan = Plan("ferry", None)
    assert [plan.put(each) for each in STATES[:2]] == ["added", "updated"]
    assert plan.put(STATES[1]) == "unchanged"
    revisions, newest = written(plan)
    assert revisions == ["r:ferry:40:1"] and plan.action(40).kind == "create"
    assert (newest["first"], newest["revision"], newest["seq"], newest["digest"]) == (40, 2, 40, STATES[1]["digest"])
    assert list(plan.leftovers()) == []


def test_what_is_replaced_is_kept_and_named():
    plan = Plan("ferry", held(revision=3))
    assert plan.put(STATES[0]) == "unchanged" and not plan.changed
    assert plan.put(STATES[1]) == "updated" and plan.changed
    revisions, newest = written(plan)
    assert revisions == ["r:ferry:5:3"] and (newest["first"], newest["revision"]) == (5, 4)
    assert plan.action(40).state == (1, 1)


def test_a_deletion_takes_the_revisions_with_it_also_where_the_article_comes_again():
    plan = Plan("ferry", held(revision=2))
    plan.put(STATES[1])
    assert plan.delete() and not plan.delete()
    assert written(plan) == ([], {"id": "ferry", "gone": True, "size": 0, "seq": 40})
    gone = ["r:ferry:5:1", "r:ferry:5:2"]
    assert [each.key for each in plan.leftovers()] == gone
    assert plan.put(STATES[0]) == "added"
    assert written(plan)[1]["first"] == 40 and [each.key for each in plan.leftovers()] == gone


@pytest.mark.parametrize("there", [None, Held({"id": "ferry", "gone": True, "size": 0, "seq": 9}, (4, 1))])
def test_a_plan_starts_again_where_the_article_has_gone(there):
    plan = Plan("ferry", held())
    plan.put(STATES[1])
    again = plan.again(there)
    revisions, newest = written(again, 50)
    assert again.changed and revisions == [] and (newest["first"], newest["revision"]) == (50, 1)


def test_a_plan_follows_what_another_has_written():
    plan = Plan("ferry", held())
    plan.put(STATES[1])
    assert not plan.again(held(1, revision=2, seq=9)).changed, "another has written the same"
    again = plan.again(held(2, revision=2, seq=9, number=7))
    revisions, newest = written(again)
    assert revisions == ["r:ferry:5:2"] and newest["revision"] == 3 and again.action(40).state == (7, 1)


def test_a_state_that_only_needs_a_number_needs_none_where_it_has_changed():
    plan = Plan("ferry", held())
    plan.touch()
    assert written(plan)[1] == {**plan.held.source, "seq": 40} and list(plan.revisions(40)) == []
    assert plan.again(held(number=8)).changed and not plan.again(held(1, seq=9)).changed
    assert plan.has_number(5, 5) and not plan.has_number(6, 9)


@pytest.mark.parametrize("id", ["", "x" * 600, "汉" * 300, "a:1", "é", "/"])
def test_any_id_has_a_key_of_its_own(id):
    made = key("a", id)
    assert len(made.encode()) <= 482 and made != key("a", id + "x") and made == key("a", id)
