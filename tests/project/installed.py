"""The program as the Dockerfile builds it: its build steps, run once in a fresh virtual environment for all tests.

Packages that this environment has are copied into the new one before pip runs. pip compares each of them with its pin,
and installs the others. That the pins' hashes are right was shown when this environment was installed from the same
ones.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PREFIX = "/opt/partner-desk"
WHEELS = "wheels"
"""Folder beside the installed program: what is needed to build it."""


def build_steps() -> list[str]:
    """The commands of the Dockerfile's first stage."""
    stage = (ROOT / "Dockerfile").read_text("utf-8").split("\nFROM ")[1]
    steps = re.findall(r"^RUN (.+)$", stage, re.MULTILINE)
    assert len(steps) > 1
    return steps


def shared_prefix(factory: pytest.TempPathFactory) -> Path:
    """The installed program; no test may change it."""
    base = factory.getbasetemp()
    return installed((base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "installed")


def copy_prefix(shared: Path, target: Path, called: str) -> None:
    """A copy of the installed program that may be changed, with scripts for the path it is called by."""
    shutil.copytree(shared, target, symlinks=True, copy_function=os.link)
    for script in (target / "bin").iterdir():
        if script.is_file() and not script.is_symlink() and (raw := script.read_bytes()).find(bytes(shared)) >= 0:
            script.unlink()
            script.write_bytes(raw.replace(bytes(shared), called.encode()))
            script.chmod(0o755)


def installed(shared: Path) -> Path:
    """The prefix the program is installed in; built by whichever test asks first, in any process."""
    prefix, done = shared / "partner-desk", shared / "built"
    try:
        (shared / "building").mkdir(parents=True)
    except FileExistsError:
        until = time.monotonic() + 550
        while not done.exists():
            assert time.monotonic() < until, "the installation does not end"
            time.sleep(0.2)
    else:
        _build(prefix)
        _download(shared / WHEELS)
        done.touch()
    return prefix


def _build(prefix: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        copy_source(source)
        for step in build_steps():
            command = step.replace(PREFIX, str(prefix)).replace("python -m venv", f"{sys.executable} -m venv")
            command = command.replace("--no-cache-dir ", "")  # an image must stay small; a test need not download again
            done = subprocess.run(["sh", "-euc", command], cwd=source, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"
            if "-m venv" in step:
                _copy_packages(next((prefix / "lib").glob("python*/site-packages")))


def pins(name: str) -> dict[str, tuple[str, ...]]:
    """Each version of a package in a file of pins, such as `numpy==2.4.6`, with its hashes."""
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8").strip())
    return {block.split()[0]: tuple(re.findall(r"--hash=(\S+)", block)) for block in blocks}


def _copy_packages(site: Path) -> None:
    """Copies the files of the pinned packages of this environment, compiled as they are."""
    for pin in pins("requirements.txt"):
        with suppress(metadata.PackageNotFoundError):
            package = metadata.distribution(pin.partition("==")[0])
            for file in package.files or ():
                source = Path(str(package.locate_file(file)))
                if not file.is_absolute() and ".." not in file.parts and source.is_file():
                    (site / file).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(source, site / file)


def _download(folder: Path) -> None:
    """Downloads the packages that build the program; the Dockerfile removes them again."""
    wanted = ("--no-deps", "-r", ROOT / "requirements-build.txt", "-d", folder)
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", *wanted], check=True, timeout=120)


def copy_source(target: Path) -> None:
    """Files that `COPY . .` takes: the checkout without what .dockerignore leaves out."""
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*(each.removeprefix("**/") for each in ignored)))
