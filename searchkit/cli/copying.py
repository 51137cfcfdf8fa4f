"""What `push` and `pull` have in common: two archives, one made as the other is."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from searchkit.cli.output import ProgressBar
from searchkit.cli.settings import Settings, location
from searchkit.errors import UsageError
from searchkit.language.messages import Message, gettext
from searchkit.model.counts import counted
from searchkit.presenters.terminal_text import safe

if TYPE_CHECKING:
    from searchkit.model.reports import Copied


def folder(settings: Settings, local: str | None) -> Settings:
    """Return the settings for the archive in a folder. Raises: UsageError if it is an address."""
    found = settings if local is None else replace(settings, index=location(local))
    return replace(found, index=found.folder())


def address(settings: Settings, url: str, example: str) -> Settings:
    """Return the settings for the archive in a cluster. Raises: UsageError if that is no address of one."""
    from searchkit.cluster.address import EXAMPLE, read_address

    if not isinstance(location(url), str):
        raise UsageError(
            Message("{address!r} is no address of an archive in a cluster", address=url[:200]),
            hint=Message(example, example=EXAMPLE),
            code="address",
        )
    read_address(url)
    return replace(settings, index=url)


def run(source: Settings, target: Settings, kind: Literal["push", "pull"], *, json: bool) -> None:
    """Make one archive as the other is, and print what was done."""
    started = time.monotonic()
    with ProgressBar(source) as bar, source.open(catch_up=False) as archive:
        # The options of the command line are for the archive that is there: the copy has its zone and its dictionary.
        to = replace(target, tz=archive.tz, dictionary=None)
        with to.open(create=True, catch_up=False) as made:
            copied = archive.copy_to(made, bar.archive)
            paths = str(archive.path), str(made.path)
    seconds = time.monotonic() - started
    if json:
        from searchkit.presenters import json_form

        print(json_form.text(json_form.transferred(copied, kind, *paths, seconds)))
    else:
        source.tell(*_told(copied, safe(paths[1]), seconds))


def _told(copied: Copied, target: str, seconds: float) -> list[str]:
    lines = [
        gettext(
            "{articles} with {revisions} in {target}: {sent:,} sent, {deleted:,} deleted, in {seconds:.1f} s",
            articles=counted(copied.articles, "article"),
            revisions=counted(copied.revisions, "older state"),
            target=target,
            sent=copied.sent,
            deleted=copied.deleted,
            seconds=seconds,
        ),
        gettext("SHA-256 of both: {sha256}", sha256=copied.sha256),
    ]
    if copied.index_behind:
        behind = counted(copied.index_behind, "change")
        lines.append(gettext("{behind} not searchable there yet; opening it brings them in", behind=behind))
    return lines
