"""Idempotent saving: a batch that was applied under its once-key is not applied again."""

from __future__ import annotations

from bot.core.errors import Duplicate
from bot.tickets.ports import Batch, ChangeStore


async def apply_once(store: ChangeStore, batch: Batch) -> bool:
    """Applies the batch. False if one of its once-keys is used: a redelivered submission or click changes nothing."""
    try:
        await store.apply(batch)
    except Duplicate:
        return False
    return True
