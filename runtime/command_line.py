"""The command line. Faults of the set-up are sentences there, not tracebacks.

python app.py          runs the desk in a real workspace (tokens in the environment or in .env)
python app.py demo     runs it with a local Slack and a local mailbox, in the browser
python app.py policy   prints for each priority and clock when it would remind whom, from now
python app.py export-person WHO …, erase-person WHO …, access-log    personal data: docs/data-protection.md
python app.py config   prints every setting in force and where it comes from
python app.py healthy  asks the desk that runs on this machine whether it is alive
python app.py import-customers FILE.csv            end-customers: name, tenants, agreement, contacts, also, language
python app.py audit-export [--since 2026-11-30]    every change as JSON lines, without what people typed
python app.py migrate  moves an embedded desk to PostgreSQL: docs/operations.md
python app.py backup FILE|FOLDER, restore FILE, restored    docs/operations.md, “Backup”
python app.py check    checks tokens, scopes, channels, mail and database: each line ok, or what to do
python app.py check --repair    then finds or posts missing cards, delivers what is overdue, completes the index
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.adapters.slack.api_errors import closes_slack, name_of
from bot.clocks import forecast
from bot.config import effective
from bot.config.environment import ENV_FILE, Environment, environment
from bot.config.settings import Config
from bot.config.settings_file import load, read
from bot.config.slack_tokens import wrong_tokens
from bot.core.clock import now
from bot.core.errors import Misconfigured, Refused, StoreDown
from bot.core.i18n import Language
from bot.core.text_files import decoded
from bot.privacy import audit
from bot.privacy.erasure import PersonalDataArchive
from bot.register.customer_import import unknown_columns
from runtime import backup, logging_setup, personal_data, probe

_BACKUP = ("backup", "restore", "restored")
_PLAIN = ("run", "demo", "check", "config", "healthy", "policy", "migrate", "receive")
_IMPORT = ("import-customers",)
_NEED_SETTINGS = {"run", "check", "config", "policy", "receive", *_IMPORT}
"""Commands that need the settings."""
_ARCHIVE = ("export-person", "erase-person", "access-log", "audit-export")

NO_TOKENS = """No Slack tokens: SLACK_BOT_TOKEN is not set, neither in the environment nor in .env.
  To try Partner Desk without a Slack account:  python app.py demo   (or: make run)
  To run it in your workspace: the README's “Install in your workspace” says where the tokens are."""


class CheckFinding(Protocol):
    """A line of `check`: prints itself; `wrong` is empty when all is well."""

    @property
    def wrong(self) -> str: ...


@dataclass(frozen=True)
class Parts:
    """Dependencies of the commands, put together from all technologies by app.py."""

    run: Callable[[Environment, Config], Awaitable[None]]
    demo: Callable[[Environment, Path, Language, bool], Awaitable[None]]
    """The folder holds all data; the last argument opens the page in a browser."""
    archive: Callable[[Environment, str], AbstractAsyncContextManager[PersonalDataArchive]]
    """The desk for the operating system's account of that name."""
    check: Callable[[Environment, bool], AsyncIterator[CheckFinding]]
    """If true, also posts a message to an admin, and deletes it."""
    repair: Callable[[Environment, Config], AsyncIterator[CheckFinding]]
    """Reconciles the database with the desk channel, the outbox and the index."""
    storage: backup.Storage
    receive: Callable[[Environment, Config, Iterable[bytes]], Awaitable[tuple[int, int]]]
    """Takes in raw mails; returns how many were new, and how many were known."""
    migrate: Callable[[str, str], Awaitable[Mapping[str, int]]]
    """Moves from one DATABASE_URL to the other; returns the number of rows by table."""
    import_customers: Callable[[Environment, Config, str], Awaitable[tuple[int, int]]]
    """Saves the end-customers of a CSV text; returns how many were new, and how many changed."""


