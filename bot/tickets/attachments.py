"""Attachments of a ticket: selection for the next letter, listing, and packing."""

from __future__ import annotations

import mimetypes
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from bot.config.settings import Config
from bot.core.cleaning import clean_line
from bot.core.errors import Invalid
from bot.core.i18n import t
from bot.model.notice import Notice, Outcome, Sent
from bot.model.ticket import Attachment, Ticket

FILES = "files"
"""The key an error about files goes with."""
LIMIT = 20
"""Files with one letter."""


@dataclass(frozen=True)
class MissingFile:
    """A file that cannot be read; `reason` continues the sentence after its name: “was deleted in Slack”."""

    reason: str
    is_too_large: bool = False
    """True if it has more bytes than were asked for."""


def waiting(ticket: Ticket) -> tuple[Attachment, ...]:
    """Attachments for the next letter."""
    return tuple(each for each in ticket.attachments if each.sent_at is None)


def total(files: Iterable[Attachment]) -> int:
    """Bytes."""
    return sum(each.size for each in files)


def added(ticket: Ticket, files: Iterable[Attachment], config: Config) -> tuple[Attachment, ...]:
    """The ticket's attachments with these; existing ones stay as they are. `ValueError` above the limit.

    Told when a file is added, while whoever has it can still make it smaller.
    """
    known = {each.id for each in ticket.attachments}
    new = tuple({each.id: each for each in files if each.id not in known}.values())
    too_much = excess((*waiting(ticket), *new), config) if new else ""
    if too_much:
        raise ValueError(too_much)
    return (*ticket.attachments, *new)


def excess(files: Sequence[Attachment], config: Config) -> str:
    """Message about the attachments that are too much for one letter; empty when all fit."""
    if len(files) > LIMIT:
        return t(
            "That would be {count} files; at most {most} can go with one letter. Pack some into one archive.",
            count=len(files),
            most=LIMIT,
        )
    if total(files) > config.files.max_bytes:
        return t(
            "That would be {size} of files; at most {most} can go with one letter. Cut logs to the lines that "
            "matter, or compress them, and remove what is not needed.",
            size=sized(total(files)),
            most=sized(config.files.max_bytes),
        )
    return ""


def attached(ticket: Ticket, files: Sequence[Attachment], by: str, config: Config) -> Ticket:
    """The same version of the ticket with these files of this person. `Invalid` when it is too much for a letter."""
    if not files:
        return ticket
    try:
        together = added(ticket, [each.model_copy(update={"by": by}) for each in files], config)
    except ValueError as error:
        raise Invalid({FILES: str(error)}) from error
    return ticket.model_copy(update={"attachments": together})


def details(ticket: Ticket, files: Sequence[Attachment]) -> dict[str, str]:
    """Event details of these files: their ids, and the attachments of the next letter."""
    if not files:
        return {}
    return {"files": listed(files), "answer.files": listed(waiting(ticket))}


def without(ticket: Ticket, file_id: str) -> tuple[Attachment, ...]:
    return tuple(each for each in ticket.attachments if each.id != file_id)


def sent(ticket: Ticket, at: datetime) -> tuple[Attachment, ...]:
    """All files, with those that waited as sent now."""
    return tuple(
        each if each.sent_at else Attachment.model_validate({**each.model_dump(), "sent_at": at})
        for each in ticket.attachments
    )


def listed(files: Iterable[Attachment]) -> str:
    """`trace.log (12 kB), screen.png (1.2 MB)`."""
    return ", ".join(f"{clean_line(each.name) or each.id} ({sized(each.size)})" for each in files)


def sized(count: int) -> str:
    """A number of bytes as people say it: `640 B`, `12 kB`, `1.2 MB`."""
    for unit, size in (("MB", 1_000_000), ("kB", 1000)):
        if count >= size:
            number = f"{count / size:.1f}"
            return f"{number.removesuffix('.0')} {unit}" if count < 10 * size else f"{count // size} {unit}"
    return f"{count} B"


def written(files: Iterable[Attachment]) -> str:
    """Files a form offers, one per line, as the values of its options. A name that does not fit is left out whole."""
    return "\n".join(map(_option_value, files))


def _option_value(file: Attachment) -> str:
    name = clean_line(file.name)
    kinds = (file.type, "")  # what it is can be told by its name, mostly
    values = (f"{file.id}|{file.size}|{kind}|{name}" for kind in kinds)
    return next((each for each in values if len(each) <= _OPTION_VALUE), f"{file.id}|{file.size}||")


_OPTION_VALUE = 150
"""Characters Slack allows the value of an option."""


def read(text: str) -> tuple[Attachment, ...]:
    """… and those that were chosen."""
    lines = (line.split("|", 3) for line in text.splitlines() if line.count("|") >= 3)  # noqa: PLR2004 (four parts)
    return tuple(
        Attachment(
            id=file,
            name=name,
            size=int(size) if size.isdecimal() else 0,
            type=kind or mimetypes.guess_type(name)[0] or "",
        )
        for file, size, kind, name in lines
    )


def packed(files: Sequence[Attachment]) -> dict[str, JsonValue]:
    """Attachments in the body of a notification."""
    return {"files": [each.model_dump(mode="json") for each in files]} if files else {}


def unpacked(body: Mapping[str, JsonValue]) -> tuple[Attachment, ...]:
    """The key of the files that were kept."""
    files = body.get("files")
    return tuple(Attachment.model_validate(each) for each in files) if isinstance(files, list) else ()


async def fetched(
    fetch: Callable[[Attachment, int], Awaitable[bytes | MissingFile]], files: Iterable[Attachment], limit: int
) -> list[bytes | MissingFile]:
    """The bytes of each file, together at most `limit`, whatever size they were said to have."""
    found: list[bytes | MissingFile] = []
    for file in files:
        content = await fetch(file, limit)
        limit -= len(content) if isinstance(content, bytes) else 0
        found.append(content)
    return found


def left_out(files: Sequence[Attachment], found: Sequence[bytes | MissingFile]) -> tuple[str, ...]:
    """One sentence for each file that could not be sent."""
    pairs = zip(files, found, strict=True)
    return tuple(
        f"{clean_line(file.name) or file.id} {each.reason}." for file, each in pairs if isinstance(each, MissingFile)
    )


def along(letters: Iterable[Notice], files: Sequence[Attachment]) -> list[Notice]:
    """Letters with their files."""
    more = packed(files)
    return [each.model_copy(update={"body": {**each.body, **more}}) for each in letters]


def receipts(notices: Iterable[Notice], outcome: Outcome) -> list[Notice]:
    """Receipts of a delivery, with the files that could not be sent."""
    missing: list[JsonValue] = list(outcome.left_out) if isinstance(outcome, Sent) else []
    if not missing:
        return list(notices)
    return [each.model_copy(update={"body": {**each.body, "left_out": missing}}) for each in notices]
