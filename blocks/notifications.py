"""Slack texts of the notifications."""

from __future__ import annotations

from collections.abc import Sequence

from blocks import direct_messages, kit, letter, reminder_messages, thread_lines
from blocks.card import Who
from blocks.kit import Json, Message
from bot.config.settings import Config
from bot.core.i18n import t
from bot.model.letter_text import LetterText
from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Event, Ticket


def messages(
    notice: Notice,
    ticket: Ticket,
    event: Event,
    config: Config,
    who: Who,
    link: str,
    outcomes: Sequence[Json] = (),
) -> Sequence[Message]:
    """One message, or several for a long letter; not the card. `event`: what happened at the notice's version."""
    if notice.kind is NoticeKind.THREAD:
        return [thread_lines.message(notice, ticket, event, config, who, outcomes)]
    if notice.kind is NoticeKind.DIRECT:
        return [direct_messages.direct(notice, ticket, event, config, who, link)]
    if notice.kind is NoticeKind.CHASE_POST:
        return [Message(kit.escape(str(notice.body["text"])), _pages(str(notice.body["text"])))]
    return letter.messages(LetterText.model_validate(notice.body["letter"]))


def reminders(items: Sequence[reminder_messages.Item], notice: Notice, config: Config) -> Sequence[Message]:
    """One message with all reminders of a person; or one line in a thread, struck through."""
    if not items:
        gone = t("The ticket no longer exists.")
        return [Message(gone, [kit.note(gone)])]
    if not items[0].to:
        return [reminder_messages.line(items[0].ticket, items[0].event, config)]
    return [reminder_messages.direct(items, int(str(notice.body["total"])), items[0].to, config)]


def alert(notice: Notice) -> Message:
    """A warning to an admin about the desk itself."""
    subject, text, channel = (str(notice.body.get(key, "")) for key in ("subject", "text", "channel"))
    where: list[Json] = [{"type": "channel", "channel_id": channel}] if channel else []
    line = kit.line(kit.bold(subject), kit.text("\n"), *where, kit.text(f" {text}" if where else text))
    named = f"<#{channel}> " if channel else ""
    return Message(f"{kit.escape(subject)}: {named}{kit.escape(text)}", [kit.rich(line)])


def in_place_of(name: str, message: Message) -> Message:
    """A direct message to a person who has left, as the next person gets it: without buttons meant for that person."""
    reason = t("{name} is no longer in Slack, so you get this message instead.", name=name)
    blocks = [block for block in message.blocks if block["type"] != "actions"]
    return Message(f"{kit.escape(reason)} {message.text}", [kit.note(reason), *blocks])


def _pages(text: str) -> list[Json]:
    return [kit.rich(kit.line(kit.text(piece))) for piece in kit.chunks(text)]
