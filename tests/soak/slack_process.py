"""The local Slack with an SMTP and an IMAP server in a process of their own: `python -m tests.soak.slack_process`.

Prints its addresses as one JSON object, and runs until its input ends. Faults are ordered over the control interface.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path
from urllib.parse import quote

from localslack import LocalSlack, Mailbox, Seed
from localslack.mail import serve, serve_imap

CAST = Path(__file__).parents[2] / "demo" / "cast.toml"
DESK, PASSWORD = "desk@nordlicht.example", "zqx-mail-password"
"""Login of the desk's mailbox."""


async def run() -> None:
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # it warns at each session that the login goes without TLS
    mailbox = Mailbox()
    async with LocalSlack(Seed.from_file(CAST), mailbox=mailbox) as slack:
        slack.switches.redeliver_seconds = 1.0
        mail = await serve(mailbox, login=(DESK, PASSWORD))
        inbox = await serve_imap(mailbox, DESK, PASSWORD)
        app = slack.app("Partner Desk")
        login = f"{quote(DESK)}:{PASSWORD}@127.0.0.1"
        addresses = {
            "control": slack.control_url,
            "api": slack.api_url,
            "bot_token": app.bot_token,
            "app_token": app.app_token,
            "smtp": f"smtp://{login}:{mail.port}",
            "imap": f"imap://{login}:{inbox.port}/INBOX",
        }
        print(json.dumps(addresses), flush=True)  # noqa: T201 (its output is its result)
        await _until_input_ends()
        await inbox.close()
        await mail.close()


async def _until_input_ends() -> None:
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    await lines.read()


if __name__ == "__main__":
    asyncio.run(run())
