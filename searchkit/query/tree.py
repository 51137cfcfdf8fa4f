"""The query tree: a question as typed nodes, independent of any engine.

The meaning of each node is defined over an article's *folded* title and body (`searchkit.analysis.normalise`), which
may be longer or shorter than the original. Let `text` be `title + "\\n" + body`.

Its title is a sentence and a paragraph of its own; `searchkit.analysis.sentences` says where those of the body begin.

"Whole" has this meaning below: where the searched string starts (ends) with a letter or digit that is not an
ideograph, the character before (after) it in the text is not such a letter or digit. So the typed word AI does not
match AIGC, but the quoted phrase "AI" does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal, TypeAlias, get_args

from searchkit.analysis.characters import is_letter
from searchkit.model.fields import FieldName

Mode = Literal["auto", "all", "any"]
"""How many of the words typed side by side an article needs; see `Words`."""
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
    """`word:市长`: the article's words (jieba, search mode) include exactly this word.

    `word:"出口 管制"`: they include each of these words, and `text` contains them, whole, side by side: with nothing
    between them, a space where two words of latin letters meet, either where letters meet ideographs.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """`"…"`: `text` contains exactly this string, folded. It need not stand whole.

    Attributes:
        emphasis: it was typed in quotes that also emphasise (“…”, 「…」), as headlines have them. It matches the same,
            but if the whole query finds nothing, near matches are those with its words (`searchkit.query.emphasis`).
        stands: "whole": it stands whole. "word": also, the article's words (jieba, search mode) include every word that
            jieba makes of it. No query text means these two: aliases are such phrases.
    """

    text: str
    emphasis: bool = False
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
    They may not overlap.

    Attributes:
        left, right: the alternatives, `(芯片 OR 半导体)`: any of them will do. A lone string is one alternative.
        ordered: `A PRE/n B`: A stands before B. Otherwise either may come first.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    distance: int = 10
    ordered: bool = False

    def __post_init__(self) -> None:
        _set_alternatives(self, "left", "right")


Unit = Literal["sentence", "paragraph"]


@dataclass(frozen=True, slots=True)
class Together:
    """`A SENT B`, `A PARA B`: A and B, literal and whole, in one sentence or in one paragraph. They may not overlap.

    Attributes:
        left, right: the alternatives, as in `Near`.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    unit: Unit = "sentence"

    def __post_init__(self) -> None:
        _set_alternatives(self, "left", "right")


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`atleast3(芯片)`: title and body contain this, literal and whole, at least so many times together.

    Occurrences are counted from left to right, and those of one string do not overlap.

    Attributes:
        texts: the alternatives, whose occurrences are added up. A lone string is one alternative.
        times: at least 1.
    """

    texts: tuple[str, ...]
    times: int

    def __post_init__(self) -> None:
        _set_alternatives(self, "texts")
        if self.times < 1:
            raise ValueError(f"times must be 1 or more, not {self.times}")


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`芯*片`, `d?epseek`: a sentence contains the literal parts in order, and between them what the wildcards are.

    ? is one character and * up to ten, of any kind (see `searchkit.query.patterns`). The first part is whole at its
    start and the last at its end, unless a * stands there.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """`特郎普~`: `text` contains a variant of this word: what `AnyOf` the variants matches.

    The variants of a word of letters are the runs of letters and digits within `edits` edits (see
    `searchkit.analysis.edits`) that stand in any article of the archive. Those of a word of ideographs have at least
    three characters, and are: the words (jieba, search mode) of any article, of ideographs, within `edits` edits; and
    the strings of ideographs that stand in any article, within one edit that leaves the first and the last character,
    exchanges two neighbours, or replaces any character of a word of four or more. The word itself is always a variant,
    and the only one of any other text.

    Raises:
        QueryError: on asking, if there are too many variants.
    """

    text: str
    edits: int = 1

    def __post_init__(self) -> None:
        if self.edits not in (1, 2):
            raise ValueError(f"edits must be 1 or 2, not {self.edits}")


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`text` contains one of these strings, literal and whole. No query text means this: a `Fuzzy` becomes it."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pinyin:
    """`pinyin:telangpu`, `pinyin:tlp`: a title or a name is spelled so (see `searchkit.analysis.pinyin.Spelling`).

    Spelled by syllables: the title contains a string of ideographs that is read so, and if this is of two characters
    only, it is one of the article's words (jieba, search mode); or the author, the editor or the source contains such
    a string.

    Spelled by initials: the title contains a string that is one of the article's words and has these initials; or the
    author, the editor or the source begins with a string that has.

    The values of these fields are those of `Field`.

    Raises:
        QueryError: on asking, if it is no spelling, or if it stands for too many strings of the archive.
        MissingExtra: on asking, if the extra `pinyin` is not installed.
    """

    text: str


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


Node: TypeAlias = (
    Everything
    | Words
    | Word
    | Phrase
    | Prefix
    | Title
    | Near
    | Together
    | AtLeast
    | Wildcard
    | Fuzzy
    | AnyOf
    | Pinyin
    | Field
    | Published
    | And
    | Or
    | Not
)
"""Any part of a query."""


def _set_alternatives(node: object, *names: str) -> None:
    """Let a caller give a string in place of a tuple of one, and alternatives more than once."""
    for name in names:
        given = getattr(node, name)
        object.__setattr__(node, name, (given,) if isinstance(given, str) else tuple(dict.fromkeys(given)))


def contains_pinyin(node: Node) -> bool:
    """Tell whether `Pinyin` is part of a query."""
    match node:
        case And(children=children) | Or(children=children):
            return any(map(contains_pinyin, children))
        case Not(child=child):
            return contains_pinyin(child)
        case _:
            return isinstance(node, Pinyin)


def side_by_side(words: Sequence[str]) -> tuple[str, ...]:
    """Return the strings in which words, folded, stand side by side, see `Word`."""
    found = [words[0]] if words else []
    for before, after in pairwise(words):
        letters = is_letter(before[-1:]), is_letter(after[:1])
        between = (" ",) if all(letters) else ("", " ") if any(letters) else ("",)
        found = [f"{text}{each}{after}" for text in found for each in between]
    return tuple(found)
