"""Streaming messages: the text and tasks appended so far, as blocks."""

from dataclasses import dataclass, field

from localslack.records import Json

TASK_KEYS = ("title", "status", "details", "output", "sources")


@dataclass
class Stream:
    """A message while it is written: pieces of text and tasks in order, and in `plan` mode the plan's title."""

    mode: str = "timeline"  # or plan
    title: str = ""
    pieces: list[Json] = field(default_factory=list)

    def add_text(self, text: str) -> None:
        """Append markdown."""
        if self.pieces and self.pieces[-1]["type"] == "markdown":
            self.pieces[-1]["text"] += text
        else:
            self.pieces.append({"type": "markdown", "text": text})

    def add_task(self, chunk: Json) -> None:
        """Show a task, or show it differently."""
        known = next((piece for piece in self.pieces if piece.get("task_id") == chunk["id"]), None)
        if known is None:
            known = {"type": "task_card", "task_id": chunk["id"], "title": chunk["id"], "status": "pending"}
            self.pieces.append(known)
        known |= {key: _task_value(key, chunk[key]) for key in TASK_KEYS if chunk.get(key) is not None}

    @property
    def text(self) -> str:
        """All markdown."""
        return "".join(piece["text"] for piece in self.pieces if piece["type"] == "markdown")

    def blocks(self) -> list[Json]:
        """The visible blocks: in a timeline in order, in a plan the tasks together on top."""
        if self.mode == "timeline":
            return [dict(piece) for piece in self.pieces]
        tasks = [dict(piece) for piece in self.pieces if piece["type"] == "task_card"]
        rest = [dict(piece) for piece in self.pieces if piece["type"] != "task_card"]
        plan = [{"type": "plan", "title": self.title or "Plan", "tasks": tasks}] if tasks else []
        return [*plan, *rest]


def _task_value(key: str, value: object) -> object:
    """Details and output arrive as text and are shown as rich text."""
    if key not in ("details", "output") or not isinstance(value, str):
        return value
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
    return {"type": "rich_text", "elements": [section]}


class Streams:
    """The messages that are being written, by channel and timestamp; a restart ends them."""

    def __init__(self) -> None:
        self.open: dict[tuple[str, str], Stream] = {}
