"""Blocks of message headers in a text: of a mail, of a bounced message, or of a mail forwarded by Outlook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.header import decode_header, make_header

from bot.core.moments import read_moment
from bot.intake.model import IntakeContext
from bot.intake.text_page import TextPage, first_address

_HEADER = re.compile(r"^\s{0,4}([A-Za-zäöü-]{2,40})\s?:(?:\s(.*)|$)")
_CALLED = {
    "von": "from", "an": "to", "gesendet": "date", "sent": "date", "datum": "date", "betreff": "subject", "cc": "cc",
    "kopie": "cc", "from": "from", "to": "to", "date": "date", "subject": "subject", "message-id": "message-id",
    "received": "received", "return-path": "return-path", "x-original-message-id": "message-id", "sender": "sender",
}  # fmt: skip
_AGENT = re.compile(r"mailer-daemon|postmaster|microsoftexchange|microsoft outlook|mail delivery", re.IGNORECASE)
_NUMBER = re.compile(r"\d{5}|\+\d")
_ENOUGH = 3


@dataclass(frozen=True)
class MessageHeaders:
    """The headers of one message; names in lower case, the first of each."""

    values: Mapping[str, str]
    first: int
    last: int
    """Index of the line behind them."""

    @property
    def is_by_agent(self) -> bool:
        """True if a mail system wrote it."""
        return bool(_AGENT.search(self.values.get("from", ""))) or self.values.get("return-path", "").strip() == "<>"

    def is_to(self, domains: frozenset[str]) -> bool:
        """True if it was sent to one of these domains."""
        to = f"{self.values.get('to', '')} {self.values.get('cc', '')}".casefold()
        return any(f"@{domain.casefold()}" in to for domain in domains)

    def parts(self, known: IntakeContext) -> dict[str, str]:
        """The transaction described by the headers."""
        at = read_moment(self.values.get("date", ""), known.zone, known.now)
        message_id = self.values.get("message-id", "").strip()
        parts = {
            "when": str(int(at.timestamp())) if at else "",
            "sender": first_address(self.values.get("from", "")),
            "recipient": first_address(self.values.get("to", "")),
            "log": f"Message-ID: {message_id}" if message_id else "",
        }
        return {part: text for part, text in parts.items() if text}


def blocks(page: TextPage) -> Iterator[MessageHeaders]:
    """The blocks of headers among the unread lines, in order."""
    start, values, name = 0, dict[str, str](), ""
    for number, line in [*enumerate(page.lines), (len(page.lines), "")]:
        found = _HEADER.match(line) if number not in page.taken else None
        if found and (
            found[1].casefold() in _CALLED or (values and "-" in found[1]) or found[1].casefold().startswith("x-")
        ):
            start = number if not values else start
            name = _CALLED.get(found[1].casefold(), found[1].casefold())
            values.setdefault(name, found[2] or "")
        elif values and name and line[:1] in " \t" and line.strip() and number not in page.taken:
            values[name] = (values[name] + " " + line.strip())[:2000]
        else:
            if len(values) >= _ENOUGH and _has_address(values):
                yield MessageHeaders(values, start, number)
            values, name = {}, ""


def _has_address(values: Mapping[str, str]) -> bool:
    """False for the labelled lines of a report on an SMS or a fax, which has numbers."""
    named = [values[name] for name in ("from", "to") if name in values]
    return bool(named) and (any("@" in each for each in named) or not any(map(_NUMBER.search, named)))


def decoded(value: str) -> str:
    """A header's value with its encoded words read."""
    try:
        return str(make_header(decode_header(value[:2000])))
    except (ValueError, LookupError):
        return value
