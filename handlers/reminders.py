"""Listeners for the buttons and forms of reminders, and for the modal with the timers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from blocks import assignment, clocks, reminders
from blocks.kit import Json
from bot.core.errors import Conflict
from bot.desk import Desk
from bot.model.ticket import Ticket
from bot.reminders.snooze import presets
from bot.tickets.reference import reference
from handlers.conversation import recording
from handlers.dispatch import Dispatcher, OnClick, OnSubmit
from handlers.payload import Click, Submission

Draw = Callable[[Click], Awaitable[Json]]


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    def opens(draw: Draw) -> OnClick:
        async def opened(click: Click) -> None:
            await dispatcher.open_for(click, await draw(click))

        return opened

    dispatcher.clicks |= {action: opens(draw) for action, draw in _asked(desk).items()}
    dispatcher.submissions |= _done(desk)


def _asked(desk: Desk) -> dict[str, Draw]:
    """Button → the modal it opens."""

    def named(ticket: Ticket) -> str:
        return reference(ticket, desk.config)

    async def show(click: Click) -> Json:
        ticket = await desk.queries.open_to(click.value, click.user)
        runs, by_lead = desk.reminders.runs(ticket), assignment.is_lead_of(click.user, ticket, desk.config)
        return clocks.shown(ticket, named(ticket), runs, desk.clock(), desk.config, by_lead=by_lead)

    async def snooze(click: Click) -> Json:
        ticket = await desk.queries.open_to(click.value, click.user)
        person = (await desk.queries.actor(click.user)).person
        return reminders.snooze(ticket, named(ticket), presets(ticket.level, person.zone, desk.config, desk.clock()))

    async def expect(click: Click) -> Json:
        ticket = await desk.reminders.with_retarus(click.value, click.user)
        return reminders.expect(ticket, named(ticket))

    async def plan(click: Click) -> Json:
        ticket = await desk.queries.open_to(click.value, click.user)
        return reminders.plan(ticket, named(ticket))

    async def pace(click: Click) -> Json:
        ticket = await desk.queries.open_to(click.value, click.user)
        return reminders.pace(ticket, named(ticket))

    async def chase(click: Click) -> Json:
        ticket, draft = await desk.reminders.chaser(click.value, click.user)
        return reminders.chase(ticket, named(ticket), draft, desk.routes.ways, desk.config)

    return {
        reminders.SHOW: show,
        reminders.SNOOZE: snooze,
        reminders.EXPECT: expect,
        reminders.PLAN: plan,
        reminders.PACE: pace,
        reminders.CHASE: chase,
    }


def _done(desk: Desk) -> dict[str, OnSubmit]:
    """Form → its service method."""

    def word(form: Submission) -> str:
        return form.typed.get(reminders.WORD, "")

    async def snooze(form: Submission) -> None:
        until = reminders.chosen_until(form.typed)
        await desk.reminders.snooze(form.ticket, form.user, until, word(form), form.view)

    async def expect(form: Submission) -> None:
        await desk.reminders.expect(form.ticket, form.user, form.typed, form.view, recording(desk, form))

    async def plan(form: Submission) -> None:
        await desk.reminders.record_plan(form.ticket, form.user, word(form), form.view)

    async def pace(form: Submission) -> None:
        await desk.reminders.pace(form.ticket, form.user, word(form), form.view)

    async def chase(form: Submission) -> Json | None:
        try:
            await desk.reminders.chase(form.ticket, form.user, word(form), form.view, form.version)
        except Conflict:  # other files go along now: they are shown first
            ticket = await desk.queries.ticket(form.ticket)
            name = reference(ticket, desk.config)
            return reminders.chase(ticket, name, word(form), desk.routes.ways, desk.config)
        return None

    return {
        reminders.SNOOZE: snooze,
        reminders.EXPECT: expect,
        reminders.PLAN: plan,
        reminders.PACE: pace,
        reminders.CHASE: chase,
    }
