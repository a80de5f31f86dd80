"""Renamed fields of records are stored under their old keys, so that two releases can share a database."""

from __future__ import annotations

import json

import pytest

from bot.model.access_log import Access
from bot.model.conversation import Entry
from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Event, Record

AT = "2026-01-02T03:04:05Z"
EVENT = {"ticket_id": "t1", "version": 2, "at": AT, "by": "U1", "what": "take", "detail": {}}
NOTICE = {"key": "t1:2:card:C1", "ticket_id": "t1", "lane": "t1", "say": "card", "to": "C1", "version": 2, "due": AT}
ENTRY = {"id": "e1", "way": "mail", "kind": "answer", "state": "shown", "at": AT}
ACCESS = {"at": AT, "by": "root", "what": "audit export"}
STORED = [(Event, EVENT, "kind"), (Notice, NOTICE, "kind"), (Entry, ENTRY, "source"), (Access, ACCESS, "action")]


@pytest.mark.parametrize(("record", "stored", "field"), STORED)
def test_record_of_an_earlier_release_is_read_and_written_with_its_keys(
    record: type[Record], stored: dict[str, object], field: str
) -> None:
    read = record.model_validate_json(json.dumps(stored))
    written = json.loads(read.model_dump_json())
    assert {key: written[key] for key in stored} == stored
    assert field not in written.keys() - stored.keys()
    assert record.model_validate(read.model_dump()) == read


def test_record_is_made_by_the_names_of_its_fields() -> None:
    notice = Notice.model_validate({**NOTICE, "say": "story"})
    assert notice.kind is NoticeKind.THREAD
    assert notice.model_copy(update={"kind": NoticeKind.CARD}).kind is NoticeKind.CARD
