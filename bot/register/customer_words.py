"""Texts for an end-customer, one per stage, to be copied: in their language and without internal names.

Nothing is ever sent to an end-customer by itself (guide, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.clock import guide_time
from bot.core.i18n import Language, mark, speaking, t
from bot.core.written_language import language_in
from bot.escalation.summaries import question_to_customer
from bot.forms.template_fields import OTHER
from bot.model.outage_scope import dedicated_ids
from bot.model.ticket import Event, Glossed, Kind, Stage, Ticket
from bot.model.transitions import Move
from bot.model.undoing import counted
from bot.register.customers import Customers
from bot.register.internal_names import InternalNames, InternalSources
from bot.register.ports import ContactRegister
from bot.tickets.queries import Queries
from bot.tickets.reference import reference

_GAP: Final = "[…]"
_LIMIT: Final = 2000
"""Characters of a free text that is quoted."""


class CustomerStage(Glossed):
    """Stage of a text for an end-customer."""

    RECEIVED = "received", mark("Received")
    NEEDED = "needed", mark("We need")
    OPERATOR = "operator", mark("With the operator")
    WORKAROUND = "workaround", mark("Workaround")
    SOLVED = "solved", mark("Solved")


_CORE: Final = {CustomerStage.NEEDED: "question", CustomerStage.WORKAROUND: "workaround"}
"""The value that a text of this stage is about."""


@dataclass(frozen=True)
class CustomerText:
    """A text for the end-customer."""

    ticket: Ticket
    stage: CustomerStage
    language: Language
    text: str


@dataclass(frozen=True)
class CustomerWords:
    """Writes the texts; sends nothing."""

    queries: Queries
    customers: Customers
    contacts: ContactRegister
    config: Config

    async def write(self, ticket_id: str, by: str, stage: str = "", language: str = "") -> CustomerText:
        """The text for the ticket's present stage in the customer's language, or as chosen."""
        ticket = await self.queries.open_to(ticket_id, by)
        chosen = CustomerStage(stage) if stage else stage_for(ticket)
        spoken = Language(language) if language else await self._language(ticket)
        history = counted(await self.queries.history(ticket_id))
        acted = {each.by for each in history}
        internal = InternalNames(await self._internal(ticket, acted), self.config, ticket)
        with speaking(spoken):
            text = _written(ticket, chosen, history, self.config, internal)
        return CustomerText(ticket, chosen, spoken, text)

    async def _language(self, ticket: Ticket) -> Language:
        """The language of the customer's entry, else that of the description, else the desk's."""
        entry = await self.customers.named(ticket.answer("customer"))
        if entry and entry.language:
            return entry.language
        described = f"{ticket.answer('happens')} {ticket.answer('impact')}"
        return language_in(described) or self.config.desk.language

    async def _internal(self, ticket: Ticket, acted: set[str]) -> InternalSources:
        leading = await self.queries.find(ticket.parent) or ticket
        together = [leading, *await self.queries.led_by(leading)]
        customers = [each.answer("customer") for each in together]
        customers += [joined.customer for each in (ticket, leading) for joined in each.affected]
        customers += {each for other in together for each in dedicated_ids(other)} - {*dedicated_ids(ticket)}
        contacts, rcr = await self.contacts.contacts(), {*ticket.rcr, *leading.rcr}
        return InternalSources(contacts, await self._colleagues(ticket, acted), rcr, customers)

    async def _colleagues(self, ticket: Ticket, acted: set[str]) -> list[str]:
        people = {ticket.raised_by, ticket.owner, ticket.first_owner, ticket.second_owner, ticket.sent_by}
        people |= {user for user in acted - {""} if not (await self.queries.directory.person(user)).is_external}
        name_of = await self.queries.names(people)
        return [name_of(user) for user in sorted(people)]


def stage_for(ticket: Ticket) -> CustomerStage:
    """Stage of the text, by the ticket's present stage."""
    if ticket.stage in {Stage.RESOLVED, Stage.CLOSED}:
        return CustomerStage.SOLVED
    if ticket.stage in {Stage.FIRST_ASKED, Stage.SECOND_ASKED} or ticket.times.customer_asked:
        return CustomerStage.NEEDED
    if _workaround(ticket):
        return CustomerStage.WORKAROUND
    return CustomerStage.OPERATOR if ticket.stage is Stage.RETARUS else CustomerStage.RECEIVED


def _workaround(ticket: Ticket) -> str:
    found = (ticket.answer(key) for key in ("workaround", "their_workaround"))
    return next((text for text in found if text and text != "none"), "")


