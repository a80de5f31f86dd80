"""Controls of the page that the app redraws while somebody presses them."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.localslack.page_app import CARD, button, plain
from tests.localslack.page_stage import BrowserStage, message

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

Blocks = list[dict[str, Any]]
AFLOAT: Blocks = [{"type": "header", "block_id": "head", "text": plain("Still afloat")}, *CARD[1:]]


async def post(stage: BrowserStage, **place: Any) -> dict[str, Any]:
    sent = await stage.app.web.chat_postMessage(channel=stage.channel("quay"), text="card", blocks=CARD, **place)
    return {"channel": sent["channel"], "ts": sent["ts"]}


async def press_down(page: Page, control: Locator) -> None:
    """Presses the mouse on the control, and holds it."""
    await control.hover()
    await page.mouse.down()


async def redraw(stage: BrowserStage, page: Page, place: dict[str, Any], blocks: Blocks) -> None:
    """Changes the message, and waits until the page has received the change."""
    listener = await page.evaluate_handle(LISTENER, place["ts"])
    await stage.app.web.chat_update(**place, text="card", blocks=blocks)
    await page.evaluate("listener => listener.received", listener)


LISTENER = """ts => {
  const address = `ws://${location.host}/_local/live?person=${new URLSearchParams(location.search).get('person')}`;
  return new Promise((opened) => {
    const line = new WebSocket(address);
    const received = new Promise((done) => {
      line.onmessage = ({ data }) => {
        const { type, message } = JSON.parse(data);
        if (type === 'message_changed' && message.ts === ts) setTimeout(done);
      };
    });
    line.onopen = () => opened({ received });
  });
}"""
"""A second connection of the page, which receives the same frames after the first one."""


async def test_button_of_a_message_that_is_redrawn_while_it_is_pressed_is_clicked(stage: BrowserStage) -> None:
    place = await post(stage)
    page = await stage.open("anna")
    await press_down(page, page.get_by_role("button", name="Moor"))
    await redraw(stage, page, place, AFLOAT)
    await page.mouse.up()
    await stage.app.wait_for_interaction("moor")
    await expect(message(page, "Moored by")).to_be_visible()


async def test_message_is_redrawn_when_a_pointer_is_released_elsewhere(stage: BrowserStage) -> None:
    place = await post(stage)
    page = await stage.open("anna")
    await press_down(page, page.get_by_role("button", name="Moor"))
    await redraw(stage, page, place, AFLOAT)
    await expect(message(page, "Still afloat")).to_have_count(0)
    await page.mouse.move(0, 0)
    await page.mouse.up()
    await expect(message(page, "Still afloat")).to_be_visible()
    assert stage.app.count("moor") == 0


async def test_button_in_a_thread_is_clicked_by_the_space_bar_and_keeps_the_focus_when_redrawn(
    stage: BrowserStage,
) -> None:
    root = await post(stage)
    place = await post(stage, thread_ts=root["ts"])
    page = await stage.open("anna")
    await page.get_by_role("link", name="1 reply").click()
    thread = page.get_by_role("region", name="Thread")
    tow = thread.locator(f'[data-ts="{place["ts"]}"]').get_by_role("button", name="Deaf")
    await tow.focus()
    await redraw(stage, page, place, AFLOAT)
    await expect(thread.get_by_text("Still afloat")).to_be_visible()
    await expect(tow).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.down("Space")
    await redraw(stage, page, place, [*AFLOAT[:2], CARD[2]])
    await page.keyboard.up("Space")
    await stage.app.wait_for_interaction("moor")


async def test_button_of_home_that_is_published_anew_while_it_is_pressed_is_clicked(stage: BrowserStage) -> None:
    page, place = await stage.open("anna"), await post(stage)
    await page.get_by_role("link", name="Kiosk").click()
    evening: Blocks = [{"type": "header", "text": plain("Good evening")}, CARD[2]]
    await press_down(page, page.get_by_role("button", name="Moor"))
    me = (await stage.slack.person("anna").state())["me"]["id"]
    await stage.app.web.views_publish(user_id=me, view={"type": "home", "blocks": evening})
    await redraw(stage, page, place, AFLOAT)  # frames come in their order
    await expect(page.get_by_role("heading", name="Good morning")).to_be_visible()
    await page.mouse.up()
    await stage.app.wait_for_interaction("moor")
    await expect(page.get_by_role("heading", name="Good evening")).to_be_visible()


async def test_two_buttons_with_the_same_action_keep_their_own_focus_when_redrawn(stage: BrowserStage) -> None:
    rows: Blocks = [
        {"type": "section", "block_id": name, "text": plain(name), "accessory": button("moor", f"Moor {name}")}
        for name in ("Argo", "Bounty")
    ]
    place = await post(stage)
    page = await stage.open("anna")
    await redraw(stage, page, place, rows)
    second = page.get_by_role("button", name="Moor Bounty")
    await second.focus()
    await redraw(stage, page, place, [{"type": "section", "block_id": "new", "text": plain("A new row")}, *rows])
    await expect(page.get_by_text("A new row")).to_be_visible()
    await expect(second).to_be_focused()
