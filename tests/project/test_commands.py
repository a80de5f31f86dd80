"""The command line: sentences, not tracebacks."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

from bot.adapters.store import open_store
from bot.tickets.ports import Batch
from localslack import LocalSlack, Mailbox, Seed
from localslack.mail import serve
from tests.doubles.postgres_server import a_database, server_url
from tests.doubles.records import a_ticket
from tests.handlers.world import DEMO, _seed

ROOT = DEMO.parent


async def run(*arguments: str, **settings: str) -> tuple[int, str]:
    """`python app.py …` with these settings only; its exit code and everything it said."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("SLACK_", "DESK_", "DATABASE_"))}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "app.py", *arguments, cwd=ROOT, env=clean | settings,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await asyncio.wait_for(running.communicate(), 30)
    return running.returncode or 0, said.decode()


async def test_without_tokens_it_says_so_and_names_the_demo() -> None:
    code, said = await run(SLACK_BOT_TOKEN="")
    assert code == 1
    assert "python app.py demo" in said
    assert "Traceback" not in said


async def test_a_taken_port_is_a_clear_message(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, said = await run("demo", "--state", str(tmp_path), PORT=str(taken.getsockname()[1]))
    assert code == 1
    assert "cannot be used" in said
    assert "make run PORT=" in said
    assert "Traceback" not in said


async def test_a_wrong_key_is_refused_with_its_place_and_the_nearest_right_one(tmp_path: Path) -> None:
    wrong = tmp_path / "desk.toml"
    wrong.write_text('[levels.second]\ngruop = "S1"\n', "utf-8")
    code, said = await run(SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1", DESK_CONFIG=str(wrong))
    assert code == 1
    assert "[levels.second] `gruop` is not a setting. Did you mean `group`?" in said


async def test_a_wrong_port_is_said_without_a_traceback() -> None:
    code, said = await run(PORT="many")
    assert code == 1
    assert said.startswith("PORT:")


async def test_a_slack_out_of_reach_is_said_without_a_traceback(tmp_path: Path) -> None:
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "DESK_CONFIG": str(DEMO / "desk.toml"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'd.sqlite3'}",
    }
    code, said = await run(**settings)
    assert code == 1
    assert "Slack cannot be reached" in said
    assert "Traceback" not in said


async def test_check_says_ok_for_each_thing_of_a_desk_that_is_set_up_right(tmp_path: Path) -> None:
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
        code, said = await run("check", **settings)
        await mail.close()
    assert code == 0, said
    lines = [line for line in said.splitlines() if line]
    assert all(line.startswith("ok ") for line in lines), said
    assert len(lines) >= 10


async def test_check_says_what_to_do_about_each_thing_that_is_wrong(tmp_path: Path) -> None:
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
        code, said = await run("check", **known)
    assert code == 1
    wrong = [line for line in said.splitlines() if line.startswith("FIX")]
    for word in ("mail", "authorised contacts", "SLACK_APP_TOKEN", "[desk] channel", "[levels.second]"):
        assert any(word in line for line in wrong), (word, said)


async def test_an_embedded_desk_is_moved_by_a_command_which_may_be_repeated(tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    store = await open_store(source)
    await store.apply(Batch(tickets=[a_ticket()]))
    await store.close()
    with server_url() as server, a_database(server) as target:
        for arguments, settings in (((), {"DATABASE_URL": target}), (("--to", target), {})):
            code, said = await run("migrate", "--from", source, *arguments, **settings)
            assert code == 0, said
            assert "        1 tickets" in said
            assert "compared row by row" in said
        moved = await open_store(target)
        assert await moved.get("t1")
        await moved.close()


async def test_a_move_to_nowhere_is_refused_without_the_password(tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    await (await open_store(source)).close()
    code, said = await run("migrate", "--from", source, "--to", "postgresql://desk:s3cret@127.0.0.1:9/desk")
    assert code == 1
    assert "cannot be reached" in said
    assert "s3cret" not in said
    assert "Traceback" not in said


async def test_check_says_when_the_database_cannot_be_reached(tmp_path: Path) -> None:
    url = "postgresql://desk:s3cret@127.0.0.1:9/desk"
    code, said = await run("check", DESK_CONFIG=str(DEMO / "desk.toml"), DATABASE_URL=url)
    assert code == 1
    assert "FIX   database: The database desk at 127.0.0.1:9 cannot be reached" in said
    assert "s3cret" not in said
