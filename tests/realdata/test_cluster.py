"""The real articles in a cluster: every judged string is found exactly, and answers are those of the local engine.

Over a sixteenth of the articles; under --torture over all. Where a cluster is; see tests/cluster.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from searchkit.analysis.segment import segmenter
from searchkit.engines.index import Entry
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.engines.whoosh.write import bulk
from searchkit.model.results import Recent
from searchkit.query.tree import AtLeast, Fuzzy, Near, Phrase, Published, Together, Wildcard, Words
from tests.cluster.reached import IN_CLUSTER, index_in_cluster
from tests.conftest import SHARED
from tests.realdata.test_exactness import articles

pytestmark = [pytest.mark.realdata, IN_CLUSTER]
JUDGED = ("headlines", "hot-terms", "digest", "keywords")


@pytest.fixture(scope="module")
def both(rounds, tmp_path_factory):
    """The same articles in a cluster and in files."""
    entries = [Entry(seq, article) for seq, article in enumerate(articles(rounds(16, 1)), 1)]
    with index_in_cluster(3) as cluster, pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "default_jobs", lambda: 1)
        local = WhooshIndex(tmp_path_factory.mktemp("local"), ZoneInfo("Asia/Shanghai"), segmenter())
        for index in (cluster, local):
            index.apply(entries, covers=len(entries))
        yield cluster, local, {entry.article.id for entry in entries}
        local.close()


def test_every_judged_string_is_found_exactly_in_the_cluster(both):
    cluster, _, ids = both
    relevant: defaultdict[str, set[str]] = defaultdict(set)
    for line in (SHARED / "relevance" / "substring.qrels").read_text(encoding="utf-8").splitlines():
        query, _, document, _ = line.split()
        if document in ids:
            relevant[query].add(document)
    lines = (SHARED / "relevance" / "substring.queries.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        query, text = line.split("\t")[:2]
        assert {*cluster.ids(Phrase(text))} == relevant[query], text
    assert len(lines) == 153 and sum(map(len, relevant.values())) > 300


def judged(name: str) -> list[str]:
    lines = (SHARED / "relevance" / f"{name}.queries.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[1] for line in lines]


def asked(rounds: int) -> list[object]:
    typed = [Words(tuple(text.split())) for name in JUDGED for text in judged(name)[:rounds]]
    return [
        *typed, Phrase("江"), Phrase("，"), Near("经济", "发展", 3), Together("经济", "美国"), AtLeast(("芯片", "半导体"), 5),
        AtLeast("谢谢", 2), Wildcard("特?普"), Wildcard("中*美*关系"), Fuzzy("特郎普"), Published(date(2024, 10, 1), None),
    ]  # fmt: skip


def test_the_cluster_answers_as_the_local_engine_does(both, rounds):
    cluster, local, _ = both
    for query in asked(rounds(5, 30)):
        for options in ({}, {"sort": "newest"}, {"recent": Recent(date(2025, 3, 4))}):
            one, other = (index.search(query, limit=10, **options) for index in (cluster, local))
            assert one == other, query
            if one.more:
                after = one.page[-1].key
                pages = [index.search(query, limit=10, after=after, **options) for index in (cluster, local)]
                assert pages[0] == pages[1], query
        assert cluster.ids(query) == local.ids(query) and cluster.days(query) == local.days(query), query
        fields = ["source", "section", "kind"]
        assert cluster.facets(query, fields) == local.facets(query, fields), query
