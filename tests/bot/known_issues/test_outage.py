"""Outages: tickets of a service gathered under a leading one, with one letter, one word and one remedy for all."""

from __future__ import annotations

import pytest

from bot.core.errors import Conflict, Invalid, NotYours, StoreDown
from bot.desk import open_desk
from bot.escalation.letter import as_text
from bot.model.notice import Notice, NoticeKind
from bot.model.outage_scope import scope_of
from bot.model.ticket import Affected, Kind, Stage, Ticket
from bot.model.transitions import Move, Step
from tests.doubles.failing_store import FailingStore
from tests.factories import ALEX, ANNA, BEN, CARLA, DESK, NEMO, NOW, RAISED, World, a_world, an_incident


async def of_customers(w: World, count: int, by: str = ANNA) -> list[Ticket]:
    """New tickets of so many end-customers, each with a tenant of its own."""
    return [await w.raised(by, customer=f"Customer {number}", tenants=f"{20000 + number}RS") for number in range(count)]


async def an_outage(w: World, count: int) -> tuple[Ticket, list[Ticket]]:
    """A complete ticket of the 2nd level that leads so many others."""
    others = await of_customers(w, count)
    leading = await w.complete()
    leading = await w.desk.outages.gather(leading.id, BEN, [each.id for each in others], w.form())
    return leading, [await w.desk.queries.ticket(each.id) for each in others]


async def direct(w: World, person: str, since: int = 0) -> list[Notice]:
    rows = await w.store.letters(limit=1000)
    return [row.notice for row in rows if row.notice.kind is NoticeKind.DIRECT and row.notice.to == person][
        : -since or None
    ]


async def test_chosen_tickets_are_gathered_in_batches_and_counted() -> None:
    w = await a_world()
    leading, led = await an_outage(w, 45)
    assert leading.leads == 45
    assert {each.parent for each in led} == {leading.id}
    outage = await w.desk.outages.look(led[0].id, ANNA)
    assert outage.leading.id == leading.id
    assert (outage.scope.customers, len(outage.scope.tenants), outage.candidates) == (46, 47, [])
    counted = [each for each in await w.desk.queries.history(leading.id) if each.kind == Step.LEAD]
    assert [each.detail["count"] for each in counted] == ["20", "20", "5"]


async def test_gathering_twice_changes_nothing_and_passes_over_who_is_linked_elsewhere() -> None:
    w = await a_world()
    first, second, third = await of_customers(w, 3)
    await w.desk.known_issues.same_cause(second.id, ANNA, f"{third.number}", w.form())
    leading = await w.complete()
    ids, form = [first.id, second.id, third.id, leading.id], w.form()
    assert (await w.desk.outages.gather(leading.id, BEN, ids, form)).leads == 1
    assert (await w.desk.outages.gather(leading.id, BEN, ids, form)).leads == 1
    assert (await w.desk.outages.gather(leading.id, BEN, ids, w.form())).leads == 1
    with pytest.raises(Invalid):
        await w.desk.outages.gather(leading.id, BEN, [], w.form())


async def test_candidates_are_open_tickets_of_the_service_and_the_recent_ones_are_likely() -> None:
    w = await a_world()
    old = await w.raised()
    w.clock.forward(hours=5)
    new = await w.raised(start=f"{int(w.clock().timestamp()) - 60}")
    await w.raised(services="SMS")
    leading = await w.raised(start=f"{int(w.clock().timestamp()) - 60}")
    outage = await w.desk.outages.look(leading.id, ANNA)
    assert {each.id for each in outage.candidates} == {old.id, new.id}
    assert outage.likely == {new.id}


async def test_letter_of_an_outage_names_all_tenants_and_counts_without_names_of_customers() -> None:
    w = await a_world()
    leading, led = await an_outage(w, 70)
    text = as_text((await w.desk.escalation.preview(leading.id, BEN)).letter)
    assert "12345RS, 23456RS, 20000RS, 20001RS, 20002RS" in text
    references = ", ".join(f"PD-{each.number}" for each in (leading, *led))
    assert len(references) > 500
    assert f"71 (our references: {references})" in text
    assert "Customer 1" not in text
    sent = await w.desk.escalation.send(leading.id, BEN, w.form(), leading.version)
    (event,) = [each for each in await w.desk.queries.history(sent.id) if each.kind == Move.ESCALATE]
    assert "20002RS" in event.detail["text"]
    assert "20002RS" not in event.detail["subject"]


