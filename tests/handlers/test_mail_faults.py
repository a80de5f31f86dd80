"""A letter outlives every fault of the mail server, one after the other, and arrives with one Message-ID."""

from __future__ import annotations

from tests.handlers.world import World

FAULTS = ("login_refused", "smtp_down", "refused", "break_before", "break_after")


async def test_letter_arrives_after_every_fault_of_the_mail_server(w: World) -> None:
    card = await w.filled()
    for fault in FAULTS:
        w.mail.faults.order(fault, times=1)
    w.mail.faults.order("greylisted", address="support@retarus.example")
    await w.ben.click(await w.ben.again(card), "Escalate to Retarus")
    await w.ben.submit(await w.ben.modal("Escalate to Retarus"))
    preview = await w.ben.modal("Preview", containing="This is what Retarus reads")
    assert (await w.ben.submit(preview))["outcome"] == "closed"

    async def delivered() -> bool:
        """Moves the clock on by a minute, until the receipt is in the thread."""
        if any("Delivered to Retarus by e-mail" in each["text"] for each in await w.ben.thread(card)):
            return True
        await w.ben.advance(60)
        return False

    assert await w.ben.wait_for(delivered, "the receipt of the e-mail")
    mails = await w.ben.mails()
    ids = {dict(each["headers"])["Message-ID"] for each in mails}
    assert len(mails) == 2  # the line broke after the first had been taken
    assert len(ids) == 1
    assert {each.fault for each in w.mail.faults.listed()} == {"greylisted"}
