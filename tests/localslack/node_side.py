"""How do these tests run Slack's JavaScript clients?"""

import json
import os
import queue
import subprocess
import threading
from pathlib import Path
from typing import Self

from tests.localslack.running import Json

NODE = Path(__file__).parent / "node"


def run_node(node_modules: Path, given: Json) -> list[Json]:
    """The answers of the calls that `node/calls.mjs` makes with @slack/web-api."""
    command, folder = ["node", "calls.mjs"], node_modules.parent
    done = subprocess.run(
        command, cwd=folder, input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


class NodeProcess:
    """A program in `node/`, which says what happened, one JSON object a line; first of all that it is ready."""

    def __init__(self, node_modules: Path, program: str, **settings: str) -> None:
        environment = {**os.environ, **settings}
        self._process = subprocess.Popen(
            ["node", program], cwd=node_modules.parent, env=environment, stdout=subprocess.PIPE, text=True
        )
        self._said: queue.Queue[Json] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                self._said.put(json.loads(line))

    def expect(self, what: str) -> Json:
        """The next thing the program says; it must be this."""
        said = self._said.get(timeout=20)
        assert said["what"] == what, said
        return said

    def __enter__(self) -> Self:
        self.expect("ready")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
