"""Reports of a month on request and periodic, with charts and files; Retarus's view is requested."""

from __future__ import annotations

import csv
import io
from functools import partial

from aiohttp import ClientSession

from localslack import PersonDriver
from tests.handlers.world import RETARUS, Json, World

DIRECT = "@partner-desk"


async def files_below(person: PersonDriver, message: Json) -> list[Json]:
    return [file for each in await person.thread(message) for file in each.get("files", [])]


async def are_there(person: PersonDriver, message: Json) -> bool:
    return len(await files_below(person, message)) == 3


async def content(w: World, file: Json) -> bytes:
    """The file's bytes, as members of the channel may read them."""
    bot = w.slack.app("Partner Desk").bot_token
    headers = {"Authorization": f"Bearer {bot}"}
    async with ClientSession(headers=headers) as session:
        async with session.post(f"{w.slack.api_url}files.info", data={"file": file["id"]}) as answer:
            url = (await answer.json())["file"]["url_private"]
        async with session.get(url) as answer:
            return await answer.read()


async def this_month(w: World) -> str:
    return w.running.desk.queries.today().strftime("%Y-%m")


async def test_report_comes_directly_with_charts_and_files(w: World) -> None:
    await w.raised()
    await w.anna.command("#partner-desk", f"/retarus-report {await this_month(w)}")
    message = await w.anna.message(DIRECT, "Support report")
    assert "own view" not in str(message["blocks"])  # the month lasts: there is none yet
    pictures = [block for block in message["blocks"] if block["type"] == "image"]
    assert len(pictures) >= 3
    assert all(block["alt_text"] for block in pictures)
    for block in pictures:
        assert (await content(w, block["slack_file"])).startswith(b"\x89PNG")
    await w.anna.wait_for(partial(are_there, w.anna, message), "its files")
    found = {file["name"].rpartition(".")[2]: await content(w, file) for file in await files_below(w.anna, message)}
    assert found["pdf"].startswith(b"%PDF")
    assert b"M\xc3\xbcller GmbH" in found["html"]
    (row,) = csv.DictReader(io.StringIO(found["csv"].decode("utf-8-sig")))
    assert (row["Ticket"], row["End-customer"], row["Raised in this month"]) == ("PD-1001", "Müller GmbH", "1")


async def test_form_asks_for_the_month_and_an_end_customer(w: World) -> None:
    await w.raised()
    await w.anna.command("#partner-desk", "/retarus-report")
    form = await w.anna.modal("Report")
    done = await w.anna.submit(form, {"month": await this_month(w)})
    assert done["outcome"] == "closed", done
    await w.anna.message(DIRECT, "All end-customers")


async def test_report_refuses_what_is_no_month(w: World) -> None:
    await w.anna.command("#partner-desk", "/retarus-report sometime")
    await w.anna.message("#partner-desk", "is not a month that has begun")


async def test_month_may_be_two_words_and_an_unknown_end_customer_is_reported(w: World) -> None:
    await w.raised()
    month = w.running.desk.queries.today().strftime("%B %Y")
    await w.anna.command("#partner-desk", f"/retarus-report {month} Miller Gmbh")
    await w.anna.message("#partner-desk", "“Müller GmbH”?")
    await w.anna.command("#partner-desk", f"/retarus-report {month} müller gmbh")
    message = await w.anna.message(DIRECT, "Support report")
    assert "Müller GmbH" in message["text"]


async def test_report_is_refused_to_outsiders(w: World) -> None:
    await w.gus.command("#partner-desk", "/retarus-report")
    await w.gus.message("#partner-desk", "Guests and deactivated people cannot do this")


async def test_month_later_the_lead_gets_it_and_is_reminded_of_retarus_s_own_view(w: World) -> None:
    await w.raised()
    await w.carla.advance(40 * 86400)
    await w.carla.message(DIRECT, "Support report")
    reminder = await w.carla.message(DIRECT, "Retarus's view of")
    await w.carla.click(reminder, "Request Retarus's view")
    form = await w.carla.modal("Monthly view")
    done = await w.carla.submit(form, {})
    assert done["outcome"] == "closed", done
    await w.rita.message(RETARUS, "Monthly view")
    await w.carla.click(reminder, "Mark as received")
    await w.carla.message(DIRECT, "was received")
    again = await w.carla.again(reminder)
    assert "actions" not in [block["type"] for block in again["blocks"]]