def _argument_parser() -> argparse.ArgumentParser:
    """The commands and their options, as `--help` prints them."""
    parser = argparse.ArgumentParser(description="Retarus Partner Desk", epilog=NO_TOKENS.splitlines()[1].strip())
    parser.add_argument(
        "command",
        nargs="?",
        default="run",
        choices=[
            "run",
            "demo",
            "check",
            "config",
            "healthy",
            "policy",
            "migrate",
            "receive",
            *_IMPORT,
            *_BACKUP,
            *_ARCHIVE,
        ],
    )
    parser.add_argument(
        "terms",
        nargs="*",
        help="a person: user id, names, addresses, numbers; backup, restore: a file; receive: mails as files",
    )
    parser.add_argument("--since", type=_moment, help="audit-export: from this day on, 2026-11-30 (UTC)")
    parser.add_argument("--keep", type=int, default=14, help="backup to a folder: how many backups are kept there")
    parser.add_argument("--folder", type=Path, default=Path("var/exports"), help="where exports go")
    parser.add_argument(
        "--state", type=Path, default=Path("var/demo"), help="demo: the folder where everything is kept"
    )
    parser.add_argument("--language", type=Language, default=Language.ENGLISH, help="demo: its language, en or de")
    parser.add_argument("--open", action="store_true", help="demo: opens its page in your browser")
    parser.add_argument("--from", dest="source", default="sqlite:///var/desk.sqlite3", help="migrate: from this file")
    parser.add_argument("--to", dest="target", help="migrate: to this database; else to DATABASE_URL's")
    parser.add_argument("--post", action="store_true", help="check: also send one message to an admin, and delete it")
    parser.add_argument("--repair", action="store_true", help="check: then reconcile database, channel and index")
    return parser


def main(parts: Parts, arguments: Sequence[str] | None = None) -> None:
    """Runs the typed command; exits with 1 if it fails."""
    chosen = _argument_parser().parse_intermixed_args(
        arguments
    )  # options may stand between the command and its arguments
    _change_folder(chosen.command)
    try:
        env = environment()
        logging_setup.set_up(env.log_format, env.log_level, env.replica or socket.gethostname())
        asyncio.run(_carry_out(parts, env, chosen))
        sys.stdout.flush()
    except (Misconfigured, StoreDown, Refused) as error:
        sys.exit(str(error))
    except SlackApiError as error:
        reason = closes_slack(error) or f"Slack refuses: {name_of(error) or 'no reason given'}."
        sys.exit(f"{reason} `python app.py check` checks everything.")
    except ClientError:
        sys.exit("Slack cannot be reached. Is there a connection, and is SLACK_API_URL right?")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still to be written has no reader
        sys.exit(_NO_READER)
    except KeyboardInterrupt:
        sys.exit(130)


_NO_READER = 141
"""The exit code of a program whose output is no longer read: 128 and SIGPIPE."""


HOME = Path(__file__).parents[1]
"""Folder of app.py in a checkout."""


def _change_folder(command: str) -> None:
    """Changes to the folder of app.py if its settings are meant: the current folder has none of its own."""
    is_own = any(Path(name).exists() for name in (".env", "desk.toml"))
    if (
        command in {"run", "check", "config", "policy", "receive", *_IMPORT}
        and not is_own
        and (HOME / "pyproject.toml").exists()
    ):
        os.chdir(HOME)


async def _carry_out(parts: Parts, env: Environment, chosen: argparse.Namespace) -> None:
    if chosen.command == "demo":
        await parts.demo(env, chosen.state, chosen.language, chosen.open)
    elif chosen.command == "migrate":
        await _migrate(parts, chosen.source, chosen.target or env.database_url)
    elif chosen.command == "receive":
        await _receive(parts, env, chosen.terms)
    elif chosen.command in _IMPORT:
        await _import_customers(parts, env, chosen.terms)
    elif chosen.command in _BACKUP:
        print(await _back_up(parts, env, chosen))
    elif chosen.command == "check":
        await _check(parts, env, post=chosen.post, repairs=chosen.repair)
    elif chosen.command in _ARCHIVE:
        await _with_archive(parts, env, chosen)
    else:
        commands = {"run": _run, "policy": _policy, "config": _config, "healthy": _healthy}
        await commands[chosen.command](parts, env)


async def _import_customers(parts: Parts, env: Environment, files: Sequence[str]) -> None:
    """Reads end-customers from CSV files."""
    if not files:
        raise Misconfigured("Name a CSV file: import-customers customers.csv")
    for name, text in map(_text_of, files):
        new, changed = await parts.import_customers(env, load(env.desk_config), text)
        print(f"{name}: {new} new, {changed} changed.")
        ignored = ", ".join(f"“{each}”" for each in unknown_columns(text))
        if ignored:
            print(f"{name}: not imported, as no column is called so: {ignored}.")


