"""The next step at the command line, by the code of an error: the option or command that resolves it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from searchkit.errors import SearchkitError
from searchkit.language.messages import Message

_About: TypeAlias = Mapping[str, Any]


def _rebuild(about: _About) -> str:
    return f"searchkit rebuild --index {_typed(about['path'])}"


def _typed(value: object) -> str:
    """Return a path or a text as it is typed in a shell."""
    return shlex.quote(str(value))


def _other_backup(about: _About) -> str:
    record = _typed(about["backup"] / "archive.db")
    return Message(
        "searchkit restore OTHER_BACKUP --index NEW_FOLDER; without another, sqlite3 {record} .recover may save "
        "what is left",
        record=record,
    )


HINTS: Mapping[str, Callable[[_About], str]] = {
    "backup-damaged": _other_backup,
    "cluster-certificate": lambda about: Message(
        "SEARCHKIT_OPENSEARCH_CERTIFICATES=FILE, of the authority that signed it"
    ),
    "cluster-credentials": lambda about: Message(
        "check SEARCHKIT_OPENSEARCH_USER and _PASSWORD, or _TOKEN; the log of the cluster says more"
    ),
    "cluster-damaged": lambda about: Message(
        "searchkit verify tells more; restore the archive from a snapshot of the cluster"
    ),
    "cluster-user": lambda about: Message(
        "SEARCHKIT_OPENSEARCH_USER and SEARCHKIT_OPENSEARCH_PASSWORD, or SEARCHKIT_OPENSEARCH_TOKEN"
    ),
    "cluster-with-tls": lambda about: Message("opensearchs:// instead of opensearch:// asks with TLS"),
    "cluster-without-tls": lambda about: Message(
        "opensearch:// asks without TLS; then others can read on the way what is asked and answered"
    ),
    "copy-behind": lambda about: Message("wait until they have ended; then the same command again"),
    "copy-differs": lambda about: Message("searchkit verify of both; then the same command again"),
    "copy-failed": lambda about: Message("searchkit verify; is the disk full?"),
    "copy-other": lambda about: Message(
        "another URL or folder, where there is nothing; or the other way round, if that is the later one"
    ),
    "copy-zone": lambda about: Message("another URL or folder, where there is nothing"),
    "cursor-of-another": lambda about: Message("repeat the query and its options exactly, only --after is new"),
    "days-reversed": lambda about: f"--since {_typed(about['typed'][0])} --until {_typed(about['typed'][1])}",
    "delete-nothing": lambda about: "searchkit delete 'source:测试' --dry-run",
    "figure-ending": lambda about: (
        f"--plot {_typed(about['path'].with_suffix('.svg') if about['path'].name else 'figure.svg')}"
    ),
    "figure-path": lambda about: "--plot ANOTHER_FILE.svg",
    "half-life": lambda about: "--half-life 30",
    "half-life-alone": lambda about: "--recent --half-life 30",
    "index-damaged": _rebuild,
    "index-outdated": _rebuild,
    "ingest-failed": lambda about: Message("--on-error skip sets it aside"),
    "locked-by-writer": lambda about: Message("wait, or --wait SECONDS"),
    "no-archive": lambda about: f"searchkit ingest FILES --index {_typed(about['path'])}",
    "no-backup": lambda about: Message(
        "searchkit restore DIR --index NEW_FOLDER; DIR is a folder that searchkit backup made"
    ),
    "no-first-day": lambda about: Message("use --until"),
    "no-last-day": lambda about: Message("use --since"),
    "no-such-article": lambda about: Message("searchkit search … --ids lists ids"),
    "not-a-cursor": lambda about: Message("give --after what the last page said"),
    "not-saved": lambda about: Message("searchkit saved lists them"),
    "path": lambda about: Message("give another --index"),
    "prune-most": lambda about: Message("is it mounted? If the files were deleted on purpose, repeat with --yes"),
    "prune-no-folder": lambda about: Message("--prune goes with the folder that articles were read from"),
    "recent-and-sort": lambda about: Message("leave out --sort, or --recent"),
    "record-damaged": lambda about: Message(
        "searchkit restore BACKUP --index NEW; without a backup, sqlite3 archive.db .recover may save what is left"
    ),
    "rejects-file": lambda about: "--rejects FILE",
    "rejects-in-archive": lambda about: Message("--rejects FILE, outside of the archive"),
    "rejects-is-input": lambda about: "--rejects ANOTHER_FILE",
    "saved-already": lambda about: Message(
        "searchkit saved {name} --delete, or another name", name=_typed(about["name"])
    ),
    "saved-damaged": lambda about: Message(
        "searchkit saved {name} --delete, and save it again", name=_typed(about["name"])
    ),
    "timeout": lambda about: Message(
        "ask with fewer or longer words; --timeout {seconds:g} gives it more time", seconds=about["seconds"] * 10
    ),
    "too-many-periods": lambda about: Message("use a longer --by"),
    "too-many-series": lambda about: (
        f"--by-source -n {about['fitting']}"
        if about["sources"] > 1 and about["fitting"]
        else Message("leave some --query out")
    ),
    "whoosh-is-a-file": lambda about: Message("move that file away, then {command}", command=_rebuild(about)),
    "whoosh-is-a-link": lambda about: Message("remove the link, then {command}", command=_rebuild(about)),
    "zone-fixed": lambda about: Message("leave out --tz, or --tz {zone}", zone=about["zone"]),
}
"""The hint for each code, made from the error's `about`. An error with another code keeps its own hint."""


def hint_of(error: SearchkitError) -> str:
    """Return the hint for a person at the command line."""
    make = HINTS.get(error.code)
    return make(error.about) if make else error.hint
