"""Effective settings: each with its value and source, without secrets; values that stand in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import effective
from bot.config.environment import ENV_FILE, Environment, environment
from bot.config.overview import tables
from bot.config.settings_file import load, read
from bot.core.errors import Misconfigured


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)


def sources() -> dict[str, effective.Setting]:
    return {each.name: each for each in effective.of_environment(environment(), ENV_FILE)}


def test_each_setting_of_the_environment_names_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=3001\nHOST=127.0.0.2\n")
    (tmp_path / "token").write_text("xoxb-secret\n")
    monkeypatch.setenv("HOST", "127.0.0.3")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))
    found = sources()
    assert str(found["HOST"]) == "HOST = 127.0.0.3   (environment)"
    assert str(found["PORT"]) == "PORT = 3001   (.env)"
    assert str(found["LOG_LEVEL"]) == "LOG_LEVEL = INFO   (default)"
    assert str(found["SLACK_BOT_TOKEN"]) == f"SLACK_BOT_TOKEN = hidden   ({tmp_path / 'token'})"
    assert environment().slack_bot_token == "xoxb-secret"


@pytest.mark.parametrize("name", ["SLACK_APP_TOKEN", "DATABASE_URL", "SMTP_URL", "SLACK_SIGNING_SECRET"])
def test_any_setting_may_stand_in_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("  sqlite:///elsewhere.sqlite3\n")
    (tmp_path / ".env").write_text(f"{name}_FILE={tmp_path / 'secret'}\n")
    assert getattr(environment(), name.lower()) == "sqlite:///elsewhere.sqlite3"
    monkeypatch.setenv(name, "here")
    with pytest.raises(Misconfigured, match=f"{name} and {name}_FILE are both set"):
        environment()


def test_file_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL_FILE", str(tmp_path / "missing"))
    with pytest.raises(Misconfigured, match=r"SMTP_URL_FILE: .*missing cannot be read"):
        environment()
    (tmp_path / "missing").write_text("\n")
    with pytest.raises(Misconfigured, match="is empty"):
        environment()
    (tmp_path / "missing").write_bytes(b"\xff")
    with pytest.raises(Misconfigured, match="it is not UTF-8"):
        environment()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://desk:s3cret@db.example:5432/desk",
        "postgresql://desk:s3c@s3cret@db.example/desk",
        "postgresql://db.example/desk?user=desk&password=s3cret&sslmode=require",
        "smtp://desk:s3cret@mail.example:587",
        "smtps://:s3cret@mail.example",
        "postgresql://desk:s3c/s3c@s3cret@db.example/desk",
        "imaps://desk:s3c?s3c#s3cret@mail.example/INBOX",
        "host=db.example password=s3cret user=desk",
        "host=db.example PASSWORD = 's3c s3cret' user=desk",
    ],
)
def test_passwords_of_urls_are_hidden(url: str) -> None:
    shown = effective.without_secrets("database_url", url)
    assert "s3c" not in shown
    assert "hidden" in shown
    assert ".example" in shown


def test_each_setting_of_the_file_names_its_source(tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_text('[desk]\nchannel = "support"\n[levels.second]\nmembers = ["U1"]\n')
    found = {each.name: str(each) for each in effective.of_file(load(path), read(path), path)}
    assert found["desk.channel"] == f'desk.channel = "support"   ({path})'
    assert found["levels.second.members"] == f'levels.second.members = ["U1"]   ({path})'
    assert found["desk.prefix"] == 'desk.prefix = "PD"   (default)'
    assert found["reports.monthly_view"].startswith("reports.monthly_view = true ")


def test_address_of_the_calendar_of_who_is_on_duty_is_shown_by_its_host_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "https://cal.example/s3cret/rota.ics?token=s3cret"
    path = tmp_path / "desk.toml"
    path.write_text(f'[levels.first]\non_duty = "S0777DUTY"\n[levels.second]\non_duty = "{url}"\n')
    monkeypatch.setenv("ON_DUTY_URL", url)
    found = {each.name: each.value for each in effective.of_file(load(path), read(path), path)}
    assert found["levels.first.on_duty"] == '"S0777DUTY"'
    in_home = dict(tables(load(path))["levels"])
    assert in_home["first.on_duty"] == "S0777DUTY"
    for shown in (found["levels.second.on_duty"], in_home["second.on_duty"], sources()["ON_DUTY_URL"].value):
        assert shown.strip('"') == "https://cal.example/hidden"
