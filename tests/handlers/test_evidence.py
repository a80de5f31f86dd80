"""Files from the form and the thread reach Retarus by mail and in the channel; the status page is recorded."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from email import message_from_string, policy
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from localslack import Modal
from localslack.visible import text_of
from tests.handlers.world import DESK, RETARUS, Json, World, world

LOG = b"10:04:00 RCPT TO rejected\n" * 40
SHOT = b"\x89PNG\r\n" + bytes(range(256)) * 20


async def taken(w: World) -> Json:
    """A card in whose thread something stands."""
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    return await w.anna.again(card)


async def posted(w: World, card: Json, name: str, content: bytes, by: str = "anna") -> Json:
    """A file in the card's thread."""
    person = getattr(w, by)
    file = (await person.upload(name, content))["files"][0]
    await person.post(DESK, "here it is", thread=card, files=[file["id"]])
    return dict(file)


async def previewed(w: World, card: Json, containing: str = "This is what Retarus reads") -> Modal:
    await w.ben.click(await w.ben.again(card), "Escalate to Retarus")
    await w.ben.submit(await w.ben.modal("Escalate to Retarus"))
    preview: Modal = await w.ben.modal("Preview", containing=containing)
    return preview


async def sent(w: World, card: Json, preview: Modal, values: Json | None = None) -> None:
    done = await w.ben.submit(preview, values)
    assert done["outcome"] == "closed", done
    await w.ben.reply(card, "Delivered to Retarus by e-mail")
    await w.ben.reply(card, "Delivered to Retarus in ")


async def test_file_in_the_form_and_one_in_the_thread_go_along_by_mail_and_to_the_channel(w: World) -> None:
    card = await w.filled()
    await w.ben.click(await w.ben.again(card), "Fill in")
    shot = (await w.ben.upload("screen.png", SHOT))["files"][0]
    done = await w.ben.submit(await w.ben.modal("Fill in"), {"files": [shot["id"]]})
    assert done["outcome"] == "closed", done
    await w.ben.message(DESK, "📎 screen.png")
    await posted(w, card, "trace.log", LOG)
    answer = await w.anna.reply(card, "Attached trace.log (1 kB), to be sent with the next letter")
    assert answer["is_ephemeral"]
    await w.ben.message(DESK, "📎 screen.png, trace.log")
    lines = [text_of(each) for each in await w.ben.thread(card)]
    assert not [each for each in lines[1:] if "attached" in each]

    preview = await previewed(w, card)
    assert "Files to be sent: 2, 6.2 kB of 20 MB" in preview.text
    assert "Attached: screen.png (5.1 kB), trace.log (1 kB)" in preview.text
    await sent(w, card, preview)

    mail = await w.ben.mail("PD-1001")
    assert [(each["name"], each["size"]) for each in mail["attachments"]] == [
        ("screen.png", len(SHOT)),
        ("trace.log", len(LOG)),
    ]
    parts = message_from_string(mail["raw"], policy=policy.default).iter_attachments()
    assert [part.get_content() for part in parts] == [SHOT, LOG.decode()]
    assert "PARTNERS' MAIN CUSTOMER ID" in mail["text"]
    letter = await w.rita.message(RETARUS, "our reference PD-1001")
    below = await w.rita.thread(letter)
    assert [file["name"] for message in below for file in message.get("files", [])] == ["screen.png", "trace.log"]
    await w.ben.reply(card, "with screen.png (5.1 kB), trace.log (1 kB)")


