"""Blocks, editing, jumping and hints on the page, in a real browser."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from localslack import SeedChannel
from tests.localslack.embedded import Json, plain, web_client
from tests.localslack.page_stage import BrowserStage, message, send_message

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def rich(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def card(title: str, action_id: str) -> Json:
    button = {"type": "button", "action_id": action_id, "text": plain(f"Open {title}")}
    words = {"title": plain(title), "subtitle": plain("sub"), "body": plain("body")}
    return {"type": "card", **words, "actions": [button]}


def row(*cells: str) -> list[Json]:
    return [{"type": "raw_text", "text": cell} for cell in cells]


async def shown(stage: BrowserStage, *blocks: Json) -> Page:
    client: Any = web_client(stage.slack)
    await client.chat_postMessage(channel=stage.channel("#quay"), text="blocks", blocks=list(blocks))
    return await stage.open("anna")


async def test_card_and_carousel_are_drawn_and_their_buttons_work(stage: BrowserStage) -> None:
    cards = [card("First", "rest"), card("Second", "sink")]
    page = await shown(stage, card("Alone", "tug"), {"type": "carousel", "elements": cards})
    await expect(page.get_by_role("group", name="Alone")).to_contain_text("body")
    carousel = page.get_by_role("region", name="Carousel")
    await carousel.get_by_role("button", name="Open Second").click()
    pressed = await stage.app.wait_for_interaction("sink")
    assert pressed["type"] == "button"
    await expect(carousel.get_by_role("button", name="Open Second")).not_to_have_attribute("aria-busy", "true")


async def test_container_folds_its_blocks_away(stage: BrowserStage) -> None:
    section = {"type": "section", "text": plain("inside")}
    block = {
        "type": "container",
        "title": plain("Details"),
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [section],
    }
    page = await shown(stage, block)
    await expect(page.get_by_text("inside")).to_be_hidden()
    await page.get_by_text("Details").click()
    await expect(page.get_by_text("inside")).to_be_visible()


async def test_data_table_is_turned_page_by_page(stage: BrowserStage) -> None:
    rows = [row("Host", "Load"), *(row(f"mx{number}", str(number)) for number in range(5))]
    page = await shown(stage, {"type": "data_table", "caption": "Hosts", "rows": rows, "page_size": 2})
    table = page.get_by_role("figure", name="Hosts")
    await expect(table.get_by_role("row")).to_have_count(3)
    await expect(table).to_contain_text("Page 1 of 3")
    await table.get_by_role("button", name="Next").click()
    await table.get_by_role("button", name="Next").click()
    await expect(table.get_by_role("row")).to_have_count(2)
    await expect(table.get_by_role("cell", name="mx4")).to_be_visible()
    await expect(table.get_by_role("button", name="Next")).to_be_disabled()


async def test_plan_and_task_card_say_how_far_they_are(stage: BrowserStage) -> None:
    task = {"task_id": "1", "title": "Read logs", "status": "in_progress", "details": rich("line by line")}
    done = {"type": "task_card", "task_id": "2", "title": "Ask", "status": "complete"}
    page = await shown(stage, {"type": "plan", "title": "Analysis", "tasks": [task]}, done)
    plan = page.get_by_role("region", name="Analysis")
    await expect(plan.get_by_role("img", name="In progress")).to_be_visible()
    await expect(plan).to_contain_text("line by line")
    await expect(page.get_by_role("img", name="Done")).to_be_visible()


async def test_alert_is_drawn_in_a_modal(stage: BrowserStage) -> None:
    from tests.localslack.embedded import modal  # noqa: PLC0415

    client: Any = web_client(stage.slack)
    anna = stage.slack.admin.member("anna")
    page = await stage.open("anna")
    trigger = stage.slack.services.triggers.issue(stage.slack.apps[0].id, anna.id)
    view = modal({"type": "alert", "level": "warning", "text": plain("Mind the gap")})
    await client.views_open(trigger_id=trigger, view=view)
    await expect(page.get_by_role("dialog").get_by_role("alert").filter(has_text="Mind the gap")).to_be_visible()


async def test_text_without_mrkdwn_is_shown_as_it_is(stage: BrowserStage) -> None:
    client: Any = web_client(stage.slack)
    await client.chat_postMessage(channel=stage.channel("#quay"), text="*stars* &amp; more", mrkdwn=False)
    page = await stage.open("anna")
    await expect(message(page, "*stars* & more")).to_be_visible()


async def test_edit_box_shows_the_whole_message(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await send_message(page, "\n".join(f"line {number}" for number in range(12)))
    await expect(message(page, "line 11")).to_be_visible()
    await page.get_by_label("Message #quay").press("ArrowUp")
    box = page.get_by_label("Edit message")
    await expect(box).to_be_focused()
    missing = await box.evaluate("box => box.scrollHeight - box.clientHeight")
    assert missing <= 2


async def test_quotes_and_lists_are_drawn_as_such(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await send_message(page, "> a quote\n- one\n- two")
    text = message(page, "a quote")
    await expect(text.locator("blockquote")).to_have_text("a quote")
    await expect(text.get_by_role("listitem")).to_have_text(["one", "two"])


async def test_switcher_opens_from_the_composer_and_closes_with_one_escape(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    composer = page.get_by_label("Message #quay")
    await composer.click()
    await page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Jump to")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(composer).to_be_focused()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("fault")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("#/faults"))


async def test_empty_channel_names_the_commands_that_can_be_tried(stage: BrowserStage) -> None:
    seeded = SeedChannel(name="pier", members=["anna"])
    await stage.slack.person("anna").act("create_channel", name=seeded.name)
    page = await stage.open("anna", "#pier")
    hint = page.get_by_role("note").filter(has_text="Try a command")
    first = hint.get_by_role("button").first
    command = await first.inner_text()
    await first.click()
    await expect(page.get_by_label("Message #pier")).to_have_value(f"{command} ")


async def test_message_is_shared_in_another_channel(stage: BrowserStage) -> None:
    await stage.slack.person("anna").post("#quay", "to be shared")
    page = await stage.open("anna")
    await message(page, "to be shared").hover()
    await message(page, "to be shared").get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Share message").click()
    dialog = page.get_by_role("dialog", name="Share message")
    await dialog.get_by_label("Channel").select_option(stage.channel("#crew"))
    await dialog.get_by_label("Comment (optional)").fill("please look")
    await dialog.get_by_role("button", name="Share", exact=True).click()
    await expect(dialog).to_be_hidden()
    shared = await stage.slack.person("anna").message("#crew", "please look")
    assert shared["attachments"][0]["text"] == "to be shared"


async def test_assistant_shows_what_it_does_and_suggests_messages(stage: BrowserStage) -> None:
    client: Any = web_client(stage.slack)
    anna = stage.slack.person("anna")
    app = stage.slack.apps[0]
    app.has_assistant, app.scopes = True, [*(app.scopes or []), "assistant:write"]
    opened = await anna.act("open_assistant", app_id=app.id)
    place = {"channel_id": opened["channel"], "thread_ts": opened["thread_ts"]}
    await client.assistant_threads_setSuggestedPrompts(**place, prompts=[{"title": "Tides", "message": "When is ebb?"}])
    await client.assistant_threads_setStatus(**place, status="is looking at the sea…")
    page = await stage.open("anna", f"#/channel/{opened['channel']}/thread/{opened['thread_ts']}")
    await expect(page.get_by_text("is looking at the sea…")).to_be_visible()
    await page.get_by_role("button", name="Tides").click()
    await anna.reply({"channel": opened["channel"], "ts": opened["thread_ts"]}, "When is ebb?")
    await client.chat_postMessage(channel=opened["channel"], thread_ts=opened["thread_ts"], text="At six.")
    await expect(page.get_by_text("is looking at the sea…")).to_be_hidden()


async def test_work_object_is_drawn_with_its_fields_in_order(stage: BrowserStage) -> None:
    anna = stage.slack.admin.member("anna").id
    payload = {
        "attributes": {"title": {"text": "Fix the crane"}, "product_name": "Harbour", "display_id": "HB-7"},
        "fields": {
            "due_date": {"value": "2026-12-01", "type": "slack#/types/date"},
            "status": {"value": "open", "tag_color": "blue"},
            "assignee": {"type": "slack#/types/user", "user": {"user_id": anna}},
        },
        "custom_fields": [{"key": "berths", "label": "Berths", "type": "array", "value": [{"value": 3}, {"value": 4}]}],
        "display_order": ["status", "assignee"],
    }
    url = "https://harbour.example/7"
    entity = {
        "entity_type": "slack#/entities/task",
        "url": url,
        "external_ref": {"id": "7"},
        "entity_payload": payload,
    }
    client: Any = web_client(stage.slack)
    await client.chat_postMessage(channel=stage.channel("#quay"), text="work", metadata={"entities": [entity]})
    page = await stage.open("anna")
    group = page.get_by_role("group", name="Fix the crane")
    await expect(group).to_contain_text("Harbour · Task · HB-7")
    await expect(group.get_by_role("link", name="Fix the crane")).to_have_attribute("href", url)
    await expect(group.locator("dt")).to_have_text(["Status", "Assignee", "Due date", "Berths"])
    await expect(group.locator("dd")).to_have_text(["open", re.compile("Anna"), "2026-12-01", "3, 4"])
