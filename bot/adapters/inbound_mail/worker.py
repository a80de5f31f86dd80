"""Worker process that parses mails: reads requests from standard input, writes answers to standard output.

Request: one JSON line `{"verb": …, "seconds": …, "size": …}` and that many bytes. Answer: one JSON line
`{"size": …, "fault": …}` and that many bytes. The process has no secrets in its environment and a memory limit. The
system ends it after so many seconds of CPU time, and whoever started it kills it when it stalls.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO, Final

from bot.adapters.inbound_mail.parser import file_bytes, parse
from bot.adapters.inbound_mail.raw_mail import READY
from bot.conversation.mail import InboundMail

MEMORY: Final = 768 * 1024 * 1024
"""Bytes of address space; libraries take about 150 MB of it before the first mail."""


def main(source: BinaryIO, sink: BinaryIO, read: Callable[[bytes, bool], InboundMail]) -> None:
    """Answers until the input ends. `read`: raw bytes, and whether they were cut at the limit."""
    _limit_memory()
    sink.write(READY)
    sink.flush()
    while line := source.readline():
        request = json.loads(line)
        raw = source.read(request["size"])
        _limit_time(request["seconds"])
        answer, fault = _answer(request, raw, read)
        _limit_time(0)
        header = {"size": len(answer), "fault": fault}
        sink.write(json.dumps(header).encode() + b"\n" + answer)
        sink.flush()


def _answer(request: dict[str, object], raw: bytes, read: Callable[[bytes, bool], InboundMail]) -> tuple[bytes, str]:
    """The bytes, or the kind of error: its message may quote the mail."""
    try:
        if request["verb"] == "file":
            content = file_bytes(raw, int(str(request["number"])))
            return content or b"", "" if content is not None else "no such file"
        return read(raw, bool(request["is_cut"])).model_dump_json().encode(), ""
    except MemoryError:
        return b"", "memory"
    except Exception as error:  # noqa: BLE001  any other mail must still be read
        return b"", type(error).__name__


def _limit_time(seconds: float) -> None:
    """Limits CPU time, so that a busy machine makes no mail unreadable; 0 is no limit. The signal ends the process."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  not on every system

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer, parse)
