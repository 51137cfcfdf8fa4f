"""JSON lines, JSON and tables: records in, articles and reasons out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit.sources as sources
from searchkit.errors import SourceError
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.sources import Limits

GOOD = '{"title": "青石桥", "body": "正文", "time": "2024-05-06"}'


def read(data: str | bytes, **options: Any) -> list[Article | Rejected]:
    return list(sources.read(io.BytesIO(data.encode() if isinstance(data, str) else data), **options))


def titles(items: list[Article | Rejected]) -> list[str]:
    """Titles of articles; of rejects, where they stood."""
    return [each.title if isinstance(each, Article) else each.where.removeprefix("<stream>") for each in items]


def reason(items: list[Article | Rejected], at: int) -> str:
    item = items[at]
    assert isinstance(item, Rejected)
    return item.reason


# -- JSON lines


@pytest.mark.parametrize("lines", [("[", GOOD + ",", GOOD, "]"), (" [ ", GOOD, "],", "[", GOOD, "]")])
def test_a_list_with_one_object_a_line_passes_for_json_lines(lines: tuple[str, ...]) -> None:
    assert titles(read("\n".join(lines), format="jsonl")) == ["青石桥", "青石桥"]


def test_a_bad_line_costs_that_line_only() -> None:
    lines = [
        GOOD, "[1]", "null", '"x"', "{bad}", '{"title": "甲", "title": "乙"}', '{"x": 1}', "[" * 50_000, GOOD, "",
        '{"n": ' + "1" * 5000 + "}", '{"title": NaN, "body": "有正文。"}', '{"title": "同", "title": "同"}', GOOD + ",",
    ]  # fmt: skip
    found = read("\n".join(lines))
    assert titles(found) == [
        "青石桥",
        ":2",
        ":3",
        ":4",
        ":5",
        ":6",
        ":7",
        ":8",
        "青石桥",
        ":11",
        "有正文。",
        "同",
        "青石桥",
    ]
    for at, words in {
        1: "a list",
        2: "null",
        3: "a string",
        4: "not JSON",
        5: "'title'",
        6: "neither",
        7: "nested",
    }.items():
        assert words in reason(found, at)
    assert found[4] == Rejected("<stream>:5", reason(found, 4), "{bad}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends(encoding: str, end: str) -> None:
    line = '{"title": "江湾市住建部门昨天宣布", "body": "青石桥的加固工程已经完成"}'
    assert titles(read(end.join([line] * 3).encode(encoding))) == ["江湾市住建部门昨天宣布"] * 3


def test_a_line_in_another_encoding() -> None:
    other = '{"title": "青石桥的加固工程已经完成"}'.encode("gb18030")
    assert titles(read(b"\n".join([GOOD.encode(), other, GOOD.encode()]))) == [
        "青石桥",
        "青石桥的加固工程已经完成",
        "青石桥",
    ]


def test_a_line_that_is_too_long_is_passed_over_without_being_held() -> None:
    class Endless(io.RawIOBase):
        """Two good lines, with one of 300 MB between them that exists nowhere."""

        left = 300 << 20
        parts = (GOOD.encode() + b'\n{"title": "', b'"}\n' + GOOD.encode())

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if self.left == 300 << 20:
                data = self.parts[0]
                self.left -= 1
            elif self.left > 0:
                data = b"x" * min(len(buffer), self.left)
                self.left -= len(data)
            elif self.left == 0:
                data = self.parts[1]
                self.left = -1
            else:
                return 0
            buffer[: len(data)] = data
            return len(data)

    import tracemalloc

    tracemalloc.start()
    found = list(sources.read(Endless(), limits=Limits(record_bytes=1 << 20)))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert titles(found) == ["青石桥", ":2", "青石桥"]
    assert "longer than 1 MiB" in reason(found, 1)
    assert peak < 16 << 20


@pytest.mark.parametrize("length", [99, 100, 101])
def test_the_limit_of_a_line_is_exact(length: int) -> None:
    line = b'{"title": "' + b"x" * (length - 13) + b'"}'
    assert len(line) == length
    for end in (b"", b"\n", b"\r\n"):
        found = read(line + end, format="jsonl", limits=Limits(record_bytes=100))
        assert isinstance(found[0], Rejected) == (length > 100)


def test_a_wrong_mapping_is_found_before_anything_comes_out() -> None:
    with pytest.raises(SourceError, match="'nobody'") as caught:
        read("\n".join([GOOD] * 500), mapping={"author": "nobody"})
    assert "title, body, time" in caught.value.hint
    assert titles(read("\n".join([GOOD] * 500 + ['{"标题": "末"}']), mapping={"title": "标题"})) == ["青石桥"] * 500 + [
        "末"
    ]


def test_a_mapping_to_no_field_of_an_article() -> None:
    with pytest.raises(SourceError, match="'titel'") as caught:
        read(GOOD, mapping={"titel": "标题"})
    assert "title?" in caught.value.hint
    with pytest.raises(SourceError) as caught:
        read(GOOD, mapping={"标题": "title"})
    assert "write title=标题" in caught.value.hint


def test_lines_are_yielded_as_they_come() -> None:
    """A pipe that stays open must not be waited for."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.reads = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.reads += 1
            data = (GOOD + "\n").encode() * 100 if self.reads < 1000 else b""
            buffer[: len(data)] = data
            return len(data)

    pipe = Pipe()
    assert isinstance(next(iter(sources.read(pipe))), Article)  # type: ignore[arg-type]
    assert pipe.reads < 200


