"""The documentation site: nothing that is documented is missing, and what `make docs` made asks nobody else."""

from __future__ import annotations

import importlib.util
import inspect
import json
import mimetypes
import os
import re
import sys
from html import unescape
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

import searchkit
from tests.unit.servers.chromium import HOME, PROGRAM, Chromium

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "build" / "docs" / "site"
TRANSLATED = [
    "README",
    "docs/query-language",
    "docs/dates",
    "docs/cli",
    "docs/page",
    "docs/http",
    "docs/mcp",
    "docs/citations",
]
MODULES = ["searchkit.aio", "searchkit.frames", "searchkit.ingest", "searchkit.jupyter", "searchkit.sources"]
ADAPTERS = {"searchkit.langchain": "langchain_core", "searchkit.scrapy": "scrapy"}


def _loaded(path: Path):
    spec = importlib.util.spec_from_file_location("searchkit_site", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for the module of a class
    spec.loader.exec_module(module)
    return module


site = _loaded(ROOT / ".ci" / "site" / "build.py")
PAGES = [page for section in site.sections() for page in section.pages]


def test_every_document_is_in_the_navigation():
    documents = {"README.md", "CHANGELOG.md", "searchkit/presenters/SCHEMA.md", "examples/README.md"}
    documents |= {f"{folder}/{path.name}" for folder in ("docs", ".github") for path in (ROOT / folder).glob("*.md")}
    documents = {name for name in documents if ".zh-CN." not in name}
    assert {page.of for page in PAGES if page.of} == documents
    examples = {f"examples/{path.name}" for path in (ROOT / "examples").glob("*.py")} - {"examples/demo.py"}
    assert {page.code for page in PAGES if page.code} == examples


def test_translations_are_found_beside_their_originals():
    for name in TRANSLATED:
        page = next(page for page in PAGES if page.of == f"{name}.md")
        assert page.text("zh") == (ROOT / f"{name}.zh-CN.md", True)
    found = {path for folder in (ROOT, ROOT / "docs") for path in folder.glob("*.zh-CN.md")}
    assert found == {page.text("zh")[0] for page in PAGES if page.of and page.text("zh")[1]}


def test_every_public_name_is_in_the_reference_once():
    ours = [name for page in PAGES if page.api and page.module == "searchkit" for name in page.names()]
    ours = [name for name in ours if "." not in name]  # types of arguments, which need not be imported by anyone
    assert sorted(ours) == sorted(set(searchkit.__all__) - {"__version__"})
    others = {page.module: page.names() for page in PAGES if page.api and page.module != "searchkit"}
    for module in MODULES:
        assert others[module] == import_module(module).__all__
    assert {*MODULES, *ADAPTERS} < set(others)


def public():
    """Each public name with its docstring, the members of classes included."""
    for page in PAGES:
        if not page.api or importlib.util.find_spec(ADAPTERS.get(page.module, "searchkit")) is None:
            continue
        module = import_module(page.module)
        for name in page.names():
            if "." in name:
                continue  # a type of arguments
            found = getattr(module, name)
            yield f"{page.module}.{name}", inspect.getdoc(found)
            for member in dir(found) if inspect.isclass(found) else ():
                value = getattr(found, member)
                told = value.fget if isinstance(value, property) else value
                if not member.startswith("_") and (getattr(told, "__module__", None) or "").startswith("searchkit."):
                    yield f"{page.module}.{name}.{member}", getattr(told, "__doc__", None)


def test_sections_of_public_docstrings_are_shown_as_such():
    running = re.compile(r"\b(?:Args|Attributes|Raises|Returns|Yields): +\S")
    found = dict(public())
    assert "searchkit.Archive.search" in found
    assert [name for name, text in found.items() if text and running.search(text)] == []


@pytest.mark.parametrize("language", site.LANGUAGES)
def test_links_lead_somewhere(language, tmp_path):
    laid = site.Site(tmp_path / language, language)
    laid.lay_out()
    texts = sorted(laid.folder.rglob("*.md"))
    assert len(texts) == len(PAGES)
    links = 0
    for text in texts:
        plain = re.sub(r"```.*?```", "", text.read_text(encoding="utf-8"), flags=re.DOTALL)
        for link in re.findall(r"\]\((?![a-z]+:|#)([^)\s#]+)", plain):
            assert (text.parent / link).is_file(), f"{text.relative_to(tmp_path)}: {link}"
            links += 1
    assert links > 60


def test_a_link_to_nowhere_ends_the_build(tmp_path, monkeypatch):
    (tmp_path / "README.md").write_text("[gone](docs/gone.md)", encoding="utf-8")
    monkeypatch.setattr(site, "ROOT", tmp_path)
    page = site.Page("index", {"en": "Start"}, of="README.md")
    laid = site.Site.__new__(site.Site)
    laid.folder, laid.language, laid._homes, laid._translated = tmp_path, "en", {}, {}
    with pytest.raises(ValueError, match=r"docs/gone\.md: no page of the site and no file"):
        laid._written(page)


def test_a_link_to_a_section_finds_that_of_the_translation():
    original, translation = (ROOT / "docs" / f"query-language{end}.md" for end in ("", ".zh-CN"))
    assert site._anchor_there("aliases", original, translation) == "#别名"
    assert site._anchor_there("no-such-section", original, translation) == ""


def test_lines_of_chinese_are_joined():
    text = "网页（WARC），\n  以及压缩包。\n\n- 一\n- two\n三"
    assert site._BROKEN.sub("", text) == "网页（WARC），以及压缩包。\n\n- 一\n- two\n三"


def test_the_gate_builds_it():
    assert "make docs\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


# -- as it was built


built = pytest.mark.skipif(not (BUILT / "zh-CN" / "index.html").is_file(), reason="no site is built: make docs")


@built
def test_nothing_is_loaded_from_elsewhere():
    loads = re.compile(
        r"<(?:script|img|iframe|source|video|audio|link(?! rel=.?(?:canonical|alternate)))\b[^>]*\b(?:src|href)=.?(?:https?:)?//"
        r"|url\(.?(?:https?:)?//|@import"
    )
    for kind in ("html", "css", "svg"):
        for path in BUILT.rglob(f"*.{kind}"):
            assert loads.search(path.read_text(encoding="utf-8")) is None, path.relative_to(BUILT)


@built
@pytest.mark.slow
def test_every_link_of_every_page_leads_somewhere():
    """Those of the reference and of the navigation too, which zensical does not check."""
    texts = {path: path.read_text(encoding="utf-8") for path in BUILT.rglob("*.html") if path.name != "404.html"}
    anchors = {path: {unescape(each) for each in re.findall(r'\bid="([^"]+)', text)} for path, text in texts.items()}
    assert len(texts) == 2 * len(PAGES)
    broken = []
    for path, text in texts.items():
        for link in {unescape(each) for each in re.findall(r'href="(?![a-z]+:)([^"]+)', text)}:
            place, _, anchor = link.partition("#")
            target = Path(os.path.normpath(path.parent / unquote(place))) if place else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (anchor and unquote(anchor) not in anchors[target]):
                broken.append(f"{path.relative_to(BUILT)}: {link}")
    assert broken == []


@built
def test_everything_in_the_reference_is_described():
    heading = re.compile(
        r'<h\d id="([^"]+)" class="doc doc-heading">.*?<div class="doc doc-contents[^"]*">(.*?)</div>', re.DOTALL
    )
    described = {}
    for path in (BUILT / "api").glob("*.html"):
        described |= dict(heading.findall(path.read_text(encoding="utf-8")))
    assert {"searchkit.Archive.search", "searchkit.aio.open"} < set(described)
    assert [name for name, text in described.items() if len(re.sub("<[^>]+>", "", text).strip()) < 10] == []


class _Files:
    """Answers the browser from the folder of the site."""

    def ask(self, method: str, target: str, headers: dict[str, str]) -> SimpleNamespace:
        path = BUILT / target.partition("?")[0].lstrip("/")
        if not path.is_file():
            return SimpleNamespace(status=404, headers={}, body=b"")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return SimpleNamespace(status=200, headers={"content-type": kind}, body=path.read_bytes())


@built
@pytest.mark.slow
@pytest.mark.skipif(not PROGRAM, reason="Chromium is not installed: apt-get install chromium")
@pytest.mark.parametrize(("start", "expected"), [("/index.html", "NEAR"), ("/zh-CN/index.html", "查询语言")])
def test_a_part_of_a_chinese_word_is_found(start, expected, tmp_path):
    browser = Chromium(_Files(), tmp_path)  # type: ignore[arg-type]
    try:
        browser.open(start)
        browser.see("document.querySelector('.md-search__button').click()")
        found = ""
        browser.call("Input.insertText", text="管制")  # typed where the focus is, as a person would
        for _ in range(200):
            found = browser.see(_RESULTS)
            if expected in found:
                break
            browser.see("new Promise(done => setTimeout(done, 50))")
        assert expected in found
        assert [each for each in browser.asked if not each.startswith(f"{HOME}/")] == []
        assert browser.told == []
    finally:
        browser.close()


_RESULTS = """[...document.querySelectorAll('*')].filter(each => each.shadowRoot).map(
    each => each.shadowRoot.textContent).join(' ') + document.body.innerText"""


@built
def test_the_choice_of_the_language_leads_to_the_same_page():
    for path in ("cli.html", "api/archive.html"):
        english, chinese = BUILT / path, BUILT / "zh-CN" / path
        for page, other in ((english, chinese), (chinese, english)):
            links = re.findall(r'<a href="([^"]+)" hreflang', page.read_text(encoding="utf-8"))
            assert other.resolve() in [(page.parent / link).resolve() for link in links]


@built
def test_the_search_of_both_languages_cuts_chinese():
    for place in (BUILT, BUILT / "zh-CN"):
        assert "zh" in json.loads((place / "search.json").read_text(encoding="utf-8"))["config"]["lang"]
