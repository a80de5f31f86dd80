"""Messages and views of the conversation with Retarus, for the tests of clickable parts."""

from __future__ import annotations

from collections.abc import Iterator

from blocks import conversation, outbound
from blocks.kit import Json, Message
from bot.config.settings import Config
from bot.conversation.outbound import OutgoingPreview
from bot.model.conversation import Entry, EntryFile, EntrySource, EntryState, FailedDelivery
from bot.model.ticket import Ticket
from tests.factories import BEA, BEN, NOW

EVIL = "<!channel> <@U1> <https://evil.example|retarus.com> *x* `y` " * 400
"""Longer than any shown text, and full of markup."""


def an_entry(**values: object) -> Entry:
    known: dict[str, object] = {
        "id": "e" * 24,
        "way": EntrySource.MAIL,
        "kind": "answer",
        "state": EntryState.SHOWN,
        "ticket_id": "t1",
        "at": NOW,
        "author": EVIL[:200],
        "address": "rita@retarus.example",
        "subject": EVIL[:300],
        "words": EVIL[:12_000],
        "text": EVIL * 3,
        "rcr": ("RCR-1", "RCR-2", "RCR-3"),
        "files": tuple(EntryFile(name=f"{number}.log", size=1000) for number in range(20)),
        "left_out": tuple(f"{number}.exe: it is a program" for number in range(20)),
        "has_original": True,
    }
    return Entry.model_validate({**known, **values})


def entries() -> Iterator[Entry]:
    """Entries of every kind, short and long."""
    yield an_entry()
    yield an_entry(was_closed=True, others=("PD-1043",))
    yield an_entry(way=EntrySource.CHANNEL, kind="message", link="https://x.example/archives/C1/p1", is_edited=True)
    yield an_entry(way=EntrySource.CHANNEL, kind="message", is_edited=True, was_closed_when_edited=True)
    yield an_entry(way=EntrySource.CHANNEL, kind="message", words="", files=(), left_out=(), rcr=(), is_deleted=True)
    yield an_entry(kind="automatic_reply")
    yield an_entry(kind="acknowledgement")
    for outcome in ("failed", "delayed", "delivered"):
        failed = FailedDelivery(recipient="support@retarus.example", outcome=outcome, reason="unknown")
        yield an_entry(kind="delivery_report", deliveries=(failed,), letter="t1:5:letter_mail:support@retarus.example")
    yield an_entry(kind="delivery_report")


def messages(ticket: Ticket, config: Config) -> Iterator[Message]:
    for entry in entries():
        yield conversation.message(entry, ticket, config, [BEN, BEA])
    for about in ("unassigned", "mail", "severed", "lost", "left"):
        yield conversation.word({"about": about, "why": "Why."}, 3)


def views(ticket: Ticket, config: Config) -> Iterator[Json]:
    unassigned = an_entry(state=EntryState.UNASSIGNED, ticket_id="", reason="no_ticket", candidates=(ticket.id,))
    yield conversation.whole(an_entry(is_text_cut=True))
    yield conversation.assigning(unassigned, {ticket.id: "PD-1042"})
    listed = [unassigned.model_copy(update={"id": f"{number:024}"}) for number in range(10)]
    yield {"type": "home", "blocks": conversation.listing(listed, 40, {ticket.id: "PD-1042"}, 10)}
    yield outbound.form(ticket, "PD-1042", config, entry="e1", question=EVIL)
    yield outbound.form(ticket, "PD-1042", config, text=EVIL)
    outgoing = OutgoingPreview(
        ticket, "[PD-1042] P1", EVIL[:4400], ("by e-mail",), ticket.attachments, ("Is it meant so?",)
    )
    yield outbound.preview(outgoing, "PD-1042", "e1", config)
