"""Ports of the tickets: changes, queries of the store, and the directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.model.access_log import Access
from bot.model.backlog import Backlog
from bot.model.contact import Contact, EndCustomer, Person
from bot.model.conversation import NO_CONVERSATION_CHANGES, ConversationChanges
from bot.model.monthly_view import View
from bot.model.notice import Notice, Place
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Level, Party, Stage, Ticket


@dataclass(frozen=True)
class Batch:
    """One change: applied completely or not at all."""

    tickets: Sequence[Ticket] = ()
    """New versions. Version 1 is inserted and given a number; version n replaces n-1 or the batch is a `Conflict`."""
    events: Sequence[Event] = ()
    notices: Sequence[Notice] = ()
    """A notice whose key is there already is passed over, so that a repeated change sends nothing twice."""
    once: Sequence[str] = ()
    """Once-keys: used up by this batch; one that is used up already makes it a `Duplicate`."""
    drop: Sequence[str] = ()
    """Keys of notices that are no longer wanted: they wait, or are dead. One that is sent or claimed stays as it is."""
    contacts: Sequence[Contact] = ()
    """Contacts to save, by their Slack user id, as they now are."""
    contacts_read: Mapping[str, Contact | None] = field(default_factory=dict)
    """Contacts this change was decided on, by Slack user id, as they were read; None: there was none. One that is
    different by now makes the batch a `Conflict`."""
    customers: Sequence[EndCustomer] = ()
    """End-customers to save, by their id, as they now are."""
    forget_customers: Sequence[str] = ()
    """Ids of end-customers to forget."""
    rewritten: Sequence[Event] = ()
    """Rewritten events, in place of those of the same version."""
    forget_notices: Sequence[str] = ()
    """Ids of tickets whose messages are forgotten, but for those that still wait."""
    forget_people: Sequence[str] = ()
    """Slack user ids whose entry in the register, clicks and direct messages are forgotten."""
    technical_notes: Sequence[TechnicalNote] = ()
    """New versions of notes, as with tickets; every version is kept."""
    rewritten_notes: Sequence[TechnicalNote] = ()
    """Versions of notes as they stand from now on, in place of those of the same number and version."""
    accesses: Sequence[Access] = ()
    """Entries of the access log."""
    conversation: ConversationChanges = NO_CONVERSATION_CHANGES
    """Additions to the conversation with Retarus."""
    views: Sequence[View] = ()
    """Retarus's views of months, by their month, as they now are."""


@dataclass(frozen=True)
class Query:
    """A query for tickets, newest first. An absent filter does not narrow."""

    open: bool | None = None
    stages: Sequence[Stage] = ()
    level: Level | None = None
    ball: Party | None = None
    owner: str = ""
    due_before: datetime | None = None
    """Only tickets that need attention at or before this moment; soonest first instead of newest first."""
    is_oldest_first: bool = False
    """True for the oldest first instead of the newest; without pages."""
    before: tuple[datetime, str] | None = None
    """For the next page: (raised_at, id) of the last ticket of the page before."""
    limit: int = 20
    erased: bool | None = None
    """Filter on tickets whose personal data were erased, as they were closed for so long."""


class ChangeStore(Protocol):
    """Writes batches. Durable: what `apply` returned is on disk.

    Every method may raise `StoreDown`. Safe to call from any number of tasks, and from several processes.
    """

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        """Writes all of it, or nothing: `Conflict`, `Duplicate`. Returns the batch's tickets, numbered."""

    async def used(self, once: str) -> bool:
        """True if this deduplication key is used up."""

    async def used_by(self, payload: str, since: datetime) -> bool:
        """True if a key of this submission or click was used up since then, whatever it saved."""


