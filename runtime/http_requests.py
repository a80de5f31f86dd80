"""Slack's requests over HTTP, read for Bolt."""

from __future__ import annotations

from binascii import a2b_qp
from collections.abc import Mapping
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest

from bot.core import quick_json


class _Interaction(AsyncBoltRequest):
    """A click or a submission with a decoded payload. Bolt checks its signature as for any other request."""

    def __init__(self, raw: str, body: dict[str, Any], headers: Mapping[str, str]) -> None:
        super().__init__(body=body, headers=dict(headers), mode="socket_mode")  # which takes what is read already
        self.raw_body, self.mode = raw, "http"


def bolt_request(raw: str, headers: Mapping[str, str]) -> AsyncBoltRequest:
    """The request as Bolt reads it. `ValueError` when it cannot be read."""
    body = interaction(raw)
    return AsyncBoltRequest(body=raw, headers=dict(headers)) if body is None else _Interaction(raw, body, headers)


def interaction(raw: str) -> dict[str, Any] | None:
    """The payload of a form that holds nothing else; None for another form, or none.

    Forms are encoded like quoted-printable mail but for the letters, which is decoded in C: `parse_qsl`, which Bolt
    uses, takes fifty times as long, for a submission longer than everything else that is done with it.
    """
    name, _, value = raw.partition("=")
    if name != "payload" or "=" in value or "&" in value:
        return None
    body = quick_json.loads(a2b_qp(value.replace("+", " ").replace("%", "=")))
    return body if isinstance(body, dict) else {}
