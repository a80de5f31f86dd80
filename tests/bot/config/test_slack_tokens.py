"""A token in the wrong variable is named by its kind, without a call to Slack and without its value."""

from __future__ import annotations

import pytest

from bot.config.environment import Environment
from bot.config.slack_tokens import wrong_tokens

BOT, APP, SECRET = "xoxb-1234-5678-aBc", "xapp-1-A0123-4567-89ab", "0123456789abcdef0123456789abcdef"


def wrong(bot: str = BOT, app: str = APP, secret: str = "") -> dict[str, str]:
    return dict(wrong_tokens(Environment(slack_bot_token=bot, slack_app_token=app, slack_signing_secret=secret)))


@pytest.mark.parametrize(("app", "secret"), [(APP, ""), ("", SECRET), (APP, SECRET)])
def test_tokens_in_their_variables_are_accepted(app: str, secret: str) -> None:
    assert not wrong(BOT, app, secret)


def test_swapped_tokens_are_named_with_where_each_belongs() -> None:
    assert wrong(APP, BOT) == {
        "SLACK_BOT_TOKEN": "holds an app-level token (xapp-…), which belongs in SLACK_APP_TOKEN. It should hold "
        "the bot token (xoxb-…): OAuth & Permissions, Bot User OAuth Token",
        "SLACK_APP_TOKEN": "holds a bot token (xoxb-…), which belongs in SLACK_BOT_TOKEN. It should hold "
        "the app-level token (xapp-…): Basic Information, App-Level Tokens, with the scope connections:write",
    }


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("xoxp-1-2-3-abc", "a user token (xoxp-…)"),
        ("xoxe.xoxp-1-Mi0yLTE", "an app configuration token"),
        ("xoxe-1-My0xLTE", "a refresh token"),
        ("xoxe.xoxb-1-abc", "a bot token that expires"),
        ("xoxc-1-2", "somebody's own Slack"),
        ("xoxd-aBc%2F", "somebody's own Slack"),
        ("xoxa-2-1", "of a kind that no app"),
        (SECRET, "a secret of 32 letters and digits"),
        ("1234567890.9876543210", "the app's client ID"),
        ("A012AB34CD5", "the app's ID"),
        ("https://hooks.slack.com/services/T1/B1/x", "an address"),
        ("xoxb-…", "the placeholder of a token"),
        ("xapp-...", "the placeholder of a token"),
        ("xoxb-your-token", "the placeholder of a token"),
        ("hunter2", "something that is not a Slack token"),
    ],
)
def test_kind_of_a_value_that_is_no_token_of_the_bot_is_named(value: str, kind: str) -> None:
    for found in (wrong(bot=value)["SLACK_BOT_TOKEN"], wrong(app=value)["SLACK_APP_TOKEN"]):
        assert kind in found
        assert len(value) < 10 or value not in found


@pytest.mark.parametrize("value", [f'"{BOT}"', f" {BOT}", f"Bearer {BOT}", f"{BOT}\nSMTP_URL=x", f"“{BOT}”"])
def test_token_with_something_around_it_is_refused(value: str) -> None:
    assert "SLACK_BOT_TOKEN" in wrong(bot=value)
    assert BOT not in wrong(bot=value)["SLACK_BOT_TOKEN"]


@pytest.mark.parametrize("value", [BOT, APP, f'"{SECRET}"', "1234567890.9876543210"])
def test_signing_secret_is_no_token(value: str) -> None:
    assert wrong(app="", secret=value)["SLACK_SIGNING_SECRET"].endswith("App Credentials, Signing Secret")
