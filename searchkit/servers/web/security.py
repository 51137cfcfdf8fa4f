"""Who may ask, and what a browser may do with an answer: tokens, the Host header, and the headers of every answer."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from searchkit.errors import UsageError
from searchkit.language.messages import Message

POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of HTML: styles, scripts and images of this server alone, none of them inline."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-cache",
}
"""Headers of every answer. `no-cache` lets a browser keep it, and ask each time whether it is still the same."""

LEAST_TOKEN = 16
"""Characters of a token, at least."""
_MOST_TOKENS = 1000
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=:@!$%^&*()\-]+")

# -- tokens


def read_tokens(path: Path, option: str) -> list[str]:
    """Return the SHA-256 of each token of a file, which has one on a line; empty lines and those with # are left out.

    Args:
        option: the option that named the file, for errors.

    Raises:
        UsageError: the file cannot be read, others may read or change it, or it has no token, or a short one.
    """
    shown = str(path)[:200]
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise UsageError(
                    Message("{option} {shown} is not a file", option=option, shown=shown),
                    hint=Message("{option} FILE, with one token on a line", option=option),
                )
            if hasattr(os, "getuid"):
                if found.st_uid not in (os.getuid(), 0):
                    raise UsageError(
                        Message("the tokens in {shown} belong to another user", shown=shown),
                        hint=Message("chown $USER {shown}", shown=shown),
                    )
                if found.st_mode & 0o077:
                    raise UsageError(
                        Message("others may read or change the tokens in {shown}", shown=shown),
                        hint=Message("chmod 600 {shown}", shown=shown),
                    )
            text = file.read(1024 * 1024).decode("utf-8")
    except OSError as error:
        raise UsageError(
            Message("cannot read {option} {shown}: {reason}", option=option, shown=shown, reason=error.strerror),
            hint="give another file",
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            Message("{option} {shown} is not text", option=option, shown=shown), hint="one token on a line"
        ) from error
    tokens = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    how = Message('a new one: python -c "import secrets; print(secrets.token_urlsafe(32))"')
    if not tokens:
        raise UsageError(Message("there is no token in {shown}", shown=shown), hint=how)
    if len(tokens) > _MOST_TOKENS:
        raise UsageError(
            Message(
                "there are {count:,} tokens in {shown}; {most_tokens:,} are allowed",
                count=len(tokens),
                shown=shown,
                most_tokens=_MOST_TOKENS,
            ),
            hint="fewer",
        )
    for number, token in enumerate(tokens, 1):
        if len(token) < LEAST_TOKEN or not _TOKEN.fullmatch(token):
            raise UsageError(
                Message(
                    "token {number} in {shown} is none of {least_token} or more letters, digits and signs",
                    number=number,
                    shown=shown,
                    least_token=LEAST_TOKEN,
                ),
                hint=how,
            )
    return [hash_of(token) for token in tokens]


def hash_of(token: str) -> str:
    """Return the SHA-256 of a token, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


class Tokens:
    """The tokens that open a server, known by their SHA-256.

    Args:
        hashes: of `read_tokens`; without any, everybody may ask.
    """

    def __init__(self, hashes: Iterable[str]) -> None:
        self._hashes = tuple(hashes)

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def admit(self, authorization: str) -> bool:
        """Tell whether an Authorization header has one of the tokens: as Bearer, or as the password of Basic."""
        given = hash_of(_token_of(authorization))
        # All are compared, each in constant time: the time tells neither a token nor its place in the file.
        matches = [hmac.compare_digest(given, each) for each in self._hashes]
        return any(matches)


def _token_of(authorization: str) -> str:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")[2]
        except (binascii.Error, ValueError):
            return ""
    return ""


# -- hosts


def is_loopback(host: str) -> bool:
    """Tell whether only programs of this machine reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_own_host(header: str) -> bool:
    """Tell whether a Host header names this machine from within.

    A page from elsewhere can let its own name point to 127.0.0.1 (DNS rebinding) and would then be of the same origin
    as the server; but its requests carry its name here.
    """
    host = header.strip().lower()
    if host.startswith("["):
        host, closed, port = host[1:].partition("]")
        return bool(closed) and (not port or re.fullmatch(":[0-9]{1,5}", port) is not None) and is_loopback(host)
    host, _, port = host.partition(":")
    return (not port or re.fullmatch("[0-9]{1,5}", port) is not None) and is_loopback(host.rstrip("."))


_ORIGIN = re.compile(r"https?://[a-z0-9.\-]+(?::[0-9]{1,5})?|https?://\[[0-9a-f:]+\](?::[0-9]{1,5})?")


def origin(text: str) -> str:
    """Return an origin for CORS. Raises: UsageError for anything but a scheme, a host and a port."""
    if not _ORIGIN.fullmatch(text.lower()):
        raise UsageError(
            Message("no origin {text!r}", text=text[:100]),
            hint="--cors https://news.example, without a path and without *",
        )
    return text.lower()
