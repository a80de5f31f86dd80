"""`python app.py demo --open` opens its page where there is a desktop; a new demo begins with a hint how to start."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.i18n import Language, speaking, t
from demo.browser import NO_DESKTOP, has_desktop
from demo.hint import hint, post_hint
from localslack import LocalSlack, Seed
from localslack.visible import text_of
from tests.handlers.world import DEMO, DESK
from tests.timeouts import TIMEOUT

ROOT = DEMO.parent
DESKTOPS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A browser that writes the address it is started with to a pipe; the browser and the pipe."""
    pipe = tmp_path / "opened"
    os.mkfifo(pipe)
    program = tmp_path / "browser"
    program.write_text(f"#!/bin/sh\necho \"$1\" > '{pipe}'\n", "utf-8")
    program.chmod(0o755)
    yield program, pipe
    pipe.unlink()


async def lines_of_demo(state: Path, **settings: str) -> list[str]:
    """The lines that a demo prints before it is stopped."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("SLACK_", "DESK_", *DESKTOPS))}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "app.py", "demo", "--open", "--state", str(state),
        cwd=ROOT, env={**clean, "PORT": "0", **settings}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert running.stdout
    lines: list[str] = []
    async with asyncio.timeout(TIMEOUT):
        async for line in running.stdout:
            lines.append(line.decode())
            if "Everything is kept" in lines[-1]:
                running.terminate()
    await running.wait()
    return lines


async def test_open_starts_the_browser_with_the_address(tmp_path: Path, browser: tuple[Path, Path]) -> None:
    program, pipe = browser
    demo = asyncio.create_task(lines_of_demo(tmp_path / "state", BROWSER=str(program)))
    async with asyncio.timeout(TIMEOUT):
        opened = await asyncio.to_thread(pipe.read_text, "utf-8")
    output = await demo
    assert output[0] == "Starting a local Slack, a local mailbox and the desk ...\n"
    assert any(line.endswith(f"ready:  {opened}") for line in output)
    assert f"{NO_DESKTOP}\n" not in output


async def test_open_says_where_there_is_no_desktop(tmp_path: Path) -> None:
    assert (f"{NO_DESKTOP}\n" in await lines_of_demo(tmp_path / "state")) == (not has_desktop({}, sys.platform))


@pytest.mark.parametrize("name", DESKTOPS)
def test_has_desktop_looks_for_a_screen_or_a_named_browser(name: str) -> None:
    assert has_desktop({name: ":0"}, "linux")
    assert not has_desktop({name: ""}, "linux")
    assert has_desktop({}, "darwin")


@pytest.mark.parametrize("language", Language)
async def test_a_new_demo_begins_with_a_hint_in_its_language(language: Language) -> None:
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml")) as slack:
        token = slack.app("Partner Desk").bot_token
        for _ in range(2):  # the second time is a restart
            await post_hint(slack, token, "partner-desk", language)
        (shown,) = await slack.person("anna").messages(DESK)
    assert "/retarus-incident" in text_of(shown)
    with speaking(language):
        for button in ("Start checks", "Hand off to 2nd level", "Accept", "Escalate to Retarus"):
            assert f"`{t(button)}`" in shown["text"]
        assert shown["text"] == hint()


async def test_a_channel_in_which_somebody_has_written_gets_no_hint() -> None:
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml")) as slack:
        await slack.person("anna").post(DESK, "Good morning")
        await post_hint(slack, slack.app("Partner Desk").bot_token, "partner-desk", Language.ENGLISH)
        (shown,) = await slack.person("anna").messages(DESK)
    assert shown["text"] == "Good morning"
