"""`python -m localslack`: a local Slack by itself."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from localslack import LocalSlack, Mailbox, Seed, SeedError, StateError
from localslack.mail import serve


def main() -> int:
    """Runs until interrupted. Returns 1, and prints one line, if it cannot start."""
    wanted = _arguments()
    try:
        return asyncio.run(_run(wanted))
    except (SeedError, StateError) as error:
        return _refuse(str(error))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m localslack", description="A Slack on this machine.")
    parser.add_argument("--port", type=_port, default=8080, help="where to listen on 127.0.0.1 (0: any free port)")
    parser.add_argument("--seed", type=Path, help="TOML file with the people, channels, groups and apps")
    parser.add_argument("--state", type=Path, help="folder to keep everything in; without it nothing is kept")
    parser.add_argument("--smtp-port", type=_port, help="also take in mail here and show it on the page")
    parser.add_argument("--json", action="store_true", help="print where everything is as one JSON object")
    return parser.parse_args()


def _port(text: str) -> int:
    port = int(text) if text.isdigit() else -1
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 0 to 65535")
    return port


async def _run(wanted: argparse.Namespace) -> int:
    seed = Seed.from_file(wanted.seed) if wanted.seed else Seed.default()
    mailbox = Mailbox(wanted.state / "mail" if wanted.state else None) if wanted.smtp_port is not None else None
    stop = _interruption()
    slack = LocalSlack(seed, port=wanted.port, state=wanted.state, mailbox=mailbox)
    try:
        await slack.start()
    except OSError as error:
        return _refuse(f"port {wanted.port} cannot be used: {error.strerror or error}")
    try:
        if mailbox is not None:
            await serve(mailbox, port=wanted.smtp_port)
        _print(slack, as_json=wanted.json)
        await stop.wait()
    except OSError as error:
        return _refuse(f"port {wanted.smtp_port} cannot be used for mail: {error.strerror or error}")
    finally:
        await slack.stop()
    return 0


def _print(slack: LocalSlack, *, as_json: bool) -> None:
    info = slack.services.info()
    if as_json:
        print(json.dumps(info), flush=True)
        return
    lines = [f"page     {info['page_url']}", f"API      {info['api_url']}", f"control  {info['control_url']}"]
    for app in info["apps"]:
        lines += [f"app      {app['name']}"]
        lines += [f"         {key:15} {app[key]}" for key in ("bot_token", "app_token", "signing_secret")]
    print("\n".join(lines), flush=True)


def _interruption() -> asyncio.Event:
    """Set when the user or the system ends the program."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _refuse(message: str) -> int:
    print(f"localslack: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
