"""The documentation cannot drift: its commands and its Python are run, its names and links are looked up.

A ```console block holds commands (`$ searchkit …`) and what a terminal of 80 columns shows after each; a line that ends
in `| cat` shows what a pipe gets. A ```python block is run as it stands, after those above it in the same document.
`--update-golden` writes the answers of today into the console blocks.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "searchkit" / "cli" / "demo.jsonl"
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / ".github" / "CONTRIBUTING.md",
]
CONSOLE = [
    "README.md", "README.zh-CN.md", "docs/query-language.md", "docs/query-language.zh-CN.md", "docs/dates.md",
    "docs/dates.zh-CN.md", "docs/cli.md", "docs/cli.zh-CN.md", "docs/study.md", "docs/citations.md",
    "docs/citations.zh-CN.md",
]  # fmt: skip
PYTHON = ["README.md", "README.zh-CN.md", "docs/python.md", "docs/study.md", "docs/adapters.md"]
NEEDED = {"docs/adapters.md": ("pandas", "polars", "pyarrow")}
SLOW = ("docs/adapters.md", "docs/study.md", "README.zh-CN.md", "docs/query-language.zh-CN.md", "docs/cli.zh-CN.md")
TODAY = "2025-06-30"

_BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_VARIES = re.compile(
    r"\b\d+ (?:ms\b|毫秒)|\b\d+\.\d s\b|(?<=^recorded    )[-\d]+ [\d:]+|(?<=^入库时间    )[-\d]+ [\d:]+"
    r"|(?<= as on )[-\d]+ [\d:]+|(?<=^与 )[-\d]+ [\d:]+",
    re.MULTILINE,
)


def some_slow(names):
    return [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in names]


def blocks(name: str, kind: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return [found["text"] for found in _BLOCK.finditer(text) if found["kind"] == kind]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the demo articles where a checkout has them, and nothing from outside."""
    for name in ("SEARCHKIT_INDEX", "NO_COLOR", "FORCE_COLOR", "FORCE_TERMINAL_WIDTH", "TERMINAL_WIDTH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SEARCHKIT_TODAY", TODAY)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "searchkit" / "cli").mkdir(parents=True)
    shutil.copy(DEMO, tmp_path / "searchkit" / "cli")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# -- commands


def answer(line: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a command line shows: standard output, then standard error."""
    from searchkit.cli.run import run

    command, piped, _ = line.partition(" | cat")
    program, *arguments = shlex.split(command)
    assert program == "searchkit", line
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    with monkeypatch.context() as here:
        here.setattr(sys, "stdout", out)
        here.setattr(sys, "stderr", err)
        here.setattr(sys, "argv", ["searchkit", *arguments])
        run(arguments if piped else ["--pretty", *arguments])
    for each in (out, err):
        each.flush()
    shown = b"".join(each.buffer.getvalue() for each in (out, err)).decode()  # type: ignore[attr-defined]
    return shown + ("" if not shown or shown.endswith("\n") else "\n")


def answered(block: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The block with the answers of today; one blank line may stand between an answer and the next command."""
    parts = re.split(r"^(?=\$ )", block, flags=re.MULTILINE)
    assert parts[0] == "", f"a console block begins with a command: {block[:60]!r}"
    found = []
    for i, part in enumerate(parts[1:]):
        line = part.partition("\n")[0]
        shown = answer(line[2:], monkeypatch).rstrip("\n")
        last = i == len(parts) - 2
        found.append(f"{line}\n" + (shown + "\n" if shown else "") + ("" if last else "\n"))
    return "".join(found)


@pytest.mark.parametrize("name", some_slow(CONSOLE))
def test_commands_answer_as_documented(name, folder, monkeypatch, request):
    if ".zh-CN." in name:
        monkeypatch.setenv("SEARCHKIT_LANG", "zh-CN")
    if not name.startswith("README"):  # the tour of the README makes the archive itself
        answer("searchkit ingest searchkit/cli/demo.jsonl", monkeypatch)
    assert blocks(name, "console")
    new = [(block, answered(block, monkeypatch)) for block in blocks(name, "console")]
    if request.config.getoption("--update-golden"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for block, now in new:
            text = text.replace(f"```console\n{block}```", f"```console\n{_VARIES.sub(_typical, now)}```", 1)
        (ROOT / name).write_text(text, encoding="utf-8")
        return
    for block, now in new:
        assert _VARIES.sub("N", block) == _VARIES.sub("N", now)


def _typical(found: re.Match[str]) -> str:
    if colons := found.group().count(":"):
        return f"{TODAY} 12:00" + (colons - 1) * ":00"
    return "0.1 s" if found.group().endswith(" s") else re.sub(r"\d+", "3", found.group())


TRANSLATED = [
    "README.zh-CN.md", "docs/query-language.zh-CN.md", "docs/dates.zh-CN.md", "docs/page.zh-CN.md", "docs/http.zh-CN.md",
    "docs/mcp.zh-CN.md", "docs/citations.zh-CN.md",
]  # fmt: skip
"""docs/cli.zh-CN.md is shorter than its original, but has every command."""


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_translation_has_the_sections_and_the_commands_of_its_original(name):
    """So that what is added to one is missed in the other; a section of the README is on the languages in both."""
    original = name.replace(".zh-CN", "")
    levels, commands, rows = [], [], []
    for each in (original, name):
        text = (ROOT / each).read_text(encoding="utf-8")
        plain = _BLOCK.sub("", text)
        levels.append(re.findall(r"^#+", plain, re.MULTILINE))
        commands.append([line for block in blocks(each, "console") for line in block.splitlines() if line[:2] == "$ "])
        rows.append(plain.count("\n|"))
    assert levels[0] == levels[1]
    assert commands[0] == commands[1]
    assert rows[0] == rows[1], "rows of tables"


def test_the_forms_of_dates_are_the_same_in_both_documents():
    texts = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("dates.md", "dates.zh-CN.md")]
    forms = [re.findall(r"^\| `.*", text, re.MULTILINE) for text in texts]
    assert forms[0] == forms[1] != []


# -- Python


@pytest.mark.parametrize("name", some_slow(PYTHON))
def test_python_runs(name, folder):
    """In a process of its own, as a reader would run it; the lines keep their numbers in the document."""
    for library in NEEDED.get(name, ()):
        if find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    text = (ROOT / name).read_text(encoding="utf-8")
    assert blocks(name, "python")
    lines = [""] * text.count("\n")
    for found in _BLOCK.finditer(text):
        if found["kind"] == "python":
            first = text.count("\n", 0, found.start("text"))
            block = found["text"].splitlines()
            lines[first : first + len(block)] = block
    (folder / "documented.py").write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "documented.py"], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, f"{name}: {done.stderr}"


