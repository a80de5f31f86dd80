"""Settings whose value stands in a file: `SLACK_BOT_TOKEN_FILE=/run/secrets/slack_bot_token`, and so for every name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.core.errors import Misconfigured

SUFFIX = "_FILE"


def given(env_file: Path) -> dict[str, str]:
    """Every setting of the environment and of `.env`, by its name; the environment prevails."""
    from_file = dotenv_values(env_file) if env_file.is_file() else {}
    return {name.upper(): value for name, value in {**from_file, **os.environ}.items() if value}


class SecretFiles(PydanticBaseSettingsSource):
    """Reads NAME_FILE for each setting NAME. `Misconfigured` where it cannot be read, or NAME is given too."""

    def __init__(self, settings: type[BaseSettings], env_file: Path) -> None:
        super().__init__(settings)
        self._given = given(env_file)

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        name = field_name.upper()
        path = self._given.get(name + SUFFIX)
        if path and name in self._given:
            raise Misconfigured(f"{name} and {name}{SUFFIX} are both set: leave one of them out.")
        return (_content(name, Path(path)) if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


def _content(name: str, path: Path) -> str:
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise Misconfigured(f"{name}{SUFFIX}: {path} cannot be read ({reason}).") from None
    if not text:
        raise Misconfigured(f"{name}{SUFFIX}: {path} is empty.")
    return text
