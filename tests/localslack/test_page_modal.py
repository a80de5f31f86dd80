"""Modals accept every kind of input, keep typed values, and show errors at their fields."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.localslack.page_app import INPUTS, form, plain
from tests.localslack.page_stage import BrowserStage, message, select_options, send_message

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def open_form(page: Page, title: str = "Arrival") -> Locator:
    await send_message(page, f"/form {title}")
    dialog = page.get_by_role("dialog", name=title)
    await expect(dialog).to_be_visible()
    return dialog


async def fill_required(page: Page, dialog: Locator, reason: str = "cargo") -> None:
    await select_options(page, "Ship", "Aurora", typed="aur")
    await select_options(page, "Berth", "North")
    await dialog.get_by_label("Why").fill(reason)


def value(values: Any, block: str) -> Any:
    """State of a block as the app received it, without the element's type."""
    return {key: each for key, each in values[block]["it"].items() if key != "type"}


async def test_every_kind_of_input_reaches_the_app(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    await fill_required(page, dialog)
    await dialog.get_by_label("Arrives").fill("2026-11-23T10:00")
    await dialog.get_by_label("Day", exact=True).fill("2026-11-24")
    await dialog.get_by_label("Hour").fill("09:30")
    await dialog.get_by_role("radio", name="ferry").check()
    await dialog.get_by_role("checkbox", name="fuel").check()
    await select_options(page, "Crew", "Ben", "Carla")
    await select_options(page, "Flags", "Quarantine")
    await select_options(page, "Tell", "crew")
    await dialog.get_by_label("Mail").fill("a@b.example")
    await dialog.get_by_label("Site").fill("https://b.example/x")
    await dialog.get_by_label("Draught").fill("4.5")
    await dialog.get_by_role("textbox", name="Notes").click()
    await page.keyboard.type("plain ")
    await dialog.get_by_role("button", name="Bold").click()
    await page.keyboard.type("bold")
    await dialog.get_by_label("Papers").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"hi"})
    await expect(dialog.get_by_text("a.txt")).to_be_visible()
    await dialog.get_by_role("button", name="Announce").click()
    await expect(dialog).to_have_count(0)

    got = await stage.app.wait_for_interaction("submitted")
    assert value(got, "ship")["selected_option"]["value"] == "Aurora"
    assert value(got, "berth")["selected_option"]["value"] == "n"
    assert value(got, "why") == {"value": "cargo"}
    assert value(got, "eta") == {"selected_date_time": 1_795_424_400}  # 10:00 in Berlin
    assert value(got, "day") == {"selected_date": "2026-11-24"}
    assert value(got, "hour")["selected_time"] == "09:30"
    assert value(got, "kind")["selected_option"]["value"] == "ferry"
    assert [option["value"] for option in value(got, "needs")["selected_options"]] == ["fuel"]
    assert len(value(got, "crew")["selected_users"]) == 2
    assert [option["value"] for option in value(got, "flags")["selected_options"]] == ["q"]
    assert value(got, "room") == {"selected_conversation": stage.channel("crew")}
    assert value(got, "mail") == {"value": "a@b.example"}
    assert value(got, "site") == {"value": "https://b.example/x"}
    assert value(got, "draught") == {"value": "4.5"}
    [section] = value(got, "notes")["rich_text_value"]["elements"]
    assert section["elements"][-1] == {"type": "text", "text": "bold", "style": {"bold": True}}
    assert [file["name"] for file in value(got, "papers")["files"]] == ["a.txt"]


