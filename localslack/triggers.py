"""Trigger ids: each lives 3 s and opens one view, for the app that was given it."""

from dataclasses import dataclass

from localslack.clock import Clock
from localslack.errors import SlackError
from localslack.ids import random_secret
from localslack.switches import Switches

_REMEMBERED = 10_000


@dataclass(slots=True)
class Trigger:
    """An action of a person, which an app may answer with a modal."""

    app_id: str
    user: str
    expires: float
    exchanged: bool = False


class Triggers:
    """Issues trigger ids and takes them back once."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._triggers: dict[str, Trigger] = {}

    def issue(self, app_id: str, user: str) -> str:
        """Issue a trigger id."""
        now = self._clock.now()
        trigger_id = f"{int(now * 1000)}.{len(self._triggers)}.{random_secret(32)}"
        self._triggers[trigger_id] = Trigger(app_id, user, now + self._switches.trigger_seconds)
        while len(self._triggers) > _REMEMBERED:
            del self._triggers[next(iter(self._triggers))]
        return trigger_id

    def check(self, trigger_id: str, app_id: str) -> Trigger:
        """The trigger, if the app can exchange it now; it is used up by setting `exchanged`."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None or trigger.app_id != app_id:
            raise SlackError("invalid_trigger_id")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() > trigger.expires:
            raise SlackError("expired_trigger_id")
        return trigger
