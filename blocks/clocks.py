"""The modal with the timers of a ticket, and for how long each party had to act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from blocks import customer_words, evidence_pack, kit, outage, reminders
from blocks.card import further, party_name
from blocks.kit import Json
from bot.clocks.timers import Timer, TimerRun, TimerState
from bot.config.settings import Config
from bot.core.cleaning import capital
from bot.core.clock import span, work_span
from bot.core.i18n import t
from bot.model.ticket import Party, Ticket


def shown(
    ticket: Ticket, name: str, runs: Sequence[TimerRun], at: datetime, config: Config, *, by_lead: bool = False
) -> Json:
    """Every running timer with its moment, and the time that each party had to act; what the card has no room for.

    `by_lead`: with what a lead of its level can do.
    """
    lines = [_clock(run, at) for run in runs]
    if not any(run.timer is Timer.PLAN for run in runs):
        no_sla = t("Remedy or action plan: no SLA set (see your contract / the Global Support Guide)")
        lines.append(kit.line(kit.text(no_sla)))
    blocks = [kit.note(name), kit.rich({"type": "rich_text_list", "style": "bullet", "elements": lines})]
    if _spent(ticket, at):
        blocks.append(kit.note(t("Time so far: {times}", times=_spent(ticket, at))))
    if ticket.times.snoozed_until:
        until = kit.moment(ticket.times.snoozed_until)
        blocks.append(kit.rich(kit.line(*kit.filled(t("Reminders are snoozed until {time}"), time=until))))
    if ticket.stage.is_open:
        pace = kit.button(t("Cadence"), reminders.PACE, ticket.id)
        blocks.append(kit.actions("reminders", [*reminders.buttons(ticket, by_lead=by_lead), pace]))
    more = [*further(ticket, config), customer_words.button(ticket.id), outage.button(ticket.id)]
    more.append(evidence_pack.button(ticket.id))
    blocks.append(kit.actions("more", more))
    return kit.modal(reminders.SHOW, t("Clocks"), blocks, about=ticket.id)


def _clock(run: TimerRun, at: datetime) -> Json:
    state = run.state(at)
    due = kit.filled(" · " + t("due {time}"), time=kit.moment(run.due)) if run.due else []
    since = kit.filled(" · " + t("since {start}"), start=kit.moment(run.start))
    return kit.line(kit.bold(capital(t(run.timer.gloss))), *since, *due, kit.text(f" · {_state(run, state, at)}"))


def _state(run: TimerRun, state: TimerState, at: datetime) -> str:
    if state is TimerState.ENDED:
        return t("done, too late") if run.is_late(at) else t("done in time")
    if state is TimerState.PAUSED or run.due is None:
        return t("paused while waiting for the end-customer")
    if state is TimerState.OVERDUE:
        return t("overdue by {time}", time=_length(run, run.due, at))
    return t("{time} left", time=_length(run, at, run.due))


def _length(run: TimerRun, start: datetime, end: datetime) -> str:
    """A duration as this timer counts it: working time where its calendar closes."""
    seconds = run.calendar.between(start, end).total_seconds()
    return span(seconds) if run.calendar.never_closes else work_span(seconds)


def _spent(ticket: Ticket, at: datetime) -> str:
    """Time that each party has had to act so far."""
    spent = {party: ticket.times.spent.get(party.value, 0) / 1000 for party in Party}
    if ticket.ball and ticket.times.turn:
        spent[ticket.ball] += max(0.0, (at - ticket.times.turn).total_seconds())
    return " · ".join(f"{party_name(party)} {span(seconds)}" for party, seconds in spent.items() if seconds)
