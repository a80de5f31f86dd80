"""Committed files contain no secrets, no paths of a machine, and no references outside the project."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.}])/(?:work|root|home/\w+|Users/\w+)/|/tmp/\w+\.|\.\./shared/",
    "how it was written": r"(?i)\b(?:sub-?agents?|claude|anthropic|chatgpt|copilot|llms?|co-authored-by)\b",
    "a number of a tracker": r"(?i)\bissues?\s+#?\d",
    "a live token": r"\bxox[abp]-\d{9,}-|\bxapp-1-A\w{8,}-\d{9,}",
}
"""Forbidden patterns by description."""


def committed() -> list[Path]:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("description", FORBIDDEN)
def test_committed_files_do_not_contain(description: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in committed()
        if path != Path(__file__) and path.name != "package-lock.json"
        for number, line in enumerate(_text(path).splitlines(), 1)
        if re.search(FORBIDDEN[description], line)
    ]
    assert found == [], description


def _text(path: Path) -> str:
    raw = path.read_bytes()
    return "" if b"\0" in raw[:8000] else raw.decode("utf-8", "replace")


def test_generated_files_are_not_committed() -> None:
    made = re.compile(r"(^|/)(\.env|desk\.toml|var|__pycache__|node_modules)(/|$)|\.(sqlite3|pyc|log)$")
    names = [str(path.relative_to(ROOT)) for path in committed()]
    assert [name for name in names if made.search(name) and name != "demo/desk.toml"] == []
