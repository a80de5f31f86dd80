"""Errors of the Web API, and refusals that the control interface explains in a sentence."""

from localslack.records import Json


class SlackError(Exception):
    """An API call that fails with an error name; `extra` goes into the answer beside it."""

    def __init__(self, error: str, **extra: object) -> None:
        super().__init__(error)
        self.error = error
        self.extra: Json = dict(extra)

    @classmethod
    def invalid_arguments(cls, *messages: str) -> "SlackError":
        """`invalid_arguments` with Slack's `[ERROR] …` lines."""
        return cls("invalid_arguments", response_metadata={"messages": list(messages)})


class Refused(Exception):
    """Something a person cannot do; the text is a sentence for that person."""

    def __init__(self, error: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.error = error
        self.message = message
        self.status = status
