"""searchkit saved"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present, write
from searchkit.cli.settings import Settings
from searchkit.errors import Locked, QueryTimeout, ReadOnlyArchive, SearchkitError, UsageError
from searchkit.language.messages import Message, gettext, translated

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.model.saved import News, SavedSearch

_ENTRIES = 50
"""Entries of a feed, if --limit does not say."""


def saved(
    settings: Settings,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The search.  [default: list all]")] = None,
    *,
    new: Annotated[bool, typer.Option("--new", help="Only what has changed since the last look.")] = False,
    every: Annotated[bool, typer.Option("--all", help="With --new: of all saved searches.")] = False,
    peek: Annotated[bool, typer.Option("--peek", help="With --new: do not mark it as seen.")] = False,
    atom: Annotated[bool, typer.Option("--atom", help="An Atom feed of the newest matches.")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Remove the saved search; articles stay.")] = False,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", metavar="N", help="Hits on the page.  [default: 10; with --atom: 50]", min=0),
    ] = None,
    json: given.Json = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a hit.")] = False,
    csv: given.Csv = False,
    ids: Annotated[bool, typer.Option("--ids", help="Only ids, of every match if no -n is given.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Only the number of matches.")] = False,
) -> None:
    """Ask a saved search again, or show what has come in for it since.

    \b
    searchkit search 芯片 --on 近7天 --save chips
    searchkit saved                             all saved searches
    searchkit saved chips                       ask it again
    searchkit saved chips --new                 the changes since the last look
    searchkit saved --all --new --json          of all of them, for a program
    searchkit saved chips --atom > chips.xml    for a feed reader
    searchkit saved chips --delete
    """
    given.one_format(new=new, atom=atom, delete=delete)
    form = given.one_format(json=json, jsonl=jsonl, csv=csv, ids=ids, count=count)
    _require_sense(name, new=new, every=every, peek=peek, atom=atom, delete=delete, form=form, limit=limit)
    if name is not None and not (new or atom or delete):
        _ask(settings, name, limit=limit, json=json, jsonl=jsonl, csv=csv, ids=ids, count=count)
        return
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        bar.clear()
        if new:
            _tell_news(settings, archive, name, as_json=json, peek=peek)
        elif name is None:
            _list(settings, archive, as_json=json)
        elif delete:
            from searchkit.presenters.terminal_text import safe

            archive.saved.remove(name)
            settings.tell(gettext("{name} is no longer saved", name=safe(name)))
        else:
            _write_feed(archive, name, _ENTRIES if limit is None else limit)


def _require_sense(name: str | None, **options: Any) -> None:
    """Raise UsageError for options that do not go together."""
    if options["every"] and name is not None:
        raise UsageError("a NAME and --all contradict each other", hint="give one of them")
    if (options["every"] or options["peek"]) and not options["new"]:
        raise UsageError("--all and --peek go with --new", hint="searchkit saved --all --new")
    if name is None and (options["atom"] or options["delete"] or (options["new"] and not options["every"])):
        raise UsageError("which search?", hint="give its NAME; searchkit saved lists them, --all --new is of all")
    if options["form"] not in ("", "json") and (name is None or options["new"]):
        raise UsageError(
            Message("--{options} goes with the hits of a NAME", options=options["form"]),
            hint="--json goes with lists and news",
        )
    if options["form"] and (options["atom"] or options["delete"]):
        raise UsageError(
            Message(
                "--{options} and --{value} contradict each other",
                options=options["form"],
                value="atom" if options["atom"] else "delete",
            )
        )
    if options["limit"] is not None and (name is None or options["new"] or options["delete"]):
        raise UsageError("--limit goes with hits and with --atom", hint="searchkit saved NAME -n 20")


def _ask(settings: Settings, name: str, **options: Any) -> None:
    """Search again, with the output of `searchkit search`."""
    from searchkit.cli.search import search

    with settings.open(catch_up=False) as archive:
        found = archive.saved.get(name)
    search(settings, [found.query], filters=given.Conditions(found.conditions), sort=found.sort, **options)


def _list(settings: Settings, archive: Archive, *, as_json: bool) -> None:
    from searchkit.presenters import json_form
    from searchkit.presenters import saved as lines

    found: Sequence[SavedSearch] = archive.saved.list()
    if as_json:
        print(json_form.text(json_form.saved(found)))
    elif settings.laid_out():
        present(settings, lines.searches(found, archive.timezone, settings.style()))
    else:
        write(lines.search_line(each, archive.timezone) for each in found)
    if not found:
        settings.tell("no search is saved; searchkit search … --save NAME does so")
        raise typer.Exit(1)


def _tell_news(settings: Settings, archive: Archive, name: str | None, *, as_json: bool, peek: bool) -> None:
    """Print the news of one search or of all, and mark them as seen once they are written."""
    found: list[tuple[str, News | SearchkitError]] = []
    for each in archive.saved.names() if name is None else [name]:
        try:
            found.append((each, archive.saved.new(each)))
        except (UsageError, QueryTimeout) as error:  # of one search; the others have their news all the same
            if name is not None:
                raise
            found.append((each, error))
    told = [each for _, each in found if not isinstance(each, SearchkitError)]
    _write_news(settings, archive, found, as_json=as_json)
    _require_written()
    if not peek:
        for news in told:
            _mark(archive, news)
    failed = [(each, error) for each, error in found if isinstance(error, SearchkitError)]
    if failed:
        from searchkit.presenters.terminal_text import safe

        settings.tell(*(f"{safe(each)}: {safe(translated(error.message))}" for each, error in failed))
    if told:
        tell_behind(settings, archive, told[0].index_behind)
    if failed:
        raise typer.Exit(failed[0][1].exit_code)
    if not any(map(len, told)):
        if not as_json:
            settings.tell("nothing new" if told else "no search is saved; searchkit search … --save NAME does so")
        raise typer.Exit(1)


def _write_news(
    settings: Settings, archive: Archive, found: Sequence[tuple[str, News | SearchkitError]], *, as_json: bool
) -> None:
    from searchkit.presenters import json_form
    from searchkit.presenters import saved as lines

    news = [each for _, each in found if not isinstance(each, SearchkitError)]
    shown = dict.fromkeys(id for each in news for id in (*each.added, *each.corrected, *each.left))
    articles = archive.saved.articles(shown)
    if as_json:
        print(json_form.text(json_form.news(found, articles)))
    elif settings.laid_out():
        style = settings.style()
        laid_out = (lines.news(each, articles, archive.timezone, style) for each in news if len(each))
        present(settings, chain.from_iterable(laid_out))
    else:
        write(chain.from_iterable(lines.news_lines(each, articles, archive.timezone) for each in news))


def _require_written() -> None:
    """Return when the output has left this process, and is on disk if it goes into a file; else raise OSError."""
    sys.stdout.flush()
    try:
        os.fsync(sys.stdout.fileno())
    except OSError as error:
        if error.errno in (errno.EIO, errno.ENOSPC, errno.EDQUOT):  # others: it is a pipe or a terminal
            raise


def _mark(archive: Archive, news: News) -> None:
    try:
        archive.saved.mark(news)
    except (Locked, ReadOnlyArchive):
        if len(news):  # it will be told again; without news there is nothing to tell again
            raise


def _write_feed(archive: Archive, name: str, limit: int) -> None:
    from searchkit.presenters import atom

    latest = archive.saved.latest(name, limit)
    articles = archive.saved.articles([id for id, _ in latest])
    entries = [(articles[id], when) for id, when in latest if id in articles]
    write(atom.feed(archive.saved.get(name), entries))
