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
    form: dict[str, Any]
    modal: dict[str, Any]
    card: dict[str, Any]
    """Arguments of chat.postMessage."""

    @classmethod
    def read(cls) -> Self:
        return cls(**json.loads(Path(os.environ["SHOWN"]).read_bytes()))


def api_url() -> str:
    return os.environ["SLACK_API_URL"]


def port() -> int:
    """HTTP port to listen on; 0 for Socket Mode."""
    return int(os.environ.get("PORT", "0"))
