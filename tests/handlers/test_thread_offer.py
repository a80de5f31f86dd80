"""Messages in a ticket's thread are offered in the forms of the handoff and of the escalation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from blocks.thread_offer import TAKE_IN
from bot.core.errors import NotNow
from bot.model.ticket import Stage
from handlers.thread_memory import is_of_person
from handlers.thread_messages import ThreadMessage
from handlers.thread_offer import added
from localslack import Modal
from tests.factories import an_incident
from tests.handlers.world import DESK, FIRST_TASKS, Json, World
from tests.timeouts import TIMEOUT

WRITTEN = "Restarted the connector twice & emptied the <queue>; " + "no change so far. " * 12


def typed_in(form: Modal, key: str) -> str:
    """The text that a field of a form begins with."""
    return next(
        str(each["element"].get("initial_value", "")) for each in form.view["blocks"] if each.get("block_id") == key
    )


def inserting(form: Modal, key: str) -> Json:
    """The click that inserts the newest message into this field."""
    block = next(each for each in form.view["blocks"] if each.get("block_id") == f"{TAKE_IN}.{key}.0")
    (button,) = block["elements"]
    where = {"type": "view", "view_id": form.id}
    element = {"block_id": block["block_id"], "action_id": TAKE_IN, "value": button["value"]}
    return {"container": where, **element, "values": {}}


async def until_known(w: World, card: Json, *posted: Json) -> None:
    """Waits until the desk knows of these replies."""

    def are_known() -> bool:
        return {each["ts"] for each in posted} <= known(w, card)

    await w.anna.wait_for(are_known, "the desk to know of the replies")


def known(w: World, card: Json) -> set[str]:
    """Timestamps of the replies that the desk knows of."""
    return {each.ts for each in w.running.dispatcher.threads.newest((card["channel"], card["ts"]), 10)}


async def test_message_of_the_thread_is_taken_into_the_handoff_by_one_click(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    called = await w.anna.post(DESK, "Called the customer", thread=card)
    await until_known(w, card, called, await w.alex.post(DESK, WRITTEN, thread=card))
    await w.anna.click(await w.anna.again(card), "Hand off to 2nd level")
    form = await w.anna.modal("Hand off to 2nd level", containing="From the thread")
    assert form.text.index("Restarted the connector") < form.text.index("Called the customer")
    assert "took it" not in form.text
    await w.anna.click(form, "Insert")
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    form = await w.anna.modal("Hand off to 2nd level")
    assert typed_in(form, "triage").startswith("Alex Adler, ")
    answers = {key: value for key, value in FIRST_TASKS.items() if key != "triage"}
    assert (await w.anna.submit(form, answers))["outcome"] == "closed"
    triage = (await w.ticket()).answer("triage")
    assert triage.startswith("Alex Adler, ")
    assert triage.endswith(f": {WRITTEN.strip()}")


async def test_message_of_the_thread_is_offered_before_the_escalation(w: World) -> None:
    card = await w.accepted()
    await w.ben.post(DESK, "Rolled back to 4.1, no change", thread=card)
    await w.ben.click(card, "Escalate to Retarus")
    form = await w.ben.modal("Escalate to Retarus", containing="Rolled back to 4.1")
    for key in ("steps", "done"):
        await w.ben.act("action", **inserting(form, key))
        await w.running.dispatcher.tasks.drain(TIMEOUT)
        form = await w.ben.modal("Escalate to Retarus")
        assert typed_in(form, key).endswith(": Rolled back to 4.1, no change")
    assert (await w.ticket()).answer("done") == ""


async def test_thread_is_read_once_for_a_form_and_heard_messages_need_no_reading(w: World) -> None:
    card = await w.raised()
    await w.alex.post(DESK, "Called the customer", thread=card)
    since = max(row.seq for row in w.slack.services.traffic.rows())
    await w.anna.click(card, "Hand off to 2nd level")
    form = await w.anna.modal("Hand off to 2nd level", containing="Called the customer")
    await until_known(w, card, await w.alex.post(DESK, "Restarted the <connector>", thread=card))
    await w.decide(w.anna, form, "known", "no")
    form = await w.anna.modal("Hand off to 2nd level", containing="Restarted the <connector>")
    await w.anna.click(form, "Insert")
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    form = await w.anna.modal("Hand off to 2nd level")
    assert typed_in(form, "triage").endswith(": Restarted the <connector>")
    readings = [row for row in w.slack.services.traffic.rows(since) if row.kind == "conversations.replies"]
    assert len(readings) == 1


async def test_heard_messages_are_offered_while_slack_does_not_read_the_thread(w: World) -> None:
    card = await w.raised()
    posted = [await w.alex.post(DESK, f"Attempt {number}", thread=card) for number in range(7)]
    await until_known(w, card, *posted)
    w.slack.faults.order("conversations.replies", "ratelimited", retry_after=3600, times=None)
    await w.anna.click(card, "Hand off to 2nd level")
    form = await w.anna.modal("Hand off to 2nd level", containing="Attempt 6")
    assert [number for number in range(7) if f"Attempt {number}" in form.text] == [2, 3, 4, 5, 6]
    await w.anna.click(form, "Insert")
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    assert typed_in(await w.anna.modal("Hand off to 2nd level"), "triage").endswith(": Attempt 6")


async def test_message_that_was_edited_or_deleted_meanwhile_is_taken_in_as_it_is(w: World) -> None:
    card = await w.raised()
    first = await w.alex.post(DESK, "Restarted it once", thread=card)
    await until_known(w, card, first, await w.alex.post(DESK, "Restarted it", thread=card))
    await w.anna.click(card, "Hand off to 2nd level")
    form = await w.anna.modal("Hand off to 2nd level", containing="Restarted it once")
    await w.alex.act("delete", channel=DESK, ts=first["ts"])
    await w.anna.wait_for(lambda: first["ts"] not in known(w, card), "the desk to know that it is deleted")
    await w.anna.click(form, "Insert")
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    form = await w.anna.modal("Hand off to 2nd level")
    assert "Restarted it once" not in form.text


@pytest.mark.parametrize(
    ("act", "text", "refusal"),
    [
        ("delete", {}, "not in the ticket's thread any more"),
        ("edit", {"text": ":eyes:"}, "there is nothing left to insert"),
    ],
)
async def test_message_that_is_gone_when_it_is_inserted_is_refused_in_plain_words(
    w: World, act: str, text: Json, refusal: str
) -> None:
    card = await w.raised()
    posted = await w.alex.post(DESK, "Restarted it once", thread=card)
    await until_known(w, card, posted)
    await w.anna.click(card, "Hand off to 2nd level")
    click = inserting(await w.anna.modal("Hand off to 2nd level", containing="Restarted it once"), "triage")
    await w.alex.act(act, channel=DESK, ts=posted["ts"], **text)
    await w.anna.wait_for(lambda: posted["ts"] not in known(w, card), "the desk to know that it is gone")
    await w.anna.act("action", **click)
    assert await w.anna.modal("Not possible", containing=refusal)


async def test_thread_that_slack_does_not_read_keeps_no_form_closed(w: World) -> None:
    card = await w.raised()
    await w.anna.control("POST", "faults", method="conversations.replies", fault="internal_error", times=5)
    await w.anna.click(card, "Hand off to 2nd level")
    form = await w.anna.modal("Hand off to 2nd level")
    assert "From the thread" not in form.text


async def test_author_outside_the_partner_is_marked_where_their_message_is_offered_and_inserted(w: World) -> None:
    w.slack.connect.share("partner-desk", "Retarus")
    await w.carla.act("invite", channel=DESK, users=["rita"])
    card = await w.raised()
    await w.gus.post(DESK, "It is slow here too", thread=card)
    await w.rita.post(DESK, "No fault on our side", thread=card)
    await w.anna.click(card, "Hand off to 2nd level")
    form = await w.anna.modal("Hand off to 2nd level", containing="Rita Reuter (external), ")
    assert "Gus Gast (guest), " in form.text
    await w.anna.act("action", **inserting(form, "triage"))
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    typed = typed_in(await w.anna.modal("Hand off to 2nd level"), "triage")
    assert typed.startswith("Rita Reuter (external), ")
    assert typed.endswith(": No fault on our side")


def test_message_is_added_once_below_what_is_typed() -> None:
    at = datetime(2019, 8, 27, 9, 20, tzinfo=UTC)
    message, ticket = ThreadMessage("t1", "1.1", "Anna Arnold", at, "restart tried"), an_incident(Stage.FIRST)
    once = added("typed", message, ticket)
    assert once == "typed\nAnna Arnold, 27.08.2019 11:20: restart tried"
    assert added(once, message, ticket) == once
    with pytest.raises(NotNow, match="There is no room"):
        added("x" * 2990, message, ticket)
    with pytest.raises(NotNow, match="copy the part that matters"):
        added("", replace(message, text="x" * 3000), ticket)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"ts": "2", "thread_ts": "1", "user": "U1"}, True),
        ({"ts": "2", "thread_ts": "1", "user": "U1", "subtype": "file_share"}, True),
        ({"ts": "1", "thread_ts": "1", "user": "U1"}, False),
        ({"ts": "2", "user": "U1"}, False),
        ({"ts": "2", "thread_ts": "1", "user": "U1", "bot_id": "B1"}, False),
        ({"ts": "2", "thread_ts": "1", "user": "U1", "subtype": "channel_join"}, False),
    ],
)
def test_reply_of_a_person_is_distinguished_from_other_messages(message: dict[str, str], expected: object) -> None:
    assert is_of_person(message) is expected
