"""Messages are English for programs, and told in the language of whoever reads them."""

from __future__ import annotations

import json
import pickle
from datetime import date
from threading import Thread

import pytest

import searchkit
from searchkit.errors import NoArchive, QueryError
from searchkit.language.chosen import current, set_language, using_language
from searchkit.language.messages import Message, gettext, ngettext, plural, translated
from searchkit.language.requested import of_environment, of_header
from searchkit.model.counts import counted


@pytest.fixture(autouse=True)
def english():
    set_language("en")
    yield
    set_language("en")


def test_a_message_is_its_english_text():
    told = Message("no article has the id {id}", id="abc")
    assert told == "no article has the id abc"
    assert json.dumps([told]) == '["no article has the id abc"]'
    assert Message("braces {stay} without values") == "braces {stay} without values"


def test_a_message_is_told_in_the_language_in_use():
    told = Message("no article has the id {id}", id="abc")
    assert translated(told) == "no article has the id abc"
    with using_language("zh-CN"):
        assert translated(told) == "没有编号为 abc 的文章"
        assert told == "no article has the id abc"
    with using_language("zh-TW"):
        assert translated(told) == "沒有編號為 abc 的文章"
    assert translated(told) == "no article has the id abc"


def test_messages_in_messages_are_told_too():
    with using_language("zh-CN"):
        assert gettext("and {reprints}", reprints=counted(2, "reprint")) == "另有 2 篇转载"


def test_values_that_look_like_fields_or_messages_stay_as_they_are():
    with using_language("zh-CN"):
        assert gettext("no article has the id {id}", id="{id}") == "没有编号为 {id} 的文章"
        assert gettext("no article has the id {id}", id="no author") == "没有编号为 no author 的文章"


def test_numbers_have_their_forms():
    assert (counted(1, "article"), counted(0, "article")) == ("1 article", "0 articles")
    with using_language("zh-CN"):
        assert [translated(counted(number, "article")) for number in (1, 1203)] == ["1 篇文章", "1,203 篇文章"]
        assert ngettext("{number:,} file", "{number:,} files", 2) == "2 个文件"


def test_days_and_lists_are_written_as_the_language_does():
    day = Message("{text} is {days}", text="昨天", days=date(2026, 11, 26))
    listed = Message("one of {ids}", ids=("a", "b"))
    assert (day, listed) == ("昨天 is 2026-11-26", "one of a, b")
    with using_language("zh-CN"):
        assert translated(day) == "昨天 即 2026年11月26日"
        assert translated(listed) == "a、b 之一"


def test_what_the_system_says_is_told_too():
    with using_language("zh-CN"):
        assert gettext("cannot read {path}: {reason}", path="a", reason="Permission denied") == "无法读取 a：权限不足"


def test_text_that_no_catalogue_has_stays_as_it_is():
    with using_language("zh-CN"):
        assert translated("DeepSeek") == "DeepSeek"
        assert translated("") == ""
        assert translated(Message("never seen {x}", x=1)) == "never seen 1"


@pytest.mark.parametrize(
    "told", [Message("{x!r} of {y}", x="a", y=counted(1, "file")), plural("{number} a", "{number} b", 2)]
)
def test_a_message_survives_being_sent_to_another_process(told):
    sent = pickle.loads(pickle.dumps(told))
    assert (sent, sent.template, sent.values, sent.many) == (told, told.template, told.values, told.many)


def test_an_exception_among_the_values_is_not_kept():
    told = Message("cannot read: {reason}", reason=ValueError("no"))
    assert told == "cannot read: no"
    assert not isinstance(told.values["reason"], Exception)
    assert Message("not {x!r:.60}", x=[1, "a"]) == "not [1, 'a']"
    assert pickle.loads(pickle.dumps(Message("not {x!r}", x=[1, "a"]))) == "not [1, 'a']"


def test_an_error_is_printed_in_the_language_in_use_and_its_message_is_english():
    error = NoArchive("news")
    assert str(error).splitlines()[0] == "no archive at news"
    with using_language("zh-CN"):
        assert str(error) == "news 处没有存档\nsearchkit.open(path, create=True) 可以新建"
        assert error.message == "no archive at news"
    sent = pickle.loads(pickle.dumps(error))
    with using_language("zh-TW"):
        assert str(sent).startswith("news 處沒有典藏")


def test_a_query_error_of_an_archive(archive):
    with using_language("zh-CN"):
        with pytest.raises(QueryError) as caught:
            archive.search("长江 OR")
        assert str(caught.value).startswith("OR 要放在两项之间")
    assert caught.value.message == "OR stands between two things"


def test_notes_are_english_for_programs_and_can_be_told_otherwise(archive):
    with using_language("zh-CN"):
        (note,) = archive.search("长江", since="2030").parsed.notes
        assert note == "nothing in 2030-01-01..: the archive's articles are of 2024-10-01 to 2025-03-04"
        assert translated(note) == "2030-01-01.. 没有文章：存档中的文章从2024年10月1日到2025年3月4日"


def test_the_language_of_a_thread_is_its_own():
    seen = []
    with using_language("zh-CN"):
        thread = Thread(target=lambda: seen.append(current()))
        thread.start()
        thread.join()
    set_language("zh_Hant")
    thread = Thread(target=lambda: seen.append(current()))
    thread.start()
    thread.join()
    assert seen == ["en", "zh-TW"]


def test_there_are_three_languages():
    with pytest.raises(ValueError, match="en, zh-CN, zh-TW"):
        searchkit.set_language("fr")
    with pytest.raises(ValueError, match="en, zh-CN, zh-TW"), searchkit.using_language(""):
        pass


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "zh_TW.UTF-8"}, "zh-TW"),
        ({"LANG": "zh_HK"}, "zh-TW"),
        ({"LANG": "zh_SG.UTF-8"}, "zh-CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_TW.Big5"}, "zh-TW"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_TW:zh_CN"}, "zh-TW"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:zh_CN"}, "zh-CN"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8", "LANGUAGE": "zh_CN"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_environment_asks_for_a_language(environment, expected):
    assert of_environment(environment) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("zh-TW", "zh-TW"),
        ("zh-Hans-HK", "zh-CN"),
        ("fr, zh-Hant-MO;q=0.5, en;q=0.1", "zh-TW"),
        ("zh;q=0, en", "en"),
        ("zh;q=x, *", "en"),
        ("", "en"),
        (";;;,,,=" * 1000, "en"),
    ],
)
def test_a_header_asks_for_a_language(header, expected):
    assert of_header(header) == expected
