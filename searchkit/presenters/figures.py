"""Several queries through time as a figure that can be printed: SVG or PNG, by matplotlib (extra `plot`).

The footer tells what the figure shows: every query as typed, the days, the conditions and the archive. Series differ in
colour, dash and marker at once, so they are told apart in print and by those who see few colours. Text is drawn as it
stands: no `$` begins a formula. What is too long ends in …. In an SVG text stays text.
"""

from __future__ import annotations

import io
import logging
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timezone
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchkit.errors import MissingExtra, UsageError
from searchkit.language.messages import Message, gettext, translated
from searchkit.model.counts import counted
from searchkit.model.timelines import Timelines
from searchkit.presenters.fonts import CHINESE, LACKING, chinese_font
from searchkit.presenters.periods import PERIODS
from searchkit.presenters.terminal import clauses, days
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.timelines import beyond, measure
from searchkit.presenters.width import columns, shortened, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ENDINGS = (".svg", ".png")
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
"""Of Okabe and Ito (2008), without yellow, which no paper shows."""
_DASHES = ("-", "--", "-.", ":")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
"""Dashes and markers have no common divisor in number, so no two of twenty series have both in common."""

# Lengths in inches, sizes of text in points.
_WIDTH, _PLOT, _MARGIN, _LEFT, _RIGHT, _TICKS = 8.0, 3.4, 0.25, 0.8, 0.45, 0.35
_TITLE, _TEXT, _SMALL = 12.0, 9.0, 6.5
_COLUMN = 0.58
"""The width of a column of text (half an ideograph, or a letter) over the size; letters are wider than half."""
_LONGEST_NAME = 40
_ROWS_OF_ONE = 3
"""Lines of the footer that one query may take."""
_FEW = 40
"""Periods up to which each point has a marker."""
_FEW_TICKS, _TICKS_BESIDE = 24, 8
"""Periods up to which the axis names periods, and the most names of them."""
_FAMILIES = 7
"""Families that an SVG names beside the font it was made with."""
_RESOLUTION = 200
"""Dots per inch of a PNG."""
_EPOCH = date(1970, 1, 1).toordinal()


def plot(found: Timelines, path: str | PathLike[str], *, title: str | None = None, made: datetime | None = None) -> str:
    """Draw the series into a file; a file that is there is replaced as a whole.

    Args:
        path: ends in `.svg` or `.png`.
        title: default: the names of the queries.
        made: the time that the footer gives, aware; default: now.

    Returns:
        A sentence on what may be missing in the figure, as a font for Chinese; empty if nothing is.

    Raises:
        UsageError: the ending is another one, the file cannot be written, or there is nothing to draw.
        MissingExtra: matplotlib is not installed.
    """
    from searchkit.system.outputs import replacing

    target = Path(path)
    ending = require(target)
    if not found.periods:
        raise UsageError("there is nothing to draw: nothing matches", hint="ask another query", code="nothing-to-draw")
    drawn, lacking = _drawn(found, title, ending, made or datetime.now(timezone.utc))
    try:
        with replacing(target) as file:
            file.buffer.write(drawn)
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise UsageError(
            Message("cannot write {target}: {reason}", target=str(target)[:200], reason=reason),
            hint="give another path",
            code="figure-path",
        ) from error
    return lacking


