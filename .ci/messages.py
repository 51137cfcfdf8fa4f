"""Keep the catalogues of messages: `make messages`.

Extracts every text that a person is told from the code and from the templates of the page, takes it into the .po file
of each language, and compiles these.
New texts of zh_Hant are written from those of zh_Hans by OpenCC (s2twp) and the words below, to be read and mended by
hand: what is there already is kept. Fails if a text has no translation.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import re
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "searchkit"
LOCALE = PACKAGE / "language" / "locale"
DOMAIN = "searchkit"
SIMPLIFIED, TRADITIONAL = "zh_Hans", "zh_Hant"

LATER: tuple[str, ...] = ()
"""Modules, or the beginnings of their paths, whose new texts may wait for their translation: of work that is not
whole yet. They are told in English until then."""

PLACES: dict[str, tuple[int, ...]] = {
    "Message": (0,), "gettext": (0,), "translated": (0,), "Unreadable": (0,), "TooMuch": (0,),
    "Rejected": (1,),
    "MissingExtra": (0,),
    "Impossible": (0, 1), "fail": (0, 2), "suggestion": (3,), "Change": (2,), "tell": (0, 1, 2),
    "rejected": (0,), "_named": (0,), "damaged": (1,),
    "_damaged": (1,), "_bad": (0,), "_date": (1,), "_reason": (0, 1), "_no_spelling": (1, 2),
}  # fmt: skip
"""Functions and classes, and the places of texts among their arguments; errors are added, whose text comes first."""
PLURALS = {"plural", "ngettext"}
TERMS = {
    "查找": "寻找", "检索": "搜寻", "存档": "典藏", "主库": "主资料库", "校验和": "总和检查码", "校验": "验证",
    "归一": "正规化", "识别": "辨识", "当前": "目前", "文本": "文字", "订阅源": "订阅来源", "调用栈": "呼叫堆叠",
    "日志": "记录档", "栏目": "版面", "进程": "行程", "只读": "唯读",
}  # fmt: skip
"""Words of ours, and those of Taiwan for them in simplified characters, where OpenCC's own would not do."""
MENDED = {
    "箇": "個", "天后優先": "天後優先", "引數": "參數", "指令碼": "指令稿", "割槽分": "區分", "連線": "連接",
    "無法連接到": "無法連線到", "許可權": "權限", "釋出": "發布", "型別": "類型", "周": "週", "演算法": "算法",
    "恢復": "還原", "生成": "產生", "唯讀取": "只讀取", "聲明瞭": "宣告了", "說明瞭": "說明了", "二進位制": "二進位",
    "通過": "透過", "客戶端": "用戶端", "令牌": "權杖", "退出碼": "結束碼", "匹配的": "符合的", "短語": "詞組",
    "請求正文": "請求內容", "正文": "內文", "管道": "管線", "壓縮包": "壓縮檔", "電子表格": "試算表",
    "工作簿": "活頁簿",
    "站點地圖": "網站地圖", "響應": "回應", "報頭": "標頭", "套接字": "socket", "軟體包": "套件", "帖子": "貼文",
    "轉儲": "傾印", "轉義": "跳脫", "列表": "清單", "獲取": "取得", "跟蹤": "追蹤", "丟失": "遺失", "注：": "註：",
    "檢視": "查看", "佔全部": "占全部", "季度": "季", "幫助": "說明", "表頭": "標題列", "份額": "占比",
    "證書": "憑證", "應答": "回應",
}  # fmt: skip
"""What OpenCC gets wrong in our texts."""


@dataclass(frozen=True)
class Text:
    """A text to be translated, with its plural, and the module that it is in."""

    text: str
    many: str
    place: str


@dataclass
class Found:
    """What is in the code: the texts, and the f-strings that no catalogue can have."""

    texts: dict[str, Text] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)

    def add(self, text: str, many: str, place: str) -> None:
        """Take in a text, under the first module that has it."""
        known = self.texts.get(text)
        if known is None or (many and not known.many):
            self.texts[text] = Text(text, many, known.place if known else place)


