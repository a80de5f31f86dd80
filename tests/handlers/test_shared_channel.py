"""The shared channel: messages of Retarus below a letter are mirrored into the ticket's thread."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import StoreDown
from bot.model.ticket import Ticket
from bot.tickets.ports import Batch
from handlers.shared_channel import Mirror
from tests.handlers.world import DESK, RETARUS, World, world
from tests.localslack.traffic_watch import until

Json = dict[str, Any]


async def letter_of(w: World) -> Json:
    return await w.rita.message(RETARUS, "PD-1001")


async def test_message_below_the_letter_is_mirrored_with_its_link(w: World) -> None:
    card = await w.escalated()
    await w.rita.post(RETARUS, "We see it too, RCR-88123.", thread=await letter_of(w))
    shown = await w.ben.reply(card, "We see it too")
    blocks = str(shown["blocks"])
    assert "Rita" in blocks
    assert "archives" in blocks
    assert "Record RCR-88123" in blocks
    await w.ben.click(shown, "Record RCR-88123")
    await w.ben.reply(card, "Retarus: RCR-88123")


async def test_answer_in_the_channel_is_recorded_with_the_form_filled(w: World) -> None:
    card = await w.escalated()
    await w.rita.post(RETARUS, "The rule was removed.", thread=await letter_of(w))
    entry = await w.ben.reply(card, "The rule was removed.")
    await w.ben.click(entry, "Record as answer")
    done = await w.ben.submit(await w.ben.modal("Answer of Retarus"))
    assert done["outcome"] == "closed", done
    await w.recorded(entry)


async def test_edit_and_deletion_are_followed(w: World) -> None:
    card = await w.escalated()
    posted = await w.rita.post(RETARUS, "frist words", thread=await letter_of(w))
    await w.ben.reply(card, "frist words")
    await w.rita.act("edit", channel=posted["channel"], ts=posted["ts"], text="first words")
    shown = await w.ben.reply(card, "first words")
    assert "edited by the author" in str(shown["blocks"])
    await w.rita.act("delete", channel=posted["channel"], ts=posted["ts"])

    async def taken_back() -> bool:
        return "deleted by the author" in str((await w.ben.reply(card, "first words"))["blocks"])

    assert await w.ben.wait_for(taken_back, "the mark")


async def test_broadcast_is_mirrored_once(w: World) -> None:
    card, letter = await w.escalated(), await letter_of(w)
    await w.rita.act("post", channel=RETARUS, text="to all", thread_ts=letter["ts"], broadcast=True)
    await w.ben.reply(card, "to all")
    assert len([each for each in await w.ben.thread(card) if "to all" in each["text"]]) == 1


async def test_message_whose_card_was_deleted_is_mirrored_below_a_new_one(w: World) -> None:
    card, letter = await w.escalated(), await letter_of(w)
    [file] = (await w.rita.upload("trace.log", b"x" * 30))["files"]
    w.slack.admin.delete_message(DESK, card["ts"], replies=True, quietly=True)
    await w.rita.post(RETARUS, "We see it too.", thread=letter, files=[file["id"]])
    new_card = await w.ben.message(DESK, "PD-1001", after=card)
    shown = await w.ben.reply(new_card, "We see it too")
    await w.rita.post(RETARUS, "Mended.", thread=letter)
    await w.ben.reply(new_card, "Mended.")
    assert "trace.log" in str(await w.ben.thread(new_card))
    await w.ben.click(shown, "Record as answer")
    await w.ben.modal("Answer of Retarus")


async def test_message_of_ours_and_one_below_no_letter_are_not_mirrored(w: World) -> None:
    card, letter = await w.escalated(), await letter_of(w)
    await w.ben.post(RETARUS, "our own words", thread=letter)
    await w.rita.post(RETARUS, "below no letter")
    await w.rita.post(RETARUS, "the last one", thread=letter)
    await w.ben.reply(card, "the last one")
    assert not [each for each in await w.ben.thread(card) if "our own" in each["text"] or "no letter" in each["text"]]


async def read_threads(w: World) -> None:
    mirror, client = Mirror(w.running.desk, w.running.dispatcher), w.running.dispatcher.client
    [place] = await w.running.desk.channel.threads_to_read()
    await mirror.read_again(place, str((await client.auth_test())["team_id"]))


async def test_thread_is_read_again_after_a_gap(w: World) -> None:
    card, letter = await w.escalated(), await letter_of(w)
    posted = [await w.rita.post(RETARUS, f"before {number}", thread=letter) for number in range(3)]
    shown = [await w.ben.reply(card, f"before {number}") for number in range(3)]
    w.slack.faults.order("event:message", "dropped", channel=RETARUS, times=None)
    await w.rita.post(RETARUS, "in the gap", thread=letter)
    await w.rita.act("edit", channel=posted[1]["channel"], ts=posted[1]["ts"], text="changed in the gap")
    await w.rita.act("delete", channel=posted[2]["channel"], ts=posted[2]["ts"])
    assert not [each for each in await w.ben.thread(card) if "gap" in each["text"]]
    for _ in range(2):
        await read_threads(w)
    await w.ben.reply(card, "in the gap")
    await w.ben.reply(card, "changed in the gap")

    async def taken_back() -> bool:
        return "deleted by the author" in str((await w.ben.again(shown[2]))["blocks"])

    assert await w.ben.wait_for(taken_back, "the mark")
    assert "deleted by the author" not in str((await w.ben.again(shown[0]))["blocks"])
    assert len([each for each in await w.ben.thread(card) if "in the gap" in each["text"]]) == 2


async def test_message_that_came_after_the_reading_is_not_taken_back(w: World) -> None:
    card, letter = await w.escalated(), await letter_of(w)
    channel = w.running.desk.channel
    [place] = await channel.threads_to_read()
    await w.rita.post(RETARUS, "gone again", thread=letter)
    await w.ben.reply(card, "gone again")
    before = await channel.mirrored(place)
    await w.rita.post(RETARUS, "came meanwhile", thread=letter)
    later = await w.ben.reply(card, "came meanwhile")
    await channel.take_back_missing(place, before, {str(letter["ts"])})

    async def taken_back() -> bool:
        return "deleted by the author" in str((await w.ben.reply(card, "gone again"))["blocks"])

    assert await w.ben.wait_for(taken_back, "the mark")
    assert "deleted by the author" not in str((await w.ben.again(later))["blocks"])


async def test_severed_channel_is_reported(w: World) -> None:
    await w.escalated()
    w.slack.connect.unshare(RETARUS, hosted=True)

    async def is_notified() -> bool:
        direct = [await w.carla.messages(each["id"]) for each in (await w.carla.state())["dms"]]
        return "no longer shared" in str(direct)

    assert await w.carla.wait_for(is_notified, "the word")
    ticket = await w.ticket()
    assert w.running.desk.routes.ways == ("by e-mail to support@retarus.example",), ticket.id


async def test_channel_with_another_id_is_followed(w: World) -> None:
    card, letter = await w.escalated(), await letter_of(w)
    changed = w.slack.connect.change_id(RETARUS)
    desk = w.running.desk
    await until(w.slack, lambda: desk.routes.retarus == changed.id)
    await w.rita.post(RETARUS, "under the new id", thread=letter)
    await w.ben.reply(card, "under the new id")


async def test_message_from_before_the_channel_got_another_id_stays_the_same_entry(w: World) -> None:
    card, letter = await w.escalated(), await letter_of(w)
    posted = [await w.rita.post(RETARUS, f"before {number}", thread=letter) for number in range(3)]
    shown = [await w.ben.reply(card, f"before {number}") for number in range(3)]
    changed = w.slack.connect.change_id(RETARUS)
    await until(w.slack, lambda: w.running.desk.routes.retarus == changed.id)
    w.slack.faults.order("event:message", "dropped", channel=changed.id, times=None)
    await w.rita.act("delete", channel=changed.id, ts=posted[1]["ts"])
    await w.rita.act("edit", channel=changed.id, ts=posted[2]["ts"], text="after, with RCR-88123")
    for _ in range(2):
        await read_threads(w)
    assert "Record RCR-88123" in str((await w.ben.reply(card, "after, with"))["blocks"])

    async def taken_back() -> bool:
        return "deleted by the author" in str((await w.ben.again(shown[1]))["blocks"])

    assert await w.ben.wait_for(taken_back, "the mark")
    entries = await w.running.store.entries_of((await w.ticket()).id)
    assert sorted(each.words for each in entries) == ["after, with RCR-88123", "before 0", "before 1"]


async def test_long_message_that_was_edited_is_one_change_however_often_it_is_read(w: World) -> None:
    card, letter = await w.escalated(), await letter_of(w)
    posted = await w.rita.post(RETARUS, "log " * 4000, thread=letter)
    await w.ben.reply(card, "log log")
    await w.rita.act("edit", channel=posted["channel"], ts=posted["ts"], text="trace " * 4000)
    await w.ben.reply(card, "trace trace")
    for _ in range(2):
        await read_threads(w)
    [entry] = await w.running.store.entries_of((await w.ticket()).id)
    assert entry.version == 2


async def test_thread_of_a_ticket_that_came_back_from_retarus_is_read_again(w: World) -> None:
    card, letter = await w.escalated(), await letter_of(w)
    await w.rita.post(RETARUS, "The rule was removed.", thread=letter)
    entry = await w.ben.reply(card, "The rule was removed.")
    await w.ben.click(entry, "Record as answer")
    await w.ben.submit(await w.ben.modal("Answer of Retarus"))
    await w.recorded(entry)
    w.slack.faults.order("event:message", "dropped", channel=RETARUS, times=None)
    await w.rita.post(RETARUS, "One more thing.", thread=letter)
    await read_threads(w)
    await w.ben.reply(card, "One more thing.")


# --- files and apps of theirs


async def files_below(w: World, card: Json) -> dict[str, int]:
    """Name and size of the files in the ticket's thread."""
    return {file["name"]: file["size"] for each in await w.ben.thread(card) for file in each.get("files") or ()}


