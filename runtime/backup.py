"""Backup archives: one file with the database, drafts, settings without secrets, and the release.

The archive holds customers' data: only its owner may read it. Tokens and passwords are not in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from bot.config import effective
from bot.config.environment import ENV_FILE, Environment
from bot.config.settings_file import load
from bot.core.errors import Misconfigured
from bot.core.i18n import Language, mark, speaking, t
from bot.core.release import release

MANIFEST, SETTINGS, CONFIG = "manifest.json", "settings.txt", "desk.toml"
_FORMAT = 1
_NAME = "partner-desk-{at:%Y%m%dT%H%M%SZ}.tar.gz"
_ALL = "partner-desk-????????T??????Z.tar.gz"
_BIGGEST_MANIFEST = 1_000_000

REASON_HELD = mark(
    "This desk was restored from a backup, and it is not known whether this e-mail went out after the backup. "
    "Ask the recipient or look in the mail server's log; if it did not go out, try again."
)


class UncertainCounts(Protocol):
    """Counts of notifications that waited when the backup was taken."""

    @property
    def messages(self) -> int: ...

    @property
    def mails(self) -> int: ...


@dataclass(frozen=True)
class Storage:
    """Database operations used by backups."""

    copy_to: Callable[[str, Path], Awaitable[Sequence[str]]]
    empty_place: Callable[[str], Path]
    """The folder that a database is restored to; `Misconfigured` where it cannot be."""
    url_in: Callable[[Path], Awaitable[str]]
    """The URL of the database in a folder of files of a backup; `Misconfigured` where it cannot be used."""
    place_from: Callable[[Path, str], Awaitable[None]]
    hold_back: Callable[[str, datetime, str], Awaitable[UncertainCounts]]


async def back_up(env: Environment, target: Path, keep: int, storage: Storage, at: datetime) -> str:
    """Writes an archive to this file, or into this folder, where the newest `keep` stay. Returns a report."""
    archive, rotated = await asyncio.to_thread(_place, target, at)
    try:
        with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".backup-") as scratch:
            names = await storage.copy_to(env.database_url, Path(scratch))
            await asyncio.to_thread(_write, env, Path(scratch), names, archive, at)
    except OSError as error:
        raise Misconfigured(f"{archive.parent} cannot be written to ({error.strerror}).") from error
    await asyncio.to_thread(_verified, archive)
    removed = await asyncio.to_thread(_rotate, archive.parent, keep) if rotated else 0
    return "\n".join(_report(archive, names, removed))


def _place(target: Path, at: datetime) -> tuple[Path, bool]:
    """The archive's path, and whether its folder is rotated."""
    rotated = target.is_dir()
    archive = _free_name(target, at) if rotated else target
    if archive.exists():
        raise Misconfigured(f"{archive} already exists.")
    return archive, rotated


def _free_name(folder: Path, at: datetime) -> Path:
    """A file named by this second, or by the next that has none: two backups may be taken within one second."""
    while (archive := folder / _NAME.format(at=at)).exists():
        at += timedelta(seconds=1)
    return archive


def _report(archive: Path, names: Sequence[str], removed: int) -> list[str]:
    lines = [f"{archive}: {archive.stat().st_size:,} bytes, verified."]
    if not names:
        lines.append('The database is on a server and not in the backup: pg_dump -Fc "$DATABASE_URL" > desk.dump')
    if removed:
        lines.append(f"Older backups removed: {removed}")
    return lines


def _write(env: Environment, scratch: Path, names: Sequence[str], archive: Path, at: datetime) -> None:
    (scratch / SETTINGS).write_text("\n".join(map(str, effective.of_environment(env, ENV_FILE))) + "\n", "utf-8")
    files = [*names, SETTINGS]
    if env.desk_config.is_file():
        (scratch / CONFIG).write_bytes(env.desk_config.read_bytes())
        files.append(CONFIG)
    digests = {name: _digest(scratch / name) for name in files}
    manifest = {"format": _FORMAT, "release": release(), "taken_at": at.isoformat(), "files": digests}
    unfinished = scratch / "archive"
    unfinished.touch(mode=0o600)
    with tarfile.open(unfinished, "w:gz", compresslevel=6) as tar:
        _add_text(tar, MANIFEST, json.dumps(manifest, indent=1))
        for name in files:
            tar.add(scratch / name, name, filter=_anonymous)
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.replace(archive)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    raw = text.encode()
    member = _anonymous(tarfile.TarInfo(name))
    member.size = len(raw)
    tar.addfile(member, io.BytesIO(raw))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rotate(folder: Path, keep: int) -> int:
    """Removes all but the newest; their names sort by time."""
    old = sorted(folder.glob(_ALL))[: -max(keep, 1)]
    for path in old:
        path.unlink(missing_ok=True)  # two processes may rotate the same folder
    return len(old)


