"""Does a modal take every kind of input, keep what was typed, and say what is wrong beside its field?"""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.localslack.page_app import INPUTS, form, words
from tests.localslack.page_stage import Stage, pick, write

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def opened(page: Page, title: str = "Arrival") -> Locator:
    await write(page, f"/form {title}")
    dialog = page.get_by_role("dialog", name=title)
    await expect(dialog).to_be_visible()
    return dialog


async def fill_required(page: Page, dialog: Locator, why: str = "cargo") -> None:
    await pick(page, "Ship", "Aurora", typed="aur")
    await pick(page, "Berth", "North")
    await dialog.get_by_label("Why").fill(why)


def value(values: Any, block: str) -> Any:
    """What the app got for a block, without the kind of the element."""
    return {key: each for key, each in values[block]["it"].items() if key != "type"}


async def test_every_kind_of_input_reaches_the_app(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    await fill_required(page, dialog)
    await dialog.get_by_label("Arrives").fill("2026-11-23T10:00")
    await dialog.get_by_label("Day", exact=True).fill("2026-11-24")
    await dialog.get_by_label("Hour").fill("09:30")
    await dialog.get_by_role("radio", name="ferry").check()
    await dialog.get_by_role("checkbox", name="fuel").check()
    await pick(page, "Crew", "Ben", "Carla")
    await pick(page, "Flags", "Quarantine")
    await pick(page, "Tell", "crew")
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

    got = await stage.app.hears("submitted")
    assert value(got, "ship")["selected_option"]["value"] == "Aurora"
    assert value(got, "berth")["selected_option"]["value"] == "n"
    assert value(got, "why") == {"value": "cargo"}
    assert value(got, "eta") == {"selected_date_time": 1_795_424_400}  # ten o'clock in Berlin
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


async def test_missing_fields_are_all_marked_and_the_first_has_the_focus(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    await dialog.get_by_role("button", name="Announce").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_have_count(3)
    first = dialog.get_by_role("combobox", name="Ship")
    await expect(first).to_be_focused()
    await expect(first).to_have_attribute("aria-invalid", "true")
    await expect(first).to_have_accessible_description("Please complete this required field.")


async def test_errors_of_the_app_stand_beside_their_fields_and_go_when_these_change(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    await fill_required(page, dialog, "bad")
    await dialog.get_by_role("button", name="Announce").click()
    why, berth = dialog.get_by_text("Say more."), dialog.get_by_text("That berth is taken.")
    await expect(why).to_be_visible()
    await expect(berth).to_be_visible()
    await expect(dialog.get_by_role("combobox", name="Ship")).to_have_value("Aurora")
    await dialog.get_by_label("Why").fill("good")
    await expect(why).to_have_count(0)
    await expect(berth).to_be_visible()


async def test_what_was_typed_survives_an_update_and_a_view_on_top(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    await fill_required(page, dialog)
    await pick(page, "Crew", "Ben")
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


async def test_typing_goes_on_where_it_was_when_the_view_is_updated(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    why = dialog.get_by_label("Why")
    await why.fill("half a sentence")
    await why.press("Home")
    shown = (await stage.slack.person("anna").state())["modals"][-1]
    more = {"type": "section", "block_id": "late", "text": words("Came late")}
    await stage.app.web.views_update(view_id=shown["id"], view=form("Arrival", [more, *INPUTS]))
    await expect(dialog.get_by_text("Came late")).to_be_visible()
    await page.keyboard.type("only ")
    await expect(dialog.get_by_label("Why")).to_have_value("only half a sentence")


async def test_a_view_that_answers_a_submission_is_read_from_its_top(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    await fill_required(page, dialog, "show")
    await dialog.get_by_role("combobox", name="Tell").scroll_into_view_if_needed()
    await dialog.get_by_role("button", name="Announce").click()
    preview = page.get_by_role("dialog", name="Preview")
    await expect(preview.get_by_text("Line 0", exact=True)).to_be_in_viewport()
    await page.keyboard.press("Enter")  # held too long
    await expect(preview).to_be_visible()
    assert stage.app.count("submitted") == 1


async def test_an_app_that_does_not_answer_loses_nothing(stage: Stage) -> None:
    await stage.slack.person("anna").control("POST", "switches", ack_seconds=0.3)
    page = await stage.open("anna")
    dialog = await opened(page)
    await fill_required(page, dialog, "deaf")
    await dialog.get_by_role("button", name="Announce").click()
    await expect(dialog.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    await expect(dialog.get_by_label("Why")).to_have_value("deaf")


async def test_two_quick_presses_submit_once(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    await fill_required(page, dialog)
    await dialog.get_by_role("button", name="Announce").dblclick()
    await expect(dialog).to_have_count(0)
    assert stage.app.count("submitted") == 1


@pytest.mark.parametrize(("way", "cleared"), [("Escape", False), ("Not now", False), ("Close dialog", True)])
async def test_closing_tells_the_app(stage: Stage, way: str, cleared: bool) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    if way == "Escape":
        await page.keyboard.press("Escape")
    else:
        await dialog.get_by_role("button", name=way).click()
    await expect(dialog).to_have_count(0)
    assert (await stage.app.hears("closed")) is cleared


async def test_escape_in_an_open_list_closes_the_list_alone(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    await dialog.get_by_role("combobox", name="Berth").click()
    await expect(page.get_by_role("option", name="North")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_have_count(0)
    await expect(dialog).to_be_visible()


async def test_a_form_is_filled_with_the_keyboard_alone(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
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
    got = await stage.app.hears("submitted")
    assert value(got, "ship")["selected_option"]["value"] == "Calypso"
    assert value(got, "berth")["selected_option"]["value"] == "s"


async def test_the_focus_stays_inside(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    for _ in range(60):
        await page.keyboard.press("Tab")
        inside = await page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        assert inside
    await expect(dialog).to_be_visible()


async def test_a_text_that_is_too_long_is_counted_not_cut(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    await dialog.get_by_label("Why").fill("x" * 70)
    await expect(dialog.get_by_text("-10")).to_be_visible()
    await expect(dialog.get_by_label("Why")).to_have_value("x" * 70)


async def test_a_file_of_the_wrong_kind_is_refused_in_place(stage: Stage) -> None:
    page = await stage.open("anna")
    dialog = await opened(page)
    await dialog.get_by_label("Papers").set_input_files({"name": "a.exe", "mimeType": "x/y", "buffer": b"x"})
    await expect(dialog.get_by_role("alert").filter(has_text="not one of these types")).to_be_visible()


async def test_a_date_and_time_is_on_the_clock_of_the_person(stage: Stage) -> None:
    page = await stage.open("ben")
    dialog = await opened(page)
    await expect(dialog.get_by_label("Arrives")).to_have_value("2027-01-15T03:00")
    await expect(dialog.get_by_text("America/New York")).to_be_visible()


async def test_a_shortcut_opens_it_as_well(stage: Stage) -> None:
    page = await stage.open("anna")
    await page.get_by_role("button", name="Attach files or run a shortcut").click()
    await page.get_by_role("menuitem", name="New form").click()
    await expect(page.get_by_role("dialog", name="Arrival")).to_be_visible()


async def test_an_open_modal_is_there_again_after_a_reload(stage: Stage) -> None:
    page = await stage.open("anna")
    await opened(page)
    await page.reload()
    await expect(page.get_by_role("dialog", name="Arrival")).to_be_visible()
