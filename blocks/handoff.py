"""Modal for handing a ticket off to the 2nd level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from blocks import kit
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
) -> Json:
    """The 1st-level tasks (guide, section 3), and the summary, prefilled; `typed`: answers so far.

    `known`: answers the desk has looked up by itself, and `found` what it found: a person judges both.
    """
    fields = [each for each in fields_of(ticket.kind, config) if _is_asked_here(each, ticket)]
    drafted = {**drafts(ticket, config), **(known or {})}
    answers = {**drafted, **ticket.answers, **(typed or {})}
    blocks = [kit.note(f"{name} · {t('the 2nd level gets this with the ticket')}"), *found]
    blocks += inputs(fields, ticket.kind, config, answers, Need.HANDOFF)
    title, about = t("Hand off to 2nd level"), f"{ticket.id}|{ticket.version}"
    return kit.modal(SUBMIT, title, blocks, submit=t("Hand off"), about=about)


def _is_asked_here(field: Field, ticket: Ticket) -> bool:
    """True for the 2nd level's required fields, and for recorded tasks of the 1st that apply only if needed."""
    return field.need[ticket.kind] is Need.HANDOFF or field.heading.guide_part is GuidePart.FIRST
