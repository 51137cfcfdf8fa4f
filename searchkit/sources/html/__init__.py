"""Where on an HTML page is its article? `read_page` for a page as served or saved, `read_mhtml` for MHTML.

The work is done in a child process with limits on time and memory (`worker`), so nothing that parses is imported here.
In the child `page` puts together what the rules find: `tree` (what a reader sees), `metadata` (what the head says),
`titles`, `body`, `times`, `bylines`, `sections`, `related`. The packages are those of the extra [html].
"""

from __future__ import annotations

from datetime import tzinfo

from searchkit.errors import SourceError
from searchkit.model.article import Article
from searchkit.sources.limits import Unreadable

__all__ = ["BadPage", "read_mhtml", "read_page"]


class BadPage(SourceError):
    """A page without an article, or one that breaks the parser; the message is the end of a sentence about it."""


def read_page(data: bytes, *, name: str = "", url: str = "", where: str = "", timezone: tzinfo) -> Article:
    """The article of an HTML page.

    Args:
        data: the page as it was served or saved, in any encoding; what it declares is not believed.
        name: what the page is called in an error; empty if the caller says it.
        url: its address, if that is known; otherwise the page is asked.
        where: what the page is called in a log; default: `name`.
        timezone: of times that name none; `published` is in it.

    Raises:
        BadPage: there is no article, or reading it takes more than 20 seconds of processor time or too much memory.
        MissingExtra: the packages of [html] are not installed.
    """
    return _read(data, name, url, where, timezone, mhtml=False)


def read_mhtml(data: bytes, *, name: str = "", url: str = "", where: str = "", timezone: tzinfo) -> Article:
    """The article of an MHTML file (.mht, .mhtml); arguments and errors as for `read_page`."""
    return _read(data, name, url, where, timezone, mhtml=True)


def _read(data: bytes, name: str, url: str, where: str, timezone: tzinfo, *, mhtml: bool) -> Article:
    from searchkit.sources.html.worker import READER

    try:
        return READER.read(data, url=url, timezone=timezone, mhtml=mhtml, name=where or name)
    except Unreadable as error:
        message = f"{name} {error.reason}" if name else error.reason
        raise BadPage(message, hint="open it in a browser; if it shows an article, please report the page") from error
