"""What a connection shows of who asks, and whose certificates it trusts."""

from __future__ import annotations

import base64
import re
import ssl

from searchkit.errors import UsageError
from searchkit.language.messages import Message


def header(user: str, password: str, token: str) -> dict[str, str]:
    """Return the header by which the cluster knows who asks; empty if it is told nothing.

    It is UTF-8, which a user's password may need, and not the Latin-1 of HTTP.

    Raises:
        UsageError: a user and a token, or a text that no header can have. The error does not show it.
    """
    if token and (user or password):
        raise UsageError("a cluster is given a user and a password, or a token, and not both", hint="leave one out")
    if password and not user:
        raise UsageError("a password for the cluster is given without its user", hint="give the user, too")
    if token:
        # What a token may consist of (RFC 6750); else the error of the library would show it.
        if not re.fullmatch(r"[A-Za-z0-9._~+/=-]+", token):
            raise UsageError("the token for the cluster has a character that no token has", hint="is it whole?")
        return {"authorization": f"Bearer {token}"}
    if not user:
        return {}
    if ":" in user or not (user + password).isprintable():
        raise UsageError(
            "the user or the password for the cluster has a character that cannot be sent",
            hint="no colon in the name of the user, and no line end in either",
        )
    return {"authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


def trusting(certificates: str | None) -> ssl.SSLContext:
    """Return what checks the certificates of hosts: the system's authorities, and those in a file.

    Raises:
        UsageError: the file is not there, or has no certificates.
    """
    context = ssl.create_default_context()
    if certificates:
        about = {"path": certificates}
        hint = Message("a file with the certificate of the authority, in PEM: -----BEGIN CERTIFICATE-----")
        try:
            context.load_verify_locations(cafile=certificates)
        except ssl.SSLError:
            raise UsageError(
                Message("{path} has no certificates to trust", **about), hint=hint, code="certificates"
            ) from None
        except OSError as error:
            raise UsageError(
                Message(
                    "cannot read the certificates {path}: {problem}", problem=error.strerror or str(error), **about
                ),
                hint=hint,
                code="certificates",
            ) from None
    return context
