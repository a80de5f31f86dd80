"""Joining and linking: recipients, refusals, and counts without duplicates."""

from __future__ import annotations

import pytest

from bot.core.errors import Invalid, NotNow, NotYours
from bot.model.contact import EndCustomer
from bot.model.notice import NoticeKind
from bot.model.ticket import Stage
from bot.model.transitions import Move, Step
from bot.tickets.ports import Batch
from tests.doubles.counting import Counting
from tests.factories import ALEX, ANNA, BEN, CARLA, GUS, World, a_world

ADLER = {"customer": "Adler AG", "happens": "Outgoing mail is rejected", "impact": "Nobody can write"}


async def two(w: World) -> tuple[str, str]:
    """A ticket, and another with the same cause."""
    leading, led = await w.raised(), await w.raised()
    await w.desk.known_issues.same_cause(led.id, BEN, f"PD-{leading.number}", "form")
    return leading.id, led.id


async def notices_of(w: World, ticket_id: str) -> list[tuple[NoticeKind, str]]:
    """Words relayed to this ticket."""
    letters = await w.store.letters(ticket_id=ticket_id)
    return [(each.notice.kind, each.notice.to) for each in letters if "from" in each.notice.body]


async def test_joining_keeps_the_person_with_their_customer_once() -> None:
    w = await a_world()
    ticket = await w.raised()
    for _ in range(2):
        await w.desk.known_issues.join(ticket.id, ALEX, ADLER, "click")
    (joined,) = (await w.desk.queries.ticket(ticket.id)).affected
    assert (joined.customer, joined.by) == ("Adler AG", ALEX)
    assert joined.impact == "Outgoing mail is rejected\nNobody can write"


@pytest.mark.parametrize("customer", ["adler  ag", "Adler A.G.", "Müller GmbH", "Mueller G.m.b.H."])
async def test_a_customer_who_is_on_it_already_is_not_added_again(customer: str) -> None:
    w = await a_world()
    ticket = await w.raised()
    await w.desk.known_issues.join(ticket.id, ALEX, ADLER, "click")
    with pytest.raises(NotNow, match="is on PD-1001 already"):
        await w.desk.known_issues.join(ticket.id, ALEX, {"customer": customer}, "other")


async def test_customer_joins_in_the_spelling_that_is_known() -> None:
    w = await a_world()
    await w.store.apply(Batch(customers=[EndCustomer(id="c9", name="Café Adler A.G.", also=("Adler Nord",))]))
    for customer in ("Cafe Adler AG", "adler nord"):
        ticket = await w.raised()
        await w.desk.known_issues.join(ticket.id, ALEX, {**ADLER, "customer": customer}, customer)
        (joined,) = (await w.desk.queries.ticket(ticket.id)).affected
        assert joined.customer == "Café Adler A.G."


async def test_joining_is_refused_for_closed_tickets_guests_and_secrets() -> None:
    w = await a_world()
    ticket = await w.raised()
    with pytest.raises(NotYours):
        await w.desk.known_issues.join(ticket.id, GUS, ADLER, "click")
    with pytest.raises(Invalid):
        await w.desk.known_issues.join(ticket.id, ALEX, {**ADLER, "happens": "password: Sommer2026!"}, "click")
    await w.desk.tickets.act(ticket.id, Move.WITHDRAW, ANNA, "click", reason="by mistake")
    with pytest.raises(NotNow, match="is closed"):
        await w.desk.known_issues.join(ticket.id, ALEX, ADLER, "click")


async def test_a_word_on_the_leading_ticket_reaches_thread_and_owner_of_the_others_once() -> None:
    w = await a_world()
    leading, led = await two(w)
    await w.desk.tickets.act(leading, Move.TAKE, ALEX, "take")
    await w.desk.tickets.act_with_text(leading, Move.RESOLVE, ALEX, "form", "remedy", "Rolled back to 4.1")
    await w.desk.tickets.act_with_text(leading, Move.RESOLVE, ALEX, "form", "remedy", "Rolled back to 4.1")
    assert sorted(await notices_of(w, led)) == sorted(
        [(NoticeKind.THREAD, w.desk.routes.desk), (NoticeKind.DIRECT, ANNA)]
    )


async def test_events_not_from_retarus_are_not_relayed() -> None:
    w = await a_world()
    leading, led = await two(w)
    await w.desk.tickets.note(leading, BEN, "Looking into it", "form")
    assert await notices_of(w, led) == []


async def test_unlinked_or_closed_ticket_gets_no_relayed_words() -> None:
    w = await a_world()
    leading, led = await two(w)
    await w.desk.known_issues.other_cause(led, BEN, "click")
    await w.desk.tickets.act(leading, Move.TAKE, ALEX, "take")
    await w.desk.tickets.act_with_text(leading, Move.RESOLVE, ALEX, "form", "remedy", "Rolled back to 4.1")
    assert await notices_of(w, led) == []


async def test_leading_ticket_counts_each_linked_ticket_once() -> None:
    w = await a_world()
    leading, led = await two(w)
    await w.desk.known_issues.same_cause(led, BEN, "PD-1001", "form")
    await w.desk.known_issues.same_cause(led, BEN, "PD-1001", "another form")
    assert (await w.desk.queries.ticket(leading)).leads == 1
    for _ in range(2):
        await w.desk.known_issues.other_cause(led, BEN, "click")
    assert (await w.desk.queries.ticket(leading)).leads == 0


