"""The checks of a ticket: shown by level, answered one by one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from blocks import checklist
from blocks.kit import Json
from bot.core.errors import Refused
from bot.core.i18n import t
from bot.desk import Desk
from bot.forms.checklist import Task, task, tasks, traces
from bot.model.ticket import Level, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import can_undo, counted
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher, Show
from handlers.payload import Click, Submission

_ANSWERS = frozenset({Step.FILL_IN.value, Step.FOUND.value, Move.RETARUS_ANSWERED.value})
"""Steps that a check records: ours, and Retarus's, which can give the ticket back."""

Keep = Callable[[str, str, Mapping[str, str], str, int], Awaitable[Ticket]]


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    _looking(desk, dispatcher)
    _answering(desk, dispatcher)


def _looking(desk: Desk, dispatcher: Dispatcher) -> None:
    async def ask(click: Click) -> None:
        ticket = await desk.queries.open_to(click.value, click.user)
        await dispatcher.open_for(click, await _shown(desk, ticket, ticket.level))

    async def show_level(click: Click) -> None:
        ticket = await desk.queries.open_to(click.ticket, click.user)
        await dispatcher.update_view(click.view, await _shown(desk, ticket, Level(click.value)))

    dispatcher.clicks[checklist.ASK] = ask
    for level in Level:
        dispatcher.clicks[checklist.OF_LEVEL + level] = show_level


def _answering(desk: Desk, dispatcher: Dispatcher) -> None:
    async def answer(click: Click) -> None:
        view = await draw(await desk.queries.open_to(click.ticket, click.user), click.value)
        await dispatcher.open_for(click, view)

    async def redraw(click: Click) -> Json:
        return await draw(await desk.queries.open_to(click.ticket, click.user), click.about.split("|")[2], click.typed)

    async def draw(ticket: Ticket, key: str, typed: Mapping[str, str] | None = None) -> Json:
        return checklist.one(ticket, _task(desk, ticket, key), reference(ticket, desk.config), desk.config, typed)

    async def pick(click: Click) -> Show:
        """Saves an answer that is one click."""
        key, _, value = click.value.partition("=")
        before = await desk.queries.open_to(click.ticket, click.user)
        found = _task(desk, before, key)
        ticket = await keep(found)(before.id, click.user, {key: value}, click.id, before.version)
        return dispatcher.shows(click.view, lambda: _shown(desk, ticket, found.level))

    async def submit(form: Submission) -> Json | None:
        found = _task(desk, await desk.queries.open_to(form.ticket, form.user), form.below)
        ticket = await keep(found)(form.ticket, form.user, form.typed, form.view, form.version)
        dispatcher.tasks.start(dispatcher.shows(form.parent, lambda: _shown(desk, ticket, found.level))())
        return None

    def keep(found: Task) -> Keep:
        """Records a task of Retarus's, which can move the ticket; saves the answer of one of ours."""
        return desk.retarus_replies.record if found.level is Level.THIRD else desk.answers.check

    dispatcher.clicks[checklist.ANSWER] = answer
    for number in range(checklist.MAX_PICKS):
        dispatcher.saving_clicks[f"{checklist.PICK}{number}"] = pick
    dispatcher.submissions[checklist.SUBMIT] = submit
    dispatcher.redraws[checklist.SUBMIT] = redraw


async def shown_again(desk: Desk, ticket: Ticket, click: Click) -> Json:
    """The list that was clicked in, as it is now."""
    return await _shown(desk, ticket, Level(click.about.split("|")[2]))


async def _shown(desk: Desk, ticket: Ticket, level: Level) -> Json:
    history = counted(await desk.queries.history(ticket.id))
    found = traces(tasks(ticket, level, desk.config), history)
    who = await desk.queries.names({trace.by for trace in found.values()})
    newest = history[-1]
    is_undoable = can_undo(ticket, newest.version, desk.clock()) and newest.kind in _ANSWERS
    undoable = {key for key, trace in found.items() if is_undoable and trace.version == newest.version}
    return checklist.modal(ticket, reference(ticket, desk.config), level, desk.config, found, who, undoable)


def _task(desk: Desk, ticket: Ticket, key: str) -> Task:
    found = task(ticket, key, desk.config)
    if found is None:
        raise Refused(t("This is not asked of this ticket any more. Open the checks again."))
    return found
