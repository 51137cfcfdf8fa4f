"""Each invented frame is read right in every field, and each list refused."""

from __future__ import annotations

from datetime import datetime

import pytest

from searchkit.sources.html.page import extract
from searchkit.sources.limits import Unreadable
from tests.unit.sources.html import frames_first, frames_second, frames_third
from tests.unit.sources.html.frame import Frame

FRAMES = frames_first.FRAMES + frames_second.FRAMES + frames_third.FRAMES
ARTICLES = [each for each in FRAMES if each.body and each.name not in frames_third.LEFT]
LEFT = [each for each in FRAMES if each.name in frames_third.LEFT]
LISTS = [each for each in FRAMES if not each.body]


@pytest.mark.parametrize("frame", ARTICLES, ids=lambda frame: frame.name)
def test_an_article(frame: Frame, zone) -> None:
    got = extract(frame.html.encode(), url=frame.url, timezone=zone)
    form = "%Y-%m-%d %H:%M" if ":" in frame.published else "%Y-%m-%d"
    assert (got.title, got.source, got.author) == (frame.title, frame.source, frame.author)
    assert got.published is not None
    assert got.published.strftime(form) == frame.published
    assert (got.precision == "day") == (":" not in frame.published)
    assert got.published == datetime.strptime(frame.published, form).replace(tzinfo=zone) or got.precision == "second"
    assert set(frame.body) <= set(got.body.split("\n"))
    assert len(got.body) < 1.2 * len("\n".join(frame.body))
    assert got.url == ""


@pytest.mark.parametrize("frame", LISTS, ids=lambda frame: frame.name)
def test_a_list(frame: Frame, zone) -> None:
    reasons = "list of news|no article that can be told|next to no text|error page"
    with pytest.raises(Unreadable, match="list of news" if frame not in frames_third.FRAMES else reasons):
        extract(frame.html.encode(), timezone=zone)


@pytest.mark.parametrize("frame", LEFT, ids=lambda frame: frame.name)
def test_the_text_of_a_page_that_is_not_read_right_in_every_field(frame: Frame, zone) -> None:
    got = extract(frame.html.encode(), url=frame.url, timezone=zone)
    assert set(frame.body) <= set(got.body.split("\n"))
