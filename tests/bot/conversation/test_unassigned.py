"""Unassigned mails: assigned by a person to one ticket, or dismissed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from blocks import conversation
from bot.adapters.inbound_mail.parser import parse
from bot.conversation.mail import UnreadableMail
from bot.core.errors import Invalid, NotNow
from bot.core.i18n import Language, speaking
from bot.model.conversation import Entry, EntryState
from bot.model.ticket import NOBODY, Stage
from bot.model.transitions import Move
from bot.tickets.ports import Batch
from tests.adapters.inbound_mail.mails import mail
from tests.factories import ANNA, BEN, World, a_contact, a_world, an_incident


@pytest.fixture
async def world() -> World:
    return await a_world(a_contact(BEN))


async def taken(world: World) -> Entry:
    raw = mail("Offer", "hello", sender="x@evil.example")
    entry = await world.desk.inbound.take(parse(raw), raw)
    assert entry
    return entry


async def stored(world: World, entry: Entry) -> Entry:
    found = await world.store.entry(entry.id)
    assert found
    return found


async def test_mail_that_a_colleague_assigned_is_not_assigned_to_another_ticket(world: World) -> None:
    entry, first = await taken(world), await world.raised()
    await world.raised()
    for user in (BEN, ANNA):
        assert (await world.desk.conversation.assign(entry.id, user, "PD-1001")).id == first.id
    with pytest.raises(Invalid) as refused:
        await world.desk.conversation.assign(entry.id, ANNA, "PD-1002")
    assert refused.value.errors == {"ticket": "This mail is assigned to PD-1001 already."}
    assert (await stored(world, entry)).ticket_id == first.id


async def test_mail_that_a_colleague_assigned_is_not_dismissed(world: World) -> None:
    entry, ticket = await taken(world), await world.raised()
    await world.desk.conversation.assign(entry.id, BEN, "PD-1001")
    with pytest.raises(NotNow, match="This mail is assigned to PD-1001 already"):
        await world.desk.conversation.dismiss(entry.id, ANNA)
    assert (await stored(world, entry)).ticket_id == ticket.id


async def test_dismissed_mail_is_dismissed_once_and_can_be_assigned_from_a_form_that_is_open(world: World) -> None:
    entry, ticket = await taken(world), await world.raised()
    for user in (BEN, ANNA):
        await world.desk.conversation.dismiss(entry.id, user)
    assert (await stored(world, entry)).version == 2
    await world.desk.conversation.assign(entry.id, BEN, "PD-1001")
    assert (await stored(world, entry)).ticket_id == ticket.id


class Assigned:
    """A store in which a colleague assigns the mail just before the first change."""

    def __init__(self, store: object, assign: Callable[[], Awaitable[object]]) -> None:
        self.store, self.assign, self.is_first = store, assign, True

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    async def apply(self, batch: Batch) -> object:
        if self.is_first:
            self.is_first = False
            await self.assign()
        return await self.store.apply(batch)  # type: ignore[attr-defined]


async def test_mail_that_is_assigned_while_it_is_dismissed_stays_assigned(world: World) -> None:
    entry = await taken(world)
    await world.raised()
    store = Assigned(world.store, lambda: world.desk.conversation.assign(entry.id, BEN, "PD-1001"))
    other = world.at(store=store)
    with pytest.raises(NotNow):
        await other.desk.conversation.dismiss(entry.id, ANNA)
    assert (await stored(world, entry)).state is EntryState.SHOWN


async def test_assignment_that_another_replica_saves_at_the_same_moment_is_done_once(world: World) -> None:
    entry, ticket = await taken(world), await world.raised()
    other = world.at(store=Assigned(world.store, lambda: world.desk.conversation.assign(entry.id, BEN, "PD-1001")))
    assert (await other.desk.conversation.assign(entry.id, BEN, "PD-1001")).id == ticket.id
    assert (await stored(world, entry)).version == 2


async def test_mail_that_a_colleague_assigns_at_the_same_moment_is_not_assigned_to_another_ticket(world: World) -> None:
    entry, first, _ = await taken(world), await world.raised(), await world.raised()
    other = world.at(store=Assigned(world.store, lambda: world.desk.conversation.assign(entry.id, BEN, "PD-1001")))
    with pytest.raises(Invalid) as refused:
        await other.desk.conversation.assign(entry.id, ANNA, "PD-1002")
    assert refused.value.errors == {"ticket": "This mail is assigned to PD-1001 already."}
    assert (await stored(world, entry)).ticket_id == first.id


@pytest.mark.parametrize("language", Language)
async def test_unreadable_mail_that_is_assigned_is_not_shown_as_an_automatic_reply(
    world: World, language: Language
) -> None:
    unreadable = UnreadableMail(identity="x", size=3, attempts=3, reason="crash")
    entry = await world.desk.inbound.take(unreadable, b"raw")
    assert entry
    ticket = await world.raised()
    await world.desk.conversation.assign(entry.id, BEN, "PD-1001")
    with speaking(language):
        message = conversation.message(await stored(world, entry), ticket, world.desk.config)
    words = {
        Language.ENGLISH: "The mail could not be read. Its original is kept.",
        Language.GERMAN: "Die E-Mail konnte nicht gelesen werden. Das Original ist gespeichert.",
    }
    assert message.text == words[language]


async def test_mail_for_a_closed_ticket_asks_whether_to_reopen_it_while_it_is_closed(world: World) -> None:
    entry, ticket = await taken(world), await world.closed()
    await world.desk.conversation.assign(entry.id, BEN, "PD-1001")
    shown, config = await stored(world, entry), world.desk.config
    assert "Should it be reopened?" in str(conversation.message(shown, ticket, config).blocks)
    ticket = await world.desk.tickets.act_with_text(ticket.id, Move.REOPEN, ANNA, world.form(), "reason", "It is back")
    blocks = str(conversation.message(shown, ticket, config).blocks)
    assert "reopened?" not in blocks
    assert "was closed when this came" in blocks


@pytest.mark.parametrize("owner", ["", NOBODY])
async def test_closed_ticket_without_an_owner_asks_without_a_mention(world: World, owner: str) -> None:
    entry = (await taken(world)).model_copy(update={"was_closed": True, "kind": "answer"})
    blocks = conversation.message(entry, an_incident(Stage.CLOSED, owner=owner), world.desk.config).blocks
    assert "Should it be reopened?" in str(blocks)
    assert "user_id" not in str(blocks)


async def test_number_of_theirs_is_recorded_for_a_ticket_that_went_to_retarus_only(world: World) -> None:
    raw = mail("Your request", "Our number is RCR-88123.", sender="x@evil.example")
    entry = await world.desk.inbound.take(parse(raw), raw)
    assert entry
    await world.raised()
    ticket = await world.desk.conversation.assign(entry.id, BEN, "PD-1001")
    assert ticket.rcr == ()
    late = mail("Your request", "Our number is RCR-88123.", sender="x@evil.example", number=2)
    entry = await world.desk.inbound.take(parse(late), late)
    assert entry
    sent = await world.sent()
    ticket = await world.desk.conversation.assign(entry.id, BEN, str(sent.number))
    assert ticket.rcr == ("RCR-88123",)
