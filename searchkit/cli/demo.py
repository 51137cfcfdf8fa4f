"""searchkit demo"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.language.chosen import current

SEARCHES: tuple[tuple[str, ...], ...] = (
    ("search", '"出口管制" 芯片 -广告', "--since", "2025-01"),
    ("search", "台湾半导体", "-n", "3"),
    ("search", "F-16 OR PM2.5", "--sort", "newest"),
    ("timeline", "DeepSeek", "--by", "month"),
    ("search", "长江大桥 火星"),
)


def demo(
    settings: Settings,
    *,
    keep: Annotated[Path | None, typer.Option("--keep", metavar="PATH", help="Leave the archive here.")] = None,
) -> None:
    """Make an archive of invented articles and ask it five questions."""
    from searchkit.cli.run import run

    with tempfile.TemporaryDirectory() as temporary, as_file(files("searchkit.cli") / "demo.jsonl") as sample:
        if keep is None and settings.index is not None:
            raise UsageError("the demo makes an archive of its own", hint="--keep PATH leaves it at PATH")
        index = str(keep or Path(temporary) / "index")
        shared = ["--index", index, "--pretty", "--no-pager", "--lang", current()]
        shared += ["--color", settings.color] if settings.color else []
        for arguments in (("ingest", str(sample)), *SEARCHES):
            shown = [sample.name if each == str(sample) else each for each in arguments]
            print(f"\n$ searchkit {' '.join(_quoted(each) for each in shown)}", flush=True)
            code = run([*shared, *arguments])
            sys.stderr.flush()
            if code > 1:  # told by the command; the others would only fail after it
                raise typer.Exit(code)


def _quoted(argument: str) -> str:
    plain: Sequence[str] = " \"'*()"
    return f"'{argument}'" if any(char in argument for char in plain) else argument
