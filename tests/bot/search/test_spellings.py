"""One thing is found however it is written: telephone numbers, ticket numbers, IDs, words that say the same."""

from __future__ import annotations

import pytest

from bot.core.characters import plain
from bot.search.telephone_terms import telephone_terms
from tests.bot.search.test_known import NOTE, named
from tests.factories import ANNA, BEN, World, a_world
from tests.linear import growth

OTHERS = ("Fax jobs hang in the queue", "Der Anhang fehlt im Archiv", "Login am Portal geht nicht")


async def a_desk(text: str) -> World:
    """With one ticket that says this, and others that say something else."""
    w = await a_world()
    await w.raised(happens=text)
    for other in OTHERS:
        await w.raised(happens=other)
    return w


@pytest.mark.parametrize(
    "written", ["089 5555 1234", "+49 89 55551234", "0049 89 5555-1234", "(089) 55551234", "+49 (0)89 5555 1234",
                "498955551234", "089/5555–1234", "+49\u00a089\u202f5555\u20111234"],
)  # fmt: skip
@pytest.mark.parametrize("asked", ["089 5555 1234", "+49 89 55551234", "00498955551234", "０８９ ５５５５ １２３４"])
async def test_telephone_number_is_found_in_every_spelling(written: str, asked: str) -> None:
    w = await a_desk(f"Fax to {written} fails")
    assert named(await w.desk.search.find(asked, ANNA)) == ["PD-1001"]
    assert (await w.desk.search.find("089 5555 1235", ANNA)).hits == []


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Mails kommen zu spät an", "delayed"),
        ("Mails are delayed", "zu spät"),
        ("Mails treffen Stunden später ein", "late mails"),
        ("Versandbericht fehlt", "delivery report missing"),
        ("delivery report missing", "Versandbericht fehlt"),
        ("Sendebericht kommt nicht", "report"),
        ("Faxnummern sind falsch", "wrong number"),
    ],
)
async def test_words_that_say_the_same_find_each_other_in_both_languages(written: str, asked: str) -> None:
    found = named(await (await a_desk(written)).desk.search.find(asked, ANNA))
    assert found[:1] == ["PD-1001"]


@pytest.mark.parametrize(
    "asked", ["RCR-88123", "RCR‑88123", "[rcr 88123].", "ＲＣＲ－８８１２３", "88123", "RCR\u200b-88123"]
)
async def test_retarus_number_is_found_in_every_spelling(asked: str) -> None:
    w = await a_desk("Mails bounce")
    ticket = await w.sent()
    await w.desk.escalation.record_rcr(ticket.id, BEN, "RCR‑88123, rcr 77", "rcr")
    assert named(await w.desk.search.find(asked, ANNA)) == ["PD-1005"]
    assert named(await w.desk.search.find("RCR-77", ANNA)) == ["PD-1005"]


@pytest.mark.parametrize(
    "asked", ["PD-1002", "PD‑1002", "[PD-1002].", "pd１００２", "1002", "１００２", "P\u200bD-1002"]
)
async def test_ticket_is_found_by_its_name_in_every_spelling(asked: str) -> None:
    assert named(await (await a_desk("Mails bounce")).desk.search.find(asked, ANNA)) == ["PD-1002"]


@pytest.mark.parametrize("asked", ["TN-1", "TN‑1", "tn 1", "(ＴＮ-１)"])
async def test_note_is_found_by_its_name_in_every_spelling(asked: str) -> None:
    w = await a_world()
    await w.desk.notes.write(NOTE, BEN, "form")
    assert named(await w.desk.search.find(asked, ANNA)) == ["TN-1"]


@pytest.mark.parametrize(
    "text", ["27.08.2019 11:04", "0.12 s", "2019-08-27 09", "550 5.7.1", "id 12", "10.0.0.12", "a@0891234567.example"]
)
def test_dates_codes_and_addresses_are_no_telephone_numbers(text: str) -> None:
    assert list(telephone_terms(plain(text))) == []


@pytest.mark.parametrize("unit", ["0 ", "+4", "0123456789", "(0)", "1"])
def test_telephone_numbers_are_found_in_linear_time(unit: str) -> None:
    assert growth(lambda text: list(telephone_terms(text)), unit) < 3
