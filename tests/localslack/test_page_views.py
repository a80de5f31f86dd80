"""Home, mail, traffic, the clock, phone layout and lost connections on the page."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from functools import partial

import aiosmtplib
import pytest
from playwright.async_api import Page, Route, WebSocketRoute, expect

from localslack.mail import serve
from tests.localslack.page_app import CARD, plain
from tests.localslack.page_stage import BrowserStage, message, send_message
from tests.timeouts import TIMEOUT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
HTML = '<style>h2 { color: rgb(1, 2, 3) }</style><h2 style="margin-left: 7px">Ahoy</h2><script>parent.hit = 1</script>'


async def send_mail(stage: BrowserStage, subject: str, html: str = "") -> None:
    """Sends a mail to the mailbox over SMTP."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "Kiosk <kiosk@a.example>", "port@b.example", subject
    letter.set_content("The ship is in.\nSee https://a.example/ship")
    if html:
        letter.add_alternative(html, subtype="html")
    assert stage.slack.mailbox is not None
    server = await serve(stage.slack.mailbox, "127.0.0.1", 0)
    await aiosmtplib.send(letter, hostname="127.0.0.1", port=server.port)
    await server.close()


async def test_home_is_published_on_opening_and_its_buttons_work(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await page.get_by_role("link", name="Kiosk").click()
    await expect(page.get_by_role("heading", name="Good morning")).to_be_visible()
    await page.get_by_role("button", name="Deaf").press("Tab")
    await page.get_by_role("combobox", name="Tug").click()
    await page.get_by_role("option", name="Tug one").click()
    assert (await stage.app.wait_for_interaction("tug"))["selected_option"]["value"] == "t1"
    await page.get_by_role("tab", name="Messages").click()
    await send_message(page, "hello app", "Message Kiosk")
    await expect(message(page, "hello app")).to_be_visible()


async def test_mail_arrives_and_is_read_in_every_form(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await send_mail(stage, "Ship in", HTML)
    await expect(page.get_by_role("link", name="Mail").locator(".rail-mark")).to_be_visible()
    await page.get_by_role("link", name="Mail").click()
    await page.get_by_role("link", name="Ship in").click()
    reader = page.get_by_role("article", name="Mail")
    await expect(reader).to_contain_text("Fromkiosk@a.example")
    await expect(reader.get_by_role("link", name="https://a.example/ship")).to_be_visible()
    await reader.get_by_role("tab", name="HTML").click()
    title = page.frame_locator("iframe").get_by_role("heading", name="Ahoy")
    await expect(title).to_have_css("color", "rgb(1, 2, 3)")
    await expect(title).to_have_css("margin-left", "7px")
    assert await page.evaluate("window.hit") is None
    await reader.get_by_role("tab", name="Headers").click()
    await expect(reader.get_by_role("rowheader", name="Subject")).to_be_visible()
    await reader.get_by_role("tab", name="Raw").click()
    await expect(reader).to_contain_text("Content-Type: multipart/alternative")
    stage.problems.clear()  # the browser logs that it did not apply the mail's own styles; the page applies them


async def test_traffic_shows_payloads_and_calls_live_and_filtered(stage: BrowserStage) -> None:
    page, other = await stage.open("anna", "#/traffic"), await stage.open("ben")
    await send_message(other, "/form")
    row = page.locator('[data-kind="slash_command"]')
    await expect(row).to_contain_text("ok")
    await expect(page.locator('[data-kind="views.open"]')).to_be_visible()
    await row.get_by_role("button").first.click()
    payload = row.get_by_role("region", name="Payload")
    await expect(payload).to_contain_text('command: "/form"')
    await page.get_by_label("Filter traffic").fill("views.open")
    await expect(row).to_have_count(0)
    await expect(page.locator('[data-kind="views.open"]')).to_be_visible()
    await page.get_by_label("Direction").select_option(label="To apps")
    await expect(page.locator('[data-kind="views.open"]')).to_have_count(0)


async def test_traffic_can_be_filtered_by_failures(stage: BrowserStage) -> None:
    with pytest.raises(Exception, match="channel_not_found"):
        await stage.app.web.chat_postMessage(channel="C0NOWHERE", text="x")
    page = await stage.open("anna", "#/traffic")
    await page.get_by_label("Only failures").check()
    rows = page.locator(".traffic-row")
    await expect(rows.filter(has_text="channel_not_found")).to_have_count(1)
    await expect(rows.filter(has_text="auth.test")).to_have_count(0)


async def test_the_clock_is_moved_for_everybody(stage: BrowserStage) -> None:
    anna, ben = await stage.open("anna"), await stage.open("ben")
    await anna.get_by_role("button", name="Clock of this Slack").click()
    await anna.get_by_role("button", name="Four hours forward").click()
    await expect(ben.get_by_role("button", name=re.compile(r"Clock of this Slack: .*, \+4 h from now"))).to_be_visible()
    await anna.get_by_role("button", name="One day forward").click()
    await expect(anna.get_by_role("button", name=re.compile(r"\+1 d 4 h"))).to_be_visible()
    await anna.get_by_role("button", name="Back to now").click()
    await expect(ben.get_by_role("button", name=re.compile(r"Clock of this Slack: \d+:\d\d$"))).to_be_visible()


async def test_lost_connection_is_shown_and_restored_without_loss(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    websockets: list[WebSocketRoute] = []
    allowed = True

    async def route(websocket: WebSocketRoute) -> None:
        if not allowed:
            await websocket.close()
            return
        websocket.connect_to_server()
        websockets.append(websocket)

    await page.route_web_socket(re.compile("/_local/live"), route)
    await page.reload()
    await expect(page.get_by_label("Message #quay")).to_be_visible()
    allowed = False
    await websockets[-1].close()
    await expect(page.get_by_text("connection to the local Slack is lost")).to_be_visible()
    await stage.slack.person("ben").post("#quay", "missed it?")
    allowed = True
    await expect(message(page, "missed it?")).to_be_visible()
    await expect(page.get_by_text("connection to the local Slack is lost")).to_be_hidden()


async def test_reply_that_arrives_while_its_thread_is_read_is_shown(stage: BrowserStage) -> None:
    ben, quay = stage.slack.person("ben"), stage.channel("quay")
    root = await ben.post("#quay", "who helps?")
    await ben.post(quay, "first", thread=root)
    page = await stage.open("anna")

    async def late(route: Route) -> None:
        older = await route.fetch()
        await ben.post(quay, "second", thread=root)
        await expect(page.get_by_role("link", name="2 replies")).to_be_visible()
        await route.fulfill(response=older)

    await page.route(re.compile("/replies"), late)
    await page.get_by_role("link", name="1 reply").click()
    thread = page.get_by_role("region", name="Thread")
    await expect(thread.get_by_role("article").filter(has_text="first")).to_be_visible()
    await expect(thread.get_by_role("article").filter(has_text="second")).to_be_visible()


async def test_form_opened_before_the_late_answer_to_another_form_stays_open(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await send_message(page, "/form")
    form = page.get_by_role("dialog", name="Arrival")
    await form.get_by_role("button", name="On top").click()
    await page.get_by_role("dialog", name="On top").get_by_label("Name").fill("Aurora")
    is_read = await send_late(page, "submit", partial(open_next_form, stage, page))
    await page.get_by_role("dialog", name="On top").get_by_role("button", name="Announce").click()
    await asyncio.wait_for(is_read.wait(), TIMEOUT)
    await expect(page.get_by_role("dialog", name="Next")).to_be_visible()


async def open_next_form(stage: BrowserStage, page: Page) -> None:
    """Another form is opened, and the page shows it."""
    anna = stage.slack.person("anna")
    await anna.command("#quay", "/form", "Next")
    await expect(page.get_by_role("dialog", name="Next")).to_be_visible()


async def test_home_published_before_the_late_answer_to_its_opening_is_shown(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await publish_home(stage, "Good night")
    is_read = await send_late(page, "open_home", partial(publish_again, stage, page))
    await page.get_by_role("link", name="Kiosk").click()
    await asyncio.wait_for(is_read.wait(), TIMEOUT)
    await expect(page.get_by_role("heading", name="Good evening")).to_be_visible()


async def publish_home(stage: BrowserStage, title: str) -> None:
    me = (await stage.slack.person("anna").state())["me"]["id"]
    blocks = [{"type": "header", "text": plain(title)}]
    await stage.app.web.views_publish(user_id=me, view={"type": "home", "blocks": blocks})


async def publish_again(stage: BrowserStage, page: Page) -> None:
    """The Home is published once more, and the page shows it."""
    await expect(page.get_by_role("heading", name="Good morning")).to_be_visible()
    await publish_home(stage, "Good evening")
    await expect(page.get_by_role("heading", name="Good evening")).to_be_visible()


async def send_late(page: Page, verb: str, meanwhile: Callable[[], Awaitable[object]]) -> asyncio.Event:
    """Lets the page have the answer to its next request of this kind only after something else has happened."""
    is_read = asyncio.Event()

    async def late(route: Route) -> None:
        body = await (await route.fetch()).body()
        await meanwhile()
        await route.fulfill(body=body, content_type="application/json")
        await page.evaluate("fetch('/_local/people').then((next) => next.json())")
        is_read.set()

    await page.route(re.compile(f"/{verb}$"), late, times=1)
    return is_read


async def test_change_during_the_reading_after_a_lost_connection_is_shown(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    websockets: list[WebSocketRoute] = []
    form_is_sent = asyncio.Event()

    def connect(websocket: WebSocketRoute) -> None:
        def forward(frame: str | bytes) -> None:
            websocket.send(frame)
            if '"modals"' in str(frame):
                form_is_sent.set()

        websocket.connect_to_server().on_message(forward)
        websockets.append(websocket)

    async def open_form() -> None:
        await stage.slack.person("anna").command("#quay", "/form", "Next")
        await asyncio.wait_for(form_is_sent.wait(), TIMEOUT)

    await page.route_web_socket(re.compile("/_local/live"), connect)
    await page.reload()
    await expect(page.get_by_label("Message #quay")).to_be_visible()
    is_read = await send_late(page, "state", open_form)
    await websockets[-1].close()
    await asyncio.wait_for(is_read.wait(), TIMEOUT)
    await expect(page.get_by_role("dialog", name="Next")).to_be_visible()


async def test_a_phone_shows_one_pane_at_a_time(stage: BrowserStage) -> None:
    await stage.app.web.chat_postMessage(channel=stage.channel("quay"), text="card", blocks=CARD)
    page = await stage.open("anna", "", **PHONE)
    await page.get_by_role("link", name="quay").click()
    await expect(page.get_by_role("navigation", name="Channels")).to_be_hidden()
    await send_message(page, "from afar")
    await page.get_by_role("button", name="Send now").click()
    await expect(message(page, "from afar")).to_be_visible()
    await message(page, "from afar").tap()
    await message(page, "from afar").get_by_role("link", name="Reply in thread").tap()
    await expect(page.get_by_label("Reply…")).to_be_visible()
    await expect(page.get_by_label("Message #quay")).to_be_hidden()
    await page.get_by_role("link", name="Back to channel", exact=True).click()
    await page.get_by_role("link", name="Back to channels").click()
    await expect(page.get_by_role("navigation", name="Channels")).to_be_visible()


async def test_a_modal_fills_a_phone(stage: BrowserStage) -> None:
    page = await stage.open("anna", "#quay", **PHONE)
    await send_message(page, "/form")
    await page.get_by_role("button", name="Send now").click()
    dialog = page.get_by_role("dialog", name="Arrival")
    await expect(dialog).to_be_visible()
    box = await dialog.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def colours(page: Page) -> tuple[str, str]:
    style = await page.evaluate(
        "[getComputedStyle(document.querySelector('.main')).backgroundColor, document.documentElement.dataset.theme]"
    )
    return style[0], style[1]


async def test_colour_scheme_follows_the_system_until_chosen(stage: BrowserStage) -> None:
    page = await stage.open("anna", color_scheme="dark")
    assert await colours(page) == ("rgb(26, 29, 33)", "dark")
    await page.get_by_role("button", name="Use light colours").click()
    assert await colours(page) == ("rgb(255, 255, 255)", "light")
    await page.reload()
    await expect(page.get_by_role("button", name="Use dark colours")).to_be_visible()


async def test_channel_switcher_works_with_the_keyboard(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("crew")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Message #crew")).to_be_visible()


async def test_search_finds_a_message_and_leads_to_it(stage: BrowserStage) -> None:
    await stage.slack.person("ben").post("#quay", "the needle is here")
    page = await stage.open("anna", "#crew")
    search = page.get_by_label("Search messages")
    await search.fill("needle")
    await search.press("Enter")
    await page.get_by_role("region", name="Search results").get_by_role("link", name="#quay").click()
    await expect(message(page, "the needle is here")).to_be_in_viewport()


async def test_unknown_person_falls_back_to_the_first_person(stage: BrowserStage) -> None:
    page = await stage.open("nobody", "")
    await expect(page.get_by_role("button", name="You are Anna")).to_be_visible()


async def test_slackbot_is_not_offered_in_the_person_switcher(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await page.get_by_role("button", name="You are Anna").click()
    await expect(page.get_by_role("menuitemradio")).to_have_count(4)
