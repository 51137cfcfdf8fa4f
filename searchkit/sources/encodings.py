"""Bytes to text when nobody says how they are encoded, or says it wrongly.

The ladder: a byte-order mark; UTF-8, of which up to 0.5% of the bytes that are not ASCII may be bad; then, of UTF-8,
GB18030, Big5-HKSCS and UTF-16 without a mark, the one whose characters are the most usual in Chinese news. What a page
or a record declares is not asked: of real pages every ninth declares the wrong one.

A text may be put together of lines in two encodings, such as an export to which another program appended. So a text of
which more lines are UTF-8 than are not is UTF-8, and a line that does not fit is decoded by itself.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from functools import lru_cache
from typing import Any

from searchkit.language.messages import Message
from searchkit.sources.common_characters import COMMON, FREQUENT, PUNCTUATION

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
BAD_SHARE = 0.005
"""Bad bytes among those that are not ASCII, up to which a text is UTF-8 all the same."""

_SAMPLE = 32 * 1024
_HIGH = re.compile(rb"[\x80-\xff]+")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def encoding_of(data: bytes) -> str:
    """The name of the Python codec that `data` is best read with; `utf-8` for ASCII and for nothing at all."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if b"\x00" in data[:_SAMPLE] and (name := _by_zeros(data[:_SAMPLE])):
        return name
    bad = _bad_utf8(data)
    if bad == 0:
        return "gb18030" if _only_looks_like_utf8(data) else "utf-8"
    if bad <= BAD_SHARE * sum(map(len, _HIGH.findall(data))):
        return "utf-8"
    return "utf-8" if _mostly_utf8_lines(data) else _contest(data)


def decode(data: bytes) -> str:
    """Return `data` as text, without a byte-order mark, a line in another encoding than the rest decoded by itself.

    What cannot be read becomes U+FFFD. Line ends stay as they are.
    """
    encoding = encoding_of(data)
    if encoding.startswith("utf-8"):
        try:
            return data.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            pass
    elif encoding not in _NARROW or not _UTF8_RUN.search(data):
        return decode_as(data, encoding)
    text = "".join(decode_line(line, encoding) for line in _LINES.findall(data))
    return text.removeprefix("\ufeff")


def decode_as(data: bytes, encoding: str) -> str:
    """Return `data` decoded by a codec that `encoding_of` named, without a byte-order mark, bad bytes as U+FFFD.

    GB18030 is read as browsers read it: the byte 0x80 is the euro sign of code page 936, and the characters that had no
    place in Unicode when the standard was written (FE59 is 龴) are what they are now.
    """
    if encoding == "gb18030":
        text = data.decode(encoding, _EURO)
        if _ONCE_PRIVATE.search(text):
            text = text.translate(_NO_LONGER_PRIVATE)
    else:
        text = data.decode(encoding, "replace")
    return text.removeprefix("\ufeff")


def decode_line(data: bytes, encoding: str) -> str:
    """Return one line of a stream whose beginning is in `encoding`; a line in another one is decoded by itself."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if encoding in ("utf-8", "utf-8-sig"):
            return decode_as(data, _best_of_line(data))
        return decode_as(data, encoding)
    if encoding in ("utf-8", "utf-8-sig") or text.isascii() or any(char > "\u07ff" for char in text):
        return text.lstrip("\ufeff")
    return decode_as(data, encoding)


def _best_of_line(data: bytes) -> str:
    """Return the encoding of a line that is not UTF-8; never one in which a line would end otherwise."""
    bad = _bad_utf8(data)
    return "utf-8" if bad <= BAD_SHARE * sum(map(len, _HIGH.findall(data))) else _contest(data, wide=False)


def _mostly_utf8_lines(data: bytes) -> bool:
    """Whether more lines of `data`, of those that are not ASCII, are Chinese in UTF-8 than are not UTF-8."""
    good = other = 0
    for line in _LINES.findall(data[: 8 * _SAMPLE])[:-1] if len(data) > 8 * _SAMPLE else _LINES.findall(data):
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            # a single bad byte in a long line is a fault of that line, not another encoding
            bad = _bad_utf8(line)
            good, other = (good + 1, other) if bad * 20 <= len(line) else (good, other + 1)
        else:
            good += any("\u3000" <= char <= "\u9fff" for char in text)
    return good > other


def _euro_sign(error: UnicodeError) -> tuple[str, int]:
    """Replace the byte 0x80, which the codec of Python lacks, by the euro sign; anything else by U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.start + 1]
    return ("€", error.start + 1) if bad == b"\x80" else ("\ufffd", error.end)


_EURO = "searchkit.euro"
codecs.register_error(_EURO, _euro_sign)
_NARROW = ("gb18030", "big5hkscs")
_LINES = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_UTF8_RUN = re.compile(rb"(?:[\xe2-\xe9][\x80-\xbf]{2}){4}")
"""Four Chinese characters of UTF-8 in a row, which GB18030 and Big5 rarely look like."""
_NO_LONGER_PRIVATE = str.maketrans(
    # the GB18030 of 2000, which Python has, and the Unicode of today
    dict(
        zip(
            "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7"
            "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864\ue816\ue817\ue818\ue831\ue83b\ue855",
            "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u1e3f"
            "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb\U00020087\U00020089\U000200cc\U000215d7\U0002298f"
            "\U000241fe",
            strict=True,
        )
    )
)
_ONCE_PRIVATE = re.compile(f"[{''.join(map(chr, _NO_LONGER_PRIVATE))}]")


