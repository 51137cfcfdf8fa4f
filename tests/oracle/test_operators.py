"""The operators of press databases against a scan: many random queries of each kind, their matches and their marks.

The scan looks at every place of every text, in the most obvious way there is. Both engines must find what it finds, and
the highlights must mark exactly the characters that made an article match.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from functools import cache
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest

from searchkit.analysis.characters import is_ideograph, is_letter
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import segmenter
from searchkit.analysis.terms import words
from searchkit.engines.index import Entry
from searchkit.engines.memory import MemoryIndex
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.engines.whoosh.write import bulk
from searchkit.model.article import Article
from searchkit.query.tree import AtLeast, Fuzzy, Near, Node, Together, Wildcard, Word
from searchkit.search.highlight import Highlighter

SHANGHAI = ZoneInfo("Asia/Shanghai")
PIECES = [
    "芯片", "出口", "管制", "出口管制", "半导体", "特朗普", "特郎普", "川朗普", "人工智能", "人工只能", "人工智慧", "智能", "发展", "的", "哈哈",
    "哈", "deepseek", "deepseak", "depseek", "AI", "AI芯片", "f-16", "u.s. ", "mr. wang ", "3.5", "，", "。", "！", "？”", "；", ". ",
    "\n", " ", "“", "…", "长江大桥", "南京市",
]  # fmt: skip
OPERANDS = [
    "芯片",
    "出口",
    "管制",
    "出口管制",
    "半导体",
    "特朗普",
    "哈哈",
    "哈",
    "的",
    "deepseek",
    "ai",
    "人工智能",
    "3.5",
    "u.s",
    "。",
]
SIMILAR = [
    "特朗普",
    "特郎普",
    "川朗普",
    "人工智能",
    "人工只能",
    "deepseek",
    "depseek",
    "半导体",
    "出口管制",
    "wang",
    "长江大桥",
]


def article(chance: random.Random, number: int) -> Article:
    title, body = ("".join(chance.choices(PIECES, k=chance.randint(0, most))) for most in (4, 16))
    return Article(id=f"a{number:02}", title=title.replace("\n", ""), body=body)


# -- the scan: for each text the characters that a query marks; an article matches if there is any


@cache
def is_inside(text: str) -> list[bool]:
    """For each place of a text, and its end: do letters meet there, so that no string begins or ends?"""
    letters = [False, *map(is_letter, text), False]
    return [one and other for one, other in pairwise(letters)]


@cache
def stands(text: str, sought: str) -> list[range]:
    found = []
    for at in range(len(text) - len(sought) + 1):
        end = at + len(sought)
        if text[at:end] == sought and not is_inside(text)[at] and not is_inside(text)[end]:
            found.append(range(at, end))
    return found


@cache
def units(text: str, unit: str, is_title: bool) -> list[int]:
    """The number of the sentence or paragraph of each character."""
    numbers, number = [], 0
    for at in range(len(text)):
        if at and not is_title and begins(text, at, unit):
            number += 1
        numbers.append(number)
    return numbers


def begins(text: str, at: int, unit: str) -> bool:
    if text[at - 1] == "\n":
        return True
    if unit == "paragraph":
        return False
    closing = "'」』)》〉】]"
    back = at - 1
    while back >= 0 and text[back] in closing:
        back -= 1
    if back >= 0 and text[back] in "。!?":
        return text[at] not in closing + "。!?"
    while back > 0 and text[back] in closing + "。!?":
        back -= 1
    last = text[:back].rsplit(maxsplit=1)[-1] if text[:back].split() and not text[back - 1].isspace() else ""
    letters = ""
    for char in reversed(last):
        if not is_letter(char):
            break
        letters = char + letters
    return (
        back >= 0
        and text[back] == "."
        and text[back + 1 : at].strip(closing) == ""
        and text[at].isspace()
        and len(letters) != 1
        and letters not in ("mr", "mrs", "ms", "dr", "st", "vs")
    )


def pairs(node: Near | Together, text: str, is_title: bool) -> list[tuple[range, range]]:
    numbers = units(text, node.unit, is_title) if isinstance(node, Together) else []
    found = []
    for left, right in product(node.left, node.right):
        if left not in text or right not in text:
            continue
        for one, other in product(stands(text, left), stands(text, right)):
            gap = other.start - one.stop if one.stop <= other.start else one.start - other.stop
            if gap < 0:
                continue
            if isinstance(node, Near):
                if gap <= node.distance and (not node.ordered or one.stop <= other.start):
                    found.append((one, other))
            elif len({numbers[at] for at in (*one, *other)}) == 1:
                found.append((one, other))
    return found


def fits(pattern: str, text: str) -> bool:
    """Whether a whole string is what a pattern says."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(fits(pattern[1:], text[skip:]) for skip in range(min(10, len(text)) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and fits(pattern[1:], text[1:])


