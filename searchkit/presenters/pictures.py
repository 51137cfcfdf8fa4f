"""Numbers as small pictures within HTML: SVG without script, in the colour of the text around it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from searchkit.language.messages import gettext
from searchkit.presenters.terminal_text import safe

_MOST_TITLED = 400
"""Bars of a picture that tell their period and number; more are one shape."""

_WIDTH, _HEIGHT = 720, 110
"""The size of a picture in its own units; it is scaled to the page."""


class Bar(NamedTuple):
    """A bar: its label, its value, and how that is written. Without a value, nothing is known of the period."""

    label: str
    value: float | None
    shown: str


def meter(value: float, most: float) -> str:
    """Return a value as a short bar beside others, of which `most` is the longest."""
    wide = max(1.0, 100 * value / most) if value > 0 and most > 0 else 0.0
    return (
        f'<svg width="100" height="10" viewBox="0 0 100 10" aria-hidden="true">'
        f'<rect width="{wide:.1f}" height="10" fill="currentColor" opacity=".5"/></svg>'
    )


def bars(found: Sequence[Bar], most: float, highest: str, told: str) -> str:
    """Return bars side by side, with the first and the last label below.

    Args:
        found: at least one.
        most: the value of a bar as high as the picture.
        highest: says how much that is.
        told: what the picture shows, for those who do not see it.
    """
    step = _WIDTH / len(found)
    wide = max(step - min(1.0, step * 0.2), 0.2)
    drawn = [(bar, at * step, max(1.0, _HEIGHT * bar.value / (most or 1))) for at, bar in enumerate(found) if bar.value]
    if len(drawn) > _MOST_TITLED:
        shapes = (
            f'<path d="{"".join(f"M{x:.1f} {_HEIGHT}v-{high:.1f}h{wide:.1f}v{high:.1f}" for _, x, high in drawn)}"/>'
        )
    else:
        shapes = "".join(
            f'<rect x="{x:.1f}" y="{_HEIGHT - high:.1f}" width="{wide:.1f}" height="{high:.1f}">'
            f"<title>{_escaped(bar.label)}: {_escaped(bar.shown)}</title></rect>"
            for bar, x, high in drawn
        )
    first, last = found[0].label, found[-1].label
    span = gettext("{first} to {last}", first=first, last=last)
    label = gettext("{what}: {told}", what=told, told=span + gettext(", ") + highest)
    below = f'y="{_HEIGHT + 16}" font-size="12"'
    return (
        f'<svg role="img" aria-label="{_escaped(label)}" viewBox="0 0 {_WIDTH} {_HEIGHT + 20}" width="{_WIDTH}" '
        f'style="max-width:100%;height:auto" fill="currentColor"><g opacity=".6">{shapes}</g>'
        f'<path d="M0 {_HEIGHT}h{_WIDTH}" stroke="currentColor" opacity=".4"/>'
        f'<text x="0" {below}>{_escaped(first)}</text>'
        f'<text x="{_WIDTH / 2:g}" {below} text-anchor="middle">{_escaped(highest)}</text>'
        f'<text x="{_WIDTH}" {below} text-anchor="end">{_escaped(last)}</text></svg>'
    )


def _escaped(text: str) -> str:
    return escape(safe(text), quote=True)
