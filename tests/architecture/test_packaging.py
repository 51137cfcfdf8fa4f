"""What is packaged: the licences of all that it carries, and in the sdist every file of a checkout."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
ALWAYS_PACKED = {"pyproject.toml", "README.md", "LICENSE", ".gitignore"}
LICENCES = {"traditional.txt": ("Apache-2.0", "LICENSE.Apache-2.0"), "folded_words.txt": ("MIT", "LICENSE.jieba")}


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def head(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines[:10] if line.startswith("#"))


def files_of_the_checkout() -> Iterator[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("no checkout")
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    if told.returncode != 0:
        pytest.skip("no git")
    yield from filter(None, told.stdout.split("\0"))


def test_every_licence_text_is_packaged(config):
    patterns = config["project"]["license-files"]
    for pattern in patterns:
        assert list(ROOT.glob(pattern)), f"{pattern}: no such file"
    for path in (ROOT / "searchkit").rglob("LICENSE*"):
        assert any(fnmatch(path.relative_to(ROOT).as_posix(), pattern) for pattern in patterns), path


@pytest.mark.parametrize("data", LICENCES)
def test_data_of_others_names_its_licence_and_has_the_text_beside_it(config, data):
    licence, text = LICENCES[data]
    path = ROOT / "searchkit" / "analysis" / data
    assert licence in config["project"]["license"].split(" AND ")
    assert text in head(path)
    assert (path.parent / text).stat().st_size > 1000


def test_no_other_data_came_from_others():
    """A table that names a licence in its head belongs into LICENCES, with its text."""
    foreign = {path.name for path in (ROOT / "searchkit").rglob("*.t[sx][vt]") if "icense" in head(path)}
    assert foreign == set(LICENCES)


def test_the_sdist_has_every_file_of_the_checkout(config):
    given = [pattern.strip("/") for pattern in config["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]]
    left_out = [
        name
        for name in files_of_the_checkout()
        if name not in ALWAYS_PACKED and not any(name == one or name.startswith(f"{one}/") for one in given)
    ]
    assert left_out == []


def test_each_extra_of_the_project_is_documented(config):
    documented = re.findall(r"^pip install .*'\.\[(\w+)\]'", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    assert sorted(documented) == sorted(config["project"]["optional-dependencies"])


def test_readability_stays_below_the_version_that_old_pips_crash_on(config):
    html = config["project"]["optional-dependencies"]["html"]
    assert [one for one in html if one.startswith("readability-lxml")] == ["readability-lxml>=0.8,<0.9"]


def test_the_citation_names_the_version_and_the_licence_of_the_project(config):
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    project = config["project"]
    assert f"\nversion: {project['version']}\n" in citation
    assert re.findall(r"^  - ([\w.-]+)$", citation.split("license:")[1].split("authors:")[0], re.M) == project[
        "license"
    ].split(" AND ")


def test_the_oldest_python_promised_is_the_first_named(config):
    project = config["project"]
    named = [one.rpartition(" ")[2] for one in project["classifiers"] if re.search(r":: 3\.\d+$", one)]
    assert project["requires-python"] == f">={named[0]}"
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    installs = (ROOT / ".ci" / "installs").read_text(encoding="utf-8")
    for version in named:
        assert f'"{version}"' in workflow, f"CI does not run Python {version}"
        assert f"{version}) pip=" in installs, f".ci/installs does not know the pip of Python {version}"
