"""The readable text of a mail, and its files."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from bot.adapters.inbound_mail.headers import charset_text
from bot.adapters.inbound_mail.html import LENGTH, html_text
from bot.adapters.inbound_mail.mime import MimePart, Structure
from bot.conversation.mail import MailFile

TEXT: Final = 200_000
"""Characters of text that are kept; the raw mail has the rest."""
FILES: Final = 200
_BYTES: Final = 4 * TEXT
_HTML_BYTES: Final = 20 * LENGTH
_REPORTS: Final = ("message/delivery-status", "message/disposition-notification", "message/feedback-report")
RETURNED: Final = (
    *("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"),
    *("message/global", "message/global-headers"),
)
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f"<>|*?:]+')
_BLANKS: Final = re.compile(r"\n{4,}")
_NAME: Final = 100
_PLACEHOLDER: Final = 40
"""Words: a plain text shorter than this may only say that the mail is HTML."""


@dataclass(frozen=True)
class Text:
    """Readable text of a mail or a part."""

    text: str
    is_from_html: bool
    is_cut: bool


def text_of(mail: Structure) -> Text:
    """All text parts in their order; of alternatives the plain text, unless only the HTML has the words."""
    parts = [_read(mail, part) for part in _texts(mail.root)]
    text = _BLANKS.sub("\n\n\n", "\n\n".join(each.text for each in parts if each.text.strip()))
    is_cut = len(text) > TEXT or any(each.is_cut for each in parts)
    return Text(text[:TEXT], any(each.is_from_html for each in parts), is_cut)


@dataclass(frozen=True)
class _Choice:
    """One text of the mail: the plain part, the HTML part, or both of an alternative."""

    plain: MimePart | None
    html: MimePart | None


def _texts(root: MimePart) -> list[_Choice]:
    found, pending = list[_Choice](), [root]
    while pending:
        part = pending.pop()
        if part.type == "multipart/alternative" and part.children:
            texts = [leaf for leaf in part.leaves() if is_text(leaf)]
            plain = next((leaf for leaf in texts if leaf.type == "text/plain"), None)
            html = next((leaf for leaf in reversed(texts) if leaf.type == "text/html"), None)
            found.append(_Choice(plain, html) if plain or html else _Choice(next(iter(texts), None), None))
        elif part.children:
            pending.extend(reversed(part.children))
        elif is_text(part):
            found.append(_Choice(None, part) if part.type == "text/html" else _Choice(part, None))
    return found


def _read(mail: Structure, choice: _Choice) -> Text:
    plain = _plain(mail, choice.plain) if choice.plain else Text("", False, False)
    if not choice.html or (choice.plain and len(plain.text.split()) >= _PLACEHOLDER):
        return plain
    html = _html(mail, choice.html)
    is_richer = len(html.text.split()) > 2 * len(plain.text.split())
    return html if is_richer or not plain.text.strip() else plain


def _plain(mail: Structure, part: MimePart) -> Text:
    data = mail.body(part, _BYTES)
    text = charset_text(data[:_BYTES], part.content.param("charset")).replace("\r\n", "\n").replace("\r", "\n")
    if part.content.param("format").lower() == "flowed":
        text = _unflowed(text, is_delsp=part.content.param("delsp").lower() == "yes")
    return Text(text.replace("\0", "").strip("\n"), False, part.end - part.start > 2 * _BYTES or len(data) > _BYTES)


def _html(mail: Structure, part: MimePart) -> Text:
    data = mail.body(part, _HTML_BYTES)
    charset = part.content.param("charset") or _declared(data)
    text, is_cut = html_text(charset_text(data[:_HTML_BYTES], charset).replace("\0", ""))
    return Text(text, True, is_cut or len(data) > _HTML_BYTES)


def _declared(html: bytes) -> str:
    found = re.search(rb"<meta[^>]{1,200}charset=[\"']?([\w.-]{1,40})", html[:4000], re.IGNORECASE)
    return found[1].decode("ascii") if found else ""


def _unflowed(text: str, *, is_delsp: bool) -> str:
    """Joins soft-wrapped lines (RFC 3676); the signature separator `-- ` is no soft line break."""
    out, open_depth = list[str](), -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        is_soft = content.endswith(" ") and content != "-- "
        content = content[:-1] if is_soft and is_delsp else content
        if open_depth == depth and content != "-- ":
            out[-1] += content
        else:
            out.append(">" * depth + (" " if depth and content else "") + content)
        open_depth = depth if is_soft else -1
    return "\n".join(line.rstrip() if line.rstrip("> ") != "--" else line for line in out)


def is_text(part: MimePart) -> bool:
    """True if the part is shown as text: an attached or named file is not, but for a body that names itself."""
    if part.children or part.content.is_attachment or part.type in RETURNED:
        return False
    if part.parent is None:
        return part.type.startswith("text/") or part.type.startswith("multipart/")
    return part.type in {"text/plain", "text/html", "text/enriched"} and not part.content.filename()


def file_parts(mail: Structure) -> list[MimePart]:
    """The parts that are files, in their order. A file is addressed by its place in this list."""
    leaves = (
        part
        for part in mail.root.leaves()
        if not is_text(part) and part.type not in _REPORTS and not (_is_empty(part) and not part.content.filename())
    )
    return [part for part, _ in zip(leaves, range(FILES), strict=False)]


def _is_empty(part: MimePart) -> bool:
    return part.end <= part.start


def files_of(mail: Structure, *, is_cut: bool) -> tuple[MailFile, ...]:
    return tuple(
        MailFile(
            number=number,
            name=safe_name(_name(mail, part), number, part.type),
            type=part.type,
            size=mail.size(part),
            content_id=part.headers.first("content-id")[:200] if _is_inline(part) else "",
            is_complete=not (is_cut and part.end == len(mail.raw)),
        )
        for number, part in enumerate(file_parts(mail))
    )


def _is_inline(part: MimePart) -> bool:
    return not part.content.is_attachment or bool(part.parent and part.parent.type == "multipart/related")


def _name(mail: Structure, part: MimePart) -> str:
    """The file name; of an attached mail its subject."""
    name = part.content.filename()
    if not name and part.type == "message/rfc822":
        subject = re.search(rb"^subject:[ \t]*(.{1,200})", mail.body(part, 32_768), re.IGNORECASE | re.MULTILINE)
        name = f"{charset_text(subject[1], '')}.eml" if subject else "mail.eml"
    return name


def safe_name(name: str, number: int, kind: str) -> str:
    """Without path, control, direction and invisible characters; at most 100 characters, the extension kept."""
    name = _UNSAFE.sub(" ", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(each for each in name if unicodedata.category(each) not in {"Cf", "Cc", "Cs", "Co", "Zl", "Zp"})
    name = " ".join(name.split()).strip(". ")
    if not name:
        return f"file-{number + 1}{mimetypes.guess_extension(kind) or '.bin'}"
    stem, dot, extension = name.rpartition(".")
    return name if len(name) <= _NAME else f"{(stem or name)[: _NAME - 12]}…{(dot + extension)[:11] if stem else ''}"
