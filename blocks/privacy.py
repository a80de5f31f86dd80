"""Alerts to admins about readers without permission."""

from __future__ import annotations

from blocks import kit
from blocks.kit import Json, Message
from bot.core.i18n import t


def stranger(user: str, channel: str) -> Message:
    """A guest, or a person of another organisation, has joined the desk channel."""
    there: Json = {"type": "channel", "channel_id": channel}
    words = t(
        "{person} has joined {channel}. They are a guest or of another organisation, and can read every ticket there. "
        "Should they?"
    )
    line = kit.line(*kit.filled(words, person=kit.mention(user), channel=there))
    return Message(t("Somebody from outside can read the desk channel."), [kit.rich(line)])
