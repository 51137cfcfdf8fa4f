"""GB/T 7714-2015, 信息与文献 参考文献著录规则, numeric system (顺序编码制).

The rules that are applied, by the standard's own numbers:

- 4.4 and 8.8.3 (连续出版物中的析出文献), for a newspaper: 析出文献主要责任者. 析出文献题名[文献类型标识/文献载体标识].
  报纸名, 年-月-日(版次)[引用日期]. 获取和访问路径.
- 4.6 (电子资源), for a web page: 主要责任者. 题名[文献类型标识/文献载体标识]. 出版者, 出版年(更新或修改日期)[引用日期].
  获取和访问路径.
- Appendix B: N for newspapers, EB for electronic bulletins, OL for what is online: [N], [N/OL], [EB/OL].
- 8.1.1: family name first. Given names of Europeans are abbreviated without full stops; family names stand in capitals,
  as in the standard's examples (KANAMORI H). Pinyin names keep the given name, whose abbreviation is optional.
- 8.1.2: of more than three authors only three, followed by 等 or et al.
- 8.1.3: without an author the numeric system begins with the title (佚名 is for the author-year system).
- 8.1.4: a body is an author under its own name. So the outlet stands for the author of a web page that nobody signs.
- 8.4.4 (引用日期): only online resources have a day of retrieval.

Translated names with a dot (约翰·史密斯) stay whole: 8.1.1 asks for the family name of Europeans only, and names from
Xinjiang are written in the same way. Elements that are not known are left out.
"""

from __future__ import annotations

from searchkit.presenters.citations.items import Item, day_of
from searchkit.presenters.citations.names import PINYIN_SURNAMES, Name, initials, is_han

_MOST_AUTHORS = 3


def text(item: Item) -> str:
    """Return the entry of a CSL item, without a number."""
    return _web_page(item) if item["type"] == "webpage" else _newspaper(item)


def _newspaper(item: Item) -> str:
    mark = "N/OL" if "URL" in item else "N"
    issued = day_of(item.get("issued"))
    place = ", ".join(filter(None, (item.get("container-title", ""), issued.isoformat() if issued else "")))
    page = f"({item['page']})" if "page" in item else ""
    return _joined(_authors(item.get("author", [])), f"{item['title']}[{mark}]", f"{place}{page}{_seen(item)}", item)


def _web_page(item: Item) -> str:
    issued = day_of(item.get("issued"))
    authors = _authors(item.get("author", []))
    publisher = item.get("container-title", "")
    if not authors:
        authors = item.get("original-publisher", publisher)
        publisher = publisher if authors != publisher else ""
    imprint = ", ".join(filter(None, (publisher, str(issued.year) if issued and publisher else "")))
    day = f"({issued})" if issued else ""
    return _joined(authors, f"{item['title']}[EB/OL]", f"{imprint}{day}{_seen(item)}", item)


def _joined(authors: str, title: str, imprint: str, item: Item) -> str:
    found = ""
    for part in filter(None, (authors, title, imprint, item.get("URL", ""))):
        found += part if part.endswith(".") and part is authors else f"{part}."
        found += " "
    return found.rstrip()


def _seen(item: Item) -> str:
    seen = day_of(item.get("accessed"))
    return f"[{seen}]" if seen else ""


def _authors(names: list[Name]) -> str:
    shown = [_author(name) for name in names[:_MOST_AUTHORS]]
    if len(names) > _MOST_AUTHORS:
        shown.append("等" if is_han(names[0]) else "et al.")
    return ", ".join(shown)


def _author(name: Name) -> str:
    if "literal" in name:
        return name["literal"]
    family, given = name["family"], name["given"]
    if is_han(name):
        return family + given
    if family.lower() in PINYIN_SURNAMES:
        return f"{family.upper()} {given}"
    return f"{family.upper()} {' '.join(initials(given))}"
