"""Modals and Homes as an app sees them."""

from localslack.records import Json, View
from localslack.wire.part import Part


class Views(Part):
    """Builds view objects, as in views.open."""

    def view(self, view: View, state: Json | None = None) -> Json:
        """A view object; `state` are the values of its inputs."""
        app, body = self.workspace.apps[view.app_id], view.body
        empty: Json = {"type": "plain_text", "text": "View Title", "emoji": True}
        return {
            "id": view.id,
            "team_id": self.workspace.team.id,
            "type": view.type,
            "blocks": body.get("blocks", []),
            "private_metadata": body.get("private_metadata", ""),
            "callback_id": body.get("callback_id", ""),
            "state": {"values": state or {}},
            "hash": view.hash,
            "title": body.get("title", empty),
            "clear_on_close": body.get("clear_on_close", False),
            "notify_on_close": body.get("notify_on_close", False),
            "close": body.get("close"),
            "submit": body.get("submit"),
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": view.app_id,
            "external_id": body.get("external_id", ""),
            "app_installed_team_id": self.workspace.team.id,
            "bot_id": app.bot_id,
        }
