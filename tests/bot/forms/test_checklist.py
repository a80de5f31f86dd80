"""Each task of a level has its own state, with the author and time of its answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.errors import Invalid, NotNow
from bot.forms.checklist import TaskState, Trace, in_one_click, is_left, progress, task, tasks, traces
from bot.model.ticket import Kind, Level, Stage, Ticket
from tests.factories import (
    ALEX,
    ANNA,
    BEN,
    COMPLETE,
    HANDED_OFF,
    NOW,
    RAISED,
    World,
    a_config,
    a_world,
    an_event,
    an_incident,
    without,
)

CONFIG = a_config()
FIRST = ["info", "priority", "triage", "remote", "known", "searched", "help_desk_first", "summary_first"]
SECOND = [
    "reproduced", "done", "test", "system", "access", "cause", "remedy", "workaround", "plan", "help_desk_second",
    "why_retarus", "summary_second",
]  # fmt: skip


@pytest.fixture
async def world() -> World:
    return await a_world()


def states(ticket: Ticket, level: Level) -> dict[str, TaskState]:
    return {each.key: each.state for each in tasks(ticket, level, CONFIG)}


@pytest.mark.parametrize(
    ("level", "keys"),
    [(Level.FIRST, FIRST), (Level.SECOND, SECOND), (Level.THIRD, ["caused_by", "their_remedy", "their_note"])],
)
def test_every_task_of_the_guide_is_there_at_its_level_and_in_its_order(level: Level, keys: list[str]) -> None:
    assert list(states(an_incident(answers=RAISED), level)) == keys


def test_a_task_is_done_when_everything_it_asks_for_is_answered() -> None:
    found = states(an_incident(answers=RAISED, also={"info": "correct", "remote": "failed"}), Level.FIRST)
    assert found["info"] is TaskState.DONE
    assert found["remote"] is TaskState.OPEN  # what fails is not said yet
    assert found["triage"] is TaskState.OPEN
    assert found["help_desk_first"] is TaskState.OFFERED


def test_a_task_that_is_recorded_where_it_was_needed_is_done_once_it_is_and_never_counts_as_open() -> None:
    asked = an_incident(also={"help_desk_first": "SAP, Mr Maier: no change"})
    assert states(asked, Level.FIRST)["help_desk_first"] is TaskState.DONE
    assert progress(an_incident(), Level.FIRST, CONFIG) == (7, 7)
    assert progress(an_incident(answers=RAISED), Level.FIRST, CONFIG) == (0, 7)
    assert progress(an_incident(answers=RAISED | HANDED_OFF), Level.SECOND, CONFIG) == (0, 6)


def test_a_service_request_has_fewer_tasks() -> None:
    ticket = an_incident(kind=Kind.SERVICE_REQUEST, answers=RAISED)
    assert progress(ticket, Level.FIRST, CONFIG) == (0, 3)


def test_checks_are_left_until_all_but_the_words_at_the_border_are_answered() -> None:
    at_first = an_incident(Stage.FIRST, answers=RAISED | without(HANDED_OFF, "summary_first"))
    assert not is_left(at_first, CONFIG)
    assert is_left(an_incident(Stage.FIRST, answers=without(at_first.answers, "triage")), CONFIG)
    at_second = an_incident(Stage.SECOND, answers=without(COMPLETE, "done", "why_retarus", "summary_second"))
    assert not is_left(at_second, CONFIG)
    assert is_left(an_incident(Stage.SECOND, answers=without(COMPLETE, "system")), CONFIG)


def test_author_and_time_of_a_task_come_from_the_history() -> None:
    ticket = an_incident()
    later = an_event(ticket, "fill_in", ALEX, **{"answer.remote_note": "since 11:00"})
    history = [
        an_event(ticket, "fill_in", ANNA, **{"answer.remote": "failed", "answer.triage": "x"}),
        later.model_copy(update={"at": NOW + timedelta(hours=1)}),
        an_event(ticket, "fill_in", BEN, **{"answer.triage": "", "answer.tenants": "12345RS"}),
    ]
    found = traces(tasks(ticket, Level.FIRST, CONFIG), history)
    assert found == {"remote": Trace(ALEX, NOW + timedelta(hours=1), 1), "triage": Trace(ANNA, NOW, 1)}


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("info", ["correct"]),
        ("remote", ["ok"]),
        ("known", ["no"]),
        ("test", ["yes", "no"]),
        ("caused_by", ["retarus", "other", "undetermined"]),
        ("triage", []),
        ("reproduced", []),  # yes or no needs its steps
        ("priority", []),
    ],
)
def test_click_answers_a_task_that_needs_no_words(key: str, values: list[str]) -> None:
    ticket = an_incident(answers=RAISED)
    found = task(ticket, key, CONFIG)
    assert found
    assert [option.value for option in in_one_click(found, ticket, CONFIG)] == values


def test_completed_task_is_not_changed_by_another_click() -> None:
    found = task(an_incident(), "info", CONFIG)
    assert found
    assert in_one_click(found, an_incident(), CONFIG) == ()


# --- answering one


async def test_task_is_answered_by_anybody_of_either_level_and_names_them(world: World) -> None:
    ticket = await world.taken()
    ticket = await world.desk.answers.check(
        ticket.id, BEN, {"triage": "Restarted: no change"}, world.form(), ticket.version
    )
    assert (ticket.answer("triage"), ticket.stage) == ("Restarted: no change", Stage.FIRST)
    found = traces(tasks(ticket, Level.FIRST, CONFIG), await world.store.history(ticket.id))
    assert found["triage"].by == BEN


async def test_a_task_is_answered_whole(world: World) -> None:
    ticket = await world.taken()
    typed = {"remote": "failed", "remote_note": ""}
    with pytest.raises(Invalid) as refused:
        await world.desk.answers.check(ticket.id, ANNA, typed, world.form(), ticket.version)
    assert set(refused.value.errors) == {"remote_note"}


async def test_a_filler_answers_no_task(world: World) -> None:
    ticket = await world.taken()
    with pytest.raises(Invalid):
        await world.desk.answers.check(ticket.id, ANNA, {"triage": "n/a"}, world.form(), ticket.version)


async def test_a_closed_ticket_is_checked_no_more(world: World) -> None:
    ticket = await world.closed()
    with pytest.raises(NotNow, match="PD-1001 is closed"):
        await world.desk.answers.check(ticket.id, ANNA, {"triage": "Restarted"}, world.form(), ticket.version)


async def test_checks_answered_one_by_one_carry_the_ticket_to_the_second_level(world: World) -> None:
    ticket = await world.taken()
    for each in tasks(ticket, Level.FIRST, CONFIG):
        typed = {field.key: HANDED_OFF[field.key] for field in each.fields if field.key in HANDED_OFF}
        if typed:
            ticket = await world.desk.answers.check(ticket.id, ANNA, typed, world.form(), ticket.version)
    ticket = await world.desk.tickets.hand_off(ticket.id, ANNA, {}, world.form(), ticket.version)
    assert ticket.stage is Stage.HANDED_OFF


async def test_handoff_takes_the_proposed_priority_with_a_matrix() -> None:
    matrix = {"impacts": ["Wide", "Narrow"], "urgencies": ["Now", "Later"], "priorities": [["P1", "P2"], ["P2", "P2"]]}
    world = await a_world(matrix=matrix)
    ticket = await world.taken()
    judged = {"extent": "Wide", "urgency": "Now", "priority": "", "priority_reason": ""}
    ticket = await world.desk.tickets.hand_off(ticket.id, ANNA, HANDED_OFF | judged, world.form(), ticket.version)
    assert (ticket.answer("priority"), ticket.answer("priority_reason")) == ("P1", "from impact and urgency")
    calmer = judged | {"urgency": "Later"}
    ticket = await world.desk.answers.fill_in(ticket.id, ANNA, calmer, world.form(), ticket.version)
    assert (ticket.answer("priority"), ticket.answer("priority_reason")) == ("P2", "from impact and urgency")
    with pytest.raises(Invalid) as refused:
        await world.desk.answers.fill_in(ticket.id, ANNA, {"priority": "P1"}, world.form(), ticket.version)
    assert list(refused.value.errors) == ["priority_reason"]
