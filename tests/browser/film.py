"""Animated GIF for the README, assembled from screenshots of the browser tests.

`make pictures` runs it: python -m tests.browser.film docs/pictures
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from PIL import Image

from tests.browser.demo_session import BrowserUser

WIDTH = 900
SECONDS = 1.8
COLOURS = 96
_IS_FILMING = ContextVar("_FILMING", default=False)


@contextmanager
def filming() -> Iterator[None]:
    """Enables `frame` if the variable PICTURES names a folder."""
    before = _IS_FILMING.set(True)
    try:
        yield
    finally:
        _IS_FILMING.reset(before)


async def frame(user: BrowserUser) -> None:
    """Saves a screenshot as the next frame of the film."""
    folder = os.environ.get("PICTURES")
    if folder and _IS_FILMING.get():
        frames = Path(folder) / "frames"
        frames.mkdir(exist_ok=True)
        await user.page.mouse.move(0, 0)
        await user.page.wait_for_timeout(300)
        await user.page.screenshot(path=str(frames / f"{len(list(frames.iterdir())):02}.png"))


def assemble(folder: Path) -> Path:
    """Assembles the frames into `story.gif` and deletes them."""
    paths = sorted((folder / "frames").iterdir())
    images = []
    for path in paths:
        with Image.open(path) as shot:
            small = shot.convert("RGB").resize((WIDTH, shot.height * WIDTH // shot.width), Image.Resampling.LANCZOS)
            images.append(small.quantize(COLOURS, dither=Image.Dither.NONE))
    film = folder / "story.gif"
    images[0].save(film, save_all=True, append_images=images[1:], duration=int(SECONDS * 1000), loop=0, optimize=True)
    for path in paths:
        path.unlink()
    (folder / "frames").rmdir()
    return film


if __name__ == "__main__":
    print(assemble(Path(sys.argv[1])))  # noqa: T201 (a command line prints)
