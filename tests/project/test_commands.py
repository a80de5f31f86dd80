"""The command line reports errors in sentences, without tracebacks."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from pathlib import Path

from bot.adapters.store import open_store, opened
from bot.tickets.ports import Batch
from localslack import LocalSlack, Mailbox, Seed
from localslack.mail import serve
from localslack.seed import SeedApp
from tests.doubles.postgres_server import server_url, temporary_database
from tests.doubles.records import a_ticket, an_event
from tests.handlers.world import DEMO, _seed
from tests.timeouts import TIMEOUT

ROOT = DEMO.parent


async def run(*arguments: str, **settings: str) -> tuple[int, str]:
    """`python app.py …` with these settings only; its exit code and its output."""
    return await run_in(ROOT, *arguments, **settings)


async def run_in(folder: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """The same from another folder."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("SLACK_", "DESK_", "DATABASE_"))}
    running = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "app.py"), *arguments, cwd=folder, env=clean | settings,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(running.communicate(), TIMEOUT)
    return running.returncode or 0, output.decode()


async def test_missing_tokens_are_reported_with_the_demo_command() -> None:
    code, output = await run(SLACK_BOT_TOKEN="")
    assert code == 1
    assert "python app.py demo" in output
    assert "Traceback" not in output


async def test_swapped_tokens_are_named_before_slack_is_asked(tmp_path: Path) -> None:
    settings = {
        "SLACK_BOT_TOKEN": "xapp-1-A1-secret",
        "SLACK_APP_TOKEN": "xoxb-1-secret",
        "SLACK_API_URL": "http://127.0.0.1:9/",  # nothing listens there
        "DESK_CONFIG": str(DEMO / "desk.toml"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'd.sqlite3'}",
    }
    (started, text), (checked, found) = await asyncio.gather(run(**settings), run("check", **settings))
    assert started == checked == 1
    for output in (text, found):
        assert "an app-level token (xapp-…), which belongs in SLACK_APP_TOKEN" in output
        assert "a bot token (xoxb-…), which belongs in SLACK_BOT_TOKEN" in output
        assert not re.search("Traceback|secret|cannot be reached", output)


async def test_check_refuses_tokens_of_two_apps(tmp_path: Path) -> None:
    seed = Seed.from_file(DEMO / "cast.toml")
    seed.apps.append(SeedApp(name="Monitor"))
    async with LocalSlack(seed) as slack:
        own, other = slack.app("Partner Desk"), slack.app("Monitor")
        code, output = await run(
            "check", SLACK_BOT_TOKEN=own.bot_token, SLACK_APP_TOKEN=other.app_token, SLACK_API_URL=slack.api_url,
            DESK_CONFIG=str(DEMO / "desk.toml"), DATABASE_URL=f"sqlite:///{tmp_path / 'd.sqlite3'}",
        )  # fmt: skip
    assert code == 1
    assert f"is of the app {other.id}, and SLACK_BOT_TOKEN of the app {own.id}" in output


