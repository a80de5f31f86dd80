"""SIGHUP: desk.toml is re-read without a restart of the process; wrong settings leave the old ones on."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from bot.config.settings import Config
from bot.config.settings_file import parse
from bot.core.errors import Misconfigured
from localslack import LocalSlack, Mailbox
from localslack.mail import serve as serve_mail
from runtime.reload import Reloading
from tests.handlers.test_restart import process
from tests.handlers.world import DEMO, DESK, _seed
from tests.timeouts import TIMEOUT, long_timeouts

OLD, NEW = parse({"desk": {"prefix": "OLD"}}), parse({"desk": {"prefix": "NEW"}})
BAD = parse({"desk": {"prefix": "BAD"}})


class Served:
    """A desk that starts with all settings but bad ones, and takes the test's next action while it runs."""

    def __init__(self, *then: str) -> None:
        self.prefixes: list[str] = []
        self.stop, self.again = asyncio.Event(), asyncio.Event()
        self._then = list(then)

    async def __call__(self, config: Config, over: asyncio.Event) -> None:
        self.prefixes.append(config.desk.prefix)
        if config is BAD:
            raise Misconfigured("There is no channel #nowhere.")
        self._step()
        await over.wait()

    def _step(self) -> None:
        (self.stop if not self._then or self._then.pop(0) == "stop" else self.again).set()


async def run(served: Served, *read: Config | Misconfigured) -> list[str]:
    waiting = list(read)

    def read_next() -> Config:
        found = waiting.pop(0)
        if not waiting:
            served.stop.set()
        if isinstance(found, Misconfigured):
            raise found
        return found

    await asyncio.wait_for(Reloading(served, read_next, served.stop, served.again).run(OLD), TIMEOUT)
    return served.prefixes


async def test_new_settings_are_taken_on() -> None:
    served = Served("again", "stop")
    waiting = [NEW]
    await Reloading(served, waiting.pop, served.stop, served.again).run(OLD)
    assert served.prefixes == ["OLD", "NEW"]


async def test_settings_that_cannot_be_read_leave_the_old_on(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert await run(Served("again"), Misconfigured("desk.toml: [desk] `prefx` is not a setting.")) == ["OLD"]
    assert "`prefx` is not a setting" in caplog.text
    assert "the old ones stay in force" in caplog.text


async def test_settings_the_desk_does_not_start_with_leave_the_old_on(caplog: pytest.LogCaptureFixture) -> None:
    served = Served("again", "stop")
    waiting = [BAD]
    await Reloading(served, waiting.pop, served.stop, served.again).run(OLD)
    assert served.prefixes == ["OLD", "BAD", "OLD"]
    assert "There is no channel #nowhere." in caplog.text


async def test_unchanged_settings_do_not_interrupt_the_desk() -> None:
    assert await run(Served("again"), OLD) == ["OLD"]


async def test_first_settings_the_desk_does_not_start_with_are_an_error() -> None:
    served = Served()
    with pytest.raises(Misconfigured, match="nowhere"):
        await Reloading(served, lambda: OLD, served.stop, served.again).run(BAD)


async def test_running_desk_takes_on_another_prefix_by_sighup(tmp_path: Path) -> None:
    settings = tmp_path / "desk.toml"
    text = (DEMO / "desk.toml").read_text("utf-8")
    settings.write_text(text, "utf-8")
    async with LocalSlack(_seed(), mailbox=Mailbox(), switches=long_timeouts()) as slack:
        mail = await serve_mail(Mailbox())
        anna = slack.person("anna")
        async with process(slack, mail, tmp_path, config=settings) as running:
            settings.write_text("[desk\n", "utf-8")
            await signalled(running, "the old ones stay in force")
            settings.write_text(text.replace("[desk]\n", '[desk]\nprefix = "NT"\n'), "utf-8")
            await signalled(running, "listens by Socket Mode")
            await anna.command(DESK, "/retarus-ticket", "NT-9999")
            assert await anna.message(DESK, "NT-9999")
        await mail.close()


async def signalled(running: asyncio.subprocess.Process, words: str) -> None:
    """Sends SIGHUP, and returns when the desk has said this."""
    running.send_signal(1)
    assert running.stderr
    async with asyncio.timeout(TIMEOUT):
        async for line in running.stderr:
            if words.encode() in line:
                return
