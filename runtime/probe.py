"""`healthy`: asks the running desk on this machine whether it is alive.

A container's health check runs it by itself, `python -m runtime.probe`: twice a minute, the whole program would be
loaded for one request, with 0.8 s of processor time instead of 0.3.
"""

from __future__ import annotations

import asyncio
import sys

import aiohttp

from bot.config.environment import Environment, environment
from bot.core.errors import Misconfigured

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (compared with, not listened at)
_TIMEOUT = aiohttp.ClientTimeout(total=5)


async def healthy(env: Environment) -> str:
    """Returns `ok`; `Misconfigured` when the desk does not answer."""
    host = _ANY.get(env.host, env.host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{env.port}/healthz"
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, session.get(url) as answer:
            answer.raise_for_status()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Misconfigured(f"The desk does not answer at {url} ({type(error).__name__}).") from None
    return "ok"


def main() -> None:
    """Prints `ok`; exits with 1 when the desk does not answer."""
    try:
        print(asyncio.run(healthy(environment())))
    except Misconfigured as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
