"""When are two records the same article? By a given id, else by the canonical URL, else by title, body and day."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from searchkit.model.article import Article, Related
from searchkit.model.serialise import content_digest, digest

MAX_ID = 512
"""The most characters of an id; a longer one is refused."""

_TRACKING = re.compile(r"utm_\w+|spm|from|isappinstalled|share_token|fbclid|gclid|wx_fc|wfr|nsukey", re.IGNORECASE)
_PLACE_IN_PAGE = re.compile(r"[A-Za-z:~_][\w:~=,%.-]*")


def canonical_url(url: str) -> str:
    """Normalise a URL: remove the parts that vary between visits (case of the host, tracking parameters, fragments).

    A fragment that is a number or a route (#3, #!/news/3, #/news/3) may distinguish two articles and stays. URLs other
    than http and https are returned unchanged.
    """
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
    kept = [(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    fragment = "" if _PLACE_IN_PAGE.fullmatch(parts.fragment) else parts.fragment
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", query, fragment))


def with_id(article: Article) -> Article:
    """Return the article with an id: its own, else `u…` from its URL, else `c…` from its title, body and day."""
    if article.id:
        return article
    if article.url:
        return replace(article, id=f"u{digest(canonical_url(article.url))}")
    return replace(article, id=f"c{content_digest(article)}")


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
