"""Texts for an end-customer, one per stage, to be copied: in their language and without internal names.

Nothing is ever sent to an end-customer by itself (guide, section 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.config.settings import Config
from bot.core.cleaning import beginning, clean_text
from bot.core.clock import Clock, guide_time
from bot.core.i18n import Language, mark, speaking, t
from bot.core.identifiers import references
from bot.core.written_language import language_in
from bot.escalation.summaries import question_to_customer
from bot.forms.template_fields import OTHER
from bot.forms.validators import NONE
from bot.model.outage_scope import dedicated_ids
from bot.model.ticket import Event, Glossed, Kind, Stage, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import counted
from bot.register.customers import Customers
from bot.register.internal_names import InternalNames, InternalSources
from bot.register.ports import ContactRegister, TicketRecords
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
    records: TicketRecords
    config: Config
    clock: Clock

    async def write(self, ticket_id: str, by: str, stage: str = "", language: str = "") -> CustomerText:
        """The text for the ticket's present stage in the customer's language, or as chosen."""
        ticket = await self.queries.open_to(ticket_id, by)
        leading = await self._leading(ticket)
        chosen = CustomerStage(stage) if stage else stage_for(ticket, leading)
        spoken = Language(language) if language else await self._language(ticket)
        history = counted(await self.queries.history(ticket_id))
        internal = await self._internal(ticket, leading, history)
        with speaking(spoken):
            values = _values(ticket, leading, history, self.config, self.clock())
            text = _written(ticket, chosen, values, self.config, internal)
        return CustomerText(ticket, chosen, spoken, text)

    async def question(self, ticket: Ticket) -> str:
        """Draft of the question back to the end-customer, in their language and without internal names."""
        leading = await self._leading(ticket)
        internal = await self._internal(ticket, leading, counted(await self.queries.history(ticket.id)))
        with speaking(await self._language(ticket)):
            return internal.left_out(question_to_customer(ticket, self.config))

    async def _leading(self, ticket: Ticket) -> Ticket | None:
        leading = await self.queries.find(ticket.parent)
        return None if leading is None or leading.is_erased else leading

    async def _language(self, ticket: Ticket) -> Language:
        """The language of the customer's entry, else that of the description, else the desk's."""
        entry = await self.customers.named(ticket.answer("customer"))
        if entry and entry.language:
            return entry.language
        described = f"{ticket.answer('happens')} {ticket.answer('impact')}"
        return language_in(described) or self.config.desk.language

    async def _internal(self, ticket: Ticket, leading: Ticket | None, history: Sequence[Event]) -> InternalNames:
        first = leading or ticket
        together = [first, *await self._led_ever(first, await self.queries.history(first.id) if leading else history)]
        customers = [each.answer("customer") for each in together]
        customers += [joined.customer for each in (ticket, first) for joined in each.affected]
        customers += {each for other in together for each in dedicated_ids(other)} - {*dedicated_ids(ticket)}
        contacts, rcr = await self.contacts.contacts(), {*ticket.rcr, *first.rcr}
        colleagues = await self._colleagues(ticket, {each.by for each in history})
        theirs = {each.author for of in {ticket.id, first.id} for each in await self.records.entries_of(of)}
        return InternalNames(InternalSources(contacts, colleagues, theirs, rcr, customers), self.config, ticket)

    async def _led_ever(self, leading: Ticket, history: Sequence[Event]) -> list[Ticket]:
        """Tickets that have or had the same cause, open or closed."""
        called = " ".join(each.detail.get("called", "") for each in history if each.kind == Step.LEAD)
        numbers = references(called, self.config.desk.prefix)
        closed = await self.records.tickets_called(numbers) if numbers else []
        return [*await self.queries.led_by(leading), *(each for each in closed if not each.is_erased)]

    async def _colleagues(self, ticket: Ticket, acted: set[str]) -> list[str]:
        people = {ticket.raised_by, ticket.owner, ticket.first_owner, ticket.second_owner, ticket.sent_by}
        people |= {user for user in acted - {""} if not (await self.queries.directory.person(user)).is_external}
        name_of = await self.queries.names(people)
        return [name_of(user) for user in sorted(people)]


def stage_for(ticket: Ticket, leading: Ticket | None = None) -> CustomerStage:
    """Stage of the text, by the present stage of the ticket, and of the one with the same cause that leads."""
    if ticket.stage in {Stage.RESOLVED, Stage.CLOSED}:
        return CustomerStage.SOLVED
    if ticket.stage in {Stage.FIRST_ASKED, Stage.SECOND_ASKED} or ticket.times.customer_asked:
        return CustomerStage.NEEDED
    if _workaround(ticket, leading):
        return CustomerStage.WORKAROUND
    is_with_retarus = any(each.stage is Stage.RETARUS for each in (ticket, leading) if each)
    return CustomerStage.OPERATOR if is_with_retarus else CustomerStage.RECEIVED


def _workaround(ticket: Ticket, leading: Ticket | None) -> str:
    """The ticket's own workaround, else that of the leading ticket; none that does not help."""
    failed = {
        each.answer("workaround") for each in (ticket, leading) if each and each.answer("workaround_helps") == "no"
    }
    keys = ("workaround", "their_workaround")
    found = (each.answer(key) for each in (ticket, leading) if each for key in keys)
    return next((text for text in found if text not in {"", NONE, *failed}), "")


