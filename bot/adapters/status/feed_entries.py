"""Parses RSS and Atom with feedparser. Runs as a process of its own: `python -m bot.adapters.status.feed_entries`.

feedparser takes seconds of the processor for a large hostile page, so it is never called in the desk's own process.
"""

from __future__ import annotations

import calendar
import resource
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pydantic import BaseModel

CPU_LIMIT = 4
"""Seconds of CPU time for one feed. A usual one takes less than a tenth."""
_LIMIT = 200
"""Entries."""
_LONGEST = 20_000
"""Characters of a title or a summary."""


class FeedEntry(BaseModel):
    """One entry; `at` is when it was last changed."""

    id: str
    title: str
    summary: str
    at: datetime | None


class FeedEntries(BaseModel):
    """All entries in their order. `is_feed` is false for a page that is neither RSS nor Atom."""

    is_feed: bool
    entries: tuple[FeedEntry, ...] = ()


def read(body: bytes) -> FeedEntries:
    """Reads a feed; external entities are not followed. A page at which feedparser fails is no feed."""
    import feedparser  # noqa: PLC0415 (only the child process loads it)

    try:
        feed = feedparser.parse(BytesIO(body), sanitize_html=False)
    except Exception:  # noqa: BLE001 (feedparser raises whatever its parts raise, ValueError for a NUL in an encoding)
        return FeedEntries(is_feed=False)
    if not feed.get("version") or (feed.bozo and not feed.entries):
        return FeedEntries(is_feed=False)
    return FeedEntries(is_feed=True, entries=tuple(map(_entry, feed.entries[:_LIMIT])))


def _entry(entry: Mapping[str, Any]) -> FeedEntry:
    title, summary = (_clean(str(entry.get(key, ""))) for key in ("title", "summary"))
    name = _clean(str(entry.get("id") or entry.get("link") or ""))
    return FeedEntry(id=name, title=title, summary=summary, at=_moment(entry))


def _clean(text: str) -> str:
    """Cut, and without lone surrogates, which JSON cannot carry."""
    return text[:_LONGEST].encode("utf-8", "ignore").decode("utf-8")


def _moment(entry: Mapping[str, Any]) -> datetime | None:
    """When it was last changed; feedparser gives UTC."""
    parts = entry.get("updated_parsed" if "updated_parsed" in entry else "published_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(parts), UTC) if parts else None
    except (ValueError, OverflowError, OSError):
        return None


def main() -> None:
    """Reads the feed from standard input, and writes its entries as JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT))
    sys.stdout.buffer.write(read(sys.stdin.buffer.read()).model_dump_json().encode())


if __name__ == "__main__":
    main()
