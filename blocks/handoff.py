"""Modal for handing a ticket off to the 2nd level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from blocks import kit
from blocks.escalation_form import answered
from blocks.form import inputs
from blocks.kit import Json
from bot.config.settings import Config
from bot.core.i18n import t
from bot.escalation.summaries import drafts
from bot.forms.field_table import fields_of
from bot.forms.template_fields import Field, GuidePart, Need
from bot.model.ticket import Ticket

ASK = "handoff.ask"
SUBMIT = "handoff.submit"


def modal(
    ticket: Ticket,
    name: str,
    config: Config,
    typed: Mapping[str, str] | None = None,
    known: Mapping[str, str] | None = None,
    found: Sequence[Json] = (),
    *,
    everything: bool = False,
) -> Json:
    """The summary, prefilled, and the 1st-level tasks (guide, section 3) that are not answered yet; the rest as lines.

    `typed`: answers so far. `known`: answers the desk has looked up by itself, and `found` what it found: a person
    judges both. `everything`: asks for all, also for what applies only if needed.
    """
    here = [each for each in fields_of(ticket.kind, config) if _is_asked_here(each, ticket)]
    is_open = {each.key for each in here if each.need[ticket.kind] is Need.HANDOFF and not ticket.answer(each.key)}
    fields = [each for each in here if everything or each.key in is_open or each.key == _SUMMARY]
    fields.sort(key=lambda each: each.key != _SUMMARY)
    drafted = {**drafts(ticket, config), **(known or {})}
    answers = {**drafted, **ticket.answers, **(typed or {})}
    blocks = [kit.note(f"{name} · {t('the 2nd level gets this with the ticket')}"), *found]
    blocks += inputs(fields, ticket.kind, config, answers, Need.HANDOFF)
    blocks += [] if everything else answered(here, fields, ticket, config)
    title, about = t("Hand off to 2nd level"), f"{ticket.id}|{ticket.version}"
    return kit.modal(SUBMIT, title, blocks, submit=t("Hand off"), about=about)


_SUMMARY = "summary_first"


def shows_everything(ticket: Ticket, typed: Mapping[str, str]) -> bool:
    """True if the form with these answers also asks for what is answered already."""
    return any(key != _SUMMARY and ticket.answer(key) for key in typed)


def _is_asked_here(field: Field, ticket: Ticket) -> bool:
    """True for the 2nd level's required fields, and for recorded tasks of the 1st that apply only if needed."""
    return field.need[ticket.kind] is Need.HANDOFF or field.heading.guide_part is GuidePart.FIRST