# --- reading

_UNREADABLE = (
    OSError, EOFError, tarfile.TarError, zlib.error, LookupError, ValueError, TypeError, AttributeError, RecursionError,
)  # fmt: skip
"""Errors of reading a file that was changed, or is something else."""


def _verified(archive: Path, into: Path | None = None) -> Mapping[str, Any]:
    """The archive's manifest, after each file was compared with its digest; extracts the files into this folder."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            manifest = _manifest(tar, archive)
            for name, digest in manifest["files"].items():
                if _extracted(tar, name, into) != digest:
                    raise Misconfigured(f"{archive} is damaged: {name} is not what was backed up.")
    except _UNREADABLE as error:
        raise Misconfigured(f"{archive} is not a readable backup ({type(error).__name__}).") from error
    return manifest


def _manifest(tar: tarfile.TarFile, archive: Path) -> dict[str, Any]:
    file = tar.extractfile(MANIFEST)
    if file is None:
        raise ValueError(MANIFEST)
    manifest: dict[str, Any] = json.loads(file.read(_BIGGEST_MANIFEST))
    if manifest["format"] != _FORMAT:
        raise Misconfigured(
            f"{archive} was written by another release ({manifest['release']}): restore it with that release."
        )
    return manifest


def _extracted(tar: tarfile.TarFile, name: str, into: Path | None) -> str:
    """The digest of a file in the archive, which is extracted into this folder; its name is never used as a path."""
    file = tar.extractfile(name)
    if file is None or Path(name).name != name:
        raise ValueError(name)
    digest = hashlib.sha256()
    with (into / name if into else Path(os.devnull)).open("wb") as copy:
        while block := file.read(1 << 20):
            digest.update(block)
            copy.write(block)
    return digest.hexdigest()


async def restore(env: Environment, archive: Path, storage: Storage, at: datetime) -> str:
    """Restores a verified archive's database to DATABASE_URL, and desk.toml if there is none. Returns a report.

    The database is made safe before it is placed, so that there is never one that sends what was sent already.
    """
    folder = storage.empty_place(env.database_url)
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as scratch:
            manifest, config = await asyncio.to_thread(_verified, archive, Path(scratch)), Path(scratch) / CONFIG
            at_hand = env.desk_config if env.desk_config.exists() else config
            held = await _held_back(await storage.url_in(Path(scratch)), at_hand, storage, at)
            await storage.place_from(Path(scratch), env.database_url)
            settings = await asyncio.to_thread(_placed, config, env.desk_config)
    except OSError as error:
        raise Misconfigured(f"{folder} cannot be written to ({error.strerror}).") from error
    return f"Restored what release {manifest['release']} backed up at {manifest['taken_at']}.\n{settings}\n{held}"


def _placed(source: Path, target: Path) -> str:
    if target.exists():
        return f"{target} already exists and stays as it is."
    if not source.is_file():
        return "The backup holds no desk.toml."
    try:
        target.write_bytes(source.read_bytes())
    except OSError as error:
        return f"{target} cannot be written ({error.strerror}): take {CONFIG} out of the archive, by tar."
    return f"{target} is restored too. Tokens and passwords are not in a backup: set them again."


async def held_back(env: Environment, storage: Storage, at: datetime) -> str:
    """Makes a restored database safe: nothing that waited is sent twice. Returns a report."""
    return await _held_back(env.database_url, env.desk_config, storage, at)


async def _held_back(url: str, config: Path, storage: Storage, at: datetime) -> str:
    with speaking(await asyncio.to_thread(_language, config)):
        unsure = await storage.hold_back(url, at, t(REASON_HELD))
    return (
        f"{unsure.messages} messages that waited are looked for in Slack before they are posted.\n"
        f"{unsure.mails} e-mails that waited are listed for admins in the App Home: they may have gone out since."
    )


def _language(path: Path) -> Language:
    """The desk's language; English where there are no settings yet, or wrong ones."""
    try:
        return load(path).desk.language
    except Misconfigured:
        return Language.ENGLISH
