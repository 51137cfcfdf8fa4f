"""Queries made to take long: answered, or refused in time, by everything that can be asked."""

from __future__ import annotations

import random
import time

import pytest

import searchkit
from searchkit import Article
from searchkit.errors import SearchkitError

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
HAN = "渡口通航浓雾散去轮船市长检修水位滨江半导体设备出管制新闻天气发展中国家会议代表经济改革教育科技"


def queries(scale: int) -> dict[str, str]:
    """Hostile ones by name; `scale` 1 to 10: how long they are, 10 being the most that is allowed."""
    chance = random.Random(4)

    def text(length: int) -> str:
        return "".join(chance.choice(HAN) for _ in range(length))

    many, long = 990 * scale, 1990 * scale
    pairs = [text(2) for _ in range(many)]
    fours = [text(4) for _ in range(min(many, long * 10 // 50))]
    return {
        "words": " ".join(pairs[: long // 3]),
        "words of four characters": " ".join(fours[: long // 5]),
        "single characters": " ".join(text(long // 2)),
        "words, any": " OR ".join(pairs[: long // 6]),
        "prefixes": " OR ".join(f"{char}*" for char in text(long // 6)),
        "prefixes, all": " ".join(f"{char}*" for char in text(long // 3)),
        "letters inside words": " OR ".join(f'"{a}"' for a in LETTERS * (long // 300)),
        "a star on both sides": "*渡口*",
        "parentheses": "(" * (long // 2) + "渡口" + ")" * (long // 2),
        "a tree as deep as allowed": "(" * 49 + "渡口" + " OR 雾)" * 49,
        "signs of exclusion": "-" * long + "渡口",
        "exclusions": " ".join(f"-{pair}" for pair in pairs[: long // 4]),
        "a phrase": f'"{text(long)}"',
        "a phrase of one character": '"' + "雾" * long + '"',
        "a phrase of one pair": '"' + "渡口" * (long // 2) + '"',
        "a word": text(long),
        "a word of letters": "a" * long,
        "joined numbers": "1." * (long // 2),
        "joined words": "F-16/" * (long // 5),
        "near": " OR ".join(f"({a} NEAR/1000 {b})" for a, b in zip(text(long // 20), text(long // 20), strict=True)),
        "near, long": f"{text(long // 3)} NEAR/1000 {text(long // 3)}",
        "sentences": " OR ".join(f"({a} SENT {b})" for a, b in zip(text(long // 20), text(long // 20), strict=True)),
        "sentences of many": f"({' OR '.join(text(long // 12))}) PARA ({' OR '.join(text(long // 12))})",
        "near many": f"({' OR '.join(text(long // 12))}) PRE/1000 ({' OR '.join(text(long // 12))})",
        "counted": " OR ".join(f"atleast{2 + i % 9}({char})" for i, char in enumerate(text(long // 20))),
        "counted together": f"atleast9({' OR '.join(text(long // 6))})",
        "counted without end": "atleast999999999(渡口)",
        "wildcards": " OR ".join(f"{a}*{b}?{c}" for a, b, c in zip(*[text(long // 25)] * 3, strict=True)),
        "wildcards without end": "?*" * (long // 2),
        "a wildcard of many stars": f"渡{'*' * long}口",
        "similar words": " OR ".join(f"{text(4)}~" for _ in range(long // 12)),
        "similar long words": " OR ".join(f"{text(8)}~2" for _ in range(long // 16)),
        "similar letters": " OR ".join(f"f{a}{b}~" for a in LETTERS for b in LETTERS[: long // 100]),
        "a similar word of letters": "a" * long + "~",
        "tildes": "~" * long,
        "words side by side": " OR ".join(f'word:"{" ".join(text(8))}"' for _ in range(long // 30)),
        "words of letters side by side": " OR ".join(f'word:"{" a".join(text(7))}"' for _ in range(long // 30)),
        "operators that are glued": "渡AND口" * (long // 5),
        "titles": "title:(" + " OR ".join(text(long // 6)) + ")",
        "ids": " OR ".join(f"id:{letter}*" for letter in LETTERS * (long // 300)),
        "days": "date:(" + " OR ".join(f"2025-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(long // 15)) + ")",
        "days with spaces": " ".join("date:2025 年" for _ in range(long // 12)),
        "a day of nonsense": "date:" + "一" * long,
        "quotes": "“" * long,
        "looks like a regular expression": "(a+)+$ .*.*.*.* [[[[ (?:x|x)*" * (long // 30),
        "stars": "*" * long,
        "colons": "a:" * (long // 2),
        "marks without a letter": "e" + "\u0301" * long,
        "pictures": "😀" * long,
        "rare ideographs": "𠮷" * long,
        "too long": "渡" * 200_000,
        "too many": "a " * 9_990,
    }


ASKED = {
    "search": lambda archive, query: archive.search(query, explain=True),
    "newest": lambda archive, query: archive.search(query, sort="newest", limit=100),
    "any": lambda archive, query: archive.search(query, mode="any", limit=100),
    "grouped": lambda archive, query: archive.search(query, group=True),
    "count": lambda archive, query: archive.count(query),
    "timeline": lambda archive, query: archive.timeline(query),
    "facets": lambda archive, query: archive.facets(query, fields=["source", "keyword"]),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, rounds):
    chance = random.Random(3)
    path = tmp_path_factory.mktemp("time") / "index"

    def article(number: int) -> Article:
        body = "".join(chance.choice(HAN) for _ in range(400)) + f" f{number}-{number * 7:x} "
        return Article(id=f"t{number}", title=body[:12], body=body, source="滨江日报")

    with searchkit.open(path, create=True) as archive:
        archive.upsert_all(article(number) for number in range(rounds(100, 300)))
    return path


def test_long_queries_are_answered_or_refused_in_time(folder, rounds, told):
    """With four times as much slack as the promise has: machines of tests are busy. `told` says what it took."""
    scale = rounds(1, 10)
    slow, raw, longest, refused, asked = [], [], (0.0, ""), 0, 0
    with searchkit.open(folder, timeout=rounds(1, 30) / 20) as archive:
        for name, query in queries(scale).items():
            for way in list(ASKED) if scale > 1 else [list(ASKED)[len(name) % len(ASKED)]]:
                begun = time.thread_time()  # of this thread, which alone does the work
                try:
                    ASKED[way](archive, query)
                except SearchkitError:
                    refused += 1
                except Exception as error:
                    raw.append(f"{name}, {way}: {type(error).__name__}: {error}")
                took = time.thread_time() - begun
                asked += 1
                longest = max(longest, (took, f"{name}, {way}"))
                if took > 8:
                    slow.append(f"{name}, {way}: {took:.1f} s")
    told(
        f"bounded time: {asked} questions, {refused} refused, {len(raw)} raw errors, the longest {longest[0]:.1f} s ({longest[1]})"
    )
    assert not slow, "\n".join(slow)
    assert not raw, "\n".join(raw)
