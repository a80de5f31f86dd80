"""Records of the conversation with Retarus: their mails and messages, and known Message-IDs."""

from __future__ import annotations

from hashlib import sha256

from pydantic import Field

from bot.model.ticket import Glossed, Record, Utc


class EntrySource(Glossed):
    """Channel through which an entry came in."""

    MAIL = "mail", "by e-mail"
    CHANNEL = "channel", "in the channel that is shared with Retarus"


class EntryState(Glossed):
    """State of an entry."""

    SHOWN = "shown", "it belongs to a ticket and stands in its thread"
    UNASSIGNED = "unassigned", "nobody knows yet which ticket it belongs to"
    DISMISSED = "dismissed", "a person decided that it belongs to no ticket"
    IGNORED = "ignored", "a copy of our own mail: counted, and shown nowhere"


class EntryFile(Record):
    """A file that came with an entry."""

    name: str
    type: str = ""
    size: int = 0
    number: int = 0
    """Number of the part in the original, for a mail."""
    id: str = ""
    """File id, for a message in Slack."""


class FailedDelivery(Record):
    """One recipient of a delivery report."""

    recipient: str
    outcome: str
    """`failed`, `delayed` or `delivered`."""
    reason: str = ""
    """A key of `bot.conversation.delivery_reasons.REASONS`."""


class EntryRecord(Record):
    """One record of an entry in the ticket, made by a person."""

    kind: str
    """`update`, `answer`, `question`, or `note` where the ticket is not with Retarus."""
    by: str
    at: Utc
    form: str
    """The form it was recorded with: a repeat of the same submission is no second one."""


class Entry(Record):
    """One mail or message of the conversation, as of one version. What they wrote stands here exactly as written."""

    id: str
    """Deduplication key: see `entry_id`."""
    version: int = 1
    source: EntrySource = Field(validation_alias="way", serialization_alias="way")
    """Stored as `way`."""
    kind: str
    """A `bot.conversation.kind.MailKind`, or `message`, or `unreadable`."""
    state: EntryState
    ticket_id: str = ""
    """Empty while it is unassigned."""
    at: Utc
    """When it was taken in."""
    written_at: Utc | None = None
    """When they wrote it, as they say."""
    author: str = ""
    address: str = ""
    """The sender's e-mail address, or the Slack user or bot id."""
    subject: str = ""
    words: str = ""
    """New text of the entry, without quotations."""
    text: str = ""
    """The whole text, where it is more than `words`."""
    is_text_cut: bool = False
    message_id: str = ""
    reason: str = ""
    """A `bot.conversation.matching.Reason`, for an unassigned entry."""
    candidates: tuple[str, ...] = ()
    """Ids of tickets it may belong to."""
    others: tuple[str, ...] = ()
    """References of other tickets that it names too."""
    rcr: tuple[str, ...] = ()
    """Numbers of theirs in it."""
    files: tuple[EntryFile, ...] = ()
    left_out: tuple[str, ...] = ()
    """Files that stay in the original only: one sentence each."""
    deliveries: tuple[FailedDelivery, ...] = ()
    letter: str = ""
    """The key of the notice a delivery report is about."""
    was_closed: bool = False
    """The ticket was closed when it came."""
    has_original: bool = False
    """The raw mail is kept."""
    link: str = ""
    """Permalink, for a message in Slack."""
    is_edited: bool = False
    was_closed_when_edited: bool = False
    """They edited it after the ticket was closed, before which it had come."""
    is_deleted: bool = False
    """True if they deleted it; the words are kept."""
    records: tuple[EntryRecord, ...] = ()
    """Oldest first."""

    @property
    def is_of_a_person(self) -> bool:
        """True if a person wrote it, who may wait for us."""
        return self.kind in {"answer", "message"}


class MessageId(Record):
    """A Message-ID the desk knows, and the ticket it belongs to."""

    message_id: str
    """With angle brackets."""
    ticket_id: str
    is_sent: bool
    """True if we sent it; false: it was taken in."""
    is_guessable: bool = False
    """Sent before Message-IDs were made with a secret."""
    is_automatic: bool = False
    """No person sent it; `at` is when it was sent."""
    key: str = ""
    """The key of the notice that was sent by it."""
    at: Utc


class ConversationChanges(Record):
    """Changes to the conversation made by one unit of work; part of a `bot.tickets.ports.Batch`."""

    new: tuple[Entry, ...] = ()
    """Inserted; one that is there already makes the batch a `Duplicate`."""
    changed: tuple[Entry, ...] = ()
    """New versions; one that is not at the version before makes the batch a `Conflict`."""
    originals: dict[str, bytes] = Field(default_factory=dict)
    """Raw mails, by the id of their entry."""
    message_ids: tuple[MessageId, ...] = ()
    """One that is there already stays as it is."""
    bounced: dict[str, str] = Field(default_factory=dict)
    """Notices that counted as delivered and were not: the reason, by their key."""
    forget: tuple[str, ...] = ()
    """Ids of entries that are forgotten with their originals."""
    forget_originals: tuple[str, ...] = ()
    """Ids of entries whose original alone is forgotten."""


NO_CONVERSATION_CHANGES = ConversationChanges()


def entry_id(identity: str) -> str:
    """A short, opaque id: the same for the same mail or message, however it comes."""
    return sha256(identity.encode("utf-8", "replace")).hexdigest()[:24]
