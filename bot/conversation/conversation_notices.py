"""Notices about the conversation: an entry in its thread, a corrected receipt, a word to the mail's caretakers."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from bot.config.settings import Config
from bot.conversation.delivery_reasons import REASONS
from bot.conversation.delivery_report import Delivery
from bot.core.clock import zone
from bot.core.i18n import t
from bot.model.conversation import Entry, FailedDelivery
from bot.model.notice import Notice, NoticeKind, direct_lane, notice_without_ticket
from bot.model.ticket import Ticket
from bot.tickets.notifications import line_place, receipt_place
from bot.tickets.routes import Routes


def entry_place(entry_id: str) -> str:
    """The name of the place of an entry's message in the thread."""
    return f"heard:{entry_id}"


def shown(ticket: Ticket, entry: Entry, routes: Routes, at: datetime) -> Notice:
    """The entry in the ticket's thread; a later version replaces the one before."""
    return Notice(
        key=f"{entry_place(entry.id)}:{entry.version}",
        ticket_id=ticket.id,
        lane=f"{ticket.id}:thread",
        kind=NoticeKind.ENTRY,
        to=routes.desk,
        version=ticket.version,
        due=at,
        body={"entry": entry.id},
    )


def bounced(ticket: Ticket, entry: Entry, routes: Routes, at: datetime) -> list[Notice]:
    """The line of a letter that was not delivered after all, and its receipt where it has a line of its own."""
    failed = next((each for each in entry.deliveries if each.outcome == Delivery.FAILED), None)
    if failed is None or not entry.letter:
        return []
    _, version, way, to = entry.letter.split(":", 3)
    body: dict[str, JsonValue] = {
        "place": receipt_place(entry.letter),
        "failed": way,
        "to": failed.recipient or to,
        "why": failure_sentence(failed),
        "key": entry.letter,
    }
    notice, name, place = shown(ticket, entry, routes, at), f"{entry.id}:{entry.version}", line_place(int(version))
    line = {"key": f"line:{name}", "kind": NoticeKind.LINE, "version": int(version), "body": {"place": place}}
    receipt = {"key": f"receipt:{name}", "kind": NoticeKind.RECEIPT, "body": body}
    return [notice.model_copy(update=line), notice.model_copy(update=receipt)]


def failure_sentence(failed: FailedDelivery) -> str:
    """A notice with one sentence."""
    reason = t(REASONS.get(failed.reason, REASONS["refused"]))
    if not failed.recipient:
        return t("A mail server reports: {reason}.", reason=reason)
    return t("The mail server of {recipient} reports: {reason}.", recipient=failed.recipient, reason=reason)


def caretakers(config: Config) -> tuple[str, ...]:
    """People who are notified about the channels to Retarus: the 2nd level's leads, or else the admins."""
    return tuple(dict.fromkeys(config.levels.second.leads or config.desk.leads or config.desk.admins))


def unassigned(config: Config, at: datetime) -> list[Notice]:
    """A word about unassigned mails, at most once a day and person."""
    day = at.astimezone(zone(config.desk.timezone)).date().isoformat()
    return [word(user, f"unassigned:{day}", {"about": "unassigned"}, at) for user in caretakers(config)]


def word(user: str, key: str, body: dict[str, JsonValue], at: datetime) -> Notice:
    """A sentence to one person; the same key is sent once."""
    return notice_without_ticket(NoticeKind.WORD, f"word:{key}:{user}", user, at, body, lane=direct_lane(user))


def original(user: str, entry_id: str, click: str, at: datetime) -> Notice:
    """The raw mail, as a file in this person's direct messages."""
    notice = word(user, f"original:{entry_id}:{click}", {"entry": entry_id}, at)
    return notice.model_copy(update={"kind": NoticeKind.ORIGINAL})
