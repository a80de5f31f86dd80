"""docs/operations.md, run from its first command to its last: install, reboot, watch, back up, restore, upgrade.

It is run on a Debian machine with its own systemd, users, journal and files. Only apt-get is a stand-in: the packages
are those of the machine that runs the tests; and the port is one that is free.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
from tests.project.debian import SOURCES, Debian, cannot_boot, debian
from tests.project.installed import PREFIX, ROOT, WHEELS, copy_prefix, copy_source, shared_prefix
from tests.timeouts import long_timeouts

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
INSTALL, START_IT, RELOAD, WATCH, LOGS, BACKUP = [text for kind, text in BLOCKS if kind == "sh"]
RESTORE, UPGRADE = (dict(BLOCKS)[kind] for kind in ("restore", "upgrade"))
DUMP, RESTORE_DUMP = [text for kind, text in BLOCKS if kind == "postgresql"]
INCIDENT = {
    "customer": picked("Müller GmbH"), "services": ["Email Security"], "happens": "Mail is rejected with 550",
    "impact": "No outbound mail",
}  # fmt: skip


class Machine:
    """A machine that the page is followed on."""

    def __init__(self, debian: Debian, port: int) -> None:
        self.debian = debian
        self.port = port
        self.ran: list[str] = []

    def path(self, name: str) -> Path:
        return self.debian.root / name

    async def run(self, block: str, *changed: tuple[str, str]) -> str:
        """Runs a block of the page, with these words changed; every command must succeed."""
        self.ran.append(block)
        for before, after in changed:
            assert before in block
            block = block.replace(before, after)
        return await self.sh(block)

    async def sh(self, text: str) -> str:
        return await self.debian.run(text.replace(":3000", f":{self.port}"))

    def configure(self, slack: LocalSlack, mail: MailServer) -> None:
        """Values that the page asks to write by hand."""
        bot, env = slack.app("Partner Desk"), self.path("etc/partner-desk/env")
        text = env.read_text("utf-8").replace("PORT=3000\n", f"PORT={self.port}\n")
        for name, value in {"SLACK_BOT_TOKEN=": bot.bot_token, "SLACK_APP_TOKEN=": bot.app_token}.items():
            text = text.replace(f"{name}\n", f"{name}{value}\n")
        env.write_text(f"{text}SLACK_API_URL={slack.api_url}\nSMTP_URL=smtp://127.0.0.1:{mail.port}\n", "utf-8")
        (self.path("etc/partner-desk/desk.toml")).write_bytes((DEMO / "desk.toml").read_bytes())


PROGRAMS = ("check", "curl", "kill", "make", "partner-desk", "python", "systemctl", "systemd-analyze")
IN_TEXT = {
    each
    for each in re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL))
    if " " in each and each.split()[0] in PROGRAMS
}
"""Commands that stand in a sentence of the page."""
RUN_ELSEWHERE = {
    "check --post": "project/test_commands.py: test_check_posts_a_message_and_repairs_when_asked_to",
    "kill -9": "contracts/test_outbox_crashes.py: test_messages_are_delivered_exactly_once_despite_kills",
    "make audit": "project/test_deployment.py: test_vulnerable_pin_is_found_and_a_waived_one_is_not",
    "make lock": "project/test_deployment.py: test_every_dependency_is_pinned",  # its result: it asks PyPI
    "make sbom": "project/test_deployment.py: test_list_of_components_names_every_pin_with_its_hashes",
    "partner-desk check --repair": "project/test_commands.py: test_check_posts_a_message_and_repairs_when_asked_to",
    "python app.py": "project/test_commands.py: test_missing_tokens_are_reported_with_the_demo_command",
}


def test_every_command_in_a_sentence_is_run_by_a_test() -> None:
    assert set(RUN_ELSEWHERE) <= IN_TEXT
    for place in RUN_ELSEWHERE.values():
        name, _, test = place.partition(": ")
        assert f"def {test}" in (ROOT / "tests" / name).read_text("utf-8"), place
    assert {each.split()[0] for each in IN_TEXT - set(RUN_ELSEWHERE) - in_blocks()} <= {*RUN_HERE}


def in_blocks() -> set[str]:
    """Commands of sentences that a block of the page has too."""
    return {each for each in IN_TEXT if any(each in text for _, text in BLOCKS)}


RUN_HERE = ("curl", "partner-desk", "systemctl", "systemd-analyze")


async def run_in_sentences(machine: Machine) -> None:
    """Runs the other commands of sentences on the machine; each must succeed."""
    start = "cd /var/lib/partner-desk\nset -a && . /etc/partner-desk/env && set +a\n"
    for each in sorted(IN_TEXT - set(RUN_ELSEWHERE) - in_blocks()):
        user = f"runuser -u partner-desk -- {PREFIX}/bin/" if each.startswith("partner-desk ") else ""
        assert await machine.sh(f"{start}{user}{each}"), each


@pytest.fixture
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed program; skips, or fails where that is refused, if no machine can be booted for it."""
    if reason := cannot_boot():
        assert not os.environ.get("REFUSE_SKIPS"), f"no machine can be booted here: {reason}"
        pytest.skip(f"no machine can be booted here: {reason}")
    return shared_prefix(tmp_path_factory)


