"""The authors of an article as CSL names: who is a person, and which part of a name is the family's?"""

from __future__ import annotations

import re
from typing import TypedDict

from searchkit.analysis.fields import separated_names
from searchkit.sources.html.people import DOUBLE, is_person


class Name(TypedDict, total=False):
    """A CSL name: `family` and `given` of a person, or `literal` for an agency and a name without such parts."""

    family: str
    given: str
    literal: str


_ROLE = re.compile(
    r"^.{0,12}?(?:特约|特約|实习|實習|见习|見習|首席|驻\S{1,6})?(?:记者|記者|通讯员|通訊員|撰稿人|撰文|撰稿)(?:[:：/\s]+|(?=\S)|$)"
)
_BY = re.compile(r"^(?:by|reported by|written by)\s+", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_HAN_NAME = re.compile(rf"{_HAN.pattern}{{2,4}}")
_PARTICLES = frozenset(str.split("van von der den de la le du da di del della bin ibn al el ter ten dos"))
_GIVEN_FIRST = re.compile(
    r"(?P<family>(?:[a-z]+ ){0,2}[^\W\d_][\w'’-]+), ?(?P<given>[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*)?)"
)
_ORGANISATION = re.compile(
    r"\b(?:agency|news|press|times|daily|post|reuters|bureau|ministry|university|staff|group|committee|office|association"
    r"|institute|department|the|of|and|for)\b",
    re.IGNORECASE,
)

PINYIN_SURNAMES = frozenset(
    str.split("""
    bai bao cai cao chang chen cheng cui dai deng ding dong du duan fan fang feng fu gao gong gu guo han hao he
    hou hu huang jia jiang jin kong lai lei li liang liao lin liu long lu luo lv ma mao meng mo ni niu pan peng
    qian qin qiu ren shao shen shi song su sun tan tang tao tian wan wang wei wen wu xia xiao xie xiong xu xue
    yan yang yao ye yin yu yuan zeng zhai zhang zhao zheng zhong zhou zhu zou
    """)
)
"""Chinese surnames in pinyin. Such a name at the first place is the family's: Zhang Xiaoming."""


def names_of(printed: str) -> list[Name]:
    """Return the authors in a string as printed, each once."""
    found: list[Name] = []
    for part in re.split(r"[;；、\n]| & |(?<=[a-z.]) and (?=[A-Z])", printed):
        text = _BY.sub("", part.strip())
        pieces = (text,) if _GIVEN_FIRST.fullmatch(text) else separated_names(text)
        for piece in pieces:
            name = _name(_ROLE.sub("", piece, count=1).strip())
            if name and name not in found:
                found.append(name)
    return found


def _name(text: str) -> Name:
    if not text:
        return {}
    if _HAN_NAME.fullmatch(text) and is_person(text, labelled=True):
        length = 2 if text[:2] in DOUBLE and len(text) > 2 else 1
        return {"family": text[:length], "given": text[length:]}
    if match := _GIVEN_FIRST.fullmatch(text):
        return {"family": match["family"], "given": match["given"]}
    words = text.split()
    if len(words) in (2, 3, 4) and not _HAN.search(text):
        return _latin(words)
    return {"literal": text}


def _latin(words: list[str]) -> Name:
    if _ORGANISATION.search(" ".join(words)) or any(any(c.isdigit() for c in word) for word in words):
        return {"literal": " ".join(words)}
    if len(words) == 2 and words[0].lower() in PINYIN_SURNAMES and words[1].lower() not in PINYIN_SURNAMES:
        return {"family": words[0], "given": words[1]}
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return {"family": " ".join(words[start:]), "given": " ".join(words[:start])}


def is_han(name: Name) -> bool:
    """Return whether a name is in Chinese characters, so that its parts stand together: 周岸."""
    return bool(_HAN.match(name.get("family") or name.get("literal", "")))


def whole(name: Name) -> str:
    """Return a name as RIS and similar formats hold it: 周岸; Smith, John; 新华社."""
    if "literal" in name:
        return name["literal"]
    if is_han(name):
        return name["family"] + name["given"]
    return f"{name['family']}, {name['given']}"


def initials(given: str) -> list[str]:
    """Return the initials of given names, those of a hyphenated name joined: Jean-Luc M. gives J-L, M."""
    return [
        "-".join(part[0].upper() for part in word.split("-") if part)
        for word in re.split(r"[\s.]+", given)
        if word.strip("-")
    ]
