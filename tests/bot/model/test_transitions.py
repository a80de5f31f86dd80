"""A ticket moves as the table says, and in no other way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import NotNow
from bot.model.ticket import Level, Party, Stage, Ticket
from bot.model.transitions import MOVES, STANDING, Move, Step, apply_move, can, change, event
from tests.factories import ALEX, ANNA, BEA, BEN, NOW, an_incident

LATER = NOW + timedelta(hours=1)
STEPS = st.lists(st.tuples(st.sampled_from(Move), st.sampled_from([ANNA, ALEX, BEN, BEA])), max_size=40)


def after(*moves: tuple[Move, str]) -> Ticket:
    ticket = an_incident()
    for move, by in moves:
        ticket = apply_move(ticket, move, by, NOW)
    return ticket


@given(STEPS)
def test_any_sequence_of_moves_keeps_exactly_one_owner_and_while_open_one_ball(steps: list[tuple[Move, str]]) -> None:
    ticket, versions = an_incident(), 1
    for move, by in steps:
        if not can(ticket, move):
            with pytest.raises(NotNow):
                apply_move(ticket, move, by, NOW)
            continue
        ticket, versions = apply_move(ticket, move, by, NOW), versions + 1
        assert ticket.owner in {ANNA, ALEX, BEN, BEA}
        assert (ticket.ball in set(Party)) == ticket.stage.is_open
        assert ticket.stage is Stage.CLOSED or ticket.ball is not None
        assert ticket.version == versions


@given(STEPS)
def test_escalation_requires_both_levels(steps: list[tuple[Move, str]]) -> None:
    ticket, made = an_incident(), list[Move]()
    for move, by in steps:
        if can(ticket, move):
            ticket, made = apply_move(ticket, move, by, NOW), [*made, move]
    if Move.ESCALATE in made:
        before = made[: made.index(Move.ESCALATE)]
        assert Move.COMPRESS in before or {Move.ACCEPT, Move.HAND_ON} & {*before[before.index(Move.HAND_OFF) :]}


@given(STEPS)
def test_a_ticket_is_never_stuck(steps: list[tuple[Move, str]]) -> None:
    ticket = an_incident()
    for move, by in steps:
        ticket = apply_move(ticket, move, by, NOW) if can(ticket, move) else ticket
    assert any(stage is ticket.stage for stage, _ in MOVES)


def test_every_stage_can_be_reached_and_leads_to_closed() -> None:
    def reachable(start: Stage) -> set[Stage]:
        found, front = {start}, {start}
        while front:
            front = {after for (before, _), after in MOVES.items() if before in front} - found
            found |= front
        return found

    assert reachable(Stage.NEW) == set(Stage)
    assert all(Stage.CLOSED in reachable(stage) for stage in Stage)


def test_every_move_but_raising_is_in_the_table() -> None:
    assert {move for _, move in MOVES} == set(Move) - {Move.RAISE}


def test_every_stage_says_in_words_where_a_ticket_stands() -> None:
    assert set(STANDING) == set(Stage)


def test_every_stage_move_and_step_has_a_gloss() -> None:
    assert all(each.gloss for each in (*Stage, *Move, *Step))


@pytest.mark.parametrize("stage", Stage)
def test_an_unknown_move_is_refused_in_a_sentence_that_says_where_the_ticket_is(stage: Stage) -> None:
    with pytest.raises(NotNow, match=STANDING[stage]):
        apply_move(an_incident(stage), Move.RAISE, ANNA, NOW)


def test_moves_of_the_guide_lead_to_second_level_retarus_and_back() -> None:
    ticket = after((Move.TAKE, ANNA), (Move.HAND_OFF, ANNA), (Move.ACCEPT, BEN), (Move.ESCALATE, BEN))
    assert (ticket.stage, ticket.level, ticket.ball, ticket.owner) == (Stage.RETARUS, Level.THIRD, Party.RETARUS, BEN)
    ticket = apply_move(ticket, Move.RETARUS_ANSWERED, BEN, LATER)
    assert (ticket.stage, ticket.ball, ticket.owner) == (Stage.SECOND, Party.SECOND, BEN)
    ticket = apply_move(ticket, Move.RESOLVE, BEN, LATER)
    assert (ticket.stage, ticket.ball, ticket.owner) == (Stage.RESOLVED, Party.FIRST, ANNA)
    ticket = apply_move(ticket, Move.CONFIRM, ANNA, LATER)
    assert (ticket.stage, ticket.ball) == (Stage.CLOSED, None)


def test_take_makes_the_actor_the_owner() -> None:
    assert after((Move.TAKE, ALEX)).owner == ALEX


def test_handed_off_ticket_keeps_its_owner_until_it_is_accepted() -> None:
    ticket = after((Move.TAKE, ALEX), (Move.HAND_OFF, ALEX))
    assert (ticket.owner, ticket.ball) == (ALEX, Party.SECOND)
    assert apply_move(ticket, Move.ACCEPT, BEN, NOW).owner == BEN


def test_handoff_of_an_untaken_ticket_takes_it_first() -> None:
    ticket = after((Move.HAND_OFF, ALEX))
    assert ticket.owner == ALEX
    assert apply_move(ticket, Move.SEND_BACK, BEN, NOW).owner == ALEX


def test_ticket_that_is_sent_back_goes_to_its_last_first_level_owner_and_is_counted() -> None:
    ticket = after((Move.TAKE, ALEX), (Move.HAND_OFF, ALEX), (Move.ACCEPT, BEN), (Move.SEND_BACK, BEN))
    assert (ticket.stage, ticket.owner, ticket.bounces) == (Stage.FIRST, ALEX, 1)


def test_resolved_or_reopened_ticket_goes_to_its_last_owner_at_the_first_level() -> None:
    ticket = after((Move.TAKE, ALEX), (Move.HAND_OFF, ALEX), (Move.ACCEPT, BEN), (Move.RESOLVE, BEN))
    assert ticket.owner == ALEX
    closed = apply_move(ticket, Move.CONFIRM, ANNA, NOW)
    assert (apply_move(closed, Move.REOPEN, BEN, NOW).owner, apply_move(closed, Move.REOPEN, BEN, NOW).stage) == (
        ALEX,
        Stage.FIRST,
    )


def test_waiting_for_the_customer_keeps_the_owner_and_comes_back_to_the_same_level() -> None:
    asked = after((Move.TAKE, ANNA), (Move.ASK_CUSTOMER, ANNA))
    assert (asked.ball, asked.owner) == (Party.CUSTOMER, ANNA)
    assert apply_move(asked, Move.CUSTOMER_ANSWERED, ALEX, NOW).stage is Stage.FIRST


def test_new_stage_restarts_its_clock_and_its_reminders() -> None:
    ticket = change(an_incident(Stage.FIRST), reminded=3)
    moved = apply_move(ticket, Move.ASK_CUSTOMER, ANNA, LATER)
    assert (moved.since, moved.reminded) == (LATER, 0)


def test_a_move_within_a_stage_leaves_its_clock_and_its_reminders_running() -> None:
    ticket = change(an_incident(Stage.FIRST), reminded=3)
    moved = apply_move(ticket, Move.TAKE_OVER, ALEX, LATER)
    assert (moved.since, moved.reminded, moved.owner) == (NOW, 3, ALEX)


def test_a_move_never_changes_the_ticket_it_began_from() -> None:
    ticket = an_incident()
    apply_move(ticket, Move.TAKE, ALEX, LATER)
    assert (ticket.version, ticket.stage, ticket.owner) == (1, Stage.NEW, ANNA)


@pytest.mark.parametrize("key", ["stage", "owner"])
def test_stage_and_owner_are_changed_by_moves_only(key: str) -> None:
    with pytest.raises(AssertionError):
        change(an_incident(), **{key: "x"})


def test_an_event_names_the_version_it_led_to() -> None:
    moved = after((Move.TAKE, ALEX))
    moved_event = event(moved, Move.TAKE, ALEX, LATER, reason="nobody else")
    assert (moved_event.version, moved_event.kind, moved_event.by, moved_event.at, moved_event.detail) == (
        2,
        "take",
        ALEX,
        LATER,
        {"reason": "nobody else"},
    )


@pytest.mark.parametrize(("asked", "back"), [(Stage.FIRST_ASKED, Stage.FIRST), (Stage.SECOND_ASKED, Stage.SECOND)])
def test_colleague_takes_over_while_the_end_customer_is_silent(asked: Stage, back: Stage) -> None:
    taken = apply_move(an_incident(asked), Move.TAKE_OVER, BEA, LATER)
    assert (taken.stage, taken.ball, taken.owner) == (asked, Party.CUSTOMER, BEA)
    answered = apply_move(taken, Move.CUSTOMER_ANSWERED, ALEX, LATER)
    assert (answered.stage, answered.owner) == (back, BEA)
    assert (answered.first_owner if back is Stage.FIRST else answered.second_owner) == BEA
    assert apply_move(taken, Move.WITHDRAW, BEA, LATER).stage is Stage.CLOSED


@pytest.mark.parametrize(("asked", "back"), [(Stage.FIRST_ASKED, Stage.FIRST), (Stage.SECOND_ASKED, Stage.SECOND)])
def test_resume_without_an_answer_keeps_stage_and_owner(asked: Stage, back: Stage) -> None:
    waiting = an_incident(asked)
    gone_on = apply_move(waiting, Move.GO_ON, ALEX, LATER)
    assert (gone_on.stage, gone_on.owner, gone_on.since) == (back, waiting.owner, LATER)
    assert gone_on.ball is (Party.FIRST if back is Stage.FIRST else Party.SECOND)