def _text_of(name: str) -> tuple[str, str]:
    """The file's name and text."""
    try:
        return name, decoded(Path(name).read_bytes())
    except OSError as error:
        raise Misconfigured(f"{name} cannot be read: {error}") from error
    except ValueError as error:
        raise Misconfigured(f"{name} is no text. Save it as CSV, e.g. in UTF-8.") from error


_TRY_AGAIN = 75
"""EX_TEMPFAIL: a mail server that pipes a mail in keeps it and tries again."""


async def _receive(parts: Parts, env: Environment, files: Sequence[str]) -> None:
    """Raw mails from files, or one mail from standard input."""
    raws = map(Path.read_bytes, map(Path, files)) if files else iter([sys.stdin.buffer.read()])
    try:
        new, known = await parts.receive(env, load(env.desk_config), raws)
    except StoreDown as error:
        print(error, file=sys.stderr)
        sys.exit(_TRY_AGAIN)
    print(f"New mails: {new}; known already: {known}.")


async def _run(parts: Parts, env: Environment) -> None:
    if not env.slack_bot_token:
        raise Misconfigured(NO_TOKENS)
    if not (env.slack_app_token or env.slack_signing_secret):
        raise Misconfigured("Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.")
    if wrong := [f"{name} {fault}." for name, fault in wrong_tokens(env)]:
        raise Misconfigured("\n".join(wrong))
    await parts.run(env, load(env.desk_config))


async def _check(parts: Parts, env: Environment, *, post: bool, repairs: bool) -> None:
    right = await _printed(parts.check(env, post))
    if repairs and not right:
        sys.exit("Nothing was repaired: the lines with FIX must be corrected first.")
    if repairs:
        right = await _printed(parts.repair(env, load(env.desk_config)))
    if not right:
        sys.exit(1)


async def _printed(lines: AsyncIterator[CheckFinding]) -> bool:
    """Prints the lines as they come; true when nothing is wrong."""
    right = True
    async for line in lines:
        print(line, flush=True)
        right = right and not line.wrong
    return right


async def _config(_: Parts, env: Environment) -> None:
    for setting in effective.of_environment(env, ENV_FILE):
        print(setting)
    path = env.desk_config
    for setting in effective.of_file(load(path), read(path), path):
        print(setting)


async def _healthy(_: Parts, env: Environment) -> None:
    print(await probe.healthy(env))


async def _policy(_: Parts, env: Environment) -> None:
    for line in forecast.lines(load(env.desk_config), now()):
        print(line)


async def _migrate(parts: Parts, source: str, target: str) -> None:
    moved = await parts.migrate(source, target)
    for table, rows in moved.items():
        print(f"{rows:9,} {table.replace('_', ' ')}")
    print("Everything is there, compared row by row. Set DATABASE_URL to the new database, then start the desk.")


async def _back_up(parts: Parts, env: Environment, chosen: argparse.Namespace) -> str:
    if chosen.command == "restored":
        return await backup.held_back(env, parts.storage, now())
    if len(chosen.terms) != 1:
        raise Misconfigured(f"Name one file: python app.py {chosen.command} desk.tar.gz")
    path = Path(chosen.terms[0])
    if chosen.command == "backup":
        return await backup.back_up(env, path, chosen.keep, parts.storage, now())
    return await backup.restore(env, path, parts.storage, now())


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a day: write it as 2026-11-30") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def _with_archive(parts: Parts, env: Environment, chosen: argparse.Namespace) -> None:
    async with parts.archive(env, getpass.getuser()) as archive:
        if chosen.command == "audit-export":
            prefix = load(env.desk_config).desk.prefix if env.desk_config.exists() else "PD"
            async for line in audit.lines(archive, prefix, chosen.since):
                print(line)
            return
        if chosen.command == "access-log":
            print(await personal_data.access_log(archive))
            return
        carry_out = personal_data.export_person if chosen.command == "export-person" else personal_data.erase_person
        print(await carry_out(archive, chosen.terms, chosen.folder))
