"""Known vulnerabilities of the pinned packages according to PyPI, without those of audit-waivers.txt.

Ends with 1 for a vulnerability. Where PyPI's list cannot be reached it says so, and ends with 0: see SECURITY.md.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WAIVERS = re.findall(r"^([A-Z][\w-]+) ", (ROOT / "deploy" / "audit-waivers.txt").read_text("utf-8"), re.MULTILINE)
TIMEOUT = 300
"""Seconds for all packages."""


def command(report: Path) -> list[str]:
    """The command line of pip-audit that writes its report to this path."""
    asked = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "-r", "requirements-traces.txt"]
    waived = [word for waiver in WAIVERS for word in ("--ignore-vuln", waiver)]
    return [*asked, *waived, "--progress-spinner", "off", "--format", "json", "--output", str(report)]


def summary(packages: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """The exit code, and the lines to print."""
    asked = [each for each in packages if "vulns" in each]
    unknown = [each["name"] for each in packages if "vulns" not in each]
    if not asked:
        return 0, ["NOT CHECKED: PyPI's list of vulnerabilities cannot be reached from here. Run it where it can."]
    lines = [f"{len(unknown)} packages could not be asked about: {', '.join(unknown)}"] if unknown else []
    found = [
        f"{each['name']} {each['version']}: {one['id']}; mended in {', '.join(one['fix_versions']) or 'no release yet'}"
        for each in asked
        for one in each["vulns"]
    ]
    if not found:
        lines.append(f"{len(asked)} packages: no known vulnerability, besides {len(WAIVERS)} waived")
    return (1 if found else 0), [*lines, *found]


def report() -> list[dict[str, Any]]:
    """Known vulnerabilities of each package according to PyPI; empty if it cannot be reached."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        try:
            subprocess.run(command(path), cwd=ROOT, check=False, capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return []
        return read(path) if path.is_file() and path.stat().st_size else []


def read(path: Path) -> list[dict[str, Any]]:
    """The packages of a report of pip-audit's."""
    packages: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["dependencies"]
    return packages


def main(words: list[str]) -> int:
    """`--read FILE`: a report that is there; `--show`: the command alone."""
    if words == ["--show"]:
        print(*command(Path("report.json")))
        return 0
    code, lines = summary(read(Path(words[1])) if words[:1] == ["--read"] else report())
    print(*lines, sep="\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
