"""What a connection that fails is called: nobody there, no TLS, a certificate that is not trusted."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from searchkit.errors import ArchiveError
from searchkit.language.messages import Message

NO_CLUSTER: Final = "no-cluster"
_OTHER_NAME: Final = (62, 64)
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""
_OTHER_TIME: Final = (9, 10)
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""
_SECONDS = 2.0


def of_connection(error: BaseException, hosts: Sequence[str], cluster: str) -> ArchiveError:
    """Return the error for a connection that was not made, or broke off.

    Args:
        error: as the library raises it; what is behind it is looked for.
        hosts: the addresses that were asked.
    """
    causes = [*_causes(error)]
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return _not_trusted(each, cluster)
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return ArchiveError(
            Message("{cluster} does not answer with TLS", cluster=cluster),
            hint="http:// asks without TLS; then others can read on the way what is asked and answered",
            code="cluster-without-tls",
        )
    if any(map(_speaks_tls, hosts)):
        return ArchiveError(
            Message("{cluster} answers with TLS only", cluster=cluster),
            hint="https:// asks with TLS",
            code="cluster-with-tls",
        )
    return ArchiveError(
        Message("no cluster answers at {cluster}: {reason}", cluster=cluster, reason=_reason(causes)),
        hint="check the address, and that the cluster runs",
        code=NO_CLUSTER,
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it was made of."""
    left: list[BaseException] = [error]
    seen: set[int] = set()
    while left:
        each = left.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        others = [*each.args, getattr(each, "reason", None), each.__cause__, each.__context__]
        left += [other for other in others if isinstance(other, BaseException)]


def _not_trusted(error: ssl.SSLCertVerificationError, cluster: str) -> ArchiveError:
    about = {"cluster": cluster, "reason": error.verify_message}
    if error.verify_code in _OTHER_NAME:
        return ArchiveError(
            Message("the certificate of {cluster} is for another name: {reason}", **about),
            hint="ask by the name that the certificate has",
            code="cluster-name",
        )
    if error.verify_code in _OTHER_TIME:
        return ArchiveError(
            Message("the certificate of {cluster} is not for this time: {reason}", **about),
            hint="renew the certificate, or set the clock of this machine",
            code="cluster-certificate-time",
        )
    return ArchiveError(
        Message("the certificate of {cluster} is not trusted: {reason}", **about),
        hint="give the file of the certificate authority",
        code="cluster-certificate",
    )


def _reason(causes: Sequence[BaseException]) -> Message:
    if any(isinstance(each, socket.gaierror) for each in causes):
        return Message("the name of the host is unknown")
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return Message("the connection is refused")
    if any(isinstance(each, TimeoutError) or "Timeout" in type(each).__name__ for each in causes):
        return Message("the host does not answer")
    return Message("the connection breaks off")


def _speaks_tls(host: str) -> bool:
    """Tell whether a host that was asked without TLS speaks it. Nothing is sent to it but the offer to."""
    parts = urlsplit(host)
    if parts.scheme != "http":
        return False
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Nothing is trusted: it is only asked whether this is TLS.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        address = (parts.hostname or "", parts.port or 9200)
        with socket.create_connection(address, timeout=_SECONDS) as plain, context.wrap_socket(plain):
            return True
    except (OSError, ValueError):
        return False
