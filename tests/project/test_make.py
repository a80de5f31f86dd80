"""The first `make run` on a machine: a line for each step, and the package to install for a missing program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNREACHABLE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/nowhere/at-all"}
"""Settings with which pip warns of an ignored location and finds no package."""
SAYS_ITS_ARGUMENTS = "import sys\nprint('app.py', *sys.argv[1:])\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the Makefile, no packages to install, and a program that says how it was started."""
    folder = tmp_path / "größer & mehr"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (folder / name).write_text("# none\n", "utf-8")
    (folder / "app.py").write_text(SAYS_ITS_ARGUMENTS, "utf-8")
    return folder


def make(folder: Path, *arguments: str, **settings: str) -> tuple[int, list[str]]:
    """Runs `make …` there; its exit code and the lines it printed."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(("SLACK_", "MAKE", "PIP_"))}
    python = () if any(each.startswith("PYTHON=") for each in arguments) else (f"PYTHON={sys.executable}",)
    done = subprocess.run(
        ["make", *python, *arguments], cwd=folder, env=inherited | settings, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines()


def python_without(module: str, folder: Path) -> Path:
    """A Python in which one module cannot be imported: as Debian's is without python3-venv."""
    python = folder / "python3.11"
    blocked = f"import sys; sys.modules[{module!r}] = None; exec(sys.argv.pop(1))"
    python.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exec "{sys.executable}" -c "{blocked}" "$2"\nexit 9\n', "utf-8")
    python.chmod(0o755)
    return python


@pytest.mark.long
def test_the_first_run_says_each_step_and_the_second_one_only_starts(checkout: Path) -> None:
    """Warnings of pip are not shown: they would drown it. Its errors are."""
    code, output = make(checkout, "run", **UNREACHABLE)
    assert code == 0, output
    assert output[0].startswith("Making a virtual environment in .venv with Python 3.")
    assert output[1].startswith("Installing 0 packages (requirements.txt) into .venv: ")
    assert output[2:] == ["app.py demo --language en"]
    assert make(checkout, "run", "OPEN=1", "SPOKEN=de") == (0, ["app.py demo --language de --open"])
    (checkout / "requirements.txt").write_text("not-a-package-of-anybody==1\n", "utf-8")
    code, output = make(checkout, "run", **UNREACHABLE)
    assert code != 0
    assert "Installing 1 packages" in output[0]
    assert any(line.startswith("ERROR: No matching distribution found for not-a-package-of-anybody") for line in output)
    assert not any("WARNING" in line for line in output), output


@pytest.mark.long
def test_interrupted_environment_is_created_again(checkout: Path) -> None:
    half = [sys.executable, "-m", "venv", "--without-pip", str(checkout / ".venv")]
    subprocess.run(half, check=True)
    code, output = make(checkout, "run")
    assert code == 0, output
    assert output[-1] == "app.py demo --language en"


@pytest.mark.parametrize("module", ["ensurepip", "venv"])
def test_a_python_without_venv_is_reported_with_the_name_of_its_package(checkout: Path, module: str) -> None:
    code, output = make(checkout, "run", f"PYTHON={python_without(module, checkout)}")
    assert code != 0
    assert output[0].endswith(
        "cannot make a virtual environment. On Debian or Ubuntu: sudo apt install python3.11-venv"
    )
    assert not (checkout / ".venv").exists()


def test_missing_python_is_reported_with_the_name_of_its_package(checkout: Path) -> None:
    code, output = make(checkout, "run", "PYTHON=python3.99")
    assert code != 0
    assert output[0] == "There is no python3.99. On Debian or Ubuntu: sudo apt install python3 python3-venv"


@pytest.mark.long
def test_a_missing_browser_and_node_js_are_reported_before_the_tests_begin(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "make", "grep", "touch"):
        (tools / name).symlink_to(str(shutil.which(name)))
    _, output = make(checkout, "test", PATH=str(tools), CHROMIUM="")
    sentences = [line for line in output if "is not installed" in line]
    assert [line.rpartition("sudo apt install ")[2] for line in sentences] == ["chromium", "nodejs npm"], output
    (tools / "chrome").symlink_to("/bin/true")
    _, output = make(checkout, "test", PATH=str(tools), CHROMIUM="")
    assert [line.split(" is not")[0] for line in output if "is not installed" in line] == ["Node.js"]
