"""The user's own aliases: their lines, their faults, and how they join the shipped table."""

from __future__ import annotations

import os

import pytest

from searchkit.analysis.normalise import fold
from searchkit.query.aliases.file import MOST_BYTES, NAME, AliasesFile
from searchkit.query.aliases.table import Aliases, Shipped, own_aliases

TEXT = "[persons]\n特朗普,?川普\n[organisations]\n中纪委,中央纪委\n北大,北京大学,!某大\n南大,!某大\n"
TABLE = Shipped(TEXT, fold(TEXT))


def others(text: str, typed: str) -> list[str] | None:
    name = Aliases(own_aliases(text, "own"), TABLE).name(typed)
    return None if name is None else [form.text for form in name.others()]


def test_a_group_of_the_user():
    assert others("老大桥,滨江一桥\n", "老大桥") == ["滨江一桥"]
    assert others("老大桥、滨江一桥", "滨江一桥") == ["老大桥"]
    assert others("", "老大桥") is None


def test_a_name_of_which_nothing_is_left_when_folded_is_none():
    assert others("", fold("\u00ad")) is None
    assert list(Shipped(TEXT, fold(TEXT)).groups("")) == []
    assert others("老大桥,\u00ad", "") is None


def test_a_common_name_joins_groups():
    assert others("特朗普,懂王", "懂王") == ["特朗普", "川普"]
    assert others("特朗普,懂王", "特朗普") == ["懂王", "川普"]
    assert others("懂王,大统领\n大统领,特朗普", "懂王") == ["大统领", "特朗普", "川普"]


def test_a_name_that_may_mean_something_else_joins_nothing():
    assert others("川普,四川话", "特朗普") == ["川普"]
    assert others("川普,四川话", "四川话") == ["川普", "特朗普"]  # the user says that 川普 is no question
    assert others("", "某大") == ["北大", "北京大学", "南大"]


def test_the_sign_of_the_user_holds():
    name = Aliases(own_aliases("特朗普,川普", "own"), TABLE).name("川普")
    assert name is not None and name.is_sure
    name = Aliases(own_aliases("", "own"), TABLE).name("川普")
    assert name is not None and not name.is_sure


def test_a_shipped_group_is_removed():
    assert others("-中央纪委", "中纪委") is None
    assert others("-中央纪委\n中纪委,纪委监委", "中纪委") == ["纪委监委"]
    assert others("- 特朗普", "川普") is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("老大桥", "two names"),
        ("軟體,软体", "two names"),
        ("老大桥,,一桥", "empty"),
        ("老大桥,桥", "two characters"),
        ("老大桥," + "桥" * 61, "60 characters"),
        (",".join(f"名字{n}" for n in range(41)), "40 names"),
        ("-", "empty"),
    ],
)
def test_a_line_that_cannot_be_used_is_left_out_and_named(line, reason):
    found = own_aliases(f"# ours\n{line}\n\n老大桥,一桥\n", NAME)
    assert len(found.groups) == 1
    (error,) = found.errors
    assert error.startswith("aliases.txt, line 2 is left out: ") and reason in error
    assert line not in error or len(line) < 2


# -- the file


def test_the_file_is_read_again_when_it_changes(tmp_path):
    file = AliasesFile(tmp_path)
    assert file.tables() is file.tables()
    assert file.tables().name("老大桥") is None
    (tmp_path / NAME).write_text("\ufeff老大桥,一桥\n", encoding="utf-8")
    assert [form.text for form in file.tables().name("老大桥").others()] == ["一桥"]
    (tmp_path / NAME).unlink()
    assert file.tables().name("老大桥") is None


def faults(folder) -> tuple[str, ...]:
    return AliasesFile(folder).tables().errors


def test_a_file_that_is_not_text(tmp_path):
    (tmp_path / NAME).write_bytes("老大桥,一桥\n".encode("gb18030"))
    assert "not UTF-8" in faults(tmp_path)[0]


def test_a_file_that_is_too_large(tmp_path):
    (tmp_path / NAME).write_bytes(b"#" * (MOST_BYTES + 1))
    assert "262,144 bytes" in faults(tmp_path)[0]


def test_a_folder(tmp_path):
    (tmp_path / NAME).mkdir()
    assert faults(tmp_path)[0].startswith("aliases.txt is left out: ")


@pytest.mark.skipif(os.name == "nt", reason="no pipes and links there")
def test_a_pipe_and_a_link(tmp_path):
    os.mkfifo(tmp_path / NAME)
    assert faults(tmp_path) == ("aliases.txt is left out: it is not a file",)
    (tmp_path / NAME).unlink()
    (tmp_path / "secret").write_text("老大桥,一桥\n", encoding="utf-8")
    (tmp_path / NAME).symlink_to(tmp_path / "secret")
    file = AliasesFile(tmp_path)
    assert "it is a link" in file.tables().errors[0]
    assert file.tables().name("老大桥") is None
