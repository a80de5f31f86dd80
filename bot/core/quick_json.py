"""JSON by pydantic's encoder and decoder, which take a fraction of the standard library's time."""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import from_json, to_json


def dumps(value: Any) -> str:
    """The value as JSON. What only the standard library can write, such as half a surrogate pair, it writes."""
    try:
        return to_json(value).decode()
    except ValueError:
        return json.dumps(value)


def loads(text: str | bytes) -> Any:
    """The value of a JSON text. What only the standard library can read, it reads; `ValueError` when it cannot."""
    try:
        return from_json(text)
    except ValueError:
        return json.loads(text)