@asynccontextmanager
async def machine(root: Path, shared: Path, port: int, slack: LocalSlack, mail: MailServer) -> AsyncIterator[Machine]:
    """A machine on which the page's first block was run, and what it asks to write by hand was written."""
    async with debian(root) as booted:
        made = Machine(booted, port)
        brought(shared, booted)
        await made.run(INSTALL)
        made.configure(slack, mail)
        yield made


def brought(shared: Path, machine: Debian) -> None:
    """Brings the source, and the packages so that pip need not download them."""
    copy_source(machine.root / SOURCES / "partner-desk")
    copy_prefix(shared, machine.root / PREFIX[1:], PREFIX)
    shutil.copytree(shared.with_name(WHEELS), machine.root / "opt/wheels")
    for python in (machine.root / PREFIX[1:] / "bin").glob("python*"):
        python.unlink()  # the page makes them
    apt_get = machine.root / "opt/stand-ins/apt-get"
    apt_get.parent.mkdir()
    apt_get.write_text("#!/bin/sh\n")
    apt_get.chmod(0o755)


@pytest.mark.timeout(900)
@pytest.mark.long
@pytest.mark.xdist_group("installed")
async def test_page_leads_from_nothing_to_a_desk_that_is_restored_elsewhere_and_upgraded(
    tmp_path: Path, shared: Path, unused_tcp_port: int
) -> None:
    mailbox = Mailbox()
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml"), mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        anna = slack.person("anna")
        async with machine(tmp_path / "one", shared, unused_tcp_port, slack, mail) as one:
            assert "desk.channel = " in await one.run(START_IT)
            await anna.command(DESK, "/retarus-incident")
            answers = INCIDENT | {"start": int(slack.clock.now()) - 600}
            assert (await anna.submit(await anna.modal("Raise an incident"), answers))["outcome"] == "closed"
            await anna.message(DESK, "PD-1001")
            await one.run(RELOAD)
            await answering(one)
            await rebooted(one)
            await anna.command(DESK, "/retarus-ticket", "PD-1001")
            await anna.message(DESK, "Mail is rejected with 550")
            await watched(one)
            await run_in_sentences(one)
            archive = await backed_up(one)
            posted = [each["text"] for each in await anna.messages(DESK)]
        async with machine(tmp_path / "two", shared, unused_tcp_port, slack, mail) as two:
            two.path("var/backups/partner-desk/desk.tar.gz").write_bytes(archive)
            await two.sh("chown partner-desk: /var/backups/partner-desk/desk.tar.gz")
            assert "Restored what release" in await two.run(RESTORE)
            await answering(two)
            await two.run(UPGRADE)
            assert [each["text"] for each in await anna.messages(DESK)] == posted
        await mail.close()
    assert {text for _, text in BLOCKS} - {*one.ran, *two.ran} == {DUMP, RESTORE_DUMP, *MIGRATIONS}


