"""Build the documentation site in English and Chinese, from the files that pages.toml names: python .ci/site/build.py

For each language the texts are laid out beside one another in a folder, with their links turned to one another, and
zensical makes HTML of it. A link that leads nowhere, and a warning of zensical, end the build. Only packages that are
installed are used; neither the build nor what is built asks another server for anything.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "docs"
ICON = ROOT / "searchkit" / "servers" / "web" / "page" / "static" / "icon.svg"
LANGUAGES = {"en": "", "zh": "zh-CN"}
"""The folder of each language in the site, and the suffix of its texts."""
NAMES = {"en": "English", "zh": "简体中文"}
DESCRIPTIONS = {"en": "Keep and search an archive of Chinese news.", "zh": "保存并检索中文新闻存档。"}
SCHEMES = (
    ("(prefers-color-scheme)", "default", "lucide/sun-moon", {"en": "Light, always", "zh": "总用浅色"}),
    ("(prefers-color-scheme: light)", "default", "lucide/sun", {"en": "Dark, always", "zh": "总用深色"}),
    ("(prefers-color-scheme: dark)", "slate", "lucide/moon", {"en": "As this device", "zh": "跟随设备"}),
)
"""Light and dark: when, which, the icon of the button, and what it does next."""
UNTRANSLATED = '!!! note ""\n    本页暂无中文版，以下是英文原文。\n\n'

_OF_MODULE = "::: {}\n    options: {{members: false, show_root_heading: false, show_root_toc_entry: false}}"
_FENCED = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[(?P<text>[^\]\n]*)\]\((?![a-z]+:)(?P<path>[^)\s#]*)(?P<anchor>#[^)\s]*)?\)")
_SWITCH = re.compile(r"^(?:\[English\]\(\S+\)|English) \| .+\n\n?", re.MULTILINE)
_CHINESE = "\u2018-\u201d\u2026\u3001-\u30ff\u4e00-\u9fff\uff01-\uff5e"
_BROKEN = re.compile(rf"(?<=[\u2014{_CHINESE}])\n *(?=[{_CHINESE}])")
"""The end of a line within a paragraph in Chinese, which a browser would show as a space."""
_KEPT = {".svg", ".json"}


@dataclass(frozen=True)
class Page:
    """A page of the site: of a text (`of`), of a program (`code`), or of the docstrings of `api` in `module`.

    `options` are those of mkdocstrings for all of its docstrings, in YAML.
    """

    path: str
    title: dict[str, str]
    of: str = ""
    code: str = ""
    api: tuple[str, ...] = ()
    module: str = "searchkit"
    options: str = ""

    def text(self, language: str) -> tuple[Path, bool]:
        """Return the file of its text in a language, and whether it is in this language."""
        original = ROOT / (self.of or self.code)
        if language == "en":
            return original, True
        translated = original.with_name(f"{original.stem}.{LANGUAGES[language]}{original.suffix}")
        return (translated, True) if translated.is_file() else (original, False)

    def names(self) -> list[str]:
        """Return the public names whose docstrings it has; `*` stands for all of its module."""
        return _public(self.module) if self.api == ("*",) else list(self.api)


@dataclass(frozen=True)
class Section:
    """A section of the navigation."""

    title: dict[str, str]
    pages: list[Page]


def sections() -> list[Section]:
    """Return what pages.toml says."""
    told = tomllib.loads((HERE / "pages.toml").read_text(encoding="utf-8"))
    return [Section(each["title"], [_page(page) for page in each["pages"]]) for each in told["section"]]


def _page(told: dict[str, Any]) -> Page:
    return Page(
        told["path"], told["title"], told.get("of", ""), told.get("code", ""), tuple(told.get("api", ())),
        told.get("in", "searchkit"), told.get("options", ""),
    )  # fmt: skip


def _public(module: str) -> list[str]:
    """Return the names that a module offers: its `__all__`, or else its public classes and functions; as it is read."""
    import ast

    path = ROOT / module.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    names = []
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return list(ast.literal_eval(node.value))
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
            names.append(node.name)
    return names


def slugs(text: str) -> list[str]:
    """Return the anchors of a text's headings, in order, as GitHub makes them, and the site."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings]


