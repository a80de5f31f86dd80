"""A step that was undone counts nowhere: neither in a ticket's clocks nor in a month's report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from bot.core.month import period
from bot.model import timestamps
from bot.model.ticket import Event, Stage
from bot.model.transitions import MOVES, Move, Step
from bot.model.undoing import AUTHOR, OF, UNDOABLE, UNDONE, counted, kind_of, undoing_of
from bot.reports.ticket_month import line
from tests.factories import ANNA, BEN, a_config
from tests.months import lives

OCTOBER = date(2026, 10, 1)
BEGINS = datetime(2026, 9, 20, tzinfo=UTC)
SLA = {"P1": {"action_plan": 240}, "P2": {"action_plan": 600}}


def with_undone(random: Random, history: Sequence[Event]) -> list[Event]:
    """The history with steps in it that were undone after some minutes."""
    found, stage = list[Event](), Stage.NEW
    for number, event in enumerate(history, 1):
        found.append(event)
        stage = timestamps.stage_after(stage, event.kind)
        possible = [move for at, move in MOVES if at is stage and move.value in UNDOABLE]
        if possible and random.random() < 0.3:
            move, version = random.choice(possible).value, 1000 * number
            done = Event(ticket_id=event.ticket_id, version=version, at=event.at, by=BEN, kind=move)
            detail = {OF: f"{version}", UNDONE: move, AUTHOR: BEN}
            undone = {"version": version + 1, "at": event.at + timedelta(minutes=9), "kind": "undo", "detail": detail}
            found += [done, done.model_copy(update=undone)]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_undone_steps_change_neither_clocks_nor_reports(seed: int) -> None:
    random, config = Random(seed), a_config(sla=SLA)
    month = period(OCTOBER, "Europe/Berlin", BEGINS + timedelta(days=80))
    undone = 0
    for ticket, history in lives(random, 25, BEGINS, 40):
        longer = with_undone(random, history)
        undone += len(longer) - len(history)
        assert counted(longer) == history
        assert timestamps.of(longer) == timestamps.of(history)
        assert line(ticket, longer, month, config) == line(ticket, history, month, config)
    assert undone > 40


def test_undoing_is_found_by_the_version_it_undid() -> None:
    done = Event(ticket_id="t1", version=2, at=BEGINS, by=ANNA, kind=Move.TAKE.value)
    undo = done.model_copy(
        update={"version": 3, "kind": Step.UNDO.value, "detail": {OF: "2", UNDONE: "take", AUTHOR: ANNA}}
    )
    assert undoing_of(2, [done, undo]) == undo
    assert undoing_of(1, [done, undo]) is None
    assert (kind_of(done), kind_of(undo)) == ("take", "take")
