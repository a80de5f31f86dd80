"""The form before the letter to Retarus: everything the escalation still needs, asked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from blocks import kit
from blocks.evidence import file_input
from blocks.fill_in import ALL, buttons, from_earlier, is_typed, shown_examples, still_open, up_to
from blocks.form import inputs
from blocks.kit import Json
from blocks.transactions import paste_inputs
from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.i18n import many, t
from bot.escalation.letter import FINDINGS, shown
from bot.escalation.summaries import drafts
from bot.forms.field_table import fields_of, is_asked
from bot.forms.guide_tasks import HELP_DESK_1, PLAN, REMEDY
from bot.forms.template_fields import EXAMPLE, Field, GuidePart, Need
from bot.forms.validation import examples
from bot.model.ticket import Kind, Level, Ticket

TASKS = "escalate.tasks"
SAVE = "escalate.save"
_ELSEWHERE = (HELP_DESK_1, REMEDY, PLAN)
"""Tasks that have a place of their own: the checks, `Resolve`, and the action plan."""
_SUMMARY = "summary_second"
"""Asked first: the engineer's own words, for which the rest is the proof."""
_NAME, _ANSWER = 60, 80
"""Characters of a name and of an answer in the list of what is answered."""


def modal(
    ticket: Ticket,
    name: str,
    config: Config,
    typed: Mapping[str, str] | None = None,
    *,
    everything: bool = False,
    transactions: int = 1,
    earlier: Mapping[str, str] | None = None,
) -> Json:
    """Asks for what is not answered yet, and then lists the answers that are there; with `everything`, asks for all.

    `typed`: answers so far, when it is redrawn. `transactions`: how many to offer part by part. `earlier`: answers
    of the customer's last ticket, to be checked.
    """
    fields = [field for field in fields_of(ticket.kind, config) if _is_due(field)]
    open_keys = {field.key for field in still_open(fields, ticket, config)}
    due = [field for field in fields if field.key in open_keys or _is_read(field)]
    unanswered = [
        each
        for each in due
        if each.key in open_keys
        or (_is_ours(each) and not ticket.answer(each.key))
        or is_typed(each, ticket, typed or {})
    ]
    number = shown_examples(ticket, transactions)
    asked = sorted(up_to(due if everything else unanswered, number), key=lambda each: each.key != _SUMMARY)
    about = t("nothing is sent yet: the exact text comes next")
    blocks = [kit.note(f"{name} · {about}")]
    answers = {**drafts(ticket, config), **(earlier or {}), **ticket.answers, **(typed or {})}
    blocks += [_readers([each for each in asked if is_asked(each, answers, config)], ticket.kind)] if asked else []
    blocks += from_earlier(asked, earlier or {}, ticket)
    blocks += inputs(asked, ticket.kind, config, answers, Need.ESCALATE)
    has_examples = any(field.group for field in asked)
    blocks += paste_inputs(ticket.answers, typed or {}) if has_examples else []
    blocks += [] if everything else answered(due, asked, ticket, config)
    blocks += [file_input(), kit.actions("escalate.form", _buttons(ticket, number, has_examples=has_examples))]
    title, state = t("Escalate to Retarus"), f"{ticket.id}|{ticket.version}"
    return kit.modal(TASKS, title, blocks, submit=t("Preview"), about=state)


def _is_due(field: Field) -> bool:
    return field.heading not in _ELSEWHERE and field.heading.guide_part is not GuidePart.THIRD


def _is_ours(field: Field) -> bool:
    """True for what the 2nd level is asked, needed or not."""
    return field.heading.guide_part is GuidePart.SECOND or field.level is Level.SECOND


def _is_read(field: Field) -> bool:
    """True for what Retarus reads, and what the 2nd level answers: what the 1st level checked is not asked again."""
    return bool(field.printed) or field.key in FINDINGS or _is_ours(field)


def answered(due: Iterable[Field], asked: Iterable[Field], ticket: Ticket, config: Config) -> list[Json]:
    """One short line for each answer that is there and not asked again, and a button to edit them."""
    here = {field.key for field in asked}
    lines = [
        kit.line(kit.bold(f"{excerpt(name, _NAME)}: "), kit.text(excerpt(answer, _ANSWER)))
        for name, answer in _lines([field for field in due if field.key not in here], ticket, config)
    ]
    if not lines:
        return []
    listed: Json = {"type": "rich_text_list", "style": "bullet", "elements": lines}
    return [
        kit.rich(kit.line(kit.bold(t("Already answered"))), listed),
        kit.actions("escalate.answered", [kit.button(t("Edit these answers"), ALL, ticket.id)]),
    ]


def _lines(fields: Iterable[Field], ticket: Ticket, config: Config) -> Iterable[tuple[str, str]]:
    """Name and answer of each field that is answered; all transactions in one line."""
    counted = False
    for field in fields:
        answer = ticket.answer(field.key)
        if not answer:
            continue
        if not field.group and is_asked(field, ticket.answers, config):
            yield field.called(ticket.kind).rstrip(":?"), shown(field, answer, ticket.zone, config)
        elif field.group and not counted:
            counted = True
            number = len(examples(ticket.answers))
            yield EXAMPLE.label_text, many("{count} transaction", "{count} transactions", number)


def _readers(asked: Iterable[Field], kind: Kind) -> Json:
    """Answers that stay with the partner; all others are printed in the letter."""
    ours = [field.called(kind).rstrip(":?") for field in asked if not field.printed and field.key not in FINDINGS]
    if not ours:
        return kit.note(t("Retarus reads all of these answers."))
    return kit.note(t("Retarus reads these answers. Only we read: {names}.", names="; ".join(dict.fromkeys(ours))))


def _buttons(ticket: Ticket, number: int, *, has_examples: bool) -> list[Json]:
    more = buttons(ticket, everything=True, number=number, has_examples=has_examples)
    return [*more, kit.button(t("Save for now"), SAVE, ticket.id)]
