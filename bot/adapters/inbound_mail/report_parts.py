"""Delivery reports: machine-readable parts (RFC 3464), then flufl.bounce, for the addresses that failed."""

from __future__ import annotations

import logging
import re
from email import message_from_bytes
from typing import Final

from flufl.bounce import all_failures

from bot.adapters.inbound_mail.body import RETURNED
from bot.adapters.inbound_mail.headers import MALFORMED, Headers
from bot.adapters.inbound_mail.mime import Structure
from bot.conversation.delivery_signs import looks_like_report
from bot.conversation.mail import DeliveryStatus, InboundMail

_LIMIT: Final = 100
_BYTES: Final = 64 * 1024
_SCANNED: Final = 32 * 1024
_IN_TEXT: Final = re.compile(
    r"^[> \t]{0,20}message-id:[ \t]{0,20}(<[^<>\s\x00-\x1f\x7f]{1,500}>)", re.IGNORECASE | re.MULTILINE
)
_LENGTH: Final = 500

logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)


def statuses(mail: Structure) -> tuple[DeliveryStatus, ...]:
    """One result for each recipient of every `message/delivery-status` part."""
    found = list[DeliveryStatus]()
    for part in mail.root.leaves():
        if part.type in {"message/delivery-status", "message/global-delivery-status"}:
            body = mail.body(part, _BYTES).replace(b"\r\n", b"\n")
            groups = [Headers(group) for group in re.split(rb"\n[ \t]*\n", body.strip(b"\n"))[: _LIMIT + 1]]
            found += [_status(group) for group in groups if group.raw("final-recipient") or group.raw("action")]
    return tuple(found[:_LIMIT])


def _status(group: Headers) -> DeliveryStatus:
    recipient = group.first("final-recipient") or group.first("original-recipient")
    return DeliveryStatus(
        recipient=_after_type(recipient).strip("<> ")[:_LENGTH],
        action=group.first("action").partition(" ")[0].lower()[:40],
        status="".join(re.findall(r"^\d{1,3}\.\d{1,3}\.\d{1,3}", group.first("status"))),
        diagnostic=" ".join(_after_type(group.first("diagnostic-code")).split())[:_LENGTH],
    )


def _after_type(value: str) -> str:
    """`rfc822; a@b` → `a@b`."""
    return value.partition(";")[2].strip() or value.strip()


def returned_ids(mail: Structure, text: str) -> tuple[str, ...]:
    """Message-IDs of the returned mail: of an attached one, or of one that is written out below the report."""
    found = list[str]()
    for part in mail.root.leaves():
        if part.type in RETURNED:
            block = re.split(rb"\r?\n\r?\n", mail.body(part, _BYTES).lstrip(b"\r\n"), maxsplit=1)[0]
            found += Headers(block).ids("message-id")
    return tuple(dict.fromkeys((*found, *_IN_TEXT.findall(text))))[:20]


def scraped(raw: bytes, mail: InboundMail) -> tuple[DeliveryStatus, ...]:
    """Addresses that flufl.bounce finds in a report without machine-readable parts. It raises on some mails."""
    if mail.delivery or not looks_like_report(mail):
        return ()
    try:
        temporary, permanent = all_failures(message_from_bytes(raw[:_SCANNED]))
    except MALFORMED:
        return ()
    failed = {_address(each): "failed" for each in permanent}
    delayed = {_address(each): "delayed" for each in temporary}
    found = sorted({**delayed, **failed}.items())[:_LIMIT]
    return tuple(DeliveryStatus(recipient=recipient, action=action) for recipient, action in found if recipient)


def _address(found: bytes | str) -> str:
    return (found.decode("utf-8", "replace") if isinstance(found, bytes) else found)[:_LENGTH]