async def test_files_of_theirs_are_uploaded_into_the_thread(w: World) -> None:
    card, letter = await w.escalated(), await letter_of(w)
    ids = [
        (await w.rita.upload(name, b"x" * size))["files"][0]["id"]
        for name, size in (("trace.log", 30), ("fix.exe", 40))
    ]
    await w.rita.post(RETARUS, "See the trace.", thread=letter, files=ids)
    blocks = str((await w.ben.reply(card, "See the trace."))["blocks"])
    assert "Attached: trace.log (30 B)" in blocks
    assert "In the original only: fix.exe: it is a program" in blocks

    async def uploaded() -> bool:
        return await files_below(w, card) == {"trace.log": 30}

    assert await w.ben.wait_for(uploaded, "the file")


async def test_message_of_theirs_that_is_only_a_file_is_mirrored(w: World) -> None:
    card, letter = await w.escalated(), await letter_of(w)
    file = (await w.rita.upload("log.txt", b"550 rejected"))["files"][0]["id"]
    await w.rita.post(RETARUS, "", thread=letter, files=[file])

    async def uploaded() -> bool:
        return await files_below(w, card) == {"log.txt": 12}

    assert await w.ben.wait_for(uploaded, "the file")
    assert "Attached: log.txt" in str((await w.ben.reply(card, "(no text)"))["blocks"])


