"""The messages of a channel in order: the index behind history, threads and unread counts."""

import bisect
from collections.abc import Iterator

from localslack.records import Message


class Timeline:
    """The messages of one channel by time, and the replies of each thread."""

    def __init__(self) -> None:
        self._order: list[str] = []
        self._messages: dict[str, Message] = {}
        self._threads: dict[str, list[str]] = {}
        self.ephemeral: dict[str, Message] = {}

    def __contains__(self, ts: str) -> bool:
        return ts in self._messages or ts in self.ephemeral

    def add(self, message: Message) -> None:
        """Take in a message with a timestamp that is new here."""
        bisect.insort(self._order, message.ts)
        self._messages[message.ts] = message
        if message.is_reply:
            bisect.insort(self._threads.setdefault(message.thread_ts or "", []), message.ts)

    def remove(self, message: Message) -> None:
        """Drop a message."""
        del self._messages[message.ts]
        self._order.pop(bisect.bisect_left(self._order, message.ts))
        if message.is_reply and message.thread_ts:
            self._threads[message.thread_ts].remove(message.ts)

    def get(self, ts: str) -> Message | None:
        """The message everybody sees with this timestamp."""
        return self._messages.get(ts)

    def replies(self, ts: str) -> list[Message]:
        """The thread below a message, oldest first, without its parent."""
        return [self._messages[reply] for reply in self._threads.get(ts, ())]

    def after(self, ts: str) -> Iterator[Message]:
        """All messages later than `ts`, oldest first."""
        for later in self._order[bisect.bisect_right(self._order, ts) :]:
            yield self._messages[later]

    def newest_first(self, latest: str | None = None, *, inclusive: bool = False) -> Iterator[Message]:
        """Messages before `latest` (all of them without it), newest first."""
        end = len(self._order)
        if latest is not None:
            end = (bisect.bisect_right if inclusive else bisect.bisect_left)(self._order, latest)
        for index in range(end - 1, -1, -1):
            yield self._messages[self._order[index]]

    def latest(self) -> Message | None:
        """The newest message the channel itself shows."""
        return next((message for message in self.newest_first() if message.in_channel), None)

    def ephemeral_of(self, person: str) -> list[Message]:
        """The ephemeral messages of this person here, oldest first."""
        return [message for message in self.ephemeral.values() if message.ephemeral_for == person]
