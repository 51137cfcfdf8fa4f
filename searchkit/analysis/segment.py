"""Chinese words by jieba: the only module that imports it.

`jieba` is the reference and provides the dictionary; `rjieba`, the same algorithm in Rust and about twelve times as
fast, does the work. They cut identically the runs that `searchkit.analysis.characters.JIEBA_RUN` allows (a test
compares them), so which of the two is installed is not part of an index's fingerprint. Neither is loaded for a query,
as loading would take longer than answering it: `query_segmenter` makes the same cuts from jieba's files.

The text comes folded, hence in lower case, but jieba's dictionary spells A股 and T恤 in upper case: those few words are
added in lower case to both.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from searchkit.analysis.jieba_cut import Cutter
from searchkit.analysis.jieba_files import Dictionary, Emissions, Unknown
from searchkit.analysis.normalise import fold
from searchkit.deadline import uncounted
from searchkit.errors import UsageError
from searchkit.system.after_fork import renew_after_fork

Cut = Callable[[str], Sequence[str]]

LOWERED = (
    ("aa制", 3), ("ab型", 3), ("at&t", 3), ("a型", 3), ("a座", 3), ("a股", 3), ("a轮", 3), ("bb机", 3),
    ("bp机", 3), ("b型", 3), ("b座", 3), ("b股", 3), ("b超", 3), ("b轮", 3), ("call机", 3), ("cd机", 3),
    ("cd盒", 3), ("c座", 3), ("c盘", 3), ("c语言", 3), ("d座", 3), ("d版", 3), ("d盘", 3), ("e化", 3), ("e座", 3),
    ("e盘", 3), ("e通", 3), ("f座", 3), ("f盘", 3), ("g盘", 3), ("h盘", 3), ("h股", 3), ("ic卡", 3), ("ip卡", 3),
    ("ip地址", 3), ("ip电话", 3), ("i盘", 3), ("k党", 3), ("k歌之王", 3), ("n年", 3), ("o型", 3), ("pc机", 3),
    ("ph值", 3), ("qq号", 3), ("q版", 3), ("rss订阅", 3), ("sim卡", 3), ("t台", 3), ("t型台", 3), ("t恤", 4),
    ("t恤衫", 3), ("t盘", 3), ("u盘", 3), ("visa卡", 3), ("x光", 3), ("x光线", 3), ("x射线", 3), ("z盘", 3),
    ("大s", 3), ("小s", 3), ("阿q", 3),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UserWord:
    """One line of a user dictionary: a word, its assumed frequency, and its part of speech."""

    word: str
    freq: int | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class UserDictionary:
    """Words to add to jieba's own, in jieba's format: one line `word [frequency [tag]]` each."""

    words: tuple[UserWord, ...] = ()

    @property
    def digest(self) -> str:
        """A digest of the content; empty for an empty dictionary."""
        if not self.words:
            return ""
        return hashlib.sha256(repr(self.words).encode()).hexdigest()[:16]


_LINE = re.compile(r"(?P<word>\S.*?)(?:\s+(?P<freq>[0-9]+))?(?:\s+(?P<tag>[a-z]+))?")


def parse_dictionary(text: str, *, name: str = "dictionary") -> UserDictionary:
    """Parse a user dictionary. Raises: UsageError, naming the line, for a line without a valid word."""
    words: dict[str, UserWord] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        word = fold(found["word"]) if found else ""
        if not found or re.search(r"\s", word):
            raise UsageError(
                f"{name}:{number}: not a dictionary line: {line[:40]!r}",
                hint="one word a line, then optionally its frequency and its tag: 深度求索 10 nz",
            )
        words[word] = UserWord(word, int(found["freq"]) if found["freq"] else None, found["tag"])
    return UserDictionary(tuple(words.values()))


def load_dictionary(path: str | Path) -> UserDictionary:
    """Read a user dictionary from a UTF-8 file. Raises: UsageError if it cannot be read."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the dictionary {path}: {error}", hint="give a UTF-8 text file") from error
    return parse_dictionary(text, name=str(path))


@dataclass(frozen=True, slots=True)
class Segmenter:
    """The two ways to cut a run of `JIEBA_RUN` characters.

    `words` assigns each character to one word; `search` also returns the dictionary's shorter words inside longer ones,
    before them.
    """

    words: Cut
    search: Cut
    engine: str


def _all_words(dictionary: UserDictionary) -> Iterable[UserWord]:
    yield from (UserWord(word, freq) for word, freq in LOWERED)
    yield from dictionary.words