async def test_ticket_linked_to_a_led_ticket_is_led_by_its_leader() -> None:
    w = await a_world()
    leading, led = await two(w)
    third = await w.raised()
    linked = await w.desk.known_issues.same_cause(third.id, BEN, "PD-1002", "form 3")
    assert linked.parent == leading
    assert (await w.desk.queries.ticket(leading)).leads == 2
    assert (await w.desk.queries.ticket(led)).leads == 0


async def test_a_ticket_that_leads_is_not_led_itself() -> None:
    w = await a_world()
    leading, _ = await two(w)
    await w.raised()
    with pytest.raises(Invalid):
        await w.desk.known_issues.same_cause(leading, BEN, "PD-1003", "form 3")
    assert (await w.desk.queries.ticket(leading)).parent == ""


async def test_linking_to_another_leader_leaves_the_first() -> None:
    w = await a_world()
    leading, led = await two(w)
    third = await w.raised()
    await w.desk.known_issues.same_cause(led, BEN, "PD-1003", "form 3")
    assert [(await w.desk.queries.ticket(each)).leads for each in (leading, third.id)] == [0, 1]
    history = [event.kind for event in await w.store.history(led)]
    assert history[-2:] == [Step.LINK, Step.LINK]


async def test_linking_leaves_the_stage_unchanged() -> None:
    w = await a_world()
    _, led = await two(w)
    ticket = await w.desk.queries.ticket(led)
    assert (ticket.stage, ticket.owner) == (Stage.NEW, ANNA)


async def test_findings_of_retarus_are_relayed_with_their_kind() -> None:
    w = await a_world()
    leading = await w.sent()
    led = await w.raised()
    await w.desk.known_issues.same_cause(led.id, BEN, f"PD-{leading.number}", "form")
    seen = (await w.desk.queries.ticket(leading.id)).version
    await w.desk.retarus_replies.record(leading.id, BEN, {"their_workaround": "Use DE2"}, "form", seen)
    assert (NoticeKind.THREAD, w.desk.routes.desk) in await notices_of(w, led.id)
    passed = [each.notice for each in await w.store.letters(ticket_id=led.id) if "from" in each.notice.body]
    assert {tuple(notice.names("news")) for notice in passed} == {("their_workaround",)}


async def test_refused_link_leaves_the_existing_one() -> None:
    w = await a_world()
    leading, led = await two(w)
    third = await w.raised()
    await w.desk.tickets.act(third.id, Move.WITHDRAW, ANNA, "click", reason="by mistake")
    with pytest.raises(NotNow, match="is closed"):
        await w.desk.known_issues.same_cause(led, BEN, "PD-1003", "form 3")
    assert (await w.desk.queries.ticket(led)).parent == leading
    assert (await w.desk.queries.ticket(leading)).leads == 1


async def test_word_reaches_people_who_joined_and_the_first_owner_once_each() -> None:
    w = await a_world()
    leading, led = await w.raised(), await w.accepted()
    await w.desk.known_issues.join(led.id, ALEX, ADLER, "join")
    await w.desk.known_issues.join(led.id, ALEX, {**ADLER, "customer": "Nord AG"}, "join again")
    await w.desk.known_issues.same_cause(led.id, BEN, "PD-1001", "form")
    await w.desk.tickets.act(leading.id, Move.TAKE, CARLA, "take")
    await w.desk.tickets.act_with_text(leading.id, Move.RESOLVE, CARLA, "form", "remedy", "Rolled back to 4.1")
    people = [to for kind, to in await notices_of(w, led.id) if kind is NoticeKind.DIRECT]
    assert sorted(people) == sorted([ALEX, ANNA, BEN])


async def test_ticket_linked_later_gets_the_last_word_of_the_leading_one() -> None:
    w = await a_world()
    leading = await w.sent()
    await w.desk.retarus_replies.record(leading.id, BEN, {"their_workaround": "Use DE2"}, "form", leading.version)
    await w.desk.escalation.record_rcr(leading.id, BEN, "RCR-88123", "rcr")
    late = await w.raised(by=ALEX)
    for _ in range(2):
        await w.desk.known_issues.same_cause(late.id, BEN, "PD-1001", "link")
    assert sorted(await notices_of(w, late.id)) == sorted(
        [(NoticeKind.THREAD, w.desk.routes.desk), (NoticeKind.DIRECT, ALEX)]
    )
    passed = [each.notice for each in await w.store.letters(ticket_id=late.id) if "from" in each.notice.body]
    assert {tuple(notice.names("news")) for notice in passed} == {("their_workaround",)}


async def test_remedy_that_did_not_hold_is_not_relayed_later() -> None:
    w = await a_world()
    leading = await w.resolved()
    await w.desk.tickets.act_with_text(leading.id, Move.REOPEN, ANNA, "again", "reason", "It came back")
    late = await w.raised()
    await w.desk.known_issues.same_cause(late.id, BEN, "PD-1001", "link")
    assert await notices_of(w, late.id) == []


async def test_link_moves_a_ticket_and_counts_on_both_leaders_in_one_batch() -> None:
    w = await a_world()
    leading, led = await two(w)
    third = await w.raised()
    before = [await w.desk.queries.ticket(each) for each in (leading, led, third.id)]
    counting = Counting(w.store)
    await w.at(store=counting).desk.known_issues.same_cause(led, BEN, "PD-1003", "form 3")
    assert counting.batches == 1
    after = [await w.desk.queries.ticket(each) for each in (leading, led, third.id)]
    assert [new.version - old.version for old, new in zip(before, after, strict=True)] == [1, 1, 1]
