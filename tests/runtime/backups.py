"""Desks to back up and to restore."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from app import STORAGE
from bot.adapters.store import open_drafts, open_store
from bot.config.environment import Environment
from bot.tickets.ports import Batch
from runtime import backup
from tests.doubles.records import START, a_ticket, an_event

CONFIG = '[desk]\nchannel = "partner-desk"\n'


def env_of(folder: Path, **more: object) -> Environment:
    folder.mkdir(exist_ok=True)
    known: dict[str, object] = {
        "database_url": f"sqlite:///{folder / 'desk.sqlite3'}",
        "desk_config": folder / "desk.toml",
        "slack_bot_token": "xoxb-s3cret",
        "smtp_url": "smtp://desk:s3cret@mail.example",
    }
    return Environment.model_validate(known | more)


async def in_use(env: Environment) -> None:
    store, drafts = await open_store(env.database_url), await open_drafts(env.database_url)
    tickets = [a_ticket(f"t{number}") for number in range(20)]
    await store.apply(Batch(tickets=tickets, events=[an_event(each) for each in tickets]))
    await drafts.put("U1:incident", {"happens": "half a form"})
    await drafts.close()
    await store.close()


async def back_up(env: Environment, target: Path, keep: int = 14, days: int = 0) -> str:
    return await backup.back_up(env, target, keep, STORAGE, START + timedelta(days=days))
