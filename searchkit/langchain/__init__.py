"""How does a chain of LangChain find passages in an archive? By a retriever.

    from searchkit.langchain import ArchiveRetriever

    retriever = ArchiveRetriever(archive=searchkit.open("index"), k=5, conditions={"since": "近30天"})
    retriever.invoke("出口管制影响了哪些企业？")
    retriever.invoke("出口管制影响了哪些企业？", source="新华社", k=10)

Needs the extra [langchain], which brings langchain-core alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from searchkit.archive import Archive
from searchkit.errors import MissingExtra
from searchkit.model.results import Hit
from searchkit.model.serialise import content_hash, rfc3339

try:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables.config import run_in_executor
except ImportError as error:
    raise MissingExtra("a retriever of LangChain", "langchain") from error

__all__ = ["ArchiveRetriever"]

_SIGNS = re.compile(r"[^\w\s%]+")


class ArchiveRetriever(BaseRetriever):  # type: ignore[misc]
    """A retriever of LangChain over an archive, also for `ainvoke`, which asks in a thread.

    The text of a document is what was found of an article; its metadata are `id`, `title`, `url`, `source`, `published`
    (ISO 8601; empty if the page gives no time), `score` (comparable within one answer only), `near` (true for an
    article that does not match, but has most of the words) and `sha256`, the hash of the article's content.

    Errors are those of `Archive.search`. What is given to `invoke` or `ainvoke` by name holds for that question alone:
    `k`, and conditions, which are added to those of the retriever or stand for them.

    Attributes:
        archive: an open archive; whoever opened it closes it.
        k: the number of documents, at least 1.
        text: "passages": the pieces of the text that were found, the best first; "article": the whole text.
        passages: the most pieces of one article, at least 1.
        passage_characters: the length of a piece, at least 1.
        language: read questions in searchkit's query language, whose signs and operators people and models type without
            meaning them: by default a question is only words.
        near: fill up with near matches if fewer than `k` articles match.
        conditions: keyword arguments of `Archive.search`: `{"since": "2025", "source": ["新华社"], "group": True}`.
    """

    archive: Archive
    k: int = 4
    text: Literal["passages", "article"] = "passages"
    passages: int = 2
    passage_characters: int = 400
    language: bool = False
    near: bool = True
    conditions: Mapping[str, Any] = {}

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None, **conditions: Any
    ) -> list[Document]:
        asked = query if self.language else _words_of(query)
        if not asked.strip():
            return []
        found = self.archive.search(
            asked, limit=self.k if k is None else k, near=self.near, snippets=self.passages,
            snippet_width=self.passage_characters, **{**self.conditions, **conditions},
        )  # fmt: skip
        return [document for hit in found if (document := self._document(hit)) is not None]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **given: Any
    ) -> list[Document]:
        # As that of the base class, which takes nothing by name.
        asked = partial(self._get_relevant_documents, query, run_manager=run_manager.get_sync(), **given)
        found: list[Document] = await run_in_executor(None, asked)
        return found

    def _document(self, hit: Hit) -> Document | None:
        """Return the document of a hit; None if its article was deleted since it was found."""
        article = self.archive.get(hit.id)
        if article is None:
            return None
        passages = "\n".join(snippet.text for snippet in hit.snippets if snippet.field == "body")
        beginning = article.body[: self.passage_characters]
        content = article.body if self.text == "article" else passages or beginning
        metadata = {
            "id": hit.id,
            "title": hit.title,
            "url": hit.url,
            "source": hit.source or hit.site,
            "published": rfc3339(hit.published) if hit.published else "",
            "score": hit.score,
            "near": hit.near,
            "sha256": content_hash(article),
        }
        return Document(id=hit.id, page_content=content or hit.title, metadata=metadata)


def _words_of(question: str) -> str:
    """Return a question without signs and operators of the query language; operators are words in capitals."""
    return _SIGNS.sub(" ", question).lower()
