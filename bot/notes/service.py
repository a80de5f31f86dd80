"""Service for technical notes: symptom, cause and remedy of a problem (guide, section 3: L2.3 and L3.3).

A note is begun from a ticket, or written by itself; every version is kept. One that proved wrong is retired: it is
found no more, and stays readable where it was named.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.config.settings import Config
from bot.core.cleaning import clean_line, clean_text, fitting
from bot.core.clock import Clock, as_utc
from bot.core.errors import Conflict, Duplicate, Invalid, NotNow, Refused
from bot.core.fillers import Asked, is_reasoned_absence, refusals
from bot.core.i18n import t
from bot.core.identifiers import fold, with_canonical_numbers
from bot.core.secret_detection import faults
from bot.model.technical_note import PREFIX, Source, TechnicalNote
from bot.model.ticket import Event, Ticket
from bot.model.transitions import Move, Step, change, event
from bot.model.undoing import counted
from bot.notes.ports import NoteStore
from bot.tickets import permissions
from bot.tickets.changes import Change, Changes
from bot.tickets.ports import Batch
from bot.tickets.queries import Queries
from bot.tickets.reference import reference

PAGE = 10
"""Notes of one page of the list."""
TEXTS: Mapping[str, int] = {
    "symptom": 3000, "cause": 3000, "remedy": 3000, "workaround": 3000, "material": 3000, "rcr": 500,
}  # fmt: skip
"""Text fields of a note, each with its maximum length."""
_ANSWERED = ("symptom", "cause", "remedy", "workaround")
"""Those that must say something when they are filled in."""
REASON = "reason"
_HINT = re.compile(rf"{PREFIX}[-\s#:]{{0,5}}(\d{{1,9}})", re.IGNORECASE)


@dataclass(frozen=True)
class NotePage:
    """Some of the notes, newest first."""

    notes: tuple[TechnicalNote, ...]
    total: int
    first: int


@dataclass(frozen=True)
class Notes:
    """Use-cases of technical notes: for anybody of either level, and logged with every version."""

    changes: Changes
    queries: Queries
    store: NoteStore
    config: Config
    clock: Clock

    async def page(self, first: int, by: str) -> NotePage:
        await self.queries.require_reader(by)
        total = await self.store.count_notes()
        first = max(0, min(first, total - 1) // PAGE * PAGE)
        return NotePage(tuple(await self.store.notes(limit=PAGE, skip=first)), total, first)

    async def one(self, note_id: str, by: str) -> TechnicalNote:
        await self.queries.require_reader(by)
        found = await self.store.note(note_id)
        if found is None:
            raise Refused(t("There is no such technical note."))
        return found

    async def named(self, text: str, by: str) -> TechnicalNote | None:
        """The note called TN-12."""
        await self.queries.require_reader(by)
        found = _HINT.fullmatch(fold(text))
        return await self.store.note_numbered(int(found[1])) if found else None

    async def shown_or_drafted(self, text: str, by: str) -> TechnicalNote | None:
        """The note of this name, or the beginning of a new one; refuses an unknown name: it is no symptom."""
        named = await self.named(text, by)
        if named is None and _HINT.fullmatch(fold(text)):
            raise Refused(t("There is no such technical note."))
        return named or self.draft_with(text)

    async def history(self, note_id: str, by: str) -> list[TechnicalNote]:
        """Every version, the newest first."""
        await self.queries.require_reader(by)
        return await self.store.note_versions(note_id)

    async def draft_from_ticket(self, ticket_id: str, by: str) -> TechnicalNote:
        """Draft of a note on this ticket: prefilled from its answers, its remedy, and Retarus's last word."""
        permissions.require_part(await self.queries.actor(by))
        ticket = await self.queries.ticket(ticket_id)
        if ticket.is_erased:
            name = reference(ticket, self.config)
            raise NotNow(t("{name} was erased: there is nothing left to note.", name=name))
        return from_ticket(ticket, counted(await self.queries.history(ticket_id)))

    def draft_with(self, symptom: str) -> TechnicalNote | None:
        """A note with only these facts; None without any."""
        at = as_utc(self.clock())
        text = clean_text(symptom)
        if len(text) > TEXTS["symptom"]:
            raise Refused(
                t("This is {length} characters long; at most {most} fit.", length=len(text), most=TEXTS["symptom"])
            )
        note = TechnicalNote(id="", symptom=text, written_by="", written_at=at, changed_by="", changed_at=at)
        return note if text else None

    async def write(self, typed: Mapping[str, str], by: str, form: str, ticket_id: str = "") -> TechnicalNote:
        """Saves a new note. `Invalid` with every fault at once. Idempotent for one form."""
        permissions.require_part(await self.queries.actor(by))
        at = as_utc(self.clock())
        key = hashlib.sha256(f"note:{form}".encode()).hexdigest()[:20]
        note = TechnicalNote(id=key, ticket_id=ticket_id, written_by=by, written_at=at, changed_by=by, changed_at=at)
        written = note.model_copy(update=read(typed, self.config))
        if not ticket_id:
            return await self._apply(written, f"{form}:note")

        async def decide(ticket: Ticket, at: datetime) -> Change:
            """Saves the note with a line in the ticket's thread; its name is known once it is saved."""
            learnt = change(ticket)
            return Change(learnt, event(learnt, Step.LEARN, by, at, id=key), note=written)

        await self.changes.change(ticket_id, f"{form}:note", decide)
        return await self._found(key)

    async def change(self, note_id: str, typed: Mapping[str, str], by: str, form: str, seen: int) -> TechnicalNote:
        """Saves another version. `Conflict` when somebody else changed it since the version this person saw."""
        permissions.require_part(await self.queries.actor(by))
        return await self._next(note_id, by, seen, read(typed, self.config), f"{form}:note:{seen}")

    async def retire(self, note_id: str, by: str, reason: str, form: str, seen: int) -> TechnicalNote:
        """Retires a note that is wrong or outdated: searches no longer find it. `seen`: as in `change`."""
        permissions.require_part(await self.queries.actor(by))
        if not clean_text(reason):
            raise Invalid({REASON: t("Say what is wrong with it: everyone who opens the note reads this.")})
        if wrong := refusals({REASON: reason}, Asked.REASON) | faults({REASON: reason}):
            raise Invalid(wrong)
        retired = {"retired_why": clean_text(reason), "is_retired": True}
        return await self._next(note_id, by, seen, retired, f"{form}:note:{seen}")

    async def reinstate(self, note_id: str, by: str, click: str) -> TechnicalNote:
        """Reinstates a retired note."""
        permissions.require_part(await self.queries.actor(by))
        note = await self.one(note_id, by)
        return await self._next(note_id, by, note.version, {"retired_why": "", "is_retired": False}, f"{click}:note")

    async def _next(self, note_id: str, by: str, seen: int, values: Mapping[str, object], once: str) -> TechnicalNote:
        note = await self.one(note_id, by)
        if await self.store.used(once):
            return note
        if note.version != seen:
            raise Conflict(note_id)
        changes = {"version": note.version + 1, "changed_by": by, "changed_at": as_utc(self.clock())}
        return await self._apply(note.model_copy(update={**values, **changes}), once)

    async def _apply(self, note: TechnicalNote, once: str) -> TechnicalNote:
        with suppress(Duplicate):  # the same submission, delivered twice
            await self.store.apply(Batch(technical_notes=[note], once=[once]))
        return await self._found(note.id)

    async def _found(self, note_id: str) -> TechnicalNote:
        found = await self.store.note(note_id)
        assert found
        return found

    async def name_of(self, note_id: str) -> str:
        """Display name of the note; empty when it was never saved here."""
        found = await self.store.note(note_id)
        return found.name if found else ""


