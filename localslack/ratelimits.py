"""Rate limits: Slack's tiers per app, method and minute, and one message a second per channel.

Off unless switched on.
"""

import math
import time
from collections import deque

from localslack.switches import Switches

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}  # calls a minute; a tier of 0 is not limited
LIMITED_HISTORY = ("conversations.history", "conversations.replies")
LIMITED_PAGE = 15  # messages a page, for apps distributed outside the Marketplace


class RateLimits:
    """Counts calls. Real time, not the movable clock: clients wait in real time, too."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._calls: dict[tuple[str, ...], deque[float]] = {}
        self._notified_at: dict[str, float] = {}  # when an app last got app_rate_limited

    def wait(self, app_id: str, method: str, tier: int) -> int:
        """Seconds to wait before this call is allowed, 0 if it is allowed now (and counted)."""
        if self._switches.history_limited and method in LIMITED_HISTORY:
            return self._count((app_id, method), 1, 60.0)
        if not self._switches.rate_limits or tier not in TIERS:
            return 0
        return self._count((app_id, method), TIERS[tier], 60.0)

    def wait_to_post(self, app_id: str, channel: str) -> int:
        """Seconds to wait before a message to this channel is allowed; 0 if it is allowed now (and counted)."""
        if not self._switches.rate_limits:
            return 0
        burst = max(1, int(self._switches.post_burst))
        return self._count((app_id, "chat.postMessage", channel), burst, float(burst))

    def event(self, app_id: str) -> bool | None:
        """None if an event may be sent (and is counted); else True if app_rate_limited is due, once a minute."""
        if not self._switches.rate_limits:
            return None
        if not self._count((app_id, "events"), max(1, int(self._switches.events_per_hour)), 3600.0):
            return None
        now = time.monotonic()
        is_news = now - self._notified_at.get(app_id, -math.inf) >= 60.0
        if is_news:
            self._notified_at[app_id] = now
        return is_news

    def _count(self, key: tuple[str, ...], limit: int, window: float) -> int:
        now = time.monotonic()
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - window:
            calls.popleft()
        if len(calls) >= limit:
            return max(1, math.ceil(calls[0] + window - now))
        calls.append(now)
        return 0