def _anchor_there(anchor: str, original: Path, translation: Path) -> str:
    """Return the anchor in a translation for one of its original; empty if the translation has no such section."""
    ours, theirs = (slugs(path.read_text(encoding="utf-8")) for path in (original, translation))
    if anchor not in theirs:
        if len(ours) != len(theirs) or anchor not in ours:
            return ""
        anchor = theirs[ours.index(anchor)]
    return f"#{anchor}"


class Site:
    """The site in one language, laid out for zensical in a folder."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder = folder
        self.language = language
        self.sections = sections()
        self._homes: dict[Path, str] = {}
        self._translated: dict[Path, Path] = {}
        for page in self.pages:
            for each in (page.text("en"), *(page.text(other) for other in LANGUAGES)):
                self._homes[each[0]] = f"{page.path}.md"
            original, text = page.text("en")[0], page.text(language)[0]
            if text != original:
                self._translated[original] = text
        self._homes[ROOT / "examples"] = "examples/index.md"

    @property
    def pages(self) -> list[Page]:
        """All pages, in order."""
        return [page for section in self.sections for page in section.pages]

    def lay_out(self) -> None:
        """Write the texts of all pages, and what they show and link to.

        Raises:
            ValueError: a link leads nowhere.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(HERE / "assets", self.folder / "assets")
        shutil.copyfile(ICON, self.folder / "assets" / "icon.svg")
        for page in self.pages:
            target = self.folder / f"{page.path}.md"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self._written(page), encoding="utf-8")

    def _written(self, page: Page) -> str:
        if page.api:
            options = f"\n    options: {page.options}" if page.options else ""
            texts = [f"::: {page.module}.{name}{options}" for name in page.names()]
            if page.module != "searchkit":
                texts.insert(0, _OF_MODULE.format(page.module))
            text = "\n\n".join([f"# {page.title[self.language]}", *texts]) + "\n"
            return text if self.language == "en" else f"---\nlang: en\n---\n\n{text}"
        path, ours = page.text(self.language)
        text = path.read_text(encoding="utf-8")
        if page.code:
            return f"# {page.title[self.language]}\n\n`{page.code}`:\n\n```python\n{text}```\n"
        parts = _FENCED.split(_SWITCH.sub("", text, count=1))
        parts[::2] = [_LINK.sub(lambda found: self._link(found, path, page), part) for part in parts[::2]]
        if self.language != "en" and ours:
            parts[::2] = [_BROKEN.sub("", part) for part in parts[::2]]
        text = "".join(parts)
        return text if ours else f"---\nlang: en\n---\n\n{UNTRANSLATED}{text}"

    def _link(self, found: re.Match[str], text: Path, page: Page) -> str:
        """Return a link of a text as one in the site, with a page's title where it shows the name of a file."""
        if not found["path"]:
            return found[0]
        target = Path(os.path.normpath(text.parent / found["path"]))
        home, shown = self._homes.get(target), found["text"]
        if home is not None and target.suffix == ".md" and shown.endswith(target.name):
            shown = next(each.title[self.language] for each in self.pages if f"{each.path}.md" == home)
        if home is None:
            if not target.is_file():
                raise ValueError(f"{text.relative_to(ROOT)}: {found['path']}: no page of the site and no file")
            home = f"files/{target.name}" + ("" if target.suffix in _KEPT else ".txt")
            (self.folder / "files").mkdir(exist_ok=True)
            shutil.copyfile(target, self.folder / home)
        path = os.path.relpath(home, Path(page.path).parent).replace(os.sep, "/")
        anchor = found["anchor"] or ""
        if target in self._translated and text in self._translated.values():
            # On purpose a translation sends its readers to an original: in the other folder, where zensical has no eye.
            top = "../" * len(Path(LANGUAGES[self.language]).parts)
            return f'<a href="{top}{path.removesuffix(".md")}.html{anchor}">{shown}</a>'
        if anchor and target in self._translated:
            anchor = _anchor_there(anchor[1:], target, self._translated[target])
        return f"[{shown}]({path}{anchor})"

    def settings(self, address: str) -> dict[str, Any]:
        """Return the settings of zensical for this language, whose folders are beside the file of these settings.

        Args:
            address: where the site will be served; empty if that is not known.
        """
        place = LANGUAGES[self.language]
        nav = [
            {section.title[self.language]: [{page.title[self.language]: f"{page.path}.md"} for page in section.pages]}
            for section in self.sections
        ]
        others = [
            {"lang": each, "name": NAMES[each], "link": os.path.relpath(folder or ".", place or ".") + "/"}
            for each, folder in LANGUAGES.items()
        ]
        palette = [
            {"media": media, "scheme": scheme, "toggle": {"icon": icon, "name": then[self.language]}}
            for media, scheme, icon, then in SCHEMES
        ]
        told = {
            "INHERIT": os.path.relpath(HERE / "mkdocs.yml", self.folder.parent),
            "site_description": DESCRIPTIONS[self.language],
            "docs_dir": self.folder.name,
            "site_dir": f"site/{place}".rstrip("/"),
            "nav": nav,
            "theme": {"language": self.language, "custom_dir": "theme", "palette": palette},
            "extra": {"alternate": others},
        }
        if address:
            told["site_url"] = f"{address.rstrip('/')}/{place}".rstrip("/") + "/"
        return told