async def test_ticket_that_joined_after_the_preview_is_shown_before_the_letter_goes() -> None:
    w = await a_world()
    leading, _ = await an_outage(w, 1)
    (late,) = await of_customers(w, 1)
    await w.desk.outages.gather(leading.id, ANNA, [late.id], w.form())
    with pytest.raises(Conflict):
        await w.desk.escalation.send(leading.id, BEN, w.form(), leading.version)


async def test_tenants_added_since_the_letter_begin_the_next_message_to_retarus() -> None:
    w = await a_world()
    sent = await w.sent()
    assert await w.desk.outbound.newly_affected(sent) == ""
    late = await w.raised(tenants="34567RS")
    await w.desk.outages.gather(sent.id, ANNA, [late.id], w.form())
    typed = {**RAISED, "customer": "Adler AG", "tenants": "45678RS"}
    await w.desk.known_issues.join(sent.id, ALEX, typed, w.form())
    assert await w.desk.outbound.newly_affected(sent) == "Also affected since then: 34567RS, 45678RS"


async def test_running_outages_are_listed_most_urgent_first() -> None:
    w = await a_world()
    tickets = [await w.raised(priority=priority) for priority in ("P1", "P2", "P1", "P2")]
    for leading in tickets:
        other = await w.raised()
        await w.desk.outages.gather(leading.id, ANNA, [other.id], w.form())
    assert [each.number for each in await w.desk.outages.listed(ALEX)] == [1001, 1003, 1002, 1004]


async def test_word_of_retarus_reaches_each_thread_and_each_person_once() -> None:
    w = await a_world()
    leading, led = await an_outage(w, 12)
    sent = await w.desk.escalation.send(leading.id, BEN, w.form(), leading.version)
    before = len(await direct(w, ANNA))
    word = "We look into policy DE1-77"
    await w.desk.tickets.act_with_text(sent.id, Move.RETARUS_UPDATE, BEN, w.form(), "answer", word)
    threads = [row.notice for each in led for row in await w.notices(each) if "from" in row.notice.body]
    assert [each.kind for each in threads].count(NoticeKind.THREAD) == 12
    (message,) = (await direct(w, ANNA))[: len(await direct(w, ANNA)) - before]
    assert message.body["numbers"] == sorted(each.number for each in led)


async def test_own_word_is_posted_in_every_thread_of_the_outage() -> None:
    w = await a_world()
    leading, led = await an_outage(w, 2)
    form = w.form()
    for _ in range(2):
        await w.desk.outages.tell_all(leading.id, BEN, "Next update at 14:00", form)
    for each in led:
        notices = [row.notice for row in await w.notices(each) if row.notice.body.get("from") == leading.id]
        assert [notice.kind for notice in notices].count(NoticeKind.THREAD) == 1


async def test_resolve_all_resolves_tickets_of_every_open_stage_with_one_remedy() -> None:
    w = await a_world()
    new, taken, asked, handed = await w.raised(), await w.taken(), await w.taken(), await w.handed_off()
    await w.desk.tickets.act_with_text(asked.id, Move.ASK_CUSTOMER, ANNA, w.form(), "question", "Which version is it?")
    others, leading = [new, taken, asked, handed, await w.accepted()], await w.complete()
    await w.desk.outages.gather(leading.id, BEN, [each.id for each in others], w.form())
    form = w.form()
    assert await w.desk.outages.resolve_all(leading.id, BEN, "Retarus corrected the policy", form) == 5
    assert await w.desk.outages.resolve_all(leading.id, BEN, "Retarus corrected the policy", form) == 5
    for each in (leading, *others):
        resolved = await w.desk.queries.ticket(each.id)
        assert (resolved.stage, resolved.owner) == (Stage.RESOLVED, ANNA)
        assert resolved.answer("remedy") == "Retarus corrected the policy"


async def test_resolve_all_tells_each_person_once() -> None:
    w = await a_world()
    leading, _ = await an_outage(w, 25)
    before = len(await direct(w, ANNA))
    await w.desk.outages.resolve_all(leading.id, BEN, "Retarus corrected the policy", w.form())
    notices = (await direct(w, ANNA))[: len(await direct(w, ANNA)) - before]
    assert len([each for each in notices if "numbers" in each.body]) == 1
    assert len(notices) == 2  # and of the leading ticket, which is Anna's to confirm


