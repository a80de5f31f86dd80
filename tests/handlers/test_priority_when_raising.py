"""The priority can be given when a ticket is raised, and the clock of its SLA starts then."""

from __future__ import annotations

import pytest

from bot.clocks.timers import plan
from bot.config.settings import Config
from bot.core.errors import Invalid
from bot.model.ticket import Kind, Ticket
from tests.factories import ANNA, NOW, RAISED, a_world
from tests.handlers.world import DESK, World

MATRIX = {
    "impacts": ["Several customers", "One customer"],
    "urgencies": ["Nothing works", "Works in part"],
    "priorities": [["P1", "P2"], ["P2", "P2"]],
}
SLA = {"P1": {"action_plan": 120}}


async def raised(kind: Kind = Kind.INCIDENT, *, judged: bool = False, **typed: str) -> tuple[Ticket, Config]:
    """A ticket of Anna's. `judged`: at a desk where impact and urgency decide."""
    world = await (a_world(sla=SLA, matrix=MATRIX) if judged else a_world(sla=SLA))
    ticket = await world.desk.tickets.create(ANNA, kind, RAISED | typed, world.form())
    return ticket, world.desk.config


async def test_priority_is_asked_in_the_form_and_starts_the_sla(w: World) -> None:
    card = await w.raised(priority="P1")
    assert "P1" in card["text"]
    ticket = await w.ticket()
    assert (ticket.answer("priority"), ticket.times.priorities) == ("P1", {"P1": ticket.raised_at})


async def test_priority_may_be_left_for_the_first_levels_check(w: World) -> None:
    await w.raised()
    assert (await w.ticket()).times.priorities == {}


async def test_reason_of_the_priority_can_be_given_where_everything_is_asked(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal("Raise an incident")
    assert "priority_reason" not in str(modal.view)
    w.anna.fill(modal, w.answers(priority="P1"))
    await w.anna.click(modal, "More fields")
    modal = await w.anna.modal(containing="Why this priority?")
    done = await w.anna.submit(modal, {"priority_reason": "no outbound mail for three customers"})
    assert done["outcome"] == "closed", done
    assert (await w.ticket()).answer("priority_reason") == "no outbound mail for three customers"


@pytest.mark.parametrize("kind", Kind)
async def test_priority_of_every_kind_starts_the_sla_when_raised(kind: Kind) -> None:
    ticket, config = await raised(kind, priority="P1")
    run = plan(ticket, config)
    assert run
    assert run.start == NOW


@pytest.mark.parametrize(
    ("extent", "urgency", "priority"),
    [
        ("Several customers", "Nothing works", "P1"),
        ("Several customers", "Works in part", "P2"),
        ("One customer", "Nothing works", "P2"),
        ("Several customers", "", ""),
    ],
)
async def test_impact_and_urgency_decide_on_the_priority_when_raised(extent: str, urgency: str, priority: str) -> None:
    ticket, config = await raised(judged=True, extent=extent, urgency=urgency, priority="")
    assert ticket.answer("priority") == priority
    assert (plan(ticket, config) is not None) is (priority == "P1")


async def test_priority_other_than_the_matrix_says_is_kept_as_it_was_chosen() -> None:
    ticket, _ = await raised(judged=True, extent="One customer", urgency="Nothing works", priority="P1")
    assert ticket.answer("priority") == "P1"


async def test_priority_that_is_not_configured_is_refused_when_raised() -> None:
    with pytest.raises(Invalid) as refused:
        await raised(priority="P7")
    assert list(refused.value.errors) == ["priority"]