def _written(
    ticket: Ticket, stage: CustomerStage, history: Sequence[Event], config: Config, internal: InternalNames
) -> str:
    values = _values(ticket, history, config)
    quoted = {key: excerpt(internal.left_out(text), _LIMIT) for key, text in values.items()}
    if stage in _CORE:  # chosen by hand before there is anything to say: a gap to be filled
        quoted[_CORE[stage]] = quoted[_CORE[stage]] or _GAP
    body = [t(sentence).format(**quoted) for key, sentence in _SENTENCES[stage] if not key or quoted[key]]
    is_report = ticket.kind is Kind.INCIDENT
    about = t(_ABOUT if is_report else _ABOUT_REQUEST)
    service = internal.left_out(_services(ticket))
    subject = about.format(service=service, reference=reference(ticket, config))
    close = "\n".join(filter(None, (t("Kind regards"), config.reports.name)))
    return "\n\n".join((subject, t("Hello,"), *body, close))


def _values(ticket: Ticket, history: Sequence[Event], config: Config) -> Mapping[str, str]:
    """Values of the sentences; of those that depend on the kind or the end of the ticket, only that it is so."""
    is_report, is_withdrawn = ticket.kind is Kind.INCIDENT, _is_withdrawn(ticket, history)
    asked = [each.detail.get("question", "") for each in history if each.kind == Move.ASK_CUSTOMER]
    is_asked = stage_for(ticket) is CustomerStage.NEEDED
    due = ticket.times.eta or ticket.times.update_due
    return {
        "happens": ticket.answer("happens"),
        "question": (asked[-1] if asked and is_asked else "") or question_to_customer(ticket, config),
        "until": guide_time(due, ticket.zone) if due else "",
        "workaround": _workaround(ticket),
        "remedy": "" if is_withdrawn else ticket.answer("remedy") or ticket.answer("their_remedy"),
        "report": "yes" if is_report else "",
        "request": "" if is_report else "yes",
        "solved": "yes" if is_report and not is_withdrawn else "",
        "done": "yes" if not is_report and not is_withdrawn else "",
        "withdrawn": "yes" if is_withdrawn else "",
    }


def _is_withdrawn(ticket: Ticket, history: Sequence[Event]) -> bool:
    """True for a ticket that was closed without a remedy."""
    ends = [each.kind for each in history if each.kind in {Move.CONFIRM, Move.WITHDRAW}]
    return ticket.stage is Stage.CLOSED and ends[-1:] == [Move.WITHDRAW]


_ABOUT = mark("Your report about {service}, our reference {reference}")
_ABOUT_REQUEST = mark("Your request about {service}, our reference {reference}")


_SENTENCES: Final[Mapping[CustomerStage, tuple[tuple[str, str], ...]]] = {
    CustomerStage.RECEIVED: (
        ("report", mark("we have received your report and are working on it.")),
        ("request", mark("we have received your request and are working on it.")),
        ("happens", mark("This is what we understood: {happens}")),
        ("", mark("We will tell you as soon as there is news. Please tell us if anything changes.")),
    ),
    CustomerStage.NEEDED: (
        ("", mark("to go on, we need something from you.")),
        ("question", "{question}"),
        ("", mark("As soon as we have it, we go on at once.")),
    ),
    CustomerStage.OPERATOR: (
        (
            "report",
            mark("we have examined your report and passed it to the operator of the service, who is working on it."),
        ),
        (
            "request",
            mark("we have examined your request and passed it to the operator of the service, who is working on it."),
        ),
        ("until", mark("We expect news by {until}.")),
        ("", mark("We keep following it and will tell you as soon as there is news.")),
    ),
    CustomerStage.WORKAROUND: (
        ("", mark("we are still working on a lasting solution. Until then there is a way round the problem.")),
        ("workaround", mark("Please do this: {workaround}")),
        ("", mark("Please tell us whether it helps.")),
    ),
    CustomerStage.SOLVED: (
        ("solved", mark("the problem you reported is solved.")),
        ("done", mark("what you asked for is done.")),
        ("withdrawn", mark("we have closed this case.")),
        ("remedy", mark("What was done: {remedy}")),
        ("solved", mark("Please check whether everything works again, and tell us.")),
        ("done", mark("Please check whether everything is as you wanted it, and tell us.")),
        ("withdrawn", mark("Please tell us if there is anything left for us to do.")),
    ),
}
"""Sentences of each stage; one that needs a value is left out without it."""


def _services(ticket: Ticket) -> str:
    names = [name for name in ticket.answer("services").split("\n") if name]
    other = ticket.answer("service_other") or t(OTHER)
    return ", ".join(other if name == OTHER else name for name in names) or t("our service")
