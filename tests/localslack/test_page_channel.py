"""Writing, replying, reacting and clicking on the page work as in Slack."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.localslack.page_app import CARD
from tests.localslack.page_stage import BrowserStage, message, select_options, send_message

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def post_card(stage: BrowserStage) -> None:
    await stage.app.web.chat_postMessage(channel=stage.channel("quay"), text="Aurora", blocks=CARD)


async def choose_message_action(page: Page, text: str, item: str) -> None:
    """Chooses an item from the “More actions” menu of a message."""
    await message(page, text).hover()
    await message(page, text).get_by_role("toolbar").get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name=item).click()


async def test_message_of_two_lines_is_seen_by_others_immediately(stage: BrowserStage) -> None:
    anna, ben = await stage.open("anna"), await stage.open("ben")
    composer = anna.get_by_label("Message #quay")
    await composer.fill("hello *world* @ben")
    await composer.press("Shift+Enter")
    await composer.press_sequentially("second line")
    await composer.press("Enter")
    seen = message(ben, "second line")
    await expect(seen.locator("strong", has_text="world")).to_be_visible()
    await expect(seen.get_by_role("button", name="@Ben")).to_have_class(re.compile("mine"))
    await expect(composer).to_have_value("")


async def test_commands_are_completed_by_keys(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    composer = page.get_by_label("Message #quay")
    await composer.press_sequentially("/for")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    await expect(options.first).to_contain_text("/form [title]Open the form")
    await composer.press("ArrowDown")
    await composer.press("Tab")
    await expect(composer).to_have_value("/form-long ")
    await composer.fill("")
    await composer.press_sequentially("/for")
    await composer.press("Enter")
    await expect(composer).to_have_value("/form ")
    await composer.press("Enter")
    await expect(page.get_by_role("dialog", name="Arrival")).to_be_visible()


async def test_people_channels_and_emoji_are_completed(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    composer = page.get_by_label("Message #quay")
    await composer.press_sequentially("@bra")
    await expect(page.get_by_role("option", name="Ben")).to_be_visible()
    await composer.press("Tab")
    await composer.press_sequentially("see #qu")
    await composer.press("Enter")
    await composer.press_sequentially(":tad")
    await composer.press("Enter")
    await expect(composer).to_have_value("@ben see #quay :tada: ")
    await composer.press("Enter")
    await expect(message(page, "see").get_by_role("img", name="tada emoji")).to_be_visible()
    await expect(message(page, "see").get_by_role("link", name="#quay")).to_be_visible()


async def test_unknown_command_stays_in_the_composer_with_the_reason(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await send_message(page, "/nothing of the kind")
    await expect(page.get_by_role("alert").filter(has_text="/nothing is not a valid command")).to_be_visible()
    await expect(page.get_by_label("Message #quay")).to_have_value("/nothing of the kind")


async def test_ephemeral_message_is_seen_by_one_person_and_can_be_dismissed(stage: BrowserStage) -> None:
    anna, ben = await stage.open("anna"), await stage.open("ben")
    await send_message(anna, "/whisper")
    await expect(message(anna, "Psst")).to_contain_text("Only visible to you")
    await send_message(anna, "loud")
    await expect(message(ben, "loud")).to_be_visible()
    await expect(message(ben, "Psst")).to_have_count(0)
    await message(anna, "Psst").get_by_role("button", name="Dismiss").click()
    await expect(message(anna, "Psst")).to_have_count(0)


async def test_a_thread_is_answered_beside_its_channel(stage: BrowserStage) -> None:
    anna, ben = await stage.open("anna"), await stage.open("ben")
    await send_message(anna, "who helps?")
    await message(ben, "who helps?").hover()
    await message(ben, "who helps?").get_by_role("link", name="Reply in thread").click()
    await send_message(ben, "I do", "Reply…")
    await anna.get_by_role("link", name="1 reply").click()
    thread = anna.get_by_role("region", name="Thread")
    await expect(thread.get_by_role("article").filter(has_text="I do")).to_be_visible()
    await ben.get_by_role("checkbox", name="Also send to #quay").check()
    await send_message(ben, "on my way", "Reply…")
    await expect(thread.get_by_role("article").filter(has_text="on my way")).to_be_visible()
    await expect(anna.get_by_role("link", name="replied to a thread")).to_be_visible()
    await send_message(anna, "/form", "Reply…")
    await expect(thread.get_by_role("alert")).to_have_text("/form is not supported in threads. Sorry!")
    await thread.get_by_role("link", name="Close thread").click()
    await expect(thread).to_have_count(0)


async def test_a_button_changes_its_message_for_everybody(stage: BrowserStage) -> None:
    await post_card(stage)
    anna, ben = await stage.open("anna"), await stage.open("ben")
    await message(anna, "fragile cargo").get_by_role("button", name="Moor").click()
    await expect(message(ben, "Moored by @Anna")).to_be_visible()
    await expect(message(anna, "Moored by")).to_be_visible()


async def test_a_confirmation_is_asked_and_can_be_declined(stage: BrowserStage) -> None:
    await post_card(stage)
    page = await stage.open("anna")
    sink = message(page, "fragile cargo").get_by_role("button", name="Sink")
    await sink.click()
    question = page.get_by_role("dialog", name="Sink it?")
    await expect(question.get_by_text("no way back")).to_be_visible()
    await question.get_by_role("button", name="Keep it").click()
    await expect(question).to_have_count(0)
    await expect(sink).to_be_focused()
    await sink.click()
    await question.get_by_role("button", name="Sink it").click()
    await stage.app.wait_for_interaction("sink")
    assert stage.app.count("sink") == 1


async def test_overflow_and_select_give_their_option(stage: BrowserStage) -> None:
    await post_card(stage)
    page = await stage.open("anna")
    more = message(page, "fragile cargo").locator('[data-action-id="rest"]')
    await more.focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        await page.keyboard.press(key)
    assert (await stage.app.wait_for_interaction("rest"))["selected_option"]["value"] == "stay"
    await select_options(page, "Tug", "Tug two")
    assert (await stage.app.wait_for_interaction("tug"))["selected_option"]["value"] == "t2"


async def test_missing_acknowledgement_is_reported_at_the_message(stage: BrowserStage) -> None:
    await stage.slack.person("anna").control("POST", "switches", ack_seconds=0.3)
    await post_card(stage)
    page = await stage.open("anna")
    await message(page, "fragile cargo").get_by_role("button", name="Deaf").click()
    await expect(message(page, "fragile cargo").get_by_role("alert")).not_to_be_empty()


async def test_reactions_are_counted_and_taken_back(stage: BrowserStage) -> None:
    anna, ben = await stage.open("anna"), await stage.open("ben")
    await send_message(anna, "lunch?")
    await expect(message(ben, "lunch?")).to_be_visible()
    await message(anna, "lunch?").hover()
    await message(anna, "lunch?").get_by_role("button", name="React with eyes").click()
    await message(ben, "lunch?").get_by_role("button", name="eyes, 1: Anna").click()
    both = message(anna, "lunch?").get_by_role("button", name="eyes, 2")
    await expect(both).to_have_attribute("aria-pressed", "true")
    await both.click()
    await expect(message(anna, "lunch?").get_by_role("button", name="eyes, 1: Ben")).to_be_visible()


async def test_own_messages_are_edited_and_deleted(stage: BrowserStage) -> None:
    page, other = await stage.open("anna"), await stage.open("ben")
    await send_message(page, "teh ship for @ben")
    await choose_message_action(page, "teh ship", "Edit message")
    editor = page.get_by_label("Edit message")
    await expect(editor).to_have_value("teh ship for @ben")
    await editor.fill("\n".join(f"line {number}" for number in range(18)))
    assert await editor.evaluate("each => each.scrollHeight - each.clientHeight") <= 1
    await editor.fill("the ship")
    await editor.press("Enter")
    await expect(message(other, "the ship")).to_contain_text("(edited)")
    await choose_message_action(page, "the ship", "Delete message")
    await page.get_by_role("dialog", name="Delete message").get_by_role("button", name="Delete").click()
    await expect(message(other, "the ship")).to_have_count(0)
    await expect(message(page, "the ship")).to_have_count(0)


async def test_an_apps_message_shortcut_gets_the_message(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await send_message(page, "worth keeping")
    await choose_message_action(page, "worth keeping", "Note it")
    assert (await stage.app.wait_for_interaction("noted")) == "worth keeping"


async def test_unread_and_mentions_show_in_the_sidebar_and_a_line_in_the_channel(stage: BrowserStage) -> None:
    anna, ben = await stage.open("anna"), await stage.open("ben", "#crew")
    await send_message(anna, "for everybody")
    await expect(ben.get_by_role("link", name="quay, unread")).to_be_visible()
    await send_message(anna, "for you @ben")
    await ben.get_by_role("link", name="quay, 1 mention").click()
    await expect(ben.get_by_role("separator", name="New messages")).to_be_visible()
    await expect(ben.get_by_role("link", name="quay", exact=True)).to_be_visible()


async def test_a_permalink_opens_the_message_and_a_reply_its_thread(stage: BrowserStage) -> None:
    quay = stage.channel("quay")
    ben = stage.slack.person("ben")
    stored, *_ = [await ben.post(quay, f"number {number}") for number in range(70)]
    link = (await stage.app.web.chat_getPermalink(channel=quay, message_ts=stored["ts"]))["permalink"]
    page = await stage.open("anna")
    await page.goto(link)
    await expect(message(page, "number 0")).to_be_in_viewport()
    reply = await ben.post(quay, "an answer", thread=stored)
    link = (await stage.app.web.chat_getPermalink(channel=quay, message_ts=reply["ts"]))["permalink"]
    await page.goto(link)
    thread = page.get_by_role("region", name="Thread")
    await expect(thread.get_by_role("article").filter(has_text="an answer")).to_be_in_viewport()


async def test_files_are_sent_shown_and_fetched(stage: BrowserStage) -> None:
    anna, ben = await stage.open("anna"), await stage.open("ben")
    chooser = anna.locator(".composer input[type=file]")
    await chooser.set_input_files({"name": "log.txt", "mimeType": "text/plain", "buffer": b"it leaks"})
    await expect(anna.get_by_role("list", name="Files to send")).to_contain_text("log.txt")
    await send_message(anna, "the log")
    link = message(ben, "the log").get_by_role("link", name="log.txt")
    async with ben.expect_download() as download:
        await link.click()
    assert (await (await download.value).path()).read_bytes() == b"it leaks"


async def test_a_direct_message_is_opened_from_the_sidebar(stage: BrowserStage) -> None:
    anna, ben = await stage.open("anna"), await stage.open("ben")
    await anna.get_by_role("button", name="New message").click()
    await anna.get_by_label("To", exact=True).select_option(label="Ben Brandt")
    await anna.get_by_role("button", name="Go").click()
    await send_message(anna, "just us", "Message Ben")
    await ben.get_by_role("link", name="Anna, 1 mention").click()
    await expect(message(ben, "just us")).to_be_visible()


async def test_a_channel_is_found_and_joined(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await page.get_by_role("button", name="Add channels").click()
    await page.get_by_label("Channel", exact=True).select_option(label="Open #canteen")
    await page.get_by_role("button", name="Go").click()
    await page.get_by_role("button", name="Join channel").click()
    await expect(page.get_by_label("Message #canteen")).to_be_visible()


async def test_visitor_can_switch_between_people(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await page.get_by_role("button", name="You are Anna").click()
    await page.get_by_role("menuitemradio", name="Be Ben Brandt").click()
    await expect(page.get_by_role("button", name="You are Ben")).to_be_visible()
    assert "person=ben" in page.url


async def test_inaccessible_channel_falls_back_to_an_own_one(stage: BrowserStage) -> None:
    page = await stage.open("carla", "#crew")
    await expect(page.get_by_role("heading", name="quay", level=1)).to_be_visible()


async def test_channel_with_a_thousand_messages_renders_a_window(stage: BrowserStage) -> None:
    quay = stage.channel("quay")
    anna = stage.slack.person("anna")
    for number in range(1000):
        await anna.act("post", channel=quay, text=f"number {number}")
    page = await stage.open("ben")
    await expect(message(page, "number 950")).to_be_in_viewport()  # the oldest unread message that is loaded
    assert await page.get_by_role("article").count() <= 150
    await page.get_by_role("button", name="Newest messages").click()
    await expect(message(page, "number 999")).to_be_in_viewport()
    await send_message(page, "still here")
    await expect(message(page, "still here")).to_be_in_viewport()
