"""Free ports of this machine, for servers that are told their port before they open it."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

_FIRST, _LAST = 10_000, 32_000
"""Below the ports that Linux gives to whoever asks for any, so that nobody is given one of these meanwhile."""


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    while True:
        port = random.SystemRandom().randint(_FIRST, _LAST)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
