"""The answers of `search` and `fetch`, as ChatGPT's connectors expect them: JSON in one text, with these fields alone.

They tell of what is cut, and of the rest, inside the texts: a client may refuse fields that it does not know.
"""

from __future__ import annotations

from typing import TypedDict


class Result(TypedDict):
    """One article that was found."""

    id: str
    title: str
    url: str
    text: str


class Found(TypedDict):
    """The answer of `search`."""

    results: list[Result]


class Metadata(TypedDict):
    """What is known about a document besides its text; empty strings where it is not known."""

    published: str
    source: str
    author: str
    section: str
    site: str
    kind: str
    keywords: list[str]
    citation: str
    sha256: str
    characters: int
    next_offset: int | None


class Document(TypedDict):
    """The answer of `fetch`."""

    id: str
    title: str
    text: str
    url: str
    metadata: Metadata