# -- JSON


@pytest.mark.parametrize(
    "text",
    [
        f"[{GOOD}, {GOOD}]", f"[\n{GOOD},\n{GOOD}\n]\n", f'{{"articles": [{GOOD}, {GOOD}]}}', f"{GOOD}\n{GOOD}\n",
        f'{{"status": "ok", "data": {{"list": [{GOOD}, {GOOD}]}}}}', json.dumps(json.loads(GOOD), indent=1) * 2, f"\ufeff[{GOOD},{GOOD}]",
    ],
)  # fmt: skip
def test_shapes_of_json(text: str) -> None:
    assert titles(read(text, format="json")) == ["青石桥", "青石桥"]
    assert titles(read(text, format="json", limits=Limits(document_bytes=1000))) == ["青石桥", "青石桥"]


def test_a_record_that_holds_a_list_is_still_a_record() -> None:
    assert titles(read('{"title": "甲", "related": [{"title": "乙"}]}', format="json")) == ["甲"]
    assert titles(read('{"题": "甲", "images": [{"title": "乙"}]}', format="json", mapping={"title": "题"})) == ["甲"]


def test_a_cut_list_gives_what_is_whole() -> None:
    found = read(f"[\n{GOOD},\n{GOOD},\n{GOOD[:-9]}", format="json")
    assert titles(found) == ["青石桥", "青石桥", ":4"]
    found = read(f"[\n{GOOD},\n{GOOD}\n", format="json")
    assert titles(found) == ["青石桥", "青石桥", ":4"]
    assert "cut short" in reason(found, 2)


@pytest.mark.parametrize(
    ("text", "words"), [("[]", "no records"), ("{}", "neither"), ("[1, 2]", "a number"), ("nonsense", "not JSON")]
)
def test_json_that_holds_no_articles(text: str, words: str) -> None:
    assert words in reason(read(text, format="json"), 0)


def test_a_json_file_over_the_limit_is_set_aside() -> None:
    found = read("[" + ",".join([GOOD] * 100) + "]", format="json", limits=Limits(document_bytes=1000))
    assert "larger than 1000 bytes" in reason(found, 0)


# -- tables


def table(text: str | bytes, **options: Any) -> list[Article | Rejected]:
    return read(text, format="csv", **options)