def test_every_method_of_archive_is_in_python_md():
    from searchkit import Archive
    from searchkit.search.articles import Articles
    from searchkit.search.asking import Asking

    text = "\n".join(blocks("docs/python.md", "python"))
    offered = {**vars(Articles), **vars(Asking), **vars(Archive)}
    methods = [name for name, it in offered.items() if callable(it) and not name.startswith("_")]
    assert {"search", "upsert_all", "get"} < set(methods)
    assert [name for name in [*methods, "index_behind"] if f".{name}" not in text] == []


def test_every_public_name_is_in_python_md():
    import searchkit

    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    assert [name for name in searchkit.__all__ if not re.search(rf"\b{re.escape(name)}\b", text)] == []


# -- commands and options


def parameters() -> Iterator[tuple[str, list[str]]]:
    """Each command of the app and the spellings of its options."""
    import typer

    from searchkit.cli.app import app

    group = typer.main.get_command(app)
    yield "", [spelling for each in group.params for spelling in each.opts]
    for name in group.list_commands(None):  # type: ignore[attr-defined]
        command = group.get_command(None, name)  # type: ignore[attr-defined]
        # An argument's `opts` is its own name, without dashes.
        yield name, [spelling for each in command.params for spelling in each.opts if spelling.startswith("-")]


OPTIONS = dict(parameters())


@pytest.mark.parametrize("name", [name for name in OPTIONS if name])
def test_every_command_is_documented(name):
    for readme in ("README.md", "README.zh-CN.md"):
        assert f"| `searchkit {name}` |" in (ROOT / readme).read_text(encoding="utf-8")
    for document in ("cli.md", "cli.zh-CN.md"):
        assert f"## searchkit {name}\n" in (ROOT / "docs" / document).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_is_documented(name):
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    missing = [option for option in OPTIONS[name] if not re.search(rf"`{re.escape(option)}[` ]", text)]
    assert missing == []


def test_no_option_is_documented_that_is_not_there():
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    known = {option for options in OPTIONS.values() for option in options} | {"-h", "--help"}
    assert {found[1] for found in re.finditer(r"`(--?[a-z][a-z-]*)\b", text)} - known == set()


# -- links and places


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_local_links_resolve(document):
    text = _BLOCK.sub("", document.read_text(encoding="utf-8"))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), f"{document.name}: {link}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = [re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings]
            assert anchor in slugs, f"{document.name}: {link}"


def tracked() -> list[Path]:
    """Files of the repository; without git, those that are documentation, code or settings."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    if listed.returncode == 0:
        return [ROOT / os.fsdecode(name) for name in listed.stdout.splitlines()]
    return [path for pattern in ("*.md", "*.py", "*.toml", "*.yml") for path in ROOT.rglob(pattern)]


_HOME = r"(?:^|[\s\"'`=(:])/(?:home|root|Users|work|tmp)/[\w.-]+"
_REGISTRY = r"(?:files\.pythonhosted|pypi)\.(?:org|python\.org)|--(?:extra-)?index-url|:\d{4,5}/simple"
_PLACE = re.compile(f"{_HOME}|{_REGISTRY}", re.MULTILINE)
_ALLOWED = {"/tmp/relevance"}  # an example for --keep, to be made by whoever runs it


def test_no_machine_path_and_no_registry_is_in_the_repository():
    found = []
    for path in tracked():
        if not path.is_file() or path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        hits = [each.group().lstrip(" \"'`=(:\n\t") for each in _PLACE.finditer(text)]
        found += [f"{path.relative_to(ROOT)}: {hit}" for hit in hits if hit not in _ALLOWED]
    assert found == []
