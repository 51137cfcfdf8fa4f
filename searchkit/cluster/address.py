"""The address of an archive in a cluster: `opensearch://host:9200/news`, or with TLS `opensearchs://…`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from searchkit.errors import UsageError
from searchkit.language.messages import Message

PLAIN, SECURE = "opensearch", "opensearchs"
EXAMPLE = "opensearch://127.0.0.1:9200/news"
_SECURE_EXAMPLE = "opensearchs://search.example:9200/news"
_PORT = 9200
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
_MOST = {"shards": 1024, "replicas": 10}
_LOOPBACK = re.compile(r"(?:localhost|127(?:\.[0-9]+){3}|\[::1\])(?::[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Address:
    """Where an archive is in a cluster.

    Attributes:
        nodes: `host:port` of one node or several, any of which is asked.
        name: of the archive.
        shards, replicas: of an archive that is made now; None where it is not said.
    """

    nodes: tuple[str, ...]
    name: str
    is_secure: bool = False
    shards: int | None = None
    replicas: int | None = None

    @property
    def hosts(self) -> list[str]:
        """The addresses of the nodes for HTTP."""
        return [f"{'https' if self.is_secure else 'http'}://{node}" for node in self.nodes]

    @property
    def is_here(self) -> bool:
        """Whether all nodes are on this machine, so that nobody on the way reads what is sent."""
        return all(_LOOPBACK.fullmatch(node) for node in self.nodes)

    def __str__(self) -> str:
        """The address as text, without what is only for a new archive."""
        return f"{SECURE if self.is_secure else PLAIN}://{','.join(self.nodes)}/{self.name}"


def is_address(text: str) -> bool:
    """Tell whether a text is meant as an address, right or not, rather than as a path."""
    return bool(re.match(r"opensearchs?:", text, re.IGNORECASE))


def read_address(text: str) -> Address:
    """Return what an address says.

    Raises:
        UsageError: it is none, or has a user or a password in it, which messages and the list of processes would show.
    """
    try:
        parts = urlsplit(text if text.isprintable() else "")
    except ValueError:
        parts = urlsplit("")
    scheme = parts.scheme.lower()
    if "@" in parts.netloc:
        raise UsageError(
            "the address of an archive has a user or a password in it, which others could read",
            hint=Message("SEARCHKIT_OPENSEARCH_USER and SEARCHKIT_OPENSEARCH_PASSWORD in the environment"),
            code="address-with-password",
        )
    name = parts.path.removeprefix("/").removesuffix("/")
    nodes = parts.netloc.split(",")
    if scheme not in (PLAIN, SECURE) or not name or not all(map(_is_node, nodes)) or parts.fragment:
        raise UsageError(
            Message("{address!r} is no address of an archive in a cluster", address=text[:200]),
            hint=Message("{example}, with TLS {secure}", example=EXAMPLE, secure=_SECURE_EXAMPLE),
            code="address",
        )
    if not _NAME.fullmatch(name):
        raise UsageError(
            Message("an archive in a cluster cannot be called {name!r}", name=name[:100]),
            hint="small letters, digits, - and _, as in news-2026; it begins with a letter or a digit",
            code="address",
        )
    numbers = _numbers(parts.query)
    with_ports = tuple(node if ":" in node.rpartition("]")[2] else f"{node}:{_PORT}" for node in nodes)
    return Address(with_ports, name, scheme == SECURE, numbers.get("shards"), numbers.get("replicas"))


def _is_node(text: str) -> bool:
    found = _HOST.fullmatch(text)
    return found is not None and 0 < int(found["port"] or _PORT) < 65536


def _numbers(query: str) -> dict[str, int]:
    given = parse_qsl(query, keep_blank_values=True)
    for name, value in given:
        lowest = 1 if name == "shards" else 0
        if name not in _MOST or not re.fullmatch("[0-9]{1,4}", value) or not lowest <= int(value) <= _MOST[name]:
            raise UsageError(
                Message("the address of an archive cannot say {option!r}", option=f"{name}={value}"[:100]),
                hint="?shards=3&replicas=1, for an archive that is made now",
                code="address",
            )
    return {name: int(value) for name, value in given}