def build(work: Path, address: str) -> Path:
    """Build the site in all languages, and return its folder.

    Args:
        work: a folder for what is laid out, and for the site; what was in it is deleted.
        address: where it will be served; empty if that is not known.

    Raises:
        ValueError: a link leads nowhere, or zensical has found something wrong, and has said what.
    """
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(HERE / "theme", work / "theme")
    for language in LANGUAGES:
        laid = Site(work / language, language)
        laid.lay_out()
        settings = work / f"{language}.yml"
        settings.write_text(json.dumps(laid.settings(address), ensure_ascii=False, indent=1), encoding="utf-8")
        _zensical(settings)
    _segment_chinese(work / "site" / "search.json")
    return work / "site"


def _segment_chinese(index: Path) -> None:
    """Let the search of the English pages cut Chinese into words, too: they are full of examples in it."""
    told = json.loads(index.read_text(encoding="utf-8"))
    told["config"]["lang"] = ["en", "zh"]
    index.write_text(json.dumps(told, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _zensical(settings: Path) -> None:
    """Make HTML by these settings, and pass on what is said.

    Raises:
        ValueError: something is wrong with a text, or with a docstring, of which zensical itself makes nothing.
    """
    if find_spec("zensical") is None:
        raise ValueError("zensical is not here; `make docs` installs it, with Python 3.11 or newer")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "--config-file", str(settings)]
    done = subprocess.run(
        command, cwd=settings.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        errors="replace", env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    print(done.stdout, end="", flush=True)
    if done.returncode != 0:
        raise ValueError(f"zensical ended with {done.returncode}")
    if "griffe: " in done.stdout:
        raise ValueError("a docstring cannot be read")


def main() -> int:
    """Build the site; return 1 if something is wrong with it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="", help="where it will be served, for its sitemap")
    given = parser.parse_args()
    try:
        made = build(WORK, given.address)
        print(made / "index.html")
        print(f"to search in it as well: python3 -m http.server --bind 127.0.0.1 --directory {made}", file=sys.stderr)
    except ValueError as error:
        print(f"the site is not built: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
