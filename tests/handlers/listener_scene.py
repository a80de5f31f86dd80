"""A desk on SQLite files, with tickets at every stage and everything else that a listener can be about."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from blocks import outbound
from blocks.form_state import FormState, mark_of
from bot.adapters.store import opened
from bot.model.contact import EndCustomer
from bot.model.conversation import ConversationChanges, Entry, EntrySource, EntryState
from bot.model.notice import Claim, Dead, NoticeKind, Outcome, Place, Sent
from bot.model.ticket import Attachment, Kind, Ticket
from bot.model.transitions import Move
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.factories import ALEX, ANNA, BEN, CARLA, DESK, NOW, RAISED, RITA, World, a_contact, a_world

FILES = tuple(f"{name}.sqlite3{end}" for name in ("desk", "desk-drafts") for end in ("", "-wal"))
FILE = Attachment(id="F1", name="trace.log")
_LATER = timedelta(minutes=59)
"""Time after which every notice of a step is due."""


@dataclass
class Scene:
    """The folder with the desk's files, and what is in them, by the names the steps use."""

    folder: Path
    tickets: dict[str, Ticket] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def names(self, ticket: str) -> dict[str, object]:
        """Values of the names in a step about this ticket."""
        about = self.tickets[ticket]
        others = {f"{name}_{key}": value for name, each in self.tickets.items() for key, value in _names(each).items()}
        return {**_names(about), **others, **self.ids}


def _names(ticket: Ticket) -> dict[str, object]:
    return {"id": ticket.id, "version": ticket.version, "number": ticket.number, "card": card_ts(ticket.id)}


@asynccontextmanager
async def desk_on(folder: Path) -> AsyncIterator[tuple[World, Store]]:
    """A desk on the files of this folder."""
    settings = {
        "desk": {"emoji": True, "leads": [CARLA, BEN], "admins": [CARLA]},
        "guides": {"partner_version": "1", "global_version": "2"},
    }
    w = await a_world(**settings)
    async with opened(f"sqlite:///{folder / 'desk.sqlite3'}", w.clock) as (store, drafts):
        yield w.at(store=store, drafts=drafts), store


def copied(source: Path, target: Path) -> Path:
    """Copies the files as they are at this moment: what `kill -9` leaves."""
    target.mkdir()
    for name in FILES:
        if (source / name).exists():
            shutil.copyfile(source / name, target / name)
    return target


async def a_scene(folder: Path) -> Scene:
    """Tickets of all stages, raised by Anna and with Ben at the 2nd level; nothing waits to be delivered."""
    scene = Scene(folder)
    async with desk_on(folder) as (w, store):
        people = [a_contact(user, has_eas=True) for user in (ANNA, ALEX, BEN)]
        await store.apply(
            Batch(contacts=people, customers=[EndCustomer(id="customer", name="Müller GmbH", agreement="A-1")])
        )
        await _add_tickets(w, scene)
        await delivered(store, without_failures)
        await _add_undelivered(w, scene, store)
        await _add_others(w, scene, store)
        await delivered(store, without_failures)
        scene.tickets = {name: await w.desk.queries.ticket(each.id) for name, each in scene.tickets.items()}
    return scene


async def _add_tickets(w: World, scene: Scene) -> None:
    found, tickets = scene.tickets, w.desk.tickets
    found["new"], found["first"] = await w.raised(), await w.taken()
    found["handed_off"], found["second"] = await w.handed_off(), await w.accepted()
    found["complete"], found["retarus"] = await w.complete(), await w.sent()
    found["resolved"], found["closed"] = await w.resolved(), await w.closed()
    asked = await w.taken()
    found["asked"] = await tickets.act_with_text(
        asked.id, Move.ASK_CUSTOMER, ANNA, w.form(), "question", "Does it still happen?"
    )
    found["leading"], found["led"] = await w.accepted(), await w.taken()
    leading = f"PD-{found['leading'].number}"
    await w.desk.known_issues.same_cause(found["led"].id, ANNA, leading, w.form())
    found["with_file"] = await w.complete()
    await w.desk.evidence.attach(found["with_file"].id, BEN, [FILE], w.form())
    found["checked"] = await w.taken()
    checked = found["checked"]
    await w.desk.answers.check(checked.id, ANNA, {"info": "correct"}, w.form(), checked.version)
    found["portal"] = await w.complete()
    found["urgent"] = await w.raised(priority="P1", priority_reason="No outbound mail")