async def test_file_can_be_given_while_a_ticket_is_raised(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal("Raise an incident")
    w.anna.fill(modal, w.answers())
    await w.anna.click(modal, "More fields")
    modal = await w.anna.modal("Raise an incident", containing="Logs and screenshots")
    file = (await w.anna.upload("trace.log", LOG))["files"][0]
    done = await w.anna.submit(modal, w.answers(files=[file["id"]]))
    assert done["outcome"] == "closed", done
    await w.anna.message(DESK, "📎 trace.log")
    assert [each.name for each in (await w.ticket()).attachments] == ["trace.log"]


async def test_file_that_is_too_big_is_refused_where_it_was_given(tmp_path: Path) -> None:
    async with world(tmp_path, files={"max_total_mb": 1}) as w:
        card = await taken(w)
        await w.anna.click(card, "Fill in")
        file = (await w.anna.upload("huge.log", b"x" * 1_000_001))["files"][0]
        done = await w.anna.submit(await w.anna.modal("Fill in"), {"files": [file["id"]]})
        assert "at most 1 MB" in done["errors"]["files"]
        await w.anna.post(DESK, "this one", thread=card, files=[file["id"]])
        await w.anna.reply(card, "at most 1 MB")
        assert (await w.ticket()).attachments == ()


async def test_guests_file_is_not_taken_and_the_guest_is_notified(w: World) -> None:
    card = await taken(w)
    await posted(w, card, "trace.log", LOG, by="gus")
    await w.gus.reply(card, "Guests and deactivated people cannot do this")
    assert (await w.ticket()).attachments == ()


async def test_file_can_be_taken_away_in_the_preview(w: World) -> None:
    card = await w.filled()
    await posted(w, card, "wrong.log", LOG)
    await w.ben.message(DESK, "📎 wrong.log")
    preview = await previewed(w, card, "wrong.log")
    await w.ben.click(preview, "Remove")
    preview = await w.ben.modal("Preview", containing="No files to be sent")
    await sent(w, card, preview)
    assert (await w.ben.mail("PD-1001"))["attachments"] == []


async def test_file_deleted_since_is_reported_in_the_thread_and_in_the_mail(w: World) -> None:
    card = await w.filled()
    file = await posted(w, card, "trace.log", LOG)
    await w.ben.message(DESK, "📎 trace.log")
    preview = await previewed(w, card)
    read_catalogue = w.slack.services.workspace.files[file["id"]]
    read_catalogue.deleted = True
    await sent(w, card, preview)
    message = await w.ben.reply(card, "Delivered to Retarus by e-mail")
    assert "trace.log was deleted in Slack" in json.dumps(message["blocks"])
    mail = await w.ben.mail("PD-1001")
    assert mail["attachments"] == []
    assert "(Not attached: trace.log was deleted in Slack.)" in mail["text"]


async def test_person_says_that_they_looked_at_the_status_page(w: World) -> None:
    card = await w.filled()
    preview = await previewed(w, card)
    assert "Status page: unknown" in preview.text
    await w.ben.click(preview, "Nothing reported there")
    preview = await w.ben.modal("Preview", containing="Status page: nothing reported")
    await sent(w, card, preview)
    await w.ben.reply(card, "escalated it to Retarus · status page: nothing reported")


@pytest.fixture
async def status_page() -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """A Statuspage server with a set answer."""
    says: dict[str, Any] = {"status": {"indicator": "major"}, "incidents": [{"name": "SMTP slow", "status": "open"}]}

    async def summary(_: web.Request) -> web.Response:
        return web.json_response(says)

    app = web.Application()
    app.router.add_get("/api/v2/summary.json", summary)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/")), says


async def test_desk_looks_at_a_statuspage_by_itself(tmp_path: Path, status_page: tuple[str, dict[str, Any]]) -> None:
    address, _ = status_page
    async with world(tmp_path, retarus={"status_page": address, "status_adapter": "statuspage"}) as w:
        card = await w.filled()
        await w.ben.click(await w.ben.again(card), "Escalate to Retarus")
        modal = await w.ben.modal("Escalate to Retarus")
        await w.running.desk.evidence.status_page.look()  # what the click began
        await w.ben.submit(modal)
        preview = await w.ben.modal("Preview", containing="SMTP slow (open)")
        assert "Status page: trouble reported" in preview.text
        await sent(w, card, preview)
        read_catalogue = (await w.ticket()).status
        assert read_catalogue
        assert read_catalogue.health == "trouble"


async def test_status_page_out_of_reach_is_unknown_and_stops_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, retarus={"status_page": "http://127.0.0.1:9", "status_adapter": "statuspage"}) as w:
        card = await w.filled()
        preview = await previewed(w, card)
        assert "Status page: unknown" in preview.text
        await w.ben.click(preview, "Look again")
        preview = await w.ben.modal("Preview", containing="could not be reached")
        await sent(w, card, preview)


async def test_old_example_asks_for_a_reason(tmp_path: Path) -> None:
    async with world(tmp_path, services={"trace_days": {"Email Security": 2}}) as w:
        card = await w.filled()
        await w.ben.click(await w.ben.again(card), "Fill in")
        old = {"example.1.when": int(w.now()) - 3 * 24 * 3600}
        await w.ben.submit(await w.ben.modal("Fill in"), old)
        preview = await previewed(w, card)
        assert "Email Security can be traced for 2 days" in preview.text
        done = await w.ben.submit(preview)
        assert set(done["errors"]) == {"despite"}
        await sent(w, card, preview, {"despite": "There is no newer one"})
        await w.ben.reply(card, "despite a warning: There is no newer one")


async def test_ticket_raised_from_a_message_takes_the_files_along_that_stay_chosen(w: World) -> None:
    files = [(await w.anna.upload(name, LOG))["files"][0]["id"] for name in ("trace.log", "private.log")]
    message = await w.anna.post(DESK, "Outbound mail is rejected with 550", files=files)
    await w.anna.shortcut("raise_from_message", message)
    modal = await w.anna.modal("Raise an incident", containing="Files of the message")
    await w.anna.wait_for(lambda: _knows_source(w), "the form to know its message")
    modal = await w.anna.modal("Raise an incident")
    block = next(each for each in modal.view["blocks"] if each.get("block_id") == "message_files")
    shown = [each["text"]["text"] for each in block["element"]["options"]]
    assert shown == ["trace.log (1 kB)", "private.log (1 kB)"]
    chosen = [each["value"] for each in block["element"]["options"] if "trace" in each["value"]]
    done = await w.anna.submit(modal, w.answers(message_files=chosen))
    assert done["outcome"] == "closed", done
    await w.anna.message(DESK, "📎 trace.log")
    assert [each.name for each in (await w.ticket()).attachments] == ["trace.log"]


async def _knows_source(w: World) -> bool:
    return bool((await w.anna.modals())[-1].view["private_metadata"].partition("|")[2])
