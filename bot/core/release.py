"""The release of this program, and the files that come with it."""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_CHECKOUT = Path(__file__).parents[2]
_INSTALLED = Path(sys.prefix) / "share" / "partner-desk"
DISTRIBUTION = "retarus-partner-desk"


def release() -> str:
    """The release's number: of this checkout, or of the installed package."""
    project = _CHECKOUT / "pyproject.toml"
    if project.is_file():
        return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


def shipped(name: str) -> Path:
    """A file that comes with the program, such as `manifest.yml`: in a checkout, or where pip puts it."""
    in_checkout = _CHECKOUT / name
    return in_checkout if (_CHECKOUT / "pyproject.toml").is_file() else _INSTALLED / name
