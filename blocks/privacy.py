"""What do admins see when somebody can read what they should not?"""

from __future__ import annotations

from blocks import kit
from blocks.kit import Json, Message


def stranger(user: str, channel: str) -> Message:
    """A guest, or a person of another organisation, has joined the desk channel."""
    there: Json = {"type": "channel", "channel_id": channel}
    more = ". They are a guest or of another organisation, and can read every ticket there. Should they?"
    line = kit.line(kit.mention(user), kit.text(" has joined "), there, kit.text(more))
    return Message("Somebody from outside can read in the desk channel.", [kit.rich(line)])
