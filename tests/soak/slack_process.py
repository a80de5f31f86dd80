"""The local Slack and a local SMTP server in a process of their own: `python -m tests.soak.slack_process FOLDER`.

It prints its addresses as one JSON object, then takes one order for the mail server per line of its input:
`{"refuse": 451}`, `{"drop": "before"}`, `{"drop": "after"}`, `{"full": "support@retarus.example"}`, `{"clear": true}`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from localslack import LocalSlack, Mailbox, Seed
from localslack.mail import MailServer, serve

CAST = Path(__file__).parents[2] / "demo" / "cast.toml"


async def run() -> None:
    mailbox = Mailbox()
    async with LocalSlack(Seed.from_file(CAST), mailbox=mailbox) as slack:
        slack.switches.redeliver_seconds = 1.0
        mail = await serve(mailbox)
        app = slack.app("Partner Desk")
        addresses = {
            "control": slack.control_url,
            "api": slack.api_url,
            "bot_token": app.bot_token,
            "app_token": app.app_token,
            "smtp": mail.url,
        }
        print(json.dumps(addresses), flush=True)  # noqa: T201 (its output is its result)
        await _obey(mail)
        await mail.close()


async def _obey(mail: MailServer) -> None:
    """Carries out orders until the input ends."""
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async for line in lines:
        order = json.loads(line)
        if "refuse" in order:
            mail.faults.refuse(code=order["refuse"])
        elif "drop" in order:
            mail.faults.drop(when=order["drop"])
        elif "full" in order:
            mail.faults.refuse_recipient(order["full"])
        else:
            mail.faults.clear()


if __name__ == "__main__":
    asyncio.run(run())
