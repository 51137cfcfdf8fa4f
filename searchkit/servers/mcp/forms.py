"""What a tool answers, and the forms of `search`, `similar` and `fetch`: as ChatGPT's connectors expect them.

These are JSON in one text, with these fields alone. They tell of what is cut, and of the rest, inside the texts: a
client may refuse fields that it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypedDict


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool answers.

    Attributes:
        texts: for the model to read.
        structured: the same for a program, as the tool's output schema says; None for a tool without one.
    """

    texts: list[str]
    structured: dict[str, Any] | None = None


class Result(TypedDict):
    """One article that was found."""

    id: Annotated[str, "for `fetch` and `similar`"]
    title: str
    url: Annotated[str, "empty if it is not known"]
    text: Annotated[str, "what matches, quoted, and of the last result how many there are and how to get more"]


class Found(TypedDict):
    """The answer of `search` and `similar`."""

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
