"""Worker process that parses mails: reads requests from standard input, writes answers to standard output.

Request: one JSON line `{"verb": …, "size": …}` and that many bytes. Answer: one JSON line `{"size": …}` and that many
bytes. The process has no secrets in its environment and a memory limit; whoever started it kills it when it is late.
"""

from __future__ import annotations

import json
import sys
from typing import BinaryIO, Final

from bot.adapters.inbound_mail.parser import file_bytes, parse

READY: Final = b"ready\n"
MEMORY: Final = 768 * 1024 * 1024
"""Bytes of address space; libraries take about 150 MB of it before the first mail."""


def main(source: BinaryIO, sink: BinaryIO) -> None:
    """Answers until the input ends."""
    _limit_memory()
    sink.write(READY)
    sink.flush()
    while line := source.readline():
        request = json.loads(line)
        answer, fault = _answer(request, source.read(request["size"]))
        header = {"size": len(answer), "fault": fault}
        sink.write(json.dumps(header).encode() + b"\n" + answer)
        sink.flush()


def _answer(request: dict[str, object], raw: bytes) -> tuple[bytes, str]:
    """The bytes, or which kind of error it was: its message may quote the mail."""
    try:
        if request["verb"] == "file":
            content = file_bytes(raw, int(str(request["number"])))
            return content or b"", "" if content is not None else "no such file"
        return parse(raw, is_cut=bool(request["is_cut"])).model_dump_json().encode(), ""
    except MemoryError:
        return b"", "memory"
    except Exception as error:  # noqa: BLE001  any other mail must still be read
        return b"", type(error).__name__


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  not on every system

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