async def test_missing_fields_are_all_marked_and_the_first_has_the_focus(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    await dialog.get_by_role("button", name="Announce").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_have_count(3)
    first = dialog.get_by_role("combobox", name="Ship")
    await expect(first).to_be_focused()
    await expect(first).to_have_attribute("aria-invalid", "true")
    await expect(first).to_have_accessible_description("Please complete this required field.")


async def test_app_errors_are_shown_at_their_fields_until_these_change(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    await fill_required(page, dialog, "bad")
    await dialog.get_by_role("button", name="Announce").click()
    reason, berth = dialog.get_by_text("Say more."), dialog.get_by_text("That berth is taken.")
    await expect(reason).to_be_visible()
    await expect(berth).to_be_visible()
    await expect(dialog.get_by_role("combobox", name="Ship")).to_have_value("Aurora")
    await dialog.get_by_label("Why").fill("good")
    await expect(reason).to_have_count(0)
    await expect(berth).to_be_visible()


async def test_typed_values_survive_an_update_and_a_pushed_view(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    await fill_required(page, dialog)
    await select_options(page, "Crew", "Ben")
    await dialog.get_by_label("Papers").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"hi"})
    await expect(dialog.get_by_text("a.txt")).to_be_visible()
    await dialog.get_by_role("button", name="One more").click()
    longer = page.get_by_role("dialog", name="Longer")
    await expect(longer.get_by_text("One more thing")).to_be_visible()
    await longer.get_by_role("button", name="On top").click()
    on_top = page.get_by_role("dialog", name="On top")
    await expect(on_top.get_by_label("Name")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(longer.get_by_label("Why")).to_have_value("cargo")
    await expect(longer.get_by_role("combobox", name="Ship")).to_have_value("Aurora")
    await expect(longer.get_by_role("button", name="Remove Ben")).to_be_visible()
    await expect(longer.get_by_text("a.txt")).to_be_visible()


async def test_cursor_position_survives_a_view_update(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    reason = dialog.get_by_label("Why")
    await reason.fill("half a sentence")
    await reason.press("Home")
    shown = (await stage.slack.person("anna").state())["modals"][-1]
    more = {"type": "section", "block_id": "late", "text": plain("Came late")}
    await stage.app.web.views_update(view_id=shown["id"], view=form("Arrival", [more, *INPUTS]))
    await expect(dialog.get_by_text("Came late")).to_be_visible()
    await page.keyboard.type("only ")
    await expect(dialog.get_by_label("Why")).to_have_value("only half a sentence")


async def test_open_list_stays_until_its_choice_while_the_view_is_updated(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    await dialog.get_by_role("combobox", name="Berth").click()
    option = page.get_by_role("option", name="South")
    await expect(option).to_be_visible()
    shown = (await stage.slack.person("anna").state())["modals"][-1]
    more = {"type": "section", "block_id": "late", "text": plain("Came late")}
    await stage.app.web.views_update(view_id=shown["id"], view=form("Changed", [more, *INPUTS]))
    await stage.app.web.chat_postMessage(channel=stage.channel("#quay"), text="shown meanwhile")
    await message(page, "shown meanwhile").wait_for(state="attached")
    await option.click()
    changed = page.get_by_role("dialog", name="Changed")
    await expect(changed.get_by_text("Came late")).to_be_visible()
    await expect(changed.get_by_role("combobox", name="Berth")).to_have_value("South")


async def test_view_after_a_submission_is_scrolled_to_the_top(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    await fill_required(page, dialog, "show")
    await dialog.get_by_role("combobox", name="Tell").scroll_into_view_if_needed()
    await dialog.get_by_role("button", name="Announce").click()
    preview = page.get_by_role("dialog", name="Preview")
    await expect(preview.get_by_text("Line 0", exact=True)).to_be_in_viewport()
    await page.keyboard.press("Enter")  # as when the key is held down too long
    await expect(preview).to_be_visible()
    assert stage.app.count("submitted") == 1


async def test_submission_without_acknowledgement_keeps_the_form(stage: BrowserStage) -> None:
    await stage.slack.person("anna").control("POST", "switches", ack_seconds=0.3)
    page = await stage.open("anna")
    dialog = await open_form(page)
    await fill_required(page, dialog, "deaf")
    await dialog.get_by_role("button", name="Announce").click()
    await expect(dialog.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    await expect(dialog.get_by_label("Why")).to_have_value("deaf")


async def test_double_click_submits_once(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    await fill_required(page, dialog)
    await dialog.get_by_role("button", name="Announce").dblclick()
    await expect(dialog).to_have_count(0)
    assert stage.app.count("submitted") == 1


@pytest.mark.parametrize(("way", "cleared"), [("Escape", False), ("Not now", False), ("Close dialog", True)])
async def test_closed_modal_is_reported_to_the_app(stage: BrowserStage, way: str, cleared: bool) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    if way == "Escape":
        await page.keyboard.press("Escape")
    else:
        await dialog.get_by_role("button", name=way).click()
    await expect(dialog).to_have_count(0)
    assert (await stage.app.wait_for_interaction("closed")) is cleared


async def test_escape_in_an_open_list_closes_the_list_alone(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    await dialog.get_by_role("combobox", name="Berth").click()
    await expect(page.get_by_role("option", name="North")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_have_count(0)
    await expect(dialog).to_be_visible()


async def test_a_form_is_filled_with_the_keyboard_alone(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    await expect(dialog.get_by_role("combobox", name="Ship")).to_be_focused()
    await page.keyboard.type("cal")
    await expect(page.get_by_role("option", name="Calypso")).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    for key in ("ArrowDown", "ArrowDown", "Enter", "Tab"):
        await page.keyboard.press(key)
    await page.keyboard.type("by hand")
    await page.keyboard.press("Control+Enter")
    await expect(dialog).to_have_count(0)
    got = await stage.app.wait_for_interaction("submitted")
    assert value(got, "ship")["selected_option"]["value"] == "Calypso"
    assert value(got, "berth")["selected_option"]["value"] == "s"


async def test_focus_stays_inside_the_modal(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    for _ in range(60):
        await page.keyboard.press("Tab")
        inside = await page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        assert inside
    await expect(dialog).to_be_visible()


async def test_too_long_text_is_counted_and_not_truncated(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    await dialog.get_by_label("Why").fill("x" * 70)
    await expect(dialog.get_by_text("-10")).to_be_visible()
    await expect(dialog.get_by_label("Why")).to_have_value("x" * 70)


async def test_file_of_the_wrong_type_is_refused_at_its_field(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    dialog = await open_form(page)
    await dialog.get_by_label("Papers").set_input_files({"name": "a.exe", "mimeType": "x/y", "buffer": b"x"})
    await expect(dialog.get_by_role("alert").filter(has_text="not one of these types")).to_be_visible()


async def test_datetime_picker_uses_the_persons_time_zone(stage: BrowserStage) -> None:
    page = await stage.open("ben")
    dialog = await open_form(page)
    await expect(dialog.get_by_label("Arrives")).to_have_value("2027-01-15T03:00")
    await expect(dialog.get_by_text("America/New York")).to_be_visible()


async def test_shortcut_opens_the_modal(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await page.get_by_role("button", name="Attach files or run a shortcut").click()
    await page.get_by_role("menuitem", name="New form").click()
    await expect(page.get_by_role("dialog", name="Arrival")).to_be_visible()


async def test_open_modal_survives_a_reload(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    await open_form(page)
    await page.reload()
    await expect(page.get_by_role("dialog", name="Arrival")).to_be_visible()
