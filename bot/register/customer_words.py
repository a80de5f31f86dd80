"""Texts for an end-customer, one per stage, to be copied: in their language and without internal names.

Nothing is ever sent to an end-customer by itself (guide, section 3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.clock import guide_time
from bot.core.i18n import Language, mark, speaking, t
from bot.core.written_language import language_in
from bot.escalation.summaries import question_to_customer
from bot.forms.template_fields import OTHER
from bot.model.contact import Contact
from bot.model.ticket import Event, Glossed, Stage, Ticket
from bot.model.transitions import Move
from bot.model.undoing import counted
from bot.register.customers import Customers
from bot.register.ports import ContactRegister
from bot.tickets.queries import Queries
from bot.tickets.reference import reference

_LIMIT: Final = 2000
"""Characters of a free text that is quoted."""
_SHORTEST_NAME: Final = 3
_PHONE: Final = re.compile(r"\+?\d[\d\s()/.-]{5,}\d")
_PHONE_END: Final = 7
"""Last digits by which two spellings of a telephone number are compared."""


class CustomerStage(Glossed):
    """Stage of a text for an end-customer."""

    RECEIVED = "received", mark("Received")
    NEEDED = "needed", mark("We need")
    OPERATOR = "operator", mark("With the operator")
    WORKAROUND = "workaround", mark("Workaround")
    SOLVED = "solved", mark("Solved")


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
        internal = InternalNames(await self.contacts.contacts(), await self._colleagues(ticket), ticket.rcr)
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

    async def _colleagues(self, ticket: Ticket) -> list[str]:
        people = {ticket.raised_by, ticket.owner, ticket.first_owner, ticket.second_owner, ticket.sent_by} - {""}
        name_of = await self.queries.names(people)
        return [name_of(user) for user in sorted(people)]


class InternalNames:
    """Names, addresses and numbers of colleagues, and Retarus's own numbers, which no end-customer reads."""

    def __init__(self, contacts: Iterable[Contact], colleagues: Iterable[str], rcr: Iterable[str]) -> None:
        register = list(contacts)
        whole = {*(each.name for each in register), *colleagues}
        parts = {part for name in whole for part in name.split() if len(part) >= _SHORTEST_NAME}
        self._names = _any_of([*whole, *parts])
        self._addresses = _any_of([each.email for each in register], re.IGNORECASE)
        self._phones = frozenset(_last_digits(each.phone) for each in register)
        self._numbers = _any_of([*rcr], re.IGNORECASE)

    def left_out(self, text: str) -> str:
        """The text with “our team” and “the operator” in place of internal names."""
        text = self._addresses.sub(lambda _: t("our team"), text)
        text = _PHONE.sub(lambda found: t("our team") if _last_digits(found[0]) in self._phones else found[0], text)
        text = self._names.sub(lambda _: t("our team"), text)
        text = self._numbers.sub(lambda _: t("the operator's ticket"), text)
        text = re.sub(r"\bRetarus\b", lambda _: t("the operator"), text, flags=re.IGNORECASE)
        ours = re.escape(t("our team"))
        return re.sub(rf"{ours}(?:[\s,]+{ours})+", lambda _: t("our team"), text)


def _any_of(words: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    """Matches any of these as whole words, the longest first; never matches without any."""
    longest = sorted({word for word in words if word}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)" if longest else r"(?!)", flags)


def _last_digits(number: str) -> str:
    return re.sub(r"\D", "", number)[-_PHONE_END:]


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
    ticket: Ticket, stage: CustomerStage, history: Iterable[Event], config: Config, internal: InternalNames
) -> str:
    values = _values(ticket, history, config)
    quoted = {key: excerpt(internal.left_out(text), _LIMIT) for key, text in values.items()}
    body = [t(sentence).format(**quoted) for key, sentence in _SENTENCES[stage] if not key or quoted[key]]
    about = t("Your report about {service}, our reference {reference}")
    subject = about.format(service=_services(ticket), reference=reference(ticket, config))
    close = "\n".join(filter(None, (t("Kind regards"), config.reports.name)))
    return "\n\n".join((subject, t("Hello,"), *body, close))


def _values(ticket: Ticket, history: Iterable[Event], config: Config) -> Mapping[str, str]:
    asked = [each.detail.get("question", "") for each in history if each.kind == Move.ASK_CUSTOMER]
    is_asked = stage_for(ticket) is CustomerStage.NEEDED
    due = ticket.times.eta or ticket.times.update_due
    return {
        "happens": ticket.answer("happens"),
        "question": (asked[-1] if asked and is_asked else "") or question_to_customer(ticket, config),
        "until": guide_time(due, ticket.zone) if due else "",
        "workaround": _workaround(ticket),
        "remedy": ticket.answer("remedy") or ticket.answer("their_remedy"),
    }


_SENTENCES: Final[Mapping[CustomerStage, tuple[tuple[str, str], ...]]] = {
    CustomerStage.RECEIVED: (
        ("", mark("we have received your report and are working on it.")),
        ("happens", mark("This is what we understood: {happens}")),
        ("", mark("We will tell you as soon as there is news. Please tell us if anything changes.")),
    ),
    CustomerStage.NEEDED: (
        ("", mark("to go on, we need something from you.")),
        ("question", "{question}"),
        ("", mark("As soon as we have it, we go on at once.")),
    ),
    CustomerStage.OPERATOR: (
        ("", mark("we have examined your report and passed it to the operator of the service, who is working on it.")),
        ("until", mark("We expect news by {until}.")),
        ("", mark("We keep following it and will tell you as soon as there is news.")),
    ),
    CustomerStage.WORKAROUND: (
        ("", mark("we are still working on a lasting solution. Until then there is a way round the problem.")),
        ("workaround", mark("Please do this: {workaround}")),
        ("", mark("Please tell us whether it helps.")),
    ),
    CustomerStage.SOLVED: (
        ("", mark("the problem you reported is solved.")),
        ("remedy", mark("What was done: {remedy}")),
        ("", mark("Please check whether everything works again, and tell us.")),
    ),
}
"""Sentences of each stage; one that needs a value is left out without it."""


def _services(ticket: Ticket) -> str:
    names = [name for name in ticket.answer("services").split("\n") if name]
    other = ticket.answer("service_other") or t(OTHER)
    return ", ".join(other if name == OTHER else name for name in names) or t("our service")
