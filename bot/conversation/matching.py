"""Matches an inbound mail to a ticket. Strangers' text reaches no thread: in doubt the mail stays unassigned.

Order: a Message-ID of ours in References, then our reference in the subject, then an RCR number in the subject. The
first needs an allowed sender, the others an allowed and authenticated one. A delivery report needs no sender, but must
return a mail that we sent: whoever was copied on one of theirs knows its Message-ID.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol

from bot.conversation.authentication import Authentication, authenticated
from bot.conversation.kind import Classification, MailKind
from bot.conversation.mail import InboundMail, MailRecord
from bot.conversation.references import our_references, rcr_numbers
from bot.core.i18n import mark, t
from bot.core.identifiers import RCR_PATTERN


class MailPolicy(MailRecord):
    """Settings that decide about senders and numbers."""

    own_addresses: tuple[str, ...] = ()
    """The desk's own, lower case: what comes from them is a copy."""
    allowed: tuple[str, ...] = ()
    """`@retarus.com` for everybody there, or an address."""
    authserv: str = ""
    """The mail server whose Authentication-Results count; empty: only Message-IDs of ours match."""
    prefix: str = "PD"
    rcr_pattern: str = RCR_PATTERN


class KnownMail(MailRecord):
    """A Message-ID the desk knows, and its ticket."""

    ticket: str
    is_sent: bool = True
    """We sent it; false: it was taken in."""
    is_guessable: bool = False
    """Sent before Message-IDs were made with a secret, or written by others: needs an authenticated sender as well."""


class TicketState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    ERASED = "erased"


class KnownTicket(MailRecord):
    """A ticket that a number in a subject names."""

    ticket: str
    reference: str
    """`PD-42`."""
    state: TicketState = TicketState.OPEN
    follower: str = ""
    """Id of the ticket this one was merged into."""


class MailLookup(Protocol):
    """Lookups that the store must provide. Unknown keys are left out."""

    async def known_mails(self, message_ids: Sequence[str]) -> Mapping[str, KnownMail]:
        """Mails by Message-ID with angle brackets: mails we sent, and mails that were taken in and assigned."""

    async def tickets_by_reference(self, references: Sequence[str]) -> Mapping[str, KnownTicket]:
        """Tickets by our reference (`PD-42`)."""

    async def tickets_by_rcr(self, numbers: Sequence[str]) -> Mapping[str, Sequence[KnownTicket]]:
        """Tickets by RCR number (`RCR-88123`): every ticket that has it."""

    async def tickets_by_id(self, ids: Sequence[str]) -> Mapping[str, KnownTicket]:
        """Tickets by their id."""


class MatchedBy(StrEnum):
    MESSAGE_ID = "message_id"
    REFERENCE = "reference"
    RCR = "rcr"


class Assigned(MailRecord):
    """The mail belongs to this ticket."""

    ticket: str
    by: MatchedBy
    is_closed: bool = False
    is_authenticated: bool = False
    others: tuple[str, ...] = ()
    """References of other tickets that the mail names too (`PD-42`); they are mentioned."""


class Reason(StrEnum):
    """Reason why a mail is unassigned."""

    SENDER_UNKNOWN = "sender_unknown"
    SENDER_UNCLEAR = "sender_unclear"
    NOT_AUTHENTICATED = "not_authenticated"
    AUTHENTICATION_FAILED = "authentication_failed"
    SEVERAL_TICKETS = "several_tickets"
    NO_TICKET = "no_ticket"
    TICKET_ERASED = "ticket_erased"
    FOREIGN_REPORT = "foreign_report"
    UNREADABLE = "unreadable"


_WORDS: Final = {
    Reason.SENDER_UNKNOWN: mark("The sender is not on the list of allowed senders."),
    Reason.SENDER_UNCLEAR: mark("The mail names no sender, or several."),
    Reason.NOT_AUTHENTICATED: mark("The mail server did not say whether the sender is genuine."),
    Reason.AUTHENTICATION_FAILED: mark("The mail server says that the sender may be forged."),
    Reason.SEVERAL_TICKETS: mark("The mail names more than one ticket."),
    Reason.NO_TICKET: mark("The mail names no ticket that this desk knows."),
    Reason.TICKET_ERASED: mark("The ticket it names was erased."),
    Reason.FOREIGN_REPORT: mark("It reports on the delivery of a mail that this desk did not send."),
    Reason.UNREADABLE: mark("The mail could not be read. Its original is kept."),
}


class Unassigned(MailRecord):
    """The mail goes to the list of unassigned mails."""

    reason: Reason
    candidates: tuple[str, ...] = ()
    """Ids of suggested tickets."""

    def in_words(self) -> str:
        """The reason, in the reader's language."""
        return t(_WORDS[self.reason])


class Ignored(MailRecord):
    """Our own copy: dropped and counted."""


Match = Assigned | Unassigned | Ignored


class LookupResult(MailRecord):
    """Results of the lookups for one mail: the input of `decide`."""

    mails: Mapping[str, KnownMail] = {}
    by_reference: Mapping[str, KnownTicket] = {}
    by_rcr: Mapping[str, tuple[KnownTicket, ...]] = {}
    tickets: Mapping[str, KnownTicket] = {}


def is_allowed(mail: InboundMail, allowed: Collection[str]) -> bool:
    """One clear sender, on the list by address or by exact domain. Reply-To and the display name do not count."""
    if not mail.sender or "@" not in mail.sender.email:
        return False
    domain = mail.sender.email.rpartition("@")[2]
    listed = {each.strip().lower() for each in allowed}
    return mail.sender.email in listed or f"@{domain}" in listed


