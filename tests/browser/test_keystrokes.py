"""Each job of a day's work, with the time its clicks and keys take.

`KEYSTROKES=write` also puts the table into docs/benchmarks.md.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.adapters.store import open_store
from bot.core.clock import as_utc, now
from bot.core.i18n import t
from bot.model.contact import EndCustomer
from bot.model.transitions import Move
from bot.tickets.ports import Batch
from tests.browser.demo_session import browser_users, running_demo
from tests.browser.keystrokes import Count, Counting
from tests.browser.test_story import rita_answers_by_mail
from tests.factories import ANNA, BEN, HANDED_OFF, SECOND, TEMPLATE, a_world

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

MAIL = (
    "Müller GmbH: Email Security rejects our outbound mail since 08:00 with “550 5.7.1 rejected by policy”. "
    "3 customers affected.\nImpact: no outbound mail"
)
"""A customer's mail, pasted behind the command."""
OTHER_MAIL = (
    "Adler & Söhne KG: Email Security rejects our outbound mail since 08:00 with “550 5.7.1 rejected by policy”.\n"
    "Impact: no outbound mail"
)
"""A mail of another customer with the same problem."""
TRIAGE, REPRODUCED = "Restarted the connector twice: no change", "Sent a mail through the connector: rejected"
"""Messages that people write in the thread while they work, before they fill in a form."""
LOG = "Timestamp;Sender;Recipient;Status\n{time};a@mueller.example;b@target.example;550 5.7.1 rejected by policy"
"""Line of the customer's log, pasted."""
ASK = "Correct the policy on DE1, which only they see"
REMEDY = "Policy on DE1 corrected"
AIMS: Mapping[str, float] = {
    "raise an incident": 20,
    "raise until everybody sees that it is P1": 25,
    "hand off": 15,
    "accept and complete for Retarus": 25,
    "escalate, preview, send": 25,
    "record Retarus's reply": 4,
    "resolve, confirm": 12,
    "join a known issue": 12,
}
"""Job → the time it must not exceed, in seconds."""


@pytest.mark.timeout(600)
async def test_jobs_take_no_longer_than_their_aims(tmp_path: Path, browser: Browser) -> None:
    await has_an_earlier_ticket(tmp_path)
    async with running_demo(tmp_path) as url, browser_users(browser, url) as user:
        counts = await counted_jobs(Counting(user))
    if os.environ.get("KEYSTROKES") == "write":
        _write(counts)
    assert {job: count.seconds for job, count in counts.items() if count.seconds > AIMS[job]} == {}
    assert counts.keys() == AIMS.keys()


async def has_an_earlier_ticket(state: Path) -> None:
    """Two known customers, and a closed ticket of the first, PD-1001: tenants, interface and set-up are known."""
    store = await open_store(f"sqlite:///{state / 'desk.sqlite3'}")
    try:
        world = (await a_world()).at(store=store)
        world.clock.at = as_utc(now() - timedelta(days=2))
        names = ("Müller GmbH", "Adler & Söhne KG")
        await store.apply(
            Batch(customers=[EndCustomer(id=f"customer {each}", name=each, agreement="2024-17") for each in names])
        )
        desk, begun = world.desk, str(int(world.clock.at.timestamp()) - 1200)
        ticket = await world.raised(start=begun)
        ticket = await desk.tickets.act(ticket.id, Move.TAKE, ANNA, "take")
        ticket = await desk.tickets.hand_off(ticket.id, ANNA, HANDED_OFF, "hand off", ticket.version)
        ticket = await desk.tickets.act(ticket.id, Move.ACCEPT, BEN, "accept")
        known = TEMPLATE | SECOND | {"example.1.when": begun}
        ticket = await desk.answers.fill_in(ticket.id, BEN, known, "known", ticket.version)
        remedy = "The customer corrected the connector"
        await desk.tickets.act_with_text(ticket.id, Move.RESOLVE, BEN, "remedy", "remedy", remedy)
        await desk.tickets.act(ticket.id, Move.CONFIRM, ANNA, "confirmed")
    finally:
        await store.close()


async def counted_jobs(hands: Counting) -> dict[str, Count]:
    counts, name = dict[str, Count](), "PD-1003"
    with hands.job() as counts["raise an incident"]:
        await anna_pastes_a_mail(hands, "PD-1002")
    with hands.job() as counts["raise until everybody sees that it is P1"]:
        await anna_pastes_a_mail(hands, name, priority="P1")
    await write_in_the_thread(hands, "anna", name, TRIAGE)
    with hands.job() as counts["hand off"]:
        await anna_hands_it_off(hands, name)
    with hands.job() as counts["accept and complete for Retarus"]:
        await ben_accepts_and_completes_it(hands, name)
    await write_in_the_thread(hands, "ben", name, REPRODUCED)
    with hands.job() as counts["escalate, preview, send"]:
        await ben_sends_it(hands, name)
    await rita_answers_by_mail(hands.user, name)
    with hands.job() as counts["record Retarus's reply"]:
        await bea_records_the_answer(hands)
    with hands.job() as counts["resolve, confirm"]:
        await ben_resolves_and_anna_confirms(hands, name)
    with hands.job() as counts["join a known issue"]:
        await alex_joins_a_customer(hands)
    return counts


