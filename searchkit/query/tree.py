"""The query tree: what is asked, in types, knowing no engine.

What each node means is defined over an article's *folded* title and body (`searchkit.analysis.normalise`), whose length
is not that of the original. Let `text` be `title + "\\n" + body`.

"Whole" below means: where the searched string starts (ends) with a letter or digit that is not an ideograph, the
character before (after) it in the text is not such a letter or digit. So the typed word AI is not found in AIGC, the
quoted phrase "AI" is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args

from searchkit.model.fields import FieldName

Mode = Literal["auto", "all", "any"]
MODES: tuple[Mode, ...] = get_args(Mode)
ALL_REQUIRED = 4
"""Up to so many typed words every one must match (mode "auto")."""


@dataclass(frozen=True, slots=True)
class Everything:
    """Every article."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words typed side by side without quotes.

    A typed word matches an article when `text` contains it literally and whole, or when the article's words (jieba,
    search mode) include every word that jieba makes of it.

    `mode` "all": every typed word must match; "any": at least one; "auto": all up to ALL_REQUIRED typed words, of more
    the most (see `searchkit.engines.scoring.MOST`).
    """

    typed: tuple[str, ...]
    mode: Mode = "auto"


@dataclass(frozen=True, slots=True)
class Word:
    """`word:市长`: the article's words (jieba, search mode) include exactly this one."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """`"…"`: `text` contains exactly this, folded; not necessarily whole."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """`芯片*`: `text` contains a string that starts with this; whole at its start only."""

    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """`title:…`: the folded title contains this.

    `exact`: literally (a quoted phrase). Else whole, or every word that jieba makes of it is in the title.
    """

    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """`A NEAR/n B`: A and B, literal and whole, both in the title or both in the body, apart by at most `distance`.

    The distance counts the characters between the end of one and the start of the other, 0 being side by side; either
    may come first; they may not overlap.
    """

    left: str
    right: str
    distance: int = 10


@dataclass(frozen=True, slots=True)
class Field:
    """`source:新华社`: the field has this value, folded. With `prefix`, a value that starts so.

    `author`, `editor` and `keyword` hold several values: the whole printed string, and each name in it.
    """

    name: FieldName
    value: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """Published on a day from `since` to `until`, both included, in the archive's time zone. None: no bound.

    With both None: has a time at all.
    """

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class And:
    """Every child matches."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one child matches."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The child does not match."""

    child: Node


Node: TypeAlias = Everything | Words | Word | Phrase | Prefix | Title | Near | Field | Published | And | Or | Not
