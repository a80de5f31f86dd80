"""Mail from a mail server's pipe: taken in without Slack, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.inbound_mail.reception import receive
from bot.adapters.store import open_store
from bot.conversation.channel_routes import remember_routes
from bot.core.errors import Misconfigured
from bot.model.notice import NoticeKind
from bot.tickets.routes import Routes
from tests.contracts.inbound_desk import CONFIG, an_answer, save_escalated
from tests.factories import NOW, MemoryDrafts


async def test_mail_from_a_pipe_waits_for_the_desk_to_post_it(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'desk.sqlite3'}", lambda: NOW)
    await save_escalated(store)
    await remember_routes(store, Routes("C1"))
    mails = [an_answer(1), an_answer(2), an_answer(1)]
    assert await receive(store, MemoryDrafts(), CONFIG, lambda: NOW, mails) == (2, 1)
    waiting = [each.notice for each in await store.letters(state="waiting") if each.notice.kind is NoticeKind.ENTRY]
    assert len(waiting) == 2
    await store.close()


async def test_mail_cannot_be_taken_in_before_the_desk_has_run(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'desk.sqlite3'}", lambda: NOW)
    with pytest.raises(Misconfigured, match="Start it once"):
        await receive(store, MemoryDrafts(), CONFIG, lambda: NOW, [an_answer(1)])
    await store.close()
