"""When are two records the same article? By a given id, else by the canonical URL, else by title, body and day.

A URL is the identity only where it can be that of one article: the front page of a site, a bare folder, an `index.html`
or a list is none. And where another article, with another title and another body, comes under a URL that is held, it is
kept apart, under an id of its own that begins with that of the URL; what comes then is compared with both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from searchkit.model.article import Article, Related
from searchkit.model.serialise import content_digest, digest

MAX_ID = 512
"""The most characters of an id; a longer one is refused."""

_TRACKING_BEFORE = r"utm_\w+|spm|from|isappinstalled|share_token|fbclid|gclid|wx_fc|wfr|nsukey"
_TRACKING = re.compile(
    _TRACKING_BEFORE + r"|msclkid|yclid|dclid|[gw]braid|igshid|mc_[ce]id|spm_id_from|vd_source|sharer_\w+|mpshare|chksm"
    r"|phpsessid|jsessionid",
    re.IGNORECASE,
)
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_PLACE_IN_PAGE = re.compile(r"[A-Za-z:~_][\w:~=,%.-]*")
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_NOT_ENCODED = re.compile(r"[^!-~]|[\"<>\\^`{|}]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

_FRONT = re.compile(
    r"(?:index|default|home|main|front|welcome|articles?|details?|content|show|view|read|news|story|post|item)(?:\.\w{1,8})*",
    re.IGNORECASE,
)
_NO_ARTICLE = re.compile(
    r"(?:log[-_]?in|sign[-_]?(?:in|up)|register|passport|captcha|[345]\d\d|errors?|not[-_]?found|page[-_]?not[-_]?found)"
    r"(?:\.\w{1,8})?",
    re.IGNORECASE,
)
"""The last part of a path that leads to a page of the site's own, whatever follows it: /login?next=/a/1."""
_SECTION = re.compile(r"[A-Za-z]{1,12}(?:-[A-Za-z]{2})?")
"""A word alone, as in /news, /society and /zh-hk."""
_LIST = re.compile(
    r"(?:(?:index|default|home|main|list|newslist|news_list|page|channel)[_-]?\d{1,3}|node_\d+(?:_\d+)?|lists?|newslist|news_list"
    r"|channel|column|category|section|archives?|more|latest|roll|gundong|search|tags?|topics?|page|node)"
    r"(?:\.(?:s?html?|php|aspx?|jsp|do))?",
    re.IGNORECASE,
)
_LIST_FOLDERS = frozenset({"page", "category", "categories", "tag", "tags", "author", "search"})
_FOLDERS_OF_SECTIONS = frozenset({"channel", "channels", "column", "section", "topic", "topics", "list"})
_NUMBERED_FOLDERS = frozenset({"list", "channel", "index", "roll"})
_SEARCHES = frozenset(
    {
        "page",
        "paged",
        "s",
        "q",
        "wd",
        "kw",
        "query",
        "search",
        "keyword",
        "keywords",
        "tag",
        "cat",
        "lang",
        "locale",
        "hl",
    }
)
_OF_ARTICLE = re.compile(r"\d{3,}|[-_][^-_]+[-_]|%[0-9A-F]{2}")
"""In the last folder of a path: a number, a title of several words, or one that is not English."""
_DAY_OR_LESS = re.compile(r"(?:19|20)\d\d(?:/\d{1,2}){0,2}|(?:19|20)\d\d-?\d\d(?:-?\d\d)?")

_GRAM = 4
_SHARED = 0.2
"""Share of the grams of the shorter text that a corrected text has at least in common with the one before."""
_SHARED_TITLE = 0.5
_SAME = 2.0
"""The likeness of what is equal, and need not be compared with others."""
_KEPT_APART = 1000
"""Articles of one address that are compared."""
_COMPARED = 20_000
"""Characters of a body that are compared."""