async def _add_undelivered(w: World, scene: Scene, store: Store) -> None:
    """An alert, and two letters that Retarus did not get: one as it was, one whose facts have changed since."""
    await w.desk.membership.joined(RITA, DESK)
    scene.ids["alert"] = next(key for key in await delivered(store, _with_failures) if key.startswith("audience:"))
    for name in ("failed", "changed"):
        ticket = scene.tickets[name] = await w.sent()
        keys = await delivered(store, _with_failures)
        scene.ids[name] = next(key for key in keys if key.startswith(ticket.id) and "letter_mail" in key)
    changed = scene.tickets["changed"]
    await w.desk.answers.fill_in(changed.id, BEN, {"error": "551 another"}, w.form(), changed.version)


async def _add_others(w: World, scene: Scene, store: Store) -> None:
    """Notes, mails of theirs, a handover, and drafts."""
    words = {"symptom": "550 from DE1", "remedy": "Correct the policy"}
    note = await w.desk.notes.write(words, BEN, w.form())
    retired = await w.desk.notes.write(words, BEN, w.form())
    await w.desk.notes.retire(retired.id, BEN, "It was wrong", w.form(), retired.version)
    with_retarus = scene.tickets["retarus"].id
    mail = {"source": EntrySource.MAIL, "kind": "answer", "at": NOW, "has_original": True, "words": "Corrected"}
    unknown = Entry(id="unknown", state=EntryState.UNASSIGNED, **mail)
    known = Entry(id="known", state=EntryState.SHOWN, ticket_id=with_retarus, rcr=("RCR-88123",), **mail)
    await store.apply(Batch(conversation=ConversationChanges(new=(unknown, known))))
    await w.desk.handovers.offer(ANNA, "All quiet", "handover")
    handover = next(each for each in await w.drafts.keys() if each.startswith("handover:"))
    await w.desk.tickets.save_draft(ANNA, Kind.INCIDENT, RAISED)
    await w.desk.conversation.save_draft(BEN, with_retarus, "We tried it again")
    draft = await w.desk.queries.draft(ANNA, Kind.INCIDENT)
    scene.ids["with_draft"] = FormState(Kind.INCIDENT, draft=Kind.INCIDENT, mark=mark_of(draft)).pack()
    preview = await w.desk.outbound.preview(with_retarus, BEN, "We tried it again", "")
    scene.ids["shown"] = str(outbound.preview(preview, "", "", w.desk.config)["private_metadata"])
    await w.desk.register.suspend(ALEX, CARLA, w.form())
    scene.ids |= {"note": note.id, "retired": retired.id, "known": "known", "unknown": "unknown", "handover": handover}


async def delivered(store: Store, outcome: Callable[[Claim], Outcome]) -> list[str]:
    """Delivers everything that is due; returns the keys of the notices."""
    keys = []
    while claims := await store.claim(NOW + _LATER, _LATER, 100):
        for claim in claims:
            assert await store.settle(claim, outcome(claim), NOW)
        keys += [claim.notice.key for claim in claims]
    return keys


def card_ts(ticket_id: str) -> str:
    """Timestamp of a ticket's card."""
    return f"{int(ticket_id, 16) % 10**9}.1"


def without_failures(claim: Claim) -> Outcome:
    """Delivered; a card is then in the desk channel."""
    notice = claim.notice
    if notice.kind is not NoticeKind.CARD:
        return Sent()
    return Sent(Place(ticket_id=notice.ticket_id, role="card", channel=DESK, ts=card_ts(notice.ticket_id)))


def _with_failures(claim: Claim) -> Outcome:
    fails = claim.notice.kind in {NoticeKind.LETTER_MAIL, NoticeKind.ALERT}
    return Dead("Refused.") if fails else without_failures(claim)
