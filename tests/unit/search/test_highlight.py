"""Snippets: the windows chosen, against a slow and obvious choice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchkit.search import highlight
from searchkit.search.highlight import _beginning, _best_windows

texts = st.text(st.sampled_from("经济发展。！\n的一"), min_size=1, max_size=120)


def test_every_white_space_becomes_a_space():
    assert sorted(highlight._WHITE) == [chr(code) for code in range(0x110000) if chr(code).isspace()]


@given(texts, st.integers(0, 119), st.integers(4, 60))
def test_a_window_begins_at_its_sentence_if_that_is_near(text, mark, width):
    mark = min(mark, len(text) - 1)
    earliest = max(0, mark - width // 2)
    ends = [at + 1 for at in range(earliest, mark) if text[at] in "。！？!?；\n"]
    expected = ends[-1] if ends else 0 if not earliest else max(0, mark - width // 4)
    assert _beginning(text, mark, width) == expected


@given(texts, st.integers(4, 40), st.integers(1, 3))
def test_windows_show_the_most_strings_then_the_most_marks_then_come_first(text, width, most):
    marks = sorted(
        (at, at + 2, number)
        for number, sought in enumerate(("经济", "发展", "的一"))
        for at in range(len(text) - 1)
        if text.startswith(sought, at)
    )
    chosen: list[tuple[int, int]] = []
    shown: set[int] = set()
    for _ in range(most):
        candidates = []
        for start, _, _ in marks:
            begin = _beginning(text, start, width)
            end = min(len(text), begin + width)
            numbers = [number for a, b, number in marks if a >= begin and b <= end]
            if numbers and not any(begin < last and end > first for first, last in chosen):
                candidates.append((len(set(numbers) - shown), len(numbers), -begin, end, set(numbers)))
        if candidates:
            best = max(candidates, key=lambda each: each[:4])
            chosen.append((-best[2], best[3]))
            shown |= best[4]
    assert _best_windows(marks, text, most, width) == sorted(chosen)
