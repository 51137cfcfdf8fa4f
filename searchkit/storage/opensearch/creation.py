"""Making the indexes of a record, and looking at those that are there before they are trusted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from searchkit.cluster.client import BAD_REQUEST, NOT_FOUND, Cluster, of_failure
from searchkit.errors import ArchiveError, Damaged, FormatTooNew, NoArchive
from searchkit.language.messages import Message
from searchkit.storage.opensearch.bulk import Action, send
from searchkit.storage.opensearch.mapping import FORMAT, OURS, PARTS, Part, alias, body, index
from searchkit.storage.opensearch.requests import Requests
from searchkit.storage.opensearch.sequence import COUNTER
from searchkit.storage.opensearch.settings import setting_document, setting_key


def create(cluster: Cluster, name: str, settings: Mapping[str, str], shards: int, replicas: int) -> None:
    """Make a record with these settings, unless there is one. What was broken off can be repeated, also by another.

    The counter comes last: nobody can open an incomplete record.
    """
    requests = Requests(cluster, name)
    cluster.side_by_side([partial(_made, cluster, name, part, shards, replicas) for part in PARTS])
    copies = _checked(cluster, name).copies
    given = [Action("create", setting_key(each), setting_document(each, value)) for each, value in settings.items()]
    send(requests, "kept", given, copies)
    if Requests(cluster, name).get("kept", COUNTER) is not None:
        return
    if _has_articles(cluster, name):
        # Numbers that begin anew would lie below those that an index has seen.
        raise _without_counter(name)
    counter = {"what": "sequence", "name": "", "next": 1, "writers": {}, "late": {}}
    send(requests, "kept", [Action("create", COUNTER, counter)], copies)


def _made(cluster: Cluster, name: str, part: Part, shards: int, replicas: int) -> None:
    told = cluster.request("PUT", f"/{index(name, part)}", body(name, part, shards, replicas), {"ignore": BAD_REQUEST})
    if "error" in told and told["error"]["type"] != "resource_already_exists_exception":
        raise of_failure(BAD_REQUEST, str(told["error"]["type"]), str(told["error"].get("reason")), cluster.name)


class Layout(NamedTuple):
    """How the articles of a record are laid out in the cluster."""

    shards: int
    replicas: int

    @property
    def copies(self) -> int:
        """How many copies must have a write. Of several replicas, one is enough."""
        return min(2, 1 + self.replicas)


def require(cluster: Cluster, name: str) -> Layout:
    """Return the layout of the record.

    Raises:
        NoArchive, FormatTooNew, Damaged, ArchiveError: see `OpenSearchRecord`.
    """
    layout = _checked(cluster, name)
    if Requests(cluster, name).get("kept", COUNTER) is None:
        raise _without_counter(name) if _has_articles(cluster, name) else _none(cluster, name)
    return layout


def _checked(cluster: Cluster, name: str) -> Layout:
    wanted = ",".join(alias(name, part) for part in PARTS)
    shown = "error,*.aliases,*.mappings._meta,*.settings.index.number_of_*"
    found = cluster.request("GET", f"/{wanted}", params={"ignore": NOT_FOUND, "filter_path": shown})
    if "error" in found:
        raise _incomplete(cluster, name)
    shards, replicas = 1, 0
    for each in found.values():
        meta = each.get("mappings", {}).get("_meta", {}).get(OURS, {})
        if not isinstance(meta, dict) or "record" not in meta or not isinstance(meta.get("format"), int):
            raise ArchiveError(
                Message("the index {name} was not made by searchkit", name=name),
                hint="give the archive another name",
                code="foreign-index",
            )
        require_known(meta["format"], name)
        replicas = max(replicas, int(each["settings"]["index"]["number_of_replicas"]))
        shards = max(shards, int(each["settings"]["index"]["number_of_shards"]))
    return Layout(shards, replicas)


def require_known(format: int, name: str) -> None:
    """Raise FormatTooNew for a record, or a snapshot, of a format that this version does not know."""
    if format > FORMAT:
        raise FormatTooNew(
            Message("the record {name} has format {format}, which is too new", name=name, format=format),
            hint="update searchkit",
        )


def _incomplete(cluster: Cluster, name: str) -> ArchiveError:
    """Return the error for a record that lacks an index: it has never been whole, unless the counter is there."""
    wanted = ",".join(alias(name, part) for part in PARTS)
    params = {"ignore": NOT_FOUND, "ignore_unavailable": "true"}
    found = cluster.request("GET", f"/{wanted}/_alias", params=params)
    there = {each for index in found.values() if isinstance(index, dict) for each in index.get("aliases", ())}
    lacking = [part for part in PARTS if alias(name, part) not in there]
    if alias(name, "kept") in there and Requests(cluster, name).get("kept", COUNTER) is not None:
        return _damaged(Message("the record {name} lacks its index {index}", name=name, index=alias(name, lacking[0])))
    return _none(cluster, name)


def _has_articles(cluster: Cluster, name: str) -> bool:
    """Tell whether a record has an article, or had one; what was written just now may not be seen yet."""
    told = Requests(cluster, name).search("articles", {"size": 1, "_source": False, "track_total_hits": False})
    return bool(told["hits"]["hits"])


def _without_counter(name: str) -> Damaged:
    return _damaged(Message("the counter of the record {name} is gone", name=name))


def _damaged(message: Message) -> Damaged:
    hint = Message("restore the archive from a snapshot of the cluster")
    return Damaged(message, hint=hint, code="cluster-damaged")


def _none(cluster: Cluster, name: str) -> NoArchive:
    return NoArchive(f"{cluster.name}/{name}")
