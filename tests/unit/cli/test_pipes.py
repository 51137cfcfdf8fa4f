"""What goes into a pipe does not depend on a terminal; a message is one write; a page fits on two screens."""

from __future__ import annotations

import io
import re
import sys

import pytest

import searchkit
from searchkit import Article
from searchkit.cli.run import run
from tests.conftest import TODAY, at

BODY = "\n".join(
    f"第{number}段：记者从防汛部门获悉，渡口的堤防 and the old ferry 经过五天的巡查与加固，渡口已全部转入日常值守。"
    for number in range(9)
)
OUTLET = "环海通讯社滨江分社防汛与内河航运特别报道组暨堤防巡查联合编辑部"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("pipes") / "index"
    with searchkit.open(path, create=True, today=lambda: TODAY) as made:
        for number in range(14):
            made.upsert(
                Article(
                    id=f"n{number:02}", title=f"第{number}号渡口堤防转入日常值守 公交车绕行并恢复接送学生与老人上下船",
                    body=f"{BODY}\n编号{number * 7919}", source=OUTLET, author="许舟、何溪", published=at(2025, 3, 1 + number),
                )
            )  # fmt: skip
        made.upsert(
            Article(id="n00", title="渡口停航", body=BODY[:-9], source=OUTLET, published=at(2025, 3, 1), url="https://example.org/" + "a" * 200)
        )  # fmt: skip
        made.upsert(
            Article(
                id="n13b",
                title="渡口",
                body=f"{BODY}\n编号{13 * 7919}",
                source="滨江日报",
                published=at(2025, 3, 14, 9),
            )
        )
    return path


class Counted(io.RawIOBase):
    """A file that keeps what each write wrote, as the operating system would see it."""

    def __init__(self):
        self.writes = []

    def writable(self):
        return True

    def write(self, data):
        self.writes.append(bytes(data).decode())
        return len(data)


