"""searchkit ingest"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.output import ProgressBar
from searchkit.cli.settings import Settings
from searchkit.errors import IngestFailed, NoArchive, UsageError

if TYPE_CHECKING:
    from searchkit.ingest import IngestProgress, IngestReport


def ingest(
    settings: Settings,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, archives; - is standard input.")
    ],
    *,
    format: Annotated[
        str, typer.Option("--format", metavar="NAME", help="auto, or the format of every file.")
    ] = "auto",
    map: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="title=标题; may be repeated.")
    ] = None,
    on_error: Annotated[str, typer.Option("--on-error", metavar="WHAT", help="skip or fail.")] = "skip",
    rejects: Annotated[
        Path, typer.Option("--rejects", metavar="FILE", help="Where to put what cannot be read.")
    ] = Path("rejects.jsonl"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and compare, write nothing.")] = False,
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", metavar="N", help="Processes that read.", min=1)] = None,
    json: given.Json = False,
) -> None:
    """Read articles into the archive, which is made if it is not there.

    What is there already stays as it is; what has changed becomes a new revision. A record that cannot be read is set
    aside with the reason, the rest goes in. After an interruption, run it again.

    \b
    searchkit ingest news/ dump.txt more.jsonl.gz
    searchkit ingest table.csv --map title=标题 --map body=正文
    curl -s https://example.org/feed.jsonl | searchkit ingest -
    """
    from searchkit.ingest import ingest as run
    from searchkit.sources import documents

    if on_error not in ("skip", "fail"):
        raise UsageError(f"--on-error {on_error}", hint="skip or fail")
    mapping = dict(_pair(each) for each in map or ())
    documents(*paths)  # a path that is not there is told before an archive is made
    with ProgressBar(settings) as bar:

        def progress(told: IngestProgress) -> None:
            beside = f"{told.articles:,} articles" if told.stage == "reading" else f"{told.done:,} of {told.total:,}"
            bar.draw(told.stage, told.done, told.total, f"{beside}  {told.name}")

        try:
            archive = settings.open(create=not dry_run, progress=bar.archive)
        except NoArchive:
            archive = None  # a dry run into an archive that is not there yet
        try:
            report = run(
                archive,
                list(paths),
                format=format,
                mapping=mapping or None,
                on_error="fail" if on_error == "fail" else "skip",
                rejects=rejects,
                dry_run=dry_run,
                jobs=jobs or 1,
                progress=progress,
            )
        except KeyboardInterrupt:
            bar.clear()
            kept = f"; the archive has {len(archive):,} articles" if archive is not None else ""
            settings.tell(f"interrupted{kept}; run the same again to go on")
            raise typer.Exit(130) from None
        finally:
            if archive is not None:
                archive.close()
    _tell(report, settings, json)
    if report.report.rejected:
        raise typer.Exit(IngestFailed.exit_code)


def _pair(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals or not name or not column:
        raise UsageError(f"--map {text}", hint="--map title=标题: a field, and the column it is in")
    return name.strip(), column.strip()


def _tell(report: IngestReport, settings: Settings, json: bool) -> None:
    from searchkit.presenters import json_form
    from searchkit.presenters.terminal_text import safe

    found = report.report
    if json:
        rejects = str(report.rejects) if report.rejects else None
        shown = json_form.ingest(
            found, files=report.files, seconds=report.seconds, rejects=rejects, dry_run=report.dry_run
        )
        print(json_form.text(shown))
        return
    for each in found.rejected[:10]:
        settings.tell(f"set aside {safe(each.where)}: {safe(each.reason)}")
    if len(found.rejected) > 10:
        settings.tell(f"and {len(found.rejected) - 10:,} more")
    aside = f"set aside {len(found.rejected):,}" + (f" ({report.rejects})" if report.rejects else "")
    line = f"added {found.added:,}, updated {found.updated:,}, unchanged {found.unchanged:,}, {aside}"
    sys.stdout.write(("would have: " if report.dry_run else "") + line + "\n")
    if found.headlines:
        settings.tell(f"{found.headlines:,} of them headlines that pages list beside their article")
