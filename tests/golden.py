"""Golden files: outputs as a person last approved them."""

from __future__ import annotations

import os
from pathlib import Path

UPDATE = "UPDATE_GOLDEN"
"""Set to 1 to write the files again; then read the diff."""


def agrees(text: str, path: Path) -> None:
    """Asserts that the text is the golden one."""
    if os.environ.get(UPDATE) == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), f"{path.name} differs; if it is right now: {UPDATE}=1"
