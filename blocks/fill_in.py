"""The form in which the answers of a ticket are filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from blocks import kit
from blocks.evidence import file_input
from blocks.form import inputs
from blocks.kit import Json
from blocks.transactions import paste_inputs
from bot.config.settings import Config
from bot.core.i18n import t
from bot.forms.field_table import fields_of
from bot.forms.guide_tasks import HELP_DESK_1, HELP_DESK_2, PLAN, REMEDY
from bot.forms.template_fields import (
    ADDITIONAL,
    DESCRIPTION,
    EXAMPLE,
    MAIN_ID,
    SHOWN_EXAMPLES,
    Field,
    GuidePart,
    Need,
)
from bot.forms.validation import examples, missing
from bot.model.ticket import Level, Ticket

ASK = "filling.ask"
SUBMIT = "filling.submit"
ALL = "filling.all"
ANOTHER = "filling.another"
PUSH = "filling.push"
"""The same form on top of another modal."""


def modal(
    ticket: Ticket,
    name: str,
    config: Config,
    *,
    everything: bool = False,
    transactions: int = 1,
    typed: Mapping[str, str] | None = None,
    below: str = "",
    earlier: Mapping[str, str] | None = None,
) -> Json:
    """Form of the answers missing for Retarus; with `everything`, of every answer.

    `transactions`: how many to offer. `typed`: answers so far, when it is redrawn. `below`: the callback id of
    the modal it lies on, which shows something else once this is saved. `earlier`: answers of the customer's last
    ticket, to be checked.
    """
    fields = list(_wanted(ticket, config, typed or {}, everything=everything))
    everything = everything or not fields
    fields = fields or list(_wanted(ticket, config, {}, everything=True))
    number = shown_examples(ticket, transactions)
    shown = up_to(fields, number)
    now = t("answer what you know now") if everything else t("answer what you know now; the rest can wait")
    blocks = [kit.note(f"{name} · {now}")]
    blocks += from_earlier(shown, earlier or {}, ticket)
    blocks += inputs(shown, ticket.kind, config, {**(earlier or {}), **ticket.answers, **(typed or {})}, Need.RAISE)
    has_examples = any(field.group for field in shown)
    blocks += paste_inputs(ticket.answers, typed or {}) if has_examples else []
    blocks.append(file_input())
    more = buttons(ticket, everything=everything, number=number, has_examples=has_examples)
    if more:
        blocks.append(kit.actions("filling", more))
    return kit.modal(
        SUBMIT,
        t("Fill in"),
        blocks,
        submit=t("Save"),
        about="|".join(filter(None, [ticket.id, str(ticket.version), below])),
    )


def from_earlier(asked: Iterable[Field], earlier: Mapping[str, str], ticket: Ticket) -> list[Json]:
    """Names the fields that are prefilled from the customer's last ticket."""
    names = [
        each.called(ticket.kind).rstrip(":?") for each in asked if each.key in earlier and not ticket.answer(each.key)
    ]
    words = t("Prefilled from the last ticket of this customer, please check: {names}.", names="; ".join(names))
    return [kit.note(words)] if names else []


def shown_examples(ticket: Ticket, wanted: int) -> int:
    """Number of transactions a form shows part by part."""
    return min(SHOWN_EXAMPLES, max(wanted, max(examples(ticket.answers), default=1)))


def up_to(fields: Iterable[Field], number: int) -> list[Field]:
    """The fields without the transactions beyond this number."""
    return [field for field in fields if not field.group or int(field.group.split(".")[1]) <= number]


def drawn(typed: Mapping[str, str]) -> tuple[int, bool]:
    """State of the form with these answers: its number of transactions, and whether it shows everything."""
    return max(examples(dict.fromkeys(typed, "shown")), default=1), "happens" in typed


def _wanted(ticket: Ticket, config: Config, typed: Mapping[str, str], *, everything: bool) -> Iterable[Field]:
    """The fields that are still missing for Retarus; with `everything`, all fields that can be answered."""
    due = [field for field in fields_of(ticket.kind, config) if _is_due(field, ticket)]
    open_keys = {field.key for field in still_open(due, ticket, config)}
    return due if everything else [each for each in due if each.key in open_keys or is_typed(each, ticket, typed)]


def is_typed(field: Field, ticket: Ticket, typed: Mapping[str, str]) -> bool:
    """True for a typed answer that another person gave otherwise meanwhile: it stays in sight when it is redrawn."""
    return typed.get(field.key, "") not in ("", ticket.answer(field.key))


def still_open(fields: Iterable[Field], ticket: Ticket, config: Config) -> list[Field]:
    """Those of the fields that are missing for Retarus, each with the fields it is answered together with."""
    fields = tuple(fields)
    open_keys = {each.key for each in missing(ticket, Need.ESCALATE, config)}
    headings = {field.heading for field in fields if field.key in open_keys and field.heading not in _SINGLE}
    headings |= {EXAMPLE} if "example" in open_keys else set()
    return [field for field in fields if field.key in open_keys or field.heading in headings]


_SINGLE = (MAIN_ID, DESCRIPTION, ADDITIONAL)
"""Headings whose fields are asked one by one: an answer that is there is not asked again beside a missing one."""


_ELSEWHERE = (HELP_DESK_1, REMEDY, PLAN, HELP_DESK_2)
"""Tasks that are recorded elsewhere: among the checks, and with `Resolve`."""


def _is_due(field: Field, ticket: Ticket) -> bool:
    """True for the tasks of a level once it has the ticket; for the template and the matrix at any time."""
    if field.heading in _ELSEWHERE:
        return False
    if field.heading.guide_part is GuidePart.SECOND:
        return ticket.level in {Level.SECOND, Level.THIRD}
    return field.heading.guide_part is not GuidePart.THIRD  # what Retarus says is recorded where it moves the ticket


def buttons(ticket: Ticket, *, everything: bool, number: int, has_examples: bool) -> list[Json]:
    """Buttons that draw the same form with another transaction, or with all answers."""
    found = []
    if has_examples and number < SHOWN_EXAMPLES:
        found.append(kit.button(t("Add another example"), ANOTHER, ticket.id))
    if not everything:
        found.append(kit.button(t("Show all answers"), ALL, ticket.id))
    return found
