"""Opening the archive at an address in a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from searchkit.analysis.segment import Segmenter, UserDictionary
from searchkit.cluster.client import Cluster
from searchkit.cluster.credentials import Credentials, of_environment
from searchkit.engines.index import Index
from searchkit.errors import NoArchive, UsageError
from searchkit.language.messages import Message
from searchkit.opening.opened import DEFAULT_TZ, opened, require_time, zone
from searchkit.storage.opensearch.access import ClusterAccess
from searchkit.storage.opensearch.aliases import ClusterAliases
from searchkit.storage.opensearch.record import OpenSearchRecord
from searchkit.writing.place import Place

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.cluster.address import Address
    from searchkit.writing.catching_up import Progress


def open_in_cluster(
    address: Address,
    credentials: Credentials,
    *,
    create: bool,
    tz: str | None,
    dictionary: str | PathLike[str] | UserDictionary | None,
    today: Callable[[], date] | None,
    wait: float,
    timeout: float | None,
    catch_up: bool,
    progress: Progress | None,
) -> Archive:
    """Open the archive at an address; see `connect`."""
    require_time(timeout)
    cluster = connected(address, credentials)
    try:
        record = _record(cluster, address, create, tz)
        return opened(
            record, lambda timezone: _place(cluster, address, record, timezone), tz=tz, dictionary=dictionary,
            today=today, wait=wait, timeout=timeout, catch_up=catch_up, progress=progress,
        )  # fmt: skip
    except BaseException:
        cluster.close()
        raise


def connected(address: Address, credentials: Credentials) -> Cluster:
    """Return a connection to the cluster of an address, asked by whom these credentials or the environment tell.

    Raises:
        UsageError: a password or a token would be sent where others can read it.
        MissingExtra: the extra [opensearch] is not installed.
    """
    known = credentials.or_else(of_environment(os.environ))
    if known.is_secret and not address.is_secure and not address.is_here:
        raise UsageError(
            Message(
                "a password or a token would go to {address} without TLS, where others can read it", address=address
            ),
            hint=Message("opensearchs://{nodes}/{name}", nodes=",".join(address.nodes), name=address.name),
            code="password-without-tls",
        )
    return Cluster(
        address.hosts, user=known.user, password=known.password, token=known.token,
        certificates=known.certificates or None,
    )  # fmt: skip


def _record(cluster: Cluster, address: Address, create: bool, tz: str | None) -> OpenSearchRecord:
    try:
        return OpenSearchRecord(cluster, address.name)
    except NoArchive:
        if not create:
            raise NoArchive(str(address)) from None
    zone(tz or DEFAULT_TZ)
    shards, replicas = _layout(cluster, address)
    settings = {"timezone": tz or DEFAULT_TZ}
    return OpenSearchRecord.create(cluster, address.name, settings, shards=shards, replicas=replicas)


def _layout(cluster: Cluster, address: Address) -> tuple[int, int]:
    """Return the shards and replicas of what is made now: by default one copy more, where there is a node for it."""
    replicas = address.replicas
    return address.shards or 1, min(1, cluster.nodes() - 1) if replicas is None else replicas


def _place(cluster: Cluster, address: Address, record: OpenSearchRecord, timezone: ZoneInfo) -> Place:
    def index_for(segmenter: Segmenter, dictionary: UserDictionary, settings: Mapping[str, str]) -> Index:
        from searchkit.engines.opensearch.index import OpenSearchIndex

        shards, replicas = record.layout
        return OpenSearchIndex(cluster, address.name, timezone, segmenter, settings, shards=shards, replicas=replicas)

    access = ClusterAccess(record.requests)

    def backup(index: Index, snapshot: Path, wait: float) -> int:
        from searchkit.storage.opensearch.snapshots import back_up

        count = len(record)
        back_up(cluster, address.name, snapshot.as_posix(), count, lambda: access.held(wait, alone=True))
        return count

    return Place(str(address), record, index_for, access, ClusterAliases(record), backup, cluster.close)
