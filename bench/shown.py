"""The payloads that comparison bots show: the desk's form, modal and card."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

TOKEN = "xoxb-bench"
APP_TOKEN = "xapp-bench"


@dataclass(frozen=True)
class ShownPayloads:
    """Payloads captured from the desk, read from the file named by SHOWN."""

    command: str
    button: str
    move: str
    form: dict[str, Any]
    modal: dict[str, Any]
    card: dict[str, Any]
    """Arguments of chat.postMessage."""

    @property
    def redrawn(self) -> dict[str, Any]:
        """Arguments of chat.update, which shows the card again after a move."""
        return {**{key: self.card[key] for key in ("channel", "text", "blocks")}, "ts": "1700000000.000001"}

    @classmethod
    def read(cls) -> Self:
        return cls(**json.loads(Path(os.environ["SHOWN"]).read_bytes()))


def api_url() -> str:
    return os.environ["SLACK_API_URL"]


def port() -> int:
    """HTTP port to listen on; 0 for Socket Mode."""
    return int(os.environ.get("PORT", "0"))
