"""Raising a ticket: what is known is filled in, the end-customer is learned, and the raiser takes it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.config.settings import Config
from bot.core.clock import Clock, as_utc, zone
from bot.core.errors import Conflict, NotYours
from bot.core.identifiers import fold, words_in
from bot.core.telephone import international
from bot.forms.start_choice import with_start
from bot.forms.validators import MAX_REASON, reason
from bot.model.contact import Contact, EndCustomer, Person
from bot.model.ticket import Attachment, Kind, Ticket
from bot.register.contacts import Register
from bot.register.customers import CustomerOverview, Customers
from bot.tickets import permissions
from bot.tickets.queries import Queries
from bot.tickets.service import Tickets


@dataclass(frozen=True)
class Raising:
    """Creates tickets from forms that show only what a person must know."""

    tickets: Tickets
    queries: Queries
    customers: Customers
    register: Register
    config: Config
    clock: Clock

    async def defaults(self, user: str) -> dict[str, str]:
        """Answers that stand when nothing is typed: the main customer ID, and the person's own contact."""
        return self._defaults(await self.register.contact(user))

    def _defaults(self, contact: Contact | None) -> dict[str, str]:
        known = {
            "main_id": self.config.customer.main_id,
            "contact": f"{contact.name}, {international(contact.phone, None) or contact.phone}" if contact else "",
        }
        return {key: text for key, text in known.items() if text}

    async def overview(self, customer: str, user: str) -> CustomerOverview | None:
        """Known facts of the end-customer; without their tickets for somebody who may not read tickets."""
        found = await self.customers.overview(customer) if customer else None
        try:
            permissions.require_reader(await self.queries.actor(user))
        except NotYours:
            return replace(found, open=0, last=None, contacts="") if found else None
        return found

    async def with_moments(self, typed: Mapping[str, str], user: str) -> dict[str, str]:
        """The answers with the chosen start as a moment, in the person's time zone."""
        return self._with_start(typed, (await self.queries.actor(user)).person)

    def _with_start(self, typed: Mapping[str, str], person: Person) -> dict[str, str]:
        return with_start(typed, as_utc(self.clock()), zone(person.zone or self.config.desk.timezone))

    async def create(
        self,
        by: str,
        kind: Kind,
        typed: Mapping[str, str],
        form: str,
        source: str = "",
        files: Sequence[Attachment] = (),
        *,
        is_taken: bool = True,
    ) -> Ticket:
        """Creates the ticket with the defaults of fields that were not shown; the raiser takes it where they may.

        `is_taken`: false if somebody else is to take it.
        """
        actor = await self.queries.actor(by)
        permissions.require_staff(actor)
        name = typed.get("customer", "")
        found = await self.customers.known_for_raising(name, by)
        customer = await self.customers.known_spelling(name, found.customer)
        before = await self.customers.last_answers(name, found) if customer else {}
        known = {**self._defaults(found.contact), **before}
        answers = {**known, **self._with_start(typed, actor.person)}
        if customer:
            answers["customer"] = customer
        answers |= self._reason(answers)
        learned = () if found.customer else _learned(answers.get("customer", ""))
        create = partial(self.tickets.create, by, kind, answers, form, source, files, is_taken=is_taken)
        try:
            return await create(learned)
        except Conflict:  # an admin saved an entry of this name at the same time
            return await create()

    def _reason(self, answers: Mapping[str, str]) -> dict[str, str]:
        """The impact as the reason for the priority, where none was typed and no matrix says it.

        One too long to be a reason is none: the handoff asks for it.
        """
        impact = answers.get("impact", "")
        if self.config.matrix.is_set or not answers.get("priority") or answers.get("priority_reason"):
            return {}
        try:
            if not 0 < len(impact) <= MAX_REASON:
                return {}
            return {"priority_reason": reason(impact, self.queries.check_context())}
        except ValueError:
            return {}  # refused beside the impact


def _learned(name: str) -> tuple[EndCustomer, ...]:
    """The entry of an end-customer named for the first time."""
    if not words_in(name) or len(name) > _LONGEST_NAME:
        return ()
    key = hashlib.sha256(fold(name).encode()).hexdigest()[:20]
    return (EndCustomer(id=key, name=name, is_learned=True),)


_LONGEST_NAME = 150
