"""Makes an entry of the conversation from a mail that was taken in. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.conversation.assessment import Assessment
from bot.conversation.delivery_report import ReportedDelivery
from bot.conversation.file_selection import sort_files
from bot.conversation.kind import MailKind
from bot.conversation.mail import InboundMail, MailFile, UnreadableMail
from bot.conversation.matching import Assigned, Ignored, Reason, Unassigned
from bot.conversation.quoted_text import new_words
from bot.core.cleaning import excerpt
from bot.model.conversation import Entry, EntryFile, EntrySource, EntryState, FailedDelivery, entry_id

WHOLE = 60_000
"""Characters of the whole text that are kept beside the original."""
WORDS = 12_000
"""Characters of the new words that are kept for the thread."""
_LINE = 300
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
"""Time by which the sender's clock may be ahead."""


def entry_of_mail(mail: InboundMail, found: Assessment, at: datetime, *, known: str = "") -> Entry:
    """`known`: the text of the letter that a delivery report or answer may quote without a mark."""
    kind, match = found.classification.kind, found.match
    if isinstance(match, Ignored):
        return _copy_of_ours(mail, kind, at)
    words = new_words(mail.text, mail.subject, known=known)
    files = sort_files(mail.files)
    return Entry(
        id=entry_id(mail.identity),
        way=EntrySource.MAIL,
        kind=kind.value,
        at=at,
        written_at=_written_at(mail, at),
        author=excerpt(mail.sender.name if mail.sender else "", 120),
        address=excerpt(mail.sender.email if mail.sender else "", 254),
        subject=excerpt(mail.subject, _LINE),
        words=words.new[:WORDS],
        text=mail.text[:WHOLE],
        is_text_cut=mail.is_text_cut or len(mail.text) > WHOLE,
        message_id=mail.message_id,
        rcr=found.classification.rcr,
        files=tuple(_file(each) for each in files.accepted),
        left_out=tuple(f"{each.file.name}: {each.in_words()}" for each in files.left_out),
        deliveries=tuple(_delivery(each) for each in found.classification.deliveries),
        has_original=True,
        **_place(match),
    )


def _written_at(mail: InboundMail, at: datetime) -> datetime | None:
    """The time the mail says; none where a clock that is far wrong set it."""
    return mail.date if mail.date and _EARLIEST <= mail.date <= at + _AHEAD else None


def unreadable(mail: UnreadableMail, at: datetime) -> Entry:
    """The raw mail is kept; a person looks at it."""
    return Entry(
        id=entry_id(mail.identity),
        source=EntrySource.MAIL,
        kind=Reason.UNREADABLE.value,
        state=EntryState.UNASSIGNED,
        reason=Reason.UNREADABLE.value,
        at=at,
        has_original=True,
    )


def is_recorded(entry: Entry) -> bool:
    """True if it is recorded in the ticket's history: a person wrote it."""
    return entry.is_of_a_person and entry.state is EntryState.SHOWN


def number_to_record(entry: Entry, recorded: tuple[str, ...]) -> str:
    """The number of theirs that is recorded automatically: the only one in it, and the ticket has none yet."""
    if entry.source is EntrySource.CHANNEL or _is_automatic(entry) or recorded:
        return ""
    return entry.rcr[0] if len(entry.rcr) == 1 else ""


def numbers_to_ask_about(entry: Entry, recorded: tuple[str, ...]) -> tuple[str, ...]:
    """Numbers other than the ticket's: a person decides."""
    return () if _is_automatic(entry) else tuple(each for each in entry.rcr if each not in recorded)


def _is_automatic(entry: Entry) -> bool:
    return entry.kind in {MailKind.AUTOMATIC_REPLY, MailKind.DELIVERY_REPORT}


def _copy_of_ours(mail: InboundMail, kind: MailKind, at: datetime) -> Entry:
    return Entry(
        id=entry_id(mail.identity),
        source=EntrySource.MAIL,
        kind=kind.value,
        state=EntryState.IGNORED,
        at=at,
        message_id=mail.message_id,
    )


def _place(match: Assigned | Unassigned) -> dict[str, object]:
    if isinstance(match, Assigned):
        return {
            "state": EntryState.SHOWN,
            "ticket_id": match.ticket,
            "others": match.others,
            "was_closed": match.is_closed,
        }
    return {"state": EntryState.UNASSIGNED, "reason": match.reason.value, "candidates": match.candidates}


def _file(file: MailFile) -> EntryFile:
    return EntryFile(name=file.name, type=file.type, size=file.size, number=file.number)


def _delivery(each: ReportedDelivery) -> FailedDelivery:
    return FailedDelivery(recipient=each.recipient, outcome=each.delivery.value, reason=each.reason)
