"""The difference between two states of an article, or an article and a reprint of it, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from searchkit.analysis.normalise import fold, fold_with_map
from searchkit.model.article import Article
from searchkit.model.fields import FIELDS, arranged
from searchkit.model.history import Difference, FieldChange, Passage
from searchkit.model.serialise import rfc3339

_SENTENCE = re.compile(r"[^。！？；!?;\n]*[。！？；!?;]*[”’」』）)]*\n?")
_TEXTS = arranged(
    ("title", "published_text"),
    (field for field in FIELDS.values() if field.holds != "list" and field.name != "id"),
    ("url", "short_title", "kind", "parent"),
)
_LISTS = tuple(field.attribute for field in FIELDS.values() if field.holds == "list")

_MOST = 4_000_000
"""Sentences on one side times those on the other; above this, all are given as removed and added."""

_WITHIN = 600
"""Characters; within a longer sentence, changes are not marked."""

_SIMILAR = 0.5
"""Two sentences with this share of their characters in common are one sentence that was changed."""


def difference(old: Article, new: Article, *, folded: bool = False) -> Difference:
    """Return the differences of `new` from `old`.

    Args:
        folded: treat sentences as the same that differ only in script, width, case or spaces, as between reprints.
    """
    fields = []
    if old.published != new.published and old.published_text == new.published_text:
        fields.append(FieldChange("published", _time(old), _time(new)))
    for name in _TEXTS:
        before, after = str(getattr(old, name)), str(getattr(new, name))
        if before != after:
            fields.append(FieldChange(name, before, after))
    for name in _LISTS:
        if getattr(old, name) != getattr(new, name):
            fields.append(FieldChange(name, "、".join(getattr(old, name)), "、".join(getattr(new, name))))
    for name in sorted({*old.extra, *new.extra}):
        if old.extra.get(name, "") != new.extra.get(name, ""):
            fields.append(FieldChange(name, old.extra.get(name, ""), new.extra.get(name, "")))
    return Difference(tuple(fields), tuple(_joined(_passages(old.body, new.body, folded))))


def _time(article: Article) -> str:
    return rfc3339(article.published) if article.published else ""


def _sentences(text: str) -> list[str]:
    return [found for found in _SENTENCE.findall(text) if found]


def _passages(old: str, new: str, folded: bool) -> Iterator[Passage]:
    before, after = _sentences(old), _sentences(new)
    a, b = ([_compared(each, folded) for each in side] for side in (before, after))
    # Two states mostly agree at both ends; the rest may still be too much for difflib, which takes quadratic time.
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    stop_a, stop_b = len(a) - tail, len(b) - tail
    yield Passage("same", "".join(after[:head]))
    if (stop_a - head) * (stop_b - head) > _MOST:
        yield Passage("removed", "".join(before[head:stop_a]))
        yield Passage("added", "".join(after[head:stop_b]))
    else:
        codes = SequenceMatcher(None, a[head:stop_a], b[head:stop_b], autojunk=False).get_opcodes()
        for code, i, j, k, l in codes:
            gone, come = before[head + i : head + j], after[head + k : head + l]
            if code == "equal":
                yield Passage("same", "".join(come))
            else:
                yield from _changed(gone, come)
    yield Passage("same", "".join(after[stop_b:]))


def _compared(sentence: str, folded: bool) -> str:
    return "".join(fold(sentence).split()) if folded else sentence.rstrip("\n")


def _changed(gone: Sequence[str], come: Sequence[str]) -> Iterator[Passage]:
    """Yield removed and added sentences. Where they correspond one to one, their changes are marked."""
    if len(gone) != len(come):
        yield from (Passage("removed", each) for each in gone)
        yield from (Passage("added", each) for each in come)
        return
    for before, after in zip(gone, come, strict=True):
        marks_before, marks_after = _marks(before, after)
        yield Passage("removed", before, marks_before)
        yield Passage("added", after, marks_after)


def _marks(before: str, after: str) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    if max(len(before), len(after)) > _WITHIN:
        return (), ()
    old, new = fold_with_map(before), fold_with_map(after)
    matcher = SequenceMatcher(None, old.text, new.text, autojunk=False)
    if matcher.ratio() < _SIMILAR:
        return (), ()
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return (
        tuple(old.original(i, j) for _, i, j, _, _ in codes if i < j),
        tuple(new.original(k, l) for _, _, _, k, l in codes if k < l),
    )


def _joined(passages: Iterator[Passage]) -> Iterator[Passage]:
    """Drop empty passages and join neighbouring equal ones."""
    held = ""
    for each in passages:
        if each.kind == "same":
            held += each.text
        elif each.text:
            if held:
                yield Passage("same", held)
            held = ""
            yield each
    if held:
        yield Passage("same", held)
