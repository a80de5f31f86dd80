"""An acting person: who acts, what the request names, and the table of all verbs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from localslack.errors import Refused
from localslack.records import App, Channel, Json, Message, Person
from localslack.services import Services


@dataclass
class Actor:
    """One action of one person; `arguments` is the request's body."""

    slack: Services
    person: Person
    arguments: Json

    # -- the request --------------------------------------------------------------------------------------------

    def text(self, name: str, default: str | None = None) -> str:
        """A string of the request."""
        value = self.arguments.get(name, default)
        if not isinstance(value, str):
            raise Refused("invalid_request", f"“{name}” is missing or is not text.")
        return value

    def optional(self, name: str) -> str | None:
        """A string of the request, or None where it is absent."""
        return self.text(name) if self.arguments.get(name) is not None else None

    def table(self, name: str) -> Json:
        """An object of the request, empty where it is not given."""
        value = self.arguments.get(name) or {}
        if not isinstance(value, dict):
            raise Refused("invalid_request", f"“{name}” is not an object.")
        return value

    def several(self, name: str) -> list[Any]:
        """A list of the request, empty where it is not given."""
        value = self.arguments.get(name) or []
        if not isinstance(value, list):
            raise Refused("invalid_request", f"“{name}” is not a list.")
        return value

    # -- names --------------------------------------------------------------------------------------------------

    def channel(self, name: str = "channel") -> Channel:
        """A channel this person can see."""
        wanted = self.text(name)
        found = self.slack.workspace.channel_named(wanted)
        if found is None or not self.slack.membership.can_see(self.person, found):
            raise Refused("channel_not_found", f"There is no channel “{wanted}” that {self.person.name} can see.", 404)
        return found

    def open_channel(self, *, member: bool = True) -> Channel:
        """A channel this person can write in."""
        channel = self.channel()
        if channel.is_archived:
            raise Refused("is_archived", f"#{channel.name} is archived.")
        if channel.frozen_reason:
            raise Refused("is_frozen", f"#{channel.name} can only be read: it is no longer shared.")
        if member and self.person.id not in channel.members:
            raise Refused("not_in_channel", f"{self.person.name} is not in #{channel.name}.")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """A message this person sees there, also an ephemeral one."""
        ts = self.text(name)
        timeline = self.slack.workspace.timeline(channel.id)
        found = timeline.get(ts) or timeline.ephemeral.get(ts)
        if found is None or found.ephemeral_for not in (None, self.person.id):
            raise Refused("message_not_found", "That message does not exist any more.", 404)
        return found

    def someone(self, name: str) -> Person:
        """A member of the workspace."""
        found = self.slack.workspace.person_named(name)
        if found is None:
            raise Refused("user_not_found", f"There is nobody called “{name}”.", 404)
        return found

    def people(self, name: str = "users") -> list[Person]:
        """Members of the workspace."""
        named = self.several(name)
        if not named or not all(isinstance(entry, str) for entry in named):
            raise Refused("invalid_request", f"“{name}” must name people.")
        return [self.someone(entry) for entry in named]

    def app(self, name: str = "app_id") -> App:
        """An installed app."""
        found = self.slack.workspace.apps.get(self.text(name))
        if found is None:
            raise Refused("app_not_found", f"There is no app “{self.text(name)}”.", 404)
        return found

    def file(self, file_id: str) -> Json:
        """The object of a file, for inputs."""
        file = self.slack.workspace.files.get(file_id)
        if file is None or file.deleted:
            raise Refused("file_not_found", f"There is no file “{file_id}”.", 404)
        return self.slack.wire.file(file)


Verb = Callable[[Actor], Awaitable[Json]]
VERBS: dict[str, Verb] = {}


def verb(name: str) -> Callable[[Verb], Verb]:
    """Register what people can do."""

    def register(act: Verb) -> Verb:
        VERBS[name] = act
        return act

    return register
