"""The first message in the desk channel of a new demo: how to start."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.i18n import Language, speaking, t
from localslack import LocalSlack


async def post_hint(slack: LocalSlack, token: str, channel: str, language: Language) -> None:
    """Posts the message as the bot with this token, once: not where anybody has written already."""
    workspace = slack.services.workspace
    desk = workspace.channel_named(channel)
    if desk and workspace.timeline(desk.id).latest() is None:
        with speaking(language):
            await AsyncWebClient(token, slack.api_url).chat_postMessage(channel=desk.id, text=hint())


def hint() -> str:
    """The message in the desk's language, as Slack's markup."""
    return "\n".join(
        (
            t("*How to start*"),
            t("• As Anna (1st level), send `/retarus-incident` here. What a customer says on the phone is enough."),
            t("• On the ticket’s card: `Start checks`, `Hand off to 2nd level`."),
            t("• As Ben (2nd level): `Accept`, `Fill in` what is missing, `Escalate to Retarus`."),
            t("• As Rita (Retarus), read it in #retarus-escalation. The e-mail is under Mail."),
            t("Click your name at the top of the page to switch to another person; the clock beside it can be moved."),
        )
    )
