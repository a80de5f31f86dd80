"""Negative cache: keys of which a replica knows that the server has no value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_LIMIT = 5000
"""Keys that are remembered."""


class AbsentKeys:
    """Keys without a value; empty while the process does not hear of other replicas' changes.

    A value that another replica has just saved may not have been heard of yet: what is decided on this is to be
    verified.
    """

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._hears = False
        self._notifications = 0

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def begin(self) -> None:
        """From now on, every value that is saved goes to `saved`."""
        self._hears = True
        self._notifications += 1

    def end(self) -> None:
        """Forgets all keys: saved values are no longer heard of."""
        self._hears = False
        self._notifications += 1
        self._keys.clear()

    def saved(self, key: str) -> None:
        """There is a value now, or may be."""
        self._notifications += 1
        self._keys.discard(key)

    @contextmanager
    def saving(self, key: str) -> Iterator[None]:
        """While a value is being saved: what is read meanwhile is not remembered."""
        self.saved(key)
        try:
            yield
        finally:
            self.saved(key)

    def moment(self) -> int:
        """For `read`: taken before the server is asked."""
        return self._notifications

    def read(self, key: str, moment: int, *, is_absent: bool) -> None:
        """Remembers an answer of the server, unless anything was heard after that moment: it may be older than that."""
        if not is_absent:
            self._keys.discard(key)
        elif self._hears and moment == self._notifications:
            if len(self._keys) >= _LIMIT:
                self._keys.clear()
            self._keys.add(key)
