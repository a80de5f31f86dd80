"""What does the bot need from the outside, whatever technology provides it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.escalation.attachments import Gone
from bot.model.access_log import Access
from bot.model.contact import Contact, EndCustomer, Person
from bot.model.monthly_view import View
from bot.model.notice import Claim, Dead, Letter, Notice, Outcome, Place
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Attachment, Event, Level, Stage, Ticket
from bot.reports.document import Paper, Printed
from bot.search.documents import Shelf
from bot.search.ranking import Candidates, Clause, Narrow


@dataclass(frozen=True)
class Batch:
    """One change: applied wholly or not at all."""

    tickets: Sequence[Ticket] = ()
    """New versions. Version 1 is inserted and given a number; version n replaces n-1 or the batch is a `Conflict`."""
    events: Sequence[Event] = ()
    notices: Sequence[Notice] = ()
    """A notice whose key is there already is passed over, so that a repeated change sends nothing twice."""
    once: Sequence[str] = ()
    """Once-keys: used up by this batch; one that is used up already makes it a `Duplicate`."""
    drop: Sequence[str] = ()
    """Keys of waiting notices that are no longer wanted. One that is sent or dead stays as it is."""
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
    """Events as they are told from now on, in place of those of the same version."""
    forget_notices: Sequence[str] = ()
    """Ids of tickets whose messages are forgotten, but for those that still wait."""
    forget_people: Sequence[str] = ()
    """Slack user ids whose entry in the register, clicks and direct messages are forgotten."""
    technical_notes: Sequence[TechnicalNote] = ()
    """New versions of notes, as with tickets; every version is kept."""
    rewritten_notes: Sequence[TechnicalNote] = ()
    """Versions of notes as they stand from now on, in place of those of the same number and version."""
    accesses: Sequence[Access] = ()
    """Entries of the log of who saw or erased personal data."""
    views: Sequence[View] = ()
    """Retarus's views of months, by their month, as they now are."""


@dataclass(frozen=True)
class Query:
    """Which tickets, newest first. What is not given does not narrow."""

    open: bool | None = None
    stages: Sequence[Stage] = ()
    level: Level | None = None
    owner: str = ""
    due_before: datetime | None = None
    """Only tickets that need attention at or before this moment; soonest first instead of newest first."""
    before: tuple[datetime, str] | None = None
    """For the next page: (raised_at, id) of the last ticket of the page before."""
    limit: int = 20
    erased: bool | None = None
    """Whether they lost their personal data, because they were closed for so long."""


