"""The interface of a database engine for the store."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from bot.adapters.store.connection_protocol import Connection

T = TypeVar("T")


class Engine(Protocol):
    """The interface of an engine. Every method may raise `StoreDown`."""

    async def change(self, work: Callable[[Connection], T], /) -> T:
        """Runs this in one transaction: when it returns, it is on disk; when it raises, nothing was changed."""

    async def save(self, work: Callable[[Connection], T], /) -> T:
        """`change`, for a short one: those that wait at the same time share a commit."""

    async def read(self, work: Callable[[Connection], T], /) -> T:
        """Runs this on what was committed."""

    async def look_up(self, work: Callable[[Connection], T], /) -> T:
        """`read`, for a few rows found by their keys: an embedded database looks them up at once."""

    def lease(self, operation: str, /) -> AbstractAsyncContextManager[bool]: ...

    async def close(self) -> None: ...
