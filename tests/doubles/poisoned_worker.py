"""The worker that parses mails, with a parser that some mails stall, crash or exhaust."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from bot.adapters.inbound_mail.parser import parse
from bot.adapters.inbound_mail.worker import main
from bot.conversation.mail import InboundMail


def read(raw: bytes, is_cut: bool) -> InboundMail:
    """`X-Poison: stall`, `spin`, `crash`, `fault`, `memory`, or `once PATH`: a crash at the first attempt only."""
    poison = raw.partition(b"X-Poison: ")[2].split(b"\r\n")[0].decode()
    if poison == "stall":
        threading.Event().wait()
    while poison == "spin":
        pass
    if poison == "crash":
        os._exit(3)
    if poison == "fault":
        raise RuntimeError(raw)
    if poison == "memory":
        bytes(1 << 40)
    if poison.startswith("once ") and not Path(poison[5:]).exists():
        Path(poison[5:]).touch()
        os._exit(3)
    return parse(raw, is_cut)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer, read)
