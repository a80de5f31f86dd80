"""Arguments of a call from JSON, forms, queries and multipart, in every SDK's encoding."""

import json
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from localslack.errors import SlackError
from localslack.records import Json

_TRUE, _FALSE = {"1", "true", "True", "t"}, {"0", "false", "False", "f", ""}
_JSON, _FORM, _MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_TS = re.compile(r"\d{1,12}(\.\d{1,6})?")


class Arguments:
    """Named values; each getter answers None (or its default) for an absent argument."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = {key: value for key, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str | None:
        """A string; numbers are taken as such."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise SlackError.invalid_arguments(f"[ERROR] must be a string [json-pointer:/{name}]")

    def needed(self, name: str) -> str:
        """A string that must not be missing or empty."""
        value = self.text(name)
        if not value:
            raise SlackError.invalid_arguments(f"[ERROR] missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean, also as 1/0 and true/false."""
        value = self.values.get(name, default)
        if isinstance(value, bool):
            return value
        if str(value) in _TRUE:
            return True
        if str(value) in _FALSE:
            return False
        raise SlackError.invalid_arguments(f"[ERROR] must be a boolean [json-pointer:/{name}]")

    def number(self, name: str, default: int, *, maximum: int | None = None) -> int:
        """A whole number; 0 and less mean the default, too much means `maximum`."""
        value = self.values.get(name, default)
        try:
            number = int(float(value))
        except (TypeError, ValueError, OverflowError):
            raise SlackError.invalid_arguments(f"[ERROR] must be an integer [json-pointer:/{name}]") from None
        number = number if number > 0 else default
        return min(number, maximum) if maximum else number

    def ts(self, name: str, error: str) -> str | None:
        """A timestamp padded to six decimals, so that it sorts like those of messages."""
        value = self.text(name)
        if value in (None, "", "now"):
            return None
        if value is None or not _TS.fullmatch(value):
            raise SlackError(error)
        seconds, _, micros = value.partition(".")
        return f"{int(seconds)}.{micros.ljust(6, '0')}"

    def json(self, name: str, error: str) -> Any:
        """A structure, given as such or as a JSON string."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise SlackError(error) from None

    def list(self, name: str) -> list[str]:
        """Strings, given as a list, a JSON list or comma-separated."""
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, str) and value.lstrip().startswith("["):
            value = self.json(name, "invalid_arguments")
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
            return value
        raise SlackError.invalid_arguments(f"[ERROR] must be a list of strings [json-pointer:/{name}]")


async def read(request: web.Request) -> tuple[Json, list[str]]:
    """All arguments of a request, those of its body first, and Slack's warnings on the content type."""
    values: Json = dict(request.query)
    if request.method != "POST" or not request.can_read_body:
        return values, []
    declared = request.headers.get("Content-Type")
    if declared is None:
        raise SlackError("missing_post_type")
    if request.content_type not in (_JSON, _FORM, _MULTIPART):
        raise SlackError("invalid_post_type")
    if request.content_type == _JSON:
        return values | await _json_body(request), [] if request.charset else ["missing_charset"]
    return values | await _form_body(request), ["superfluous_charset"] if request.charset else []


async def _json_body(request: web.Request) -> Json:
    try:
        body = (await request.read()).decode(request.charset or "utf-8")
        parsed = json.loads(body) if body.strip() else {}
    except (ValueError, LookupError, RecursionError):
        raise SlackError("invalid_json") from None
    if not isinstance(parsed, dict):
        raise SlackError("json_not_object")
    return parsed


async def _form_body(request: web.Request) -> Json:
    try:
        form = await request.post()
    except (ValueError, LookupError, HttpProcessingError):
        raise SlackError("invalid_form_data") from None
    return dict(form)
