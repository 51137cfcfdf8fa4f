"""A prompt for a language model, made of passages of the archive: pip install '.[langchain]'."""

from __future__ import annotations

import demo
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

import searchkit
from searchkit.langchain import ArchiveRetriever

QUESTION = "出口管制清单影响了哪些企业？"
PROMPT = ChatPromptTemplate.from_template("只根据以下报道回答，并注明出处。\n\n{passages}\n\n问题：{question}")


def quoted(documents: list[Document]) -> str:
    """Write each document with where it is from."""
    return "\n".join(
        f"[{each.id}] {each.metadata['source']}, {each.metadata['published'][:10]}: {each.page_content}"
        for each in documents
    )


with demo.folder() as folder, searchkit.open(folder) as archive:
    retriever = ArchiveRetriever(archive=archive, k=3, conditions={"kind": "article"})
    chain = {"passages": retriever | RunnableLambda(quoted), "question": RunnablePassthrough()} | PROMPT
    print(chain.invoke(QUESTION).to_string())  # what would go to a model: chain | model