def require(path: Path) -> str:
    """Return the ending of the figure's file, in small letters.

    Raises:
        UsageError: it is no ending of a figure.
        MissingExtra: matplotlib is not installed.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(
            Message(
                "a figure ends in {endings}, not {ending}: {path}",
                endings=" or ".join(ENDINGS),
                ending=ending or Message("in nothing"),
                path=str(path)[:200],
            ),
            hint=str(path.with_suffix(".svg")) if path.name else "figure.svg",
            code="figure-ending",
            path=path,
        )
    if find_spec("matplotlib") is None:
        raise MissingExtra("drawing a figure", "plot")
    return ending


def _drawn(found: Timelines, title: str | None, ending: str, made: datetime) -> tuple[bytes, str]:
    """Return the content of the file, and a sentence on what is missing in it."""
    from searchkit import __version__

    shown = safe(title) if title is not None else " / ".join(safe(each.name) for each in found.queries)
    names = [shortened(safe(each.name), _LONGEST_NAME) for each in found.series]
    names += [gettext("gap: no article at all")] if found.gaps else []
    footer = _footer(found, made)
    about = {"Title": shown, "Description": "\n".join(footer)}
    out = io.BytesIO()
    with _quiet():
        import matplotlib

        font = chinese_font()
        with matplotlib.rc_context():
            matplotlib.rcdefaults()  # no style of the user's own: the same question gives the same figure
            matplotlib.rcParams.update(_settings(font))
            figure = _figure(found, shown, names, footer)
            if ending == ".svg":
                about |= {"Creator": f"searchkit {__version__}"}
                figure.savefig(out, format="svg", metadata={**about, "Date": None})
            else:
                about |= {"Software": f"searchkit {__version__}"}
                figure.savefig(out, format="png", dpi=_RESOLUTION, metadata=about)
    written = "".join([shown, *names, *footer])
    return out.getvalue(), "" if font or written.isascii() else translated(LACKING[ending])


def _settings(font: str | None) -> dict[str, Any]:
    """Return the settings of matplotlib: Chinese by `font`, in an SVG by whatever the reader has of the best."""
    families = [*([font] if font else []), *(name for name in CHINESE[:_FAMILIES] if name != font), "DejaVu Sans"]
    return {
        "font.family": "sans-serif", "font.sans-serif": families, "font.size": _TEXT, "text.parse_math": False,
        "text.usetex": False, "axes.unicode_minus": False, "axes.formatter.use_mathtext": False,
        "svg.fonttype": "none", "svg.hashsalt": "searchkit",
    }  # fmt: skip


def _figure(found: Timelines, title: str, names: Sequence[str], footer: Sequence[str]) -> Figure:
    """Return the figure: from top to bottom title, plot, legend and footer, as high as they need."""
    from matplotlib.figure import Figure

    beside = _beside(names)
    rows = -(-len(names) // beside)
    below = _TICKS + rows * _line(_TEXT) + 0.12 + len(footer) * _line(_SMALL) + 0.1
    height = _line(_TITLE) + 0.2 + _PLOT + below
    figure = Figure(figsize=(_WIDTH, height))
    room = int((_WIDTH - 2 * _MARGIN) * 72 / (_TITLE * _COLUMN))
    figure.text(_MARGIN / _WIDTH, 1 - 0.12 / height, shortened(title, room), size=_TITLE, va="top", ha="left")
    axes: Axes = figure.add_axes((_LEFT / _WIDTH, below / height, (_WIDTH - _LEFT - _RIGHT) / _WIDTH, _PLOT / height))
    handles = _draw(axes, found)
    _legend(figure, height, below - _TICKS - 0.05, names, handles, beside)
    for number, line in enumerate(reversed(footer)):
        at = (0.1 + number * _line(_SMALL)) / height
        figure.text(_MARGIN / _WIDTH, at, line, size=_SMALL, color="0.35", va="bottom", ha="left")
    return figure


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence matplotlib, which says of each character and each family that it lacks it, and where its cache is."""
    log = logging.getLogger("matplotlib")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(before)


def _line(size: float) -> float:
    """Return the height of a line of text, in inches."""
    return size * 1.4 / 72


# -- the plot


