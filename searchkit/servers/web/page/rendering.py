"""The templates, and what they may call. All that they are given is escaped; marks become elements, piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from searchkit.analysis.normalise import simplified
from searchkit.language.messages import Message, plural
from searchkit.model.serialise import rfc3339
from searchkit.presenters.terminal_text import safe, safe_lines
from searchkit.servers.web.page import assets, texts
from searchkit.servers.web.page.links import Link, link, of_article
from searchkit.servers.web.problems import Problem
from searchkit.servers.web.routes import Answer, Asked

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

HTML = "text/html; charset=utf-8"
MOST_BRIEF = 500
"""Characters of a title, of a name or another value that are shown; the JSON of an article has them all."""
_LOOKED_AT = 400
"""Characters by which the script of a text is told."""


def page(asked: Asked, template: str, status: int = 200, **values: Any) -> Answer:
    """Return the answer that a template makes of values, in the language of the request."""
    language = texts.chosen(asked.given.get("lang"), asked.headers.get("accept-language", ""))
    here = values.pop("here", None) or link(_path_of(asked, template), asked.pairs)
    return _answer(template, language, status, here=here, lang=asked.given.get("lang") or "", **values)


def trouble(problem: Problem, accept_language: str, chosen: str) -> Answer:
    """Return the page of an error. A language that was chosen by a link stays chosen."""
    lang = chosen if chosen in texts.LANGUAGES else ""
    language = texts.chosen(lang or None, accept_language)
    made = _answer("error.html", language, problem.status, here=Link("/"), lang=lang, problem=problem)
    return Answer(made.body, HTML, problem.status, {**made.headers, "Cache-Control": "no-store", **problem.headers})


def _path_of(asked: Asked, template: str) -> str:
    kind = template.removesuffix(".html")
    if "id" in asked.path:
        return of_article(kind, asked.path["id"])
    return {"search": "/", "start": "/"}.get(kind, f"/{kind}")


def _answer(template: str, language: str, status: int, **values: Any) -> Answer:
    def t(text: str, **given: object) -> str:
        return texts.told(Message(text, **given), language)

    def n(one: str, many: str, number: int, **given: object) -> str:
        return texts.told(plural(one, many, number, **given), language)

    made = _environment().get_template(template)
    here: Link = values["here"]
    plain = here.without("lang")
    text = made.render(
        t=t, n=n, html_lang=texts.HTML_LANG[language],
        language=language,
        languages=[(code, name, plain.having("lang", code)) for code, name in texts.LANGUAGES.items()],
        day=lambda value: day(value, language),
        moment=lambda value, precision: moment(value, precision, language),
        error=lambda text: texts.told(text, language),
        at=lambda path: Link(path, (("lang", values["lang"]),) if values["lang"] else ()),
        **values,
    )  # fmt: skip
    return Answer(text.encode("utf-8", "replace"), HTML, status, {"Vary": "Accept-Encoding, Accept-Language"})


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        marked=marked,
        plain=safe,
        lines=safe_lines,
        brief=brief,
        script=script,
        number=lambda value: f"{value:,}",
        web=web_address,
        rfc3339=rfc3339,
    )
    made.globals.update(asset=assets.address, article_path=of_article, paragraphs=paragraphs)
    return made


# -- what templates call


def brief(text: str) -> str:
    """Return what should fit into a line or two, as a title: cut, if it is longer than any title is."""
    return text if len(text) <= MOST_BRIEF else text[:MOST_BRIEF] + "…"


def marked(text: str, marks: Sequence[Sequence[int]], tag: str = "mark") -> Markup:
    """Return text with its marked ranges in an element; the text itself is escaped."""
    from markupsafe import Markup, escape

    shown = safe(text)
    pieces, at = [], 0
    for start, end in marks:
        if start >= len(shown):  # it was cut
            break
        pieces += [escape(shown[at:start]), Markup(f"<{tag}>"), escape(shown[start:end]), Markup(f"</{tag}>")]
        at = end
    return Markup("").join([*pieces, escape(shown[at:])])


def paragraphs(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[str, list[tuple[int, int]]]]:
    """Return the paragraphs of a body that are not empty, each with the parts of the marks that are in it."""
    found, at = [], 0
    for line in text.split("\n"):
        end = at + len(line)
        inside = [(max(start, at) - at, min(stop, end) - at) for start, stop in marks if start < end and stop > at]
        if line.strip():
            found.append((line, inside))
        at = end + 1
    return found


def script(text: str) -> str:
    """Return the language tag of a text of the archive: by it, a browser chooses the right forms of its characters."""
    looked_at = text[:_LOOKED_AT]
    if not any("\u3400" <= char <= "\u9fff" for char in looked_at):
        return "" if not looked_at.strip() else "und"
    traditional = simplified()
    counted = sum(traditional.get(char, char) != char for char in looked_at)
    return "zh-Hant" if counted * 20 > len(looked_at) else "zh-Hans"


def web_address(text: str) -> str:
    """Return an address that may be a link: of http or https. Anything else, as javascript:, gives nothing."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def day(value: date | None, language: str) -> str:
    """Write a day as the language does; nothing for none."""
    if value is None:
        return ""
    if language == "en":
        return f"{value.day} {value:%b %Y}"
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime | None, precision: str, language: str) -> str:
    """Write a time to the precision that was printed."""
    if value is None:
        return texts.told(Message("no date"), language)
    return day(value, language) if precision == "day" else f"{day(value, language)} {value:%H:%M}"
