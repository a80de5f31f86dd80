"""Logging: one line per event, as text or JSON, with the ids of the request, ticket, person and replica."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

from runtime import log_context

_REFERENCE = re.compile(r"\breference:? ([0-9a-f]{4,16})\b")
"""Reference id in an error message, as quoted by people."""
_STANDARD = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _ContextFilter(logging.Filter):
    """Adds the context of the task to each record."""

    def __init__(self, replica: str) -> None:
        super().__init__()
        self._replica = replica

    def filter(self, record: logging.LogRecord) -> bool:
        context = log_context.current()
        record.request, record.ticket, record.person = context.request, context.ticket, context.person
        record.replica = self._replica
        return True


def _ids(record: logging.LogRecord) -> dict[str, str]:
    named = {name: getattr(record, name, "") for name in ("request", "ticket", "person", "replica")}
    return {name: value for name, value in named.items() if value}


class TextFormatter(logging.Formatter):
    """Formats for people: the ids follow the message in brackets."""

    def __init__(self) -> None:
        super().__init__(_STANDARD)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the standard library's name)
        ids = " ".join(f"{name}={value}" for name, value in _ids(record).items())
        line = super().formatMessage(record)
        return f"{line} [{ids}]" if ids else line


class JsonFormatter(logging.Formatter):
    """Formats for log collectors: one JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message,
            **_ids(record),
        }
        if found := _REFERENCE.search(message):
            line["reference"] = found[1]
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(form: str, level: str, replica: str, stream: TextIO | None = None) -> None:
    """Replaces the root logger's handlers by one with this format."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    handler.addFilter(_ContextFilter(replica))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    quieter = max(logging.WARNING, root.level)
    logging.getLogger("apscheduler").setLevel(quieter)