def extract(package: Path = PACKAGE) -> Found:
    """Return the texts of the code, in the order of the modules."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(package.rglob("*.py"))}
    places = {**PLACES, **dict.fromkeys(_errors(trees.values()), (0,))}
    found = Found()
    for path, tree in trees.items():
        place = path.relative_to(package.parent).as_posix()
        if path.name == "counts.py":
            continue  # it makes templates from nouns, which are found where it is called
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                _of_call(node, places, found, place)
        if path.parent.name == "cli":
            _of_commands(tree, path.stem, found, place)
    _of_templates(package, found)
    return found


def _of_templates(package: Path, found: Found) -> None:
    """Take in the texts of the page: in a template, `t` tells one and `n` one that depends on a number."""
    from jinja2 import Environment, nodes

    for path in sorted(package.rglob("*.html")):
        place = path.relative_to(package.parent).as_posix()
        for call in Environment().parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            name = getattr(call.node, "name", "")
            texts = [each.value for each in call.args if isinstance(each, nodes.Const)]
            if name == "n":
                found.add(texts[0], texts[1], place)
            elif name == "t" and texts:  # others are given a message, which is found where it is made
                found.add(texts[0], "", place)


def _errors(trees: object) -> set[str]:
    """Return the names of our errors: SearchkitError and all that derive from it."""
    bases: dict[str, set[str]] = {}
    for tree in trees:  # type: ignore[attr-defined]
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(base.id for base in node.bases if isinstance(base, ast.Name))
    names = {"SearchkitError"}
    while more := {name for name, of in bases.items() if of & names} - names:
        names |= more
    # These make their own texts, of which their arguments are values.
    return names - {
        "NoSuchArticle",
        "AmbiguousId",
        "QueryTimeout",
        "MissingExtra",
        "NoArchive",
        "NoBackup",
        "ArchiveClosed",
    }


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _of_call(call: ast.Call, places: dict[str, tuple[int, ...]], found: Found, place: str) -> None:
    name = _name(call)
    where = f"{place}:{call.lineno}"
    if name == "__init__" and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        name = "SearchkitError"  # super().__init__(…) of an error
        if not any(each.arg == "hint" for each in call.keywords):
            return
    if name in PLURALS and len(call.args) > 1:
        texts = [list(_constants(each, found, where)) for each in call.args[:2]]
        for one, many in zip(*texts, strict=True):
            found.add(one, many, place)
    elif name == "counted" and len(call.args) == 2:
        for noun in _constants(call.args[1], found, where):
            found.add(f"{{number:,}} {noun}", f"{{number:,}} {noun}s", place)
    elif name == "KeywordField" and len(call.args) > 2:
        for text in _constants(call.args[2], found, where):
            found.add(text[0].upper() + text[1:], "", place)  # as `searchkit.cli.conditions` writes it
    elif name in ("Option", "Argument"):
        for keyword in call.keywords:
            if keyword.arg == "help" and not isinstance(
                keyword.value, ast.JoinedStr
            ):  # `searchkit.cli.help` takes these apart
                for text in _constants(keyword.value, found, where):
                    found.add(text, "", place)
    elif name in places:
        parts = [each for at, each in enumerate(call.args) if at in places[name]]
        parts += [each.value for each in call.keywords if each.arg == "hint"]
        for part in parts:
            for text in _constants(part, found, where):
                found.add(text, "", place)


def _constants(node: ast.expr, found: Found, where: str) -> Iterator[str]:
    """Yield the texts that an expression may be; other expressions have theirs elsewhere."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and _is_told(node.value):
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body, found, where)
        yield from _constants(node.orelse, found, where)
    elif isinstance(node, ast.BoolOp):
        for each in node.values:
            yield from _constants(each, found, where)
    elif isinstance(node, ast.JoinedStr) and not where.startswith(LATER):
        found.untold.append(where)


def _is_told(text: str) -> bool:
    """Tell whether a text has anything to translate besides its fields: words, or punctuation between them."""
    plain = re.sub(r"{[^{}]*}", "", text)
    return any(char.isalpha() for char in plain) or re.search("[,:;] |:$", plain) is not None


def _of_commands(tree: ast.Module, name: str, found: Found, place: str) -> None:
    """Take in the help of a command: the docstring of the function of the module's name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in (name, "_before"):
            told = ast.get_docstring(node, clean=False)
            if told and (node.name == "_before" or name not in ("run",)):
                found.add(inspect.cleandoc(told), "", place)


def fields(text: str) -> set[tuple[str, str | None]]:
    """Return the names of a template's fields, each with its conversion."""
    return {(name, conversion) for _, name, _, conversion in string.Formatter().parse(text) if name}


