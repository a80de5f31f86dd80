"""The evidence pack of a ticket comes as a direct message, with its PDF and JSON in the thread."""

from __future__ import annotations

from bot.adapters.slack.channels import channel_name
from tests.handlers.test_reports import files_below
from tests.handlers.world import RETARUS, World


async def test_channel_is_named_as_slack_calls_it_now(w: World) -> None:
    client, channel = w.running.dispatcher.client, w.running.desk.routes.retarus
    assert await channel_name(client, channel) == RETARUS
    assert await channel_name(client, "C0UNKNOWN") == ""
    w.slack.faults.order("conversations.info", "reset", times=None)
    assert await channel_name(client, channel) == ""


async def test_pack_comes_directly_with_both_files(w: World) -> None:
    await w.raised()
    await w.anna.command("@partner-desk", "/retarus-ticket", "1001")
    await w.anna.click(await w.anna.message("@partner-desk", "PD-1001"), "Evidence pack")
    posted = await w.anna.message("@partner-desk", "Evidence for PD-1001")

    async def names() -> set[str] | None:
        found = {str(each["name"]) for each in await files_below(w.anna, posted)}
        return found if len(found) > 1 else None

    found = await w.anna.wait_for(names, "its files")
    assert found == {"PD-1001-evidence.pdf", "PD-1001-evidence.json"}
