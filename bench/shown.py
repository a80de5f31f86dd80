"""What has a bot to show that is compared with? The desk's own form, modal and card, and no more."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

TOKEN = "xoxb-bench"
APP_TOKEN = "xapp-bench"


@dataclass(frozen=True)
class Shown:
    """Read from the file SHOWN names."""

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
    """Where to listen by HTTP; 0 with Socket Mode."""
    return int(os.environ.get("PORT", "0"))
