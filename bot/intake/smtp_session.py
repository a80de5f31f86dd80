"""An SMTP session that was typed or logged: `MAIL FROM`, `RCPT TO`, and the server's answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.intake.model import Origin, Transaction
from bot.intake.text_page import ADDRESS, TextPage

_EDGE = r"^[\s<>=~*-]{0,6}(?:[CS]:\s?)?"
_SENDER = re.compile(rf"{_EDGE}MAIL FROM:\s?<?({ADDRESS})?>?", re.IGNORECASE)
_RECIPIENT = re.compile(rf"{_EDGE}RCPT TO:\s?<?({ADDRESS})>?", re.IGNORECASE)
_OTHER = re.compile(rf"{_EDGE}(?:HELO|EHLO|STARTTLS|DATA|QUIT|RSET|NOOP|AUTH|BDAT)\b.{{0,200}}$", re.IGNORECASE)
_ANSWER = re.compile(rf"{_EDGE}(([2-5])\d\d(?:[ -].{{0,400}})?)$")


def transactions(page: TextPage) -> Iterator[Transaction]:
    """A transaction for each refused recipient, or for the recipients of what was refused afterwards.

    The lines of the session are consumed.
    """
    lines = [number for number, line in page.free() if _RECIPIENT.match(line)]
    if not lines or not any(_SENDER.match(line) for _, line in page.free()):
        return
    sender, waiting, last = "", list[tuple[int, str]](), 0
    for number, line in list(page.free()):
        named, recipient, answer = _SENDER.match(line), _RECIPIENT.match(line), _ANSWER.match(line)
        if named:
            sender, waiting = named[1] or "", []
        elif recipient:
            waiting, last = [*waiting, (number, recipient[1])], number
        elif answer and answer[2] in "45" and waiting:
            refused = waiting[-1:] if number == last + 1 else waiting
            waiting = [each for each in waiting if each not in refused]
            for at, address in refused:
                parts = {"sender": sender, "recipient": address, "status": " ".join(answer[1].split())}
                yield Transaction({part: text for part, text in parts.items() if text}, page.source(Origin.LOG, at))
        elif not answer and not _OTHER.match(line):
            continue
        page.take(number, number + 1)
