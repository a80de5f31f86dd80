"""Drafts of summaries from the answers, for a person to edit (guide: “Summarize status”)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config.settings import Config
from bot.core.cleaning import clean_line, clean_text, excerpt, fitting
from bot.core.i18n import mark, speaking, t
from bot.escalation.letter import shown
from bot.forms.field_table import OWN, field, fields_of
from bot.forms.template_fields import Need
from bot.forms.validation import missing
from bot.model.ticket import Kind, Ticket


def first_summary(ticket: Ticket, config: Config) -> str:
    """Symptom, impact, start, exact error: a colleague's first questions."""
    own = tuple(each.key for each in fields_of(ticket.kind, config) if each.key.startswith(OWN))
    return _lines(ticket, config, ("happens", "impact", "start", "error", "affected", *own))


def second_summary(ticket: Ticket, config: Config) -> str:
    """Summary of the 1st level with the findings of the 2nd."""
    return _lines(ticket, config, ("summary_first", "system", "cause", "workaround"))


def done_so_far(ticket: Ticket, config: Config) -> str:
    """“What has already been done by the customer support …” from the checks of both levels."""
    with speaking(config.retarus.language):  # printed in the letter, whoever writes it
        return _lines(ticket, config, ("triage", "remote", "remote_note", "searched", "system", "access", "workaround"))


def drafts(ticket: Ticket, config: Config) -> dict[str, str]:
    """Drafts for a form's empty summaries."""
    return {
        "summary_first": first_summary(ticket, config),
        "done": done_so_far(ticket, config),
        "summary_second": second_summary(ticket, config),
    }


def edited(
    ticket: Ticket, typed: Mapping[str, str], config: Config, earlier: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The typed answers, without drafts and answers of an `earlier` ticket that were left as they are."""
    offered = {**drafts(ticket, config), **(earlier or {})}
    prefilled = {key: clean_text(text) for key, text in offered.items() if not ticket.answer(key)}
    return {key: text for key, text in typed.items() if not prefilled.get(key) or clean_text(text) != prefilled[key]}


def question_to_customer(ticket: Ticket, config: Config) -> str:
    """The question back to the end-customer (guide, section 3, 1st level): what is wrong, and what only they know."""
    is_report = ticket.kind is Kind.INCIDENT
    questions = _THE_CUSTOMERS if is_report else _OF_A_REQUEST
    asked = [t(questions[item.key]) for item in missing(ticket, Need.ESCALATE, config) if item.key in questions]
    wrong = [clean_line(each) for each in dict.fromkeys((ticket.sent_back, ticket.answer("info_note"))) if each]
    lead = t("To find out why “{happens}”, we need from you:") if is_report else t(_FOR_A_REQUEST)
    happens = excerpt(ticket.answer("happens"), _HAPPENS)
    lines = [lead.format(happens=happens), *(f"- {line}" for line in wrong + asked)]
    return "\n".join(lines) if len(lines) > 1 else ""


_FOR_A_REQUEST = mark("To do what you asked for (“{happens}”), we need from you:")
_HAPPENS = 300
"""Characters of a description that are quoted in the question."""

_THE_CUSTOMERS = {
    "interface": mark("Which address or server do you send to, or which website do you use?"),
    "error": mark("The exact error message, copied or as a picture"),
    "affected": mark("How many people or sites are affected?"),
    "example": mark("One example: date and time, sender, recipient, and what came back"),
}
"""Answers that only the end-customer can give, in words for them."""
_OF_A_REQUEST = {"example": mark("One example of what it is about: date and time, sender and recipient")}
"""The same for a service request or a change."""

_LIMIT = 3000
"""Characters of a field."""

_CALLED = {
    "happens": mark("Symptom"),
    "impact": mark("Impact"),
    "start": mark("Since"),
    "error": mark("Error"),
    "affected": mark("Customers affected"),
    "summary_first": mark("1st level"),
    "system": mark("Customization"),
    "cause": mark("Cause"),
    "workaround": mark("Workaround"),
    "triage": mark("Triage"),
    "remote": mark("Remote connection"),
    "remote_note": mark("Remote connection"),
    "searched": mark("Searched"),
    "access": mark("Access"),
}


def _lines(ticket: Ticket, config: Config, keys: tuple[str, ...]) -> str:
    """Omits an item that no longer fits into a field: it stands on the ticket."""
    return fitting((_line(ticket, config, key) for key in keys if ticket.answer(key)), _LIMIT)


def _line(ticket: Ticket, config: Config, key: str) -> str:
    """An answer of several lines stays as it was written, below its name."""
    asked = field(key, config)
    text = shown(asked, ticket.answer(key), ticket.zone, config) if asked else ticket.answer(key)
    name = t(_CALLED[key]) if key in _CALLED else (asked.name.rstrip(":?") if asked else key)
    return f"{name}:\n{text}" if "\n" in text else f"{name}: {text}"