class TicketStore(ChangeStore, Protocol):
    """Tickets, their history, and the places of their messages in Slack."""

    async def get(self, ticket_id: str) -> Ticket | None: ...

    async def numbered(self, number: int) -> Ticket | None: ...

    async def find(self, query: Query) -> list[Ticket]: ...

    async def count(self, query: Query) -> int:
        """Number of matching tickets, regardless of the query's limit and page."""

    async def standing(self) -> dict[tuple[Stage, Party], int]:
        """Number of open tickets by stage; a stage without any is left out."""

    async def loads(self) -> dict[tuple[str, Stage], int]:
        """Number of open tickets by owner and stage; the cost does not grow with closed tickets."""

    async def history(self, ticket_id: str) -> list[Event]:
        """Oldest first."""

    async def children(self, ticket_id: str, limit: int) -> list[Ticket]:
        """The newest open tickets that have the same cause as this one."""

    async def place(self, ticket_id: str, role: str) -> Place | None: ...

    async def placed(self, channel: str, ts: str) -> Place | None:
        """The ticket at this message."""

    async def together(self, channel: str, ts: str) -> list[Place]:
        """All places at this message, by ticket."""

    async def card_links(self, ticket_ids: Sequence[str]) -> dict[str, str]:
        """Ticket id → place of its card; without those that have no card, or one without a link."""


class Drafts(Protocol):
    """A small durable map for unfinished forms, settings changed at run time, and per-person preferences."""

    async def get(self, key: str) -> dict[str, str] | None: ...

    def seems_absent(self, key: str) -> bool:
        """True if, without asking the database, there is no value. One that another replica saved a moment ago may not
        have been heard of yet: `get` verifies it.
        """

    async def put(self, key: str, value: dict[str, str]) -> None: ...

    async def replace(self, key: str, old: dict[str, str] | None, new: dict[str, str]) -> bool:
        """Optimistic locking: puts `new` if `old` (or None) is still the value; returns whether it did."""

    async def drop(self, key: str) -> None: ...

    async def keys(self) -> list[str]: ...

    async def close(self) -> None: ...


class ChannelMembers(Protocol):
    """The members of the desk channel."""

    async def includes(self, user: str) -> bool: ...

    def changed(self, user: str, *, is_member: bool) -> None:
        """Updates the list after somebody joined or left."""


class NoMembers:
    """`ChannelMembers` of a desk without a channel."""

    async def includes(self, user: str) -> bool:  # noqa: ARG002 (a port's)
        return False

    def changed(self, user: str, *, is_member: bool) -> None:
        """Ignores the change: there is no cache."""


class OnDuty(Protocol):
    """People on duty at each level."""

    async def now(self, level: Level) -> tuple[str, ...]:
        """User ids; empty where no roster is set up. The answer may be a few minutes old."""


class NoRoster:
    """`OnDuty` of a desk without a duty roster."""

    async def now(self, level: Level) -> tuple[str, ...]:  # noqa: ARG002 (a port's)
        return ()


class Directory(Protocol):
    """Directory of the workspace's users. Answers may be a few minutes old."""

    async def person(self, user_id: str) -> Person:
        """`Person.unknown` for an unknown id."""

    async def levels(self, person: Person) -> frozenset[Level]:
        """The partner's levels this person works at."""

    async def team(self, level: Level) -> tuple[str, ...]:
        """User ids of the people named for this level; empty where every full member works at it."""

    def is_current(self, level: Level) -> bool:
        """False while the user group of this level cannot be read, so that `team` gives its last members."""

    def forget(self, user_id: str) -> None:
        """Drops the cached profile."""

    def learn(self, user: Mapping[str, Any]) -> Person:
        """Updates the cached profile from an event: a user object of Slack."""


class Maintenance(Protocol):
    """Housekeeping of the store, and the lease for it."""

    async def prune(self, before: datetime) -> int:
        """Forget once-keys and delivered notices older than this; returns how many rows went."""

    def lease(self, work: str) -> AbstractAsyncContextManager[bool]:
        """A lease: true if no other process on this database holds it for the same work.

        It saves work that is done by others already. Who must not do a thing twice relies on once-keys and versions.
        """

    async def backlog(self, at: datetime) -> Backlog:
        """Backlog of notifications that are due at this moment."""

    async def index_older(self, limit: int) -> int:
        """Indexes at most that many tickets of an older release; returns how many were examined.

        Call again while it returns any. Goes on where it stopped, whoever calls.
        """

    async def merge_index(self, pages: int) -> None:
        """Merges segments of the index, where an engine does not do so by itself. A search
        asks every piece."""
