"""Composes e-mails."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage

from bot.adapters.mail.header_folding import HEADERS
from bot.core.cleaning import clean_line, clean_text, shorten_middle
from bot.core.i18n import t

_NAME = 80
_SUBJECT = 200
_SUBTYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,80}")


class NoAddress(ValueError):
    """The text is a full sentence."""


def compose(
    *,
    message_id: str,
    sender: Address,
    to: Address,
    reply_to: Address | None,
    subject: str,
    text: str,
    html: str,
    at: datetime,
    references: Sequence[str] = (),
    is_automatic: bool = False,
) -> EmailMessage:
    """Plain text with an HTML alternative. `references`: Message-IDs it follows on, oldest first.

    `message_id`: the same for a repeat, so that it is recognised. `is_automatic`: no person sent it.
    """
    message = EmailMessage(policy=HEADERS)
    message["From"] = sender
    message["To"] = to
    if reply_to:
        message["Reply-To"] = reply_to
    # “=?” begins an encoded word: typed by a person, it must not be decoded.
    message["Subject"] = shorten_middle(subject, _SUBJECT).replace("=?", "= ?")
    message["Date"] = at
    message["Message-ID"] = clean_line(message_id)
    if references:
        message["In-Reply-To"] = clean_line(references[-1])
        message["References"] = clean_line(" ".join(references))
    if is_automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(clean_text(text) + "\n")
    message.add_alternative(clean_text(html) + "\n", subtype="html")
    return message


def attach(message: EmailMessage, name: str, kind: str, content: bytes) -> None:
    """Adds a file. A type that could not stand inside a message as it is, is sent as plain bytes."""
    main, _, sub = kind.partition("/")
    if not (main.isalnum() and _SUBTYPE.fullmatch(sub)) or main in {"message", "multipart"}:
        main, sub = "application", "octet-stream"
    message.add_attachment(content, maintype=main, subtype=sub, filename=clean_line(name.replace("/", "_")))


def address(email: str, name: str = "") -> Address:
    """One mailbox; `NoAddress` when it is none that every mail server takes."""
    try:
        local, domain = email.strip().rsplit("@", 1)
        found = Address(shorten_middle(name, _NAME), addr_spec=f"{local}@{ascii_domain(domain)}")
    except (MessageError, ValueError, IndexError) as error:
        wrong = t("“{address}” is not an e-mail address mail can be sent to.", address=shorten_middle(email, 80))
        raise NoAddress(wrong) from error
    return found


def ascii_domain(domain: str) -> str:
    """The domain as DNS knows it: `bücher.example` is `xn--bcher-kva.example`."""
    return domain.encode("idna").decode()
