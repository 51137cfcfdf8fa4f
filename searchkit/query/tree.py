"""The query tree: a question as typed nodes, independent of any engine.

The meaning of each node is defined over an article's *folded* title and body (`searchkit.analysis.normalise`), which
may be longer or shorter than the original. Let `text` be `title + "\\n" + body`.

"Whole" has this meaning below: where the searched string starts (ends) with a letter or digit that is not an
ideograph, the character before (after) it in the text is not such a letter or digit. So the typed word AI does not
match AIGC, but the quoted phrase "AI" does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args

from searchkit.model.fields import FieldName

Mode = Literal["auto", "all", "any"]
MODES: tuple[Mode, ...] = get_args(Mode)
ALL_REQUIRED = 4
"""In mode "auto", every typed word must match if there are at most this many."""


@dataclass(frozen=True, slots=True)
class Everything:
    """Every article."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words typed side by side without quotes.

    A typed word matches an article when `text` contains it literally and whole, or when the article's words (jieba,
    search mode) include every word that jieba makes of it, or when one of its aliases matches.

    Attributes:
        also: words that have aliases, each with a node for every alias (see `searchkit.query.aliases`). Those of a
            word that is not typed count for nothing.
        mode: "all": every typed word must match. "any": at least one must match. "auto": up to ALL_REQUIRED typed
            words all must match, and most of them if there are more (see `searchkit.engines.scoring.MOST`).
    """

    typed: tuple[str, ...]
    mode: Mode = "auto"
    also: tuple[tuple[str, tuple[Node, ...]], ...] = ()

    def aliases(self) -> dict[str, tuple[Node, ...]]:
        """Return the aliases of the typed words that have some."""
        return {text: aliases for text, aliases in self.also if text in self.typed}


@dataclass(frozen=True, slots=True)
class Word:
    """`word:市长`: the article's words (jieba, search mode) include exactly this word."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """`"…"`: `text` contains exactly this string, folded. It need not stand whole.

    Attributes:
        stands: "whole": it stands whole. "word": also, the article's words (jieba, search mode) include every word that
            jieba makes of it. No query text means these two: aliases are such phrases.
    """

    text: str
    stands: Literal["anywhere", "whole", "word"] = "anywhere"


@dataclass(frozen=True, slots=True)
class Prefix:
    """`芯片*`: `text` contains a string that starts with this prefix and is whole at its start."""

    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """`title:…`: the folded title contains this text.

    Attributes:
        exact: the title contains the text literally (a quoted phrase). Otherwise it contains the text whole, or
            every word that jieba makes of it.
    """

    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """`A NEAR/n B`: A and B, literal and whole, both in the title or both in the body, at most `distance` apart.

    The distance is the number of characters between the end of one and the start of the other; 0 is side by side.
    Either may come first. They may not overlap.
    """

    left: str
    right: str
    distance: int = 10


@dataclass(frozen=True, slots=True)
class Field:
    """`source:新华社`: the field has this value, folded. With `prefix`, a value that starts with it.

    `author`, `editor` and `keyword` hold several values: the whole printed string, and each name in it.
    """

    name: FieldName
    value: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """Published on a day from `since` to `until`, both included, in the archive's time zone.

    None is no bound. If both are None, the article has a time.
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
class Forms(Or):
    """At least one child matches: the first is typed, the others stand for aliases of it.

    The score is that of the child that scores highest, not the sum of all (see `searchkit.engines.scoring`).
    """


@dataclass(frozen=True, slots=True)
class Not:
    """The child does not match."""

    child: Node


Node: TypeAlias = Everything | Words | Word | Phrase | Prefix | Title | Near | Field | Published | And | Or | Not
