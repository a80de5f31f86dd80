"""Which clocks run on a ticket, and who had the ball for how long? What somebody sees who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from blocks import kit, reminders
from blocks.card import PARTIES
from blocks.kit import Json
from bot.clock import span
from bot.clocks import Run, State, Watch
from bot.settings import NOT_SET
from bot.ticket import Party, Ticket

NO_SLA = f"no SLA set ({NOT_SET.removeprefix('not set: ')})"


def shown(ticket: Ticket, name: str, runs: Sequence[Run], at: datetime) -> Json:
    """Every clock that runs, when each is due, and who had the ball for how long."""
    lines = [_clock(run, at) for run in runs]
    if not any(run.watch is Watch.PLAN for run in runs):
        lines.append(kit.line(kit.text(f"Remedy or action plan: {NO_SLA}")))
    blocks = [kit.note(name), kit.rich({"type": "rich_text_list", "style": "bullet", "elements": lines})]
    if _spent(ticket, at):
        blocks.append(kit.note(f"Time so far: {_spent(ticket, at)}"))
    if ticket.times.snoozed_until:
        until = [kit.text("Reminders are put off until "), kit.moment(ticket.times.snoozed_until)]
        blocks.append(kit.rich(kit.line(*until)))
    if ticket.stage.is_open:
        pace = kit.button("Cadence", reminders.PACE, ticket.id)
        blocks.append(kit.actions("reminders", [*reminders.buttons(ticket), pace]))
    return kit.modal(reminders.SHOW, "Clocks", blocks, about=ticket.id)


def _clock(run: Run, at: datetime) -> Json:
    what = f"{run.watch.gloss[0].upper()}{run.watch.gloss[1:]}"
    state = run.state(at)
    due = [kit.text(" · due "), kit.moment(run.due)] if run.due else []
    since = [kit.text(" · since "), kit.moment(run.start)]
    return kit.line(kit.bold(what), *since, *due, kit.text(f" · {_state(run, state, at)}"))


def _state(run: Run, state: State, at: datetime) -> str:
    if state is State.ENDED:
        return "done, too late" if run.is_late(at) else "done in time"
    if state is State.PAUSED or run.due is None:
        return "stands still while the end-customer is waited for"
    passed = (at - run.due).total_seconds()
    return f"overdue for {span(passed)}" if state is State.OVERDUE else f"{span(-passed)} left"


def _spent(ticket: Ticket, at: datetime) -> str:
    """Time per party, the present one's included."""
    spent = {party: ticket.times.spent.get(party.value, 0) / 1000 for party in Party}
    if ticket.ball and ticket.times.turn:
        spent[ticket.ball] += max(0.0, (at - ticket.times.turn).total_seconds())
    return " · ".join(f"{PARTIES[party]} {span(seconds)}" for party, seconds in spent.items() if seconds)
