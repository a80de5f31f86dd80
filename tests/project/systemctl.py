"""A stand-in for systemctl where no systemd runs: starts the programs of unit files as they say, as real processes.

systemctl.py UNITS STATE COMMAND …: UNITS is the folder of unit files, STATE the folder of pids and logs.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path


def settings(unit: Path, key: str) -> list[str]:
    lines = unit.read_text("utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]


def environment(unit: Path) -> dict[str, str]:
    known = {"PATH": os.environ["PATH"]}
    known |= dict(each.split("=", 1) for each in settings(unit, "Environment"))
    for file in settings(unit, "EnvironmentFile"):
        lines = [line for line in Path(file).read_text("utf-8").splitlines() if line and not line.startswith("#")]
        known |= dict(line.split("=", 1) for line in lines)
    return known


def start(unit: Path, state: Path) -> None:
    command = shlex.split(settings(unit, "ExecStart")[0])
    folder, log = settings(unit, "WorkingDirectory")[0], (state / f"{unit.name}.log").open("ab")
    process = subprocess.Popen(
        command, cwd=folder, env=environment(unit), stdout=log, stderr=log, start_new_session=True
    )
    if settings(unit, "Type") == ["oneshot"]:
        sys.exit(process.wait(60))
    (state / f"{unit.name}.pid").write_text(str(process.pid))


def pid(unit: Path, state: Path) -> int:
    file = state / f"{unit.name}.pid"
    return int(file.read_text()) if file.exists() else 0


def stop(unit: Path, state: Path) -> None:
    running = pid(unit, state)
    (state / f"{unit.name}.pid").unlink(missing_ok=True)
    if running:
        os.kill(running, signal.SIGTERM)
        until = time.monotonic() + 30
        while is_running(running) and time.monotonic() < until:
            time.sleep(0.05)


def is_running(number: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except FileNotFoundError:
        return False


def carry_out(units: Path, state: Path, command: str, names: list[str]) -> None:
    if command == "boot":
        names = [path.name.removesuffix(".enabled") for path in state.glob("*.service.enabled")]
    for unit in (units / name for name in names):
        if command == "enable":
            settings(unit, "WantedBy")[0]
            (state / f"{unit.name}.enabled").touch()
        if command in {"restart", "stop"}:
            stop(unit, state)
        if command in {"enable", "start", "restart", "boot"} and unit.suffix == ".service":
            start(unit, state)
        if command == "reload":
            assert settings(unit, "ExecReload") == ["/bin/kill -HUP $MAINPID"]
            os.kill(pid(unit, state), signal.SIGHUP)
        if command == "is-active":
            sys.exit(0 if is_running(pid(unit, state)) else 3)
        if command == "list-timers":
            sys.stdout.write(f"{settings(unit, 'OnCalendar')[0]} {unit.name}\n")


if __name__ == "__main__":
    carry_out(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], [each for each in sys.argv[4:] if each[0] != "-"])
