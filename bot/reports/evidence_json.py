"""Evidence pack as JSON: moments in ISO 8601 and UTC, durations in seconds."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from bot.clocks.timers import TimerRun
from bot.config.settings import Config
from bot.core.clock import as_moment
from bot.model.notice import Letter
from bot.model.ticket import Event
from bot.reports.evidence_pack import (
    EvidencePack,
    clocks,
    failed_attempts,
    is_mail,
    is_missed,
    priority_in,
    spent,
    words_of,
)
from bot.reports.promises import Announcement
from bot.tickets.reference import reference


def as_json(pack: EvidencePack, config: Config, at: datetime) -> bytes:
    """The pack, with that of the leading ticket inside it."""
    leading = _shape(pack.leading, config, at) if pack.leading else None
    shape = {**_shape(pack, config, at), "leading_ticket": leading}
    return json.dumps(shape, ensure_ascii=False, indent=2).encode()


def _shape(pack: EvidencePack, config: Config, at: datetime) -> dict[str, Any]:
    ticket = pack.ticket
    return {
        "reference": reference(ticket, config),
        "kind": ticket.kind.value,
        "stage": ticket.stage.value,
        "priority": ticket.answer("priority"),
        "retarus_numbers": list(ticket.rcr),
        "made_at": at.isoformat(),
        "card": pack.card,
        "letter": pack.letter,
        "seconds_by_party": {party.value: round(each.total_seconds()) for party, each in spent(ticket, at).items()},
        "clocks": [_clock_shape(run, at) for run in clocks(ticket, config)],
        "events": [_event_shape(each, pack) for each in pack.events],
        "announcements": [_announcement_shape(each, at) for each in pack.announcements()],
        "deliveries": [_delivery_shape(each, pack) for each in pack.deliveries],
        "message_ids": [
            {"at": each.at.isoformat(), "message_id": each.message_id, "sent_by_us": each.is_sent}
            for each in pack.message_ids
        ],
        "received": [
            {
                "at": each.at.isoformat(),
                "way": each.source.value,
                "kind": each.kind,
                "author": each.author or each.address,
                "message_id": each.message_id,
                "link": each.link,
                "text": each.words,
            }
            for each in pack.entries
        ],
    }


def _announcement_shape(promise: Announcement, at: datetime) -> dict[str, Any]:
    return {
        "at": promise.at.isoformat(),
        "promised": promise.kind,
        "due": promise.due.isoformat(),
        "fulfilled_at": _iso(promise.fulfilled),
        "state": promise.state(at),
        "seconds_late": round(promise.late(at).total_seconds()),
    }


def _delivery_shape(row: Letter, pack: EvidencePack) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "way": "e-mail" if is_mail(row) else "channel",
        "to": pack.recipient(row),
        "state": row.state,
        "attempts": row.attempts,
        "reason": row.reason if row.state != "sent" else "",
        "delivered_at": row.at.isoformat() if row.state == "sent" else None,
        "failed_attempts": [{"at": _iso(failed), "reason": reason} for failed, reason in failed_attempts(row)],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _event_shape(event: Event, pack: EvidencePack) -> dict[str, str | None]:
    return {
        "at": event.at.isoformat(),
        "what": event.kind,
        "by": pack.name_of(event.by),
        "said": words_of(event),
        "priority": priority_in(event),
        "files": event.detail.get("files", ""),
        "update_due": _iso(as_moment(event.detail.get("update_due", ""))),
        "eta": _iso(as_moment(event.detail.get("eta", ""))),
    }


def _clock_shape(run: TimerRun, at: datetime) -> dict[str, str | None]:
    return {
        "clock": run.timer.value,
        "start": run.start.isoformat(),
        "due": _iso(run.due),
        "end": _iso(run.end),
        "state": "missed" if is_missed(run) else run.state(at).value,
    }
