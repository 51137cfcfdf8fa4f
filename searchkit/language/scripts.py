"""Examples in Chinese inside of a message: those of dates, which a reader of either script is shown in their own."""

from __future__ import annotations

_OF_DATES = str.maketrans(
    "周号国个来两庆节双会时后这几内从开为间纪劳动黄阳腊龙头亲农历闰",
    "週號國個來兩慶節雙會時後這幾內從開為間紀勞動黃陽臘龍頭親農曆閏",
)
"""The characters of expressions for days that differ. Not for texts: 后 and 周 have several meanings in these."""


class DateExample(str):
    """An expression for days in simplified characters; as a value of a message it is told in those of the language."""

    __slots__ = ()

    def traditional(self) -> str:
        """Return it in traditional characters."""
        return self.translate(_OF_DATES)
