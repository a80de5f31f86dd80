"""Several tickets at once: ticked in a form that `/retarus-ticket` opens."""

from __future__ import annotations

from blocks import bulk, reminders
from blocks.kit import Json
from bot.bulk import BulkAction, BulkRequest
from bot.core.errors import Invalid
from bot.core.i18n import t
from bot.desk import Desk
from bot.known_issues.links import CAUSE
from bot.model.ticket import Level
from bot.reminders.snooze import Preset, presets
from handlers.dispatch import Dispatcher, Draw
from handlers.payload import Click, Submission


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def ask(click: Click) -> None:
        await desk.queries.open_to_part(click.user)
        await dispatcher.open_for(click, await form(click.user, click.value, ""))

    async def redraw(click: Click) -> Json:
        await desk.queries.open_to_part(click.user)
        return await form(click.user, click.about, click.typed.get(bulk.WHAT, ""))

    async def form(user: str, scope: str, chosen: str) -> Json:
        found, _ = await desk.queries.open_tickets(user, scope)
        return bulk.modal(found, scope, desk.config, await offered(user), chosen)

    async def offered(user: str) -> list[Preset]:
        actor = await desk.queries.actor(user)
        level = Level.SECOND if Level.SECOND in actor.levels else Level.FIRST
        return presets(level, actor.person.zone, desk.config, desk.clock())

    async def submit(form: Submission) -> Draw:
        chosen = form.typed.get(bulk.WHAT, "")
        if chosen not in set(BulkAction):
            raise Invalid({bulk.WHAT: t("Pick one.")})
        until = reminders.chosen_until(form.typed)
        wish = BulkRequest(BulkAction(chosen), until, form.typed.get(reminders.WORD, ""), form.typed.get(CAUSE, ""))
        ids = [each for each in form.typed.get(bulk.TICKETS, "").split("\n") if each]
        outcomes = await desk.bulk.apply(ids, form.user, wish, form.view)

        async def drawn() -> Json:
            who = await desk.queries.names({each.ticket.owner for each in outcomes})
            return bulk.result(outcomes, desk.config, who)

        return drawn

    dispatcher.clicks[bulk.OPEN] = ask
    dispatcher.submissions[bulk.OPEN] = submit
    dispatcher.redraws[bulk.OPEN] = redraw
