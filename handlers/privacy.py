"""Somebody joins the desk channel who should not read there; an admin exports or erases a person."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from blocks.privacy import stranger
from bot.core.i18n import speaking
from bot.desk import Desk
from bot.privacy.erasure import Archive
from bot.register.membership import is_new_stranger
from handlers.dispatch import Boundary
from handlers.payload import News


def register(desk: Desk, edge: Boundary) -> None:
    async def joined(news: News) -> None:
        """The admins are told, once, each in their language."""
        if news.channel == desk.routes.desk and await is_new_stranger(desk.store, desk.directory, news.user):
            for admin in desk.config.desk.admins:
                with speaking(await desk.language_of(admin)):
                    message = stranger(news.user, news.channel)
                await edge.client.chat_postMessage(channel=admin, text=message.text, blocks=list(message.blocks))

    edge.news["member_joined_channel"] = joined


# --- the command line


async def export_person(archive: Archive, terms: list[str], folder: Path) -> str:
    """Everything that names this person, in a file only its owner can read; gives what to tell."""
    person = await archive.find(*terms)
    found = await archive.export(person)
    path = folder / f"person-{person.fingerprint}.json"
    await asyncio.to_thread(_write, path, json.dumps(found, ensure_ascii=False, indent=1))
    counts = ", ".join(f"{len(each)} {name.replace('_', ' ')}" for name, each in found.items())  # type: ignore[arg-type]
    return f"{path}: {counts}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")


async def erase_person(archive: Archive, terms: list[str], folder: Path) -> str:
    """Exports first, then erases; gives what to tell."""
    exported = await export_person(archive, terms, folder)
    erased = await archive.erase(await archive.find(*terms))
    return (
        f"Exported to {exported}\nErased from {erased} tickets, the register and drafts. What stands in Slack and in "
        "mailboxes is not touched: delete it there, and take a contact out of desk.toml. Delete the export once it "
        "was handed over."
    )


async def access_log(archive: Archive) -> str:
    """Who exported or erased what, newest first."""
    entries = await archive.accesses()
    return (
        "\n".join(f"{each.at:%Y-%m-%d %H:%M} UTC  {each.by}  {each.what}  {each.about}" for each in entries) or "empty"
    )
