"""Permalinks of messages, made from the workspace's address as Slack makes them."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient


@dataclass
class Permalinks:
    """Asks for the workspace's address once: `chat.getPermalink` would be a call for each message."""

    client: AsyncWebClient
    _workspace: str = ""

    async def of(self, channel: str, ts: str) -> str:
        """The permalink of a message that is no reply. Raises what `auth.test` raises."""
        if not self._workspace:
            self._workspace = str((await self.client.auth_test())["url"]).rstrip("/")
        return f"{self._workspace}/archives/{channel}/p{ts.replace('.', '')}"