def _written(
    ticket: Ticket, stage: CustomerStage, values: Mapping[str, str], config: Config, internal: InternalNames
) -> str:
    quoted = {key: _quoted(internal.left_out(text)) for key, text in values.items()}
    if stage in _CORE:  # chosen by hand before there is anything to say: a gap to be filled
        quoted[_CORE[stage]] = quoted[_CORE[stage]] or _GAP
    body = [t(sentence).format(**quoted) for key, sentence in _SENTENCES[stage] if not key or quoted.get(key)]
    is_report = ticket.kind is Kind.INCIDENT
    about = t(_ABOUT if is_report else _ABOUT_REQUEST)
    service = internal.left_out(_services(ticket))
    subject = about.format(service=service, reference=reference(ticket, config))
    close = "\n".join(filter(None, (t("Kind regards"), config.reports.name)))
    return "\n\n".join(map(_without_blanks, (subject, t("Hello,"), *body, close)))


def _quoted(text: str) -> str:
    """The text with its lines, below the words before it if there are several."""
    cut = beginning(clean_text(text), _LIMIT)
    return f"\n{cut}" if "\n" in cut else cut


def _without_blanks(text: str) -> str:
    """The paragraph without blanks at the end of its lines."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _values(
    ticket: Ticket, leading: Ticket | None, history: Sequence[Event], config: Config, now: datetime
) -> Mapping[str, str]:
    """Values of the sentences; those that depend on the kind or the state of the ticket only say that it is so."""
    asked = [each.detail.get("question", "") for each in history if each.kind == Move.ASK_CUSTOMER]
    is_asked = stage_for(ticket) is CustomerStage.NEEDED
    is_withdrawn = _end(ticket, history) == Move.WITHDRAW
    helps = _workaround(ticket, None) == ticket.answer("workaround") and ticket.answer("workaround_helps") == "yes"
    return {
        "happens": ticket.answer("happens"),
        "question": (asked[-1] if asked and is_asked else "") or question_to_customer(ticket, config),
        "until": _news_due(ticket, leading, now),
        "workaround": _workaround(ticket, leading),
        "remedy": "" if is_withdrawn else ticket.answer("remedy") or ticket.answer("their_remedy"),
        "unproved": "" if helps else "yes",
        **dict.fromkeys(_states(ticket, history), "yes"),
    }


def _news_due(ticket: Ticket, leading: Ticket | None, now: datetime) -> str:
    """The moment until which Retarus promised news, unless it has passed."""
    times = ticket.times if ticket.stage is Stage.RETARUS or not leading else leading.times
    due = min((each for each in (times.update_due, times.eta) if each and each > now), default=None)
    return guide_time(due, ticket.zone) if due else ""


def _states(ticket: Ticket, history: Sequence[Event]) -> Iterator[str]:
    """Keys of the sentences that are true because of the kind and the history of the ticket."""
    kind, end = "report" if ticket.kind is Kind.INCIDENT else "request", _end(ticket, history)
    yield kind
    if end == Move.WITHDRAW:
        yield "withdrawn"
    else:
        yield f"{kind} done"
        yield f"{kind} confirmed" if end == Move.CONFIRM else f"{kind} to be checked"
    if _is_reopened(history):
        yield "again"
    else:
        yield f"{kind} new" if ticket.stage is Stage.NEW else f"{kind} in work"


def _end(ticket: Ticket, history: Sequence[Event]) -> str:
    """The move that closed the ticket; empty while it is open."""
    ends = [each.kind for each in history if each.kind in {Move.CONFIRM, Move.WITHDRAW}]
    return ends[-1] if ends and ticket.stage is Stage.CLOSED else ""


def _is_reopened(history: Sequence[Event]) -> bool:
    ends = [each.kind for each in history if each.kind in {Move.RESOLVE, Move.WITHDRAW, Move.REOPEN}]
    return ends[-1:] == [Move.REOPEN]


_ABOUT = mark("Your report about {service}, our reference {reference}")
_ABOUT_REQUEST = mark("Your request about {service}, our reference {reference}")


_SENTENCES: Final[Mapping[CustomerStage, tuple[tuple[str, str], ...]]] = {
    CustomerStage.RECEIVED: (
        ("report new", mark("we have received your report and will take care of it.")),
        ("request new", mark("we have received your request and will take care of it.")),
        ("report in work", mark("we have received your report and are working on it.")),
        ("request in work", mark("we have received your request and are working on it.")),
        ("again", mark("we are working on it again.")),
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
        (
            "report",
            mark("we are still working on a lasting solution. Until then there is a way round the problem."),
        ),
        ("request", mark("we are still working on your request. Until it is done, there is another way.")),
        ("workaround", mark("Please do this: {workaround}")),
        ("unproved", mark("Please tell us whether it helps.")),
    ),
    CustomerStage.SOLVED: (
        ("report done", mark("the problem you reported is solved.")),
        ("request done", mark("what you asked for is done.")),
        ("withdrawn", mark("we have closed this case.")),
        ("remedy", mark("What was done: {remedy}")),
        ("report to be checked", mark("Please check whether everything works again, and tell us.")),
        ("request to be checked", mark("Please check whether everything is as you wanted it, and tell us.")),
        ("report confirmed", mark("Please tell us if the problem comes back.")),
        ("request confirmed", mark("Please tell us if anything is missing.")),
        ("withdrawn", mark("Please tell us if there is anything left for us to do.")),
    ),
}
"""Sentences of each stage; one that needs a value is left out without it."""


def _services(ticket: Ticket) -> str:
    names = [name for name in ticket.answer("services").split("\n") if name]
    other = ticket.answer("service_other") or t(OTHER)
    return ", ".join(other if name == OTHER else name for name in names) or t("our service")
