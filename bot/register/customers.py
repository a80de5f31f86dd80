"""End-customers of the partner: never declarants and never recipients (guide, section 3).

A ticket names its customer as people typed it: a name that is not kept here is as good, and two spellings that
differ only in case are the same customer.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bot.core.cleaning import clean_line, clean_text, shorten_middle
from bot.core.company_names import spelling_key, spelling_word, written_out
from bot.core.errors import Invalid, Refused
from bot.core.i18n import Language, t
from bot.core.identifiers import fold, words_in
from bot.core.secret_detection import faults
from bot.forms import validators
from bot.forms.validators import CheckContext
from bot.model.contact import EndCustomer
from bot.model.ticket import Ticket
from bot.register.ports import CustomerStore, KnownForRaising
from bot.tickets import permissions
from bot.tickets.once import apply_once
from bot.tickets.ports import Batch
from bot.tickets.queries import Queries

_NAME, _LINE, _TEXT = 150, 150, 1000
_SHOWN = 75
"""Characters of a name that are shown."""
_OFFERED = 20
"""Customers suggested at a time."""
_ALIKE, _WORDS, _LIKE = 100, 4, 65
"""Entries compared with an unknown name, for that many of its words; minimum likeness, of 100."""
_COUNTED = 50
"""Tickets of a customer among which the open ones are counted."""
_LAST = 5
"""Tickets looked through for the tenants they were about."""
PAGE = 10
"""Customers of one page of the list."""


def read(typed: Mapping[str, str], key: str, context: CheckContext) -> EndCustomer:
    """The customer in this form; `Invalid` with every fault at once."""
    name, agreement, people = (clean_text(typed.get(part, "")) for part in ("name", "agreement", "contacts"))
    errors = {} if words_in(name) else {"name": t("What is this customer called?")}
    tenants: tuple[str, ...] = ()
    try:
        tenants = _tenants(clean_text(typed.get("tenants", "")), context)
    except ValueError as error:
        errors["tenants"] = str(error)
    for part, text, limit in (("name", name, _NAME), ("agreement", agreement, _LINE), ("contacts", people, _TEXT)):
        if len(text) > limit:
            errors[part] = t("This is {length} characters long; at most {most} fit.", length=len(text), most=limit)
    also = clean_text(typed.get("also", ""))
    others = tuple(dict.fromkeys(filter(words_in, map(clean_line, also.split("\n")))))
    if any(len(each) > _NAME for each in others):
        errors["also"] = t("At most {most} characters per name.", most=_NAME)
    errors |= faults({"name": name, "agreement": agreement, "contacts": people, "also": also})
    if errors:
        raise Invalid(errors)
    name = clean_line(name)
    return EndCustomer(
        id=key,
        name=name,
        tenants=tenants,
        agreement=clean_line(agreement),
        contacts=people,
        language=_language(typed.get("language", "")),
        also=tuple(each for each in others if fold(each) != fold(name)),
    )


def _language(text: str) -> Language | None:
    return Language(text) if text in set(Language) else None


def _tenants(text: str, context: CheckContext) -> tuple[str, ...]:
    found = validators.tenants(text, context).split("\n") if text else []
    return tuple(each for each in found if validators.TENANT_ID.fullmatch(each))


_LASTING = ("tenants", "interface", "system", "test_terms")
"""Answers that describe an end-customer rather than one incident."""


def _last_answer(tickets: Iterable[Ticket], key: str) -> str:
    return next((each.answer(key) for each in tickets if each.answer(key)), "")


def nearest(name: str, names: Iterable[str]) -> str:
    """The most similar of these, if any is similar enough; typing errors and missing accents count as similar."""
    found = process.extractOne(_plain(name), {each: _plain(each) for each in names}, scorer=fuzz.WRatio)
    return found[2] if found and found[1] >= _LIKE else ""


def _plain(name: str) -> str:
    """A name without case and accents."""
    apart = unicodedata.normalize("NFKD", fold(name))
    return "".join(each for each in apart if not unicodedata.combining(each))


def _unknown(name: str, near: str) -> str:
    known = shorten_middle(name, _SHOWN)
    if near:
        return t("No ticket names “{name}”. Did you mean “{near}”?", name=known, near=shorten_middle(near, _SHOWN))
    return t("No ticket names “{name}”.", name=known)


async def customer_called(store: CustomerStore, name: str) -> EndCustomer | None:
    """The customer of this name or other name, in any spelling of it (`Mueller`, `und Co KG`, `A.G.`)."""
    entry = await store.customer_named(fold(name)) if name else None
    if entry or not words_in(name):
        return entry
    alike = await store.customers([spelling_word(name)], limit=_OFFERED)
    return next((each for each in alike if fold(name) in map(fold, each.also)), next(iter(alike), None))


@dataclass(frozen=True)
class CustomerPage:
    """Some of the customers, by name."""

    customers: tuple[EndCustomer, ...]
    total: int
    first: int
    """Number of the first of them, counted from 0."""


@dataclass(frozen=True)
class CustomerOverview:
    """Known facts of an end-customer, for a new ticket of theirs."""

    name: str
    open: int
    """Open tickets, of the newest ones."""
    last: Ticket | None
    tenants: str
    interface: str
    contacts: str
    """The customer's own people."""

    @property
    def defaults(self) -> dict[str, str]:
        """Answers of a new ticket that stand when nothing else is typed."""
        found = {"tenants": self.tenants, "interface": self.interface}
        return {key: text for key, text in found.items() if text}


