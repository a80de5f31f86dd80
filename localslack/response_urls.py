"""Response URLs: each lives 30 minutes and may be used five times."""

from dataclasses import dataclass

from localslack.clock import Clock
from localslack.errors import SlackError
from localslack.ids import random_secret

LIFETIME = 30 * 60
USES = 5
_REMEMBERED = 10_000


@dataclass(slots=True)
class ResponseUrl:
    """The message or channel that an answer to an interaction goes to."""

    app_id: str
    user: str
    channel: str
    message_ts: str | None
    thread_ts: str | None
    expires: float
    uses: int = 0


class ResponseUrls:
    """Issues response URLs below `base_url` and finds them again."""

    def __init__(self, clock: Clock, base_url: str = "") -> None:
        self._clock = clock
        self.base_url = base_url
        self._urls: dict[str, ResponseUrl] = {}

    def issue(
        self,
        app_id: str,
        user: str,
        channel: str,
        *,
        message_ts: str | None = None,
        thread_ts: str | None = None,
        kind: str = "actions",
    ) -> str:
        """Issue a URL; `message_ts` is the message that `replace_original` and `delete_original` mean."""
        key = random_secret(32)
        self._urls[key] = ResponseUrl(app_id, user, channel, message_ts, thread_ts, self._clock.now() + LIFETIME)
        while len(self._urls) > _REMEMBERED:
            del self._urls[next(iter(self._urls))]
        return f"{self.base_url}{kind}/{key}"

    def find(self, key: str) -> ResponseUrl:
        """Find the URL of a key; raises for unknown, expired and used-up ones."""
        url = self._urls.get(key)
        if url is None:
            raise SlackError("invalid_url")
        if self._clock.now() > url.expires:
            raise SlackError("expired_url")
        if url.uses >= USES:
            raise SlackError("used_url")
        return url
