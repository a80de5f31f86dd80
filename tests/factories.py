"""People, tickets and desks with defaults, so that a test states only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from bot.config.settings import Config
from bot.config.settings_file import parse
from bot.desk import Desk, open_desk
from bot.forms.validators import CheckContext
from bot.model.contact import Contact, Person
from bot.model.notice import Letter, Notice, NoticeKind
from bot.model.ticket import Event, Kind, Level, Stage, Ticket
from bot.model.transitions import Move
from bot.tickets.permissions import Actor
from bot.tickets.ports import Batch, Drafts
from bot.tickets.routes import Routes
from tests.doubles.memory_store import MemoryStore

NOW = datetime(2019, 8, 27, 9, 20, tzinfo=UTC)
"""11:20 in Berlin, twenty minutes after the incident of the guide's own example began."""
START = "1566896400"
"""27.08.2019 - 11:00 UTC+2, the guide's example."""
END = "1566903600"
"""27.08.2019 - 13:00 UTC+2."""

ANNA, ALEX, BEN, BEA, CARLA = "U0ANNA", "U0ALEX", "U0BEN", "U0BEA", "U0CARLA"
NEMO, GUS, RITA, GONE, BOT = "U0NEMO", "U0GUS", "U0RITA", "U0GONE", "U0BOT"
DESK, RETARUS, MAIL = "C0DESKDESK", "C0RETARUS1", "support@retarus.example"

PEOPLE = {
    person.id: person
    for person in (
        Person(id=ANNA, name="Anna Arnold", zone="Europe/Berlin"),
        Person(id=ALEX, name="Alex Adler", zone="Europe/Berlin"),
        Person(id=BEN, name="Ben Brandt", zone="Europe/Berlin"),
        Person(id=BEA, name="Bea Bauer", zone="Europe/Vienna"),
        Person(id=CARLA, name="Carla Conrad", zone="Europe/Berlin"),
        Person(id=NEMO, name="Nemo Nagel"),
        Person(id=GUS, name="Gus Gast", is_guest=True),
        Person(id=RITA, name="Rita Reuter", is_external=True),
        Person(id=GONE, name="Gone Gruber", is_active=False),
        Person(id=BOT, name="Other Bot", is_bot=True),
    )
}
LEVELS = {
    ANNA: {Level.FIRST},
    ALEX: {Level.FIRST},
    BEN: {Level.SECOND},
    BEA: {Level.SECOND},
    # An outsider is given every level here: it must not help them.
    GUS: {Level.FIRST, Level.SECOND},
    RITA: {Level.FIRST, Level.SECOND},
    GONE: {Level.FIRST, Level.SECOND},
    BOT: {Level.FIRST, Level.SECOND},
}
NO_STAFF = (GUS, RITA, GONE, BOT)


class Cast:
    """`bot.ports.Directory` of the people above."""

    async def person(self, user_id: str) -> Person:
        return PEOPLE.get(user_id) or Person(id=user_id, name=user_id)

    async def levels(self, person: Person) -> frozenset[Level]:
        return frozenset(LEVELS.get(person.id, ()))

    async def team(self, level: Level) -> tuple[str, ...]:
        return {Level.FIRST: (ANNA, ALEX), Level.SECOND: (BEN, BEA)}[level]

    def is_current(self, level: Level) -> bool:
        return True

    def forget(self, user_id: str) -> None:
        """Does nothing: there is no cache."""

    def learn(self, user: Mapping[str, Any]) -> Person:
        return Person(id=str(user["id"]), name=str(user["id"]), is_active=not user.get("deleted", False))


class MemoryDrafts:
    """`bot.ports.Drafts` in memory."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, str]] = {}

    async def get(self, key: str) -> dict[str, str] | None:
        return self.stored.get(key)

    def seems_absent(self, key: str) -> bool:
        return key not in self.stored

    async def put(self, key: str, value: dict[str, str]) -> None:
        self.stored[key] = value

    async def replace(self, key: str, old: dict[str, str] | None, new: dict[str, str]) -> bool:
        replaced = self.stored.get(key) == old
        if replaced:
            self.stored[key] = new
        return replaced

    async def drop(self, key: str) -> None:
        self.stored.pop(key, None)

    async def keys(self) -> list[str]:
        return list(self.stored)

    async def close(self) -> None:
        """Does nothing."""


class ManualClock:
    """A clock that is set by hand."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **length: float) -> datetime:
        self.at += timedelta(**length)
        return self.at


