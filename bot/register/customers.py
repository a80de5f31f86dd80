"""End-customers of the partner: never declarants and never recipients (guide, section 3).

A ticket names its customer as people typed it: a name that is not kept here is as good, and two spellings that
differ only in case are the same customer.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.core.cleaning import clean_line, clean_text, shorten_middle
from bot.core.errors import Duplicate, Invalid, Refused
from bot.core.i18n import Language, t
from bot.core.identifiers import fold, words_in
from bot.core.secret_detection import faults
from bot.forms import validators
from bot.forms.validators import Given
from bot.model.contact import EndCustomer
from bot.register.ports import CustomerStore
from bot.tickets import permissions
from bot.tickets.ports import Batch
from bot.tickets.queries import Queries

_NAME, _LINE, _TEXT = 150, 150, 1000
_SHOWN = 75
"""Characters of a name that are shown."""
_OFFERED = 20
"""Customers suggested at a time."""
_ALIKE, _WORDS, _LIKE = 100, 4, 65
"""Entries compared with an unknown name, for that many of its words; minimum likeness, of 100."""
_LAST = 5
"""Tickets looked through for the tenants they were about."""
PAGE = 10
"""Customers of one page of the list."""


def read(typed: Mapping[str, str], key: str, given: Given) -> EndCustomer:
    """The customer in this form; `Invalid` with every fault at once."""
    name, agreement, people = (clean_text(typed.get(part, "")) for part in ("name", "agreement", "contacts"))
    errors = {} if words_in(name) else {"name": t("What is this customer called?")}
    tenants: tuple[str, ...] = ()
    try:
        tenants = _tenants(clean_text(typed.get("tenants", "")), given)
    except ValueError as error:
        errors["tenants"] = str(error)
    for part, text, most in (("name", name, _NAME), ("agreement", agreement, _LINE), ("contacts", people, _TEXT)):
        if len(text) > most:
            errors[part] = t("This is {length} characters long; at most {most} fit.", length=len(text), most=most)
    errors |= faults({"name": name, "agreement": agreement, "contacts": people})
    if errors:
        raise Invalid(errors)
    return EndCustomer(
        id=key,
        name=clean_line(name),
        tenants=tenants,
        agreement=clean_line(agreement),
        contacts=people,
        language=_language(typed.get("language", "")),
    )


def _language(text: str) -> Language | None:
    return Language(text) if text in set(Language) else None


def _tenants(text: str, given: Given) -> tuple[str, ...]:
    found = validators.tenants(text, given).split("\n") if text else []
    return tuple(each for each in found if validators.TENANT_ID.fullmatch(each))


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


@dataclass(frozen=True)
class CustomerPage:
    """Some of the customers, by name."""

    customers: tuple[EndCustomer, ...]
    total: int
    first: int
    """Number of the first of them, counted from 0."""


@dataclass(frozen=True)
class Customers:
    """Service for end-customers: maintained by admins, readable for everybody on the team."""

    queries: Queries
    store: CustomerStore

    async def suggested(self, text: str, by: str) -> list[EndCustomer]:
        """Customers in whose name each word typed so far begins some word."""
        permissions.require_staff(await self.queries.actor(by))
        return await self.store.customers(words_in(text), limit=_OFFERED)

    async def named(self, name: str) -> EndCustomer | None:
        return await self.store.customer_named(fold(name)) if name else None

    async def are_kept(self) -> bool:
        """True if there is a list of end-customers at all."""
        return await self.store.count_customers() > 0

    async def known_as(self, name: str) -> str:
        """Canonical spelling of the name in the register or a ticket. `Invalid` for an unknown name."""
        entry = await self.named(name)
        beside = [] if entry else await self.store.names_beside(fold(name))
        spelt = entry.name if entry else next((each for each in beside if fold(each) == fold(name)), "")
        if not spelt:
            raise Invalid({"customer": _unknown(name, nearest(name, [*await self._alike(name), *beside]))})
        return spelt

    async def _alike(self, name: str) -> list[str]:
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
        customer = read(typed, key, self.queries.given())
        other = await self.named(customer.name)
        if other and other.id != key:
            words = t("“{name}” is in the list already. Change that entry instead.", name=other.name)
            raise Invalid({"name": words})
        await self._apply(Batch(customers=[customer], once=[f"{form}:customer"]))

    async def remove(self, key: str, by: str, click: str) -> None:
        """Removes a customer. Tickets keep the name they were raised with."""
        permissions.require_admin(await self.queries.actor(by))
        await self._apply(Batch(forget_customers=[key], once=[f"{click}:customer"]))

    async def tenants_for(self, name: str) -> str:
        """Default of “Tenant(s) …” for this customer: from their entry, or from their last ticket."""
        entry = await self.named(name)
        if entry and entry.tenants:
            return "\n".join(entry.tenants)
        last = await self.store.tickets_of(fold(name), _LAST) if name else []
        return next((ticket.answer("tenants") for ticket in last if ticket.answer("tenants")), "")

    async def _apply(self, batch: Batch) -> None:
        try:
            await self.store.apply(batch)
        except Duplicate:
            return  # the same submission, delivered twice