async def test_messages_of_an_app_of_theirs_are_mirrored_with_edits_and_deletions(tmp_path: Path) -> None:
    async with world(tmp_path, their_app="Ticket Helper") as w:
        card, letter = await w.escalated(), await letter_of(w)
        helper = AsyncWebClient(w.slack.app("Ticket Helper").bot_token, w.slack.api_url)
        place = {"channel": letter["channel"], "thread_ts": letter["ts"]}
        posted = await helper.chat_postMessage(**place, text="Ticket <https://rcr.example|RCR-88123> was opened.")
        shown = await w.ben.reply(card, "Ticket RCR-88123 (https://rcr.example) was opened.")
        assert "Ticket Helper" in str(shown["blocks"])
        assert "Record RCR-88123" in str(shown["blocks"])
        await helper.chat_update(channel=letter["channel"], ts=posted["ts"], text="RCR-88123 was opened for you.")
        assert "edited by the author" in str((await w.ben.reply(card, "opened for you"))["blocks"])
        await helper.chat_delete(channel=letter["channel"], ts=posted["ts"])

        async def taken_back() -> bool:
            return "deleted by the author" in str((await w.ben.again(shown))["blocks"])

        assert await w.ben.wait_for(taken_back, "the mark")
        await helper.chat_postMessage(channel=letter["channel"], text="below no letter")
        await helper.chat_postMessage(**place, text="the last one")
        await w.ben.reply(card, "the last one")
        assert not [each for each in await w.ben.thread(card) if "no letter" in each["text"]]


async def test_message_that_could_not_be_saved_is_saved_at_its_next_delivery(w: World) -> None:
    card = await w.escalated()
    w.slack.switches.redeliver_seconds = 0.1
    inbound = w.running.desk.channel.inbound
    store: Any = UnwritableOnce(inbound.changes.store)
    object.__setattr__(inbound, "changes", replace(inbound.changes, store=store))
    await w.rita.post(RETARUS, "The policy of DE1 was changed.", thread=await letter_of(w))
    await w.ben.reply(card, "The policy of DE1 was changed.")
    assert len([each for each in await w.ben.thread(card) if "policy of DE1" in each["text"]]) == 1


class UnwritableOnce:
    """A store whose disk is full for the first change."""

    def __init__(self, store: object) -> None:
        self.store = store
        self.is_full = True

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        if self.is_full:
            self.is_full = False
            raise StoreDown("disk full")
        return await self.store.apply(batch)  # type: ignore[attr-defined,no-any-return]
