"""Incoming webhooks: an address per app and channel, which posts without a token."""

from typing import Any

from localslack.api.arguments import Arguments
from localslack.api.content import content
from localslack.errors import SlackError
from localslack.ids import derived_secret
from localslack.posting import Posting
from localslack.records import App, Channel, Json
from localslack.workspace import Workspace

Webhook = tuple[str, str]  # the app's id, the channel's id


class Webhooks:
    """Issues addresses and takes what is posted to them. They are the same as long as the state is kept."""

    def __init__(self, workspace: Workspace, posting: Posting) -> None:
        self._workspace = workspace
        self._posting = posting

    def issue(self, app: App, channel: Channel) -> str:
        """The path of the webhook."""
        return f"services/{self._workspace.team.id}/{app.bot_id}/{self._secret(app.id, channel.id)}"

    def _secret(self, app_id: str, channel_id: str) -> str:
        return derived_secret(self._workspace.secret, "webhook", f"{app_id} {channel_id}", 24)

    def find(self, secret: str) -> Webhook | None:
        """The app and the channel of a webhook."""
        pairs = ((app, channel) for app in self._workspace.apps for channel in self._workspace.channels)
        return next((pair for pair in pairs if self._secret(*pair) == secret), None)

    def take(self, webhook: Webhook | None, body: Any) -> tuple[int, str]:
        """Post a message; status and answer are plain, as Slack's."""
        if webhook is None:
            return 404, "no_service"
        app, channel = self._workspace.apps[webhook[0]], self._workspace.channels[webhook[1]]
        if not isinstance(body, dict):
            return 400, "invalid_payload"
        if channel.is_archived:
            return 410, "channel_is_archived"
        try:
            facts = content(Arguments(body))
        except SlackError as error:
            return 400, error.error
        if not any(facts.get(name) for name in ("text", "blocks", "attachments")):
            return 400, "no_text"
        self._post(app, channel, facts, Arguments(body))
        return 200, "ok"

    def _post(self, app: App, channel: Channel, facts: Json, arguments: Arguments) -> None:
        author = {"bot_id": app.bot_id, "app_id": app.id, "subtype": "bot_message", "username": app.name}
        thread_ts = arguments.ts("thread_ts", "invalid_thread_ts")
        team = app.external_team or self._workspace.team.id
        self._posting.post(channel, **{"text": "", **facts, **author}, team_id=team, thread_ts=thread_ts)
