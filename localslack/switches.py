"""Switches: Slack's waiting times and rate limits, changed while the local Slack runs."""

from dataclasses import asdict, dataclass, field, fields

from localslack.errors import Refused
from localslack.records import Json


@dataclass
class Switches:
    """Switches with Slack's own values as defaults. All times in seconds."""

    rate_limits: bool = False  # Slack's tiers per method, one message a second per channel
    post_burst: float = 5  # messages at once to one channel
    events_per_hour: float = 30_000  # of one app, with `rate_limits`
    history_limited: bool = False  # conversations.history and .replies as for apps distributed outside the Marketplace
    trigger_seconds: float = 3.0
    ack_seconds: float = 3.0
    redeliver_seconds: float = 3.0
    http_retry_seconds: list[float] = field(default_factory=lambda: [0.0, 60.0, 300.0])
    socket_seconds: float = 3600.0  # how long a Socket Mode connection lives before it is refreshed
    socket_warning_seconds: float = 10.0
    ping_seconds: float = 10.0

    def change(self, wanted: Json) -> None:
        """Change some values; unknown names and wrong types are refused."""
        known = {f.name for f in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise Refused("unknown_switch", f"There is no switch {name!r}; there are {', '.join(sorted(known))}.")
            if not _fits(getattr(self, name), value):
                raise Refused("invalid_switch", f"{name} cannot be {value!r}.")
        for name, value in wanted.items():
            setattr(self, name, value)

    def to_json(self) -> Json:
        """All values."""
        return asdict(self)


def _fits(current: object, value: object) -> bool:
    if isinstance(current, bool) or isinstance(value, bool):
        return isinstance(current, bool) and isinstance(value, bool)
    if isinstance(current, list):
        return isinstance(value, list) and all(_fits(0.0, entry) for entry in value)
    return isinstance(value, int | float) and value >= 0
