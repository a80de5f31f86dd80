"""Modal for escalating a ticket to Retarus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from blocks import fill_in, kit
from blocks.eas import ASK as EAS_ASK
from blocks.evidence import beside_letter
from blocks.form import inputs, text_input
from blocks.kit import Json
from blocks.letter import parts
from bot.config.settings import Config
from bot.core.i18n import mark, t
from bot.escalation.letter import FINDINGS
from bot.escalation.preview import Preview
from bot.escalation.summaries import drafts
from bot.forms.field_table import fields_of
from bot.forms.guide_tasks import PLAN, REMEDY
from bot.forms.template_fields import Field, GuidePart, Need
from bot.forms.validation import Missing, missing
from bot.model.ticket import Level, Ticket
from bot.tickets.permissions import BREAK_GLASS_REASON

ASK = "escalate.ask"
TASKS = "escalate.tasks"
SEND = "escalate.send"
RCR = "escalate.rcr"
RCR_NUMBER = "rcr"
_NOWHERE = mark("nowhere: no way to Retarus is set up")
_GLASS = mark("Who could not be reached, and why it cannot wait. Kept in the history, with your name (guide 2.3)")


def tasks(ticket: Ticket, name: str, config: Config, typed: Mapping[str, str] | None = None) -> Json:
    """The 2nd-level tasks (guide, section 3) and what else the 2nd level knows; above them, what else is missing."""
    asked = tuple(_asked(ticket, config))
    here = {field.key for field in asked}
    elsewhere = [each for each in missing(ticket, Need.ESCALATE, config) if each.key not in here]
    about = t("nothing is sent yet: the exact text comes next")
    blocks = [kit.note(f"{name} · {about}"), *_missing(ticket, elsewhere), _who_reads(asked)]
    blocks += inputs(
        asked, ticket.kind, config, {**drafts(ticket, config), **ticket.answers, **(typed or {})}, Need.ESCALATE
    )
    title, about = t("Escalate to Retarus"), f"{ticket.id}|{ticket.version}"
    return kit.modal(TASKS, title, blocks, submit=t("Preview"), about=about)


def _who_reads(asked: Iterable[Field]) -> Json:
    """Answers that stay with the partner; all others are printed in the letter."""
    ours = [field.name.rstrip(":?") for field in asked if not field.printed and field.key not in FINDINGS]
    if not ours:
        return kit.note(t("Retarus reads all of these answers."))
    return kit.note(t("Retarus reads these answers. Only we read: {names}.", names="; ".join(dict.fromkeys(ours))))


def _asked(ticket: Ticket, config: Config) -> Iterable[Field]:
    for field in fields_of(ticket.kind, config):
        ours = field.heading.sheet is GuidePart.SECOND or field.level is Level.SECOND
        if ours and field.heading not in _ELSEWHERE and field.heading.sheet is not GuidePart.THIRD:
            yield field


_ELSEWHERE = (REMEDY, PLAN)
"""Tasks of the 2nd level that have a place of their own: `Resolve`, and the action plan."""


def preview(shown: Preview, name: str, config: Config, *, changed: bool = False) -> Json:
    """The exact text with a button to send it, when nothing is missing and this person may; else the obstacles."""
    changed_words = t("{reference} changed since you looked. This is its text now.", reference=name)
    blocks = [kit.note(changed_words)] if changed else []
    blocks += _missing(shown.ticket, shown.missing)
    if shown.refusal:
        blocks.append({"type": "section", "text": kit.plain(shown.refusal)})
    may_send = not (shown.missing or (shown.refusal and not shown.may_break_glass) or shown.excess)
    if may_send and shown.may_break_glass:
        why = t("Break the glass: why must it go without an authorised contact?")
        blocks.append(text_input(BREAK_GLASS_REASON, why, t(_GLASS)))
    blocks += beside_letter(shown, config, may_send=may_send)
    if may_send:
        ways = kit.together(shown.ways) or t(_NOWHERE)
        blocks.append(kit.note(t("Goes {ways}, in your name. This is what Retarus reads:", ways=ways)))
    if may_send and not shown.may_break_glass:
        blocks.append(kit.actions("escalate.ways", [kit.button(t("Open it in EAS instead"), EAS_ASK, shown.ticket.id)]))
    blocks += [kit.divider(), kit.rich(kit.line(kit.bold(shown.letter.subject))), *parts(shown.letter)]
    about = f"{shown.ticket.id}|{shown.ticket.version}"
    return kit.modal(SEND, t("Preview"), blocks[:100], submit=t("Send to Retarus") if may_send else "", about=about)


def _missing(ticket: Ticket, items: Iterable[Missing]) -> list[Json]:
    """Every missing item at once, with level, field and guide section, and one button that asks for them."""
    items = tuple(items)
    if not items:
        return []
    lines = [kit.line(kit.text(item.line)) for item in items]
    listed: Json = {"type": "rich_text_list", "style": "bullet", "elements": lines}
    return [
        kit.rich(kit.line(kit.bold(t("Missing for Retarus ({count})", count=len(items)))), listed),
        kit.actions("escalate.missing", [kit.button(t("Fill in"), fill_in.PUSH, ticket.id, style="primary")]),
    ]


def rcr_modal(ticket: Ticket, name: str) -> Json:
    """Asks for the number Retarus gave."""
    blocks = [
        kit.note(name),
        text_input(RCR_NUMBER, t("RCR number"), t("As Retarus wrote it, e.g. RCR-88123"), multiline=False),
    ]
    return kit.modal(RCR, t("RCR number"), blocks, submit=t("Record"), about=ticket.id)
