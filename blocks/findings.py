"""Card section on cause and solution: the findings of each side in a few lines."""

from __future__ import annotations

from collections.abc import Iterable

from blocks import kit
from blocks.kit import Json
from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.i18n import mark, t
from bot.escalation.letter import shown
from bot.forms.field_table import field
from bot.model.ticket import Stage, Ticket

_NAMES = {
    "cause": mark("Root cause"),
    "workaround": mark("Workaround"),
    "workaround_helps": mark("The workaround helps"),
    "remedy": mark("Remedy"),
    "plan": mark("Action plan"),
    "caused_by": mark("Retarus found"),
    "their_workaround": mark("Workaround of Retarus"),
    "their_remedy": mark("Remedy of Retarus"),
    "verified": mark("Retarus's remedy works"),
    "their_note": mark("Technical note of Retarus"),
}
"""Answers of interest to a colleague, ours before theirs."""
_SHOWN = 160
"""Characters of each on the card; the checks show more."""


def known(ticket: Ticket, config: Config) -> list[Json]:
    """Blocks with the findings; empty while there are none."""
    lines = [*_answers(ticket, config), *_promised(ticket)]
    return [kit.rich({"type": "rich_text_list", "style": "bullet", "elements": lines})] if lines else []


def _answers(ticket: Ticket, config: Config) -> Iterable[Json]:
    for key, name in _NAMES.items():
        answer = ticket.answer(key)
        asked = field(key, config) if answer and answer != "none" else None
        if asked:
            words = excerpt(shown(asked, answer, ticket.zone, config), _SHOWN)
            yield kit.line(kit.bold(t(name)), kit.text(f": {words}"))


def _promised(ticket: Ticket) -> Iterable[Json]:
    """Announcements by Retarus while the ticket is with them (guide L3.4, L3.7)."""
    if ticket.stage is not Stage.RETARUS:
        return
    times = (
        (t("Retarus expects it to be solved by {time}"), ticket.times.eta),
        (t("Retarus's next update: {time}"), ticket.times.update_due),
    )
    for words, at in times:
        if at:
            yield kit.line(*kit.filled(words, time=kit.moment(at)))
