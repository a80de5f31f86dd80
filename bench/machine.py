"""One line about machine, versions, date and load of a measurement."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter


def machine(folder: Path, engines: Iterable[str]) -> str:
    """Describes the machine; call it before measuring. `folder` holds the databases; `engines` are their versions."""
    packages = [f"{name} {version(name)}" for name in ("slack-bolt", "slack-sdk", "aiohttp")]
    return (
        f"{datetime.now(UTC):%Y-%m-%d} · {_processor()}, {os.cpu_count()} cores · {platform.system()} "
        f"{platform.release()} · Python {platform.python_version()}, {', '.join([*packages, *engines])} · "
        f"one fsync: {_fsync(folder) * 1000:.2f} ms · load before: {os.getloadavg()[0]:.1f}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _fsync(folder: Path) -> float:
    """Seconds for an fsync of 4 KB on the disk of the databases."""
    times = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(50):
            started = perf_counter()
            file.write(b"-" * 4096)
            os.fsync(file.fileno())
            times.append(perf_counter() - started)
    return statistics.median(times)
