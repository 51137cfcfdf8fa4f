"""Backing up an archive of a cluster into a snapshot, and making one from a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchkit.cluster.credentials import Credentials
from searchkit.errors import Damaged
from searchkit.language.messages import Message
from searchkit.opening.cluster import connected, open_in_cluster
from searchkit.storage.opensearch import snapshots
from searchkit.storage.opensearch.record import OpenSearchRecord
from searchkit.storage.opensearch.verification import found_in

if TYPE_CHECKING:
    from searchkit.cluster.address import Address


def restore_in_cluster(snapshot: str, address: Address, credentials: Credentials) -> int:
    """Make the archive at an address from a snapshot, REPOSITORY/NAME; see `restore`.

    Returns:
        the number of articles.
    """
    cluster = connected(address, credentials)
    try:
        replicas = min(1, cluster.nodes() - 1) if address.replicas is None else address.replicas
        snapshots.restore(cluster, snapshot, address.name, replicas)
        try:
            found = found_in(OpenSearchRecord(cluster, address.name))
            if damage := [each for each in found.problems if each not in found.mended]:
                raise Damaged(
                    Message("the record of the backup is damaged: {problems}", problems=damage[0]),
                    hint="restore from another backup",
                    code="snapshot-damaged",
                )
            with open_in_cluster(
                address, credentials, create=False, tz=None, dictionary=None, today=None, wait=10.0, timeout=None,
                catch_up=False, progress=None,
            ) as archive:  # fmt: skip
                archive.verify(repair=True)
                archive.catch_up()
                return len(archive)
        except BaseException:
            snapshots.drop(cluster, snapshots.indexes_of(cluster, address.name))
            raise
    finally:
        cluster.close()
