"""The keyword fields of an article: the single table behind conditions, options, facets, columns and engines.

A keyword field has whole values, which a condition names (`source:新华社`). Title, body and time are no keyword fields:
title and body are searched as text, time by days.

To add a field: a row here, its name in `FieldName`, and its attribute in `searchkit.model.article.Article`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from searchkit.model.article import KINDS

FieldName = Literal["source", "author", "editor", "site", "section", "kind", "keyword", "id", "parent"]
"""The names in FIELDS, for type checkers; a test keeps the two in agreement."""


class KeywordField(NamedTuple):
    """One keyword field.

    Attributes:
        name: its name in queries, options and facets.
        attribute: the attribute of Article that holds it.
        help: its description in the documentation and, for a field without choices, in --help.
        aliases: further names in queries: English names, then Chinese names.
        holds: "value": the attribute is one value; "names": it is a string of one or several names
            (`searchkit.analysis.fields` separates them); "list": it is a tuple of values.
        exact: compare values as they are; otherwise folded, without white space at the ends.
        filter: it is an option of the command line and a keyword argument of `Archive.search`.
        facet: its values can be counted.
        column: it is a column of exported tables.
        choices: the only valid values; empty if any value is valid.
    """

    name: FieldName
    attribute: str
    help: str
    aliases: tuple[str, ...] = ()
    holds: Literal["value", "names", "list"] = "value"
    exact: bool = False
    filter: bool = False
    facet: bool = True
    column: bool = True
    choices: tuple[str, ...] = ()

    @property
    def is_printed(self) -> bool:
        """Whether a page prints it about its article; otherwise only the record knows it."""
        return not self.exact and not self.choices


FIELDS: Mapping[FieldName, KeywordField] = {
    field.name: field
    for field in (
        KeywordField("source", "source", "the outlet the text is taken from", ("来源",), filter=True),
        KeywordField("author", "author", "the author, or one of several", ("作者",), holds="names", filter=True),
        KeywordField(
            "editor",
            "editor",
            "the editor, or one of several",
            ("编辑", "责编", "责任编辑"),
            holds="names",
            filter=True,
        ),
        KeywordField("site", "site", "the site that shows the article", ("网站", "站点"), filter=True),
        KeywordField("section", "section", "the section", ("栏目", "频道", "版面"), filter=True),
        KeywordField(
            "kind",
            "kind",
            "`article`, or `headline`: an entry of the list of other news on an article's page",
            ("类型",),
            filter=True,
            choices=KINDS,
        ),
        KeywordField(
            "keyword", "keywords", "one of the article's keywords", ("keywords", "tag", "关键词"), holds="list"
        ),
        KeywordField("id", "id", "the article's id, exactly", exact=True),
        KeywordField("parent", "parent", "of a headline: the id of the article whose page listed it", exact=True),
    )
}
"""The fields by name, in the order in which users see them.

媒体, 记者 and 题 are no aliases: many headlines begin with 媒体：… or 记者：…, and a pasted headline must be found.
"""


def arranged(first: Iterable[str], chosen: Iterable[KeywordField], last: Iterable[str]) -> tuple[str, ...]:
    """Return attribute names: `first`, then the chosen fields that are in neither `first` nor `last`, then `last`."""
    ends = {*first, *last}
    return (*first, *(field.attribute for field in chosen if field.attribute not in ends), *last)
