"""Export, erasure and retention of personal data. Used by the command line and once a day."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, JsonValue

from bot.core.clock import Clock, as_utc
from bot.core.errors import Conflict, Refused
from bot.model.access_log import Access
from bot.model.contact import EndCustomer
from bot.model.conversation import NO_CONVERSATION_CHANGES, ConversationChanges, Entry
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Ticket
from bot.model.transitions import Step, change, event
from bot.ports import Store
from bot.privacy import redaction
from bot.privacy.redaction import PersonMatcher
from bot.tickets.pagination import every
from bot.tickets.ports import Batch, Drafts, Query

PAGE = 200


@dataclass(frozen=True)
class PersonalDataArchive:
    """Personal data in all records. `by`: the account of the caller, for the access log."""

    store: Store
    drafts: Drafts
    clock: Clock
    by: str

    async def find(self, *terms: str) -> PersonMatcher:
        """Finds the person these terms mean."""
        return redaction.someone(terms, await self.store.contacts())

    async def export(self, person: PersonMatcher) -> dict[str, JsonValue]:
        """Every record that names this person."""
        entries = [each async for each in self._entries() if redaction.mentions(each, person)]
        found: dict[str, JsonValue] = {
            "contacts": _exported([each for each in await self.store.contacts() if redaction.mentions(each, person)]),
            "end_customers": _exported([each async for each in self._customers() if redaction.mentions(each, person)]),
            "technical_notes": _exported([each async for each in self._notes() if redaction.mentions(each, person)]),
            "tickets": [await self._exported(ticket) async for ticket in self._naming(person)],
            "conversation": _exported(entries),
            "drafts": {key: dict(draft) for key, draft in (await self._drafts_of(person)).items()},
        }
        await self.log("export", person.fingerprint)
        return found

    async def erase(self, person: PersonMatcher) -> int:
        """Erases this person from all records; returns how many tickets named them. Idempotent.

        Refuses while they own an open ticket: somebody must have it.
        """
        if person.user and await self.store.count(Query(open=True, owner=person.user)):
            raise Refused("This person owns open tickets. Have a colleague take them over first, then erase.")
        erased = 0
        async for ticket in self._naming(person):
            erased += await self._erase_from(ticket, person)
        for key, draft in (await self._drafts_of(person)).items():
            await self._erase_draft(key, draft, person)
        await self._erase_from_conversation(person)
        while not await self._erase_from_lists(person):
            pass  # an admin changed an entry at the same moment
        await self.log("erase", person.fingerprint)
        return erased

    async def expire(self, keep: timedelta) -> int:
        """Erases the personal data of closed tickets older than this, and keeps their statistics; returns how many."""
        before = as_utc(self.clock() - keep)
        count = 0
        async for ticket in every(self.store, Query(open=False, erased=False, before=(before, ""), limit=PAGE)):
            if ticket.since <= before:
                history = [redaction.event_statistics_of(each) for each in await self.store.history(ticket.id)]
                at = as_utc(self.clock())
                count += await self._replace(ticket, redaction.statistics_of(ticket, at), history, at)
        if count:
            await self.log("retention", f"{count} tickets")
        return count

    async def accesses(self, limit: int = 1000) -> list[Access]:
        """The access log, newest first; this look is logged too."""
        entries = await self.store.accesses(limit)
        await self.log("look at this log", "")
        return entries

    # --- finding

    async def _naming(self, person: PersonMatcher) -> AsyncIterator[Ticket]:
        async for ticket in every(self.store, Query(limit=PAGE)):
            records: list[BaseModel] = [ticket, *await self.store.history(ticket.id)]
            records += [each.notice for each in await self.store.letters(ticket_id=ticket.id, limit=10_000)]
            if any(redaction.mentions(each, person) for each in records):
                yield ticket

    async def _entries(self) -> AsyncIterator[Entry]:
        """The conversation with Retarus."""
        last = ""
        while page := await self.store.entries_after(last, PAGE):
            for each in page:
                yield each
            last = page[-1].id

    async def _customers(self) -> AsyncIterator[EndCustomer]:
        skip = 0
        while page := await self.store.customers([], limit=PAGE, skip=skip):
            for each in page:
                yield each
            skip += len(page)

    async def _notes(self) -> AsyncIterator[TechnicalNote]:
        """Every version of every note."""
        skip = 0
        while page := await self.store.notes(limit=PAGE, skip=skip):
            for each in page:
                for version in await self.store.note_versions(each.id):
                    yield version
            skip += len(page)

    async def _drafts_of(self, person: PersonMatcher) -> dict[str, dict[str, str]]:
        found = {}
        for key in await self.drafts.keys():
            draft = await self.drafts.get(key) or {}
            if person.is_in("\n".join((key, *draft.values()))):
                found[key] = draft
        return found

    async def _exported(self, ticket: Ticket) -> JsonValue:
        history = await self.store.history(ticket.id)
        letters = await self.store.letters(ticket_id=ticket.id, limit=10_000)
        exported: dict[str, JsonValue] = {"ticket": ticket.model_dump(mode="json"), "history": _exported(history)}
        return {**exported, "messages": _exported([each.notice for each in letters])}

    # --- changing

    async def _erase_from(self, ticket: Ticket, person: PersonMatcher) -> int:
        history = [redaction.without_person(each, person) for each in await self.store.history(ticket.id)]
        return await self._replace(ticket, redaction.without_person(ticket, person), history, as_utc(self.clock()))

    async def _replace(self, before: Ticket, after: Ticket, history: list[Event], at: datetime) -> int:
        """Saves one more version, with the history rewritten and its messages forgotten; posts nothing in Slack.

        Somebody who changes the ticket in this very moment comes first: it is erased by the next run.
        """
        after = change(after.model_copy(update={"version": before.version}))
        last = event(after, Step.ERASE, "", at)
        conversation = await self._forgotten(after) if after.is_erased else NO_CONVERSATION_CHANGES
        batch = Batch(
            tickets=[after], events=[last], rewritten=history, forget_notices=[after.id], conversation=conversation
        )
        try:
            await self.store.apply(batch)
        except Conflict:
            return 0
        return 1

    async def _forgotten(self, ticket: Ticket) -> ConversationChanges:
        """Erases Retarus's messages about a ticket with its personal data and the original mails."""
        return ConversationChanges(forget=tuple(each.id for each in await self.store.entries_of(ticket.id)))

    async def _erase_from_conversation(self, person: PersonMatcher) -> None:
        """Replaces their name by a mark; an original mail cannot be marked, and is deleted. Concurrent changes win."""
        async for entry in self._entries():
            raw = await self.store.original(entry.id) if entry.has_original else None
            is_in_raw = raw is not None and person.is_in(raw.decode("utf-8", "replace"))
            if not (is_in_raw or redaction.mentions(entry, person)):
                continue
            without = redaction.without_person(entry, person)
            changed = without.model_copy(update={"version": entry.version + 1, "has_original": False, "id": entry.id})
            with suppress(Conflict):
                await self.store.apply(
                    Batch(conversation=ConversationChanges(changed=(changed,), forget_originals=(entry.id,)))
                )

    async def _erase_from_lists(self, person: PersonMatcher) -> bool:
        """Removes their own entry in the register; marks their name in the entries of others.

        False, and nothing done, when somebody else was quicker.
        """
        register = await self.store.contacts()
        own = {each.slack_user for each in register if redaction.is_entry_of(each, person)}
        others = [each for each in register if each.slack_user not in own and redaction.mentions(each, person)]
        customers = [each async for each in self._customers() if redaction.mentions(each, person)]
        notes = [each async for each in self._notes() if redaction.mentions(each, person)]
        batch = Batch(
            rewritten_notes=[redaction.without_person(each, person) for each in notes],
            contacts=[redaction.without_person(each, person) for each in others],
            contacts_read={each.slack_user: each for each in others},
            customers=[redaction.without_person(each, person) for each in customers],
            forget_people=sorted(own | ({person.user} if person.user else set())),
        )
        try:
            await self.store.apply(batch)
        except Conflict:
            return False
        return True

    async def _erase_draft(self, key: str, draft: dict[str, str], person: PersonMatcher) -> None:
        """Deletes a draft or a handover of their own; takes their name out of those of others."""
        if person.user and (person.user in key or person.user == draft.get("giver")):
            await self.drafts.drop(key)
        else:
            await self.drafts.put(key, {name: person.out_of(text) for name, text in draft.items()})

    async def log(self, action: str, about: str) -> None:
        entry = Access(at=as_utc(self.clock()), by=self.by, action=action, about=about)
        await self.store.apply(Batch(accesses=[entry]))


def _exported(records: Sequence[BaseModel]) -> JsonValue:
    return [each.model_dump(mode="json") for each in records]
