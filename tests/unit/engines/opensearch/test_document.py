"""What is sent of an article."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis.characters import is_letter
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import segmenter
from searchkit.analysis.sentences import sentence_starts
from searchkit.engines.index import Entry
from searchkit.engines.opensearch import mapping
from searchkit.engines.opensearch.document import counted_terms, document, marked, marked_sentences, without_marks
from searchkit.engines.opensearch.mapping import BEGIN, END, FIRST, LAST, MARKS
from searchkit.model.article import Article

SHANGHAI = ZoneInfo("Asia/Shanghai")
texts = st.lists(
    st.sampled_from(["芯片", "AI", "x", "5", "。", "！", "”", "\n", " ", ". ", "Mr.", "𠮷", "e\u0301", "："])
).map("".join)


def units(text: str) -> list[str]:
    """The characters of a marked text with their marks: what the cluster cuts it into."""
    return re.findall(f"(?s)[^{MARKS}][{MARKS}]*", text)


def test_letters_are_marked_where_their_runs_begin_and_end():
    assert marked("用ai和x") == f"用a{FIRST}i{LAST}和x{FIRST}{LAST}"


@given(texts.map(fold))
def test_marks_stand_at_the_ends_of_runs_and_of_sentences_and_nowhere_else(text):
    found = units(marked_sentences(text))
    assert [unit[0] for unit in found] == list(text)
    assert without_marks("".join(found)) == text
    starts = [0, *sentence_starts(text)] if text else []
    assert [at for at, unit in enumerate(found) if BEGIN in unit] == starts
    ends = [at for at, unit in enumerate(found) if END in unit]
    assert ends == [at - 1 for at in starts[1:]] + ([len(text) - 1] if text else [])
    for at, unit in enumerate(found):
        letter = is_letter(text[at])
        assert (FIRST in unit) == (letter and not is_letter(text[at - 1 : at]))
        assert (LAST in unit) == (letter and not is_letter(text[at + 1 : at + 2]))


def test_an_article_is_sent_with_its_terms_and_values():
    article = Article(
        id="a", title="芯片 AI", body="AI芯片，芯片。", source="新華社", author="张三、李四", keywords=("AI", "ＡＩ"),
        published=datetime(2025, 3, 3, 16, tzinfo=timezone.utc),
    )  # fmt: skip
    sent = document(Entry(7, article), segmenter(), SHANGHAI)
    assert (sent["id"], sent["seq"], sent["day"]) == ("a", 7, datetime(2025, 3, 4).toordinal())
    # The title counts twice.
    assert counted_terms(sent["words"])["芯片"] == 4
    assert counted_terms(sent["runs"]) == {"ai": 3}
    assert sent["source"] == {"any": ["新华社"], "counted": ["新华社"], "printed": ["新華社"]}
    assert sent["author"]["any"] == ["张三", "张三,李四", "李四"] or "张三、李四" in sent["author"]["any"]
    assert sent["author"]["counted"] == ["张三", "李四"]
    assert (sent["keyword"]["counted"], sent["keyword"]["printed"]) == (["ai"], ["AI", "ＡＩ"])
    assert "editor" not in sent
    fields = mapping.mapping({})["properties"]
    assert sent.keys() <= fields.keys(), "the mapping is strict"
    assert json.loads(json.dumps(sent, ensure_ascii=False)) == sent


def test_an_article_without_anything_is_sent():
    sent = document(Entry(0, Article(id="a", title="")), segmenter(), SHANGHAI)
    assert sent == {"id": "a", "seq": 0, "words_length": 0, "grams_length": 0, "kind": sent["kind"]}


@pytest.mark.parametrize("mark", [*MARKS, mapping.TIMES, mapping.HOLE])
def test_no_folded_text_has_a_mark(mark):
    assert mark not in fold(f"a{mark}b")
