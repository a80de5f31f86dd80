"""Known issues: an end-customer with the same problem joins a ticket, and tickets with one cause are linked.

A ticket leads, others have the same cause: what Retarus says on the leading one reaches the threads and the owners of
all of them (guide, section 3: known issues).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.config.settings import Config
from bot.core.cleaning import clean_line, clean_text
from bot.core.company_names import spelling_key
from bot.core.errors import Conflict, Invalid, NotNow, Refused
from bot.core.i18n import t
from bot.forms.validators import CheckContext, contacts, tenants, words
from bot.model.outage_scope import dedicated, dedicated_ids
from bot.model.ticket import Affected, Ticket
from bot.model.transitions import Step, change, event
from bot.register.customers import Customers
from bot.tickets import notifications, permissions
from bot.tickets.changes import Change, Changes
from bot.tickets.ports import TicketStore
from bot.tickets.queries import Queries
from bot.tickets.reference import reference
from bot.tickets.routes import Routes

CAUSE = "cause"
"""The key an error about the leading ticket goes with."""
_CUSTOMER = 150
"""Characters of a name, as many as a form takes."""


@dataclass(frozen=True)
class KnownIssues:
    """Joins and links tickets. A leading ticket has no leader of its own: there is one level."""

    changes: Changes
    queries: Queries
    store: TicketStore
    config: Config
    routes: Routes
    customers: Customers

    async def join(self, ticket_id: str, by: str, typed: Mapping[str, str], click: str) -> Ticket:
        """Adds the end-customer of an unfinished form, and its author as a follower.

        `Invalid` without a customer; whatever else was typed goes along.
        """
        await self.queries.require_reader(by)
        context = self.queries.check_context()
        typed_name = _customer(typed, context)
        customer = await self.customers.known_spelling(typed_name, await self.customers.named(typed_name))

        async def decide(ticket: Ticket, at: datetime) -> Change:
            self.require_open(ticket)
            if spelling_key(customer) in {spelling_key(each) for each in affected_by(ticket)}:
                name = reference(ticket, self.config)
                raise NotNow(t("{customer} is on {name} already. Add what is new there.", customer=customer, name=name))
            new = Affected(
                customer=customer,
                impact=_impact(typed, context),
                contact=_contact(typed, context),
                tenants=_tenants(typed, context),
                by=by,
                at=at,
            )
            joined = change(ticket, affected=(*ticket.affected, new))
            return Change(
                joined,
                event(joined, Step.JOIN, by, at, customer=customer, note=new.impact, tenants=" ".join(new.tenants)),
            )

        return await self.changes.change(ticket_id, f"{click}:join", decide)

    async def same_cause(self, ticket_id: str, by: str, leader: str, form: str) -> Ticket:
        """Links the ticket to `leader`, called PD-1001, or to that one's own leader; unlinks it from another.

        What was last said there, a workaround for example, is told here with the link.
        """
        permissions.require_part(await self.queries.actor(by))
        parent = await self._leader(leader, by)
        former = (await self.queries.ticket(ticket_id)).parent

        async def decide(tickets: Sequence[Ticket], at: datetime) -> Sequence[Change]:
            ticket, leading, *rest = tickets
            if ticket.parent == leading.id:
                return ()
            self._require_unmoved(ticket, former)
            self.require_open(leading)
            self._require_led(ticket, leading)
            self.require_open(ticket)
            linked = await self._linked(ticket, leading, by, at)
            gone = [self._counted(left, linked.ticket, Step.UNLEAD, by, at) for left in rest]
            return (linked, self._counted(leading, linked.ticket, Step.LEAD, by, at), *gone)

        others = [former] if former and former != parent.id else []
        ids = list(dict.fromkeys((ticket_id, parent.id)))
        if len(ids) == 1:
            self._require_led(parent, parent)
        return (await self.changes.change_together([*ids, *others], f"{form}:link", decide))[0]

    async def _linked(self, ticket: Ticket, leading: Ticket, by: str, at: datetime) -> Change:
        relayed = notifications.last_relayed(await self.store.history(leading.id))
        linked = change(ticket, parent=leading.id, parent_number=leading.number)
        notices = notifications.relayed(linked, leading, relayed, self.routes, by, at) if relayed else []
        called = reference(leading, self.config)
        former = {"former": self._called(ticket.parent_number)} if ticket.parent else {}
        return Change(linked, event(linked, Step.LINK, by, at, id=leading.id, called=called, **former), notices)

    async def linked_together(self, leading: Ticket, tickets: Sequence[Ticket], by: str, at: datetime) -> list[Change]:
        """Changes that link several tickets at once: one line on the leading one, one direct message per person."""
        relayed = notifications.last_relayed(await self.store.history(leading.id))
        called = reference(leading, self.config)
        linked = [change(each, parent=leading.id, parent_number=leading.number) for each in tickets]
        notices = notifications.relayed_to_all(linked, leading, relayed, self.routes, by, at) if relayed else []
        changes = [Change(each, event(each, Step.LINK, by, at, id=leading.id, called=called)) for each in linked]
        counted = change(leading, leads=leading.leads + len(linked))
        detail = {
            "called": ", ".join(reference(each, self.config) for each in linked),
            "count": str(len(linked)),
            "tenants": " ".join(dict.fromkeys(tenant for each in linked for tenant in dedicated_ids(each))),
        }
        return [
            replace(changes[0], letters=notices),
            *changes[1:],
            Change(counted, event(counted, Step.LEAD, by, at, **detail)),
        ]

    async def other_cause(self, ticket_id: str, by: str, click: str) -> Ticket:
        """Unlinks the ticket: it has another cause after all."""
        permissions.require_part(await self.queries.actor(by))
        former = (await self.queries.ticket(ticket_id)).parent
        if not former:
            return await self.queries.ticket(ticket_id)

        async def decide(tickets: Sequence[Ticket], at: datetime) -> Sequence[Change]:
            ticket, leading = tickets
            if not ticket.parent:
                return ()
            self._require_unmoved(ticket, former)
            free = change(ticket, parent="", parent_number=0)
            unlinked = event(free, Step.UNLINK, by, at, called=self._called(ticket.parent_number))
            return (Change(free, unlinked), self._counted(leading, free, Step.UNLEAD, by, at))

        return (await self.changes.change_together([ticket_id, former], f"{click}:unlink", decide))[0]

    def _counted(self, leading: Ticket, ticket: Ticket, step: Step, by: str, at: datetime) -> Change:
        """The leading ticket with its count of linked tickets; its thread mentions each."""
        counted = change(leading, leads=max(0, leading.leads + (1 if step is Step.LEAD else -1)))
        customer = clean_line(ticket.answer("customer"))
        called = reference(ticket, self.config)
        added = " ".join(dedicated_ids(ticket))
        relayed = event(counted, step, by, at, id=ticket.id, called=called, customer=customer, tenants=added)
        return Change(counted, relayed)

    def _require_unmoved(self, ticket: Ticket, former: str) -> None:
        """Refuses when somebody else linked the ticket elsewhere at the same moment."""
        if ticket.parent != former:
            raise Conflict(ticket.id)

    async def _leader(self, text: str, by: str) -> Ticket:
        try:
            found = await self.queries.by_reference(text, by)
        except Refused as refusal:
            raise Invalid({CAUSE: str(refusal)}) from refusal
        return await self.queries.ticket(found.parent) if found.parent else found

    def _called(self, number: int) -> str:
        return f"{self.config.desk.prefix}-{number}"

    def require_open(self, ticket: Ticket) -> None:
        if not ticket.stage.is_open:
            name = reference(ticket, self.config)
            raise NotNow(t("{name} is closed. Reopen it, or raise a ticket of its own.", name=name))

    def _require_led(self, ticket: Ticket, parent: Ticket) -> None:
        if ticket.id == parent.id:
            raise Invalid({CAUSE: t("This is the ticket itself.")})
        if ticket.leads:
            words_ = t(
                "{count} tickets go with this one. Link those to {name} first.",
                count=ticket.leads, name=reference(parent, self.config),
            )  # fmt: skip
            raise Invalid({CAUSE: words_})


def affected_by(ticket: Ticket) -> list[str]:
    """Every affected end-customer, the one it was raised for first."""
    names = (ticket.answer("customer"), *(each.customer for each in ticket.affected))
    return [name for name in names if name]


def _customer(typed: Mapping[str, str], context: CheckContext) -> str:
    text = clean_line(typed.get("customer", ""))
    if not text:
        raise Invalid({"customer": t("Pick the end-customer first: they are added to that ticket.")})
    if len(text) > _CUSTOMER:
        raise Invalid(
            {"customer": t("This is {length} characters long; at most {most} fit.", length=len(text), most=_CUSTOMER)}
        )
    return _checked("customer", text, context)


def _impact(typed: Mapping[str, str], context: CheckContext) -> str:
    """The description in the form; empty when none yet."""
    described = "\n".join(filter(None, (clean_text(typed.get(key, "")) for key in ("happens", "impact"))))
    return _checked("impact", described, context) if described else ""


def _checked(key: str, text: str, context: CheckContext) -> str:
    try:
        return words(text, context)
    except ValueError as error:
        raise Invalid({key: str(error)}) from error


def _contact(typed: Mapping[str, str], context: CheckContext) -> str:
    try:
        return contacts(typed.get("contact", ""), context)
    except ValueError:
        return ""  # not known yet


def _tenants(typed: Mapping[str, str], context: CheckContext) -> tuple[str, ...]:
    """Dedicated IDs in the form; those that are no IDs are left out, as the form is not submitted."""
    text = clean_text(typed.get("tenants", ""))
    try:
        return dedicated(tenants(text, context)) if text else ()
    except ValueError:
        return ()
