"""Records Retarus's replies and tasks of the 3rd level, notifies both levels, and moves the ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.clock import Clock, as_utc
from bot.core.errors import NotNow
from bot.core.i18n import t
from bot.forms import validation
from bot.forms.guide_tasks import OURS, RETARUS
from bot.forms.template_fields import Need
from bot.model.ticket import Stage, Ticket
from bot.model.transitions import Move, Step, apply_move, change, event
from bot.reminders.service import later
from bot.tickets import permissions
from bot.tickets.answers import Answers, details_of
from bot.tickets.changes import Along, Change, Changes
from bot.tickets.queries import Queries

PROMISES = ("update_due", "eta")
"""Announced moments: the next update, and the expected solution (guide L3.4, L3.7)."""
_KEYS = frozenset(field.key for field in RETARUS)


@dataclass(frozen=True)
class RetarusReplies:
    """The 3rd level's tasks."""

    changes: Changes
    queries: Queries
    answers: Answers
    clock: Clock

    async def record_reply(
        self,
        ticket_id: str,
        by: str,
        move: Move,
        word: str,
        typed: Mapping[str, str],
        form: str,
        seen: int,
        along: Along | None = None,
    ) -> Ticket:
        """Records their update or answer: in words, with what they found and promised (guide L3.1, L3.4, L3.5).

        `typed` holds fields of `bot.forms.guide_tasks.RETARUS` and `PROMISES`. An update that says that Retarus did not
        cause it, or brings their remedy, is an answer: the 2nd level goes on.
        """
        promised = self._promised(typed)
        answer = await self.answers.word(ticket_id, word, "word")
        return await self._record(ticket_id, by, move, {"answer": answer, **promised}, typed, form, seen, along)

    async def record(self, ticket_id: str, by: str, typed: Mapping[str, str], form: str, seen: int) -> Ticket:
        """Records one of their tasks by itself."""
        return await self._record(ticket_id, by, None, {}, typed, form, seen)

    async def _record(
        self,
        ticket_id: str,
        by: str,
        move: Move | None,
        detail: Mapping[str, str],
        typed: Mapping[str, str],
        form: str,
        seen: int,
        along: Along | None = None,
    ) -> Ticket:
        actor = await self.queries.actor(by)
        permissions.require_part(actor)
        typed = {key: text for key, text in typed.items() if key in _KEYS}

        async def decide(ticket: Ticket, at: datetime) -> Change | None:
            if move:
                permissions.require(actor, ticket, move)
            self._require_sent(ticket)
            found = await self.answers.rebased(ticket, seen, await self.answers.validated(ticket, typed, Need.RAISE))
            found = validation.changed(ticket, found)
            given = Move.RETARUS_ANSWERED if _is_given_back(ticket, found) else move
            if given is None and not found:
                return None
            if given:
                permissions.require(actor, ticket, given)
            moved = apply_move(ticket, given, by, at) if given else change(ticket)
            moved = moved.model_copy(update={"answers": validation.merged(ticket, found)})
            return Change(moved, event(moved, given or Step.FOUND, by, at, **detail, **details_of(found)))

        return await self.changes.change(ticket_id, f"{form}:hear", decide, along=along)

    def _promised(self, typed: Mapping[str, str]) -> dict[str, str]:
        at = as_utc(self.clock())
        promised = {key: typed[key] for key in PROMISES if typed.get(key)}
        for key, text in promised.items():
            later(text, key, at, timedelta(days=365))
        return promised

    def _require_sent(self, ticket: Ticket) -> None:
        self.answers.require_unclosed(ticket)
        if ticket.sent_at is None:
            raise NotNow(t("This ticket never went to Retarus, so they cannot have said anything yet."))


def _is_given_back(ticket: Ticket, found: Mapping[str, str]) -> bool:
    """The move of an answer: “not caused by Retarus” gives it back (guide L3.1), a remedy is verified (L3.5)."""
    is_ours = found.get("caused_by") == OURS
    return ticket.stage is Stage.RETARUS and (is_ours or bool(found.get("their_remedy")))
