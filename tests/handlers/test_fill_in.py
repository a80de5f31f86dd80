"""Filling in: missing answers first, examples one after the other, without overwriting others' answers."""

from __future__ import annotations

from tests.handlers.world import World


async def test_examples_can_be_several(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    form = await w.anna.modal("Fill in")
    w.anna.fill(
        form, {"example.1.when": int(w.now()) - 900, "example.1.sender": "a@x.example", "example.1.status": "550"}
    )
    await w.anna.click(form, "Add another example")
    form = await w.anna.modal("Fill in", containing="EXAMPLE 2")
    second = {"example.2.when": int(w.now()) - 800, "example.2.recipient": "b@y.example", "example.2.status": "550"}
    assert (await w.anna.submit(form, second))["outcome"] == "closed"
    ticket = await w.ticket()
    assert ticket.answer("example.1.sender") == "a@x.example"
    assert ticket.answer("example.2.recipient") == "b@y.example"


async def test_example_that_was_begun_is_marked_where_it_is_not_whole(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    form = await w.anna.modal("Fill in")
    done = await w.anna.submit(form, {"example.1.log": "some lines of the log"})
    assert set(done["errors"]) == {"example.1.when", "example.1.status", "example.1.sender"}


async def test_absence_with_its_reason_is_an_answer_and_without_one_is_not(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    form = await w.anna.modal("Fill in")
    done = await w.anna.submit(form, {"interface": "not available"})
    assert set(done["errors"]) == {"interface"}
    done = await w.anna.submit(form, {"interface": "not available because the customer is on a train"})
    assert done["outcome"] == "closed"


async def test_answers_can_all_be_read_and_corrected(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    form = await w.anna.modal("Fill in")
    await w.anna.click(form, "Show all answers")
    form = await w.anna.modal("Fill in", containing="What happens?")
    assert (await w.anna.submit(form, {"impact": "No mail at all, in or out"}))["outcome"] == "closed"
    await w.anna.message("#partner-desk", "No mail at all, in or out")


async def test_answers_of_two_people_do_not_overwrite_each_other(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Fill in")
    await w.ben.click(card, "Fill in")
    hers, his = await w.anna.modal("Fill in"), await w.ben.modal("Fill in")
    await w.anna.submit(hers, {"affected": "3", "tenants": "12345RS"})
    done = await w.ben.submit(his, {"affected": "5", "interface": "smtp-de1.example.com"})
    assert set(done["errors"]) == {"affected"}
    assert "Anna Arnold" in done["errors"]["affected"]
    assert (await w.ben.submit(his, {"affected": "3"}))["outcome"] == "closed"
    ticket = await w.ticket()
    assert (ticket.answer("tenants"), ticket.answer("interface")) == ("12345RS", "smtp-de1.example.com")
