"""Register of support contacts, who may speak to Retarus; maintained by the admins (guide 1.f and 2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from bot.config.settings import Config, address
from bot.core.cleaning import clean_line
from bot.core.clock import Clock, as_utc
from bot.core.errors import Conflict, Duplicate, Invalid, Refused
from bot.core.fillers import refusals
from bot.core.i18n import mark, t
from bot.core.secret_detection import faults
from bot.core.telephone import dialling_number
from bot.model.contact import Contact, ContractException, Person
from bot.model.notice import Notice, NoticeKind, direct_lane, notice_without_ticket
from bot.model.ticket import Level, Ticket
from bot.register.ports import ContactRegister
from bot.tickets import permissions
from bot.tickets.changes import ATTEMPTS
from bot.tickets.permissions import Actor
from bot.tickets.ports import Batch, Directory
from bot.tickets.queries import Queries

IN_SLACK = mark("deactivated in Slack")

_LINE = 150

_NEEDED = mark("This is needed.")


def concerns(contact: Contact, edition: str, on: date) -> tuple[str, ...]:
    """Warnings for an admin about this entry, the most serious first. `edition`: of the guides, as they now are."""
    return tuple(_concerns(contact, edition, on))


def _concerns(contact: Contact, edition: str, on: date) -> Iterator[str]:
    if contact.suspended_on:
        yield t("suspended: {why}", why=t(contact.suspended_why))
    if contact.authorised_since is None:
        yield t("not authorised")
    elif contact.authorised_since > on:
        yield t("authorised from {day} on", day=f"{contact.authorised_since:%d.%m.%Y}")
    if contact.attested_on is None:
        yield t("attestation for sections 2–4 of the Retarus Support Guide is missing, so not active (guide 2.3)")
    if contact.has_eas and not contact.may_use_eas(on) and not contact.suspended_on:
        yield t("EAS access without a valid contract exception (guide 2.2)")
    if edition and contact.guides_known != edition:
        yield t("has not acknowledged the guides' present version (guide 1.f)")
    if contact.webinars_on is None:
        yield t("has not taken part in the onboarding webinars (guide 2.6)")


def read(typed: Mapping[str, str], before: Contact | None, region: str | None, on: date) -> Contact:
    """The contact in this form, with the entry's other values. `Invalid` with every fault at once."""
    errors: dict[str, str] = {}

    def entered(key: str) -> str:
        text = clean_line(typed.get(key, ""))
        if len(text) > _LINE:
            errors[key] = t("This is {length} characters long; at most {most} fit.", length=len(text), most=_LINE)
        return text

    texts = {key: entered(key) for key in ("name", "email", "phone", "reference", "approver")}
    days = {key: _day(typed.get(key, "")) for key in ("authorised_since", "attested_on", "webinars_on", "expires")}
    user = before.slack_user if before else typed.get("person", "")
    errors |= _faults(texts, days, user, on) | _eas_faults(typed, texts, days) | faults(texts)
    errors |= refusals({key: texts[key] for key in ("reference", "approver")})
    try:
        texts["phone"] = dialling_number(texts["phone"], region)
    except ValueError as error:
        errors["phone"] = f"{str(error)[0].upper()}{str(error)[1:]}."
    if errors:
        raise Invalid(errors)
    known = before or Contact(slack_user=user, name="", email="", phone="")
    return known.model_copy(
        update={
            **{key: texts[key] for key in ("name", "email", "phone")},
            **{key: days[key] for key in ("authorised_since", "attested_on", "webinars_on")},
            "levels": tuple(Level(value) for value in typed.get("levels", "").split("\n") if value),
            "has_eas": _is_yes(typed, "eas"),
            "is_employee": _is_yes(typed, "employee"),
            "exception": _exception(texts, days),
        }
    )


def _faults(texts: Mapping[str, str], days: Mapping[str, date | None], user: str, on: date) -> dict[str, str]:
    errors = {key: t(_NEEDED) for key in ("name", "email", "phone") if not texts[key]}
    if not user:
        errors["person"] = t("Pick the colleague.")
    try:
        address(texts["email"])
    except ValueError as error:
        errors["email"] = f"{error}."
    for key in ("attested_on", "webinars_on"):
        if (days[key] or on) > on:
            errors[key] = t("This day is in the future. Enter it afterwards.")
    return errors


def _eas_faults(typed: Mapping[str, str], texts: Mapping[str, str], days: Mapping[str, date | None]) -> dict[str, str]:
    """Guide 2.2: EAS is for the partner's employees; anybody else needs an individual contract."""
    exception = {"reference": texts["reference"], "approver": texts["approver"], "expires": days["expires"]}
    empty = [key for key, value in exception.items() if not value]
    if not empty or (len(empty) == len(exception) and (_is_yes(typed, "employee") or not _is_yes(typed, "eas"))):
        return {}
    return dict.fromkeys(
        empty, t("EAS rights for people who are not employees need the contract, its approver and its end.")
    )


