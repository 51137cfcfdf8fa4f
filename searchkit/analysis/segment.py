"""Chinese words by jieba: the only module that imports it.

`jieba` is the reference and provides the dictionary; `rjieba`, the same algorithm in Rust and about twelve times as
fast, does the work. They cut identically the runs that `searchkit.analysis.characters.JIEBA_RUN` allows (a test
compares them), so which of the two is installed is not part of an index's fingerprint. Neither is loaded for a query,
as loading would take longer than answering it: `query_segmenter` makes the same cuts from jieba's files.

The text comes folded, but jieba's dictionary spells A股 and 著名: the words that folding changes (a股, 着名) are added
to all of them (`folded_words.txt`). A word of a user dictionary with characters that jieba is not given is not added;
see `searchkit.analysis.signed_words`.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from searchkit.analysis.characters import MAX_LETTERS, is_jieba_run
from searchkit.analysis.jieba_cut import Cutter
from searchkit.analysis.jieba_files import Dictionary, Emissions, Unknown
from searchkit.analysis.normalise import fold
from searchkit.analysis.signed_words import NO_SIGNED_WORDS, SignedWords
from searchkit.deadline import uncounted
from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.system.after_fork import renew_after_fork
from searchkit.system.log import logger

Cut = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class UserWord:
    """One line of a user dictionary: a word, its assumed frequency, and its part of speech."""

    word: str
    freq: int | None = None
    tag: str | None = None

    @property
    def line(self) -> str:
        """The word as a line of a dictionary."""
        return " ".join(str(part) for part in (self.word, self.freq, self.tag) if part is not None)


@dataclass(frozen=True, slots=True)
class UserDictionary:
    """Words to add to jieba's own, in jieba's format: one line `word [frequency [tag]]` each."""

    words: tuple[UserWord, ...] = ()
    refused: tuple[str, ...] = field(default=(), compare=False)
    """A sentence about each line that no word could be read from."""

    @property
    def digest(self) -> str:
        """A digest of the content; empty for an empty dictionary."""
        if not self.words:
            return ""
        return hashlib.sha256(repr(self.words).encode()).hexdigest()[:16]


_LINE = re.compile(r"(?P<word>\S.*?)(?:\s+(?P<freq>[0-9]+))?(?:\s+(?P<tag>[a-z]+))?")
_HINT = Message("one word a line, then optionally its frequency and its tag: 深度求索 10 nz")


MOST_LINES = 1_000_000
"""Of a user dictionary; jieba's own large one has 584,000. All are read whenever the archive is opened."""
_MOST_BYTES = 64 * 1024 * 1024


def parse_dictionary(text: str, *, name: str = "dictionary") -> UserDictionary:
    """Read a user dictionary; a line without a valid word is left out, and named in `refused`.

    Args:
        name: of the file, for the messages.

    Raises:
        UsageError: no line has a word, though some are neither empty nor comments; or there are more than MOST_LINES.
    """
    words: dict[str, UserWord] = {}
    refused: list[str] = []
    lines = text.lstrip("\ufeff").splitlines()
    if len(lines) > MOST_LINES:
        raise UsageError(
            Message("{name} has more than {most_lines:,} lines", name=name, most_lines=MOST_LINES),
            hint="leave out words that articles do not have",
        )
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        word = fold(found["word"]).strip() if found else ""
        reason = _refusal(word)
        if not found or reason:
            refused.append(
                Message(
                    "{name}:{number}: {why}: {line!r}", name=name, number=number, why=Message(reason), line=line[:40]
                )
            )
        else:
            words[word] = UserWord(word, int(found["freq"]) if found["freq"] else None, found["tag"])
    if refused and not words:
        raise UsageError(refused[0], hint=_HINT)
    return UserDictionary(tuple(words.values()), tuple(refused))