def _draw(axes: Axes, found: Timelines) -> list[Any]:
    """Draw gaps, series and axes; return what the legend shows of each series, and of the gaps if there are some."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    first, last = found.periods[0].start, found.periods[-1].end
    middles = [(_place(each.start) + _place(each.end) + 1) / 2 for each in found.periods]
    handles: list[Any] = []
    most = 0.0
    for number, series in enumerate(found.series):
        values = [math.nan if value is None else value for value in found.values(series)]
        most = max([most, *(value for value in values if not math.isnan(value))])
        style: dict[str, Any] = {
            "color": _COLOURS[number % len(_COLOURS)],
            "linestyle": _DASHES[number % len(_DASHES)],
            "marker": _MARKERS[number % len(_MARKERS)],
            "linewidth": 1.4,
            "markersize": 4.5,
            "clip_on": False,  # a marker on an axis is whole
        }
        every = max(1, len(values) // 12) if len(values) > _FEW else 1
        (line,) = axes.plot(middles, values, markevery=(number * every // len(found.series), every), **style)
        if every > 1 and (alone := _alone(values)):
            style["linestyle"] = "none"
            axes.plot([middles[at] for at in alone], [values[at] for at in alone], **style)
        handles.append(line)
    if found.gaps:
        bands = [(_place(start), _place(end) + 1 - _place(start)) for start, end in found.gaps]
        handles.append(
            axes.broken_barh(
                bands, (0, 1), transform=axes.get_xaxis_transform(), facecolor="0.92", edgecolor="0.75", hatch="////",
                linewidth=0, zorder=0,
            )
        )  # fmt: skip
    axes.set_xlim(_place(first), min(_place(last) + 1, _place(date.max)))
    axes.set_ylim(0, most * 1.08 or 1)
    if found.share:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    else:
        axes.yaxis.set_major_locator(MaxNLocator(integer=found.smooth == 1, nbins=8))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    per = translated(PERIODS[found.by])
    shares, counts = gettext("share of articles per {period}", period=per), gettext("articles per {period}", period=per)
    axes.set_ylabel(shares if found.share else counts)
    _date_axis(axes, found, middles)
    axes.grid(axis="y", color="0.88", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return handles


def _place(day: date) -> int:
    """Return a day as a number of matplotlib's date axis, at its beginning."""
    return day.toordinal() - _EPOCH


def _alone(values: Sequence[float]) -> list[int]:
    """Return where a value has a gap on both sides, so that no line shows it."""
    nan = [math.isnan(value) for value in (math.nan, *values, math.nan)]
    return [at for at in range(len(values)) if not nan[at + 1] and nan[at] and nan[at + 2]]


def _date_axis(axes: Axes, found: Timelines, middles: Sequence[float]) -> None:
    """Mark dates on the axis: a few periods below their points, or the first days of months or years."""
    from matplotlib.dates import AutoDateFormatter, AutoDateLocator
    from matplotlib.ticker import FixedFormatter, FixedLocator

    if len(middles) <= _FEW_TICKS:
        every = -(-len(middles) // _TICKS_BESIDE)
        axes.xaxis.set_major_locator(FixedLocator(middles[::every]))
        axes.xaxis.set_major_formatter(FixedFormatter([each.label for each in found.periods[::every]]))
        return
    locator = AutoDateLocator(minticks=4, maxticks=9)
    formatter = AutoDateFormatter(locator, defaultfmt="%Y-%m-%d")
    formatter.scaled = {1.0: "%Y-%m-%d", 30.0: "%Y-%m", 365.0: "%Y"}  # by the unit of the ticks, in days
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)


# -- text


def _beside(names: Sequence[str]) -> int:
    """Return the number of entries of the legend in a row."""
    widest = max(map(columns, names)) * _TEXT * _COLUMN / 72 + 0.6
    return max(1, int((_WIDTH - 2 * _MARGIN) / widest))


