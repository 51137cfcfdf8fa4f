"""A network of its own for each node, so that a test can cut it: namespaces of Linux, joined by a bridge. Needs root.

The nodes have the addresses 127.83.x.1 and so on, and this machine 127.83.x.254, where x is another number for each checkout:
addresses of the loopback's, since OpenSearch asks for
limits of the machine where it has another one, but joined by the bridge. Nothing leaves the machine. A cut is silent, as that of
a cable: what is sent is lost, and no answer comes.
"""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_TAG = zlib.crc32(str(Path(__file__).resolve()).encode()) % 250 + 1
_BRIDGE = f"sk{_TAG}bridge"
_NOWHERE = "02:00:00:00:00:99"
HERE = f"127.83.{_TAG}.254"
SETTINGS: dict[str, Any] = {
    # A node that does not answer is given up after seconds, not after half a minute.
    "cluster.fault_detection.follower_check.timeout": "4s",
    "cluster.fault_detection.follower_check.retry_count": 2,
    "cluster.fault_detection.leader_check.timeout": "4s",
    "cluster.fault_detection.leader_check.retry_count": 2,
    "cluster.publish.timeout": "8s",
    "cluster.follower_lag.timeout": "10s",
}


def address(number: int) -> str:
    """Return the address of a node."""
    return f"127.83.{_TAG}.{number}"


def namespace(number: int) -> str:
    """Return the name of the namespace of a node."""
    return f"searchkit{_TAG}-n{number}"


def _outside(number: int) -> str:
    return f"sk{_TAG}veth{number}"


def _ip(*arguments: str, inside: int = 0) -> None:
    command = ["ip", *(["-n", namespace(inside)] if inside else []), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"cluster: {' '.join(command)}: {done.stderr.strip()}")


def _names(*command: str) -> str:
    return subprocess.run(["ip", *command], capture_output=True, text=True).stdout


def lay(numbers: Iterable[int]) -> None:
    """Make the network, where it is not there yet."""
    if _BRIDGE not in _names("-br", "link", "show", "type", "bridge"):
        _ip("link", "add", _BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{HERE}/24", "dev", _BRIDGE)
        _between_machines(_BRIDGE)
        _ip("link", "set", _BRIDGE, "up")
    there = _names("netns", "list").split()
    for number in numbers:
        if namespace(number) in there:
            continue
        _ip("netns", "add", namespace(number))
        _ip("link", "add", _outside(number), "type", "veth", "peer", "name", "eth0", "netns", namespace(number))
        _ip("link", "set", _outside(number), "master", _BRIDGE, "up")
        _ip("link", "set", "lo", "up", inside=number)
        # Only a part of the loopback's addresses are its own there.
        _ip("route", "del", "local", "127.0.0.0/8", "dev", "lo", "table", "local", inside=number)
        _ip("route", "add", "local", "127.0.0.0/16", "dev", "lo", "table", "local", inside=number)
        _between_machines("eth0", "ip", "netns", "exec", namespace(number))
        _ip("addr", "add", f"{address(number)}/24", "dev", "eth0", inside=number)
        _ip("link", "set", "eth0", "up", inside=number)
        _ip("route", "add", "unicast", f"{address(number)}/32", "dev", _BRIDGE, "src", HERE, "table", "local")


def _between_machines(device: str, *where: str) -> None:
    """Let addresses of the loopback's pass through a device."""
    subprocess.run([*where, "sysctl", "-qw", f"net.ipv4.conf.{device}.route_localnet=1"], check=True)


def remove() -> None:
    """Take the network of this checkout away, if it is there."""
    for line in _names("netns", "list").splitlines():
        name = line.split()[0]
        if name.startswith(namespace(0)[:-1]):
            _ip("netns", "del", name)
    if _BRIDGE in _names("-br", "link", "show", "type", "bridge"):
        _ip("link", "del", _BRIDGE)


def cut(one: int, others: Iterable[int]) -> None:
    """Cut a node off from others, in both directions. This machine still reaches it."""
    for other in others:
        for here, there in ((one, other), (other, one)):
            _ip("neigh", "replace", address(there), "lladdr", _NOWHERE, "dev", "eth0", "nud", "permanent", inside=here)


def cut_wholly(one: int) -> None:
    """Cut a node off from all others and from this machine."""
    _ip("link", "set", _outside(one), "nomaster")


def heal(numbers: Iterable[int]) -> None:
    """Join all again."""
    everyone = list(numbers)
    for one in everyone:
        _ip("link", "set", _outside(one), "master", _BRIDGE)
        for other in everyone:
            if other != one:
                command = ["ip", "-n", namespace(one), "neigh", "del", address(other), "dev", "eth0"]
                subprocess.run(command, capture_output=True)
