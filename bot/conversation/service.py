"""Actions of people on the conversation with Retarus: look at an entry, assign it to a ticket, dismiss it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.conversation import conversation_notices
from bot.conversation.inbound import Inbound
from bot.conversation.ports import ConversationStore
from bot.core.clock import Clock, as_utc
from bot.core.errors import Conflict, Duplicate, Invalid, NotNow, Refused
from bot.core.i18n import t
from bot.model.conversation import ConversationChanges, Entry, EntryRecord, EntryState
from bot.model.ticket import Event, Ticket
from bot.model.transitions import Move
from bot.tickets import permissions
from bot.tickets.changes import ATTEMPTS, Along, Change, Changes
from bot.tickets.notifications import VERBATIM
from bot.tickets.ports import Batch
from bot.tickets.priority_call import CALL
from bot.tickets.queries import Queries
from bot.tickets.reference import reference
from bot.tickets.successors import Successors

PAGE = 10


@dataclass(frozen=True)
class Conversation:
    """Reads the conversation; for people of either level, and admins."""

    inbound: Inbound
    changes: Changes
    queries: Queries
    store: ConversationStore
    clock: Clock
    successors: Successors

    async def find(self, entry_id: str) -> Entry | None:
        return await self.store.entry(entry_id)

    async def asked_to_reopen(self, ticket: Ticket) -> tuple[str, ...]:
        """People asked whether to reopen a closed ticket."""
        return () if ticket.stage.is_open else await self.successors.asked_to_reopen(ticket)

    async def entry(self, entry_id: str, by: str) -> Entry:
        """An entry, for a person who may read tickets."""
        await self.queries.open_to_part(by)
        found = await self.store.entry(entry_id)
        if found is None:
            raise Refused(t("This mail is no longer stored."))
        return found

    async def entry_with_ticket(self, entry_id: str, by: str) -> tuple[Entry, Ticket]:
        """An entry that is assigned, with its ticket."""
        entry = await self.entry(entry_id, by)
        return entry, await self.queries.ticket(entry.ticket_id)

    async def unassigned(self, by: str, first: int = 0) -> Sequence[Entry]:
        """A page of them, newest first. `first`: the number of entries before the page."""
        await self.queries.open_to_part(by)
        return await self.store.unassigned(limit=PAGE, skip=first)

    async def count_unassigned(self) -> int:
        return await self.store.count_unassigned()

    async def called(self, entries: Sequence[Entry]) -> dict[str, str]:
        """Ticket id → reference, of the tickets that these entries may belong to."""
        ids = dict.fromkeys(each for entry in entries for each in entry.candidates)
        found = [await self.queries.find(each) for each in ids]
        return {ticket.id: reference(ticket, self.changes.config) for ticket in found if ticket}

    async def assign(self, entry_id: str, by: str, named: str) -> Ticket:
        """Shows an unassigned mail in this ticket's thread, as if it had been matched. Idempotent."""
        await self.queries.open_to_part(by)
        try:
            ticket = await self.queries.by_reference(named, by)
        except Refused as error:
            raise Invalid({"ticket": str(error)}) from error
        for _ in range(ATTEMPTS):
            entry = await self.entry(entry_id, by)
            if entry.state is EntryState.SHOWN:
                return await self._assigned_before(entry, ticket)
            try:
                return await self._assigned(entry, await self.queries.ticket(ticket.id), by)
            except (Conflict, Duplicate):  # somebody else, or the same submission on another replica, was faster
                continue
        raise Conflict

    async def _assigned_before(self, entry: Entry, chosen: Ticket) -> Ticket:
        """The ticket of an entry that is assigned already. Refuses another one than the person chose."""
        if entry.ticket_id == chosen.id:
            return chosen
        ticket = await self.queries.ticket(entry.ticket_id)
        name = reference(ticket, self.changes.config)
        raise Invalid({"ticket": t("This mail is assigned to {reference} already.", reference=name)})

    async def _assigned(self, entry: Entry, ticket: Ticket, by: str) -> Ticket:
        """Refuses erased tickets, which take nothing in."""
        if ticket.is_erased:
            raise Invalid({"ticket": t("The personal data of this ticket was removed, so it no longer takes mail.")})
        placed = {
            "version": entry.version + 1,
            "state": EntryState.SHOWN,
            "ticket_id": ticket.id,
            "was_closed": not ticket.stage.is_open,
        }
        changed = entry.model_copy(update=placed)
        return await self.inbound.place(
            ticket, changed, ConversationChanges(changed=(changed,)), by, as_utc(self.clock())
        )

    async def dismiss(self, entry_id: str, by: str) -> None:
        """Dismisses a mail that belongs to no ticket. The original is kept. Idempotent.

        Refuses a mail that a colleague assigned meanwhile.
        """
        for _ in range(ATTEMPTS):
            entry = await self.entry(entry_id, by)
            if entry.state is EntryState.SHOWN:
                name = reference(await self.queries.ticket(entry.ticket_id), self.changes.config)
                raise NotNow(t("This mail is assigned to {reference} already.", reference=name))
            if entry.state is not EntryState.UNASSIGNED:
                return
            changed = entry.model_copy(update={"version": entry.version + 1, "state": EntryState.DISMISSED})
            try:
                await self.changes.store.apply(Batch(conversation=ConversationChanges(changed=(changed,))))
            except Conflict:
                continue
            return
        raise Conflict

    def recording(self, entry_id: str, by: str, kind: str, form: str, seen: int) -> Along:
        """Marks an entry as recorded, in the change that records it. `seen`: its records when the form was opened.

        Refuses a form that was opened before somebody else recorded the entry.
        """

        async def along(done: Change, at: datetime) -> Change:
            entry = await self.entry(entry_id, by)
            if len(entry.records) > seen:
                await self._refuse_second(entry.records[-1])
            records = (*entry.records, EntryRecord(kind=kind, by=by, at=at, form=form))
            changed = entry.model_copy(update={"version": entry.version + 1, "records": records})
            shown = conversation_notices.shown(done.ticket, changed, self.changes.routes, at)
            if _is_verbatim(done.event, entry):
                detail = {**done.event.detail, VERBATIM: entry.id}
                done = replace(done, event=done.event.model_copy(update={"detail": detail}))
            return replace(
                done,
                letters=[*done.letters, shown],
                conversation=ConversationChanges(changed=(changed,)),
                entry="" if done.letters else entry.id,
            )

        return along

    async def unrecord(self, undoing: Change, step: Event) -> Change:
        """Takes away the record that this step made of an entry, in the change that undoes the step."""
        entry = await self.store.entry(step.before.entry) if step.before and step.before.entry else None
        if entry is None:
            return undoing
        records = tuple(each for each in entry.records if (each.by, each.at) != (step.by, step.at))
        changed = entry.model_copy(update={"version": entry.version + 1, "records": records})
        shown = conversation_notices.shown(undoing.ticket, changed, self.changes.routes, undoing.event.at)
        return replace(
            undoing,
            letters=[*undoing.letters, shown],
            conversation=ConversationChanges(changed=(changed,)),
        )

    async def _refuse_second(self, last: EntryRecord) -> None:
        name = (await self.queries.names([last.by]))(last.by)
        raise NotNow(t("{name} recorded this message meanwhile. Look at it in the ticket's thread first.", name=name))

    async def ticket_at(self, channel: str, thread: str) -> str:
        """Id of the ticket whose thread this is; empty for any other."""
        place = await self.changes.store.placed(channel, thread)
        return place.ticket_id if place and place.role == "card" else ""

    async def ticket_called_at(self, channel: str, ts: str) -> str:
        """Id of the ticket whose call for the highest priority is this message; empty for any other."""
        places = await self.changes.store.together(channel, ts)
        return next((each.ticket_id for each in places if each.role == CALL), "")

    async def save_draft(self, user: str, ticket_id: str, text: str) -> None:
        """Saves the words that are being previewed."""
        await self.queries.drafts.put(_draft(user, ticket_id), {"text": text})

    async def saved_draft(self, user: str, ticket_id: str) -> str:
        return (await self.queries.drafts.get(_draft(user, ticket_id)) or {}).get("text", "")

    async def warn_of_mailbox(self, since: str, reason: str) -> None:
        """Reports that the mailbox has been unreachable for long; once per outage."""
        at = as_utc(self.clock())
        people = conversation_notices.caretakers(self.changes.config)
        words = [
            conversation_notices.word(user, f"mail:{since}", {"about": "mail", "why": reason}, at) for user in people
        ]
        await self.changes.store.apply(Batch(notices=words))
        self.changes.wake()

    async def send_original(self, entry_id: str, by: str, click: str) -> None:
        """Sends the raw mail to this person as a file."""
        permissions.require_part(await self.queries.actor(by))
        notice = conversation_notices.original(by, entry_id, click, as_utc(self.clock()))
        await self.changes.store.apply(Batch(notices=[notice]))
        self.changes.wake()


def _draft(user: str, ticket_id: str) -> str:
    return f"outbound:{user}:{ticket_id}"


def _is_verbatim(recorded: Event, entry: Entry) -> bool:
    """True for an update or an answer that says nothing but words of their message."""
    if recorded.kind not in {Move.RETARUS_UPDATE.value, Move.RETARUS_ANSWERED.value}:
        return False
    words = " ".join(recorded.detail.get("answer", "").split())
    return set(recorded.detail) == {"answer"} and words in " ".join(entry.words.split())
