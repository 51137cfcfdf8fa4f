"""Random strings of all Unicode: a phrase finds what a scan of the folded texts finds, and is marked in the original."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator

from searchkit.analysis.normalise import fold, fold_query
from searchkit.analysis.segment import segmenter
from searchkit.engines.index import Entry
from searchkit.engines.memory import MemoryIndex
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.model.article import Article
from searchkit.query.tree import Phrase
from searchkit.search.highlight import Highlighter
from tests.conftest import SHANGHAI

ARTICLES, ASKED = 200, 80

POOLS = (
    "南京市长江大桥的在和臺灣衞生著名葛城杞人",
    "aAeEéÉñſKÅßİıΣςάᾳ019%._-",
    "\u0300\u0301\u0308\u0323\u0327\u0345\u034f\u3099\u309a\uff9e\uff9f",
    "\u1100\u1112\u1161\u1175\u11a8\u11c2\uac00가각힣ㄱㅏ",
    "ｶｷﾊﾎﾟｳかはウハ゛ﾞㄅㄆㆮ〡",
    "\u200b\u200c\u200d\u00ad\u2060\ufeff\u200e\u202e\u061c\u180e\ufe00\ufe0f\U000e0100\U000e0101",
    "👨👩👧❤🏳🌈🏽\u200d\ufe0f🏴\U000e0067\U000e007f",
    "\ud800\udfff\ue863\U000f0001\U000313a0\U0002a6df\ufdd0",
    "㎏㍿½①⑩…‥ﬁﷺ㈱℃№ǆ⁇",
    "'’‘“”\"「」·•・-—–−~〜/⁄:∶，。！ \u3000\t\n\r\u2028",
)


def a_string(rng: random.Random, most: int) -> str:
    pools = rng.sample(POOLS, rng.randint(1, 4))
    return "".join(
        chr(rng.randrange(0x110000)) if rng.random() < 0.1 else rng.choice(rng.choice(pools))
        for _ in range(rng.randint(0, most))
    )


def a_text(rng: random.Random) -> str:
    """A tenth is letterspaced, a tenth long enough to be folded in an array."""
    text = a_string(rng, 30)
    if rng.random() < 0.1:
        text = f"{text} {' '.join(rng.choices(POOLS[0], k=rng.randint(2, 6)))} {a_string(rng, 8)}"
    return text + "，".join(a_string(rng, 8) for _ in range(60)) if rng.random() < 0.1 else text


def a_phrase(rng: random.Random, text: str) -> str:
    """A piece of the text as it stands or as somebody else would write it, or anything."""
    if not text or rng.random() < 0.1:
        return a_string(rng, 4)
    start = rng.randrange(len(text))
    piece = text[start : start + rng.randint(1, 8)]
    match rng.randrange(5):
        case 0:
            return unicodedata.normalize(rng.choice(["NFC", "NFD", "NFKC", "NFKD"]), piece)
        case 1:
            return piece.upper()
        case 2:
            return "\u200b".join(piece)
        case _:
            return piece


def marked(article: Article, highlighter: Highlighter) -> Iterator[str]:
    """What is marked of an article, in title and body; the body is shown whole."""
    for start, end in highlighter.title_marks(article):
        yield article.title[start:end]
    for snippet in highlighter.snippets(article, 1000, 2 * len(article.body)):
        for start, end in snippet.marks:
            yield snippet.text[start:end]


def squeezed(text: str) -> str:
    """Without spaces: those at the ends of a snippet are not shown, and half a letterspaced passage keeps its own."""
    return "".join(text.split())


def test_a_phrase_finds_what_a_scan_finds_and_marks_it(tmp_path, rounds):
    seed = rounds(13, random.randrange(1 << 30))
    rng = random.Random(seed)
    strings = batch = hits = 0
    while strings < rounds(600, 100_000):
        batch += 1
        articles = [Article(id=f"a{n}", title=a_text(rng), body=a_text(rng)) for n in range(ARTICLES)]
        folded = {each.id: f"{fold(each.title)}\n{fold(each.body)}" for each in articles}
        entries = [Entry(seq, each) for seq, each in enumerate(articles, 1)]
        whoosh, memory = WhooshIndex(tmp_path / str(batch), SHANGHAI, segmenter()), MemoryIndex(SHANGHAI)
        for index in (whoosh, memory):
            index.apply(entries, covers=ARTICLES)
        for _ in range(ASKED):
            one = rng.choice(articles)
            typed = a_phrase(rng, rng.choice([one.title, one.body]))
            sought = fold_query(typed)
            assert fold_query(sought) == sought, (seed, typed)
            if not sought.strip():  # refused when it is typed
                continue
            expected = {id for id, text in folded.items() if sought in text}
            assert set(whoosh.ids(Phrase(typed))) == expected, (seed, typed)
            assert set(memory.ids(Phrase(typed))) == expected, (seed, typed)
            highlighter = Highlighter(Phrase(typed), segmenter())
            for article in articles:
                if article.id in expected:
                    pieces = list(marked(article, highlighter))
                    assert pieces, (seed, typed, article)
                    assert all(squeezed(sought) in squeezed(fold(piece)) for piece in pieces), (seed, typed, article)
                    hits += 1
        whoosh.close()
        strings += 2 * ARTICLES + ASKED
    assert hits > strings / 10
