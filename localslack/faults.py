"""Ordered faults: which of the coming calls and deliveries go wrong, and how.

Call faults concern requests of an app (Web API, response URLs, uploads, downloads, new sockets), delivery faults what
is sent to an app. Durations are real seconds, because clients wait in real time, too.
"""

import asyncio
import itertools
import math
import random
import re
import time
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase

from localslack.errors import Refused
from localslack.records import Json

CALL_FAULTS = ("ratelimited", "http_500", "http_503", "slow", "hang", "reset", "truncated", "garbage")
DELIVERY_FAULTS = ("dropped", "doubled", "late")
_AFTER = ("truncated", "garbage")  # a response can only be broken when there is one
_ALIASES: dict[str, Json] = {"lost_answer": {"fault": "reset", "when": "after"}}
_ERROR_NAME = re.compile(r"[a-z][a-z0-9_]{2,60}")
_TYPES: dict[str, tuple[type, ...]] = {
    "method": (str,),
    "fault": (str,),
    "when": (str,),
    "channel": (str,),
    "app": (str,),
    "times": (int, type(None)),
    "skip": (int,),
    "probability": (int, float),
    "seed": (int,),
    "for_seconds": (int, float, type(None)),
    "seconds": (int, float),
    "jitter": (int, float),
    "retry_after": (int,),
}


@dataclass(slots=True, kw_only=True)
class Fault:
    """One order: `method` is a method or a kind of payload, maybe with `*`; `fault` a name above or an error's.

    `times` None: until it is cleared. `skip`: so many matching calls go well before.
    """

    id: str
    fault: str
    method: str = "*"
    when: str = "before"
    channel: str = ""
    app: str = ""
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    for_seconds: float | None = None
    seconds: float = 0.0
    jitter: float = 0.0
    retry_after: int = 1
    hits: int = 0
    dice: random.Random = field(default_factory=random.Random)
    ends: float = math.inf

    @property
    def is_spent(self) -> bool:
        """True if it will not happen any more."""
        return (self.times is not None and self.hits >= self.times) or time.monotonic() > self.ends

    def concerns(self, kind: str, app: tuple[str, ...], channel: tuple[str, ...]) -> bool:
        """True if a call or delivery matches; app and channel are given by all their names."""
        return (
            fnmatchcase(kind, self.method)
            and (not self.app or self.app in app)
            and (not self.channel or self.channel.removeprefix("#") in channel)
        )

    def strikes(self) -> bool:
        """True if the fault happens this time."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.probability < 1 and self.dice.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def delay(self) -> float:
        """Seconds to wait: `seconds`, and up to `jitter` more."""
        return self.seconds + (self.dice.random() * self.jitter if self.jitter else 0.0)

    def to_json(self) -> Json:
        """The order as the control interface shows it."""
        shown = asdict(self)
        del shown["dice"], shown["ends"]
        return shown


class Faults:
    """The orders, first come first served; each call meets at most one fault."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._numbers = itertools.count(1)
        self._released = asyncio.Event()

    # -- ordering -----------------------------------------------------------------------------------------------

    def order(self, method: str, fault: str, **arguments: object) -> Fault:
        """Order a fault. The arguments are described in docs/local-slack.md."""
        given: Json = {"method": method, "fault": fault, **arguments}
        _check_types(given)
        given |= _ALIASES.get(fault, {})
        _check_values(given)
        if given["fault"] in _AFTER:
            given["when"] = "after"
        if "times" not in given and ("probability" in given or given.get("for_seconds") is not None):
            given["times"] = None
        ordered = Fault(id=str(next(self._numbers)), **given)
        ordered.dice.seed(ordered.seed)
        if ordered.for_seconds is not None:
            ordered.ends = time.monotonic() + ordered.for_seconds
        self._faults.append(ordered)
        return ordered

    def listed(self) -> list[Fault]:
        """All orders that may still happen."""
        self._faults = [fault for fault in self._faults if not fault.is_spent]
        return list(self._faults)

    def cancel(self, fault_id: str) -> bool:
        """Cancel one order; False if there is none. Calls that hang, and payloads that are late, are released."""
        remaining = [fault for fault in self._faults if fault.id != fault_id]
        found, self._faults = len(remaining) < len(self._faults), remaining
        self._release()
        return found

    def clear(self) -> None:
        """Cancel all orders and release calls that hang and payloads that are late."""
        self._faults.clear()
        self._release()

    def _release(self) -> None:
        self._released.set()
        self._released = asyncio.Event()

    # -- matching -----------------------------------------------------------------------------------------------

    def for_call(self, kind: str, app: tuple[str, ...] = (), channel: tuple[str, ...] = ()) -> Fault | None:
        """The fault of a request by an app, if any."""
        return self._next(kind, app, channel, delivery=False)

    def for_delivery(self, kind: str, app: tuple[str, ...] = (), channel: tuple[str, ...] = ()) -> Fault | None:
        """The fault of a payload to an app, if any."""
        return self._next(kind, app, channel, delivery=True)

    def _next(self, kind: str, app: tuple[str, ...], channel: tuple[str, ...], *, delivery: bool) -> Fault | None:
        for fault in self._faults:
            same_side = (fault.fault in DELIVERY_FAULTS) is delivery
            if same_side and not fault.is_spent and fault.concerns(kind, app, channel) and fault.strikes():
                return fault
        return None

    async def hold(self, seconds: float, connection: asyncio.Transport | None) -> None:
        """Wait until the time is over, the fault is cancelled, or the client has disconnected."""
        end = time.monotonic() + (seconds or math.inf)
        released = asyncio.create_task(self._released.wait())
        try:
            while time.monotonic() < end and not released.done() and not (connection and connection.is_closing()):
                await asyncio.wait([released], timeout=min(0.1, max(0.0, end - time.monotonic())))
        finally:
            released.cancel()


def _check_types(given: Json) -> None:
    for key, value in given.items():
        if key not in _TYPES or not isinstance(value, _TYPES[key]) or (isinstance(value, bool)):
            raise Refused("invalid_fault", f"A fault has no {key} = {value!r}.")


def _check_values(given: Json) -> None:
    wrong = {
        "when": given.get("when", "before") not in ("before", "after"),
        "probability": not 0 < given.get("probability", 1) <= 1,
        "times": given.get("times") is not None and given["times"] < 1,
        "fault": _ERROR_NAME.fullmatch(given["fault"]) is None,
        **{key: not 0 <= given.get(key, 0) < 1e9 for key in ("seconds", "jitter", "retry_after", "skip")},
    }
    for key, is_wrong in wrong.items():
        if is_wrong:
            raise Refused("invalid_fault", f"A fault has no {key} = {given[key]!r}.")
    if given["fault"] == "ratelimited" and given.get("when") == "after":
        raise Refused("invalid_fault", "What was rate limited did not happen: “ratelimited” is always before.")