def _with_rjieba(dictionary: UserDictionary) -> Segmenter:
    import rjieba

    cutter = rjieba.Jieba()
    for entry in _all_words(dictionary):
        cutter.add_word(entry.word, entry.freq, entry.tag)
    return Segmenter(cutter.cut, cutter.cut_for_search, "rjieba")


def _with_jieba(dictionary: UserDictionary) -> Segmenter:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)  # otherwise it prints its loading time on stderr
    cutter = jieba.Tokenizer()
    for entry in _all_words(dictionary):
        cutter.add_word(entry.word, entry.freq, entry.tag)
    return Segmenter(cutter.lcut, cutter.lcut_for_search, "jieba")


@lru_cache(maxsize=4)
def segmenter(dictionary: UserDictionary = UserDictionary(), engine: str = "") -> Segmenter:  # frozen
    """Return the segmenter with these words added: the `engine` named; default: rjieba if installed, else jieba."""
    if engine != "jieba":
        try:
            return _with_rjieba(dictionary)
        except ImportError:
            if engine == "rjieba":
                raise
    return _with_jieba(dictionary)


_MOST_SUGGESTED = 200
"""User words without a frequency, above which loading rjieba is quicker: each of them costs some cuts."""

_MOST_CUT = 10_000
"""Characters whose cutting takes as long as loading rjieba."""


@lru_cache(maxsize=4)
def query_segmenter(dictionary: UserDictionary = UserDictionary()) -> Segmenter:  # frozen
    """Return a segmenter that is ready at once, for texts as short as queries. It cuts exactly like `segmenter`.

    After many characters, or if jieba's files are not the known ones, it loads the other segmenter.
    """
    suggested = sum(word.freq is None for word in dictionary.words)
    # jieba never joins a word of frequency 0, which is a separate rule.
    if suggested > _MOST_SUGGESTED or any(word.freq == 0 for word in dictionary.words):
        return segmenter(dictionary)
    try:
        cutter = Cutter(Dictionary(), Emissions())
    except Unknown:
        return segmenter(dictionary)
    for entry in _all_words(dictionary):
        cutter.add(entry.word, entry.freq)
    return _limited(cutter, dictionary)


class _Limited:
    """A segmenter that uses a `Cutter` as long as that is quicker, then the segmenter that takes time to load.

    Any number of threads may use it. One of them loads, and the others wait instead of loading it again. No question is
    charged for this time.
    """

    def __init__(self, cutter: Cutter, dictionary: UserDictionary) -> None:
        self._cutter = cutter
        self._dictionary = dictionary
        self._done = 0  # if two threads add at once, one's characters may be lost: the switch only comes a little later
        self._loading = threading.Lock()
        renew_after_fork(self)

    def renew_locks(self) -> None:
        """See `searchkit.system.after_fork`."""
        self._loading = threading.Lock()

    def words(self, run: str) -> tuple[str, ...]:
        """See `Segmenter.words`."""
        return tuple(self._cutter.words(run) if self._is_few(run) else self._thorough().words(run))

    def search(self, run: str) -> tuple[str, ...]:
        """See `Segmenter.search`."""
        return tuple(self._cutter.search(run) if self._is_few(run) else self._thorough().search(run))

    def _is_few(self, run: str) -> bool:
        self._done += len(run)
        return self._done <= _MOST_CUT

    def _thorough(self) -> Segmenter:
        with uncounted(), self._loading:
            return segmenter(self._dictionary)


def _limited(cutter: Cutter, dictionary: UserDictionary) -> Segmenter:
    limited = _Limited(cutter, dictionary)
    held = lru_cache(maxsize=1000)
    return Segmenter(held(limited.words), held(limited.search), "jieba's files")


_NAMES = re.compile("n[rstz]|eng")


@lru_cache(maxsize=1)
def _tagger() -> Callable[[str], Iterable[tuple[str, str]]]:
    try:
        import rjieba

        tag: Callable[[str], Iterable[tuple[str, str]]] = rjieba.Jieba().tag
        return tag
    except ImportError:
        import jieba.posseg

        cutter = jieba.posseg.POSTokenizer(jieba.Tokenizer())
        return lambda text: ((pair.word, pair.flag) for pair in cutter.cut(text))


def names(text: str) -> list[str]:
    """Return the words of a folded text that jieba tags as names of people, places, bodies or works, or as Latin."""
    return [word for word, tag in _tagger()(text) if _NAMES.match(tag)]
