"""Tables of aliases: groups of names for one thing. Their text, and the look-up of a name.

A line is a group, its names (forms) separated by commas. Names are compared folded, so a form that differs by script,
width or case only is not repeated. A sign before a form says how far it stands for the others:

| sign | typed | found when another form is typed |
| --- | --- | --- |
| none | the others are found too | yes |
| `>` | the others are found too | no: a common word, or a word of another language |
| `?` | the others are only suggested, since it may mean something else | yes |
| `!` | the others are only suggested | no |

`[name]` begins a category. `#` begins a comment.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from searchkit.analysis.characters import is_ideograph
from searchkit.analysis.normalise import fold
from searchkit.language.messages import Message

OWN = "own"
"""The category of the groups of a user."""
OUTLETS = frozenset({"organisations", OWN})
"""The categories whose names may stand in the fields of outlets."""
SPELLINGS = frozenset({"regional", "persons", "places", OWN})
"""The categories whose names are one name as several regions write it, so that also an exact phrase means all."""
_SIGNS = ">?!"
MOST_FORMS = 40
"""The most forms of one group."""
LONGEST = 60
"""The most characters of a form."""


class Form(NamedTuple):
    """One name of a group. `text` is as written in the table, `folded` is what is compared."""

    text: str
    folded: str
    sign: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether this name, typed, stands for the others without a doubt."""
        return self.sign in ("", ">")

    @property
    def is_found(self) -> bool:
        """Whether this name is looked for when another form is typed."""
        return self.sign in ("", "?")


class Group(NamedTuple):
    """Names for one thing, and the category they stand in."""

    forms: tuple[Form, ...]
    category: str


class Shipped:
    """The groups of a table that is known to be well-formed (a test checks it): parsed only where a name is found.

    Args:
        text: the table.
        folded: the same folded, which must change no character's offset. The shipped one is kept folded beside it:
            folding some thousand different characters for the first time takes longer than a search.

    Attributes:
        names: all names in it, folded, and more.
    """

    def __init__(self, text: str, folded: str) -> None:
        self._written = text.split("\n")
        self._folded = folded.split("\n")
        for sign in _SIGNS:
            folded = folded.replace(sign, "")
        # No line is taken apart until a name of it is looked up: most queries have no name in the table.
        self.names = set(folded.replace(",", "\n").split("\n")) - {""}
        self._headings = [number for number, line in enumerate(self._written) if line.startswith("[")]

    def groups(self, folded: str) -> Iterator[Group]:
        """Yield the groups that a name, folded, is a form of."""
        for number, line in enumerate(self._folded):
            if (
                line
                and folded in line
                and line[0] not in "#["
                and folded in [form.lstrip(_SIGNS) for form in line.split(",")]
            ):
                yield self._group(number)

    def __iter__(self) -> Iterator[Group]:
        """Iterate over all groups, in the order of the table."""
        return (self._group(number) for number, line in enumerate(self._folded) if line and line[0] not in "#[")

    def _group(self, number: int) -> Group:
        heading = self._written[self._headings[bisect_right(self._headings, number) - 1]]
        pairs = zip(self._written[number].split(","), self._folded[number].split(","), strict=True)
        return Group(tuple(_form(text, folded) for text, folded in pairs), heading.strip("[]"))


@lru_cache(maxsize=1)
def shipped() -> Shipped:
    """Return the table that comes with searchkit."""
    here = Path(__file__)
    return Shipped(*(here.with_name(name).read_text(encoding="utf-8") for name in ("shipped.txt", "folded.txt")))


class Own(NamedTuple):
    """The aliases of a user.

    Attributes:
        groups: in the order of the file.
        removed: forms, folded, whose shipped groups are not used.
        errors: a sentence for each line that is left out, and for a file that cannot be read.
    """

    groups: tuple[Group, ...] = ()
    removed: frozenset[str] = frozenset()
    errors: tuple[str, ...] = ()


def own_aliases(text: str, name: str) -> Own:
    """Read the aliases of a user: lines as in the shipped table; `-name` removes the shipped groups of a name.

    Args:
        name: of the file, for the errors. They do not repeat its text, which may come from anywhere.
    """
    groups: list[Group] = []
    removed: set[str] = set()
    errors: list[str] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        line = line.strip()
        if not line or line[0] in "#[":
            continue
        taken = line[0] in "-－"
        forms = list(_forms(line[1:] if taken else line))
        wrong = _fault(forms, 1 if taken else 2)
        if wrong:
            errors.append(Message("{name}, line {number} is left out: {wrong}", name=name, number=number, wrong=wrong))
        elif taken:
            removed.update(form.folded for form in forms)
        else:
            groups.append(Group(tuple(forms), OWN))
    return Own(tuple(groups), frozenset(removed), tuple(errors))


