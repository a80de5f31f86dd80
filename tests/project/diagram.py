"""Generates the README's state diagram from the table of moves: `python -m tests.project.diagram` prints it."""

from __future__ import annotations

from bot.model.ticket import Stage
from bot.model.transitions import MOVES, STANDING, Move


def state_diagram() -> str:
    """Mermaid state diagram in which moves between the same two stages share an arrow."""
    names = [f'    state "{STANDING[stage]}" as {stage}' for stage in Stage]
    arrows: dict[tuple[Stage, Stage], list[Move]] = {}
    for (before, move), after in MOVES.items():
        arrows.setdefault((before, after), []).append(move)
    lines = [f"    {before} --> {after}: {_words(moves)}" for (before, after), moves in arrows.items()]
    return "\n".join(["stateDiagram-v2", *names, f"    [*] --> {Stage.NEW}: {_words([Move.RAISE])}", *lines])


def _words(moves: list[Move]) -> str:
    return ", ".join(move.value.replace("_", " ") for move in moves)


if __name__ == "__main__":
    print(state_diagram())  # noqa: T201 (for pasting into the README)
