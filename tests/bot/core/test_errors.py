"""Descriptions of errors for the log: trouble of other services in a few words, faults of the desk with their place."""

from __future__ import annotations

import logging
import sqlite3

import aiosmtplib
import pytest
from aiohttp import ClientConnectionError
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from app import _warn_of_audience
from bot.core.errors import StoreDown, described, trouble_of
from tests.doubles.agreeable_slack import agreeable_slack
from tests.factories import a_world


def slack_says(name: str) -> SlackApiError:
    return SlackApiError("The request failed", {"ok": False, "error": name})  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (slack_says("missing_scope"), "Slack says missing_scope"),
        (slack_says("token_revoked"), "Slack says token_revoked"),
        (slack_says(""), "no answer (SlackApiError)"),
        (SlackRequestError("secret"), "no answer (SlackRequestError)"),
        (ClientConnectionError("secret"), "no answer (ClientConnectionError)"),
        (ConnectionResetError("secret"), "no answer (ConnectionResetError)"),
        (TimeoutError(), "no answer (TimeoutError)"),
        (aiosmtplib.SMTPAuthenticationError(535, "secret"), "no answer (SMTPAuthenticationError)"),
        (sqlite3.OperationalError("secret"), "no answer (OperationalError)"),
        (StoreDown("secret"), "the database cannot be used"),
    ],
)
def test_trouble_of_another_service_is_described_in_one_line(error: Exception, words: str) -> None:
    assert described(error) == words


@pytest.mark.parametrize("error", [slack_says("invalid_blocks"), slack_says("missing_argument"), KeyError("secret")])
def test_fault_of_the_desk_is_described_with_its_place_and_without_its_words(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        raise error
    words = described(caught.value)
    assert trouble_of(error) == ""
    assert "test_fault_of_the_desk" in words
    assert "'secret'" not in words


@pytest.mark.parametrize("error", ["missing_scope", "token_revoked", "channel_not_found", "ratelimited"])
async def test_audience_that_slack_does_not_tell_is_logged_in_one_sentence(
    caplog: pytest.LogCaptureFixture, error: str
) -> None:
    caplog.set_level(logging.WARNING)
    async with agreeable_slack() as slack:
        slack.refusal = error
        client = AsyncWebClient(token="xoxb-1", base_url=f"{slack.url}/api/")
        await _warn_of_audience(client, (await a_world()).desk)
    [line] = [each.getMessage() for each in caplog.records if each.name == "desk"]
    assert line == (f"It is not known who reads in the desk channel: Slack says {error}. The next start checks again.")