@pytest.fixture
def cli(index, tmp_path, monkeypatch):
    """Run a command in this process: (exit code, standard output, writes to standard error)."""
    for name in ("NO_COLOR", "FORCE_COLOR", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SEARCHKIT_INDEX", str(index))
    monkeypatch.setenv("SEARCHKIT_TODAY", TODAY.isoformat())
    monkeypatch.chdir(tmp_path)

    def call(*arguments, columns=80):
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n"), Counted()
        with monkeypatch.context() as here:
            here.setenv("COLUMNS", str(columns))
            here.setattr(sys, "stdout", out)
            # As Python makes it with -u: every call is a write.
            here.setattr(sys, "stderr", io.TextIOWrapper(err, encoding="utf-8", write_through=True))
            code = run(list(arguments))
            out.flush()
            return code, out.buffer.getvalue().decode(), err.writes

    return call


COMMANDS = [
    ["show", "n01"], ["show", "n00", "--revisions"], ["show", "n00", "--revisions", "--diff"], ["family", "n13"],
    ["family", "n13", "--diff"], ["search", "渡口"], ["search", "渡口", "--long"], ["search", "渡口", "--group", "--long"],
    ["search", "渡口", "--csv"], ["search", "渡口 火星 大熊猫"], ["facets", "渡口"], ["facets", "--by", "author", "--by", "source"],
    ["timeline", "渡口"], ["stats"], ["stats", "--sources"], ["analyze", BODY], ["verify"], ["delete", "渡口", "--dry-run"],
    ["export", "渡口"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda given: " ".join(given)[:30])
def test_a_pipe_gets_the_same_for_every_width(cli, arguments):
    narrow, wide = (
        (out, re.sub(r"\d+ ms", "", "".join(err))) for _, out, err in (cli(*arguments, columns=n) for n in (40, 4000))
    )
    assert narrow == wide
    assert "\x1b" not in narrow[0] + narrow[1]


def test_every_word_of_an_article_can_be_counted_in_a_pipe(cli):
    out = cli("show", "n01", columns=41)[1]
    assert out.count("渡口") == 1 + BODY.count("渡口") == 19
    assert [line for line in out.splitlines() if line.startswith("第")][1:] == BODY.splitlines()
    assert "a" * 200 in cli("show", "n00", columns=41)[1]
    assert OUTLET in cli("stats", "--sources")[1], "nor is a name cut"


def test_in_a_pipe_the_long_form_has_whole_lines(cli):
    out = cli("search", "渡口", "--long", "-n", "4")[1]
    assert out.count("上下船\n") == 2 and max(map(len, out.splitlines())) > 100


# -- messages


@pytest.mark.parametrize(
    ("arguments", "writes"),
    [
        (["search", "渡口"], 1), (["search", "渡口 大熊猫"], 1), (["search", "title:("], 1), (["timeline", "渡口"], 1),
        (["facets", "渡口"], 1), (["delete", "大熊猫 火星", "--dry-run"], 2), (["show", "zzz"], 1), (["--bogus"], 1),
        (["search", "渡口", "-q"], 0), (["search", "渡口", "--page", "99"], 1),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else None,
)  # fmt: skip
def test_a_message_is_one_write_of_whole_lines(cli, arguments, writes):
    told = cli(*arguments)[2]
    assert len(told) == writes
    assert all(each.endswith("\n") for each in told)


def test_what_an_ingest_sets_aside_is_one_write(cli, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"title": "江水"}\n' + "no json\n" * 12, encoding="utf-8")
    code, out, told = cli("ingest", "a.jsonl", "-i", "new")
    assert code == 4 and out.startswith("added 1,")
    assert [each.count("\n") for each in told] == [11, 1]


def test_a_traceback_is_one_write(cli, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("江")

    monkeypatch.setattr("searchkit.opening.open_at", broken)
    code, _, told = cli("stats", "-v")
    assert code == 70 and len(told) == 2 and "Traceback" in told[0] and "unexpected" in told[1]


# -- the terminal's form


def test_a_page_of_ten_fits_on_two_screens(cli):
    _, out, told = cli("search", "渡口 记者", "--pretty")
    lines = out.splitlines()
    assert len(lines) + sum(each.count("\n") for each in told) <= 48
    hits = [line for line in lines if re.match(r" ?\d+  ", line)]
    assert len(hits) == 10 and len(lines) == 41
    assert all("n" in line and "2025-" in line for line in lines[1:40:4])
    assert all(line.endswith("…") for line in lines[3:40:4])


@pytest.mark.parametrize("columns", [40, 57, 80, 81, 120, 200])
def test_two_lines_of_text_at_most_and_no_line_too_wide(cli, columns):
    from searchkit.presenters import width

    plain = cli("search", "渡口 记者", "--pretty", columns=columns)[1]
    assert max(map(width.columns, plain.splitlines())) <= columns
    assert len(plain.splitlines()) <= 41
    colored = cli("search", "渡口 记者", "--color", "always", columns=columns)[1]
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == plain
    assert colored.count("\x1b[1;31m渡口") >= 20, "in the title and in the text"


def test_the_long_form_has_all_the_text(cli):
    brief, long = (cli("search", "渡口", "--pretty", "-n", "1", *more)[1] for more in ([], ["--long"]))
    assert len(brief.splitlines()) < len(long.splitlines())
    assert cli("search", "渡口", "--long", "--json")[0] == 2


def test_a_hit_tells_of_its_reprints_in_the_line_of_its_source(cli):
    _, out, told = cli("search", "编号102947", "--group", "--pretty")
    assert re.search("2025-03-14 .*  and 1 reprint\n", out)
    assert "searchkit family ID" in told[0]


# -- pages


def test_a_page_by_number_goes_on_where_the_page_before_ended(cli):
    first, second, third = (cli("search", "渡口", "--page", number, "-n", "6") for number in "123")
    ids = [line.partition("\t")[0] for _, out, _ in (first, second, third) for line in out.splitlines()]
    assert len(set(ids)) == len(ids) == 15
    cursor = re.search("--after (.+)", second[2][0])[1]
    assert cli("search", "渡口", "--after", cursor, "-n", "6")[1] == third[1]
    assert cli("search", "渡口", "--ids", "-n", "6", "--page", "3")[1].split() == ids[12:]


def test_a_terminal_is_told_the_number_and_counts_on(cli):
    _, out, told = cli("search", "渡口", "--page", "2", "-n", "4", "--pretty")
    assert out.startswith(" 5  ") and "next page: --page 3\n" in told[0]
    cursor = re.search("--after (.+)", cli("search", "渡口", "-n", "4")[2][0])[1]
    assert "next page: --after " in cli("search", "渡口", "--after", cursor, "-n", "4", "--pretty")[2][0]
    assert "next page" not in cli("search", "渡口", "--page", "4", "-n", "4", "--pretty")[2][0]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--page", "4", "-n", "6"], 1, "there is no page 4: 15 hits, 6 on a page; the last is --page 3"),
        (["--page", "9", "--ids", "-n", "6"], 1, "the last is --page 3"),
        (["--page", "9", "--ids", "-n", "6", "--group"], 1, "there is no page 9"),
        (["--page", "0"], 2, "--page"), (["--page", "x"], 2, "--page"), (["--page", "2", "--ids"], 2, "-n 10 --page 2"),
        (["--page", "2", "-n", "0"], 2, "-n 10"), (["--page", "2", "--after", "x"], 2, "contradict"),
    ],
    ids=str,
)  # fmt: skip
def test_a_page_that_is_not_there_is_told(cli, arguments, code, says):
    done, out, told = cli("search", "渡口", *arguments)
    assert (done, out) == (code, "") and says in "".join(told) and "70" not in told