def _refusal(word: str) -> str:
    """Return why a folded string can be no word of a dictionary; empty if it can."""
    if not word:
        return Message("no word")
    if re.search(r"\s", word):
        return Message("a word has no spaces")
    too_long = len(word) > MAX_LETTERS
    return Message("a word has at most {most} characters", most=MAX_LETTERS) if too_long else ""


def load_dictionary(path: str | Path) -> UserDictionary:
    """Read a user dictionary from a UTF-8 file; lines without a valid word are logged, too.

    Raises:
        UsageError: the file cannot be read, is too large, or has lines and no word.
    """
    try:
        with Path(path).open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)  # it may be a device, which has no end
        text = raw.decode("utf-8-sig") if len(raw) <= _MOST_BYTES else ""
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise UsageError(
            Message("cannot read the dictionary {path}: {reason}", path=path, reason=reason),
            hint="give a UTF-8 text file",
        ) from error
    if len(raw) > _MOST_BYTES:
        raise UsageError(
            Message("the dictionary {path} has more than {most_bytes} MiB", path=path, most_bytes=_MOST_BYTES >> 20),
            hint="give a UTF-8 text file",
        )
    read = parse_dictionary(text, name=str(path))
    for each in read.refused:
        logger(__name__).warning("left out of the dictionary: %s", each)
    return read


@dataclass(frozen=True, slots=True)
class Segmenter:
    """The two ways to cut a run of `JIEBA_RUN` characters, and the words that are found before anything is cut.

    `words` assigns each character to one word; `search` also returns the dictionary's shorter words inside longer ones,
    before them.
    """

    words: Cut
    search: Cut
    engine: str
    signed: SignedWords = NO_SIGNED_WORDS


@cache
def folded_words() -> tuple[tuple[str, int], ...]:
    """Return the words of jieba's dictionary that folding changes, folded, and their frequencies."""
    text = Path(__file__).with_name("folded_words.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple((word, int(frequency)) for word, frequency in pairs)


def _cut_words(dictionary: UserDictionary) -> Iterable[UserWord]:
    """Return the words of a user dictionary that jieba can cut."""
    return (entry for entry in dictionary.words if is_jieba_run(entry.word))


def _all_words(dictionary: UserDictionary) -> Iterable[UserWord]:
    """Return all that is added to jieba's own words."""
    yield from (UserWord(word, freq) for word, freq in folded_words())
    yield from _cut_words(dictionary)


@lru_cache(maxsize=4)
def _signed(dictionary: UserDictionary) -> SignedWords:
    return SignedWords(entry.word for entry in dictionary.words if not is_jieba_run(entry.word))


_RJIEBA_MEMORY = 96 * 1024 * 1024
"""Bytes; it was measured to take two thirds of that, without a dictionary."""


def _with_rjieba(dictionary: UserDictionary) -> Segmenter:
    _require_memory(_RJIEBA_MEMORY)
    import rjieba

    cutter = rjieba.Jieba()
    for entry in _all_words(dictionary):
        cutter.add_word(entry.word, entry.freq, entry.tag)
    return Segmenter(cutter.cut, cutter.cut_for_search, "rjieba", _signed(dictionary))


def _require_memory(size: int) -> None:
    """Raise MemoryError where so many bytes cannot be had. Rust would end the whole process instead."""
    import mmap

    try:
        mmap.mmap(-1, size).close()
    except OSError as error:
        raise MemoryError(f"no {size >> 20} MiB can be had") from error


def _with_jieba(dictionary: UserDictionary) -> Segmenter:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)  # otherwise it prints its loading time on stderr
    cutter = jieba.Tokenizer()
    for entry in _all_words(dictionary):
        cutter.add_word(entry.word, entry.freq, entry.tag)
    return Segmenter(cutter.lcut, cutter.lcut_for_search, "jieba", _signed(dictionary))


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
    cutter.add_all(folded_words())
    for entry in _cut_words(dictionary):
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
    return Segmenter(held(limited.words), held(limited.search), "jieba's files", _signed(dictionary))


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
