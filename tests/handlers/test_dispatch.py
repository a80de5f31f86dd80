"""Changes are saved before Slack is answered, and a failure to show them is not reported as a failure to save."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from blocks import create, handoff, transitions
from bot.core.errors import Invalid, StoreDown
from bot.model.ticket import Stage
from bot.model.transitions import Move
from handlers.payload import Click, Submission
from localslack import LocalSlack, Mailbox
from localslack.mail import serve
from tests.handlers.test_restart import ANSWERS, LATE, late_process, process
from tests.handlers.world import DESK, World, _seed
from tests.localslack.traffic_watch import until
from tests.timeouts import TIMEOUT, long_timeouts


async def taken(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.anna.click(await w.anna.again(card), "Start checks")


async def test_acknowledged_clicks_survive_a_kill(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        anna = slack.person("anna")
        async with process(slack, mail, tmp_path) as running:
            await anna.command(DESK, "/retarus-incident")
            form = {**ANSWERS, "start": int(slack.clock.now()) - 600}
            assert (await anna.submit(await anna.modal(), form))["outcome"] == "closed"
            card = await anna.message(DESK, "PD-1001")
            assert (await anna.click(card, "Take"))["outcome"] == "ack"
            running.kill()
        async with late_process(slack, mail, f"sqlite:///{tmp_path / 'desk.sqlite3'}", LATE):
            await anna.reply(card, "took it")
        await mail.close()


async def test_check_by_one_click_says_it_was_saved_when_slack_cannot_show_it(w: World) -> None:
    await taken(w)
    modal = await w.anna.modal("1st-level checks")
    await w.anna.control("POST", "faults", method="views.update", fault="internal_error", times=1)
    await w.anna.click(modal, "Correct and complete")
    text = await w.anna.modal(containing="It was saved. Slack could not show it just now.")
    assert "reference" not in text.text
    assert (await w.ticket()).answer("info") == "correct"


async def test_check_by_one_click_in_a_closed_modal_is_saved_without_an_error(
    w: World, caplog: pytest.LogCaptureFixture
) -> None:
    await taken(w)
    modal = await w.anna.modal("1st-level checks")
    await w.anna.control("POST", "faults", method="views.update", fault="not_found", times=1)
    await w.anna.click(modal, "Correct and complete")
    await w.anna.message(DESK, "Continue checks (1/7)")
    assert (await w.ticket()).answer("info") == "correct"
    assert [each.title for each in await w.anna.modals()] == ["1st-level checks"]
    assert "unforeseen" not in caplog.text


async def test_failure_after_a_save_is_not_told_as_no_change_by_every_kind_of_listener(w: World) -> None:
    """A listener that goes on after its save, by mistake or in a second step, says nothing untrue when that fails."""
    card = await w.raised()
    dispatcher, take, ask = w.running.dispatcher, transitions.action_of(Move.TAKE), handoff.ASK
    saving, raising = dispatcher.saving_clicks[take], dispatcher.submissions[create.RAISE]

    async def saved_click(click: Click) -> None:
        await saving(click)
        raise StoreDown("gone")

    async def opening_click(click: Click) -> None:
        await w.running.desk.tickets.note(click.value, click.user, "They called again", click.id)
        raise TimeoutError

    async def submitted(form: Submission) -> None:
        await raising(form)
        raise Invalid({"customer": "Not this one."})

    dispatcher.saving_clicks[take], dispatcher.clicks[ask] = saved_click, opening_click
    dispatcher.submissions[create.RAISE] = submitted
    await w.anna.click(card, "Take")
    await w.anna.message(DESK, "look before you do it again. The desk's database does not answer.")
    await w.anna.reply(card, "took it")
    await w.anna.click(await w.anna.again(card), "Hand off to 2nd level")
    await w.anna.message(DESK, "look before you do it again. Slack did not answer properly just now.")
    await w.anna.command(DESK, "/retarus-incident")
    done = await w.anna.submit(await w.anna.modal("Raise an incident"), w.answers())
    assert done["outcome"] == "updated"
    await w.anna.modal(
        "Please look",
        containing="It was saved, or a part of it was: look before you do it again. End-customer: Not this one.",
    )
    assert (await w.ticket(1002)).number
    assert not [each for each in await w.anna.messages(DESK) if "nothing was changed" in each["text"]]


@pytest.mark.parametrize("fault", ["internal_error", "lost_answer"])
async def test_failure_to_open_a_form_says_nothing_about_what_is_done_in_it(w: World, fault: str) -> None:
    card = await w.raised()
    await w.anna.control("POST", "faults", method="views.open", fault=fault, times=1)
    await w.anna.click(card, "Hand off to 2nd level")
    if fault == "internal_error":
        posted = await w.anna.message(DESK, "If it is open, go on with it; if not, try again.")
        assert "reference" not in posted["text"]
    else:
        await w.anna.modal("Hand off to 2nd level")
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    assert not [each for each in await w.anna.messages(DESK) if "nothing was changed" in each["text"]]
    assert (await w.ticket()).stage is Stage.NEW


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("token_revoked", "The bot's token was revoked. An admin must install the app again."),
        ("account_inactive", "The bot was removed from the workspace. An admin must install it again."),
        ("missing_scope", "The bot lacks the permission"),
    ],
)
async def test_click_while_slack_refuses_the_desk_names_the_reason_without_a_reference(
    w: World, caplog: pytest.LogCaptureFixture, error: str, reason: str
) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.anna.control("POST", "faults", method="views.open", fault=error, times=1)
    await w.anna.click(await w.anna.again(card), "Hand off to 2nd level")
    posted = await w.anna.message(DESK, f"Slack refuses the desk at the moment, so nothing was changed. {reason}")
    assert "reference" not in posted["text"]
    assert "unforeseen" not in caplog.text


async def test_saved_click_that_a_refused_token_cannot_show_is_said_to_be_saved(
    w: World, caplog: pytest.LogCaptureFixture
) -> None:
    await taken(w)
    modal = await w.anna.modal("1st-level checks")
    await w.anna.control("POST", "faults", method="views.update", fault="token_revoked", times=1)
    await w.anna.click(modal, "Correct and complete")
    await w.anna.modal(containing="It was saved. Slack refuses to show it at the moment.")
    assert "unforeseen" not in caplog.text
    assert (await w.ticket()).answer("info") == "correct"


async def test_form_whose_first_opening_lost_its_answer_opens_without_a_word(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.anna.control("POST", "faults", method="views.open", fault="reset", when="after", times=1)
    await w.anna.click(await w.anna.again(card), "Hand off to 2nd level")
    await w.anna.modal("Hand off to 2nd level")
    await w.anna.control("POST", "faults", method="views.open", fault="exchanged_trigger_id", times=1)
    await w.anna.click(await w.anna.again(card), "Fill in")
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    assert not [each for each in await w.anna.messages(DESK) if each.get("is_ephemeral")]


async def test_second_delivery_of_a_refused_click_saves_nothing(w: World) -> None:
    await w.raised()
    ticket = await w.ticket()
    action = {"action_id": transitions.action_of(Move.TAKE), "value": ticket.id, "action_ts": "1700000000.000001"}
    body = {
        "type": "block_actions",
        "user": {"id": "U0ALEX"},
        "actions": [action],
        "channel": {"id": w.running.desk.routes.desk},
    }
    await w.anna.control("POST", "faults", method="users.info", fault="internal_error", times=2)
    w.running.desk.queries.directory.forget("U0ALEX")
    for _ in range(2):
        request = AsyncBoltRequest(body=json.dumps(body), mode="socket_mode")
        assert (await w.running.app.async_dispatch(request)).status == 200
    await w.alex.message(DESK, "Slack did not answer properly just now, so nothing was changed.")
    assert (await w.ticket()).version == ticket.version


@pytest.mark.parametrize("again", ["slash_command", "block_actions"])
async def test_socket_mode_envelope_delivered_twice_opens_one_form(w: World, again: str) -> None:
    card = await w.raised()
    opened = rows(w, "views.open")
    w.slack.faults.order(again, "doubled")
    if again == "block_actions":
        await w.alex.click(card, "Hand off to 2nd level")
    else:
        await w.alex.command(DESK, "/retarus-incident")
    await w.alex.modal()
    await w.anna.command(DESK, "/retarus-incident")  # handled after both
    await w.anna.modal("Raise an incident")
    assert "doubled" in {row.fault for row in w.slack.services.traffic.rows() if row.kind == again}
    assert rows(w, "views.open") == opened + 2
    assert len(await w.alex.modals()) == 1


def rows(w: World, kind: str) -> int:
    return sum(row.kind == kind for row in w.slack.services.traffic.rows())


async def test_events_that_concern_nobody_cost_no_look_up_of_people(w: World) -> None:
    card = await w.raised()
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    before = rows(w, "users.info")
    for person in (w.ben, w.gus, w.carla):
        w.running.desk.queries.directory.forget((await person.state())["me"]["id"])
        await person.post(DESK, "Good morning")
        await person.post(DESK, "Any news?", thread=card)
        await person.act("profile", title="Busy")
    await until(w.slack, lambda: rows(w, "event:message") >= 6 and rows(w, "event:user_change") >= 3)
    await until(w.slack, lambda: all(row.status != "pending" for row in w.slack.services.traffic.rows()))
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    assert rows(w, "users.info") == before


async def test_person_whose_profile_slack_does_not_give_gets_an_error_before_the_trigger_ends(w: World) -> None:
    w.running.dispatcher.in_time = 0.1
    w.running.desk.queries.directory.forget(w.slack.admin.member("gus").id)
    w.slack.faults.order("users.info", "hang", times=None)
    await w.gus.command(DESK, "/retarus-incident")
    await w.gus.message(DESK, "Slack did not answer properly")
    w.slack.faults.clear()
