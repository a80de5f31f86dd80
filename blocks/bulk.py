"""Form for several tickets at once, and its result."""

from __future__ import annotations

from collections.abc import Sequence

from blocks import kit, urgency
from blocks.card import Who
from blocks.form import ANSWER, text_input
from blocks.kit import Json
from blocks.reminders import WORD, moment_inputs
from bot.bulk import MAX_TICKETS, BulkAction, Outcome
from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.i18n import many, t
from bot.known_issues.links import CAUSE
from bot.model.ticket import Ticket
from bot.reminders.snooze import Preset
from bot.tickets.reference import reference

OPEN = "bulk.open"
"""Opens the form for the listed tickets; its callback changes the ticked ones."""
DONE = "bulk.done"
TICKETS, WHAT = "tickets", "what"
"""Block ids of inputs; a snooze and a common cause have those of their own forms."""


def button(scope: str) -> Json:
    return kit.button(t("Several at once"), OPEN, scope)


def modal(tickets: Sequence[Ticket], scope: str, config: Config, offered: Sequence[Preset], chosen: str) -> Json:
    """The tickets to tick, and the action on them. `chosen`: what was chosen, which may ask for more."""
    if not tickets:
        return kit.modal(OPEN, t("Several at once"), [kit.note(t("None."))])
    what = BulkAction(chosen) if chosen in set(BulkAction) else BulkAction.TAKE
    options = [_option(each, config) for each in tickets[:MAX_TICKETS]]
    blocks = [_input(TICKETS, t("Tickets"), {"type": "checkboxes", "options": options}), _what(what)]
    if what is BulkAction.SNOOZE:
        blocks += moment_inputs(offered)
        blocks.append(text_input(WORD, t("Why can it wait?"), t("In the ticket's thread"), needed=False))
    if what is BulkAction.SAME_CAUSE:
        blocks.append(text_input(CAUSE, t("Which ticket leads?"), t("e.g. PD-1001"), multiline=False))
    return kit.modal(OPEN, t("Several at once"), blocks, submit=t("Apply"), about=scope)


def _option(ticket: Ticket, config: Config) -> Json:
    about = f"{urgency.customer(ticket)}: {ticket.answer('happens')}"
    return kit.option(excerpt(urgency.title(ticket, config), 75), ticket.id, excerpt(about, 75))


def _what(chosen: BulkAction) -> Json:
    options = {each: kit.option(t(each.value), each.value) for each in BulkAction}
    element: Json = {"type": "radio_buttons", "options": list(options.values()), "initial_option": options[chosen]}
    return _input(WHAT, t("Action"), element) | {"dispatch_action": True}


def _input(key: str, label: str, element: Json) -> Json:
    element = {**element, "action_id": ANSWER}
    return {"type": "input", "block_id": key, "label": kit.plain(label), "element": element, "optional": False}


def result(outcomes: Sequence[Outcome], config: Config, who: Who) -> Json:
    """`4 changed, 1 not`, and a line for each ticket."""
    done = [each for each in outcomes if not each.refusal]
    left = [each for each in outcomes if each.refusal]
    changed = many("{count} ticket changed", "{count} tickets changed", len(done))
    heading = ", ".join([changed, *([t("{count} not changed", count=len(left))] if left else [])])
    lines = [kit.line(kit.text(_line(each, config, who))) for each in (*left, *done)]
    listed: Json = {"type": "rich_text_list", "style": "bullet", "elements": lines}
    return kit.modal(DONE, t("Several at once"), [kit.rich(kit.line(kit.bold(heading)), listed)])


def _line(each: Outcome, config: Config, who: Who) -> str:
    name = reference(each.ticket, config)
    return f"{name}: {excerpt(each.refusal, 300)}" if each.refusal else f"{name}: ✓ {who(each.ticket.owner)}"
