"""What a line of a text dump is by itself."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from searchkit.sources.readers.text_lines import dateline

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("opening", "(（[【")
def test_a_bracket_may_open_before_the_time_of_a_dateline(opening):
    closing = {"(": ")", "（": "）", "[": "]", "【": "】"}[opening]
    found = dateline(f"江湾在线{opening}2025-03-04 10:20{closing}", SHANGHAI)
    assert found is not None
    assert (found[0].text, found[1]) == ("2025-03-04 10:20", {"source": "江湾在线"})


def test_a_letter_before_the_time_makes_it_no_dateline():
    assert dateline("江湾在线x2025-03-04 10:20", SHANGHAI) is None