@dataclass(frozen=True)
class Customers:
    """Service for end-customers: maintained by admins, readable for everybody on the team."""

    queries: Queries
    store: CustomerStore

    async def suggested(self, text: str, by: str) -> list[EndCustomer]:
        """Customers in whose name each word typed so far begins some word."""
        permissions.require_staff(await self.queries.actor(by))
        return await self.store.customers([written_out(word) for word in words_in(text)], limit=_OFFERED)

    async def named(self, name: str) -> EndCustomer | None:
        """The customer of this name in any spelling, or with this other name."""
        return await customer_called(self.store, name)

    async def has_customer_list(self) -> bool:
        """True if an admin saved an end-customer: there is a list that is meant to be complete."""
        for skip in range(0, await self.store.count_customers(), _ALIKE):
            if not all(each.is_learned for each in await self.store.customers((), limit=_ALIKE, skip=skip)):
                return True
        return False

    async def known_as(self, name: str) -> str:
        """Canonical spelling of the name in the register or a ticket. `Invalid` for an unknown name."""
        entry = await self.named(name)
        neighbours = [] if entry else await self.store.neighbouring_names(fold(name))
        known_spelling = entry.name if entry else _same_company(name, neighbours)
        if not known_spelling:
            raise Invalid({"customer": _unknown(name, nearest(name, [*await self._similar(name), *neighbours]))})
        return known_spelling

    async def _similar(self, name: str) -> list[str]:
        """Entries with a word that begins as one of this name does."""
        begins = dict.fromkeys(word[:length] for word in words_in(name)[:_WORDS] for length in (3, 1))
        return [each.name for word in begins for each in await self.store.customers([word], limit=_ALIKE)]

    async def page(self, first: int, by: str) -> CustomerPage:
        permissions.require_admin(await self.queries.actor(by))
        total = await self.store.count_customers()
        first = max(0, min(first, total - 1) // PAGE * PAGE)
        return CustomerPage(tuple(await self.store.customers((), limit=PAGE, skip=first)), total, first)

    async def one(self, key: str, by: str) -> EndCustomer:
        permissions.require_admin(await self.queries.actor(by))
        found = await self.store.customer(key)
        if found is None:
            raise Refused(t("This customer was removed meanwhile."))
        return found

    async def save(self, typed: Mapping[str, str], key: str, by: str, form: str) -> None:
        """Adds a customer, or changes the one with this key. A name that another has is `Invalid`."""
        permissions.require_admin(await self.queries.actor(by))
        key = key or hashlib.sha256(form.encode()).hexdigest()[:20]
        customer = read(typed, key, self.queries.check_context())
        other = await self.named(customer.name)
        if other and other.id != key:
            words = t("“{name}” is in the list already. Change that entry instead.", name=other.name)
            raise Invalid({"name": words})
        merged = await self._merged(customer)
        whole = _with_merged(customer, merged)
        forgotten = [each.id for each in merged]
        await apply_once(self.store, Batch(customers=[whole], forget_customers=forgotten, once=[f"{form}:customer"]))

    async def _merged(self, customer: EndCustomer) -> list[EndCustomer]:
        """The entries that its other names stand for. `Invalid` for a name of a third one."""
        found = list[EndCustomer]()
        for name in customer.also:
            other = await self.named(name)
            if other is None or other.id == customer.id or other in found:
                continue
            if spelling_key(other.name) != spelling_key(name):
                words = t("“{name}” is another name of “{other}” already.", name=name, other=other.name)
                raise Invalid({"also": words})
            found.append(other)
        return found

    async def remove(self, key: str, by: str, click: str) -> None:
        """Removes a customer. Tickets keep the name they were raised with."""
        permissions.require_admin(await self.queries.actor(by))
        await apply_once(self.store, Batch(forget_customers=[key], once=[f"{click}:customer"]))

    async def overview(self, name: str) -> CustomerOverview | None:
        """Tickets, tenants, interface and people of this customer; None when nothing is known."""
        entry = await self.named(name)
        return _overview(entry, await self._tickets_of(name, entry))

    async def known_for_raising(self, name: str, user: str) -> KnownForRaising:
        """Known facts for a new ticket. The customer may also be found by another name of theirs."""
        found = await self.store.known_for_raising(fold(name), user, _LAST)
        return found if found.customer else replace(found, customer=await self.named(name))

    async def last_answers(self, name: str, known: KnownForRaising) -> dict[str, str]:
        """Answers of a new ticket that stand when nothing else is typed. `name`: what `known` was found by."""
        entry = known.customer
        others = {fold(each) for each in (entry.name, *entry.also)} - {fold(name), ""} if entry else ()
        more = [each for key in sorted(others) for each in await self.store.tickets_of(key, _LAST)]
        tickets = sorted((*known.tickets, *more), key=lambda each: each.number, reverse=True)
        found = _overview(entry, tickets)
        return found.defaults if found else {}

    async def _tickets_of(self, name: str, entry: EndCustomer | None) -> list[Ticket]:
        """The newest tickets under any name of this customer, newest first."""
        names = _folded(name, entry)
        found = [each for key in names if key for each in await self.store.tickets_of(key, _COUNTED)]
        return sorted(found, key=lambda each: each.number, reverse=True)

    async def earlier_answers(self, ticket: Ticket) -> dict[str, str]:
        """Answers of the customer's last tickets for the same services that may hold for this one too."""
        name = ticket.answer("customer")
        found = await self._tickets_of(name, await self.named(name)) if name else []
        alike = [
            each
            for each in found
            if each.id != ticket.id and not each.erased_at and each.answer("services") == ticket.answer("services")
        ]
        answers = {key: _last_answer(alike[:_LAST], key) for key in _LASTING}
        return {key: text for key, text in answers.items() if text}

    async def tenants_for(self, name: str) -> str:
        """Default of “Tenant(s) …” for this customer: from their entry, or from their last ticket."""
        found = await self.overview(name) if name else None
        return found.tenants if found else ""

    async def folded_names(self, name: str) -> list[str]:
        """The keys under which tickets of this customer are stored, in any spelling."""
        return _folded(name, await self.named(name))

    async def known_spelling(self, name: str, entry: EndCustomer | None) -> str:
        """The name as the desk spells it already; a new name stays as it was typed. `entry`: see `named`."""
        neighbours = [] if entry or not name else await self.store.neighbouring_names(fold(name))
        return entry.name if entry else _same_company(name, neighbours) or name


def _folded(name: str, entry: EndCustomer | None) -> list[str]:
    return list(dict.fromkeys(map(fold, (name, *((entry.name, *entry.also) if entry else ())))))


def _same_company(name: str, names: Iterable[str]) -> str:
    """The spelling of this company among these names; empty if it is not among them."""
    key = spelling_key(name)
    alike = [each for each in names if spelling_key(each) == key]
    return next((each for each in alike if fold(each) == fold(name)), next(iter(alike), ""))


def _with_merged(customer: EndCustomer, merged: Iterable[EndCustomer]) -> EndCustomer:
    """The entry with the names of these, and with what it lacks itself."""
    for each in merged:
        more = [
            name for name in (each.name, *each.also) if fold(name) not in map(fold, (customer.name, *customer.also))
        ]
        lacking = {
            "tenants": customer.tenants or each.tenants,
            "agreement": customer.agreement or each.agreement,
            "contacts": customer.contacts or each.contacts,
            "language": customer.language or each.language,
            "also": (*customer.also, *more),
        }
        customer = customer.model_copy(update=lacking)
    return customer


def _overview(entry: EndCustomer | None, tickets: Sequence[Ticket]) -> CustomerOverview | None:
    """`tickets`: newest first."""
    if not (entry or tickets):
        return None
    tenants = "\n".join(entry.tenants) if entry else ""
    recent = tickets[:_LAST]
    return CustomerOverview(
        name=entry.name if entry else tickets[0].answer("customer"),
        open=sum(each.stage.is_open for each in tickets),
        last=tickets[0] if tickets else None,
        tenants=tenants or _last_answer(recent, "tenants"),
        interface=_last_answer(recent, "interface"),
        contacts=entry.contacts if entry else "",
    )