@pytest.mark.parametrize("is_same_form", [True, False])
async def test_resolve_all_that_was_broken_off_goes_on_with_the_rest_and_tells_each_person_once(
    *, is_same_form: bool
) -> None:
    w = await a_world()
    leading, led = await an_outage(w, 45)
    late = await w.raised(customer="Late GmbH")
    before, form = len(await direct(w, ANNA)), w.form()
    broken = open_desk(**{**w.parts, "store": FailingStore(w.store, None, None, StoreDown("killed"))})
    with pytest.raises(StoreDown):
        await broken.outages.resolve_all(leading.id, BEN, "Policy corrected", form)
    stages = [(await w.desk.queries.ticket(each.id)).stage for each in led]
    assert stages.count(Stage.RESOLVED) == 20
    await w.desk.known_issues.same_cause(late.id, ALEX, f"{leading.number}", w.form())
    await w.desk.tickets.act_with_text(led[-1].id, Move.WITHDRAW, ANNA, w.form(), "reason", "The customer left")
    again = form if is_same_form else w.form()
    assert await w.desk.outages.resolve_all(leading.id, BEN, "Policy corrected", again) == 45
    for each in (*led[:-1], late):
        ticket = await w.desk.queries.ticket(each.id)
        assert (ticket.stage, ticket.answer("remedy")) == (Stage.RESOLVED, "Policy corrected")
    assert (await w.desk.queries.ticket(led[-1].id)).stage is Stage.CLOSED
    notices = (await direct(w, ANNA))[: len(await direct(w, ANNA)) - before]
    assert len([each for each in notices if "numbers" in each.body]) == 1
    assert len(notices) <= 3  # and of the leading ticket, and of the one that joined late


@pytest.mark.parametrize(("user", "may"), [(ANNA, False), (BEN, True), (CARLA, True), (NEMO, False)])
async def test_resolve_all_is_for_people_who_may_resolve_the_leading_ticket(user: str, may: bool) -> None:
    w = await a_world()
    leading, led = await an_outage(w, 1)
    if may:
        await w.desk.outages.resolve_all(leading.id, user, "Policy corrected", w.form())
    else:
        with pytest.raises(NotYours):
            await w.desk.outages.resolve_all(leading.id, user, "Policy corrected", w.form())
    assert ((await w.desk.queries.ticket(led[0].id)).stage is Stage.RESOLVED) is may


async def test_remedy_of_a_closed_leading_ticket_still_resolves_the_others() -> None:
    w = await a_world()
    leading, led = await an_outage(w, 1)
    await w.desk.tickets.resolve(leading.id, BEN, w.form(), "Policy corrected", {})
    await w.desk.tickets.act(leading.id, Move.CONFIRM, ANNA, w.form())
    assert await w.desk.outages.resolve_all(leading.id, ANNA, "Policy corrected", w.form()) == 1
    assert (await w.desk.queries.ticket(led[0].id)).stage is Stage.RESOLVED


def test_scope_counts_each_customer_and_tenant_once() -> None:
    joined = Affected(customer="ADLER ag", by=ANNA, at=NOW, tenants=("34567RS",))
    leading = an_incident(affected=(joined,))
    same = an_incident(number=1050, also={"customer": "Adler AG", "tenants": "main account only"})
    scope = scope_of(leading, [same])
    assert scope.customers == 2
    assert scope.tenants == ("12345RS", "23456RS", "34567RS")
    assert scope.numbers == (1042, 1050)
    assert leading.kind is Kind.INCIDENT


@pytest.mark.parametrize("outcome", [Move.WITHDRAW, Move.REOPEN])
async def test_tickets_of_an_outage_hear_that_it_is_closed_without_a_remedy_or_that_the_remedy_did_not_hold(
    outcome: Move,
) -> None:
    w = await a_world()
    leading, led = await an_outage(w, 2)
    leading = await w.desk.escalation.send(leading.id, BEN, w.form(), leading.version)
    if outcome is Move.REOPEN:
        leading = await w.desk.tickets.resolve(leading.id, BEN, w.form(), "The customer's firewall was restarted", {})
    before = len(await direct(w, ANNA))
    reason = "It was the customer's own firewall"
    await w.desk.tickets.act_with_text(leading.id, outcome, BEN, w.form(), "reason", reason)
    for ticket in led:
        newest = (await w.notices(ticket))[-1].notice
        assert (newest.kind, newest.to, newest.body["from"]) in {
            (NoticeKind.THREAD, DESK, leading.id),
            (NoticeKind.DIRECT, ANNA, leading.id),
        }
    about = [each for each in (await direct(w, ANNA))[before:] if each.body.get("from") == leading.id]
    assert [each.body["numbers"] for each in about] == [sorted(each.number for each in led)]