class Store(Protocol):
    """Tickets, their history, notices on their way, and contacts. Durable: what `apply` returned is on disk.

    Every method may raise `StoreDown`. Safe to call from any number of tasks, and from several processes.
    """

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        """Write it all, or nothing: `Conflict`, `Duplicate`. Returns the batch's tickets, numbered."""

    async def used(self, once: str) -> bool:
        """Whether this once-key is used up."""

    async def get(self, ticket_id: str) -> Ticket | None: ...

    async def numbered(self, number: int) -> Ticket | None: ...

    async def find(self, query: Query) -> list[Ticket]: ...

    async def count(self, query: Query) -> int:
        """How many tickets match, whatever the query's limit and page."""

    async def history(self, ticket_id: str) -> list[Event]:
        """Oldest first."""

    async def histories(self, ticket_ids: Sequence[str]) -> list[Event]:
        """Of all these tickets, in one trip; of each oldest first."""

    async def claim(self, at: datetime, lease: timedelta, limit: int) -> list[Claim]:
        """Take on up to `limit` due notices that head their lane. Nobody else gets them before the lease ends."""

    async def settle(self, claim: Claim, outcome: Outcome, at: datetime, then: Sequence[Notice] = ()) -> bool:
        """Write down how a delivery ended, together with the notices that follow from it.

        False, and nothing written, when the lease was lost to a later claim.
        """

    async def next_due(self, after: datetime) -> datetime | None:
        """When the outbox next has something to do: the earliest due moment or lease end of what waits."""

    async def letters(
        self,
        *,
        state: Literal["waiting", "sent", "dead", "dropped"] | None = None,
        ticket_id: str = "",
        limit: int = 50,
    ) -> list[Letter]:
        """Rows of the outbox for people, newest first."""

    async def letter(self, key: str) -> Letter | None:
        """The row of the outbox with this key."""

    async def revive(self, key: str, at: datetime) -> bool:
        """Try a dead notice again; False when it is not dead."""

    async def place(self, ticket_id: str, what: str) -> Place | None: ...

    async def together(self, channel: str, ts: str) -> list[Place]:
        """Everything that stands at this message, by ticket."""

    async def placed(self, channel: str, ts: str) -> Place | None:
        """Which ticket stands at this message."""

    async def card_links(self, ticket_ids: Sequence[str]) -> dict[str, str]:
        """Ticket id → where its card is; without those that have no card, or one without a link."""

    async def contacts(self) -> list[Contact]:
        """The whole register, by name."""

    async def standing(self) -> dict[Stage, int]:
        """How many open tickets there are, by stage; a stage without any is left out."""

    async def tickets_of(self, customer: str, limit: int) -> list[Ticket]:
        """The newest tickets whose end-customer has this folded name."""

    async def names_beside(self, customer: str) -> list[str]:
        """As tickets spell them: the end-customer with this folded name, and who stands beside it in the alphabet."""

    async def customers(self, words: Sequence[str], *, limit: int, skip: int = 0) -> list[EndCustomer]:
        """Those of whose words each given one begins some, by name. No words: everybody."""

    async def count_customers(self) -> int: ...

    async def customer(self, customer_id: str) -> EndCustomer | None: ...

    async def customer_named(self, folded: str) -> EndCustomer | None: ...

    async def alive(self, start: datetime, end: datetime, customer: str = "") -> list[str]:
        """Ids of the tickets that may have been open at some time from `start` up to `end`, in order.

        `customer`: only those of the end-customer with this folded name. Reads the months it is asked for and what is
        open now, however many tickets were closed before or since. One that was closed all that time, and opened
        again, can be among them.
        """

    async def view(self, month: str) -> View | None:
        """Retarus's view of that month, `2026-10`."""

    async def children(self, ticket_id: str, limit: int) -> list[Ticket]:
        """The newest open tickets that have the same cause as this one."""

    async def note(self, note_id: str) -> TechnicalNote | None: ...

    async def note_numbered(self, number: int) -> TechnicalNote | None: ...

    async def notes(self, *, limit: int, skip: int = 0) -> list[TechnicalNote]:
        """The newest by number, retired ones too."""

    async def count_notes(self) -> int: ...

    async def note_versions(self, note_id: str) -> list[TechnicalNote]:
        """Every version of a note, the newest first."""

    async def alike(self, words: Sequence[str]) -> dict[str, list[str]]:
        """For each word those of the vocabulary that resemble it, itself too where it is there."""

    async def candidates(self, shelf: Shelf, asked: Sequence[Clause], narrow: Narrow) -> Candidates:
        """What the full-text index finds, to be ranked by `bot.search.ranking`."""

    async def tickets_called(self, numbers: Sequence[int]) -> list[Ticket]:
        """In no order."""

    async def notes_called(self, numbers: Sequence[int]) -> list[TechnicalNote]:
        """In no order."""

    async def index_new(self, limit: int) -> int:
        """Takes up to so many tickets into the index that were saved a moment ago; returns how many. A search does it
        too, so that what is saved is found."""

    async def index_older(self, limit: int) -> int:
        """Takes up to so many tickets into the index that an older release saved; returns how many were looked at.

        Call again while it returns any. Goes on where it stopped, whoever calls.
        """

    async def merge_index(self, pages: int) -> None:
        """Puts so much of the index in order that grew in pieces, where an engine does not do so by itself. A search
        asks every piece."""

    async def accesses(self, limit: int) -> list[Access]:
        """Who saw or erased personal data, newest first."""

    async def prune(self, before: datetime) -> int:
        """Forget once-keys and delivered notices older than this; returns how many rows went."""

    def alone(self, what: str) -> AbstractAsyncContextManager[bool]:
        """Inside: whether nobody else is inside for the same thing, in any process that works on this database.

        It saves work that is done by others already. Who must not do a thing twice relies on once-keys and versions.
        """

    async def close(self) -> None: ...


class Drafts(Protocol):
    """A small durable map for unfinished forms, settings changed at run time, and per-person preferences."""

    async def get(self, key: str) -> dict[str, str] | None: ...

    async def put(self, key: str, value: dict[str, str]) -> None: ...

    async def drop(self, key: str) -> None: ...

    async def keys(self) -> list[str]: ...

    async def close(self) -> None: ...


class Directory(Protocol):
    """Who is who in the workspace. Answers may be a few minutes old."""

    async def person(self, user_id: str) -> Person:
        """`Person.unknown` for an id nobody knows."""

    async def levels(self, person: Person) -> frozenset[Level]:
        """The partner's levels this person works at."""

    def forget(self, user_id: str) -> None:
        """Asks anew who this is, the next time."""


class Files(Protocol):
    """Bytes of files that are kept elsewhere."""

    async def fetch(self, file: Attachment, most: int) -> bytes | Gone:
        """At most `most` bytes, or why there are none. Raises what makes sense to try again."""


class Press(Protocol):
    """Prints reports."""

    async def printed(self, paper: Paper) -> Printed:
        """Every file of it, or `Unprinted`. The loop goes on meanwhile."""


class Carrier(Protocol):
    """Delivers notices of some kinds. Never raises: what goes wrong is an `Outcome`."""

    async def deliver(self, claim: Claim, at: datetime) -> Outcome: ...


__all__ = ["Batch", "Carrier", "Dead", "Directory", "Drafts", "Query", "Store"]
