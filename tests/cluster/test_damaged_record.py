"""Each kind of damage to the documents of a record is told in a sentence, and leaves the rest as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from searchkit import Article
from searchkit.errors import ArchiveError, Damaged, FormatTooNew, NoArchive
from searchkit.storage.opensearch.documents import article_key, revision_key
from searchkit.storage.opensearch.mapping import OURS, alias
from searchkit.storage.opensearch.record import OpenSearchRecord
from searchkit.storage.opensearch.sequence import COUNTER
from tests.cluster.reached import IN_CLUSTER, TemporaryRecord, cluster

pytestmark = [IN_CLUSTER]
FERRY = Article(id="ferry", title="渡口复航", body="轮渡明日复航。")
BRIDGE = Article(id="bridge", title="大桥封闭")


@pytest.fixture
def record() -> Iterator[TemporaryRecord]:
    made = TemporaryRecord.made()
    for article in (FERRY, replace(FERRY, body="停航。"), replace(FERRY, body="复航。"), BRIDGE):
        made.put(article)
    assert made.verify() == []
    yield made
    made.close()


def changed(record: TemporaryRecord, part: Any, key: str, /, **fields: object) -> None:
    cluster().request("POST", f"/{alias(record.name, part)}/_update/{key}", {"doc": fields})


def copied(record: TemporaryRecord, key: str, to: str, **fields: object) -> None:
    held = record.requests.get("revisions", key)
    assert held
    cluster().request("PUT", f"/{alias(record.name, 'revisions')}/_doc/{to}", {**held.source, **fields})


def first_of(record: TemporaryRecord) -> int:
    return int(record.state("ferry")["first"])


def told(record: TemporaryRecord) -> list[str]:
    return [each.removeprefix(f"{record.where}: ") for each in map(str, record.verify())]


def test_a_record_that_does_not_fit_its_digest(record):
    changed(record, "articles", article_key("bridge"), digest="0" * 32)
    assert told(record) == ["the record of bridge does not fit its digest"]


def test_a_revision_that_does_not_fit_its_digest(record):
    changed(record, "revisions", revision_key("ferry", first_of(record), 2), record="{}")
    assert told(record) == ["revision 2 of ferry does not fit its digest"]


def test_an_entry_that_does_not_fit_its_record(record):
    changed(record, "articles", article_key("bridge"), parent="ferry")
    assert told(record) == ["the entry of bridge does not fit its record"]


def test_a_revision_that_is_missing(record):
    key = revision_key("ferry", first_of(record), 1)
    cluster().request("DELETE", f"/{alias(record.name, 'revisions')}/_doc/{key}")
    assert told(record) == ["revision 1 of ferry is missing"]
    assert [each.number for each in record.revisions("ferry")] == [2, 3]


def test_revisions_that_a_deletion_left(record):
    first = first_of(record)
    copied(record, revision_key("ferry", first, 1), revision_key("ferry", first + 1000, 1), first=first + 1000)
    assert told(record) == ["revision 1 of ferry is left of a deleted article"]
    assert [each.number for each in record.revisions("ferry")] == [1, 2, 3]


def test_a_state_that_is_there_twice(record):
    first = first_of(record)
    copied(record, revision_key("ferry", first, 2), revision_key("ferry", first, 3), revision=3)
    assert told(record) == ["revision 3 of ferry is there twice"]
    assert [each.number for each in record.revisions("ferry")] == [1, 2, 3]
    record.put(replace(FERRY, body="再次停航。"))
    assert record.verify() == [] and len(record.revisions("ferry")) == 4


def test_numbers_that_are_there_twice_or_were_never_taken(record):
    seq = record.state("ferry")["seq"]
    changed(record, "articles", article_key("bridge"), seq=seq)
    assert told(record) == [f"2 changes have the sequence number {seq}"]
    changed(record, "articles", article_key("bridge"), seq=seq + 1000)
    assert told(record) == [f"bridge has the sequence number {seq + 1000}, which nobody took"]


def test_an_article_that_cannot_be_read(record):
    changed(record, "articles", article_key("bridge"), record="[]")
    with pytest.raises(Damaged):
        record.get("bridge")
    assert record.get("ferry") is not None


def test_a_counter_that_is_gone(record):
    cluster().request("DELETE", f"/{alias(record.name, 'kept')}/_doc/{COUNTER}")
    for ask in (record.last_seq, lambda: record.put(Article(id="tower", title="灯塔"))):
        with pytest.raises(Damaged):
            ask()
    with pytest.raises(Damaged):
        OpenSearchRecord(cluster(), record.name)


def test_what_is_no_record_is_not_opened(record):
    with pytest.raises(NoArchive):
        OpenSearchRecord(cluster(), f"{record.name}-none")
    for meta, error in (({"record": "kept", "format": 99}, FormatTooNew), ({"covers": 1}, ArchiveError)):
        body = {"_meta": {OURS: meta}}
        cluster().request("PUT", f"/{alias(record.name, 'kept')}/_mapping", body)
        with pytest.raises(error):
            record.opened()


def test_a_name_that_no_index_can_have():
    with pytest.raises(ArchiveError, match="small letters"):
        OpenSearchRecord.create(cluster(), "News", {}, replicas=0)


def test_made_twice_it_is_one(record):
    again = OpenSearchRecord.create(cluster(), record.name, {"timezone": "Asia/Taipei"}, replicas=0)
    assert again.setting("timezone") == "Asia/Shanghai" and again.ids() == record.ids()
