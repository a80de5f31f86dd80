"""Raising a ticket from what a message says, with priority and start, taken by its raiser."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config.custom_fields import Template
from bot.config.settings_file import parse
from bot.core.errors import Misconfigured
from bot.forms.start_choice import with_start
from bot.model.notice import NoticeKind
from bot.model.ticket import Kind, Stage
from localslack import Modal
from tests.handlers.world import DESK, World, picked, world


async def test_words_behind_the_command_fill_the_fields_they_belong_to(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident", "Tenant 12345RS: Email Security rejects mail with “550 5.7.1 no”")
    modal = await w.anna.modal("Raise an incident")
    read = {block["block_id"] for block in modal.view["blocks"] if "Read from the message" in str(block.get("hint"))}
    assert {"services", "tenants"} <= read
    done = await w.anna.submit(modal, w.answers(happens="Mail is rejected"))
    assert done["outcome"] == "closed", done
    assert (await w.ticket()).answer("tenants") == "12345RS"


async def test_transactions_of_a_pasted_table_are_read_into_one_input(w: World) -> None:
    rows = "\n".join(f"2026-01-0{day} 09:04;a@mueller.example;b@target.example;550 5.7.1" for day in (1, 2, 3))
    await w.anna.command(DESK, "/retarus-incident", f"Timestamp;Sender;Recipient;Status\n{rows}")
    modal = await w.anna.modal("Raise an incident")
    table = next(block for block in modal.view["blocks"] if block["block_id"] == "transactions")
    assert len(table["element"]["initial_value"].split("\n")) == 4
    assert (await w.anna.submit(modal, w.answers()))["outcome"] == "closed"
    ticket = await w.ticket()
    assert [ticket.answer(f"example.{number}.recipient") for number in (1, 2, 3)] == ["b@target.example"] * 3


async def test_long_table_in_a_message_says_what_does_not_fit_and_nothing_else(w: World) -> None:
    rows = [f"2026-01-02 09:{number:02};a@mueller.example;b@target.example;550 5.7.1 rejected" for number in range(50)]
    table = ["Outbound mail is rejected.", "", "Timestamp;Sender;Recipient;Status", *rows]
    await w.anna.command(DESK, "/retarus-incident", "\n".join(table))
    modal = await w.anna.modal("Raise an incident", containing="transactions of the message are not in the table")
    assert "characters long" not in modal.text


async def test_words_pasted_into_the_form_are_read_by_a_button(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal("Raise an incident")
    w.anna.fill(modal, {"happens": "Tenant 12345RS: 3 customers affected", "impact": "No mail at all"})
    await w.anna.click(modal, "Read the pasted text")
    modal = await w.anna.modal(containing="Read from the message")
    inputs = {block["block_id"]: block["element"] for block in modal.view["blocks"] if "element" in block}
    values = {key: element.get("initial_value") for key, element in inputs.items()}
    assert (values["tenants"], values["affected"], values["impact"]) == ("12345RS", "3", "No mail at all")


async def test_file_of_a_message_is_read_into_the_form(w: World) -> None:
    rows = "".join(f"2026-01-0{day} 09:04;a@mueller.example;b@target.example;550 5.7.1\n" for day in (1, 2))
    content = f"Timestamp;Sender;Recipient;Status\n{rows}".encode()
    file = await w.alex.upload("trace.csv", content)
    message = await w.alex.post(DESK, "Email Security of tenant 12345RS rejects mail", files=[file["files"][0]["id"]])
    await w.anna.shortcut("raise_from_message", message)
    modal = await w.anna.modal("Raise an incident", containing="Files of the message")
    inputs = {block["block_id"]: block["element"] for block in modal.view["blocks"] if "element" in block}
    assert inputs["transactions"]["initial_value"].count("b@target.example") == 2
    assert inputs["tenants"]["initial_value"] == "12345RS"


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("trace.log", 1_000_001, "trace.log (larger than 1 MB)"),
        ("screen.png", 20, "screen.png (no mail, log or table: .eml, .txt, .csv, .tsv, .log)"),
    ],
)
async def test_file_that_is_not_read_is_named_in_the_form_which_keeps_the_words(
    w: World, name: str, size: int, reason: str
) -> None:
    file = await w.alex.upload(name, b"x" * size)
    message = await w.alex.post(DESK, "Mail of tenant 12345RS is rejected", files=[file["files"][0]["id"]])
    await w.anna.shortcut("raise_from_message", message)
    modal = await w.anna.modal("Raise an incident", containing=f"Not read: {reason}")
    inputs = {block["block_id"]: block["element"] for block in modal.view["blocks"] if "element" in block}
    assert inputs["happens"]["initial_value"] == "Mail of tenant 12345RS is rejected"
    await w.anna.click(modal, "More fields")
    await w.anna.modal(containing=f"Not read: {reason}")


async def test_raiser_of_the_first_level_has_taken_the_ticket(w: World) -> None:
    await w.raised(left_to_others=[])
    ticket = await w.ticket()
    assert (ticket.stage, ticket.owner) == (Stage.FIRST, "U0ANNA")


async def test_card_of_a_ticket_taken_by_its_raiser_is_posted_once_as_taken(w: World) -> None:
    card = await w.raised(left_to_others=[])
    assert "1st level: Anna" in str(card["blocks"])
    notices = await w.running.store.letters(ticket_id=(await w.ticket()).id)
    assert [each.notice.kind for each in notices].count(NoticeKind.CARD) == 1


async def test_ticket_left_to_others_waits_for_somebody_to_take_it(w: World) -> None:
    await w.raised()
    assert (await w.ticket()).stage is Stage.NEW


async def test_ticket_of_a_raiser_outside_the_first_level_is_not_taken(w: World) -> None:
    await w.nia.command("#general", "/retarus-incident")
    modal = await w.nia.modal("Raise an incident")
    typed = w.answers(left_to_others=[], contact="Nia Noack, +49 89 12345670")
    assert (await w.nia.submit(modal, typed))["outcome"] == "closed"
    assert (await w.ticket()).stage is Stage.NEW


async def test_impact_is_the_reason_of_the_priority_unless_another_is_typed(w: World) -> None:
    await w.raised(priority="P1")
    assert (await w.ticket()).answer("priority_reason") == "No outbound mail for three customers"


async def test_impact_too_long_for_a_reason_is_whole_and_the_reason_is_asked_later(w: World) -> None:
    impact = "No outbound mail for three customers. " * 14
    await w.raised(priority="P1", impact=impact)
    ticket = await w.ticket()
    assert (ticket.answer("impact"), ticket.answer("priority_reason")) == (impact.strip(), "")


async def test_start_can_be_chosen_instead_of_picked(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal("Raise an incident")
    typed = {key: value for key, value in w.answers().items() if key != "start"}
    assert set((await w.anna.submit(modal, typed))["errors"]) == {"start"}
    assert (await w.anna.submit(modal, {"start_choice": "half_an_hour"}))["outcome"] == "closed"
    ticket = await w.ticket()
    assert abs(int(ticket.answer("start")) - (ticket.raised_at.timestamp() - 1800)) <= 1


async def test_customer_of_the_message_is_recognised(w: World) -> None:
    await w.raised(customer=picked("Nordsee Reederei GmbH"))
    await w.anna.command(DESK, "/retarus-incident", "Nordsee Reederei GmbH reports: faxes fail")
    modal = await w.anna.modal("Raise an incident", containing="Read from the message")
    customer = next(block for block in modal.view["blocks"] if block["block_id"] == "customer")
    assert customer["element"]["initial_option"]["value"] == "Nordsee Reederei GmbH"


@pytest.mark.parametrize(
    ("choice", "at", "start"),
    [
        ("now", "2026-03-02T10:00", "2026-03-02T10:00"),
        ("half_an_hour", "2026-03-02T10:00", "2026-03-02T09:30"),
        ("morning", "2026-03-02T10:00", "2026-03-02T07:00"),
        ("morning", "2026-03-02T06:10", "2026-03-02T06:10"),
        ("", "2026-03-02T10:00", ""),
    ],
)
def test_chosen_start_is_a_moment_that_is_not_in_the_future(choice: str, at: str, start: str) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    found = with_start({"start_choice": choice, "start": ""}, now, ZoneInfo("Europe/Berlin"))
    wanted = str(int(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp())) if start else ""
    assert found["start"] == wanted


def test_picked_start_takes_precedence_over_a_chosen_one() -> None:
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert with_start({"start_choice": "now", "start": "1"}, now, ZoneInfo("UTC")) == {"start": "1"}


TEMPLATE = Template(
    name="New domain", kind=Kind.CHANGE, services=("Email Security",), priority="P3", impact="The launch waits for it"
)


async def test_template_sets_the_kind_and_fills_in_what_is_still_empty(tmp_path: Path) -> None:
    async with world(tmp_path, templates=(TEMPLATE,)) as w:
        await w.anna.command(DESK, "/retarus")
        modal = await w.anna.modal("Raise a ticket")
        where = {"type": "view", "view_id": modal.id}
        await w.anna.act("action", container=where, action_id="raising.template", value="New domain")
        modal = await w.anna.modal("Raise a change")
        typed = {key: value for key, value in w.answers().items() if key in {"customer", "happens", "left_to_others"}}
        assert (await w.anna.submit(modal, typed))["outcome"] == "closed"
        ticket = await w.ticket()
        assert (ticket.kind, ticket.answer("priority")) == (Kind.CHANGE, "P3")
        assert (ticket.answer("services"), ticket.answer("impact")) == ("Email Security", TEMPLATE.impact)


async def test_template_leaves_what_was_typed(tmp_path: Path) -> None:
    async with world(tmp_path, templates=(TEMPLATE.model_copy(update={"kind": Kind.INCIDENT}),)) as w:
        await w.anna.command(DESK, "/retarus-incident")
        modal = await w.anna.modal("Raise an incident")
        w.anna.fill(modal, {"impact": "Nobody can send"})
        await w.anna.act(
            "action",
            container={"type": "view", "view_id": modal.id},
            action_id="raising.template",
            value="New domain",
            values={"impact": "Nobody can send"},
        )
        await w.anna.wait_for(lambda: _is_filled(w), "the form to be filled in")
        modal = await w.anna.modal("Raise an incident")
        impact = next(block for block in modal.view["blocks"] if block["block_id"] == "impact")
        assert impact["element"]["initial_value"] == "Nobody can send"


async def test_another_template_replaces_what_the_first_filled_in_and_nothing_else(tmp_path: Path) -> None:
    fax = Template(name="Faxes wait", services=("FAX",), happens="Faxes wait for hours.")
    mail = Template(name="Rejected", services=("Email Security",), happens="Mail is rejected.", error="550")
    async with world(tmp_path, templates=(mail, fax)) as w:
        await w.anna.command(DESK, "/retarus-incident")
        await w.anna.choose(await w.anna.modal("Raise an incident"), "raising.template", "Rejected")
        modal = await _filled_by(w, 1)
        w.anna.fill(modal, {"impact": "No mail"})
        await w.anna.choose(modal, "raising.template", "Faxes wait")
        modal = await _filled_by(w, 2)
        inputs = {block["block_id"]: block["element"] for block in modal.view["blocks"] if "element" in block}
        assert inputs["happens"]["initial_value"] == "Faxes wait for hours."
        assert [each["value"] for each in inputs["services"]["initial_options"]] == ["FAX"]
        assert inputs["impact"]["initial_value"] == "No mail"
        assert not inputs.get("error", {}).get("initial_value")


async def _filled_by(w: World, times: int) -> Modal:
    """The open form, once it was filled in so often."""

    async def found() -> Modal | None:
        return next(
            (each for each in await w.anna.modals() if f"filled={times}" in each.view["private_metadata"]), None
        )

    return await w.anna.wait_for(found, "the form to be filled in")  # type: ignore[no-any-return]


async def _is_filled(w: World) -> bool:
    return any("filled=1" in modal.view["private_metadata"] for modal in await w.anna.modals())


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"services": ["Telegram"]}, "no. 1: `services`"),
        ({"priority": "P9"}, "no. 1: `priority`"),
        ({"kind": "wish"}, "`kind`"),
    ],
)
def test_template_of_an_unknown_service_priority_or_kind_is_refused(wrong: dict[str, object], place: str) -> None:
    with pytest.raises(Misconfigured, match=place):
        parse({"templates": [{"name": "New domain"} | wrong]})


def test_template_name_that_is_taken_is_refused() -> None:
    with pytest.raises(Misconfigured, match=r"already used by no\. 1"):
        parse({"templates": [{"name": "New domain"}, {"name": "New domain"}]})


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("internal_error", "trace.log (Slack did not give it)"),
        ("reset", "trace.log (Slack did not give it)"),
        ("missing_scope", "trace.log (may not be read by the bot)"),
    ],
)
async def test_file_that_slack_refuses_is_named_in_the_form_which_opens(w: World, fault: str, reason: str) -> None:
    file = await w.alex.upload("trace.log", b"550 5.7.1 rejected")
    message = await w.alex.post(DESK, "Mail of tenant 12345RS is rejected", files=[file["files"][0]["id"]])
    w.slack.faults.order("files.info", fault, times=None)
    await w.anna.shortcut("raise_from_message", message)
    modal = await w.anna.modal("Raise an incident", containing=f"Not read: {reason}")
    inputs = {block["block_id"]: block["element"] for block in modal.view["blocks"] if "element" in block}
    assert inputs["happens"]["initial_value"] == "Mail of tenant 12345RS is rejected"
    assert "Files of the message" in str(modal.view)


async def test_form_of_a_message_opens_although_its_link_cannot_be_looked_up(w: World) -> None:
    message = await w.alex.post(DESK, "Mail of tenant 12345RS is rejected")
    w.slack.faults.order("chat.getPermalink", "reset", times=None)
    await w.anna.shortcut("raise_from_message", message)
    modal = await w.anna.modal("Raise an incident", containing="Read from the message")
    done = await w.anna.submit(modal, w.answers())
    assert done["outcome"] == "closed", done