def a_config(**tables: Any) -> Config:
    """Typical settings of a desk; each given table is merged into the defaults."""
    defaults: dict[str, Any] = {
        "desk": {"admins": [CARLA], "timezone": "Europe/Berlin", "phone_region": "DE"},
        "customer": {"main_id": "73125"},
        "levels": {"second": {"group": "S0SECOND"}},
        "retarus": {"channel": "retarus-escalation", "email": MAIL, "from_address": "desk@nordlicht.example"},
        "priorities": [{"name": "P1", "definition": "A service is down"}, {"name": "P2"}],
    }
    for name, table in tables.items():
        defaults[name] = {**defaults.get(name, {}), **table} if isinstance(table, dict) else table
    return parse(defaults)


def given(answers: Mapping[str, str] | None = None, *, now: datetime = NOW, **tables: Any) -> CheckContext:
    return CheckContext(now, a_config(**tables), answers or {})


def an_actor(user: str = BEN, *levels: Level, admin: bool = False) -> Actor:
    return Actor(PEOPLE[user], frozenset(levels or LEVELS.get(user, ())), admin)


def a_contact(user: str = BEN, **values: Any) -> Contact:
    defaults: dict[str, Any] = {
        "name": PEOPLE[user].name,
        "email": f"{PEOPLE[user].name.split()[0].lower()}@nordlicht.example",
        "phone": "+498912345679",
        "levels": (Level.FIRST, Level.SECOND),
        "authorised_since": date(2019, 1, 7),
        "attested_on": date(2019, 1, 7),
    }
    return Contact(slack_user=user, **{**defaults, **values})


RAISED = {
    "customer": "Müller GmbH",
    "main_id": "73125",
    "services": "Email Security",
    "start": START,
    "happens": "Outbound mail is rejected with 550 since the connector update.",
    "impact": "no outbound mail for three customers",
    "contact": "Anna Arnold, +49 89 12345678",
}
"""Answers an agent knows on the phone."""

HANDED_OFF = {
    "info": "correct",
    "priority": "P1",
    "priority_reason": "no outbound mail",
    "triage": "Restarted the connector: no change",
    "remote": "ok",
    "known": "no",
    "searched": "technical notes and the status page: nothing",
    "summary_first": "Connector 4.2 was updated at 10:55; restart tried; all tenants on DE1.",
}
"""The tasks of the 1st level."""

TEMPLATE = {
    "tenants": "12345RS\n23456RS",
    "interface": "smtp-de1.example.com, data center DE1",
    "error": "550 5.7.1 rejected",
    "affected": "3",
    "example.1.when": "1566896640",
    "example.1.sender": "a@mueller.example",
    "example.1.recipient": "b@target.example",
    "example.1.status": "550 5.7.1 rejected",
    "example.1.log": "10:04:00 RCPT TO rejected",
    "related": "none",
}
"""Other answers of the template."""

SECOND = {
    "reproduced": "yes",
    "steps": "Sent a mail through DE1: rejected",
    "done": "Restart of the connector: no change",
    "test": "yes",
    "test_terms": "to test@mueller.example, weekdays 09–17",
    "system": "Connector 4.2, standard set-up",
    "why_retarus": "Only they see the policy that rejects",
    "summary_second": "The rejection comes from the policy service on DE1.",
}
"""The tasks of the 2nd level, and what they know of the matrix."""

COMPLETE = RAISED | HANDED_OFF | TEMPLATE | SECOND
"""A ticket that is complete for Retarus."""


def an_incident(stage: Stage = Stage.NEW, **values: Any) -> Ticket:
    """A complete incident of Anna's, at this stage; `answers` replaces all of them, `also` adds some."""
    also = values.pop("also", {})
    defaults: dict[str, Any] = {
        "number": 1042,
        "kind": Kind.INCIDENT,
        "stage": stage,
        "raised_by": ANNA,
        "owner": BEN if stage in {Stage.SECOND, Stage.SECOND_ASKED, Stage.RETARUS} else ANNA,
        "first_owner": ANNA,
        "raised_at": NOW,
        "since": NOW,
        "zone": "Europe/Berlin",
        "answers": COMPLETE,
    }
    ticket = Ticket(id="t1", **{**defaults, **values})
    return ticket.model_copy(update={"answers": {**ticket.answers, **also}})


def without(answers: Mapping[str, str], *keys: str) -> dict[str, str]:
    return {key: text for key, text in answers.items() if key not in keys}


def an_event(ticket: Ticket, kind: str, by: str = ANNA, **detail: str) -> Event:
    return Event(ticket_id=ticket.id, version=ticket.version, at=NOW, by=by, kind=kind, detail=detail)


