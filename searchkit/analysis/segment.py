"""Chinese words by jieba: the only module that imports it.

`jieba` is the reference and the home of the dictionary; `rjieba`, the same algorithm in Rust and about twelve times as
fast, does the work. They cut identically the runs that `searchkit.analysis.characters.JIEBA_RUN` allows (a test holds
them to it), so which of the two is at hand is no part of an index's fingerprint. Neither is loaded for a query, which
would take longer than to answer it: `query_segmenter` cuts as they do by what it reads of jieba's files.

The text comes folded, where jieba's dictionary spells A股 and 著名: words that folding changes (a股, 着名) are added to
all of them (`folded_words.txt`). Words of a user dictionary with characters that jieba is not given are not added to
it, see `searchkit.analysis.signed_words`.
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
from searchkit.system.forking import renew_after_fork
from searchkit.system.log import logger

Cut = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class UserWord:
    """One line of a user dictionary: a word, how often it is to be thought of, and its part of speech."""

    word: str
    freq: int | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class UserDictionary:
    """Words to be taken as words, in jieba's format: `word [frequency [tag]]` a line."""

    words: tuple[UserWord, ...] = ()
    refused: tuple[str, ...] = field(default=(), compare=False)
    """A sentence about each line that no word could be read from."""

    @property
    def digest(self) -> str:
        """The name of the words; empty for none."""
        if not self.words:
            return ""
        return hashlib.sha256(repr(self.words).encode()).hexdigest()[:16]


_LINE = re.compile(r"(?P<word>\S.*?)(?:\s+(?P<freq>[0-9]+))?(?:\s+(?P<tag>[a-z]+))?")
_HINT = "one word a line, then optionally its frequency and its tag: 深度求索 10 nz"


def parse_dictionary(text: str, *, name: str = "dictionary") -> UserDictionary:
    """Read a user dictionary; a line that no word can be read from is left out and told in `refused`.

    Args:
        name: of the file, for what is told.

    Raises:
        UsageError: no line has a word, though some are neither empty nor comments.
    """
    words: dict[str, UserWord] = {}
    refused: list[str] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        word = fold(found["word"]).strip() if found else ""
        reason = _refusal(word)
        if not found or reason:
            refused.append(f"{name}:{number}: {reason}: {line[:40]!r}")
        else:
            words[word] = UserWord(word, int(found["freq"]) if found["freq"] else None, found["tag"])
    if refused and not words:
        raise UsageError(refused[0], hint=_HINT)
    return UserDictionary(tuple(words.values()), tuple(refused))


def _refusal(word: str) -> str:
    """Return why a folded string can be no word of a dictionary; empty if it can."""
    if not word:
        return "no word"
    if re.search(r"\s", word):
        return "a word has no spaces"
    return f"a word has at most {MAX_LETTERS} characters" if len(word) > MAX_LETTERS else ""


def load_dictionary(path: str | Path) -> UserDictionary:
    """Read a user dictionary from a UTF-8 file; lines that are no words are logged, too.

    Raises:
        UsageError: the file cannot be read, or has lines and no word.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the dictionary {path}: {error}", hint="give a UTF-8 text file") from error
    read = parse_dictionary(text, name=str(path))
    for each in read.refused:
        logger(__name__).warning("left out of the dictionary: %s", each)
    return read


@dataclass(frozen=True, slots=True)
class Segmenter:
    """The two ways to cut a run of `JIEBA_RUN` characters, and the words that are found before anything is cut.

    `words` gives each character to one word; `search` adds the dictionary's shorter words inside longer ones, before
    them.
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


def _with_rjieba(dictionary: UserDictionary) -> Segmenter:
    import rjieba

    cutter = rjieba.Jieba()
    for entry in _all_words(dictionary):
        cutter.add_word(entry.word, entry.freq, entry.tag)
    return Segmenter(cutter.cut, cutter.cut_for_search, "rjieba", _signed(dictionary))


def _with_jieba(dictionary: UserDictionary) -> Segmenter:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)  # it prints its loading time on stderr otherwise
    cutter = jieba.Tokenizer()
    for entry in _all_words(dictionary):
        cutter.add_word(entry.word, entry.freq, entry.tag)
    return Segmenter(cutter.lcut, cutter.lcut_for_search, "jieba", _signed(dictionary))


@lru_cache(maxsize=4)
def segmenter(dictionary: UserDictionary = UserDictionary(), engine: str = "") -> Segmenter:  # frozen
    """The segmenter with these words added: rjieba where it is installed, else jieba; or the `engine` named."""
    if engine != "jieba":
        try:
            return _with_rjieba(dictionary)
        except ImportError:
            if engine == "rjieba":
                raise
    return _with_jieba(dictionary)


_MOST_SUGGESTED = 200
"""User words without a frequency, each of which costs some cuts, before loading rjieba is quicker."""

_MOST_CUT = 10_000
"""Characters, after which as much time has been spent as loading rjieba takes."""


@lru_cache(maxsize=4)
def query_segmenter(dictionary: UserDictionary = UserDictionary()) -> Segmenter:  # frozen
    """A segmenter that is ready at once, for the short texts that queries are: it cuts as `segmenter` does.

    After many characters, and where jieba's files are not those known, it loads the other one.
    """
    suggested = sum(word.freq is None for word in dictionary.words)
    # jieba never puts together a word of the frequency 0, which is a rule by itself.
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
    """Cuts by a `Cutter` as long as that is quicker, then by the segmenter that takes time to load.

    Any number of threads may cut. One of them loads, and those that need it wait for that: each for itself would load
    it once more. No question is charged for it.
    """

    def __init__(self, cutter: Cutter, dictionary: UserDictionary) -> None:
        self._cutter = cutter
        self._dictionary = dictionary
        self._done = 0  # two threads that add at once may lose one's characters, which only makes it a little later
        self._loading = threading.Lock()
        renew_after_fork(self)

    def renew_locks(self) -> None:
        """See `searchkit.system.forking`."""
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
    """The words of a folded text that jieba takes for names of people, places, bodies or works, or that are latin."""
    return [word for word, tag in _tagger()(text) if _NAMES.match(tag)]