async def anna_pastes_a_mail(hands: Counting, name: str, priority: str = "") -> None:
    anna = await hands.user("anna")
    await anna.run_command(f"/retarus-incident {MAIL}")
    form = await anna.opened_modal(t("Raise an incident"))
    if priority:
        await anna.fill(form, {t("Priority"): priority})
    await anna.press(form, t("Raise"))
    await expect(form).to_be_hidden()
    await expect(anna.card(name)).to_contain_text(f"{priority} · Müller GmbH" if priority else "Müller GmbH")


async def write_in_the_thread(hands: Counting, who: str, name: str, words: str) -> None:
    person = await hands.user(who)
    await person.go_to_channel("partner-desk")
    await person.card(name).get_by_role("link", name=re.compile("repl")).first.click()
    box = person.thread.get_by_role("textbox").first
    await box.fill(words)
    await box.press("Enter")
    await expect(person.thread.get_by_role("article").filter(has_text=words)).to_be_visible()


async def anna_hands_it_off(hands: Counting, name: str) -> None:
    """Inserts a message of the thread, keeps the drafted summary, and answers three questions."""
    anna = await hands.user("anna")
    form = await anna.press_for(anna.card(name), t("Hand off to 2nd level"), t("Hand off to 2nd level"))
    await anna.insert(form, t("What was tried, and what came of it?"), TRIAGE)
    answers = {t("Is what the customer told us correct and complete?"): t("Correct and complete")}
    answers |= {t("Does the customer's remote connection work?"): t("Works")}
    await anna.fill(form, answers | {t("Is it a known issue?"): t("No")})
    await anna.press(form, t("Hand off"))
    await expect(form).to_be_hidden()
    await expect(anna.card(name)).to_contain_text(t("offered to the 2nd level"))


async def ben_accepts_and_completes_it(hands: Counting, name: str) -> None:
    """Tenants and interface are known of this customer, and error and number were read from the mail."""
    ben = await hands.user("ben")
    await ben.go_to_channel("partner-desk")
    await ben.press(ben.card(name), t("Accept"))
    await expect(ben.card(name)).to_contain_text(f"{t('2nd level')}: Ben Brandt")
    await ben.choose_from_menu(ben.card(name), t("Fill in"))
    form = await ben.opened_modal(t("Fill in"))
    line = LOG.format(time=ben.local_time(timedelta(minutes=16)).replace("T", " "))
    await ben.paste(form, t("Several transactions at once: a table or CSV"), line)
    await ben.fill(form, {t("Related / associated tickets"): "none"})
    await ben.press(form, t("Save"))
    await expect(form).to_be_hidden()


async def ben_sends_it(hands: Counting, name: str) -> None:
    """Inserts a message of the thread; set-up and test address come from the last ticket of the customer."""
    ben = await hands.user("ben")
    form = await ben.press_for(ben.card(name), t("Escalate to Retarus"), t("Escalate to Retarus"))
    await ben.insert(form, t("Steps, or why not"), REPRODUCED)
    reproduced = t("Could it be reproduced?")
    answers = {reproduced: t("Yes"), t("May Retarus send test transactions?"): t("Yes, permitted")}
    await ben.fill(form, answers | {t("What is asked of Retarus, and why is Retarus needed?"): ASK})
    await ben.press(form, t("Preview"))
    preview = await ben.opened_modal(t("Preview"))
    await ben.press(preview, t("Send to Retarus"))
    await expect(preview).to_be_hidden()
    await expect(ben.card(name)).to_contain_text(t("with Retarus"))


async def alex_joins_a_customer(hands: Counting) -> None:
    """The open ticket is suggested while the other customer's mail is read."""
    alex = await hands.user("alex")
    await alex.run_command(f"/retarus-incident {OTHER_MAIL}")
    form = await alex.opened_modal(t("Raise an incident"))
    await alex.press(form, t("Join {name} instead", name="PD-1002"))
    await alex.press(alex.dialog, t("Join"))
    await expect(alex.dialog).to_contain_text("Adler & Söhne KG")
    await expect(alex.card("PD-1002")).to_contain_text("Adler & Söhne KG")


async def bea_records_the_answer(hands: Counting) -> None:
    """In the thread, which is open."""
    bea = await hands.user("bea")
    await bea.press(bea.thread, t("Record as answer"))
    form = await bea.opened_modal(t("Answer of Retarus"))
    await bea.press(form, t("Record"))
    await expect(form).to_be_hidden()


async def ben_resolves_and_anna_confirms(hands: Counting, name: str) -> None:
    ben, anna = await hands.user("ben"), await hands.user("anna")
    await ben.go_to_channel("partner-desk")
    form = await ben.press_for(ben.card(name), t("Resolve"), t("Resolve"))
    await ben.fill(form, {t("What is the remedy?"): REMEDY})
    await ben.press(form, t("Resolve"))
    await anna.press(anna.card(name), t("Confirm and close"))


def _write(counts: Mapping[str, Count]) -> None:
    """Replaces the table between the marks of docs/benchmarks.md."""
    lines = ["| job | clicks | keys | fields | seconds | aim |", "|---|--:|--:|--:|--:|--:|"]
    lines += [
        f"| {job} | {each.clicks} | {each.keys} | {each.fields} | {each.seconds:.0f} | {AIMS[job]:.0f} |"
        for job, each in counts.items()
    ]
    file = Path(__file__).parents[2] / "docs" / "benchmarks.md"
    text = file.read_text("utf-8")
    begin, end = "<!-- keystrokes -->\n", "<!-- /keystrokes -->"
    head, _, rest = text.partition(begin)
    table = "\n".join(lines)
    file.write_text(f"{head}{begin}{table}\n{end}{rest.partition(end)[2]}", "utf-8")