async def test_taken_port_is_reported_clearly(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, output = await run("demo", "--state", str(tmp_path), PORT=str(taken.getsockname()[1]))
    assert code == 1
    assert "cannot be used" in output
    assert "make run PORT=" in output
    assert "Traceback" not in output


async def test_unknown_setting_is_reported_with_its_table_and_a_suggestion(tmp_path: Path) -> None:
    wrong = tmp_path / "desk.toml"
    wrong.write_text('[levels.second]\ngruop = "S1"\n', "utf-8")
    code, output = await run(SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1", DESK_CONFIG=str(wrong))
    assert code == 1
    assert "[levels.second] `gruop` is not a setting. Did you mean `group`?" in output


async def test_invalid_port_is_reported_without_a_traceback() -> None:
    code, output = await run(PORT="many")
    assert code == 1
    assert output.startswith("PORT:")


async def test_check_reports_ok_for_each_part_of_a_correct_set_up(tmp_path: Path) -> None:
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml")) as slack:
        mail = await serve(Mailbox())
        bot = slack.app("Partner Desk")
        settings = {
            "SLACK_BOT_TOKEN": bot.bot_token,
            "SLACK_APP_TOKEN": bot.app_token,
            "SLACK_API_URL": slack.api_url,
            "DESK_CONFIG": str(DEMO / "desk.toml"),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'd.sqlite3'}",
            "SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
        }
        code, output = await run("check", **settings)
        await mail.close()
    assert code == 0, output
    lines = [line for line in output.splitlines() if line]
    assert all(line.startswith("ok ") for line in lines), output
    assert len(lines) >= 10


async def checked(folder: Path, *arguments: str, cwd: Path = ROOT, **changes: str) -> tuple[int, str]:
    """`check` of the demo's desk on a local Slack, from this folder, with these settings changed."""
    text = (DEMO / "desk.toml").read_text("utf-8")
    for before, after in changes.items():
        text = text.replace(before, after)
    (folder / "checked.toml").write_text(text, "utf-8")
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml")) as slack:
        bot = slack.app("Partner Desk")
        mail = await serve(Mailbox())
        found = await run_in(
            cwd, "check", *arguments,
            SLACK_BOT_TOKEN=bot.bot_token, SLACK_APP_TOKEN=bot.app_token, SLACK_API_URL=slack.api_url,
            DESK_CONFIG=str(folder / "checked.toml"), DATABASE_URL=f"sqlite:///{folder / 'd.sqlite3'}",
            SMTP_URL=f"smtp://127.0.0.1:{mail.port}",
        )  # fmt: skip
        await mail.close()
    return found


async def test_check_posts_a_message_and_repairs_when_asked_to(tmp_path: Path) -> None:
    code, output = await checked(tmp_path, "--post", "--repair")
    assert code == 0, output
    assert "ok    a message is posted, found again and deleted" in output
    assert "ok    cards of 0 tickets" in output


async def test_check_looks_at_the_tokens_before_there_are_settings(tmp_path: Path) -> None:
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml")) as slack:
        bot = slack.app("Partner Desk")
        tokens = {"SLACK_BOT_TOKEN": bot.bot_token, "SLACK_APP_TOKEN": bot.app_token, "SLACK_API_URL": slack.api_url}
        _, output = await run_in(tmp_path, "check", DESK_CONFIG="missing.toml", **tokens)
    assert "FIX   settings in missing.toml" in output
    assert "ok    SLACK_BOT_TOKEN: " in output
    assert "ok    SLACK_APP_TOKEN: Socket Mode" in output


async def test_check_works_from_any_folder(tmp_path: Path) -> None:
    code, output = await checked(tmp_path, cwd=tmp_path)
    assert code == 0, output


async def test_check_names_people_who_cannot_do_what_they_are_named_for(tmp_path: Path) -> None:
    _, output = await checked(tmp_path, U0CARLA="U0RITA")
    (line,) = [line for line in output.splitlines() if line.startswith("FIX   people named")]
    assert "[desk] admins" in line
    assert "Rita Reuter ([desk] admins, [desk] leads, support contacts) belongs to another organisation" in line


async def test_check_warns_of_misspelt_names_in_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKN=xoxb-1\nEDITOR=vi\n", "utf-8")
    _, output = await checked(tmp_path, cwd=tmp_path)
    assert "FIX   .env: SLACK_BOT_TOKN: is not a setting. Did you mean SLACK_BOT_TOKEN?" in output
    assert "EDITOR" not in output


async def test_check_reports_a_fix_for_each_problem(tmp_path: Path) -> None:
    settings = tmp_path / "desk.toml"
    settings.write_text(
        '[desk]\nchannel = "nowhere"\n[levels.second]\nmembers = ["U0NOBODY"]\n[retarus]\nemail = "s@r.example"\n'
        'from_address = "d@n.example"\n',
        "utf-8",
    )
    async with LocalSlack(_seed()) as slack:
        known = {
            "SLACK_BOT_TOKEN": slack.app("Partner Desk").bot_token,
            "SLACK_APP_TOKEN": "xapp-wrong",
            "SLACK_API_URL": slack.api_url,
            "DESK_CONFIG": str(settings),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'd.sqlite3'}",
        }
        code, output = await run("check", "--repair", **known)
    assert code == 1
    assert "Nothing was repaired: the lines with FIX must be corrected first." in output
    wrong = [line for line in output.splitlines() if line.startswith("FIX")]
    for word in ("mail", "authorised contacts", "SLACK_APP_TOKEN", "[desk] channel", "[levels.second]"):
        assert any(word in line for line in wrong), (word, output)


async def test_migrate_moves_a_sqlite_desk_and_is_idempotent(tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    store = await open_store(source)
    await store.apply(Batch(tickets=[a_ticket()]))
    await store.close()
    with server_url() as server, temporary_database(server) as target:
        for arguments, settings in (((), {"DATABASE_URL": target}), (("--to", target), {})):
            code, output = await run("migrate", "--from", source, *arguments, **settings)
            assert code == 0, output
            assert "        1 tickets" in output
            assert "compared row by row" in output
        moved = await open_store(target)
        assert await moved.get("t1")
        await moved.close()


async def test_migrate_to_an_unreachable_database_does_not_reveal_the_password(tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    await (await open_store(source)).close()
    code, output = await run("migrate", "--from", source, "--to", "postgresql://desk:s3cret@127.0.0.1:9/desk")
    assert code == 1
    assert "cannot be reached" in output
    assert "s3cret" not in output
    assert "Traceback" not in output


async def test_check_reports_an_unreachable_database(tmp_path: Path) -> None:
    url = "postgresql://desk:s3cret@127.0.0.1:9/desk"
    code, output = await run("check", DESK_CONFIG=str(DEMO / "desk.toml"), DATABASE_URL=url)
    assert code == 1
    assert "FIX   database: The database desk at 127.0.0.1:9 cannot be reached" in output
    assert "s3cret" not in output


async def test_audit_export_ends_without_a_traceback_when_its_reader_does(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'd.sqlite3'}"
    tickets = [a_ticket(f"t{number}") for number in range(1000)]  # more than a pipe holds
    async with opened(url) as (store, _):
        await store.apply(Batch(tickets=tickets, events=[an_event(each) for each in tickets]))
    command = f"{sys.executable} {ROOT / 'app.py'} audit-export | head -1; exit ${{PIPESTATUS[0]}}"
    running = await asyncio.create_subprocess_exec(
        "bash", "-c", command, cwd=tmp_path, env={"PATH": os.environ["PATH"], "DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(running.communicate(), TIMEOUT)
    assert (running.returncode, output.decode().count("\n")) == (141, 1), output.decode()


async def test_day_that_is_none_is_refused_in_words() -> None:
    code, output = await run("audit-export", "--since", "yesterday")
    assert code == 2
    assert "“yesterday” is not a day: write it as 2026-11-30" in output
