"""Presence: a person is active while one of their pages is open; bots always are."""

from collections import Counter

from localslack.records import Person


class Presence:
    """Counts the open pages of each person."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def page_opened(self, user: str) -> bool:
        """Count an opened page; True if it is this person's first."""
        self._open[user] += 1
        return self._open[user] == 1

    def page_closed(self, user: str) -> bool:
        """Count a closed page; True if it was this person's last."""
        self._open[user] -= 1
        return self._open[user] == 0

    def of(self, person: Person) -> str:
        """`active` or `away`."""
        return "active" if person.is_bot or self._open[person.id] > 0 else "away"
