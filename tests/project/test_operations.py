"""docs/operations.md, run from its first command to its last: install, reboot, watch, back up, restore, upgrade.

The program and its data are real. The commands that only a whole machine has (apt-get, useradd, runuser, systemctl,
journalctl) are stand-ins: systemctl starts the processes of the real units. Paths are put below a folder of the test.
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from bot.adapters.store import open_store
from bot.tickets.ports import Batch
from localslack import LocalSlack, Mailbox, Seed
from localslack.mail import MailServer, serve
from tests.doubles.postgres_programs import programs
from tests.doubles.postgres_server import server_url, temporary_database
from tests.doubles.records import START, a_notice, a_ticket
from tests.handlers.world import DEMO, DESK, picked
from tests.project.installed import PREFIX, ROOT, copy_source, installed

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
INSTALL, START_IT, RELOAD, WATCH, LOGS, BACKUP = [text for kind, text in BLOCKS if kind == "sh"]
RESTORE, UPGRADE = (dict(BLOCKS)[kind] for kind in ("restore", "upgrade"))
DUMP, RESTORE_DUMP = [text for kind, text in BLOCKS if kind == "postgresql"]
PATHS = (
    "/etc/partner-desk", "/var/lib/partner-desk", "/var/backups/partner-desk", "/etc/systemd/system",
    "/usr/src/partner-desk",
)  # fmt: skip
INCIDENT = {
    "customer": picked("Müller GmbH"), "services": ["Email Security"], "happens": "Mail is rejected with 550",
    "impact": "No outbound mail",
}  # fmt: skip


@dataclass
class Machine:
    """A machine with Debian, as far as the page needs it."""

    root: Path
    prefix: Path
    port: int
    ran: list[str] = field(default_factory=list)

    def local(self, text: str) -> str:
        """The text with this machine's paths and port."""
        for path in PATHS:
            text = text.replace(path, f"{self.root}{path}")
        return (
            text.replace(PREFIX, str(self.prefix)).replace(":3000", f":{self.port}").replace("=3000", f"={self.port}")
        )

    def prepare(self, env: dict[str, str]) -> None:
        for path in PATHS[:-1]:
            (self.root / path[1:]).mkdir(parents=True, exist_ok=True)
        copy_source(self.root / PATHS[-1][1:])
        tools, state = self.root / "bin", self.root / "state"
        tools.mkdir()
        state.mkdir()
        units = self.root / "etc/systemd/system"
        ctl = f'exec {sys.executable} {ROOT}/tests/project/systemctl.py {units} {state} "$@"'
        for name, body in {
            "apt-get": "exit 0",
            "useradd": "exit 0",
            "runuser": 'shift 3; exec "$@"',
            "install": f'exec {sys.executable} {tools}/install.py "$@"',
            "systemctl": ctl,
            "journalctl": f'for last; do :; done; grep -h -e "listens" -e "$last" {state}/*.log',
        }.items():
            (tools / name).write_text(f"#!/bin/sh\n{body}\n")
            (tools / name).chmod(0o755)
        (tools / "install.py").write_text(_INSTALL)
        self.env = env

    async def run(self, block: str) -> str:
        """Runs a block of the page; every command must succeed."""
        self.ran.append(block)
        return await self.sh(block)

    async def sh(self, text: str) -> str:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "DESK_"))}
        env = clean | {"PATH": f"{self.root}/bin:{programs()}:{os.environ['PATH']}"} | self.env
        process = await asyncio.create_subprocess_exec(
            "sh", "-euc", self.local(text), cwd=self.root, env=env,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await asyncio.wait_for(process.communicate(), 300)
        assert process.returncode == 0, f"{text}\n{output.decode()[-3000:]}"
        return output.decode()

    def configure(self, slack: LocalSlack, mail: MailServer) -> None:
        """Values that the page asks to write by hand, and the paths in the installed files."""
        for name in ("partner-desk.service", "partner-desk-backup.service", "partner-desk-backup.timer"):
            unit = self.root / "etc/systemd/system" / name
            unit.write_text(self.local(unit.read_text("utf-8")), "utf-8")
        bot, env = slack.app("Partner Desk"), self.root / "etc/partner-desk/env"
        tokens = {"SLACK_BOT_TOKEN=": bot.bot_token, "SLACK_APP_TOKEN=": bot.app_token}
        text = self.local(env.read_text("utf-8"))
        for name, value in tokens.items():
            text = text.replace(f"{name}\n", f"{name}{value}\n")
        env.write_text(f"{text}SLACK_API_URL={slack.api_url}\nSMTP_URL=smtp://127.0.0.1:{mail.port}\n", "utf-8")
        shutil.copy(DEMO / "desk.toml", self.root / "etc/partner-desk/desk.toml")


_INSTALL = """import os, sys
words, left = sys.argv[1:], []
while words:
    word = words.pop(0)
    if word in ("-o", "-g"):
        words.pop(0)  # the user of the page is not on this machine
    else:
        left.append(word)
os.execv("/usr/bin/install", ["install", *left])
"""


@pytest.fixture
def prefix(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the installed program that may be changed."""
    base = tmp_path_factory.getbasetemp()
    shared = installed((base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "installed")
    mine = tmp_path / "opt" / "partner-desk"
    shutil.copytree(shared, mine, symlinks=True, copy_function=os.link)
    for script in (mine / "bin").iterdir():
        if script.is_file() and not script.is_symlink() and (raw := script.read_bytes()).find(bytes(shared)) >= 0:
            script.unlink()
            script.write_bytes(raw.replace(bytes(shared), bytes(mine)))
            script.chmod(0o755)
    return mine


@asynccontextmanager
async def machine(root: Path, prefix: Path, port: int, slack: LocalSlack, mail: MailServer) -> AsyncIterator[Machine]:
    made = Machine(root, prefix, port)
    made.prepare({})
    await made.run(INSTALL)
    made.configure(slack, mail)
    try:
        yield made
    finally:
        await made.sh("systemctl stop partner-desk.service")


@pytest.mark.timeout(900)
async def test_page_leads_from_nothing_to_a_desk_that_is_restored_elsewhere_and_upgraded(
    tmp_path: Path, prefix: Path, unused_tcp_port: int
) -> None:
    mailbox = Mailbox()
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml"), mailbox=mailbox) as slack:
        mail = await serve(mailbox)
        anna = slack.person("anna")
        async with machine(tmp_path / "one", prefix, unused_tcp_port, slack, mail) as one:
            assert "desk.channel = " in await one.run(START_IT)
            await anna.command(DESK, "/retarus-incident")
            answers = INCIDENT | {"start": int(slack.clock.now()) - 600}
            assert (await anna.submit(await anna.modal("Raise an incident"), answers))["outcome"] == "closed"
            await anna.message(DESK, "PD-1001")
            await one.run(RELOAD)
            await rebooted(one)
            await anna.command(DESK, "/retarus-ticket", "PD-1001")
            await anna.message(DESK, "Mail is rejected with 550")
            await watched(one)
            assert "verified" in await one.run(BACKUP)
            archives = sorted((tmp_path / "one/var/backups/partner-desk").glob("*.tar.gz"))
            assert len(archives) >= 1
            await one.sh("systemctl stop partner-desk.service")
            posted = [each["text"] for each in await anna.messages(DESK)]
            async with machine(tmp_path / "two", prefix, unused_tcp_port, slack, mail) as two:
                shutil.copy(archives[-1], tmp_path / "two/var/backups/partner-desk/desk.tar.gz")
                assert "Restored what release" in await two.run(RESTORE)
                await answering(two)
                await two.run(UPGRADE)
                assert [each["text"] for each in await anna.messages(DESK)] == posted
                covered = [*one.ran, *two.ran]
        await mail.close()
    assert {text for _, text in BLOCKS} - set(covered) == {DUMP, RESTORE_DUMP, *MIGRATIONS}


MIGRATIONS = [text for kind, text in BLOCKS if not kind]
"""Tested in test_commands.py: the move from a file to PostgreSQL."""


async def rebooted(machine: Machine) -> None:
    """Kills everything; starts what is enabled."""
    await machine.sh('kill -9 "$(cat state/partner-desk.service.pid)"; systemctl boot')
    await answering(machine)
    assert (machine.root / "state/partner-desk-backup.timer.enabled").exists()


async def answering(machine: Machine) -> None:
    await machine.sh("curl --fail --silent --retry 20 --retry-connrefused http://127.0.0.1:3000/healthz")


async def watched(machine: Machine) -> None:
    """Checks that the health pages and metrics work; the rules are valid where promtool is there."""
    if not shutil.which("promtool"):
        assert not os.environ.get("REFUSE_SKIPS"), "promtool is missing: apt-get install prometheus"
        (machine.root / "bin/promtool").write_text("#!/bin/sh\nexit 0\n")
        (machine.root / "bin/promtool").chmod(0o755)
    shown = await machine.run(WATCH)
    assert '"slack": {"ok": true' in shown
    assert "partner_desk_open_tickets" in shown
    assert "listens by Socket Mode" in await machine.run(LOGS)


@pytest.mark.timeout(600)
async def test_page_dumps_and_restores_postgres(tmp_path: Path, prefix: Path, unused_tcp_port: int) -> None:
    made = Machine(tmp_path / "pg", prefix, unused_tcp_port)
    with server_url() as server, temporary_database(server) as old, temporary_database(server) as new:
        made.prepare({"DATABASE_URL": old})
        store = await open_store(old, lambda: START)
        await store.apply(Batch(tickets=[a_ticket()], notices=[a_notice()]))
        await store.close()
        await made.run(DUMP)
        made.env["DATABASE_URL"] = new
        assert "1 messages that waited" in await made.run(RESTORE_DUMP)
        store = await open_store(new, lambda: START)
        assert await store.get("t1")
        await store.close()


def test_every_alert_has_a_section_of_the_page() -> None:
    alerts = re.findall(r"alert: (\w+)", (ROOT / "deploy" / "alerts.yml").read_text("utf-8"))
    assert alerts
    assert [name for name in alerts if f"### {name}\n" not in PAGE] == []
    links = re.findall(r"runbook_url: docs/operations.md#(\w+)", (ROOT / "deploy" / "alerts.yml").read_text("utf-8"))
    assert links == [name.lower() for name in alerts]


def test_every_alert_fires_in_a_test_of_the_rules() -> None:
    told = yaml.safe_load((ROOT / "deploy" / "alerts_test.yml").read_text("utf-8"))
    fired = {each["alertname"] for test in told["tests"] for each in test["alert_rule_test"] if each.get("exp_alerts")}
    assert fired == set(re.findall(r"alert: (\w+)", (ROOT / "deploy" / "alerts.yml").read_text("utf-8")))


METRIC = re.compile(r"partner_desk_[a-z_]+")


def test_rules_and_dashboard_name_only_metrics_the_desk_has() -> None:
    from runtime.metrics import Metrics  # noqa: PLC0415

    families = list(Metrics().registry.collect())
    there = {f"{each.name}{suffix}" for each in families for suffix in ("", "_total", "_bucket", "_count", "_info")}
    for name in ("alerts.yml", "alerts_test.yml", "grafana-dashboard.json"):
        named = set(METRIC.findall((ROOT / "deploy" / name).read_text("utf-8")))
        assert named
        assert named <= there, name


def test_shown_commands_can_be_split_by_a_shell() -> None:
    for _, text in BLOCKS:
        for line in text.splitlines():
            assert shlex.split(line)