def _legend(
    figure: Figure, height: float, top: float, names: Sequence[str], handles: Sequence[Any], beside: int
) -> None:
    """Draw the legend below the plot, in columns of our own: matplotlib does not know how wide Chinese is without font.

    Args:
        height: of the figure, in inches, as is `top`, where the legend begins, counted from below.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    each = (_WIDTH - 2 * _MARGIN) / beside
    for number, (name, handle) in enumerate(zip(names, handles, strict=True)):
        row, column = divmod(number, beside)
        left, middle = _MARGIN + column * each, top - (row + 0.5) * _line(_TEXT)
        if isinstance(handle, Line2D):
            sample: Any = Line2D(
                [left / _WIDTH, (left + 0.2) / _WIDTH, (left + 0.4) / _WIDTH], [middle / height] * 3,
                color=handle.get_color(), linestyle=handle.get_linestyle(), marker=handle.get_marker(),
                markevery=[1], markersize=handle.get_markersize(), linewidth=handle.get_linewidth(),
            )  # fmt: skip
        else:
            sample = Rectangle(
                (left / _WIDTH, (middle - 0.05) / height), 0.4 / _WIDTH, 0.1 / height,
                facecolor="0.92", edgecolor="0.75", hatch="////", linewidth=0, transform=figure.transFigure,
            )  # fmt: skip
        figure.add_artist(sample)
        figure.text((left + 0.48) / _WIDTH, middle / height, name, size=_TEXT, va="center_baseline", ha="left")


def _footer(found: Timelines, made: datetime) -> list[str]:
    """Return the lines that say what was asked, of which archive, and when."""
    from searchkit import __version__

    scope, between = found.scope, gettext("; ")
    lines = [*_asked(found)]
    if choices := [*map(translated, _choices(found))]:
        lines.append(between.join(choices))
    under = Message("all articles: {number:,} under {condition}", number=found.total, condition=safe(scope.canonical))
    told = [under if scope.canonical else Message("all articles: {number:,} under no condition", number=found.total)]
    if found.sources:
        named = tuple(f"{shortened(safe(name), _LONGEST_NAME)} {count:,}" for name, count in found.sources)
        told.append(Message("sources: {sources}", sources=named))
    lines.append(between.join(map(translated, told)))
    asked = days(found.periods[0].start, found.periods[-1].end)
    told = [Message("{what}, {days} ({zone})", what=measure(found), days=asked, zone=scope.timezone)]
    if found.gaps:
        gaps = counted(len(found.gaps), "gap")
        told.append(Message("{gaps} of the archive shaded, not counted as zero", gaps=gaps))
    if any(each.source is not None for each in found.series):
        told.append(Message("a line breaks where its source has no article"))
    lines.append(between.join(map(translated, told)))
    told = [
        Message("searchkit {version}", version=__version__),
        Message("archive of {articles}", articles=counted(found.archive_size, "article")),
    ]
    if found.index_behind:
        told.append(Message("{changes} not indexed yet", changes=counted(found.index_behind, "change")))
    told.append(Message("asked {time} UTC", time=f"{made.astimezone(timezone.utc):%Y-%m-%d %H:%M}"))
    lines.append(clauses(told))
    room = int((_WIDTH - 2 * _MARGIN) * 72 / (_SMALL * _COLUMN))
    return [row for line in lines for row in _rows(line, room)]


def _choices(found: Timelines) -> Iterator[Message]:
    """Yield the options that decide on what a query finds and that do not stand in it."""
    if found.mode == "all":
        yield Message("every word is required (--all)")
    elif found.mode == "any":
        yield Message("any one of the words is enough (--any)")
    if found.aliases is not None:
        yield (
            Message("all other names were looked for (--aliases)")
            if found.aliases
            else Message("names only as typed (--no-aliases)")
        )


def _asked(found: Timelines) -> Iterator[str]:
    between = gettext("; ")
    for each in found.queries:
        parts = [counted(each.total, "article")]
        if each.undated:
            parts.append(Message("{number:,} without a date", number=each.undated))
        told = clauses(parts)
        if not_drawn := beyond(each):
            told += between + gettext("not drawn: {what}", what=not_drawn)
        typed = safe(each.parsed.text).strip() or Message("(everything)")
        asked = [gettext("{name}: {query}  ({told})", name=safe(each.name), query=typed, told=told)]
        for alias in each.parsed.aliases or ():
            names = tuple(map(safe, alias.also))
            asked.append(gettext("also {names} for {typed}", names=names, typed=safe(alias.typed)))
        yield between.join(asked)


def _rows(line: str, room: int) -> list[str]:
    """Return a line of the footer in at most `_ROWS_OF_ONE` rows; … ends what is cut off."""
    rows = wrapped(line[: room * (_ROWS_OF_ONE + 1)], room)
    if len(rows) <= _ROWS_OF_ONE:
        return rows
    return [*rows[: _ROWS_OF_ONE - 1], shortened(rows[_ROWS_OF_ONE - 1] + " …", room)]
