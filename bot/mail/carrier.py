"""How does a letter become an e-mail to Retarus?"""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

from bot.letter import LetterText, as_html, as_text
from bot.mail.compose import NoAddress, address, compose
from bot.mail.smtp import SmtpSender
from bot.notices import Claim, Dead, Notice, Outcome

NO_SMTP = "No mail server is set up. An admin sets SMTP_URL and starts the bot again; then try again."


class MailCarrier:
    """`bot.ports.Carrier` for letters by e-mail. A repeat bears the same Message-ID, and so is recognisable."""

    def __init__(self, sender: SmtpSender | None, from_address: str, reply_to: str) -> None:
        """`sender`: nothing when no mail server is set up. `reply_to`: empty for the declarant's own address."""
        self._sender = sender
        self._from = from_address
        self._reply_to = reply_to

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        if self._sender is None:
            return Dead(NO_SMTP)
        try:
            message = self._message(claim.notice)
        except NoAddress as error:
            return Dead(f"{error} Have an admin correct it in the settings; then try again.")
        return await self._sender.send(message, claim.notice.to, attempt=claim.attempt, at=at)

    def _message(self, notice: Notice) -> EmailMessage:
        letter = LetterText.model_validate(notice.body["letter"])
        return compose(
            key=notice.key,
            sender=address(self._from, "Partner Desk"),
            to=address(notice.to),
            reply_to=address(self._reply_to or str(notice.body["reply_to"])),
            subject=letter.subject,
            text=as_text(letter),
            html=as_html(letter),
            at=notice.due,
            domain=self._from.rpartition("@")[2],
        )
