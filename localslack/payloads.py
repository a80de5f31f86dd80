"""Every payload that Slack sends to an app, with the keys the real ones have."""

from localslack.ids import random_id, random_secret
from localslack.records import App, Channel, Json, Message, Person, View
from localslack.response_urls import ResponseUrls
from localslack.triggers import Triggers
from localslack.wire import Wire
from localslack.workspace import Workspace


class Payloads:
    """Builds payloads; those an app may answer get a trigger id and, from messages and commands, a response URL."""

    def __init__(self, workspace: Workspace, wire: Wire, triggers: Triggers, urls: ResponseUrls) -> None:
        self.workspace = workspace
        self.wire = wire
        self.triggers = triggers
        self.urls = urls

    # -- interactivity ------------------------------------------------------------------------------------------

    def command(self, app: App, person: Person, channel: Channel, command: str, text: str) -> Json:
        """A slash command's form fields."""
        team = self.workspace.team
        return {
            "token": app.verification_token,
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": channel.id,
            "channel_name": _command_channel_name(channel),
            "user_id": person.id,
            "user_name": person.handle,
            "command": command,
            "text": text,
            "api_app_id": app.id,
            "is_enterprise_install": "false",
            **self.wire.enterprise(),
            "response_url": self.urls.issue(app.id, person.id, channel.id, kind="commands"),
            "trigger_id": self.triggers.issue(app.id, person.id),
        }

    def message_action(self, app: App, person: Person, message: Message, state: Json, action: Json) -> Json:
        """block_actions from a message."""
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.ephemeral_for is not None,
        }
        if message.is_reply:
            container["thread_ts"] = message.thread_ts
        answer = {
            **self._interaction("block_actions", app, person),
            "container": container,
            "channel": self._channel(message.channel),
            "state": {"values": state},
            "response_url": self.urls.issue(
                app.id, person.id, message.channel, message_ts=message.ts, thread_ts=message.thread_ts
            ),
            "actions": [action],
        }
        if message.ephemeral_for is None:
            answer["message"] = self.wire.message(message)
        return answer

    def view_action(self, app: App, person: Person, view: View, state: Json, action: Json) -> Json:
        """block_actions from a modal or Home."""
        return {
            **self._interaction("block_actions", app, person, in_view=True),
            "container": {"type": "view", "view_id": view.id},
            "view": self.wire.view(view, state),
            "actions": [action],
        }

    def submission(self, app: App, person: Person, view: View, state: Json, response_urls: list[Json]) -> Json:
        """view_submission of a modal."""
        return {
            **self._interaction("view_submission", app, person, in_view=True),
            "view": self.wire.view(view, state),
            "response_urls": response_urls,
        }

    def closed(self, app: App, person: Person, view: View, *, cleared: bool) -> Json:
        """view_closed of a modal."""
        payload = self._interaction("view_closed", app, person, in_view=True)
        del payload["trigger_id"]
        return {**payload, "view": self.wire.view(view), "is_cleared": cleared}

    def suggestion(
        self, app: App, person: Person, element: Json, block_id: str, query: str, place: Message | View
    ) -> Json:
        """block_suggestion of an external select."""
        payload = self._interaction("block_suggestion", app, person)
        del payload["trigger_id"]
        payload |= {"action_id": element["action_id"], "block_id": block_id, "value": query}
        if isinstance(place, View):
            return payload | {"container": {"type": "view", "view_id": place.id}, "view": self.wire.view(place)}
        container = {"type": "message", "message_ts": place.ts, "channel_id": place.channel, "is_ephemeral": False}
        return payload | {
            "container": container,
            "channel": self._channel(place.channel),
            "message": self.wire.message(place),
        }

    def shortcut(self, app: App, person: Person, callback_id: str) -> Json:
        """A global shortcut."""
        payload = self._interaction("shortcut", app, person)
        return payload | {"callback_id": callback_id, "action_ts": self._action_ts()}

    def message_shortcut(self, app: App, person: Person, callback_id: str, message: Message) -> Json:
        """A message shortcut."""
        return {
            **self._interaction("message_action", app, person),
            "callback_id": callback_id,
            "action_ts": self._action_ts(),
            "channel": self._channel(message.channel),
            "message_ts": message.ts,
            "message": self.wire.message(message),
            "response_url": self.urls.issue(app.id, person.id, message.channel, thread_ts=message.thread_ts),
        }

    def rate_limited(self, app: App) -> Json:
        """app_rate_limited: too many events in an hour; no event inside."""
        now = int(self.workspace.clock.now())
        return {
            "token": app.verification_token,
            "type": "app_rate_limited",
            "team_id": self.workspace.team.id,
            "minute_rate_limited": now - now % 60,
            "api_app_id": app.id,
        }

    def _interaction(self, kind: str, app: App, person: Person, *, in_view: bool = False) -> Json:
        """The common fields of all interactions. In messages `team` is where the app is, in views the person's."""
        team = self.workspace.team
        return {
            "type": kind,
            "team": self.wire.team_of(person) if in_view else {"id": team.id, "domain": team.domain},
            "user": {"id": person.id, "username": person.handle, "name": person.handle, "team_id": person.team_id},
            "api_app_id": app.id,
            "token": app.verification_token,
            "trigger_id": self.triggers.issue(app.id, person.id),
            "enterprise": self._enterprise(),
            "is_enterprise_install": False,
        }

    def _enterprise(self) -> Json | None:
        team = self.workspace.team
        return {"id": team.enterprise_id, "name": team.enterprise_name} if team.enterprise_id else None

    def _channel(self, channel_id: str) -> Json:
        channel = self.workspace.channels[channel_id]
        return {"id": channel.id, "name": _command_channel_name(channel)}

    def _action_ts(self) -> str:
        return f"{self.workspace.clock.now():.6f}"

    # -- events -------------------------------------------------------------------------------------------------

    def event(self, app: App, event: Json, *, shared_channel: bool = False, from_team: str = "") -> Json:
        """The envelope of the Events API around one event; its `team_id` is that of the acting person."""
        team = self.workspace.team
        authorization = {
            "enterprise_id": team.enterprise_id or None,
            "team_id": team.id,
            "user_id": app.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": app.verification_token,
            "team_id": from_team or team.id,
            **({"enterprise_id": team.enterprise_id} if team.enterprise_id else {}),
            "context_team_id": team.id,
            "context_enterprise_id": team.enterprise_id or None,
            "api_app_id": app.id,
            "event": event,
            "type": "event_callback",
            "event_id": random_id("Ev"),
            "event_time": self.workspace.now,
            "authorizations": [authorization],
            "is_ext_shared_channel": shared_channel,
            "event_context": f"4-{random_secret(40)}",
        }


def _command_channel_name(channel: Channel) -> str:
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)
