"""Requests end in the time that they were given, whatever the nodes do."""

from __future__ import annotations

import time

import pytest

from tests.conftest import needs

pytestmark = needs("opensearchpy")


class Played:
    """A connection that takes so many seconds, and then answers, or fails as told."""

    def __init__(self, monkeypatch, *answers: object) -> None:
        from opensearchpy import Transport

        self.answers = list(answers)
        self.allowed: list[tuple[float, float]] = []
        self.now = 100.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(Transport, "perform_request", lambda _, *given, **options: self.perform(**options))

    def perform(self, params, **_):
        timeout = params["request_timeout"]
        self.allowed.append((timeout.connect_timeout, timeout.read_timeout))
        seconds, answer = self.answers.pop(0)
        self.now += seconds
        if isinstance(answer, Exception):
            raise answer
        return answer


def failed(name: str, status: object = "N/A") -> Exception:
    from opensearchpy import exceptions

    return getattr(exceptions, name)(status, "no", OSError("no"))


@pytest.fixture
def asked():
    from searchkit.cluster.transport import BoundedTransport

    made = BoundedTransport([{"host": "search.example"}])
    return lambda seconds: made.perform_request("GET", "/", params={"request_timeout": seconds})


def test_another_attempt_has_the_time_that_the_ones_before_have_left(asked, monkeypatch):
    played = Played(monkeypatch, (4, failed("ConnectionError")), (2, failed("TransportError", 503)), (1, {"a": 1}))
    assert asked(30) == {"a": 1}
    assert played.allowed == [(4, 30), (4, 26), (4, 24)]


def test_when_the_time_is_over_nothing_is_sent_again(asked, monkeypatch):
    played = Played(monkeypatch, (2, failed("ConnectionError")), (2, failed("ConnectionError")))
    with pytest.raises(type(failed("ConnectionError"))):
        asked(3)
    assert played.allowed == [(3, 3), (1, 1)]


@pytest.mark.parametrize(("name", "status", "times"), [
    ("ConnectionError", "N/A", 4), ("ConnectionTimeout", "TIMEOUT", 1), ("TransportError", 504, 4),
    ("TransportError", 429, 1), ("NotFoundError", 404, 1),
])  # fmt: skip
def test_what_is_sent_again(asked, monkeypatch, name, status, times):
    played = Played(monkeypatch, *[(0, failed(name, status))] * 9)
    with pytest.raises(type(failed(name))):
        asked(30)
    assert len(played.allowed) == times
