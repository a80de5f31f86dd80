"""Settings of the environment: what is secret, or local to a machine."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config.calendar_url import calendar_url
from bot.config.secret_files import SecretFiles
from bot.core.errors import Misconfigured

ENV_FILE = Path(".env")


class Environment(BaseSettings):
    """Names others rely on: the environment, or `.env` beside the program."""

    model_config = SettingsConfigDict(env_file=ENV_FILE, extra="ignore", env_ignore_empty=True)

    slack_bot_token: str = ""
    slack_app_token: str = ""
    """With it: Socket Mode. Without: HTTP at /slack/events, checked by the signing secret."""
    slack_signing_secret: str = ""
    slack_api_url: str = "https://slack.com/api/"
    slack_posts_per_minute: int = Field(60, ge=0)
    """Messages to one channel; Slack allows 60. 0: unlimited, for a Slack without limits such as the local one."""
    host: str = "127.0.0.1"
    port: int = Field(3000, ge=0, le=65535)
    database_url: str = "sqlite:///var/desk.sqlite3"
    smtp_url: str = ""
    imap_url: str = ""
    """The mailbox that Retarus's answers arrive in: `imaps://user:password@host/INBOX`."""
    on_duty_url: str = ""
    """iCal calendar of who is on duty, for the levels whose `on_duty` in desk.toml names none."""
    oauth_client_id: str = ""
    """With it: OAuth2 for mail, in place of passwords. With `oauth_tenant` Microsoft's client credentials …"""
    oauth_client_secret: str = ""
    oauth_tenant: str = ""
    oauth_refresh_token: str = ""
    """… else this refresh token, at `oauth_token_url`; Google's where that is empty."""
    oauth_token_url: str = ""
    desk_config: Path = Path("desk.toml")
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    replica: str = ""
    """Name of this process in log lines; empty: the machine's name."""
    otel_exporter_otlp_endpoint: str = ""
    """With it: OpenTelemetry traces, sent there by OTLP over HTTP."""

    @field_validator("on_duty_url")
    @classmethod
    def _usable(cls, text: str) -> str:
        return calendar_url(text) if text else ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (Docker's own form is NAME_FILE here)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls, ENV_FILE), dotenv_settings


def environment() -> Environment:
    """The settings of this process. Raises `Misconfigured` with every fault."""
    try:
        return Environment()
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()]
        raise Misconfigured("\n".join(lines)) from None