def _forms(line: str) -> Iterator[Form]:
    seen: set[str] = set()
    for part in line.replace("，", ",").replace("、", ",").replace("\t", ",").split(","):
        text = part.strip()
        form = _form(text, fold(text))
        if form.folded not in seen:
            seen.add(form.folded)
            yield form


def _form(text: str, folded: str) -> Form:
    if folded[:1] in _SIGNS and folded:
        return Form(text[1:].strip(), folded[1:].strip(), folded[0])
    return Form(text, folded)


def _fault(forms: list[Form], least: int) -> str:
    """Return what is wrong with a line; empty if it is right."""
    if any(not form.folded for form in forms):
        return Message("a name between two commas is empty")
    if len(forms) < least:
        return Message("a group needs two names that differ by more than script, width and case, separated by a comma")
    if len(forms) > MOST_FORMS:
        return Message("a group has at most {most} names", most=MOST_FORMS)
    if any(len(form.text) > LONGEST for form in forms):
        return Message("a name has at most {most} characters", most=LONGEST)
    if any(len(form.folded) < 2 for form in forms):
        return Message("a name needs two characters")
    return ""


class Name(NamedTuple):
    """A name that was looked up.

    Attributes:
        text: as the table writes it.
        also: the other names to look for, or only to suggest, each with the categories in which it stands for this one.
        is_sure: whether this name stands for the others without a doubt; otherwise they are only suggested.
    """

    text: str
    also: tuple[tuple[Form, frozenset[str]], ...]
    is_sure: bool

    def others(self, categories: frozenset[str] | None = None) -> tuple[Form, ...]:
        """Return the other names (default: of all categories)."""
        return tuple(form for form, held in self.also if categories is None or held & categories)


class Aliases:
    """The shipped table and a user's own groups as one: groups with a common name are one group.

    What a user writes of a name (its sign) holds, whatever the shipped table says.
    """

    def __init__(self, own: Own = Own(), table: Shipped | None = None) -> None:
        self._table = shipped() if table is None else table
        self._own: dict[str, list[Group]] = {}
        self.errors = own.errors
        self._removed = own.removed
        for group in own.groups:
            for form in group.forms:
                self._own.setdefault(form.folded, []).append(group)

    def name(self, folded: str) -> Name | None:
        """Return a name with its aliases; None if no group has it."""
        if folded not in self._table.names and folded not in self._own:
            return None
        first = list(self._groups(folded))
        if not first:
            return None
        if not self._own and len(first) == 1:
            return _named(folded, first)
        # A form that may mean something else joins no groups.
        found, reached = list(first), {folded}
        for group in found:
            for form in group.forms:
                if form.folded not in reached and form.is_sure and _is_sure(folded, first):
                    reached.add(form.folded)
                    found += [each for each in self._groups(form.folded) if each not in found]
        return _named(folded, found)

    def _groups(self, folded: str) -> Iterator[Group]:
        yield from self._own.get(folded, ())
        for group in self._table.groups(folded):
            if not self._removed or not any(form.folded in self._removed for form in group.forms):
                yield group


def _is_sure(folded: str, groups: Iterable[Group]) -> bool:
    return next(form.is_sure for group in groups for form in group.forms if form.folded == folded)


def _named(folded: str, groups: list[Group]) -> Name | None:
    forms: dict[str, Form] = {}
    categories: dict[str, set[str]] = {}
    for group in groups:
        for form in group.forms:
            forms.setdefault(form.folded, form)
            categories.setdefault(form.folded, set()).add(group.category)
    others = tuple(
        (form, frozenset(categories[key])) for key, form in forms.items() if key != folded and form.is_found
    )  # fmt: skip
    return Name(forms[folded].text, others, forms[folded].is_sure) if others else None


def is_short(folded: str) -> bool:
    """Tell whether a name is two ideographs: too little to be sure that it is a word where it stands (四川普通话)."""
    return len(folded) == 2 and is_ideograph(folded[0]) and is_ideograph(folded[1])
