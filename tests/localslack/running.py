"""Runs a local Slack as a separate process and drives it through its control interface."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from tests.timeouts import TIMEOUT, long_timeouts

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]


class ControlRefusal(Exception):
    """The control interface refused a request; `answer` is the response body."""

    def __init__(self, answer: Json) -> None:
        super().__init__(answer.get("message") or answer)
        self.answer = answer


class LocalSlackProcess:
    """A `python -m localslack` process."""

    def __init__(self, seed: Json | None = None) -> None:
        command = [sys.executable, "-m", "localslack", "--port", "0", "--json"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.info: Json = json.loads(self._process.stdout.readline())
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Restores the initial state: only the seed's content, and the waiting times of the tests."""
        self.post("switches", asdict(long_timeouts()))
        if self._seed is not None:
            self.info |= self.post("seed", self._seed)
        else:
            self.post("reset", {})

    @property
    def api_url(self) -> str:
        return str(self.info["api_url"])

    @property
    def app(self) -> Json:
        """The first app: name, id, bot_token, app_token, signing_secret, bot_user, bot_id."""
        app: Json = self.info["apps"][0]
        return app

    def get(self, path: str) -> Json:
        return self._request("GET", path, None)

    def post(self, path: str, body: Json) -> Json:
        return self._request("POST", path, body)

    def act(self, person: str, verb: str, **body: Any) -> Json:
        """Performs an action of a person, as on the page."""
        return self.post(f"people/{person}/{verb}", body)

    def state(self, person: str) -> Json:
        return self.get(f"people/{person}/state")

    def messages(self, person: str, channel: str) -> list[Json]:
        """Messages of the channel as this person sees them, oldest first."""
        return list(self.get(f"people/{person}/channels/{channel.removeprefix('#')}/messages")["messages"])

    def channel_id(self, name: str, person: str = "anna") -> str:
        return next(str(it["id"]) for it in self.state(person)["channels"] if it["name"] == name)

    def person_id(self, handle: str) -> str:
        everybody = self.get("people")
        return next(str(it["id"]) for it in everybody["people"] + everybody["bots"] if it["handle"] == handle)

    def download(self, url: str, token: str) -> bytes:
        """Body that a client with this token downloads; of a refusal, the error body."""
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return bytes(response.read())
        except urllib.error.HTTPError as error:
            return bytes(error.read())

    def _request(self, method: str, path: str, body: Json | None) -> Json:
        url = f"{str(self.info['control_url']).rstrip('/')}/{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return dict(json.load(response))
        except urllib.error.HTTPError as error:
            raise ControlRefusal(json.load(error)) from error

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(TIMEOUT)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
