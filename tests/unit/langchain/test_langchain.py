"""A retriever of LangChain over an archive."""

from __future__ import annotations

import asyncio

import pytest

import searchkit
from searchkit import Article, QueryError, UsageError, content_hash
from tests.conftest import NEWS, TODAY, at, load, needs

pytestmark = needs("langchain_core")


@pytest.fixture(scope="module", autouse=True)
def library():
    global ArchiveRetriever  # noqa: PLW0603
    load("langchain_core.retrievers", "langchain_core.runnables")
    from searchkit.langchain import ArchiveRetriever


LONG = Article(
    id="levee", title="堤防转入巡查", source="环海通讯社", url="https://news.example/levee", published=at(2025, 6, 29, 8),
    body="\n".join(f"第{n}号堤段水位回落{n}厘米，值守人员由三班改为两班。" for n in range(1, 60)),
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with searchkit.open(tmp_path_factory.mktemp("langchain") / "index", create=True, today=lambda: TODAY) as made:
        made.upsert_all([*NEWS, LONG])
        yield made


def test_documents_carry_passages_and_their_evidence(archive):
    (document,) = ArchiveRetriever(archive=archive, near=False).invoke("堤段 水位")
    assert "堤段水位回落" in document.page_content and len(document.page_content) < 1000
    assert document.id == "levee" and document.metadata.pop("score") > 0
    assert document.metadata == {
        "id": "levee", "title": LONG.title, "url": LONG.url, "source": "环海通讯社", "near": False,
        "published": "2025-06-29T08:00:00+08:00", "sha256": content_hash(LONG),
    }  # fmt: skip


def test_the_same_in_asyncio(archive):
    retriever = ArchiveRetriever(archive=archive, near=False)
    assert asyncio.run(retriever.ainvoke("堤段 水位")) == retriever.invoke("堤段 水位")


def test_conditions_of_one_question_stand_for_those_of_the_retriever(archive):
    retriever = ArchiveRetriever(archive=archive, near=False, conditions={"source": ["环海通讯社"], "since": "2025"})
    assert [each.id for each in retriever.invoke("堤段", k=5)] == ["levee"]
    assert retriever.invoke("堤段", until="2025-01") == []
    assert [each.id for each in retriever.invoke("长江大桥", source="滨江日报")] == ["bridge"]
    assert [each.id for each in asyncio.run(retriever.ainvoke("长江大桥", source="滨江日报"))] == ["bridge"]
    with pytest.raises(UsageError, match="no condition 'filter'"):
        retriever.invoke("长江大桥", filter={"source": "滨江日报"})


def test_the_text_may_be_the_article_or_what_there_is(archive):
    (whole,) = ArchiveRetriever(archive=archive, near=False, text="article").invoke("堤段 水位")
    assert whole.page_content == LONG.body
    (short,) = ArchiveRetriever(archive=archive, near=False, passages=1, passage_characters=40).invoke("堤段")
    assert len(short.page_content) <= 60
    (titled,) = ArchiveRetriever(archive=archive, near=False).invoke("站台")
    assert titled.page_content == NEWS[3].body  # only its title matches


@pytest.mark.parametrize(
    "question", ['(长江大桥"', "长江大桥 NOT", "title:长江大桥？", "长江大桥 AND (", "-长江大桥", "长江大桥*~?!"]
)
def test_a_question_is_only_words(archive, question):
    assert ArchiveRetriever(archive=archive).invoke(question)[0].id == "bridge"


@pytest.mark.parametrize("question", ["", "？？", " ()"])
def test_a_question_without_words_finds_nothing(archive, question):
    assert ArchiveRetriever(archive=archive).invoke(question) == []


def test_the_query_language_if_asked_for(archive):
    retriever = ArchiveRetriever(archive=archive, language=True, near=False)
    assert [each.id for each in retriever.invoke("source:滨江日报 -老照片")] == ["bridge"]
    with pytest.raises(QueryError):
        retriever.invoke("(长江")


def test_conditions_and_the_number_of_documents(archive):
    found = ArchiveRetriever(archive=archive, k=1, conditions={"source": ["滨江日报"], "since": "2025"})
    assert [each.id for each in found.invoke("长江大桥")] == ["bridge"]


def test_it_can_be_a_part_of_a_chain(archive):
    from langchain_core.runnables import RunnableLambda

    chain = ArchiveRetriever(archive=archive) | RunnableLambda(lambda documents: documents[0].metadata["title"])
    assert chain.invoke("长江大桥") == NEWS[0].title
