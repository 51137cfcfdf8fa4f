"""A page in an e-mail message."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from searchkit.sources.html import BadPage, read_mhtml, read_page


def pack(html: bytes, *, charset: str = "utf-8", encoding: str = "quoted-printable") -> bytes:
    message = EmailMessage()
    message["Snapshot-Content-Location"] = "https://news.example/saved.html"
    message["Subject"] = "海湾新桥"
    message.add_header("Content-Type", "multipart/related")
    part = EmailMessage()
    part.set_content(html, maintype="text", subtype="html", cte=encoding)
    part.set_param("charset", charset)
    picture = EmailMessage()
    picture.set_content(b"\x89PNG" * 100, maintype="image", subtype="png")
    message.attach(picture)
    message.attach(part)
    return message.as_bytes()


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_the_page_inside_is_read(page, told, zone, encoding, charset):
    html = page().encode("gbk" if charset == "gb2312" else "utf-8")
    got = read_mhtml(pack(html, charset=charset, encoding=encoding), timezone=zone)
    assert (got.title, got.body, got.url) == (told[0], told[1], "https://news.example/saved.html")


def test_it_is_the_same_article_as_the_page_itself(page, zone):
    html = page().encode()
    url = "https://news.example/saved.html"
    assert read_mhtml(pack(html), timezone=zone) == read_page(html, url=url, timezone=zone)


@pytest.mark.parametrize("data", [b"", b"no message", b"Content-Type: multipart/related; boundary=x\n\n--x\n" * 2000])
def test_what_holds_no_page_is_refused(zone, data):
    with pytest.raises(BadPage):
        read_mhtml(data, timezone=zone)
