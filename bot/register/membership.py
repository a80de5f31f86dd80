"""Who joins the desk channel, and must the admins hear of it? Tickets hold customers' data."""

from __future__ import annotations

from bot.core.errors import Duplicate
from bot.ports import Batch, Directory, Store


async def is_new_stranger(store: Store, directory: Directory, user: str) -> bool:
    """Whether this is a guest, or a person of another organisation, of whom nobody was told yet."""
    person = await directory.person(user)
    if not (person.is_guest or person.is_external):
        return False
    try:
        await store.apply(Batch(once=[f"{user}:audience"]))
    except Duplicate:
        return False
    return True
