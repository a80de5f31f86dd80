"""Commands of data protection: export a person, erase a person, and the log of both."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from bot.privacy.erasure import PersonalDataArchive


async def export_person(archive: PersonalDataArchive, terms: list[str], folder: Path) -> str:
    """Exports everything that names this person, to a file only its owner can read; returns a report."""
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


async def erase_person(archive: PersonalDataArchive, terms: list[str], folder: Path) -> str:
    """Exports first, then erases; returns a report."""
    exported = await export_person(archive, terms, folder)
    erased = await archive.erase(await archive.find(*terms))
    return (
        f"Exported to {exported}\nErased from {erased} tickets, the register and drafts. What is in Slack and in "
        "mailboxes is not touched: delete it there, and take a contact out of desk.toml. Delete the export once it "
        "was handed over."
    )


async def access_log(archive: PersonalDataArchive) -> str:
    """Log of exports and erasures with the users who made them, newest first."""
    entries = await archive.accesses()
    return (
        "\n".join(f"{each.at:%Y-%m-%d %H:%M} UTC  {each.by}  {each.action}  {each.about}" for each in entries)
        or "empty"
    )