def _exception(texts: Mapping[str, str], days: Mapping[str, date | None]) -> ContractException | None:
    if not texts["reference"] or days["expires"] is None:
        return None
    return ContractException(reference=texts["reference"], approver=texts["approver"], expires=days["expires"])


def _is_yes(typed: Mapping[str, str], key: str) -> bool:
    return typed.get(key) == "yes"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _refusal_for(person: Person, entry: Contact | None) -> str:
    """Guests and people of other organisations cannot speak for the partner (guide 2.1, 2.2)."""
    if not person.is_staff:
        return t("Only full, active members of your own workspace can be support contacts.")
    return t("This colleague is in the register already. Change that entry instead.") if entry else ""


Decide = Callable[[Contact | None], Awaitable[Contact | None]]
"""Decides on an entry as it now is (or None), or refuses. Called again after a conflict."""


@dataclass(frozen=True)
class Register:
    """Service for the register of contacts."""

    queries: Queries
    store: ContactRegister
    directory: Directory
    config: Config
    clock: Clock
    wake: Callable[[], None] = lambda: None

    @property
    def edition(self) -> str:
        return self.config.guides.edition

    def today(self) -> date:
        return self.queries.today()

    async def contact(self, user: str) -> Contact | None:
        """The register entry of this person."""
        return await self.store.contact(user)

    async def declarant(self, actor: Actor) -> Contact:
        """The entry of an authorised support contact; anybody else is `NotYours` (guide 2.1)."""
        return permissions.declarant(await self.store.contacts(), actor, self.today())

    async def sender(self, user: str) -> tuple[Actor, Contact]:
        """The authorised contact who sends now; anybody else is `NotYours` (guide 2.1).

        Slack is asked again who this is. All that is sent to Retarus goes through here or through `refreshed_actor`.
        """
        actor = await self.refreshed_actor(user)
        return actor, await self.declarant(actor)

    async def stand_in(self, actor: Actor, ticket: Ticket) -> Contact | None:
        """The contact in whose name an admin could send it now, in an authorised contact's absence (guide 2.3)."""
        return permissions.stand_in(
            await self.store.contacts(), actor, ticket.answer("priority"), self.config, self.today()
        )

    async def has_senders(self) -> bool:
        """True if any contact is authorised to send to Retarus today."""
        return bool(authorised(await self.store.contacts(), self.today()))

    async def who_can(self) -> str:
        """A sentence that names the authorised contacts."""
        return permissions.who_can(await self.store.contacts(), self.today())

    async def begin(self) -> None:
        """Adds contacts of desk.toml to the register, at the start; hands the guides to those who have not got them."""
        known = {each.slack_user: each for each in await self.store.contacts()}
        entries = {entry.slack_user: entry.record() for entry in self.config.contacts}
        for user, contact in (entries | known).items():
            if user not in known or self._is_to_be_asked(contact):
                await self._change(user, "", partial(self._imported, entries.get(user)))

    async def _imported(self, entry: Contact | None, before: Contact | None) -> Contact | None:
        contact = before or entry
        return contact if before is None or self._is_to_be_asked(before) else None

    async def all(self, by: str) -> list[Contact]:
        permissions.require_admin(await self.queries.actor(by))
        return await self.store.contacts()

    async def one(self, user: str, by: str) -> Contact:
        """The entry, for an admin."""
        permissions.require_admin(await self.queries.actor(by))
        return self._known(await self.contact(user))

    async def save(self, typed: Mapping[str, str], user: str, by: str, form: str) -> None:
        """Adds a contact, or changes the entry of `user`. A new one gets both guides. `Invalid`, `NotYours`."""
        permissions.require_admin(await self.queries.actor(by))
        if await self.store.used(_once(form)):
            return

        async def decide(before: Contact | None) -> Contact:
            if user:
                before = self._known(before)
            contact = read(typed, before if user else None, self.config.desk.phone_region, self.today())
            if not user:
                await self._require_new(contact.slack_user, before)
            return contact.model_copy(update={"changed_by": by})

        await self._change(user or typed.get("person", ""), form, decide)

    async def refusal_for(self, user: str) -> str:
        """The reason why this person cannot be added; empty where they can."""
        return _refusal_for(await self.directory.person(user), await self.contact(user))

    async def _require_new(self, user: str, before: Contact | None) -> None:
        reason = _refusal_for(await self.directory.person(user), before)
        if reason:
            raise Invalid({"person": reason})

    def _known(self, found: Contact | None) -> Contact:
        if found is None:
            raise Refused(t("This person is not in the register."))
        return found

    async def suspend(self, user: str, by: str, click: str) -> None:
        """Suspends a contact: they cannot send until an admin reinstates them."""
        permissions.require_admin(await self.queries.actor(by))
        name = (await self.directory.person(by)).name

        async def decide(before: Contact | None) -> Contact:
            return self._suspended(self._known(before), t("by {name}", name=name), by)

        await self._change(user, click, decide)

    async def reinstate(self, user: str, by: str, click: str) -> None:
        permissions.require_admin(await self.queries.actor(by))
        is_staff = (await self.directory.person(user)).is_staff

        async def decide(before: Contact | None) -> Contact:
            contact = self._known(before)
            if not is_staff:
                words = t(
                    "{name} is not a full, active member of the workspace, so they stay suspended.", name=contact.name
                )
                raise Refused(words)
            return contact.model_copy(update={"suspended_on": None, "suspended_why": "", "changed_by": by})

        await self._change(user, click, decide)

    async def hand_over(self, user: str, by: str, click: str) -> None:
        """Hands both guides over once more, at an admin's request."""
        permissions.require_admin(await self.queries.actor(by))
        if not self.edition:
            raise Refused(t("No guide is set. Name their versions or addresses under [guides] in desk.toml."))

        async def decide(before: Contact | None) -> Contact:
            return self._known(before)

        await self._change(user, click, decide, again=True)

    async def acknowledge(self, edition: str, by: str) -> None:
        """Records that this person has both guides of this edition. A replaced edition is `Refused`."""
        permissions.require_staff(await self.queries.actor(by))

        async def decide(before: Contact | None) -> Contact | None:
            if before is None:
                raise Refused(t("You are not in the register of support contacts, so there is nothing to acknowledge."))
            if edition != self.edition:
                newer = t(
                    "There is a newer version of the guides. A message with it is on its way to you, or there already."
                )
                raise Refused(newer)
            known = {"guides_asked": edition, "guides_known": edition, "guides_known_on": self.today()}
            return before.model_copy(update=known) if before.guides_known != edition else None

        await self._change(by, "", decide)

    async def refreshed_actor(self, user: str) -> Actor:
        """Looks up the person in Slack; a deactivated contact is suspended."""
        self.directory.forget(user)
        actor = await self.queries.actor(user)
        if not actor.person.is_active:
            await self._suspend_gone(actor.person)
        return actor

    async def changed(self, person: Person) -> None:
        """Suspends a contact who was deactivated in Slack."""
        if not person.is_active and await self.contact(person.id):
            await self._suspend_gone(person)

    async def _suspend_gone(self, person: Person) -> None:
        async def decide(before: Contact | None) -> Contact | None:
            return self._suspended(before, IN_SLACK, "") if before and before.suspended_on is None else None

        await self._change(person.id, "", decide)

    def _suspended(self, contact: Contact, reason: str, by: str) -> Contact:
        return contact.model_copy(update={"suspended_on": self.today(), "suspended_why": reason, "changed_by": by})

    def _is_to_be_asked(self, contact: Contact) -> bool:
        return bool(self.edition) and contact.guides_asked != self.edition and contact.suspended_on is None

    def _handed_over(self, contact: Contact) -> Contact:
        return contact.model_copy(update={"guides_asked": self.edition})

    def _handing_over(self, contact: Contact, cause: str) -> Notice:
        user = contact.slack_user
        key = f"guides:{user}:{self.edition}:{cause}"
        return notice_without_ticket(NoticeKind.GUIDES, key, user, as_utc(self.clock()), lane=direct_lane(user))

    async def _change(self, user: str, cause: str, decide: Decide, *, again: bool = False) -> None:
        """Saves the decision; decided again after a conflict. `cause`: the form or click, if any.

        Who has not got the present edition of the guides, gets it now; with `again`, every contact.
        """
        for attempt in range(ATTEMPTS):
            before = await self.contact(user)
            after = await decide(before)
            if after is None:
                return
            try:
                await self.store.apply(self._batch(before, after, cause, again or self._is_to_be_asked(after)))
            except Duplicate:
                return  # the same submission or click, delivered twice
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                self.wake()
                return

    def _batch(self, before: Contact | None, after: Contact, cause: str, asked: bool) -> Batch:
        saved = self._handed_over(after) if asked else after
        return Batch(
            contacts=[saved],
            contacts_read={saved.slack_user: before},
            notices=[self._handing_over(saved, cause or f"{self.today()}")] if asked else [],
            once=[_once(cause)] if cause else [],
        )


def _once(cause: str) -> str:
    """Deduplication key of one form or click, so that a redelivery by Slack changes nothing."""
    return f"{cause}:contact"


def authorised(contacts: Iterable[Contact], on: date) -> list[Contact]:
    """Contacts that can send to Retarus on that day."""
    return [each for each in contacts if each.is_authorised(Level.SECOND, on)]
