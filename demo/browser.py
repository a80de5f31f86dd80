"""Opens the demo's page in a browser, where there is a desktop."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Mapping

NO_DESKTOP = "There is no desktop here to open the page on: open the address in a browser yourself."
NO_BROWSER = (
    "No browser was found to open the page: open the address yourself. On Debian or Ubuntu: sudo apt install chromium"
)


def open_page(url: str) -> str:
    """Opens the page; returns a sentence for the terminal where that is not possible, else nothing."""
    if not has_desktop(os.environ, sys.platform):
        return NO_DESKTOP
    return "" if webbrowser.open(url) else NO_BROWSER


def has_desktop(environment: Mapping[str, str], platform: str) -> bool:
    """True with a desktop, or if BROWSER names a browser. `webbrowser` would otherwise start a text browser."""
    named = any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    return named or platform in {"darwin", "win32"}
