"""Input made to take memory: it is set aside and named, what stands around it goes in."""

from __future__ import annotations

import gzip
import json

import searchkit
from searchkit.sources.limits import Limits
from searchkit.writing.admission import MOST_CHARACTERS


def line(id: str, body: str) -> bytes:
    return json.dumps({"id": id, "title": "渡口通航", "body": body}).encode() + b"\n"


def test_too_much_is_set_aside_and_the_rest_goes_in(tmp_path, rounds):
    """The long version has a line of 1 GiB, and 4 GiB behind a small gz."""
    many = rounds(66, 1024)
    with (tmp_path / "line.jsonl").open("wb") as file:
        file.write(line("before", "雾散了。") + b'{"title": "')
        for _ in range(many):
            file.write(b"a" * (1 << 20))
        file.write(b'"}\n' + line("after", "雾散了。"))
    with gzip.open(tmp_path / "bomb.jsonl.gz", "wb", 1) as file:
        file.write(line("packed", "雾散了。") + b'{"title": "')
        for _ in range(rounds(66, 4096)):
            file.write(b"a" * (1 << 20))
    (tmp_path / "long.jsonl").write_bytes(line("long", "雾" * (MOST_CHARACTERS + 1)) + line("last", "雾散了。"))
    assert Limits().record_bytes < 66 << 20
    with searchkit.open(tmp_path / "index", create=True) as archive:
        report = archive.upsert_all(searchkit.read(*sorted(tmp_path.glob("*.jsonl*"))))
        assert sorted(article.id for article in archive) == ["after", "before", "last", "packed"]
        assert archive.count("雾散") == 4
    assert len(report.rejected) == 3, report.rejected
    assert any("2,000,000 at most" in each.reason for each in report.rejected)
