"""Tokens that stop working for a time: revoked, expired, of a deactivated app, or with a scope taken away."""

import time
from dataclasses import asdict, dataclass

from localslack.errors import Refused
from localslack.records import App, Json

ERRORS = ("invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed")
TOKENS = ("bot", "app", "both")


@dataclass(frozen=True, slots=True)
class Trouble:
    """The error returned for calls with a token of an app."""

    app_id: str
    error: str
    which: str  # bot, app or both
    ends: float | None  # monotonic; None: until it is ended

    @property
    def is_over(self) -> bool:
        """True if its time has passed."""
        return self.ends is not None and time.monotonic() > self.ends


class TokenTroubles:
    """Broken tokens, at most one trouble per app; in real time, as clients wait in real time."""

    def __init__(self) -> None:
        self._troubles: dict[str, Trouble] = {}

    def begin(self, app: App, error: str, which: str = "both", seconds: float | None = None) -> None:
        """Let an app's tokens fail from now on, for some seconds or until `end`."""
        if error not in ERRORS:
            raise Refused("invalid_error", f"A token fails with one of {', '.join(ERRORS)}.")
        if which not in TOKENS:
            raise Refused("invalid_token", f"Name one of {', '.join(TOKENS)} as “which”.")
        ends = None if seconds is None else time.monotonic() + seconds
        self._troubles[app.id] = Trouble(app.id, error, which, ends)

    def end(self, app: App) -> None:
        """Let the tokens work again."""
        self._troubles.pop(app.id, None)

    def clear(self) -> None:
        """Let all tokens work again."""
        self._troubles.clear()

    def error(self, app: App, token: str) -> str | None:
        """The error for a call with this token, None if the token is good."""
        trouble = self._troubles.get(app.id)
        if trouble is None or trouble.is_over or trouble.which not in ("both", self._kind(app, token)):
            return None
        return trouble.error

    @staticmethod
    def _kind(app: App, token: str) -> str:
        return "app" if token == app.app_token else "bot"

    def listed(self) -> list[Json]:
        """All troubles that are not over."""
        return [
            {key: value for key, value in asdict(trouble).items() if key != "ends"}
            for trouble in self._troubles.values()
            if not trouble.is_over
        ]
