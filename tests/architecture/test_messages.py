"""Every text that a person is told is in every catalogue, with the same fields; and what is compiled is current."""

from __future__ import annotations

import importlib.util
import io
import sys
from gettext import GNUTranslations
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytest.importorskip("babel")


@pytest.fixture(scope="module")
def tool():
    path = ROOT / ".ci" / "messages.py"
    if not path.exists():
        pytest.skip("no checkout")
    spec = importlib.util.spec_from_file_location("searchkit_messages", path)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    yield made
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def found(tool):
    return tool.extract()


def test_no_message_is_an_f_string(found):
    assert found.untold == [], "use Message(template, name=value): an f-string cannot be translated"


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_catalogues_are_complete(language, tool, found):
    held = tool.read(language)
    texts = {each.id[0] if isinstance(each.id, tuple) else each.id for each in held if each.id}
    assert set(found.texts) - texts == set(), "`make messages` takes them in"
    assert texts - set(found.texts) == set(), "`make messages` takes them out"
    assert tool.missing(held) == []
    assert [each.id for each in held if each.id and each.fuzzy] == []


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_what_is_compiled_is_current(language, tool):
    held, made = (
        GNUTranslations(io.BytesIO(data))._catalog  # type: ignore[attr-defined]
        for data in (tool.po_path(language).with_suffix(".mo").read_bytes(), tool.compiled(tool.read(language)))
    )
    assert {**held, "": ""} == {**made, "": ""}, "`make messages` compiles them"


# -- the two scripts

ELSEWHERE = """
软件 軟件 文件夾 服務器 網絡 默認 設置 搜索 打印 信息 視頻 數據庫 程序 內存 硬盤 磁盤 用戶詞 用戶的 字符 命令行 鏈接 文檔
字段 進程 線程 緩存 端口 屏幕 鼠標 登錄 質量 客戶端 令牌 短語 匹配 正文 電子表格 工作簿 站點 響應 套接字 軟體包 帖子 郵箱
轉義 轉儲 表頭 列名 份額 季度 通過 獲取 丟失 跟蹤 退出碼 通配符 運算符 加載 卸載 粘貼 對象 函數 調用 日誌 反饋 兼容 激活 證書 應答
"""
"""Words of the mainland, in traditional characters: Taiwan has others for these things."""
MISTAKEN = "唯讀取 聲明瞭 說明瞭 了解瞭 二進位制 製度 後臺 裡程 髮布 髮現 乾預 幹擾 隻有 隻能 皇後 佔全 佔比"
"""What a conversion character by character, or word by word, makes of good text."""
WRONG = (*ELSEWHERE.split(), *MISTAKEN.split())


def told(catalogue) -> dict[str, str]:
    """The texts of a catalogue by their English; what is the same in both is code, and stays as it is."""
    found = {}
    for each in catalogue:
        english, text = (one[0] if isinstance(one, tuple) else one for one in (each.id, each.string))
        if english and text != english:
            found[english] = text
    return found


def strangers(text: str, encoding: str) -> set[str]:
    """The characters beyond ASCII, punctuation and symbols that an encoding of one script lacks."""
    return {char for char in text if char >= "\u2e80" and not char.encode(encoding, "ignore")}


def test_traditional_texts_have_no_simplified_characters(tool):
    held = told(tool.read("zh_Hant"))
    assert {text: found for text in held.values() if (found := strangers(text, "cp950"))} == {}


def test_simplified_texts_have_no_traditional_characters(tool):
    held = told(tool.read("zh_Hans"))
    wrong = {english: strangers(text, "gb2312") - set(english) for english, text in held.items()}
    assert {english: found for english, found in wrong.items() if found} == {}


def test_traditional_texts_convert_to_themselves(tool):
    """Big5 has some characters of the simplified script, and 后, 里, 只: where OpenCC would change one, it is wrong."""
    convert = pytest.importorskip("opencc").OpenCC("s2t").convert
    # 台灣, 占比, 游標, 說明了 and 分布 are as Taiwan writes them.
    right = {"台": "臺", "占": "佔", "游": "遊", "了": "瞭", "布": "佈"}
    for text in told(tool.read("zh_Hant")).values():
        changed = {(one, other) for one, other in zip(text, convert(text), strict=True) if one != other}
        assert changed <= set(right.items()), text


def test_traditional_texts_have_the_words_of_taiwan(tool):
    held = told(tool.read("zh_Hant"))
    wrong = {text: [word for word in WRONG if word in text] for text in held.values()}
    assert {text: found for text, found in wrong.items() if found} == {}


def test_a_new_text_is_converted_into_the_words_of_taiwan(tool):
    pytest.importorskip("opencc")
    made = tool._converter()("正文与匹配的文件夹：声明了只读取的二进制数据库，共 3 个季度。")
    assert [word for word in WRONG if word in made] == [], made
