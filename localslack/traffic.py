"""The last payloads to apps and calls from them, for the inspector and for tests."""

import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from localslack.clock import Clock
from localslack.records import App, Json

_MAX_ROWS = 2000
_TOKEN = re.compile(r"(xox[a-z]|xapp)-[\w-]{8,}")


@dataclass(slots=True, kw_only=True)
class Row:
    """One payload or call, shown twice: when it begins and when it ends."""

    seq: int
    at: float
    direction: str  # "to_app" or "from_app"
    app_id: str
    app: str
    transport: str
    kind: str
    summary: str
    request: Any
    response: Any = None
    status: str = "pending"
    ms: float | None = None
    retry: int = 0
    http_status: int | None = None
    fault: str = ""  # the ordered fault that it met
    started: float = 0.0

    def to_json(self) -> Json:
        """The row as the control interface shows it."""
        shown = asdict(self)
        del shown["started"]
        return shown


class Traffic:
    """A ring buffer of rows; subscribers are called at each beginning and end."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rows: deque[Row] = deque(maxlen=_MAX_ROWS)
        self._seq = 0
        self.subscribers: list[Callable[[Row], None]] = []

    def begin(
        self, app: App | None, *, direction: str, transport: str, kind: str, request: Any, summary: str = ""
    ) -> Row:
        """Note the beginning of a payload or call."""
        self._seq += 1
        row = Row(
            seq=self._seq,
            at=self._clock.now(),
            direction=direction,
            app_id=app.id if app else "",
            app=app.name if app else "",
            transport=transport,
            kind=kind,
            summary=summary or kind,
            request=without_tokens(request),
            started=time.monotonic(),
        )
        self._rows.append(row)
        self._tell(row)
        return row

    def end(self, row: Row, status: str, response: Any = None, http_status: int | None = None) -> None:
        """Note how a payload or call ended."""
        row.status, row.response, row.http_status = status, without_tokens(response), http_status
        row.ms = round((time.monotonic() - row.started) * 1000, 2)
        self._tell(row)

    def record_fault(self, row: Row, fault: str, http_status: int | None = None) -> None:
        """Record a fault on the row; a call that was not answered at all ends with the fault's name."""
        row.fault = fault
        if row.status == "pending":
            self.end(row, fault, None, http_status)
        else:
            self._tell(row)

    def _tell(self, row: Row) -> None:
        for subscriber in self.subscribers:
            subscriber(row)

    def rows(self, after: int = 0, app_id: str | None = None) -> Iterator[Row]:
        """Rows later than a sequence number, oldest first."""
        return (row for row in self._rows if row.seq > after and app_id in (None, row.app_id))

    def clear(self) -> None:
        """Delete all rows."""
        self._rows.clear()


def without_tokens(value: Any) -> Any:
    """The same with every token shortened to its kind and last four characters."""
    if isinstance(value, str):
        return (
            _TOKEN.sub(lambda found: f"{found[1]}-…{found[0][-4:]}", value)
            if "xox" in value or "xapp" in value
            else value
        )
    if isinstance(value, dict):
        return {key: without_tokens(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [without_tokens(entry) for entry in value]
    return value