def is_wide(encoding: str) -> bool:
    """A line end is more than one byte in this encoding: the stream cannot be cut at newline bytes."""
    return encoding.startswith(("utf-16", "utf-32"))


class Transcoded(io.RawIOBase):
    """A stream of UTF-16 or UTF-32 as UTF-8."""

    def __init__(self, stream: io.RawIOBase, encoding: str) -> None:
        super().__init__()
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._pending = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._pending and not self._ended:
            data = self._stream.read(1 << 16) or b""
            self._ended = not data
            self._pending = self._decoder.decode(data, self._ended).encode("utf-8", "replace")
        part = self._pending[: len(buffer)]
        self._pending = self._pending[len(part) :]
        buffer[: len(part)] = part
        return len(part)


def binary_reason(head: bytes, *, complete: bool) -> str:
    """Why the beginning of a file is no text at all, as the end of a sentence; empty if it may well be text.

    Args:
        complete: `head` is the whole file; otherwise a character cut at its end is no fault.
    """
    if not complete:
        head = head[: head.rfind(b"\n") + 1] or head[: len(head) & ~3]
    if not head:
        return ""
    encoding = encoding_of(head)
    sample = head[: 4 * _SAMPLE]
    text = decode_as(sample, encoding)
    if encoding == "utf-8" and _bad_utf8(sample):
        text = "".join(decode_line(line, encoding) for line in _LINES.findall(sample))
    zeros = text.count("\x00")
    if zeros > 2 and zeros * 1000 > len(text):
        return Message("is a binary file, not text")
    strange = len(_CONTROL.findall(text))
    if encoding.startswith("utf-8"):  # what is well-formed there is meant, however rare
        strange += text.count("\ufffd")
    else:
        strange += sum(1 for char in text if char > "\x7f" and _weight(char) <= _BROKEN)
    if strange > 2 and strange * 10 > len(text):
        return Message("is a binary file, not text")
    return ""


def _bad_utf8(data: bytes) -> int:
    """How many places of `data` are not well-formed UTF-8; a character cut off by the end is not counted."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(data, False)
    return text.count("\ufffd") - data.count(b"\xef\xbf\xbd")


def _only_looks_like_utf8(data: bytes) -> bool:
    """A few characters of GB18030 may happen to be well-formed UTF-8, as some letter of a distant script."""
    if len(data) > 4096 or data.isascii():
        return False
    odd = {char for char in data.decode("utf-8", "ignore") if char > "\x7f"}
    if any(char > "\u07ff" for char in odd):
        return False
    try:
        chinese = {char for char in data.decode("gb18030") if char > "\x7f"}
    except UnicodeDecodeError:
        return False
    return len(chinese) >= 2 and chinese <= COMMON


def _by_zeros(sample: bytes) -> str:
    """UTF-16 with some ASCII in it has its zeros on one side; the name of that codec, or nothing."""
    half = max(1, len(sample) // 2)
    even = sample[0::2].count(0)
    odd = sample[1::2].count(0)
    for name, here, there in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if here > 20 * there and (here > 0.3 * half or _score(sample, name) > 0):
            return name
    return ""


def _contest(data: bytes, *, wide: bool = True) -> str:
    """The encoding under which `data` looks most like Chinese news."""
    sample = data[:_SAMPLE]
    if len(data) > _SAMPLE:  # of a page that is mostly markup, the lines that tell something
        picked = bytearray()
        at = 0
        while len(picked) < _SAMPLE and (match := _HIGH.search(data, at)):
            start = match.start()  # no character of these encodings begins before its first high byte
            at = data.find(b"\n", start, start + _SAMPLE // 4) + 1 or start + _SAMPLE // 4
            picked += data[start:at]
        sample = bytes(picked)
    best, best_score = "gb18030", float("-inf")
    for name in ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be"):
        pairs = is_wide(name)
        if pairs and (not wide or len(data) % 2):
            continue
        score = _score(data[:_SAMPLE] if pairs else sample, name)
        if score > best_score:
            best, best_score = name, score
    return best


_BROKEN = -3.0


def _score(sample: bytes, encoding: str) -> float:
    """How usual the characters are, on average over those that are not ASCII; from -3 to 3."""
    text = decode_as(sample, encoding)
    odd = [char for char in text if char > "\x7f" or char < "\x07"]
    return sum(map(_weight, odd)) / len(odd) if odd else 0.0


@lru_cache(maxsize=1 << 16)
def _weight(char: str) -> float:
    """How much a character speaks for the encoding it came out of."""
    if char in FREQUENT or char in PUNCTUATION:
        return 3.0
    if char in COMMON:
        return 2.0
    if "\u4e00" <= char <= "\u9fff":
        # both standards put the usual characters first, so the lead byte tells
        if "\xb0" <= _lead(char, "gb2312") <= "\xd7":
            return 0.5
        return 0.25 if "\xa4" <= _lead(char, "big5") <= "\xc6" else -1.0
    if char == "\ufffd" or char < "\x07" or unicodedata.category(char) in ("Co", "Cn", "Cs", "Cc"):
        return _BROKEN
    return -0.5 if char < "\u2000" else -1.0


def _lead(char: str, encoding: str) -> str:
    """The first byte of a character, as a character; NUL where the encoding lacks it."""
    return chr(char.encode(encoding, "ignore")[:1].ljust(1, b"\0")[0])
