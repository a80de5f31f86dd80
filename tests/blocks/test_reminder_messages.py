"""Messages of reminders: true words for each reader, with the buttons that this reader may press."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from blocks import reminder_messages, reminders, transitions
from blocks.kit import Message
from blocks.reminder_messages import Item
from bot.clocks.timers import Timer
from bot.core.i18n import Language, speaking
from bot.model.ticket import Event, Nudge, Stage, Ticket, Times
from bot.model.transitions import Move, Step
from tests.blocks.surfaces import parts
from tests.factories import ANNA, BEN, CARLA, NOW, a_config, an_incident

CONFIG = a_config()
ACCEPT, NOTE = transitions.action_of(Move.ACCEPT), transitions.action_of(Step.NOTE)


def item(stage: Stage = Stage.SECOND, to: str = "", **detail: str) -> Item:
    """A reminder that still asks, of a ticket that came to its stage an hour ago."""
    stored = {"stage": stage.value, "people": BEN, "owner": BEN, "watches": "progress", "rest": "3600", **detail}
    event = Event(ticket_id="t1", version=5, at=NOW, by="", kind=Step.REMIND, detail=stored)
    since = NOW - timedelta(hours=1)
    times = Times(touched=since, standing=("reminder:5", *([f"reminder:5:{to}"] if to else [])))
    return Item(an_incident(stage, since=since, times=times, version=5), event, to=to)


def thread(of: Item) -> Message:
    return reminder_messages.line(of.ticket, of.event, CONFIG)


def direct(of: Item) -> Message:
    return reminder_messages.direct([of], 1, of.to, CONFIG)


def actions(message: Message) -> list[str]:
    return [part["action_id"] for part in parts(message.blocks) if part.get("type") == "button"]


# --- what it says


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ({}, "Reminder: with the 2nd level for 1 h with no activity."),
        ({"idle": "600"}, "Reminder: with the 2nd level for 1 h, last activity 10 min ago."),
        ({"counted": "work"}, "Reminder: with the 2nd level for 1 h of working time with no activity."),
        ({"rest": "93900", "counted": "work"}, "with the 2nd level for 26 h 5 min of working time"),
        ({"rest": "93900"}, "with the 2nd level for 1 d 2 h with no activity."),
        ({"rest": "20", "counted": "work"}, "with the 2nd level for 0 min of working time"),
    ],
)
def test_reminder_says_for_how_long_and_when_a_person_last_acted(detail: dict[str, str], expected: str) -> None:
    assert expected in thread(item(Stage.SECOND, "", **detail)).text


@pytest.mark.parametrize("language", Language)
def test_reminder_states_the_moment_from_which_it_counts_back_while_it_stands(language: Language) -> None:
    earlier = changed(item(), standing=("reminder:5", "reminder:6"))
    with speaking(language):
        shown = [thread(item()), thread(earlier), direct(item(Stage.SECOND, BEN))]
        as_of = {Language.ENGLISH: " As of ", Language.GERMAN: " Stand: "}[language]
    for each in shown:
        elements: list[dict[str, Any]] = list(parts(each.blocks))
        at = next(number for number, element in enumerate(elements) if element.get("text") == as_of)
        assert elements[at + 1]["timestamp"] == int(item().event.at.timestamp())


def test_reminder_of_a_resolved_ticket_says_that_it_waits_for_confirmation() -> None:
    assert thread(item(Stage.RESOLVED)).text == "Reminder: waiting for confirmation for 1 h with no activity."


def test_reminder_is_in_german_too() -> None:
    with speaking(Language.GERMAN):
        assert thread(item(idle="600")).text.endswith("seit 1 h beim 2nd Level, letzte Aktivität vor 10 min.")


def test_reminder_with_retarus_names_the_end_customers_silence() -> None:
    shown = str(thread(item(Stage.RETARUS, watches="customer update", due="1566897600 1566897600")).blocks)
    assert "The end-customer has not answered" in shown
    assert "An update from Retarus is due" in shown


def test_breach_is_named_beside_what_else_is_due() -> None:
    blocks = thread(item(watches="progress plan", due="1566897600 1566897600")).blocks
    assert "The SLA is breached: no remedy or action plan" in str(blocks)


# --- to whom


@pytest.mark.parametrize(
    ("stage", "to", "detail", "expected"),
    [
        (Stage.SECOND, BEN, {}, "Still yours: with the 2nd level for 1 h with no activity."),
        (Stage.HANDED_OFF, ANNA, {"owner": ANNA, "unable": ANNA}, "Not accepted yet: handed off to the 2nd level"),
        (Stage.NEW, ANNA, {"owner": ANNA, "unable": ANNA}, "Not taken yet: new at the 1st level for 1 h"),
        (Stage.SECOND, BEN, {"unable": BEN}, "Waiting for a colleague who can act: with the 2nd level for 1 h"),
        (Stage.SECOND, CARLA, {"unanswered": "2"}, "Nobody has answered: with the 2nd level for 1 h"),
        (Stage.SECOND, CARLA, {"unanswered": "0"}, "Please look at it: with the 2nd level for 1 h"),
        (Stage.SECOND, CARLA, {"owner": ""}, "Its owner is no longer here: with the 2nd level for 1 h"),
    ],
)
def test_direct_message_says_why_this_person_gets_it(
    stage: Stage, to: str, detail: dict[str, str], expected: str
) -> None:
    assert direct(item(stage, to, **detail)).text.startswith(f"PD-1042: {expected}")


def test_direct_message_has_only_the_buttons_its_reader_may_press() -> None:
    detail = {"owner": ANNA, "people": ANNA, "unable": ANNA}
    assert actions(direct(item(Stage.HANDED_OFF, ANNA, **detail))) == [NOTE, reminders.SNOOZE]
    assert actions(direct(item(Stage.HANDED_OFF, BEN, **detail)))[0] == ACCEPT
    many = [item(Stage.HANDED_OFF, ANNA, **detail)] * 2
    assert actions(reminder_messages.direct(many, 2, ANNA, CONFIG)) == [reminders.SNOOZE] * 2


@pytest.mark.parametrize(
    ("mentioned", "users", "groups"),
    [("", [BEN], []), ("S0SECOND", [], ["S0SECOND"]), (f"S0SECOND {CARLA}", [CARLA], ["S0SECOND"])],
)
def test_thread_mentions_those_who_can_act(mentioned: str, users: list[str], groups: list[str]) -> None:
    found: list[dict[str, Any]] = list(parts(thread(item(mentioned=mentioned)).blocks))
    assert [part["user_id"] for part in found if part.get("type") == "user"] == users
    assert [part["usergroup_id"] for part in found if part.get("type") == "usergroup"] == groups


# --- once somebody has acted, or it is repeated


def changed(of: Item, **times: Any) -> Item:
    ticket: Ticket = of.ticket.model_copy(update={"times": of.ticket.times.model_copy(update=times)})
    return Item(ticket, of.event, of.link, of.to)


@pytest.mark.parametrize("hours", [-2, 0, 2])
def test_reminder_is_answered_by_an_action_even_when_the_clock_was_set_back(hours: int) -> None:
    answered = changed(item(), standing=(), touched=NOW + timedelta(hours=hours))
    assert (answered.is_answered, answered.asks) == (True, False)
    assert thread(answered).text.startswith("Answered reminder: ")


@pytest.mark.parametrize("hours", [-2, 2])
def test_reminder_is_superseded_by_a_newer_one_with_any_clock(hours: int) -> None:
    newer = {"progress": Nudge(at=NOW + timedelta(hours=hours), unanswered=2)}
    repeated = changed(item(), standing=("reminder:5", "reminder:6"), nudges=newer)
    assert (repeated.is_answered, repeated.is_repeated, repeated.asks) == (False, True, False)
    assert thread(repeated).text.startswith("Earlier reminder: ")


def test_unanswered_reminder_still_asks() -> None:
    assert item().asks


def test_untaken_ticket_is_not_called_still_yours() -> None:
    new = item(Stage.NEW, ANNA, people=ANNA, owner=ANNA, watches="unclaimed")
    assert direct(new).text == "PD-1042: Not taken yet: new at the 1st level for 1 h with no activity."


def test_breach_that_is_listed_is_not_said_twice() -> None:
    begun = NOW - timedelta(hours=9)
    nudges = {Timer.PLAN.value: Nudge(at=NOW, unanswered=1)}
    for watches, count in (("plan", 0), ("progress", 1)):
        late = item(Stage.SECOND, BEN, watches=watches, due=str(int(NOW.timestamp())))
        times = late.ticket.times.model_copy(update={"priorities": {"P1": begun}, "nudges": nudges})
        late = Item(late.ticket.model_copy(update={"times": times}), late.event, to=BEN)
        shown = reminder_messages.direct([late], 1, BEN, a_config(sla={"P1": {"action_plan": 120}}))
        assert json.dumps(shown.blocks).count("past the SLA") == count