def canonical_url(url: str) -> str:
    """Return the URL without what varies from visit to visit or in how it is written.

    These are the case, encoding and last dot of the host and the default port; percent signs for what need not be
    encoded, or the lack of them for what must be (as UTF-8), and the case of their digits; `.` and `..` in the path;
    tracking parameters and numbers of sessions; a place in the page; `&amp;` in the query.

    A fragment that is a number or a route (#3, #!/news/3, #/news/3) may distinguish two articles and stays. URLs other
    than http and https are returned unchanged.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or not parts.hostname:
        return url.strip()
    host = _host(parts.hostname)
    if port and port != {"http": 80, "https": 443}[scheme]:
        host = f"{host}:{port}"
    # a query that was escaped once more on its way: `?a=1&amp;b=2`
    kept = [pair for pair in parts.query.replace("&amp;", "&").split("&") if pair and not _is_tracking(pair)]
    fragment = "" if _PLACE_IN_PAGE.fullmatch(parts.fragment) else parts.fragment
    path = _without_dots(_encoded(_SESSION.sub("", parts.path))) or "/"
    return urlunsplit((scheme, host, path, _encoded("&".join(kept)), _encoded(fragment)))


def _host(name: str) -> str:
    name = name.lower().rstrip(".。")
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name


def _is_tracking(pair: str) -> bool:
    return bool(_TRACKING.fullmatch(pair.partition("=")[0]))


def _encoded(text: str) -> str:
    """Return a part of a URL with just that percent-encoded which must be."""

    def decoded(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    def encoded(match: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))

    return _NOT_ENCODED.sub(encoded, _ENCODED.sub(decoded, text))


def _without_dots(path: str) -> str:
    """Return a path with `.` and `..` worked out (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    parts = path.split("/")
    for part in parts:
        if part == "..":
            if len(kept) > 1:
                kept.pop()
        elif part != ".":
            kept.append(part)
    if parts[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _canonical_before(url: str) -> str:
    """Return what `canonical_url` returned before 2026-11-26: archives hold articles under ids made from it."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return url.strip()
    host = parts.hostname.lower()
    if port and port != {"http": 80, "https": 443}[parts.scheme.lower()]:
        host = f"{host}:{port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not re.fullmatch(_TRACKING_BEFORE, name, re.IGNORECASE)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    fragment = "" if _PLACE_IN_PAGE.fullmatch(parts.fragment) else parts.fragment
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", query, fragment))


def names_an_article(canonical: str) -> bool:
    """Tell whether a canonical URL can be that of one article, and not of a front page, a folder or a list."""
    parts = urlsplit(canonical)
    if parts.scheme not in ("http", "https"):
        return bool(canonical)
    if parts.fragment.strip("!/"):
        return True
    *folders, last = parts.path.lstrip("/").split("/")
    if _NO_ARTICLE.fullmatch(last or (folders[-1] if folders else "")):
        return False
    if _is_article(folders, last):
        return True
    names = [pair.partition("=")[0].lower() for pair in parts.query.split("&") if pair.partition("=")[2]]
    return not all(name in _SEARCHES for name in names)  # index.php?id=3, but not list.php?page=2


def _is_article(folders: Sequence[str], last: str) -> bool:
    """Tell whether a path is an article's: /news/a.html, and also /2025/03/04/a-title/ or /archives/1234/."""
    above = folders[-1].lower() if folders else ""
    if last:
        is_part = above in _LIST_FOLDERS or (above in _NUMBERED_FOLDERS and last.isdigit() and len(last) <= 3)
        if _SECTION.fullmatch(last) and (not folders or above in _FOLDERS_OF_SECTIONS):
            return False
        return not (is_part or _FRONT.fullmatch(last) or _LIST.fullmatch(last))
    days = (_DAY_OR_LESS.fullmatch("/".join(folders[-count:])) for count in (1, 2, 3))
    if not folders or any(days) or (len(folders) > 1 and folders[-2].lower() in _LIST_FOLDERS):
        return False
    return bool(_OF_ARTICLE.search(folders[-1]))


@dataclass(frozen=True, slots=True)
class Named:
    """An article under its id; `kept_apart`: its address has another article's."""

    article: Article
    kept_apart: bool = False


class Naming:
    """Gives articles their ids, in view of what is held.

    Args:
        held: returns the newest state of an article; None if it is not there.
        ids_starting: returns ids that begin so, ascending, up to a number of them.
    """

    def __init__(self, held: Callable[[str], Article | None], ids_starting: Callable[[str, int], list[str]]) -> None:
        self._held = held
        self._ids_starting = ids_starting

    def named(self, article: Article) -> Named:
        """Return the article with an id: its own, else `u…` from its URL, else `c…` from its title, body and day."""
        if article.id or not article.url:
            return Named(with_id(article))
        first = with_id(article).id
        before = f"u{digest(_canonical_before(article.url))}"
        found = self._states(article, [first, *([before] if before != first else ())])
        if not found or max(found)[0] >= _SAME:
            return Named(replace(article, id=max(found)[1] if found else first))
        if first.startswith("c"):
            return Named(replace(article, id=max(found)[1] if max(found)[0] else first))
        apart = self._states(article, self._ids_starting(f"{first}-", _KEPT_APART))
        likeness, id = max([*found, *apart])
        if not likeness:
            id = f"{first}-{content_digest(article)[:16]}"
        return Named(replace(article, id=id), kept_apart=id.startswith(f"{first}-"))

    def _states(self, article: Article, ids: Iterable[str]) -> list[tuple[float, str]]:
        """Return the likeness and id of each article held under one of `ids`."""
        found = ((id, self._held(id)) for id in ids)
        return [(likeness(held, article), id) for id, held in found if held is not None]


def with_id(article: Article) -> Article:
    """Return the article with the id that it has where nothing else is held."""
    if article.id:
        return article
    if article.url and names_an_article(canonical := canonical_url(article.url)):
        return replace(article, id=f"u{digest(canonical)}")
    return replace(article, id=f"c{content_digest(article)}")


def likeness(one: Article, other: Article) -> float:
    """Return how much two articles under one address have in common, 0 to 2; 0 if they cannot be states of one.

    They can where either the titles or the bodies have much in common.
    """
    title, body = _share(one.title, other.title, 2), _share(one.body, other.body, _GRAM)
    return title + body if title >= _SHARED_TITLE or body >= _SHARED else 0.0


def _share(one: str, other: str, size: int) -> float:
    """Return how much of the grams of the text that has fewer the other has, 0 to 1; 0 where one is empty."""
    plain = ["".join(each[:_COMPARED].split()).casefold() for each in (one, other)]
    if not all(plain):
        return 0.0
    if plain[0] == plain[1]:
        return 1.0
    grams = [{text[at : at + size] for at in range(max(1, len(text) - size + 1))} for text in plain]
    return len(grams[0] & grams[1]) / min(map(len, grams))


def headline(related: Related, article: Article) -> Article:
    """Return the headline made from an entry of an article's related list.

    Its id is derived from title and time, so the same entry on fifty pages is one headline.
    """
    return Article(
        id=f"h{digest(' '.join(related.title.split()), related.published_text)}",
        title=related.title,
        short_title=related.short_title,
        published=related.published,
        published_text=related.published_text,
        url=related.url,
        site=article.site,
        kind="headline",
        parent=article.id,
    )
