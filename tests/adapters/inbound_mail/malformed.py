"""Malformed mails that crash or stall the standard library's parser, or are meant to mislead ours."""

from __future__ import annotations

from collections.abc import Iterator

HEAD = b"From: Anna <anna@retarus.example>\r\nTo: desk@partner.example\r\nSubject: Re: PD-42\r\n"
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n"


def _with(*headers: bytes, body: bytes = b"\r\nHello\r\n") -> bytes:
    return HEAD + b"".join(each + b"\r\n" for each in headers) + body


def _nested(levels: int) -> bytes:
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (each, each) for each in range(levels)
    )
    return HEAD + opening + PLAIN


def _letters(levels: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * levels + PLAIN


def _parts(count: int) -> bytes:
    return _with(
        b"Content-Type: multipart/mixed; boundary=x", body=b"\r\n" + (b"--x\r\n\r\na\r\n" * count) + b"--x--\r\n"
    )


def _multipart(header: bytes, boundary: bytes) -> bytes:
    return _with(header, body=b"\r\n--" + boundary + b"\r\n" + PLAIN + b"--" + boundary + b"--\r\n")


def _numbered() -> Iterator[tuple[str, bytes]]:
    """The fifteen kinds, each with its variants."""
    yield "01 message-id in brackets", _with(b"Message-ID: <[x@microsoft.com]>")
    yield "02 one quote as address", b'To: "\r\n' + HEAD + b"\r\nHello\r\n"
    yield "03 parameter name*", _with(b"Content-Type: text/plain; name*")
    yield "03 parameter name*0*", _with(b"Content-Type: text/plain; name*0*; name*1=x")
    yield "04 comment and group", _with(b"Cc: (x): a@b;")
    yield "04 comment as group name", _with(b"Cc: (c):")
    yield "05 far year", _with(b"Date: Thu, 3 Dec 99999999999999 10:00:00 +0100")
    yield "05 no year", _with(b"Date: Thu, 32 Foo 0 99:99:99 +9999")
    yield "06 encoded line break", b"From: =?utf-8?q?=00=0D=0ABcc:_x@evil.example?= <a@b.example>\r\n\r\nHello\r\n"
    for charset in (b"bogus-99", b"rot13", b'"utf-8\0"', b"idna", b"zlib", b"hex", b"unicode_escape", b"undefined"):
        yield f"07 charset {charset!r}", _with(b"Content-Type: text/plain; charset=" + charset)
        yield f"07 header {charset!r}", _with(b"X-Loop: =?" + charset.strip(b'"') + b"?q?abc?=")
    for char in (b"(", b'"', b"<", b"@", b",", b":", b"\\"):
        yield f"08 From of many {char!r}", b"From: " + char * 20_000 + b"\r\n\r\nHello\r\n"
    yield "09 nested multiparts", _nested(5000)
    yield "09 nested letters", _letters(2000)
    yield "10 many parts", _parts(20_000)
    yield "11 long References", _with(b"References: " + b"<aaaaaaaaaa@bbbbbbbbbb.example>\r\n " * 30_000)
    yield "11 many recipients", _with(b"To: " + b"Anna Muster <anna@muster.example>, " * 20_000)
    yield "12 no boundary", _multipart(b"Content-Type: multipart/mixed", b"x")
    yield "12 empty boundary", _multipart(b'Content-Type: multipart/mixed; boundary=""', b"")
    inner = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + PLAIN + b"--x--\r\n"
    yield (
        "12 equal boundaries",
        _with(b"Content-Type: multipart/mixed; boundary=x", body=b"\r\n--x\r\n" + inner + b"--x--"),
    )
    yield "13 base64 garbage", _with(b"Content-Transfer-Encoding: base64", body=b"\r\n\xff\xfe===A=B?" * 9)
    yield "13 unknown encoding", _with(b"Content-Transfer-Encoding: x-bogus")
    yield (
        "13 multipart as base64",
        _with(
            b"Content-Type: multipart/mixed; boundary=x",
            b"Content-Transfer-Encoding: base64",
            body=b"\r\n--x\r\n" + PLAIN,
        ),
    )
    yield "14 empty", b""
    yield "14 nulls", b"\0" * 1000
    yield "14 CR only", (HEAD + PLAIN).replace(b"\r\n", b"\r")
    yield "14 long header line", _with(b"X-Loop: " + b"a" * 1_000_000)
    yield "14 raw 8-bit headers", "Subject: Grüße\r\nFrom: Jürgen <j@b.example>\r\n\r\nHello\r\n".encode("latin-1")
    yield "15 blank lines", _with(body=b"\r\n" * 50_000 + b"Hello")
    yield "15 On On On", _with(body=b"\r\n" + b"On " * 9000)
    yield "15 schrieb schrieb", _with(body=b"\r\n" + b"Am 1. schrieb " * 9000)
    yield "16 deep HTML", _with(b"Content-Type: text/html", body=b"\r\n" + b"<div>" * 100_000 + b"Hello")
    yield "16 two From lines", b"From: a@b.example\r\nFrom: c@d.example\r\n\r\nHello\r\n"


def _big() -> Iterator[tuple[str, bytes]]:
    """Mails of 25 MB that are expensive for some part of the parser."""
    size = 25 * 1024 * 1024
    yield "short lines", _with(body=b"\r\n" + b"a\r\n" * (size // 3))
    yield "newlines", _with(body=b"\r\n" + b"\n" * size)
    yield (
        "false boundaries",
        _with(b"Content-Type: multipart/mixed; boundary=x", body=b"\r\n" + b"\n--xy" * (size // 5)),
    )
    yield "boundaries", _with(b"Content-Type: multipart/mixed; boundary=x", body=b"\r\n" + b"--x\n" * (size // 4))
    yield "html", _with(b"Content-Type: text/html", body=b"\r\n" + b"<p>a<b>c" * (size // 8))
    yield "html tables", _with(b"Content-Type: text/html", body=b"\r\n" + b"<table><tr><td>a" * (size // 16))
    yield "html comments", _with(b"Content-Type: text/html", body=b"\r\n" + b"<!--" * (size // 4))
    yield "html breaks", _with(b"Content-Type: text/html", body=b"\r\n" + b"<br>" * (size // 4))
    yield (
        "quoted-printable",
        _with(b"Content-Transfer-Encoding: quoted-printable", body=b"\r\n" + b"=C3=BC=\r\n" * (size // 9)),
    )
    yield "quoted text", _with(body=b"\r\n" + b"> a\r\n" * (size // 5))
    yield "header", HEAD + b"X-A: b\r\n" * (size // 8)
    yield "one header line", HEAD + b"X-A: " + b"b" * size
    yield (
        "base64 file",
        _with(
            b"Content-Type: multipart/mixed; boundary=x",
            body=b"\r\n--x\r\n" + PLAIN + b"--x\r\nContent-Type: application/pdf; name=a.pdf\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + (b"QUJD" * 19 + b"\r\n") * (size // 80) + b"\r\n--x--\r\n",
        ),
    )
    level = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    yield (
        "nested around a file",
        HEAD + b"".join(level % (each, each) for each in range(30)) + PLAIN + b"A" * (size - 4000),
    )


MALFORMED = dict(_numbered())
BIG = tuple(name for name, _ in _big())


def big(name: str) -> bytes:
    """A function, as all of them at once would take 400 MB."""
    return next(raw for each, raw in _big() if each == name)
