"""show: the earlier states of an article."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

import searchkit
from tests.conftest import NEWS

LAST = NEWS[0]


@pytest.fixture
def index(tmp_path):
    with searchkit.open(tmp_path / "index", create=True, tz="Asia/Tokyo") as archive:
        archive.upsert_all(NEWS)
        archive.upsert(replace(LAST, title="滨江长江大桥重新开放"))
    return tmp_path / "index"


def test_older_states_are_told_with_the_command_that_shows_them(index, command):
    assert command("show", "bri", "-i", index).err == "1 older state: searchkit show bridge --revisions\n"
    assert json.loads(command("show", "bri", "-i", index, "--json").out)["older_states"] == 1
    with searchkit.open(index) as archive:
        archive.upsert(LAST)
    assert command("show", "bri", "-i", index).err == "2 older states: searchkit show bridge --revisions\n"
    assert command("show", "bri", "-i", index, "-q").err == ""
    assert command("show", "chips", "-i", index).err == ""


@pytest.mark.parametrize("options", [[], ["--diff"]])
def test_states_are_dated_in_the_archives_zone(index, command, options):
    with searchkit.open(index) as archive:
        recorded = [state.recorded.astimezone(archive.timezone) for state in archive.revisions("bridge")]
    shown = re.findall(r"^#\d  (\S+ \S+)  ", command("show", "bridge", "--revisions", *options, "-i", index).out, re.M)
    assert shown == [f"{when:%Y-%m-%d %H:%M:%S}" for when in recorded]
    assert {when.utcoffset().total_seconds() for when in recorded} == {9 * 3600}
