"""Opening the archive behind a URL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from os import PathLike, fspath
from typing import TYPE_CHECKING, TypedDict

from searchkit.analysis.segment import UserDictionary
from searchkit.cluster.address import EXAMPLE, is_address, read_address
from searchkit.cluster.credentials import Credentials
from searchkit.deadline import DEFAULT
from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.opening.folder import open

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from searchkit.archive import Archive
    from searchkit.writing.catching_up import Progress


class Options(TypedDict, total=False):
    """The keyword arguments that `open` and `connect` share."""

    create: bool
    tz: str | None
    dictionary: str | PathLike[str] | UserDictionary | None
    today: Callable[[], date] | None
    wait: float
    timeout: float | None
    catch_up: bool
    progress: Progress | None


def open_at(location: str | PathLike[str], **options: Unpack[Options]) -> Archive:
    """Open the archive at what a user gave: an address in a cluster, or else a folder."""
    given = fspath(location)
    return connect(given, **options) if is_address(given) else open(given, **options)


def connect(
    url: str,
    *,
    create: bool = False,
    tz: str | None = None,
    dictionary: str | PathLike[str] | UserDictionary | None = None,
    today: Callable[[], date] | None = None,
    wait: float = 10.0,
    timeout: float | None = DEFAULT,
    catch_up: bool = True,
    progress: Progress | None = None,
    user: str = "",
    password: str = "",
    token: str = "",
    certificates: str | PathLike[str] = "",
) -> Archive:
    """Open the archive behind a URL: `file:///path/to/index`, or in a cluster `opensearch://host:9200/news`.

    `opensearchs://` speaks TLS, and checks certificates. Several nodes are parted by commas. Of an archive that is made
    now, the URL can say `?shards=3&replicas=1`.

    The other keyword arguments and errors are those of `open`.

    Args:
        user: who asks a cluster that wants to know, together with `password`; by default SEARCHKIT_OPENSEARCH_USER.
        password: that of the user; by default SEARCHKIT_OPENSEARCH_PASSWORD.
        token: what is sent instead of both; by default SEARCHKIT_OPENSEARCH_TOKEN.
        certificates: a file of certificates to trust besides the system's; by default
            SEARCHKIT_OPENSEARCH_CERTIFICATES.

    Raises:
        UsageError: the URL is not of this form.
        MissingExtra: the extra [opensearch] is not installed.
        ArchiveError: the cluster cannot be reached, refuses the user, or lacks what searchkit needs.
    """
    from urllib.request import url2pathname  # imported late: it brings HTTP, TLS and email

    if is_address(url):
        from searchkit.opening.cluster import open_in_cluster

        return open_in_cluster(
            read_address(url), Credentials(user, password, token, str(certificates)), create=create, tz=tz,
            dictionary=dictionary, today=today, wait=wait, timeout=timeout, catch_up=catch_up, progress=progress,
        )  # fmt: skip
    scheme, _, rest = url.partition("://")
    if scheme != "file" or not rest:
        raise UsageError(
            Message("cannot connect to {url}", url=url),
            hint=Message("file:///path/to/index, or {example}", example=EXAMPLE),
        )
    return open(
        url2pathname(rest), create=create, tz=tz, dictionary=dictionary, today=today, wait=wait, timeout=timeout,
        catch_up=catch_up, progress=progress,
    )  # fmt: skip
