"""Input and output of the reader of pasted messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.core.cleaning import shorten_middle
from bot.core.identifiers import RCR_PATTERN
from bot.core.transaction_table import ADDRESSES

MAX_BYTES = 1_000_000
"""Maximum length of one document."""
MAX_TRANSACTIONS = 50


@dataclass(frozen=True)
class IntakeDocument:
    """Pasted words, or a file."""

    content: str | bytes
    name: str = ""
    """The file's name; empty for pasted words."""


@dataclass(frozen=True)
class IntakeContext:
    """Names the reader may recognise, and defaults for what a text omits."""

    now: datetime
    zone: ZoneInfo
    """Zone of times without one."""
    region: str | None = None
    """The country of telephone numbers without a country code."""
    customers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Name → tenants."""
    other_names: Mapping[str, str] = field(default_factory=dict)
    """Other name of a customer → name."""
    services: Mapping[str, str] = field(default_factory=dict)
    """Name → family: `mail`, `fax`, `sms`, `edi`, `other`."""
    own_domains: frozenset[str] = frozenset()
    """Domains whose mails report a problem, rather than being an example of one."""
    rcr_pattern: str = RCR_PATTERN
    prefix: str = "PD"

    def service_of(self, family: str) -> str:
        """The one service of a family; empty when there are none or several."""
        names = [name for name, each in self.services.items() if each == family]
        return names[0] if len(names) == 1 else ""


class Origin(StrEnum):
    """Kind of text a value was read from."""

    WORDS = "words"
    HEADERS = "headers"
    BOUNCE = "bounce"
    DELIVERY_REPORT = "delivery_report"
    FAX_REPORT = "fax_report"
    SMS_REPORT = "sms_report"
    SIP = "sip"
    LOG = "log"
    TABLE = "table"


@dataclass(frozen=True)
class Source:
    """Place where a value was read."""

    origin: Origin
    document: str = ""
    """The file's name; empty for pasted words."""
    line: int = 0
    """Line number from 1, in the document or in its part; 0 when it was read from several."""
    excerpt: str = ""
    """The line, shortened for display."""


def source(origin: Origin, document: str, line: int, text: str) -> Source:
    return Source(origin, document, line, shorten_middle(text, 80))


@dataclass(frozen=True)
class FieldReading:
    """One value of one field."""

    key: str
    """Key as in the table of fields: `tenants`, `start`, …"""
    value: str
    """Canonical: moments as Unix seconds, numbers and IDs in one spelling."""
    source: Source


@dataclass(frozen=True)
class Transaction:
    """One affected transaction, as the form keeps its parts."""

    parts: Mapping[str, str]
    source: Source
    is_fine: bool = False
    """True if it succeeded."""

    def in_lower_case(self) -> Transaction:
        """The same one with its mail addresses in lower case: two spellings are one mailbox."""
        spelled = {part: text.lower() for part, text in self.parts.items() if part in ADDRESSES and "@" in text}
        return replace(self, parts={**self.parts, **spelled}) if spelled else self


_JOINTS = {"related": ", "}
_SINGLE = frozenset({"customer", "main_id", "start", "end", "impact", "affected"})


@dataclass(frozen=True)
class Intake:
    """All values that were read."""

    readings: tuple[FieldReading, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    prose: str = ""
    """Text written by people, for the description."""
    left_out: int = 0
    """Transactions beyond those that fit."""

    def answers(self) -> dict[str, str]:
        """Field key → answer, for prefilling the form; `example.1.when`, … for the transactions."""
        found = dict[str, list[str]]()
        for each in self.readings:
            values = found.setdefault(each.key, [])
            if each.value not in values and not (values and each.key in _SINGLE):
                values.append(each.value)
        answers = {key: _JOINTS.get(key, "\n").join(values) for key, values in found.items()}
        for number, transaction in enumerate(self.transactions, 1):
            answers |= {f"example.{number}.{part}": text for part, text in transaction.parts.items()}
        return answers

    def sources(self) -> dict[str, Source]:
        """Field key → where its first value was read."""
        found = {each.key: each.source for each in reversed(self.readings)}
        for number, transaction in enumerate(self.transactions, 1):
            found |= {f"example.{number}.{part}": transaction.source for part in transaction.parts}
        return found
