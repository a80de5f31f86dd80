"""The mailbox: received mails, kept and found again."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

from localslack.mail.faults import Faults
from localslack.mail.letter import Mail, received

Listener = Callable[[Mail | None], None]


class Mailbox:
    """All mails of all recipients, in order of arrival.

    With a `folder` each mail is also a file in it (`000001.eml`), and a new Mailbox on the same folder has them again.
    `faults` are those of its SMTP and IMAP servers.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.faults = Faults()
        self._folder = folder
        self._mails: dict[str, Mail] = {}
        self._listeners: list[Listener] = []
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        for file in self._files():
            number = str(int(file.stem))
            self._mails[number] = received(file.read_bytes(), number, file.stat().st_mtime)
        self._numbers = itertools.count(max(map(int, self._mails), default=0) + 1)

    def messages(self) -> list[Mail]:
        """Newest first."""
        return list(reversed(self._mails.values()))

    def get(self, id: str) -> Mail | None:
        return self._mails.get(id)

    def add(self, raw: bytes) -> Mail:
        mail = received(raw, str(next(self._numbers)))
        self._write(mail)
        return self._remember(mail)

    async def receive(self, raw: bytes) -> Mail:
        """Calls `add` from a running loop; writes to the disk in a thread."""
        mail = received(raw, str(next(self._numbers)))
        await asyncio.to_thread(self._write, mail)
        return self._remember(mail)

    def clear(self) -> None:
        self._mails.clear()
        for file in self._files():
            file.unlink(missing_ok=True)
        self._tell(None)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` with every new mail, and with None when the mailbox was emptied.

        Returns a function that unsubscribes it.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _files(self) -> list[Path]:
        if self._folder is None:
            return []
        return sorted((it for it in self._folder.glob("*.eml") if it.stem.isdecimal()), key=lambda it: int(it.stem))

    def _write(self, mail: Mail) -> None:
        if self._folder is None:
            return
        file = self._folder / f"{int(mail.id):06}.eml"
        unfinished = file.with_suffix(".part")
        unfinished.write_bytes(mail.raw)
        unfinished.replace(file)

    def _remember(self, mail: Mail) -> Mail:
        self._mails[mail.id] = mail
        self._tell(mail)
        return mail

    def _tell(self, mail: Mail | None) -> None:
        for listener in tuple(self._listeners):
            listener(mail)
