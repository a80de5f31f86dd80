"""Runs Slack's JavaScript clients in Node.js processes."""

import json
import os
import queue
import subprocess
import threading
from pathlib import Path
from typing import Self

from tests.localslack.running import Json
from tests.timeouts import TIMEOUT

NODE = Path(__file__).parent / "node"


def run_node(node_modules: Path, request: Json) -> list[Json]:
    """Responses of the calls that `node/calls.mjs` makes with @slack/web-api."""
    command, folder = ["node", "calls.mjs"], node_modules.parent
    done = subprocess.run(
        command, cwd=folder, input=json.dumps(request), capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


class NodeProcess:
    """A program in `node/` that prints its events as JSON lines, the first of which is `ready`."""

    def __init__(self, node_modules: Path, program: str, **settings: str) -> None:
        environment = {**os.environ, **settings}
        self._process = subprocess.Popen(
            ["node", program], cwd=node_modules.parent, env=environment, stdout=subprocess.PIPE, text=True
        )
        self._events: queue.Queue[Json] = queue.Queue()
        threading.Thread(target=self._read_events, daemon=True).start()

    def _read_events(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                self._events.put(json.loads(line))

    def expect(self, name: str) -> Json:
        """The next event of the program, which must have this name."""
        event = self._events.get(timeout=TIMEOUT)
        assert event["what"] == name, event
        return event

    def __enter__(self) -> Self:
        self.expect("ready")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(TIMEOUT)
