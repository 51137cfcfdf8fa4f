"""The fonts of figures: which of those that a machine has shows Chinese."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from searchkit.language.messages import Message

CHINESE = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC", "PingFang SC", "Microsoft YaHei",
    "Hiragino Sans GB", "Heiti SC", "STHeiti", "DengXian", "HarmonyOS Sans SC", "MiSans", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Noto Sans CJK JP", "Noto Sans CJK TC", "Noto Sans CJK HK", "Noto Sans CJK KR",
    "Source Han Sans", "Noto Sans TC", "PingFang TC", "Microsoft JhengHei", "Heiti TC", "Droid Sans Fallback", "SimHei",
    "FandolHei", "Arial Unicode MS", "Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC",
    "STSong", "SimSun", "NSimSun", "Noto Serif CJK JP", "Noto Serif CJK TC", "PMingLiU", "MingLiU", "AR PL UMing CN",
    "AR PL UKai CN", "FandolSong", "STKaiti", "KaiTi",
)  # fmt: skip
"""Families that have the characters of both scripts, or of one, the best for a figure first: those without serifs, with
mainland forms. Linux, macOS and Windows have one or several of them; matplotlib knows some collections only by their
first face, which is the Japanese one."""

_LIKELY = (
    "cjk", "hansans", "hanserif", "sourcehan", "wqy", "wenquan", "pingfang", "msyh", "simhei", "simsun", "heiti",
    "uming", "ukai", "fandol", "droidsansfallback", "notosanssc", "notosanstc",
)  # fmt: skip
"""What the names of files of such fonts contain."""

_INSTALL = "apt install fonts-noto-cjk, dnf install google-noto-sans-cjk-fonts, brew install --cask font-noto-sans-cjk"
LACKING = {
    ".png": Message(
        "warning: no font for Chinese was found, so Chinese in the figure is drawn as boxes; install one: {commands}",
        commands=_INSTALL,
    ),
    ".svg": Message(
        "warning: no font for Chinese was found; the SVG keeps its text, and shows it where there is such a font. "
        "To see it here, install one: {commands}",
        commands=_INSTALL,
    ),
}
"""What is said of a figure without such a font, by the ending of its file."""


def chinese_font() -> str | None:
    """Return the best family for Chinese that is installed; None if there is none. Loads matplotlib."""
    from matplotlib import font_manager

    held = font_manager.fontManager
    found = _best(each.name for each in held.ttflist)
    if found is None:
        # matplotlib keeps a list of fonts between runs, in which one that was installed since is missing.
        known = {each.fname for each in held.ttflist}
        for path in font_manager.findSystemFonts():
            name = Path(path).name.lower().replace("-", "").replace("_", "")
            if path not in known and any(part in name for part in _LIKELY):
                try:
                    held.addfont(path)
                except (OSError, RuntimeError):
                    continue  # a damaged font is none
        found = _best(each.name for each in held.ttflist)
    return found


def _best(installed: Iterable[str]) -> str | None:
    names = set(installed)
    return next((name for name in CHINESE if name in names), None)
