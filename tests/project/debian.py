"""A Debian machine for tests that boots in a second: its systemd is process 1 of namespaces of its own.

Its /etc, /var, /opt and users are its own; its programs are those of the machine that runs the tests.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

BOOT = Path(__file__).with_name("boot.sh")
NAMESPACES = ("--pid", "--mount", "--cgroup", "--uts", "--ipc")
STARTED = b"Startup finished"
PYTHON = "/opt/python"
SOURCES = "usr-src"
"""The folder that the machine has as /usr/src."""
FOLDERS = (
    "dev", "etc/systemd/system", "home", "opt/python", "proc", "root", "run", "sys", "tmp", "usr", "var/backups",
    "usr-src", "var/lib", "var/log/journal", "var/tmp",
)  # fmt: skip
NOT_NEEDED = ("console-getty.service", "dbus.service", "dbus.socket", "systemd-logind.service")
"""Units that only people at the console need."""


def cannot_boot() -> str:
    """The reason why no machine can be booted here; empty where it can."""
    if os.geteuid():
        return "only root can boot it"
    for program in ("/lib/systemd/systemd", "unshare", "nsenter", "setpriv"):
        if not shutil.which(program):
            return f"{program} is missing: apt-get install systemd util-linux"
    if not _groups():
        return "there are no control groups (cgroup2)"
    tried = subprocess.run(
        ["unshare", "--fork", *NAMESPACES, "mount", "-t", "cgroup2", "cgroup2", "/mnt"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return tried.stderr.strip()


def _groups() -> Path | None:
    """The folder of this process's control group."""
    mounted = (line.split(" - ") for line in Path("/proc/self/mountinfo").read_text("utf-8").splitlines())
    points = [left.split()[4] for left, right in mounted if right.startswith("cgroup2 ")]
    mine = [line[3:] for line in Path("/proc/self/cgroup").read_text("utf-8").splitlines() if line.startswith("0::")]
    return Path(f"{points[0]}{mine[0]}") if points and mine else None


class Debian:
    """A machine that is switched on and off."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._process: asyncio.subprocess.Process | None = None
        self._console = bytearray()

    def set_up(self) -> None:
        """A new system: no settings, and no users but Debian's own."""
        for folder in FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        for folder in ("tmp", "var/tmp"):
            (self.root / folder).chmod(0o1777)
        for name in ("bin", "sbin", "lib", "lib64"):
            (self.root / name).symlink_to(f"usr/{name}")
        etc = self.root / "etc"
        for name in ("passwd", "group"):
            shutil.copy(f"/usr/share/base-passwd/{name}.master", etc / name)
        for name in ("alternatives", "pam.d", "security", "ld.so.conf.d"):
            shutil.copytree(f"/etc/{name}", etc / name, symlinks=True)
        shutil.copy("/etc/login.defs", etc)
        for name, text in {
            "hostname": "bare\n",
            "hosts": "127.0.0.1 localhost\n",
            "ld.so.conf": f"{PYTHON}/lib\ninclude /etc/ld.so.conf.d/*.conf\n",
            "machine-id": "",
            "nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n",
            "shadow": "root:*:20000::::::\n",
        }.items():
            (etc / name).write_text(text, "utf-8")
        for unit in NOT_NEEDED:
            (etc / "systemd/system" / unit).symlink_to("/dev/null")

    async def boot(self) -> None:
        """Switches it on; returns when everything that is enabled was started."""
        groups = _groups()
        assert groups
        self._group = groups / f"debian-{os.getpid()}-{self.root.name}"
        self._group.mkdir(exist_ok=True)
        master, slave = os.openpty()
        self._console.clear()
        started = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(master, self._read, master, started)
        self._process = await asyncio.create_subprocess_exec(
            "sh", "-euc", 'echo $$ > "$0/cgroup.procs"; exec setpriv --pdeathsig KILL unshare "$@"', self._group,
            "--fork", "--kill-child", *NAMESPACES, "sh", BOOT, self.root, os.ttyname(slave), sys.base_prefix,
            stdin=asyncio.subprocess.DEVNULL, stdout=slave, stderr=slave, start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        waiting = {asyncio.create_task(started.wait()), asyncio.create_task(self._process.wait())}
        await asyncio.wait(waiting, timeout=120, return_when=asyncio.FIRST_COMPLETED)
        for each in waiting:
            each.cancel()
        assert started.is_set(), self._console.decode(errors="replace")

    def _read(self, master: int, started: asyncio.Event) -> None:
        try:
            self._console += os.read(master, 1 << 16)
        except OSError:  # the machine is off
            asyncio.get_running_loop().remove_reader(master)
            os.close(master)
        if STARTED in self._console:
            started.set()

    async def run(self, text: str) -> str:
        """Runs these commands as root; each must succeed."""
        process = await asyncio.create_subprocess_exec(
            "nsenter", "--all", "--target", str(self._first()), "env", "-i", "HOME=/root", "LC_ALL=C.UTF-8",
            "PIP_NO_INDEX=1", "PIP_FIND_LINKS=/opt/wheels", "PIP_ROOT_USER_ACTION=ignore",
            f"PATH=/opt/stand-ins:{PYTHON}/bin:/usr/sbin:/usr/bin", "sh", "-euc", text,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await asyncio.wait_for(process.communicate(), 300)
        assert process.returncode == 0, f"{text}\n{output.decode()[-3000:]}"
        return output.decode()

    def _first(self) -> int:
        """The number of its process 1."""
        assert self._process
        number = self._process.pid
        return int(Path(f"/proc/{number}/task/{number}/children").read_text("ascii"))

    async def reboot(self) -> None:
        """Restarts as by `systemctl reboot`."""
        await self.run("systemctl reboot")
        assert self._process
        ended = await asyncio.wait_for(self._process.wait(), 120)
        assert ended == -signal.SIGHUP, (ended, self._console.decode(errors="replace"))  # the kernel's sign for it
        await self.boot()

    async def lose_power_and_boot(self) -> None:
        await self.lose_power()
        await self.boot()

    async def lose_power(self) -> None:
        """Ends every process at once, without a warning."""
        if self._process and self._process.returncode is None:
            with suppress(ProcessLookupError, ValueError):
                os.kill(self._first(), signal.SIGKILL)
            await self._process.wait()
        self._remove_group()

    def _remove_group(self) -> None:
        for folder, _, _ in os.walk(self._group, topdown=False):
            Path(folder).rmdir()


@asynccontextmanager
async def debian(root: Path) -> AsyncIterator[Debian]:
    """A machine that runs while the context is open."""
    made = Debian(root)
    made.set_up()
    try:
        await made.boot()
        yield made
    finally:
        await made.lose_power()
