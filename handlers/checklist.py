"""Somebody looks at the checks of a ticket, and answers one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from slack_sdk.errors import SlackApiError

from blocks import checklist
from blocks.kit import Json
from bot.adapters.slack.api_errors import name_of
from bot.core.errors import Refused
from bot.core.i18n import t
from bot.desk import Desk
from bot.forms.checklist import Task, task, tasks, traces
from bot.model.ticket import Level, Ticket
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher
from handlers.payload import Click, Submission

Keep = Callable[[str, str, Mapping[str, str], str, int], Awaitable[Ticket]]


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    _looking(desk, dispatcher)
    _answering(desk, dispatcher)


def _looking(desk: Desk, dispatcher: Dispatcher) -> None:
    async def ask(click: Click) -> None:
        ticket = await desk.queries.open_to(click.value, click.user)
        await dispatcher.client.views_open(trigger_id=click.trigger, view=await _shown(desk, ticket, ticket.level))

    async def show_level(click: Click) -> None:
        view = await _shown(desk, await desk.queries.ticket(click.ticket), Level(click.value))
        await dispatcher.client.views_update(view_id=click.view, hash=click.view_hash, view=view)

    dispatcher.clicks[checklist.ASK] = ask
    for level in Level:
        dispatcher.clicks[checklist.OF_LEVEL + level] = show_level


def _answering(desk: Desk, dispatcher: Dispatcher) -> None:
    async def answer(click: Click) -> None:
        view = await draw(await desk.queries.open_to(click.ticket, click.user), click.value)
        await dispatcher.client.views_push(trigger_id=click.trigger, view=view)

    async def redraw(click: Click) -> Json:
        return await draw(await desk.queries.ticket(click.ticket), click.about.split("|")[2], click.typed)

    async def draw(ticket: Ticket, key: str, typed: Mapping[str, str] | None = None) -> Json:
        return checklist.one(ticket, _task(desk, ticket, key), reference(ticket, desk.config), desk.config, typed)

    async def pick(click: Click) -> None:
        """One click is the whole answer."""
        key, _, value = click.value.partition("=")
        before = await desk.queries.ticket(click.ticket)
        found = _task(desk, before, key)
        ticket = await keep(found)(before.id, click.user, {key: value}, click.id, before.version)
        await dispatcher.client.views_update(view_id=click.view, view=await _shown(desk, ticket, found.level))

    async def submit(form: Submission) -> Json | None:
        found = _task(desk, await desk.queries.ticket(form.ticket), form.below)
        ticket = await keep(found)(form.ticket, form.user, form.typed, form.view, form.version)
        dispatcher.tasks.start(_refresh(desk, dispatcher, form.parent, ticket, found.level))
        return None

    def keep(found: Task) -> Keep:
        """What Retarus owes is recorded, and can move the ticket; ours is answered."""
        return desk.retarus_replies.record if found.level is Level.THIRD else desk.answers.check

    dispatcher.clicks[checklist.ANSWER] = answer
    for number in range(checklist.MOST_PICKS):
        dispatcher.clicks[f"{checklist.PICK}{number}"] = pick
    dispatcher.submissions[checklist.SUBMIT] = submit
    dispatcher.redraws[checklist.SUBMIT] = redraw


async def _shown(desk: Desk, ticket: Ticket, level: Level) -> Json:
    found = traces(tasks(ticket, level, desk.config), await desk.queries.history(ticket.id))
    who = await desk.queries.names({trace.by for trace in found.values()})
    return checklist.modal(ticket, reference(ticket, desk.config), level, desk.config, found, who)


async def _refresh(desk: Desk, dispatcher: Dispatcher, view_id: str, ticket: Ticket, level: Level) -> None:
    """The list below, as it is now. It may have been closed meanwhile."""
    try:
        await dispatcher.client.views_update(view_id=view_id, view=await _shown(desk, ticket, level))
    except SlackApiError as error:
        if name_of(error) != "not_found":
            raise


def _task(desk: Desk, ticket: Ticket, key: str) -> Task:
    found = task(ticket, key, desk.config)
    if found is None:
        raise Refused(t("This is not asked of this ticket any more. Open the checks again."))
    return found
