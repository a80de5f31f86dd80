"""Guests in the channel are reported, logs hold no typed text, and the command line exports and erases."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from localslack import LocalSlack, Seed
from tests.handlers.world import DEMO, DESK, FIRST_TASKS, MATRIX_SECOND, SECOND_TASKS, World
from tests.project.test_commands import run
from tests.timeouts import long_timeouts


async def test_logs_hold_no_user_input(w: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("bot", "handlers", "blocks", "desk"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    card = await w.escalated()
    await w.ben.click(card, "RCR number")
    await w.ben.submit(await w.ben.modal("RCR number"), {"rcr": "not a number at all"})
    await w.anna.post(DESK, "Erika Muster called", thread=card)
    ours = [record for record in caplog.records if record.name.split(".")[0] in {"bot", "handlers", "blocks", "desk"}]
    logged = "\n".join(logging.Formatter("%(name)s %(message)s").format(record) for record in ours)
    typed = [*w.answers().values(), *w.details().values(), *FIRST_TASKS.values(), *MATRIX_SECOND.values()]
    typed += [*SECOND_TASKS.values(), "Anna Arnold", "ben@nordlicht.example", "Erika Muster", "not a number at all"]
    for text in typed:
        if isinstance(text, str) and len(text) > 3:
            assert text not in logged, text


async def test_admins_are_notified_of_a_guest_who_joins_the_desk_channel(w: World) -> None:
    await w.carla.act("kick", channel=DESK, user="gus")
    await w.carla.act("invite", channel=DESK, users=["gus"])
    message = await w.carla.message("@partner-desk", "can read every ticket there")
    assert "guest" in json.dumps(message["blocks"])


async def test_check_warns_of_guests_and_of_a_public_channel(tmp_path: Path) -> None:
    seed = Seed.from_file(DEMO / "cast.toml")
    for channel in seed.channels:
        if channel.name == "partner-desk":
            seed.channels[seed.channels.index(channel)] = type(channel)(
                **{**channel.__dict__, "private": False, "members": [*channel.members, "rita"]}
            )
    async with LocalSlack(seed, switches=long_timeouts()) as slack:
        bot = slack.app("Partner Desk")
        settings = {
            "SLACK_BOT_TOKEN": bot.bot_token,
            "SLACK_APP_TOKEN": bot.app_token,
            "SLACK_API_URL": slack.api_url,
            "DESK_CONFIG": str(DEMO / "desk.toml"),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'd.sqlite3'}",
        }
        code, output = await run("check", **settings)
    assert code == 1
    (line,) = [each for each in output.splitlines() if "who reads in the desk channel" in each]
    assert line.startswith("FIX")
    assert "is public" in line
    assert "1 guest" in line


@pytest.mark.long
async def test_command_line_exports_then_erases_and_logs_it(w: World, tmp_path: Path) -> None:
    card = await w.raised(happens="Erika Muster cannot send")
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'desk.sqlite3'}"}
    code, output = await run("erase-person", "Erika Muster", "--folder", str(tmp_path), **settings)
    assert code == 0, output
    path = Path(output.split("Exported to ")[1].split(":")[0])
    assert _held(path) == (True, 0)
    assert (await w.ticket()).answer("happens") == "[erased] cannot send"
    code, output = await run("access-log", **settings)
    assert [line.split()[4] for line in output.splitlines()] == ["erase", "export"]
    code, output = await run("export-person", "Er", **settings)
    assert code == 1
    assert output.startswith("Name the person")


def _held(path: Path) -> tuple[bool, int]:
    """True if it names her, with the file's permissions for others."""
    return "Erika Muster cannot send" in path.read_text("utf-8"), path.stat().st_mode & 0o077