# -- catalogues


def po_path(language: str) -> Path:
    """Return the path of a language's catalogue."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str):
    """Return a language's catalogue; an empty one if there is none."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN, project="searchkit", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def updated(language: str, found: Found, old=None, base=None):
    """Return the catalogue of a language with exactly the texts that were found.

    Args:
        old: the catalogue that has its translations.
        base: a catalogue in simplified characters, for texts that `old` lacks.
    """
    from babel.messages.catalog import Catalog

    old = read(language) if old is None else old
    made = Catalog(
        locale=language, domain=DOMAIN, project="searchkit", header_comment=old.header_comment, fuzzy=False,
        creation_date=None, revision_date=None, last_translator="searchkit", language_team=language,
    )  # fmt: skip
    convert = _converter() if base is not None else None
    for text in sorted(found.texts.values(), key=lambda each: (each.place, each.text)):
        id = (text.text, text.many) if text.many else text.text
        known = old.get(id)
        told = known.string if known is not None and not known.fuzzy else ""
        if isinstance(told, tuple):
            told = told[0]
        if not told and convert is not None and base.get(id) is not None:
            plain = base.get(id).string
            plain = plain[0] if isinstance(plain, tuple) else plain
            told = plain if plain == text.text else convert(plain)  # code stays as it is
        flags = ["python-brace-format"] if fields(text.text) else []
        made.add(id, (told,) if text.many else told, auto_comments=[text.place], flags=flags)
    return made


def _converter():
    from opencc import OpenCC

    convert = OpenCC("s2twp").convert

    def converted(text: str) -> str:
        for ours, theirs in TERMS.items():
            text = text.replace(ours, theirs)
        told: str = convert(text)
        for wrong, right in MENDED.items():
            told = told.replace(wrong, right)
        return told

    return converted


def written(catalogue) -> bytes:
    """Return the text of a .po file: without dates and line numbers, which would change with every commit."""
    from babel.messages.pofile import write_po

    out = io.BytesIO()
    write_po(out, catalogue, width=0, no_location=True, omit_header=False)
    text = out.getvalue().decode("utf-8")
    text = re.sub(
        r'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To): .*\n', "", text, flags=re.M
    )
    return text.encode("utf-8")


def compiled(catalogue) -> bytes:
    """Return the .mo file of a catalogue; without the time, so that it changes with its texts only."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    never = datetime(2000, 1, 1, tzinfo=timezone.utc)
    plain = Catalog(
        locale=catalogue.locale,
        domain=DOMAIN,
        project="searchkit",
        fuzzy=False,
        creation_date=never,
        revision_date=never,
    )
    for each in catalogue:
        if each.id:
            plain.add(each.id, each.string)
    out = io.BytesIO()
    write_mo(out, plain)
    return out.getvalue()


def missing(catalogue) -> list[str]:
    """Return the texts without a translation that is due, and those whose translation has other fields."""
    problems = []
    for each in catalogue:
        if not each.id:
            continue
        text, told = (each.id[-1], each.string[0]) if isinstance(each.id, tuple) else (each.id, each.string)
        if not told:
            if not all(place.startswith(LATER) for place in each.auto_comments):
                problems.append(f"not translated: {text!r}")
        elif "python-brace-format" in each.flags and fields(text) != fields(told):
            problems.append(f"other fields: {text!r}: {told!r}")
    return problems


def main() -> int:
    """Update and compile all catalogues; return 1 if a text has no translation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    given = parser.parse_args()
    found = extract()
    problems = [f"{at}: an f-string that no catalogue can have: use Message" for at in found.untold]
    simplified = updated(SIMPLIFIED, found)
    for language, catalogue in (
        (SIMPLIFIED, simplified),
        (TRADITIONAL, updated(TRADITIONAL, found, base=simplified)),
    ):
        path = po_path(language)
        problems += [f"{language}: {each}" for each in missing(catalogue)]
        if not given.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written(catalogue))
            path.with_suffix(".mo").write_bytes(compiled(catalogue))
    print("\n".join(problems) or f"{len(found.texts)} texts in {SIMPLIFIED} and {TRADITIONAL}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
