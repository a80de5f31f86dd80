"""Permissions: the guide's roles, and none for people from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.errors import NotNow, NotYours
from bot.model.contact import Contact
from bot.model.ticket import Level, Stage
from bot.model.transitions import MOVES, UNTAKEN, Move, Step
from bot.tickets.permissions import declarant, require, require_part, require_staff, require_undo
from tests.factories import (
    ALEX,
    ANNA,
    BEA,
    BEN,
    CARLA,
    NEMO,
    NO_STAFF,
    a_config,
    a_contact,
    an_actor,
    an_event,
    an_incident,
)

F, S = Level.FIRST, Level.SECOND
TODAY = date(2019, 8, 27)

LEVEL_OF = {
    (Stage.NEW, Move.TAKE): F,
    (Stage.NEW, Move.HAND_ON): F,
    (Stage.NEW, Move.HAND_OFF): F,
    (Stage.NEW, Move.WITHDRAW): F,
    (Stage.FIRST, Move.TAKE_OVER): F,
    (Stage.FIRST, Move.HAND_ON): F,
    (Stage.FIRST, Move.HAND_OFF): F,
    (Stage.FIRST, Move.ASK_CUSTOMER): F,
    (Stage.NEW, Move.RESOLVE): F,
    (Stage.FIRST, Move.RESOLVE): F,
    (Stage.FIRST_ASKED, Move.RESOLVE): F,
    (Stage.HANDED_OFF, Move.RESOLVE): S,
    (Stage.FIRST, Move.WITHDRAW): F,
    (Stage.FIRST_ASKED, Move.TAKE_OVER): F,
    (Stage.FIRST_ASKED, Move.HAND_ON): F,
    (Stage.FIRST_ASKED, Move.CUSTOMER_ANSWERED): F,
    (Stage.FIRST_ASKED, Move.GO_ON): F,
    (Stage.NEW, Move.COMPRESS): S,
    (Stage.FIRST, Move.COMPRESS): S,
    (Stage.FIRST_ASKED, Move.WITHDRAW): F,
    (Stage.HANDED_OFF, Move.HAND_ON): S,
    (Stage.HANDED_OFF, Move.ACCEPT): S,
    (Stage.HANDED_OFF, Move.SEND_BACK): S,
    (Stage.SECOND, Move.TAKE_OVER): S,
    (Stage.SECOND, Move.HAND_ON): S,
    (Stage.SECOND, Move.SEND_BACK): S,
    (Stage.SECOND, Move.ASK_CUSTOMER): S,
    (Stage.SECOND, Move.ESCALATE): S,
    (Stage.SECOND, Move.RESOLVE): S,
    (Stage.SECOND_ASKED, Move.RESOLVE): S,
    (Stage.SECOND, Move.WITHDRAW): S,
    (Stage.SECOND_ASKED, Move.TAKE_OVER): S,
    (Stage.SECOND_ASKED, Move.HAND_ON): S,
    (Stage.SECOND_ASKED, Move.WITHDRAW): S,
    (Stage.SECOND_ASKED, Move.CUSTOMER_ANSWERED): S,
    (Stage.SECOND_ASKED, Move.GO_ON): S,
    (Stage.RETARUS, Move.TAKE_OVER): S,
    (Stage.RETARUS, Move.HAND_ON): S,
    (Stage.RETARUS, Move.RETARUS_UPDATE): S,
    (Stage.RETARUS, Move.RETARUS_ANSWERED): S,
    (Stage.RETARUS, Move.ASK_CUSTOMER): S,
    (Stage.RETARUS, Move.CUSTOMER_ANSWERED): S,
    (Stage.RETARUS, Move.GO_ON): S,
    (Stage.RETARUS, Move.RESOLVE): S,
    (Stage.RETARUS, Move.WITHDRAW): S,
    (Stage.RESOLVED, Move.TAKE_OVER): F,
    (Stage.RESOLVED, Move.HAND_ON): F,
    (Stage.RESOLVED, Move.CONFIRM): F,
    (Stage.RESOLVED, Move.REOPEN): None,
    (Stage.CLOSED, Move.REOPEN): None,
}
"""Level of each move; None: both levels."""
BY_LEADS = {(stage, Move.HAND_ON) for stage in UNTAKEN}
"""Moves of a lead of the level, or an admin."""
EVERY = pytest.mark.parametrize(("stage", "move"), MOVES)


def may(actor_levels: tuple[Level, ...], stage: Stage, move: Move, *, admin: bool = False) -> bool:
    try:
        require(an_actor(NEMO, *actor_levels, admin=admin), an_incident(stage), move)
    except NotYours:
        return False
    return True


def test_every_move_has_its_level() -> None:
    assert LEVEL_OF.keys() == MOVES.keys()


@EVERY
@pytest.mark.parametrize("level", [F, S])
def test_move_is_made_by_its_level(stage: Stage, move: Move, level: Level) -> None:
    is_theirs = LEVEL_OF[stage, move] in {level, None} and (stage, move) not in BY_LEADS
    assert may((level,), stage, move) is is_theirs


@EVERY
def test_person_without_a_level_makes_no_move(stage: Stage, move: Move) -> None:
    assert not may((), stage, move)


@EVERY
def test_person_of_both_levels_and_admin_make_every_move_but_a_leads(stage: Stage, move: Move) -> None:
    assert may((F, S), stage, move) is ((stage, move) not in BY_LEADS)
    assert may((), stage, move, admin=True)


@EVERY
@pytest.mark.parametrize("level", [F, S])
def test_lead_without_a_level_assigns_tickets_of_the_level_they_lead_and_makes_no_other_move(
    stage: Stage, move: Move, level: Level
) -> None:
    lead = replace(an_actor(NEMO), leads=frozenset({level}))
    is_theirs = move is Move.HAND_ON and stage.worked_at is level
    if is_theirs:
        require(lead, an_incident(stage), move)
    else:
        with pytest.raises(NotYours):
            require(lead, an_incident(stage), move)


@EVERY
@pytest.mark.parametrize("user", NO_STAFF)
def test_guests_externals_bots_and_deactivated_people_make_no_move_with_any_role(
    stage: Stage, move: Move, user: str
) -> None:
    with pytest.raises(NotYours):
        require(an_actor(user, F, S, admin=True), an_incident(stage), move)


@pytest.mark.parametrize("user", NO_STAFF)
def test_guests_externals_bots_and_deactivated_people_have_no_part_in_tickets(user: str) -> None:
    actor = an_actor(user, F, S, admin=True)
    with pytest.raises(NotYours):
        require_staff(actor)
    with pytest.raises(NotYours):
        require_part(actor)
    with pytest.raises(NotYours):
        declarant([a_contact(user)], actor, TODAY)


def test_answers_and_notes_are_open_to_either_level_and_to_admins() -> None:
    for actor in (an_actor(ALEX), an_actor(BEN), an_actor(CARLA, admin=True)):
        require_part(actor)
    with pytest.raises(NotYours, match="neither level"):
        require_part(an_actor(NEMO))


def test_refusal_names_whose_move_it_is_and_the_way_on() -> None:
    with pytest.raises(NotYours, match=r"This is for the 2nd level.*Ask somebody of the 2nd level, or an admin"):
        require(an_actor(ALEX), an_incident(Stage.HANDED_OFF), Move.ACCEPT)


@pytest.mark.parametrize(
    ("level", "stage", "move", "error", "words"),
    [
        (S, Stage.FIRST, Move.ESCALATE, NotNow, "this ticket is now with the 1st level"),
        (S, Stage.FIRST, Move.RESOLVE, NotYours, "This ticket is now with the 1st level, so this is for the 1st level"),
        (F, Stage.SECOND, Move.RESOLVE, NotYours, "now with the 2nd level, so this is for the 2nd level.*Ask somebody"),
        (F, Stage.RETARUS, Move.ASK_CUSTOMER, NotYours, "now with Retarus, so this is for the 2nd level"),
        (S, Stage.RESOLVED, Move.HAND_ON, NotYours, "so this is for the 1st level"),
    ],
)
def test_refusal_says_where_a_ticket_is_that_moved_on_meanwhile(
    level: Level, stage: Stage, move: Move, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        require(an_actor(NEMO, level), an_incident(stage), move)


def test_refusal_of_a_person_without_a_level_says_that_they_are_not_on_the_team() -> None:
    with pytest.raises(NotYours, match="you are not on that team"):
        require(an_actor(NEMO), an_incident(Stage.FIRST), Move.ESCALATE)


# --- who speaks to Retarus (guide 2.1 and 2.3)


def test_authorised_contact_of_the_second_level_speaks_to_retarus() -> None:
    ben = a_contact(BEN)
    assert declarant([a_contact(BEA, levels=()), ben], an_actor(BEN), TODAY) is ben


def test_authorisation_holds_from_its_first_day() -> None:
    ben = a_contact(BEN, authorised_since=TODAY, attested_on=TODAY)
    assert declarant([ben], an_actor(BEN), TODAY) is ben


@pytest.mark.parametrize(
    ("contacts", "reason"),
    [
        ([], "You are not in the register"),
        ([a_contact(BEA)], "You are not in the register"),
        ([a_contact(BEN, levels=(F,))], "not for the 2nd level"),
        ([a_contact(BEN, levels=())], "not for the 2nd level"),
        ([a_contact(BEN, authorised_since=None)], "authorisation has not begun"),
        ([a_contact(BEN, authorised_since=date(2019, 8, 28))], "authorisation has not begun"),
        ([a_contact(BEN, attested_on=None)], "attestation .* is missing"),
        ([a_contact(BEN, attested_on=date(2019, 8, 28))], "attestation .* is missing"),
    ],
)
def test_refusal_to_send_to_retarus_says_why(contacts: list[Contact], reason: str) -> None:
    with pytest.raises(NotYours, match=rf"{reason}.*\(guide 2\.1 and 2\.3\)"):
        declarant(contacts, an_actor(BEN), TODAY)


def test_admin_who_is_no_authorised_contact_cannot_send_either() -> None:
    with pytest.raises(NotYours, match="not in the register"):
        declarant([a_contact(BEN)], an_actor(CARLA, admin=True), TODAY)


def test_refusal_names_who_can() -> None:
    with pytest.raises(NotYours, match=r"Who can: Bea Bauer, Carla Conrad\."):
        declarant([a_contact(BEA), a_contact(CARLA), a_contact(ALEX, levels=(F,))], an_actor(BEN), TODAY)
    with pytest.raises(NotYours, match="Nobody can yet"):
        declarant([], an_actor(BEN), TODAY)


def test_reader_on_no_level_undoes_only_the_customer_they_added() -> None:
    reader = an_actor(NEMO)
    ticket = an_incident()
    require_undo(reader, an_event(ticket, Step.JOIN, NEMO), a_config())
    with pytest.raises(NotYours):
        require_undo(reader, an_event(ticket, Step.JOIN, ANNA), a_config())
    with pytest.raises(NotYours):
        require_undo(reader, an_event(ticket, Step.NOTE, NEMO), a_config())
