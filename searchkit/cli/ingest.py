"""searchkit ingest"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from searchkit.cli import completion
from searchkit.cli import conditions as given
from searchkit.cli.output import ProgressBar, of_total
from searchkit.cli.settings import Settings
from searchkit.errors import IngestFailed, NoArchive, UsageError
from searchkit.language.messages import Message, gettext, translated
from searchkit.model.counts import counted

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.ingest.progress import IngestProgress
    from searchkit.model.reports import IngestReport, Pruning


def ingest(
    settings: Settings,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, archives; - is standard input.")
    ],
    *,
    format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="NAME",
            help="auto, or the format of every file, such as jsonl, csv, html or text.",
            autocompletion=completion.formats,
        ),
    ] = "auto",
    map: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="The column of a field: title=标题; may be repeated."),
    ] = None,
    on_error: Annotated[
        str,
        typer.Option(
            "--on-error",
            metavar="WHAT",
            help="skip (set aside what cannot be read) or fail.",
            autocompletion=completion.of("skip", "fail"),
        ),
    ] = "skip",
    rejects: Annotated[
        Path, typer.Option("--rejects", metavar="FILE", help="Where to put what cannot be read.")
    ] = Path("rejects.jsonl"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and compare, write nothing.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and read new and changed files.")] = False,
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", help="With --watch: the time between two scans.", min=0.1)
    ] = 2.0,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete articles whose files are gone from these folders.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Prune although most files are gone.")] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", metavar="N", help="Processes that read.  [default: 1]", min=1)
    ] = None,
    json: given.Json = False,
) -> None:
    """Read articles into the archive, which is made if there is none.

    An unchanged article stays as it is; a changed one becomes a new revision. A record that cannot be read is set aside
    with the reason, and the rest goes in. After an interruption, run the same command again.

    \b
    searchkit ingest news/ dump.txt more.jsonl.gz
    searchkit ingest table.csv --map title=标题 --map body=正文
    searchkit ingest news/ --prune --dry-run        articles whose files are gone
    searchkit ingest news/ --watch                  read new files until Ctrl-C
    curl -s https://example.org/feed.jsonl | searchkit ingest -
    """
    from searchkit.ingest.run import ingest as run
    from searchkit.sources import documents

    if on_error not in ("skip", "fail"):
        raise UsageError(
            Message("--on-error cannot be {on_error!r}", on_error=on_error), hint="--on-error skip or --on-error fail"
        )
    mapping = dict(_pair(each) for each in map or ())
    folders = _folders(paths, prune=prune, watch=watch, dry_run=dry_run, yes=yes)
    documents(*paths)  # reports a path that does not exist before an archive is made
    with ProgressBar(settings) as bar:

        def progress(told: IngestProgress) -> None:
            reading = told.stage == "reading"
            beside = counted(told.articles, "article") if reading else of_total(told.done, told.total)
            bar.draw(told.stage, told.done, told.total, f"{translated(beside)}  {told.name}")

        try:
            archive = settings.open(create=not dry_run, progress=bar.archive)
        except NoArchive:
            archive = None  # a dry run into an archive that does not exist yet
        options = {
            "format": format,
            "mapping": mapping or None,
            "on_error": "fail" if on_error == "fail" else "skip",
            "rejects": rejects,
            "jobs": jobs or 1,
            "progress": progress,
        }
        aside = False
        try:
            if watch:
                assert archive is not None
                _stay(archive, paths, settings, bar, json, every=every, prune=prune, **options)
            report = run(archive, list(paths), dry_run=dry_run, **options)  # type: ignore[arg-type]
            bar.clear()
            aside = bool(report.report.rejected)
            pruned = None
            if prune and archive is not None:
                try:
                    pruned = archive.prune(*folders, dry_run=dry_run, force=yes, progress=bar.archive)
                except UsageError:
                    _tell(report, None, settings, json=False)
                    raise
            bar.clear()
        except KeyboardInterrupt:
            bar.clear()
            if archive is not None:
                kept = counted(len(archive), "article")
                told = Message("interrupted; the archive has {articles}; run the same again to go on", articles=kept)
            else:
                told = Message("interrupted; run the same again to go on")
            settings.tell(told)
            raise typer.Exit(130) from None
        finally:
            if archive is not None:
                archive.close()
    _tell(report, pruned, settings, json)
    if aside:
        raise typer.Exit(IngestFailed.exit_code)


def _folders(paths: list[str], *, prune: bool, watch: bool, dry_run: bool, yes: bool) -> list[str]:
    """Return the folders among the paths.

    Raises:
        UsageError: the options do not go together.
    """
    folders = [path for path in paths if os.path.isdir(path)]  # noqa: PTH112  # of what is no path, `documents` tells
    if prune and not folders:
        raise UsageError("--prune needs a folder", hint="name the folder that the articles were read from")
    if yes and not prune:
        raise UsageError("--yes goes with --prune", hint="searchkit ingest FOLDER --prune --yes")
    if watch and (dry_run or "-" in paths or yes):
        other = "--dry-run" if dry_run else "--yes" if yes else Message("standard input")
        raise UsageError(
            Message("--watch does not go with {other}", other=other), hint="searchkit ingest FOLDER --watch"
        )
    return folders


def _stay(
    archive: Archive, paths: list[str], settings: Settings, bar: ProgressBar, json: bool, **options: Any
) -> NoReturn:
    """Watch until interrupted."""
    from searchkit.ingest.watch import watch
    from searchkit.presenters.terminal_text import safe

    settings.tell(gettext("watching {paths}; Ctrl-C ends it", paths=safe(", ".join(paths))))
    for found in watch(archive, paths, **options):
        bar.clear()
        if found.report is not None or found.pruned is not None:
            _tell(found.report, found.pruned, settings, json)
            sys.stdout.flush()
        if found.trouble:
            settings.tell(gettext("{trouble}; trying again", trouble=safe(translated(found.trouble))))
    raise AssertionError("it never ends by itself")


def _pair(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals or not name or not column:
        raise UsageError(Message("--map {text}", text=text), hint="--map title=标题: a field, and the column it is in")
    return name.strip(), column.strip()


def _tell(report: IngestReport | None, pruned: Pruning | None, settings: Settings, json: bool) -> None:
    from searchkit.presenters import json_form, reports
    from searchkit.presenters.terminal_text import safe

    if json:
        print(json_form.text(json_form.ingest(report, pruned)))
        return
    if report is not None:
        found = report.report
        told = [
            gettext("set aside {where}: {reason}", where=safe(each.where), reason=safe(translated(each.reason)))
            for each in found.rejected[:10]
        ]
        if len(found.rejected) > 10:
            told.append(gettext("and {number:,} more", number=len(found.rejected) - 10))
        settings.tell(*told)
        line = gettext(
            "added {added:,}, updated {updated:,}, unchanged {unchanged:,}, set aside {aside:,}",
            added=found.added,
            updated=found.updated,
            unchanged=found.unchanged,
            aside=len(found.rejected),
        ) + (f" ({safe(str(report.rejects))})" if report.rejects else "")
        sys.stdout.write((gettext("would have: {line}", line=line) if report.dry_run else line) + "\n")
        told = []
        if found.kept_apart:
            told.append(
                gettext(
                    "{number:,} of them kept apart: another article is held under their address",
                    number=found.kept_apart,
                )
            )
        if found.headlines:
            told.append(
                gettext("{number:,} of them headlines that pages list beside their article", number=found.headlines)
            )
        settings.tell(*told, *reports.sources_in_short(found.sources, settings.style(sys.stderr)))
    if pruned is not None:
        for line in reports.pruning(pruned):
            sys.stdout.write(line + "\n")
