"""Several tickets at once: ticked in a form that `/retarus-ticket` and the lists of the App Home open."""

from __future__ import annotations

from collections.abc import Sequence

from blocks import assignment, bulk, reminders
from blocks.bulk import BulkOffer, Scope
from blocks.kit import Json
from bot.bulk import BulkAction, BulkRequest
from bot.core.errors import Invalid
from bot.core.i18n import t
from bot.desk import Desk
from bot.home import COMPARED, Tab
from bot.known_issues.links import CAUSE
from bot.model.ticket import Level, Ticket
from bot.reminders.snooze import presets
from bot.team import levels_of
from handlers.dispatch import Dispatcher, Draw
from handlers.payload import Click, Submission


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def ask(click: Click) -> None:
        await desk.queries.open_to_part(click.user)
        await dispatcher.open_for(click, await form(click.user, click.value, ""))

    async def turn(click: Click) -> None:
        await desk.queries.open_to_part(click.user)
        view = await form(click.user, click.value, click.typed.get(bulk.ACTION, ""))
        await dispatcher.update_view(click.view, view, seen=click.view_hash)

    async def redraw(click: Click) -> Json:
        await desk.queries.open_to_part(click.user)
        return await form(click.user, click.about, click.typed.get(bulk.ACTION, ""))

    async def form(user: str, packed: str, chosen: str) -> Json:
        scope = Scope.unpack(packed)
        return bulk.modal(
            await _listed(desk, user, scope), scope, desk.config, await _offered(desk, user, chosen), chosen
        )

    async def submit(form: Submission) -> Draw:
        outcomes = await desk.bulk.apply(_ticked(form), form.user, _wish(form), form.view)

        async def drawn() -> Json:
            who = await desk.queries.names({each.ticket.owner for each in outcomes})
            return bulk.result(outcomes, desk.config, who)

        return drawn

    dispatcher.clicks[bulk.OPEN] = ask
    for page in bulk.PAGES:
        dispatcher.clicks[bulk.PAGE + page] = turn
    dispatcher.submissions[bulk.OPEN] = submit
    dispatcher.redraws[bulk.OPEN] = redraw


async def _listed(desk: Desk, user: str, scope: Scope) -> Sequence[Ticket]:
    """The tickets of the list that the form was opened from."""
    if scope.screen is None:
        found, _ = await desk.queries.open_tickets(user, scope.of, COMPARED)
        return found
    return await (desk.team if scope.screen.tab is Tab.TEAM else desk.home).listed(user, scope.screen)


async def _offered(desk: Desk, user: str, chosen: str) -> BulkOffer:
    actor = await desk.queries.actor(user)
    level = Level.SECOND if Level.SECOND in actor.levels else Level.FIRST
    offered = presets(level, actor.person.zone, desk.config, desk.clock())
    is_lead = bool(actor.leads) or actor.is_admin
    people = await desk.assignment.candidates(levels_of(actor)) if is_lead and chosen == BulkAction.ASSIGN else []
    return BulkOffer(offered, is_lead, people)


def _wish(form: Submission) -> BulkRequest:
    typed, chosen = form.typed, form.typed.get(bulk.ACTION, "")
    if chosen not in set(BulkAction):
        raise Invalid({bulk.ACTION: t("Pick one.")})
    until, word = reminders.chosen_until(typed), typed.get(reminders.WORD, "")
    return BulkRequest(BulkAction(chosen), until, word, typed.get(CAUSE, ""), typed.get(assignment.TO, ""))


def _ticked(form: Submission) -> list[str]:
    """Ids of the ticked tickets, of all groups."""
    groups = (text for block, text in form.typed.items() if block.startswith(bulk.TICKETS))
    return [ticket_id for text in groups for ticket_id in text.split("\n") if ticket_id]