def from_ticket(ticket: Ticket, history: Sequence[Event]) -> TechnicalNote:
    """Draft of a note from the known facts; `source` is Retarus where they answered."""
    answer = _last(history, Move.RETARUS_ANSWERED, "answer")
    remedy = _last(history, Move.RESOLVE, "remedy")
    theirs = {key: _known(ticket, f"their_{key}") for key in ("remedy", "workaround")}
    is_theirs = bool(answer or any(theirs.values())) or ticket.answer("their_note") == "yes"
    source: Literal["ours", "retarus"] = "retarus" if is_theirs else "ours"
    workaround = _known(ticket, "workaround")
    return TechnicalNote(
        id="",
        ticket_id=ticket.id,
        written_by="",
        written_at=ticket.raised_at,
        changed_by="",
        changed_at=ticket.raised_at,
        symptom=fitting((ticket.answer("happens"), _known(ticket, "error")), TEXTS["symptom"]),
        services=tuple(each for each in ticket.answer("services").split("\n") if each),
        cause=fitting((_known(ticket, "cause"),), TEXTS["cause"]),
        remedy=fitting((remedy or theirs["remedy"] or answer,), TEXTS["remedy"]),
        workaround=fitting((theirs["workaround"] if workaround in {"", "none"} else workaround,), TEXTS["workaround"]),
        material=fitting((each.name for each in ticket.attachments), TEXTS["material"]),
        rcr=fitting(ticket.rcr, TEXTS["rcr"]).replace("\n", ", "),
        source=source,
    )


def _known(ticket: Ticket, key: str) -> str:
    """The answer; nothing for one that only says why there is none: “not applicable because …”."""
    text = ticket.answer(key)
    return "" if is_reasoned_absence(text) else text


def _last(history: Sequence[Event], move: Move, key: str) -> str:
    return next((each.detail.get(key, "") for each in reversed(history) if each.kind == move.value), "")


def read(typed: Mapping[str, str], config: Config) -> dict[str, object]:
    """The values of a note in its form; `Invalid` with every fault at once."""
    errors: dict[str, str] = {}
    texts = {key: clean_text(typed.get(key, "")) for key in TEXTS}
    for key, text in texts.items():
        if len(text) > TEXTS[key]:
            errors[key] = t("This is {length} characters long; at most {most} fit.", length=len(text), most=TEXTS[key])
    errors |= refusals({key: texts[key] for key in _ANSWERED}) | faults(texts)
    if not texts["symptom"]:
        errors["symptom"] = t("Describe the symptom: the search finds the note by it.")
    if not (texts["cause"] or texts["remedy"] or texts["workaround"]):
        errors.setdefault("remedy", t("Write what caused it, what helps, or how to work around it: one of the three."))
    if errors:
        raise Invalid(errors)
    services = tuple(each for each in typed.get("services", "").split("\n") if each)
    source: Source = "retarus" if typed.get("source") == "retarus" else "ours"
    return {
        **texts,
        "rcr": with_canonical_numbers(clean_line(texts["rcr"]), config.retarus.rcr_pattern, config.desk.prefix),
        "services": services,
        "source": source,
    }
