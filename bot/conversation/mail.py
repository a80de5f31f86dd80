"""Records of an inbound mail after parsing. All text is decoded, bounded in length and still exactly as written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class MailRecord(BaseModel):
    """A frozen value; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class MailAddress(MailRecord):
    """One mailbox of an address header."""

    email: str
    """Lower case, `local@domain`."""
    name: str = ""


class MailFile(MailRecord):
    """Metadata of one attachment. Its bytes are read from the raw mail by `number`."""

    number: int
    name: str
    """Safe to show and to store: no path, no control or direction characters, never empty."""
    type: str
    size: int
    """Bytes after decoding."""
    content_id: str = ""
    """Set when the HTML text shows the file inline by `cid:`."""
    is_complete: bool = True
    """False when the mail was cut at the size limit inside this file."""


class DeliveryStatus(MailRecord):
    """One recipient of a delivery status notification (RFC 3464)."""

    recipient: str
    action: str = ""
    """`failed`, `delayed`, `delivered`, `relayed`, `expanded`, or empty."""
    status: str = ""
    """Enhanced status code (RFC 3463), e.g. `5.1.1`."""
    diagnostic: str = ""
    """The server's own words, on one line."""


class InboundMail(MailRecord):
    """One mail, parsed. Only `headers` and the records below come from the sender unchecked."""

    identity: str
    """Deduplication key: the same mail by IMAP and from standard input has the same one."""
    senders: tuple[MailAddress, ...] = ()
    """Every mailbox of every From header. A trustworthy mail has exactly one."""
    to: tuple[MailAddress, ...] = ()
    """Mailboxes of To and Cc."""
    date: datetime | None = None
    subject: str = ""
    message_id: str = ""
    """With angle brackets; empty when there is none that can be read."""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    authentication: tuple[str, ...] = ()
    """Values of the Authentication-Results headers, topmost first."""
    headers: Mapping[str, tuple[str, ...]] = {}
    """Headers that tell automatic mail, by lower-case name."""
    text: str = ""
    """Readable text of the whole mail, quoted text included."""
    is_from_html: bool = False
    is_text_cut: bool = False
    """The text was longer than the limit."""
    files: tuple[MailFile, ...] = ()
    report_type: str = ""
    """Report type of a `multipart/report`: `delivery-status`, `disposition-notification`, `feedback-report`."""
    delivery: tuple[DeliveryStatus, ...] = ()
    returned_ids: tuple[str, ...] = ()
    """Message-IDs of the mail that a delivery report returns."""
    size: int = 0
    """Bytes of the raw mail as it was fetched."""
    is_cut: bool = False
    """The raw mail was cut at the size limit."""
    defects: tuple[str, ...] = ()
    """Unreadable parts, for a log; no text of the mail."""

    @property
    def sender(self) -> MailAddress | None:
        """The author; None when From names no mailbox or several."""
        return self.senders[0] if len(self.senders) == 1 else None

    def header(self, name: str) -> str:
        """The topmost header of that lower-case name, stripped; empty when it is missing."""
        return next(iter(self.headers.get(name, ())), "").strip()


class UnreadableMail(MailRecord):
    """A mail that could not be parsed. The raw bytes are kept; the next mail goes on."""

    identity: str
    size: int
    attempts: int
    reason: str
    """For a log: `time limit`, `memory`, `crash`; no text of the mail."""