def strings(node: Wildcard, text: str, is_title: bool) -> list[range]:
    pattern, numbers, found = node.text, units(text, "sentence", is_title), []
    is_open = pattern.endswith("*")
    pattern = pattern.rstrip("*")
    for at in range(len(text)):
        if is_inside(text)[at] or not fits(pattern[:1], text[at]):
            continue
        for end in range(at + 1, min(len(text), at + len(pattern) + 10 * pattern.count("*")) + 1):
            if numbers[at] != numbers[end - 1] or not fits(pattern, text[at:end]):
                continue
            if not is_open and is_inside(text)[end]:
                continue
            found.append(range(at, end))
            break
    return found


@cache
def distance(one: str, other: str) -> int:
    """The edits from one string to another, by the definition."""
    if not one or not other:
        return len(one) + len(other)
    found = [
        distance(one[1:], other) + 1,
        distance(one, other[1:]) + 1,
        distance(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if one[:2] == other[1::-1] and len(one) > 1:
        found.append(distance(one[2:], other[2:]) + 1)
    return min(found)


@cache
def words_of(text: str) -> frozenset[str]:
    return frozenset(words(text, segmenter()))


@cache
def variants(node: Fuzzy, texts: tuple[str, ...]) -> set[str]:
    word, edits = node.text, node.edits
    if is_letter(word[0]):
        runs = {each for text in texts for each in "".join(c if is_letter(c) else " " for c in text).split()}
        return {each for each in runs if distance(word, each) <= edits} | {word}
    known = {each for text in texts for each in words_of(text)}
    standing = {
        text[at : at + size]
        for text in texts
        for size in (len(word) - 1, len(word), len(word) + 1)
        for at in range(len(text) - size + 1)
    }
    inside = {
        each
        for each in standing
        if (each[0], each[-1]) == (word[0], word[-1])
        or (len(each) == len(word) and (len(word) > 3 or sorted(each) == sorted(word)))
        if distance(word, each) <= 1
    }
    found = {each for each in known if abs(len(each) - len(word)) <= edits and distance(word, each) <= edits} | inside
    return {each for each in found if len(each) >= 3 and all(map(is_ideograph, each))} | {word}


def scanned(node: Node, title: str, body: str, texts: tuple[str, ...]) -> tuple[set[int], set[int]]:
    """The characters of the title and of the body that are marked."""
    marked = []
    for text, is_title in ((title, True), (body, False)):
        if isinstance(node, (Near, Together)):
            found = [each for pair in pairs(node, text, is_title) for each in pair]
        elif isinstance(node, Wildcard):
            found = strings(node, text, is_title)
        elif isinstance(node, Fuzzy):
            found = [each for one in variants(node, texts) for each in stands(text, one)]
        elif isinstance(node, AtLeast):
            found = []
            for each in node.texts:
                free = 0
                for place in stands(text, each):
                    if place.start >= free:
                        found.append(place)
                        free = place.stop
        else:
            one, other = node.text.split()  # type: ignore[union-attr]
            between = " " if is_letter(one[-1]) and is_letter(other[0]) else ""
            joined = {one + between + other, one + other if is_ideograph(one[-1]) else one + between + other}
            if is_letter(one[-1]) != is_letter(other[0]):
                joined.add(f"{one} {other}")
            found = [each for sought in joined for each in stands(text, sought)]
        marked.append(found)
    if isinstance(node, AtLeast) and sum(map(len, marked)) < node.times:
        return set(), set()
    return {at for each in marked[0] for at in each}, {at for each in marked[1] for at in each}


KINDS = ["near", "pre", "sent", "para", "atleast", "wildcard", "fuzzy", "word"]


def pattern(chance: random.Random, text: str) -> str:
    """A few characters of a text, of which some inside became wildcards."""
    at = chance.randrange(len(text) - 3)
    chars = list(text[at : at + chance.randint(3, 8)].replace("\n", " "))
    for _ in range(chance.randint(1, 2)):
        place = chance.randrange(1, max(2, len(chars) - 1))
        chars[place : place + chance.choice([0, 1, 1, 2])] = [chance.choice("*?")]
    return "".join(chars).strip("*? ") + chance.choice(["", "", "*"])


def slip(chance: random.Random, word: str) -> str:
    at = chance.randrange(len(word))
    return (
        word[:at] + chance.choice(["", "e"] if word.isascii() else ["", "普", "智"]) + word[at + chance.randint(0, 1) :]
    )


def asked(kind: str, chance: random.Random, texts: tuple[str, ...]) -> Node:
    def operand() -> tuple[str, ...]:
        return tuple(chance.sample(OPERANDS, chance.choice([1, 1, 2, 3])))

    match kind:
        case "near" | "pre":
            return Near(operand(), operand(), chance.choice([0, 1, 3, 8, 20, 1000]), ordered=kind == "pre")
        case "sent" | "para":
            return Together(operand(), operand(), "sentence" if kind == "sent" else "paragraph")
        case "atleast":
            return AtLeast(operand(), chance.randint(1, 5))
        case "wildcard":
            return Wildcard(pattern(chance, chance.choice([text for text in texts if len(text) > 3])))
        case "fuzzy":
            word = chance.choice(SIMILAR)
            return Fuzzy(slip(chance, word) if chance.random() < 0.7 else word, chance.choice([1, 1, 1, 2]))
        case _:
            return Word(
                " ".join(
                    chance.choices(["芯片", "出口", "管制", "ai", "人工智能", "发展", "半导体", "wang", "的"], k=2)
                )
            )


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Two engines with the same articles, the Whoosh one in several segments with deletions."""
    chance = random.Random(20261126)
    articles = [article(chance, number) for number in range(30)]
    gone = [Article(id="gone", title="特即普", body="deepsek 芯、片")]
    memory = MemoryIndex(SHANGHAI)
    whoosh = WhooshIndex(tmp_path_factory.mktemp("operators"), SHANGHAI, segmenter())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "RUN", 20)
        patch.setattr(bulk, "default_jobs", lambda: 1)
        for index in (memory, whoosh):
            index.apply([Entry(i, each) for i, each in enumerate([*articles, *gone], 1)], covers=31)
            index.apply([], ["gone"], covers=31)
    yield memory, whoosh, articles
    whoosh.close()


@pytest.mark.parametrize("kind", KINDS)
def test_both_engines_and_the_highlights_are_a_scan(both, kind, rounds):
    memory, whoosh, articles = both
    chance = random.Random(KINDS.index(kind))
    folded = {each.id: (fold(each.title), fold(each.body)) for each in articles}
    texts = tuple(text for pair in folded.values() for text in pair)
    found = 0
    held: dict[Node, dict[str, tuple[set[int], set[int]]]] = {}
    for _ in range(rounds(200, 2000)):
        node = asked(kind, chance, texts)
        if node in held:
            continue
        marks = {id: scanned(node, *pair, texts) for id, pair in folded.items()}
        if isinstance(node, Word):
            terms = {id: words_of(f"{title}\n{body}") for id, (title, body) in folded.items()}
            marks = {id: each if {*node.text.split()} <= terms[id] else (set(), set()) for id, each in marks.items()}
        held[node] = marks
        expected = sorted(id for id, each in marks.items() if any(each))
        found += len(expected)
        assert list(memory.ids(node)) == expected, node
        assert list(whoosh.ids(node)) == expected, node
        with whoosh.snapshot() as snapshot:
            highlighter = Highlighter(snapshot.resolved(node), segmenter())
        for each in articles[:: rounds(7, 1)]:
            if any(marks[each.id]):
                of_title, of_body = marks[each.id]
                assert drawn(highlighter.title_marks(each)) == as_printed(each.title, of_title), (node, each)
                if not each.body:
                    continue
                shown = highlighter.snippets(each, 1, 10_000)[0]
                # It goes to the end, but for white space in place of which there is an ellipsis.
                before = len(each.body.rstrip()) + (each.body[-1:].isspace()) - len(shown.text)
                in_body = {at + before for at in drawn(shown.marks)}
                assert in_body == as_printed(each.body, of_body), (node, each)
    assert found > 40


def as_printed(text: str, marked: set[int]) -> set[int]:
    """The marked characters of a text as published: these texts fold one to one, but for the ellipsis."""
    at, found = 0, set()
    for number, char in enumerate(text):
        size = len(fold(char))
        if marked & {*range(at, at + size)}:
            found.add(number)
        at += size
    return found


def drawn(marks: Iterable[tuple[int, int]]) -> set[int]:
    return {at for start, end in marks for at in range(start, end)}


def test_similar_words_are_those_within_the_distance(both, rounds):
    memory, whoosh, articles = both
    chance = random.Random(3)
    terms = {term for each in articles for text in (each.title, each.body) for term in words(fold(text), segmenter())}
    total = 0
    for _ in range(rounds(20, 200)):
        typed = [slip(chance, chance.choice(sorted(terms))) for _ in range(5)]
        for edits in (1, 2):
            with memory.snapshot() as one, whoosh.snapshot() as other:
                found = one.similar_words(typed, edits)
                assert other.similar_words(typed, edits) == found
            chinese = [word for word in found if len(word) > edits and all(map(is_ideograph, word))]
            for word in chinese:
                near = {t for t in terms if len(t) > 1 and all(map(is_ideograph, t)) and distance(word, t) <= edits}
                assert found[word].keys() == near - {word}
                total += len(near)
    assert total > 20
