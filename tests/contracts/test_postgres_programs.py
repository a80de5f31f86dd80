"""The embedded PostgreSQL runs from any folder: also as root, in a folder that only root may enter."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from bench.engines import engines
from tests.doubles.postgres_programs import installed

ROOT = Path(__file__).parents[2]

STARTS_A_SERVER = """
from tests.doubles.postgres_programs import programs
from tests.doubles.postgres_server import temporary_database, server_url
with server_url() as server, temporary_database(server) as url:
    print(programs(), url)
"""


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A folder that only its owner may enter."""
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    return folder


@pytest.mark.parametrize("mode", ["as installed", "for the owner only"])
def test_a_server_starts_when_the_package_lies_in_a_private_folder(private: Path, mode: str) -> None:
    package = installed()
    for part in (package, package.with_name(f"{package.name}.libs")):  # copied, not linked: modes are changed below
        shutil.copytree(part, private / part.name, symlinks=True)
    if mode == "for the owner only":  # installed with umask 077
        subprocess.run(["chmod", "-R", "go=", private], check=True)
    long = private / ("long" * 30)
    long.mkdir()
    settings = {"PYTHONPATH": f"{private}:{ROOT}", "TMPDIR": str(long), "TEST_DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-c", STARTS_A_SERVER], cwd=ROOT, env=os.environ | settings, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    folder = done.stdout.split()[0]
    assert (str(private) in folder) == (os.geteuid() != 0)
    assert os.geteuid() != 0 or not Path(folder).exists()


def test_the_benchmark_has_its_server_when_its_folder_is_private(private: Path) -> None:
    with engines(private) as (_, postgres), psycopg.connect(postgres.database("measured")) as db:
        assert db.execute("SELECT 1").fetchone() == (1,)
