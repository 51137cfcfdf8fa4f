"""jieba's dictionary and its table of unknown words, read where pip installed them, without importing jieba.

`dict.txt` has one word per line and is sorted except for a few lines; `prob_emit.py` has one character per line,
sorted. So a query finds its entries by bisection (`sorted_lines`): nothing is loaded, built, written or cached, and
many processes that map the files share one copy in memory.

The order of the lines, with its exceptions, is known for the version named below. With any other version, `dictionary`
and `emissions` raise Unknown, and jieba itself has to do the work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from searchkit.analysis.sorted_lines import SortedLines, mapped

VERSION = "0.42.1"

_SIZE = 5_071_852
"""The size of dict.txt in bytes."""
_TOTAL = 60_101_967
"""The sum of the frequencies of all lines."""
_SORTED_FROM = 725
"""Offset of the first line that starts with an ideograph, except for a few; the lines before are unsorted."""
_MISPLACED = (1_140_911, 4_957_648)
"""Offsets of later lines that are out of order; without them the words ascend."""

_MOST_HELD = 200_000
"""The most answers kept for the next lookups."""

_MIN = -3.14e100
"""jieba's logarithm of the probability of anything unseen."""


class Unknown(Exception):
    """The files of jieba are missing, or not the ones known to be sorted."""


@cache
def folder() -> Path | None:
    """Return the folder in which jieba is installed; None if it is not installed, or not in a folder."""
    from importlib.util import find_spec

    try:
        spec = find_spec("jieba")
    except (ImportError, ValueError):
        return None
    found = Path(spec.origin).parent if spec is not None and spec.origin else None
    return found if found is not None and found.is_dir() else None


@cache
def version() -> str:
    """Return the version of the installed jieba; empty if it is not installed.

    Read from its source: `importlib.metadata` imports the email parser, and takes longer than a search.
    """
    home = folder()
    try:
        with ((home or Path()) / "__init__.py").open(encoding="utf-8") as source:
            found = re.search(r"^__version__ = '([^']+)'", source.read(2000), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        found = None
    if found:
        return found[1]
    from importlib import metadata

    try:
        return metadata.version("jieba")
    except metadata.PackageNotFoundError:
        return ""


class Dictionary:
    """jieba's words with their frequencies, and words added to them.

    Raises: Unknown.
    """

    def __init__(self) -> None:
        home = folder()
        if home is None or version() != VERSION:
            raise Unknown("another version of jieba")
        try:
            data = mapped(home / "dict.txt")
        except (OSError, ValueError) as error:
            raise Unknown(str(error)) from error
        if len(data) != _SIZE:
            raise Unknown("another dictionary")
        self.total = _TOTAL
        self._added: dict[str, int] = {}
        self._beginnings: set[str] = set()
        self._held: dict[str, int | None] = {}
        self._parts: list[tuple[bytes, SortedLines]] = []
        start = _SORTED_FROM
        for end in (*_MISPLACED, len(data)):
            self._parts.append((data[start : data.find(b"\n", start)], SortedLines(data, start, end)))
            start = data.find(b"\n", end) + 1
            if end < len(data):
                self._learn(data[end : start - 1])
        for line in data[:_SORTED_FROM].splitlines():
            self._learn(line)

    def _learn(self, line: bytes) -> None:
        word, frequency = line.decode().split(" ")[:2]
        self._put(word, int(frequency))

    def _put(self, word: str, frequency: int) -> None:
        self._added[word] = frequency
        self._beginnings.update(word[:length] for length in range(1, len(word)))
        self._held.clear()

    def add(self, word: str, frequency: int) -> None:
        """Add a word, or give it another frequency."""
        self._put(word, frequency)
        self.total += frequency

    def add_all(self, words: Iterable[tuple[str, int]]) -> None:
        """Add words with their frequencies, in less time than one by one."""
        added = dict(words)
        self._added.update(added)
        self._beginnings.update(word[:length] for word in added for length in range(1, len(word)))
        self._held.clear()
        self.total += sum(added.values())

    def frequency(self, text: str) -> int | None:
        """Return the frequency of a word; 0 for text that is only the beginning of words, None for any other."""
        try:
            return self._held[text]
        except KeyError:
            pass
        found = self._added.get(text)
        if found is None:
            found = self._written(text)
            if found is None and text in self._beginnings:
                found = 0
        if len(self._held) >= _MOST_HELD:
            self._held.clear()
        self._held[text] = found
        return found

    def _written(self, text: str) -> int | None:
        key = text.encode("utf-8", "replace")
        line = b""
        for first, lines in reversed(self._parts):
            if first[: len(key)] < key:
                line = lines.at_least(key) or line
                break
            line = first
        if not line.startswith(key):
            return None
        return int(line[len(key) + 1 :].split(b" ", 1)[0]) if line[len(key)] == 0x20 else 0


class Emissions:
    """The probabilities of the hidden states of jieba's model: B, M and E begin, continue and end a word, S is a word.

    All numbers are logarithms.

    Raises: Unknown.
    """

    def __init__(self) -> None:
        home = folder()
        if home is None or version() != VERSION:
            raise Unknown("another version of jieba")
        home = home / "finalseg"
        try:
            data = mapped(home / "prob_emit.py")
            start = (home / "prob_start.py").read_text(encoding="ascii")
            steps = (home / "prob_trans.py").read_text(encoding="ascii")
        except (OSError, ValueError) as error:
            raise Unknown(str(error)) from error
        self.start = _numbers(start)
        self.steps = {state: _numbers(row) for state, row in re.findall(r"'([BEMS])': \{([^}]*)\}", steps)}
        # One byte before the name of a state, so the first character of each state stands in the column of the others.
        at = [data.find(b"'%s': {" % state) - 1 for state in (b"B", b"E", b"M", b"S")]
        ends = [*at[1:], len(data)]
        if at[0] < 0 or sorted(ends) != ends or len(self.start) != 4 or len(self.steps) != 4:
            raise Unknown("another model")
        self._parts = {
            state: SortedLines(data, start, end, column=7) for state, start, end in zip("BEMS", at, ends, strict=True)
        }
        self._held: dict[tuple[str, str], float] = {}

    def emission(self, state: str, char: str) -> float:
        """Return the log probability of a character in a state."""
        held = self._held.get((state, char))
        if held is not None:
            return held
        key = b"'\\u%04x': " % ord(char)
        line = self._parts[state].at_least(key)
        found = float(line[len(key) :].rstrip(b",}")) if line.startswith(key) else _MIN
        if len(self._held) >= _MOST_HELD:
            self._held.clear()
        self._held[state, char] = found
        return found

    def step(self, before: str, after: str) -> float:
        """Return the log probability that a state follows another."""
        return self.steps[before].get(after, _MIN)


def _numbers(source: str) -> dict[str, float]:
    return {state: float(number) for state, number in re.findall(r"'([BEMS])': (-?[0-9.e+]+)", source)}