@pytest.mark.parametrize("sign", [",", "\t", ";", "，", "|"])
def test_delimiters(sign: str) -> None:
    article = table(
        sign.join(["标题", "内容", "时间"]) + "\r\n" + sign.join(["桥", '"一\r\n二"', "2024-05-06"]) + "\r\n"
    )[0]
    assert isinstance(article, Article)
    assert (article.title, article.body, article.published_text) == ("桥", "一\n二", "2024-05-06")


@given(
    st.lists(
        st.tuples(
            *[st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)] * 2,
            st.text("一二,\"'\n;\t ", max_size=8),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_the_csv_module_writes_is_read(rows: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([("标题", "id", "备注"), *[("题" + title, key, note) for title, key, note in rows]])
    found = [each for each in table(out.getvalue().encode("utf-8-sig")) if isinstance(each, Article)]
    assert [(each.title[:1], each.extra.get("备注", "")) for each in found] == [("题", note) for _, _, note in rows]


def test_rows_that_do_not_fit_are_set_aside_by_line() -> None:
    found = table(
        '标题,内容,时间\n甲,"多\n行",2024\n乙,x\n丙,y,z,w\n丁,d,2024,,\n\n戊,"引号,2024\n己,e,2024\n庚,他说"好"了,2024\n'
    )
    assert titles(found) == ["甲", ":4", ":5", "丁", ":8", "己", "庚"]
    assert "2 fields, the header 3" in reason(found, 1)
    assert "quote" in reason(found, 4)
    assert found[4] == Rejected("<stream>:8", reason(found, 4), '戊,"引号,2024')


def test_a_wrong_mapping_lists_the_columns() -> None:
    with pytest.raises(SourceError, match="no column '题'") as caught:
        table("标题,内容\n甲,乙\n", mapping={"title": "题"})
    assert "标题, 内容" in caught.value.hint
    assert titles(table("列一,列二\n甲,乙\n", mapping={"title": "列一"})) == ["甲"]


def test_a_table_without_header_is_an_error_that_says_so() -> None:
    with pytest.raises(SourceError, match="no column that is known") as caught:
        table("甲,乙\n丙,丁\n")
    assert "--map" in caught.value.hint


def test_a_header_that_cannot_be_read_is_named_by_its_line() -> None:
    found = table('\n标题,"内容\n甲,乙\n')
    assert titles(found) == [":2"]
    assert "no header row" in reason(found, 0)


def test_our_own_shape_without_title_and_body_is_set_aside() -> None:
    found = list(sources.read(io.BytesIO(b'{"schema": "searchkit.article/1", "id": "a"}\n'), format="jsonl"))
    assert "neither a title nor a body" in reason(found, 0)


def test_odd_tables() -> None:
    assert "no rows" in reason(table("标题,内容\n"), 0)
    assert titles(table("sep=;\n标题;内容\n甲;乙\n")) == ["甲"]
    article = table("标题,备注,备注,\n甲,一,二,三\n")[0]
    assert isinstance(article, Article)
    assert article.extra == {"备注": "一", "备注 (3)": "二", "column 4": "三"}
    assert titles(table("标题,内容\n甲,乙\x00丙\n")) == ["甲"]
    assert titles(table("标题,内容\n青石桥的加固工程已经完成,正文\n".encode("gb18030"))) == ["青石桥的加固工程已经完成"]
    assert titles(table("标题,内容\n青石桥,正文\n".encode("utf-16"))) == ["青石桥"]
    assert titles(table(f"标题,内容\n甲,{'长' * 200_000}\n乙,短\n")) == ["甲", "乙"]
    assert titles(table(f"标题,内容\n甲,{'长' * 200_000}\n乙,短\n", limits=Limits(record_bytes=1000))) == [":2", "乙"]


@pytest.mark.parametrize(
    ("row", "body"),
    [
        (r'"甲","他说\"好\"，就走了"', '他说"好"，就走了'),
        (r'"甲","他说\"好\""', '他说"好"'),
        (r'"甲","在C:\\盘,他说\",\"好"', r'在C:\盘,他说","好'),
        ('"甲","他说\\"好\\"，\n又说\\"走\\""', '他说"好"，\n又说"走"'),
        ('"甲","他说"好"，就走了"', '他说"好"，就走了'),
        ('"甲","他说""好""，就走了" ', '他说"好"，就走了'),
        (r'"甲","C:\temp\"', "C:\\temp\\"),  # nothing is escaped where the usual reading fits
        (r"甲,他说\"好\"", r"他说\"好\""),
    ],
)
def test_quotes_that_others_write_do_not_change_the_text(row: str, body: str) -> None:
    for rows in (f"{row}\n丙,丁\n", f"丙,丁\n{row}\n"):
        found = table("标题,正文\n" + rows)
        assert sorted((each.title, each.body) for each in found if isinstance(each, Article)) == [
            ("丙", "丁"), ("甲", body),
        ]  # fmt: skip


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_tables_and_lines_that_end_in_carriage_returns(end: str) -> None:
    assert titles(table(f'标题,正文{end}甲,"乙\n乙"{end}丙{end}戊,己{end}')) == ["甲", ":4", "戊"]
    assert titles(read(end.join([GOOD, GOOD, "{bad}", GOOD]), format="json")) == ["青石桥", "青石桥", ":3", "青石桥"]
    for options in ({}, {"format": "jsonl"}):
        assert titles(read(end.join([GOOD, "{bad}", GOOD]), **options)) == ["青石桥", ":2", "青石桥"]
    assert titles(read(end.join(["{", '"title": "甲",', '"body": "乙"', "}"]))) == ["甲"]


def test_a_quote_that_never_closes_costs_one_line_however_long_the_file(rounds: Callable[[int, int], int]) -> None:
    many = rounds(8_000, 30_000)
    found = table('标题,内容\n坏,"x\n' + "好,y\n" * many)
    assert titles(found)[:3] == [":2", "好", "好"]
    assert len(found) == many + 1


@given(st.text(alphabet='a,"\n;标题', max_size=60))
def test_no_row_vanishes(text: str) -> None:
    found = table("title,body\n" + text)
    shown = "".join(each.record if isinstance(each, Rejected) else each.title + each.body for each in found)
    for letter in "标题":
        assert (letter in text) <= (letter in shown)


@given(st.binary(max_size=200), st.sampled_from(["jsonl", "json", "csv", "tsv", "text", "auto"]))
def test_any_bytes_give_something_and_no_other_error(data: bytes, format: str) -> None:
    try:
        assert read(data, format=format)
    except SourceError:
        assert format in ("csv", "tsv")


def test_lines_over_the_header_of_a_table_are_told_and_passed_over() -> None:
    text = "江湾日报导出\n导出时间：2025-03-04\n\n标题,内容\n渡口,恢复通航。\n"
    first, second = sources.read(io.BytesIO(text.encode()), format="csv")
    assert isinstance(first, Rejected) and first.reason == "stands over the header row of the table"
    assert isinstance(second, Article) and (second.title, second.body) == ("渡口", "恢复通航。")


def test_a_table_of_markdown_has_a_rule_under_its_header() -> None:
    text = "| 标题 | 日期 |\n| :--- | --- |\n| 渡口 | 2025-03-04 |\n"
    (article,) = sources.read(io.BytesIO(text.encode()))
    assert isinstance(article, Article) and (article.title, article.precision) == ("渡口", "day")


def test_a_page_with_the_name_of_a_workbook_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text("<html><body><table><tr><td>标题</td></tr></table></body></html>")
    (found,) = sources.read(tmp_path / "a.xls")
    assert isinstance(found, Rejected) and "save it as CSV" in found.reason
