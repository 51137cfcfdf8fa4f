"""Packed files: nested, damaged, hostile."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import sys
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

import searchkit.sources as sources
from searchkit.errors import MissingExtra
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.sources import Limits
from tests.conftest import examples

LINE = '{"title": "青石桥", "body": "正文"}\n'.encode()
TEXT = "渡口停航\n2024-05-06\n渡口今日停航。\n".encode()


def zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def tarred(*members: tuple[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def read(data: bytes, **options: Any) -> list[Article | Rejected]:
    return list(sources.read(io.BytesIO(data), **options))


def shown(items: list[Article | Rejected]) -> list[str]:
    return [each.title if isinstance(each, Article) else each.where.removeprefix("<stream>") for each in items]


def only_reason(items: list[Article | Rejected]) -> str:
    assert len(items) == 1
    assert isinstance(items[0], Rejected)
    return items[0].reason


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.compress,
}


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_compressed(pack: Callable[[bytes], bytes]) -> None:
    assert shown(read(pack(LINE * 3))) == ["青石桥"] * 3
    assert shown(read(pack(LINE) + pack(LINE))) == ["青石桥"] * 2  # two streams in a row are one
    assert shown(read(pack(pack(LINE)))) == ["青石桥"]
    assert "empty" in only_reason(read(pack(b"")))


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_with_every_compression(compression: int) -> None:
    assert shown(read(zipped(("a.jsonl", LINE * 2), ("b.txt", TEXT), compression=compression))) == [
        "青石桥",
        "青石桥",
        "渡口停航",
    ]


def test_nested() -> None:
    inner = zipped(("x/a.jsonl", LINE), ("empty.txt", b""), ("b.jsonl.gz", gzip.compress(LINE)))
    outer = tarred(("in.zip", inner), ("c.txt", TEXT), mode="w:gz")
    assert shown(read(outer)) == ["青石桥", "!in.zip!empty.txt", "青石桥", "渡口停航"]
    assert shown(read(zipped(("in.tar", tarred(("in.zip", inner)))))) == [
        "青石桥",
        "!in.tar!in.zip!empty.txt",
        "青石桥",
    ]
    found = read(zipped(("d/a.jsonl", LINE + b"bad\n")))
    assert shown(found) == ["青石桥", "!d/a.jsonl:2"]


def test_a_large_zip_inside_another_file_is_copied_to_disk_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    big = zipped(("a.txt", random.Random(3).randbytes(9 << 20)), ("b.jsonl", LINE), compression=zipfile.ZIP_STORED)
    assert shown(read(tarred(("in.zip", big)))) == ["!in.zip!a.txt", "青石桥"]
    assert list(tmp_path.iterdir()) == []
    assert "unpack it first" in only_reason(read(tarred(("in.zip", big)), limits=Limits(spooled_bytes=1 << 20)))


def test_two_tars_in_a_row_are_not_passed_over_in_silence() -> None:
    found = read(tarred(("a.jsonl", LINE)) + tarred(("b.jsonl", LINE)))
    assert shown(found) == ["青石桥", ""]
    assert "end mark" in only_reason(found[1:])


def test_what_is_passed_over() -> None:
    members = [
        (".hidden", LINE),
        ("__MACOSX/a.jsonl", LINE),
        ("a/.git/b.jsonl", LINE),
        ("rejects.jsonl", LINE),
        ("dir/", b""),
    ]
    assert "no files" in only_reason(read(zipped(*members)))
    assert shown(read(zipped(*members, ("./a.jsonl", LINE)))) == ["青石桥"]
    assert "no files" in only_reason(read(tarred(*members[:4])))
    assert "no files" in only_reason(read(zipped()))


def test_names_never_touch_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "outside.jsonl"
    names = ["../../outside.jsonl", str(target), "C:\\outside.jsonl"]
    for pack in (zipped, tarred):
        assert shown(read(pack(*[(name, LINE) for name in names]))) == ["青石桥"] * 3
    assert list(tmp_path.rglob("*")) == []


def test_hostile_names_are_printable() -> None:
    name = "a\x1b[31m\n\u202e.txt"
    for data in (zipped((name, b"")), tarred((name, b""))):
        (item,) = read(data)
        assert isinstance(item, Rejected)
        assert item.where.isprintable()


@pytest.mark.parametrize(
    ("name", "encoding"), [("新闻存档/江湾大桥", "gbk"), ("新聞資料/臺灣的橋樑", "big5"), ("新闻/桥", "utf-8")]
)
def test_zip_names_without_the_utf8_mark(name: str, encoding: str) -> None:
    raw = name.encode(encoding)
    data = zipped(("A" * len(raw), b"")).replace(b"A" * len(raw), raw)
    assert shown(read(data)) == [f"!{name}"]


def test_tar_names_in_gbk() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", encoding="gbk", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("新闻存档/江湾大桥.txt"))
    assert shown(read(out.getvalue())) == ["!新闻存档/江湾大桥.txt"]


def test_links_and_devices_in_a_tar_are_named_not_followed() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("x")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    found = read(out.getvalue())
    assert len(found) == 4
    assert all(isinstance(each, Rejected) and "not read" in each.reason for each in found)


def test_an_encrypted_member_is_named_and_the_rest_read() -> None:
    data = bytearray(zipped(("a.txt", TEXT), ("b.jsonl", LINE)))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    found = read(bytes(data))
    assert shown(found) == ["!a.txt", "青石桥"]
    assert "encrypted" in only_reason(found[:1])


def test_a_corrupt_member_is_named_and_the_rest_read() -> None:
    data = bytearray(zipped(("a.txt", TEXT * 50), ("b.jsonl", LINE)))
    data[50:60] = b"\xff" * 10
    found = read(bytes(data))
    assert shown(found) == ["!a.txt", "青石桥"]
    assert "damaged" in only_reason(found[:1])


def whole(count: int) -> bytes:
    rng = random.Random(7)
    return b"".join(b'{"title": "%d", "body": "%s"}\n' % (at, rng.randbytes(40).hex().encode()) for at in range(count))


CONTAINERS = {
    "gz": gzip.compress(whole(300)),
    "xz": lzma.compress(whole(300)),
    "bz2": bz2.compress(whole(300)),
    "tar": tarred(*[(f"{at}.jsonl", whole(300).splitlines(True)[at]) for at in range(40)]),
    "tgz": tarred(*[(f"{at}.jsonl", whole(300).splitlines(True)[at]) for at in range(40)], mode="w:gz"),
    "zip": zipped(*[(f"{at}.jsonl", whole(300).splitlines(True)[at]) for at in range(40)]),
}


@examples(40)
@given(st.sampled_from(sorted(CONTAINERS)), st.floats(0.1, 0.999))
def test_a_cut_file_gives_its_beginning_and_says_that_it_is_cut(kind: str, share: float) -> None:
    data = CONTAINERS[kind]
    full = shown(read(data))
    found = read(data[: int(len(data) * share)])
    articles = [each.title for each in found if isinstance(each, Article)]
    assert articles == full[: len(articles)]
    # a tar is whole with the first block of zeros at its end, of which it has many
    assert any(isinstance(each, Rejected) for each in found) or (kind == "tar" and articles == full)


@examples(60)
@given(st.sampled_from(sorted(CONTAINERS)), st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
def test_no_damage_raises(kind: str, at: int, junk: bytes) -> None:
    data = bytearray(CONTAINERS[kind])
    at %= len(data)
    data[at : at + len(junk)] = junk
    assert read(bytes(data))


def test_a_gz_that_breaks_off_gives_the_lines_before() -> None:
    found = read(CONTAINERS["gz"][:-500])
    assert len(found) > 100
    last = found[-1]
    assert isinstance(last, Rejected)
    assert "cut short" in last.reason
    assert last.where == f"<stream>:{len(found)}"


def test_layers_are_bounded() -> None:
    data = LINE
    for _ in range(12):
        data = gzip.compress(data)
    assert "packed more than 6 times" in only_reason(read(data))


def test_a_zip_that_holds_itself_ends() -> None:
    data = zipped(("a.jsonl", LINE))
    for _ in range(10):
        data = zipped(("in.zip", data), ("b.jsonl", LINE))
    found = read(data)
    assert shown(found).count("青石桥") == 6


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_bombs_are_stopped_and_the_rest_goes_in(
    pack: Callable[[bytes], bytes], rounds: Callable[[int, int], int]
) -> None:
    size = rounds(10, 40) << 20
    bomb = pack(b" " * size)
    limits = Limits(expanded_bytes=size // 10, ratio=20)
    for data in (bomb, pack(LINE + b" " * size), tarred(("a.gz", bomb))):
        tracemalloc.start()
        found = list(sources.read(io.BytesIO(data), io.BytesIO(LINE), limits=limits))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert isinstance(found[-1], Article)
        assert any(isinstance(each, Rejected) and "decompression bomb" in each.reason for each in found)
        assert peak < (8 << 20) + size


def test_many_small_members_share_one_budget() -> None:
    data = zipped(*[(f"{at}.txt", b"x" * 100_000) for at in range(100)])
    found = read(data, limits=Limits(expanded_bytes=1 << 20, ratio=2))
    assert len(found) < 30
    assert "decompression bomb" in only_reason(found[-1:])


def test_honest_compression_is_no_bomb() -> None:
    assert len(read(gzip.compress(whole(3000)), limits=Limits(expanded_bytes=1000, ratio=20))) == 3000


def test_a_tar_header_cannot_ask_for_memory() -> None:
    """A pax header or long name that says it is gigabytes long."""
    for kind in (b"x", b"L", b"g"):
        header = bytearray(tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT))
        header[156:157] = kind
        header[124:136] = b"77777777777\0"
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        data = io.BytesIO(bytes(header) + b"x" * (30 << 20))
        tracemalloc.start()
        found = list(sources.read(data))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert "damaged tar" in only_reason(found)
        assert peak < 20 << 20


def test_a_zip_directory_cannot_ask_for_memory() -> None:
    data = bytearray(zipped(*[(f"{at}.txt", b"x") for at in range(2000)]))
    assert "table of contents" in only_reason(read(bytes(data), limits=Limits(directory_bytes=10_000)))
    struct.pack_into("<L", data, len(data) - 10, 0xFFFFFFF0)  # a lie about its size
    assert isinstance(read(bytes(data))[0], Rejected)


def test_damage_inside_a_tar_is_reported() -> None:
    data = bytearray(tarred(("a.jsonl", LINE), ("b.jsonl", LINE)))
    data[1024:1100] = b"\xff" * 76
    found = read(bytes(data))
    assert shown(found) == ["青石桥", ""]
    assert "damaged tar" in only_reason(found[1:])


def test_formats_that_cannot_be_read_say_what_they_are(tmp_path: Path) -> None:
    for name, data, words in (
        ("a.pdf", b"%PDF-1.7\n", "PDF"), ("a.rar", b"Rar!\x1a\x07\0", "RAR"), ("a.7z", b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        ("a.docx", zipped(("word/document.xml", b"<x/>")), "Word"), ("a.xlsx", zipped(("x.xml", b"<x/>")), "Excel"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "picture"), ("a.css", b"p { color: red }", "--format text"),
        ("a.bin", bytes(range(256)) * 9, "binary"),
    ):  # fmt: skip
        path = tmp_path / name
        path.write_bytes(data)
        assert words in only_reason(list(sources.read(path)))


def test_zst_that_is_cut_short_keeps_the_lines_before() -> None:
    packer = zstandard.ZstdCompressor()
    first, second = (packer.compress(LINE * 3 + random.Random(seed).randbytes(300).hex().encode()) for seed in (1, 2))
    skipped = struct.pack("<LL", 0x184D2A50, 4) + b"note"  # a frame that says nothing, as parallel packers write them
    assert shown(read(packer.compress(LINE) + skipped + packer.compress(LINE))) == ["青石桥"] * 2
    for end in range(len(first) + 1, len(first) + len(second), 7):
        found = read((first + second)[:end])
        assert shown(found)[:3] == ["青石桥"] * 3
        assert isinstance(found[-1], Rejected)
        assert "cut short" in found[-1].reason


def test_zst_that_is_damaged_or_asks_for_too_much() -> None:
    data = bytearray(zstandard.ZstdCompressor(write_checksum=True).compress(LINE * 100))
    data[-1] ^= 1
    assert isinstance(read(bytes(data))[-1], Rejected)
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=28, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    wide = packer.compress(LINE) + packer.flush()
    assert "more memory" in only_reason(read(wide))


def test_a_bomb_of_zst() -> None:
    bomb = zstandard.compress(b"\n" * 64_000_000)
    tracemalloc.start()
    found = read(bomb, limits=Limits(expanded_bytes=1_000_000, document_bytes=500_000))
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()
    assert isinstance(found[-1], Rejected)


def test_the_extra_of_zst_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zstandard.compress(LINE)
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(MissingExtra) as caught:
        read(data)
    assert "pip install 'searchkit[zstd]'" in caught.value.hint
    assert "searchkit[zstd]" in only_reason(read(zipped(("a.jsonl.zst", data))))


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"_rels/.rels": "<x/>", "word/document.xml": "<x>渡口</x>"}, "Word document"),
        ({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}, "Excel workbook"),
        ({"mimetype": "application/epub+zip", "a.xhtml": "<html><body><p>渡口恢复通航。</p></body></html>"}, "e-book"),
        ({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x>渡口</x>"}, "office document"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x>渡口</x>"}, "spreadsheet"),
    ],
)
@pytest.mark.parametrize("name", ["renamed.txt", "table.csv", "no_ending"])
def test_a_document_in_a_zip_is_refused_whatever_it_is_called(
    members: dict[str, str], reason: str, name: str, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    (found,) = sources.read(tmp_path / name)
    assert isinstance(found, Rejected) and reason in found.reason
