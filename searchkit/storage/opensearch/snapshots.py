"""Snapshots of an archive: a copy of its indexes in a snapshot repository of the cluster, and an archive made from one.

The cluster copies each shard as it is at some moment, not all at the same. So nobody writes until each has begun; from
then on it is copied as it was. What was copied is known by a note in the snapshot. A copy that is restored gets its
aliases last, all at once: until then there is no archive of its name.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any, get_args
from urllib.parse import quote

from searchkit.cluster.bulk import patiently
from searchkit.cluster.client import BAD_REQUEST, NOT_FOUND, Cluster, of_failure
from searchkit.errors import ArchiveError, UsageError
from searchkit.language.messages import Message
from searchkit.storage.opensearch.creation import require_known
from searchkit.storage.opensearch.leases import Of, lease_key
from searchkit.storage.opensearch.mapping import FORMAT, OURS, PARTS, alias, index
from searchkit.storage.opensearch.sequence import COUNTER

_PAUSE = 0.2
_SHOWN = 10
"""Names that a message lists, at most."""
_REFUSED = (BAD_REQUEST, NOT_FOUND)
_STILL = 30.0
"""Seconds for which a copy may make no progress while one of its shards is nowhere."""
_COUNTER_SCRIPT = "if (((Number) ctx._source.next).longValue() < params.next) { ctx._source.next = params.next }"


def parted(name: str) -> tuple[str, str]:
    """Return the repository and the name of a snapshot, given as REPOSITORY/NAME.

    Raises: UsageError if it is given otherwise.
    """
    repository, slash, snapshot = name.partition("/")
    if not repository or not slash or not snapshot or "/" in snapshot:
        raise UsageError(
            Message("{name!r} names no snapshot in a repository of the cluster", name=name[:200]),
            hint="REPOSITORY/NAME, as in backups/news-2026-06-30",
            code="snapshot-name",
        )
    return repository, snapshot


def back_up(
    cluster: Cluster, name: str, to: str, count: int, quiet: Callable[[], AbstractContextManager[None]]
) -> None:
    """Copy the archive `name` into a new snapshot, and return when all of it is copied.

    Args:
        to: REPOSITORY/NAME of the snapshot.
        count: of its articles; noted in it.
        quiet: keeps others from writing.

    Raises:
        UsageError: there is no such repository, or the snapshot cannot be called so.
        ArchiveError: a part could not be copied.
    """
    repository, snapshot = parted(to)
    path = _path(repository, snapshot)
    _require_repository(cluster, repository)
    body = {
        "indices": ",".join(_indexes(cluster, name)),
        "include_global_state": False,
        "partial": False,
        "metadata": {OURS: {"archive": name, "format": FORMAT, "articles": count}},
    }
    with quiet():
        told = cluster.request("PUT", path, body, {"wait_for_completion": "false", "ignore": _REFUSED})
        if "error" in told:
            raise _not_made(cluster, told, to)
        try:
            _wait(lambda: _have_begun(cluster, path))
        except BaseException:
            _drop(cluster, path)
            raise
    try:
        _wait(lambda: _held(cluster, repository, snapshot)["state"] not in ("IN_PROGRESS", "STARTED"))
        _require_whole(_held(cluster, repository, snapshot), to)
    except BaseException:
        _drop(cluster, path)
        raise


def restore(cluster: Cluster, snapshot: str, name: str, replicas: int) -> None:
    """Make the archive `name` from a snapshot. What is left of a restore that was broken off is removed before.

    Args:
        snapshot: as REPOSITORY/NAME.
        replicas: further copies of each shard.

    Raises:
        UsageError: there is no such repository or snapshot, or there is an archive of this name.
        FormatTooNew: a newer searchkit has made the archive.
        ArchiveError: the snapshot is not of an archive, is not complete, or cannot be read.
    """
    repository, inner = parted(snapshot)
    _require_repository(cluster, repository)
    held = _held(cluster, repository, inner)
    note = (held.get("metadata") or {}).get(OURS)
    if (
        not isinstance(note, dict)
        or not isinstance(note.get("archive"), str)
        or not isinstance(note.get("format"), int)
    ):
        raise ArchiveError(
            Message("the snapshot {snapshot} is not of an archive of searchkit", snapshot=snapshot),
            hint="give one that searchkit backup made",
            code="snapshot-foreign",
        )
    require_known(note["format"], snapshot)
    _require_whole(held, snapshot)
    was = note["archive"]
    found = [each for each in held["indices"] if _alias_of(each, was) is not None]
    if {*PARTS} - {part for part in PARTS if index(was, part) in found}:
        raise _incomplete(snapshot)
    _require_free(cluster, name)
    body = {
        "indices": ",".join(found),
        "include_global_state": False,
        "include_aliases": False,  # those of the archive that was copied may still be in use
        "rename_pattern": f"^{re.escape(was)}\\.",
        "rename_replacement": f"{name}.",
        "index_settings": {"index.number_of_replicas": replicas},
    }
    path = f"{_path(repository, inner)}/_restore"
    told = cluster.request("POST", path, body, {"wait_for_completion": "false", "ignore": _REFUSED})
    if "error" in told:
        raise _failed(cluster, told)
    renamed = [f"{name}{each[len(was) :]}" for each in found]
    aliases = {each: _alias_of(each, name) or name for each in renamed}
    try:
        _wait_for_copies(cluster, aliases, snapshot)
        _raise_counter(cluster, name, aliases)
        actions = [{"add": {"index": each, "alias": alias}} for each, alias in aliases.items()]
        cluster.request("POST", "/_aliases", {"actions": actions})
    except BaseException:
        drop(cluster, aliases)
        raise


def drop(cluster: Cluster, indexes: Iterable[str]) -> None:
    """Delete indexes that were restored, as far as the cluster answers."""
    with suppress(ArchiveError):
        cluster.request("DELETE", f"/{','.join(indexes)}", params={"ignore_unavailable": "true"})


def indexes_of(cluster: Cluster, name: str) -> dict[str, list[str]]:
    """Return the indexes that have the name of an archive, each with its aliases."""
    found: dict[str, list[str]] = {}
    for names in (f"{name}.*", name):
        told = cluster.request("GET", f"/{names}/_alias", params={"expand_wildcards": "all", "ignore": NOT_FOUND})
        if "error" not in told:
            found.update({index: [*about["aliases"]] for index, about in told.items()})
    return found


# -- what there is


def _indexes(cluster: Cluster, name: str) -> list[str]:
    """Return the indexes behind the aliases of an archive."""
    ours = {*(alias(name, part) for part in PARTS), name}
    return sorted(each for each, aliases in indexes_of(cluster, name).items() if ours.intersection(aliases))


def _alias_of(index: str, name: str) -> str | None:
    """Return the alias that an index of an archive is behind; None for an index of something else."""
    found = re.fullmatch(rf"{re.escape(name)}\.(?:([a-z]+)-)?\d+", index)
    if found is None:
        return None
    if found[1] is None:
        return name  # the index of terms, which has numbers only
    return f"{name}.{found[1]}" if found[1] in PARTS else None


def _require_repository(cluster: Cluster, repository: str) -> None:
    told = cluster.request("GET", "/_snapshot/_all")
    if repository in told:
        return
    there = ", ".join(sorted(told)[:_SHOWN])
    example = Message(
        'PUT {cluster}/_snapshot/{name} {{"type": "fs", "settings": {{"location": "{name}"}}}} makes one, in a folder '
        "that path.repo of each node names",
        cluster=cluster.name,
        name=repository,
    )
    raise UsageError(
        Message("the cluster {cluster} has no snapshot repository {name}", cluster=cluster.name, name=repository),
        hint=Message("{there}; or {example}", there=there, example=example) if there else example,
        code="no-repository",
    )


def _held(cluster: Cluster, repository: str, snapshot: str) -> Mapping[str, Any]:
    """Return what the repository tells of a snapshot."""
    told = patiently(lambda: cluster.request("GET", _path(repository, snapshot), params={"ignore": _REFUSED}))
    if "error" not in told and len(told.get("snapshots", ())) == 1:
        found: Mapping[str, Any] = told["snapshots"][0]
        return found
    if "error" in told and told["error"]["type"] not in (
        "snapshot_missing_exception",
        "invalid_snapshot_name_exception",
    ):
        raise _failed(cluster, told)
    others = cluster.request("GET", f"/_snapshot/{quote(repository, safe='')}/_all", params={"verbose": "false"})
    there = tuple(sorted(f"{repository}/{each['snapshot']}" for each in others.get("snapshots", ())))[-_SHOWN:]
    raise UsageError(
        Message("there is no snapshot {name} in {repository}", name=snapshot, repository=repository),
        hint=Message("one of {names}", names=there) if there else "archive.backup makes one",
        code="no-snapshot",
    )


def _require_whole(held: Mapping[str, Any], snapshot: str) -> None:
    if held["state"] != "SUCCESS" or held["shards"]["failed"]:
        raise _incomplete(snapshot)


def _incomplete(snapshot: str) -> ArchiveError:
    return ArchiveError(
        Message("the snapshot {snapshot} does not have all of the archive", snapshot=snapshot),
        hint="restore another one; or, if it is being made, wait",
        code="snapshot-incomplete",
    )


def _not_made(cluster: Cluster, told: Mapping[str, Any], to: str) -> Exception:
    failure = told["error"]
    if failure["type"] != "invalid_snapshot_name_exception":
        return _failed(cluster, told)
    if "already exists" in failure["reason"]:
        return UsageError(
            Message("there is a snapshot {name} already", name=to), hint="give it another name", code="snapshot-taken"
        )
    return UsageError(
        Message("a snapshot cannot be called {name!r}", name=to[:200]),
        hint="small letters, digits, - and _, as in news-2026-06-30",
        code="snapshot-name",
    )


def _failed(cluster: Cluster, told: Mapping[str, Any]) -> Exception:
    failure = told["error"]
    return of_failure(0, str(failure["type"]), str(failure["reason"]), cluster.name)


def _require_free(cluster: Cluster, name: str) -> None:
    """Check that nothing has the name of a new archive; what a restore has left that was broken off is deleted."""
    there = indexes_of(cluster, name)
    if not there:
        return
    left = [each for each, aliases in there.items() if not aliases and _alias_of(each, name)]
    if len(left) < len(there):
        raise UsageError(
            Message("there is an archive {name} in {cluster} already", name=name, cluster=cluster.name),
            hint="restore under another name; or delete the archive, and restore then",
            code="archive-taken",
        )
    cluster.request("DELETE", f"/{','.join(left)}", params={"ignore_unavailable": "true"})


def _path(repository: str, snapshot: str) -> str:
    return f"/_snapshot/{quote(repository, safe='')}/{quote(snapshot, safe='')}"


# -- waiting


def _wait(is_done: Callable[[], bool]) -> None:
    pause = _PAUSE / 4
    while not patiently(is_done):
        time.sleep(pause)
        pause = min(2.0, pause * 1.5)


def _have_begun(cluster: Cluster, path: str) -> bool:
    """Tell whether the state to be copied is fixed for each shard: the copy has begun, or is over."""
    told = cluster.request("GET", f"{path}/_status", params={"ignore": NOT_FOUND})
    found = told.get("snapshots", ())
    if not found or found[0]["state"] not in ("INIT", "STARTED", "IN_PROGRESS"):
        return bool(found)
    shards = [shard for each in found[0]["indices"].values() for shard in each["shards"].values()]
    return bool(shards) and all(map(_has_begun, shards))


def _has_begun(shard: Mapping[str, Any]) -> bool:
    """Tell whether the node has begun to copy a shard; where it has not heard of it yet, STARTED is told, too."""
    stage = shard["stage"]
    return stage in ("DONE", "FAILURE") or (stage != "INIT" and shard["stats"]["start_time_in_millis"] > 0)


def _wait_for_copies(cluster: Cluster, indexes: Iterable[str], snapshot: str) -> None:
    """Wait until each shard is there, and then for its further copies, where there are nodes for them."""
    names = ",".join(indexes)
    params = {"wait_for_status": "green", "timeout": "2s", "ignore": 408}
    still = time.monotonic()
    while True:
        told = patiently(lambda: cluster.request("GET", f"/_cluster/health/{names}", params=params))
        if told["status"] == "green":
            return
        if told["initializing_shards"]:
            still = time.monotonic()
        elif time.monotonic() - still > _STILL:
            if told["status"] == "yellow":
                return  # there is no node for the others
            raise ArchiveError(
                Message("the snapshot {snapshot} cannot be read", snapshot=snapshot),
                hint="the logs of the nodes tell more; restore another one",
                code="snapshot-damaged",
            )


def _drop(cluster: Cluster, path: str) -> None:
    """Delete a snapshot that is not whole, as far as the cluster answers."""
    with suppress(ArchiveError):
        cluster.request("DELETE", path, params={"ignore": NOT_FOUND})


# -- what a copy must not have of its original


def _raise_counter(cluster: Cluster, name: str, indexes: Mapping[str, str]) -> None:
    """Raise the counter above all numbers that are in use, and forget who had a lease."""
    kept, articles = index(name, "kept"), index(name, "articles")
    body = {"size": 0, "aggs": {"last": {"max": {"field": "seq"}}}}
    last = cluster.request("POST", f"/{articles}/_search", body)["aggregations"]["last"]["value"] or 0
    covered = [each for each, alias in indexes.items() if alias == name]
    if covered:
        meta = cluster.request("GET", f"/{covered[0]}/_mapping")[covered[0]]["mappings"]["_meta"][OURS]
        last = max(last, int(meta["covers"]))
    script = {"lang": "painless", "source": _COUNTER_SCRIPT, "params": {"next": int(last) + 1}}
    cluster.request("POST", f"/{kept}/_update/{COUNTER}", {"script": script})
    for of in get_args(Of):
        cluster.request("DELETE", f"/{kept}/_doc/{lease_key(of)}", params={"ignore": NOT_FOUND})