def named_ids(mail: InboundMail, kind: MailKind) -> tuple[str, ...]:
    """Message-IDs that may name our mail, the most specific first: In-Reply-To, then References from the newest."""
    answered = (*mail.in_reply_to, *reversed(mail.references))
    returned = mail.returned_ids if kind is MailKind.DELIVERY_REPORT else ()
    return tuple(dict.fromkeys((*returned, *answered)))


async def match(mail: InboundMail, found_kind: Classification, policy: MailPolicy, lookup: MailLookup) -> Match:
    """Asks the lookup once for everything the mail names, then decides."""
    mails = await lookup.known_mails(named_ids(mail, found_kind.kind))
    found = LookupResult(
        mails=mails,
        by_reference=await lookup.tickets_by_reference(our_references(mail.subject, policy.prefix)),
        by_rcr={
            number: tuple(tickets)
            for number, tickets in (await lookup.tickets_by_rcr(rcr_numbers(mail.subject, policy.rcr_pattern))).items()
        },
        tickets=await lookup.tickets_by_id(tuple(dict.fromkeys(each.ticket for each in mails.values()))),
    )
    return decide(mail, found_kind, policy, found)


def decide(mail: InboundMail, found_kind: Classification, policy: MailPolicy, found: LookupResult) -> Match:
    """The decision; pure."""
    if found_kind.kind is MailKind.OWN_COPY:
        return Ignored()
    known = [found.mails[each] for each in named_ids(mail, found_kind.kind) if each in found.mails]
    if found_kind.kind is MailKind.DELIVERY_REPORT:
        ours = [each for each in known if each.is_sent]
        return _assigned(ours[0].ticket, MatchedBy.MESSAGE_ID, found) if ours else _foreign()
    if not is_allowed(mail, policy.allowed):
        is_clear = bool(mail.sender and mail.sender.email)
        return Unassigned(reason=Reason.SENDER_UNKNOWN if is_clear else Reason.SENDER_UNCLEAR)
    proof = authenticated(mail, policy.authserv)
    trusted = [each for each in known if _is_trusted(each, policy, proof)]
    if trusted:
        return _by_message_id(trusted[0].ticket, _named_in_subject(found), proof, found)
    return _by_subject(known, _named_in_subject(found), proof, found)


def _is_trusted(known: KnownMail, policy: MailPolicy, proof: Authentication) -> bool:
    """True for a Message-ID that proves by itself that the sender has our mail, or else with a proven sender.

    Where no server proves senders, letters of an older release still count; mails of theirs do not.
    """
    if not known.is_guessable or proof is _PASSED:
        return True
    return known.is_sent and not policy.authserv


def _by_subject(
    known: Sequence[KnownMail], named: Sequence[KnownTicket], proof: Authentication, found: LookupResult
) -> Match:
    """Tickets by subject, only for a proven sender, and only when the subject names one ticket."""
    candidates = _ids(known, named)
    if not candidates:
        return Unassigned(reason=Reason.NO_TICKET)
    if proof is not _PASSED:
        return Unassigned(reason=_NOT_PROVEN[proof], candidates=candidates)
    if len({each.ticket for each in named}) != 1:
        return Unassigned(reason=Reason.SEVERAL_TICKETS, candidates=candidates)
    by = MatchedBy.REFERENCE if found.by_reference else MatchedBy.RCR
    by_number = [each for tickets in found.by_rcr.values() for each in tickets]
    others = _references_of_others(named[0].ticket, by_number)
    return _assigned(named[0].ticket, by, found, is_authenticated=True, others=others)


_PASSED: Final = Authentication.PASSED
_NOT_PROVEN: Final = {
    Authentication.FAILED: Reason.AUTHENTICATION_FAILED,
    Authentication.MISSING: Reason.NOT_AUTHENTICATED,
}


def _foreign() -> Unassigned:
    """Reason for a forged report, or one about a mail that somebody else sent from the mailbox."""
    return Unassigned(reason=Reason.FOREIGN_REPORT)


def _named_in_subject(found: LookupResult) -> list[KnownTicket]:
    """Tickets by our reference before the RCR number; a number that several tickets have names all of them."""
    return list(found.by_reference.values()) or [each for tickets in found.by_rcr.values() for each in tickets]


def _ids(known: Sequence[KnownMail], named: Sequence[KnownTicket]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(each.ticket for each in known), *(each.ticket for each in named))))


def _by_message_id(ticket: str, named: Sequence[KnownTicket], proof: Authentication, found: LookupResult) -> Match:
    others = _references_of_others(ticket, named)
    return _assigned(ticket, MatchedBy.MESSAGE_ID, found, is_authenticated=proof is _PASSED, others=others)


def _references_of_others(ticket: str, named: Sequence[KnownTicket]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.reference for each in named if each.ticket != ticket))


def _assigned(
    ticket: str, by: MatchedBy, found: LookupResult, *, is_authenticated: bool = False, others: tuple[str, ...] = ()
) -> Match:
    """The successor of a merged ticket; None for an erased one."""
    named = (*found.tickets.values(), *_named_in_subject(found))
    known = next((each for each in named if each.ticket == ticket), None)
    if known and known.follower:
        return Assigned(ticket=known.follower, by=by, is_authenticated=is_authenticated, others=others)
    if known and known.state is TicketState.ERASED:
        return Unassigned(reason=Reason.TICKET_ERASED)
    is_closed = known is not None and known.state is TicketState.CLOSED
    return Assigned(ticket=ticket, by=by, is_closed=is_closed, is_authenticated=is_authenticated, others=others)
