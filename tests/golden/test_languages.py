"""What the command line tells in Chinese, to the letter, on a terminal of 80 columns; and what no language changes."""

from __future__ import annotations

import json
import re

import pytest

from searchkit.language.chosen import using_language
from searchkit.presenters.width import columns
from tests.golden.test_cli import index, run, stable  # noqa: F401  # a fixture

LANGUAGES = ("zh-CN", "zh-TW")
NEWS_FILE = '{"id": "a", "title": "江水上涨", "source": "滨江日报"}\nnot json\n[1]\n'
COMMANDS = (
    ["search", "长江 大桥", "--pretty"],
    ["search", "长江大桥 大熊猫", "--pretty"],
    ["search", "长江", "--since", "2030"],
    ["search", "长江 (桥 OR"],
    ["search", "soruce:新华社"],
    ["search", "--on", "2025-02-30"],
    ["search", "长江", "--page", "9"],
    ["search", "--bogus"],
    ["search", "-n", "many"],
    ["serch"],
    ["search", "x", "--index", "nowhere"],
    ["ingest", "news.jsonl", "-i", "new"],
    ["ingest", "nowhere.txt"],
    ["stats", "--pretty"],
    ["stats", "--sources", "--pretty"],
    ["facets", "--by", "source", "--pretty"],
    ["timeline", "--by", "year", "--pretty"],
    ["show", "bri", "--pretty"],
    ["delete", "source:滨江日报", "--dry-run"],
    ["verify"],
    ["--help"],
    ["search", "--help"],
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_in_chinese(language, index, tmp_path, golden):  # noqa: F811
    (tmp_path / "news.jsonl").write_text(NEWS_FILE, encoding="utf-8")
    shown = []
    for arguments in COMMANDS:
        done = run(*arguments, index=index, cwd=tmp_path, SEARCHKIT_LANG=language)
        assert "Traceback" not in done.stderr
        for line in done.stdout.splitlines() if "--help" in arguments else ():
            assert columns(line) <= 100, line
        shown.append(f"$ searchkit {' '.join(arguments)}\n{done.stdout}{done.stderr}-- exit {done.returncode}\n")
    text = stable("\n".join(shown), index, tmp_path)
    text = re.sub(r"\b\d+ 毫秒", "N 毫秒", text)
    text = re.sub(r"((?:入库时间|收錄時間) +)[-\d]+ [\d:.]+", r"\1WHEN", text)
    text = re.sub(r"([\d.]+) [KM]B|\d+ 字节|\d+ 位元組", "SIZE", text)
    golden(f"{language}.txt", text)


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "长江", "--json"], ["search", "长江 大熊猫 AND", "--json"], ["search", "大熊猫", "--json"],
        ["search", "长江", "--csv"], ["search", "长江"], ["stats", "--json"], ["timeline", "--csv"], ["verify", "--json"],
        ["export"], ["show", "bridge", "--json"], ["show", "bridge", "--cite", "gbt7714"], ["search", "x", "--tz", "UTC", "--json"],
    ],
)  # fmt: skip
def test_programs_are_told_the_same_in_every_language(arguments, index, tmp_path):  # noqa: F811
    answers = {
        (done.returncode, stable(done.stdout, index, tmp_path))
        for language in ("en", *LANGUAGES)
        for done in [run(*arguments, index=index, cwd=tmp_path, SEARCHKIT_LANG=language)]
    }
    assert len(answers) == 1


def test_what_is_set_aside_is_written_the_same_in_every_language(tmp_path):
    (tmp_path / "news.jsonl").write_text(NEWS_FILE, encoding="utf-8")
    written = set()
    for language in ("en", *LANGUAGES):
        run("ingest", "news.jsonl", "-i", language, index=tmp_path / "i", cwd=tmp_path, SEARCHKIT_LANG=language)
        written.add((tmp_path / "rejects.jsonl").read_text(encoding="utf-8"))
    assert len(written) == 1
    assert "is not JSON" in written.pop()


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_help_is_told_in_chinese(language):
    from searchkit.cli.app import NAMES, _command

    with using_language(language):
        commands = {name: _command(name) for name in NAMES}
    told = {f"{name} {each.name}": each.help for name, command in commands.items() for each in command.params}
    told |= {name: command.help for name, command in commands.items()}
    told |= {f"{name}, in short": command.short_help for name, command in commands.items()}
    english = {name: text for name, text in told.items() if text and not any(char >= "\u4e00" for char in text)}
    assert english == {}
    options = [each.help for command in commands.values() for each in command.params if each.help]
    assert [text for text in options if re.search("[a-z]{2,} [a-z]{2,} [a-z]{2,}", text)] == []


def told(index, tmp_path, *arguments, **environment):  # noqa: F811
    return run(*arguments, "search", "长江 OR", index=index, cwd=tmp_path, **environment).stderr.splitlines()[0]


ENGLISH = "searchkit: OR stands between two things"
SIMPLIFIED = "searchkit: OR 要放在两项之间"
TRADITIONAL = "searchkit: OR 要放在兩項之間"


def test_the_language_is_chosen_by_option_variable_configuration_and_locale(index, tmp_path):  # noqa: F811
    locale = {"LC_ALL": "", "LANG": "zh_TW.UTF-8"}
    assert told(index, tmp_path) == ENGLISH
    assert told(index, tmp_path, **locale) == TRADITIONAL
    (tmp_path / "searchkit.toml").write_text('lang = "zh-CN"\n', encoding="utf-8")
    from searchkit.cli.settings import configuration

    configuration.cache_clear()
    try:
        assert told(index, tmp_path, **locale) == SIMPLIFIED
        assert told(index, tmp_path, **locale, SEARCHKIT_LANG="en") == ENGLISH
        assert told(index, tmp_path, "--lang", "zh-TW", SEARCHKIT_LANG="en") == TRADITIONAL
        assert told(index, tmp_path, "--lang=zh_CN.UTF-8", SEARCHKIT_LANG="en") == SIMPLIFIED
    finally:
        configuration.cache_clear()


def test_an_unknown_language_is_refused_in_one_that_there_is(index, tmp_path):  # noqa: F811
    done = run("--lang", "fr", "search", "长江", index=index, cwd=tmp_path, SEARCHKIT_LANG="zh-CN")
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["searchkit: 没有语言 'fr'", "  试试：en、zh-CN、zh-TW 之一"]


def test_the_message_of_an_error_in_json_is_english(index, tmp_path):  # noqa: F811
    done = run("search", "长江 OR", "--json", index=index, cwd=tmp_path, SEARCHKIT_LANG="zh-CN")
    assert json.loads(done.stdout)["error"]["message"] == "OR stands between two things"
