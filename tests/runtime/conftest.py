"""The desk's fixtures for the tests of its runtime."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config.environment import Environment
from tests.handlers.conftest import w
from tests.runtime.backups import CONFIG, env_of

__all__ = ["w"]


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    """Settings of a desk that can be backed up."""
    made = env_of(tmp_path / "old")
    made.desk_config.write_text(CONFIG, "utf-8")
    return made


@pytest.fixture(autouse=True)
def loggers_as_at_start() -> Iterator[None]:
    """Loggers without what other tests of the same process set: levels, handlers, switched off."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logging.disable(logging.NOTSET)
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in {"runtime", "desk", "handlers", "bot", "tests"}:
            logger = logging.getLogger(name)
            logger.disabled, logger.propagate = False, True
            logger.setLevel(logging.NOTSET)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