MIGRATIONS = [text for kind, text in BLOCKS if not kind]
"""Tested in test_commands.py: the move from a file to PostgreSQL."""


async def rebooted(machine: Machine) -> None:
    """Reboots, then loses its power: what is enabled is started each time."""
    for restart in (machine.debian.reboot, machine.debian.lose_power_and_boot):
        await restart()
        await answering(machine)
        units = "partner-desk.service partner-desk-backup.timer"
        assert (await machine.sh(f"systemctl is-active {units}")).split() == ["active", "active"]


async def answering(machine: Machine) -> None:
    await machine.sh(
        "curl --fail --silent --retry 30 --retry-delay 1 --retry-connrefused http://127.0.0.1:3000/healthz"
    )


async def watched(machine: Machine) -> None:
    """Checks that the health pages, metrics, rules and journal work."""
    if not shutil.which("promtool"):
        assert not os.environ.get("REFUSE_SKIPS"), "promtool is missing: apt-get install prometheus"
        stand_in = machine.path("opt/stand-ins/promtool")
        stand_in.write_text("#!/bin/sh\n")
        stand_in.chmod(0o755)
    shown = await machine.run(WATCH)
    assert '"slack": {"ok": true' in shown
    assert "partner_desk_open_tickets" in shown
    assert "listens by Socket Mode" in await machine.run(LOGS, ("4f2a1b3c", "listens"))


async def backed_up(machine: Machine) -> bytes:
    """The newest archive; one is taken by hand, one by the unit."""
    shown = await machine.run(BACKUP)
    assert "verified" in shown
    assert "partner-desk-backup.timer" in shown
    archives = sorted(machine.path("var/backups/partner-desk").glob("*.tar.gz"))
    assert archives
    return archives[-1].read_bytes()


@pytest.mark.timeout(600)
@pytest.mark.long
@pytest.mark.xdist_group("installed")
async def test_page_dumps_and_restores_postgres(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    prefix = shared_prefix(tmp_path_factory)

    def on_page(block: str, url: str) -> str:
        found = environment_without("SLACK_", "DESK_")
        done = subprocess.run(
            ["sh", "-euc", block.replace(PREFIX, str(prefix))], cwd=tmp_path, text=True, check=True,
            env=found | {"PATH": f"{programs()}:{found['PATH']}", "DATABASE_URL": url}, stdout=subprocess.PIPE,
        )  # fmt: skip
        return done.stdout

    with server_url() as server, temporary_database(server) as old, temporary_database(server) as new:
        store = await open_store(old, lambda: START)
        await store.apply(Batch(tickets=[a_ticket()], notices=[a_notice()]))
        await store.close()
        on_page(DUMP, old)
        assert "1 messages that waited" in on_page(RESTORE_DUMP, new)
        store = await open_store(new, lambda: START)
        assert await store.get("t1")
        await store.close()


def environment_without(*beginnings: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(beginnings)}


def test_every_alert_has_a_section_of_the_page() -> None:
    alerts = re.findall(r"alert: (\w+)", (ROOT / "deploy" / "alerts.yml").read_text("utf-8"))
    assert alerts
    assert [name for name in alerts if f"### {name}\n" not in PAGE] == []
    links = re.findall(r"runbook_url: docs/operations.md#(\w+)", (ROOT / "deploy" / "alerts.yml").read_text("utf-8"))
    assert links == [name.lower() for name in alerts]


def test_every_alert_fires_in_a_test_of_the_rules() -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "alerts_test.yml").read_text("utf-8"))
    fired = {each["alertname"] for test in rules["tests"] for each in test["alert_rule_test"] if each.get("exp_alerts")}
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