def a_notice(
    ticket: Ticket, kind: NoticeKind = NoticeKind.CARD, to: str = DESK, body: Mapping[str, Any] | None = None
) -> Notice:
    key = f"{ticket.id}:{ticket.version}:{kind}:{to}"
    return Notice(
        key=key, ticket_id=ticket.id, lane=key, kind=kind, to=to, version=ticket.version, due=NOW, body=dict(body or {})
    )


@dataclass(repr=False)  # asyncio takes the representation of what a test begins with
class World:
    """A desk with everything around it in memory. Its short cuts take a ticket through the guide's lifecycle."""

    parts: dict[str, Any]
    """Parts of the desk, by the names of `open_desk`."""
    desk: Desk
    store: MemoryStore
    clock: ManualClock
    woken: list[datetime] = field(default_factory=list)
    forms: int = 0

    @property
    def drafts(self) -> Drafts:
        return cast("Drafts", self.parts["drafts"])

    def form(self) -> str:
        """The id of a new form or click."""
        self.forms += 1
        return f"V{self.forms:04}"

    def at(self, **changes: Any) -> World:
        """The same desk with other settings."""
        parts = self.parts | changes
        return replace(self, parts=parts, desk=open_desk(**parts))

    async def raised(self, by: str = ANNA, **answers: str) -> Ticket:
        return await self.desk.tickets.create(by, Kind.INCIDENT, RAISED | answers, self.form())

    async def taken(self) -> Ticket:
        ticket = await self.raised()
        return await self.desk.tickets.act(ticket.id, Move.TAKE, ANNA, self.form())

    async def handed_off(self, **answers: str) -> Ticket:
        ticket = await self.taken()
        return await self.desk.tickets.hand_off(ticket.id, ANNA, HANDED_OFF | answers, self.form(), ticket.version)

    async def accepted(self) -> Ticket:
        ticket = await self.handed_off()
        return await self.desk.tickets.act(ticket.id, Move.ACCEPT, BEN, self.form())

    async def complete(self, **answers: str) -> Ticket:
        """With the 2nd level, and nothing missing for Retarus."""
        ticket = await self.accepted()
        ticket = await self.desk.answers.fill_in(ticket.id, ANNA, TEMPLATE | answers, self.form(), ticket.version)
        return await self.desk.escalation.prepare(ticket.id, BEN, SECOND, self.form(), ticket.version)

    async def sent(self) -> Ticket:
        ticket = await self.complete()
        return await self.desk.escalation.send(ticket.id, BEN, self.form(), ticket.version)

    async def asked_again(self, ticket: Ticket) -> Ticket:
        """A ticket that came back from Retarus, with a new summary and a new ask, to be sent again."""
        answers = {
            "summary_second": "Still rejected after the correction.",
            "why_retarus": "Correct the second rule too",
        }
        return await self.desk.answers.fill_in(ticket.id, BEN, answers, self.form(), ticket.version)

    async def resolved(self) -> Ticket:
        ticket = await self.accepted()
        return await self.desk.tickets.act_with_text(
            ticket.id, Move.RESOLVE, BEN, self.form(), "remedy", "Policy corrected"
        )

    async def closed(self) -> Ticket:
        ticket = await self.resolved()
        return await self.desk.tickets.act(ticket.id, Move.CONFIRM, ANNA, self.form())

    async def notices(self, ticket: Ticket) -> list[Letter]:
        """Notices of this ticket in the outbox, oldest first."""
        return (await self.store.letters(ticket_id=ticket.id, limit=1000))[::-1]

    async def notices_of_kind(self, ticket: Ticket, kind: NoticeKind) -> list[Notice]:
        """The notices of this kind that the ticket's present version caused."""
        rows = await self.notices(ticket)
        return [row.notice for row in rows if row.notice.kind is kind and row.notice.version == ticket.version]


async def a_world(*contacts: Contact, **tables: Any) -> World:
    """A desk whose register holds these contacts; Ben, authorised, when none is named."""
    clock = ManualClock()
    store = MemoryStore(clock)
    await store.apply(Batch(contacts=contacts or (a_contact(BEN),)))
    woken: list[datetime] = []
    parts: dict[str, Any] = dict(  # noqa: C408 (named like the arguments they are)
        store=store,
        drafts=MemoryDrafts(),
        directory=Cast(),
        config=a_config(**tables),
        clock=clock,
        routes=Routes(desk=DESK, retarus=RETARUS, email=MAIL),
        wake=lambda: woken.append(clock.at),
    )
    return World(parts, open_desk(**parts), store, clock, woken)
