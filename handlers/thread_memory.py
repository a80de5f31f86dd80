"""Replies of people in threads, in memory: as they were read, and as events tell of them. Bounded and short-lived."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.acknowledgements import is_acknowledgement
from handlers.message_text import words_of

_THREADS = 200
_REPLIES = 10
"""The newest replies of a thread that are kept."""
_LONGEST = 16_000
"""Characters of a reply with Slack's markup, which takes up to five for one: more than an input takes without it."""
LIFE = 3600.0
"""Seconds without reads or events after which a thread is forgotten."""

Place = tuple[str, str]
"""A channel, and the timestamp of the message that begins a thread."""


@dataclass(frozen=True)
class Reply:
    """A reply of a person."""

    ts: str
    user: str
    words: str
    """All its words, with Slack's markup."""


@dataclass
class _Thread:
    at: float
    replies: dict[str, Reply] = field(default_factory=dict)


@dataclass
class ThreadMemory:
    """The newest replies by thread; the thread that was touched last is forgotten last."""

    clock: Callable[[], float] = time.monotonic
    _threads: OrderedDict[Place, _Thread] = field(default_factory=OrderedDict)

    def newest(self, place: Place, limit: int) -> list[Reply]:
        """The known replies of a thread, newest first."""
        thread = self._threads.get(place)
        if thread is None or self.clock() - thread.at > LIFE:
            return []
        return [thread.replies[ts] for ts in sorted(thread.replies, reverse=True)[:limit]]

    def learn(self, place: Place, replies: Iterable[Reply], since: str) -> None:
        """Replaces what is known of the time from `since` to the last of these, which were read together."""
        read = {each.ts: each for each in replies}
        thread, last = self._thread(place), max(read, default="")
        for ts in [ts for ts in thread.replies if since < ts <= last and ts not in read]:
            del thread.replies[ts]
        self._keep(thread, read)

    def receive(self, event: Mapping[str, Any]) -> None:
        """Takes in the event of a message: a new reply, one that was edited, or one that was deleted."""
        subtype, channel = event.get("subtype"), str(event.get("channel"))
        if subtype == "message_deleted":
            gone = event.get("previous_message") or {}
            self._drop((channel, str(gone.get("thread_ts"))), str(event.get("deleted_ts")))
            return
        message = event.get("message") or {} if subtype == "message_changed" else event
        if message.get("subtype") == "tombstone":
            self._drop((channel, str(message.get("thread_ts"))), str(message.get("ts")))
        if is_of_person(message):
            thread, ts, words = (
                self._thread((channel, str(message["thread_ts"]))),
                str(message["ts"]),
                words_of(message),
            )
            thread.replies.pop(ts, None)
            self._keep(thread, {} if is_acknowledgement(words) else {ts: reply_of(message, words)})

    def _drop(self, place: Place, ts: str) -> None:
        thread = self._threads.get(place)
        if thread:
            thread.replies.pop(ts, None)

    def _thread(self, place: Place) -> _Thread:
        now = self.clock()
        thread = self._threads.pop(place, None)
        if thread is None or now - thread.at > LIFE:
            thread = _Thread(now)
        thread.at = now
        self._threads[place] = thread
        while len(self._threads) > _THREADS or now - next(iter(self._threads.values())).at > LIFE:
            self._threads.popitem(last=False)
        return thread

    @staticmethod
    def _keep(thread: _Thread, replies: Mapping[str, Reply]) -> None:
        thread.replies.update(replies)
        for ts in sorted(thread.replies)[:-_REPLIES]:
            del thread.replies[ts]


def is_of_person(message: Mapping[str, Any]) -> bool:
    """True for a reply that a person wrote; an edited one counts, and so does one with files."""
    is_reply = message.get("thread_ts") not in {None, message.get("ts")}
    plain = message.get("subtype") in {None, "file_share", "thread_broadcast"}
    return is_reply and plain and bool(message.get("user")) and not message.get("bot_id")


def reply_of(message: Mapping[str, Any], words: str) -> Reply:
    """A message of a person as it is kept."""
    return Reply(str(message["ts"]), str(message["user"]), words[:_LONGEST])
