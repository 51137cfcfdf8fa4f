"""MHTML (.mht, .mhtml): a page and all that belongs to it in one e-mail message, as browsers save it."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import Message as Part

from searchkit.language.messages import Message
from searchkit.sources.limits import Unreadable

_MOST_PARTS = 5000


def main_page(data: bytes, url: str = "") -> tuple[bytes, str]:
    """The page itself, as bytes in its own encoding, and its address: the one given, else the one the file names.

    Raises:
        Unreadable: there is no HTML part in it.
    """
    try:
        message = message_from_bytes(data, policy=policy.compat32)
        part = _main(message)
        content = part.get_payload(decode=True) if part is not None else None
    except RecursionError as error:
        raise Unreadable("is nested too deeply") from error
    except (ValueError, LookupError, AssertionError) as error:
        raise Unreadable(Message("is no MHTML that can be read: {reason}", reason=error)) from error
    if part is None or not isinstance(content, bytes) or not content.strip():
        raise Unreadable("holds no HTML page")
    address = url or _address(message, "Snapshot-Content-Location") or _address(part, "Content-Location")
    return content, address


def _main(message: Part) -> Part | None:
    """The part the message names as its start, else the first HTML one."""
    start = message.get_param("start")
    first = None
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            break
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        if isinstance(start, str) and part.get("Content-ID", "") == start:
            return part
        first = first or part
    return first


def _address(part: Part, name: str) -> str:
    value = str(part.get(name, "")).strip()
    return value if value.startswith(("http://", "https://")) else ""
