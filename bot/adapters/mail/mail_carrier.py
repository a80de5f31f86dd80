"""Delivers letters to Retarus as e-mails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol

from bot.adapters.mail.compose import NoAddress, address, ascii_domain, attach, compose
from bot.adapters.mail.smtp_sender import SmtpSender
from bot.conversation.thread_headers import NotBefore, ThreadHeaders
from bot.core.backoff import backoff
from bot.core.i18n import Language, mark, speaking, t
from bot.escalation.correspondence import ANSWER
from bot.escalation.letter import as_html, as_page, as_text
from bot.escalation.ports import Files
from bot.model.letter_text import LetterText
from bot.model.notice import Claim, Dead, Notice, NoticeKind, Outcome, Retry, Sent
from bot.model.ticket import Attachment
from bot.tickets.attachments import MissingFile, fetched, left_out, unpacked


class Announces(Protocol):
    """Assigns a mail's Message-ID and thread, and saves both before it is sent."""

    async def announce(self, notice: Notice, domain: str, at: datetime) -> ThreadHeaders | NotBefore: ...


NO_SMTP = mark("No mail server is set up. An admin must set SMTP_URL and restart the desk; then try again.")
NO_FILES = mark("The letter's files could not be read from Slack.")


class MailCarrier:
    """`bot.ports.Carrier` for letters by e-mail. A repeat has the same Message-ID, so that it is recognised."""

    def __init__(
        self,
        sender: SmtpSender | None,
        from_address: str,
        reply_to: str,
        mails: Announces,
        files: Files | None = None,
        limit: int = 0,
        language: Language = Language.ENGLISH,
        is_slack_open: Callable[[], bool] = lambda: True,
    ) -> None:
        """`sender`: None when no mail server is set up. `reply_to`: empty for the declarant's own address.

        `limit`: bytes of files that go along with one letter. `language`: of our own words in letters.
        `is_slack_open`: while it is closed, files that cannot be read are no failure.
        """
        self._sender = sender
        self._from = from_address
        self._reply_to = reply_to
        self._mails = mails
        self._files = files
        self._limit = limit
        self._language = language
        self._is_slack_open = is_slack_open

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        if self._sender is None:
            return Dead(t(NO_SMTP))
        files = unpacked(claim.notice.body)
        try:
            found = await fetched(self._fetched, files, self._limit)
        except Exception:  # noqa: BLE001  whatever Slack's client raises: the letter is not lost, and tried again
            wait = backoff(claim.progress.failures + 1, claim.notice.key)
            return Retry(at + wait, t(NO_FILES), is_failure=self._is_slack_open())
        missing = left_out(files, found)
        headers = await self._mails.announce(claim.notice, ascii_domain(self._from.rpartition("@")[2]), at)
        if isinstance(headers, NotBefore):
            return Retry(
                headers.at, t("an automatic mail about this ticket was sent within the last hour"), is_failure=False
            )
        try:
            message = await asyncio.to_thread(self._message, claim.notice, headers, files, found, missing)
        except NoAddress as error:
            return Dead(t("{fault} Have an admin correct it in the settings; then try again.", fault=error))
        outcome = await self._sender.send(message, claim.notice.to, attempt=claim.progress.failures + 1, at=at)
        return replace(outcome, left_out=missing) if isinstance(outcome, Sent) else outcome

    async def _fetched(self, file: Attachment, limit: int) -> bytes | MissingFile:
        return await self._files.fetch(file, limit) if self._files else MissingFile(t("cannot be read by this desk"))

    def _message(
        self,
        notice: Notice,
        headers: ThreadHeaders,
        files: Sequence[Attachment],
        found: Sequence[bytes | MissingFile],
        missing: Sequence[str],
    ) -> EmailMessage:
        with speaking(self._language):
            subject, text, html = _written(notice)
            subject = subject if headers.references else subject.removeprefix(ANSWER)
            remarks = "".join("\n" + t("(Not attached: {file})", file=each) for each in missing)
        message = compose(
            message_id=headers.message_id,
            sender=address(self._from, "Partner Desk"),
            to=address(notice.to),
            reply_to=address(self._reply_to or str(notice.body["reply_to"])),
            subject=subject,
            text=text + remarks,
            html=html,
            at=notice.due,
            references=headers.references,
            is_automatic=notice.is_automatic,
        )
        for file, content in zip(files, found, strict=True):
            if not isinstance(content, MissingFile):
                attach(message, file.name or file.id, file.type, content)
        return message


def _written(notice: Notice) -> tuple[str, str, str]:
    """Subject, text and HTML."""
    if notice.kind in {NoticeKind.REQUEST_MAIL, NoticeKind.ALERT_MAIL}:
        text = str(notice.body["text"])
        return str(notice.body["subject"]), text, as_page(text)
    if notice.kind is NoticeKind.CHASE_MAIL:
        text = str(notice.body["text"])
        return str(notice.body["subject"]), text, as_page(text)
    letter = LetterText.model_validate(notice.body["letter"])
    return letter.subject, as_text(letter), as_html(letter)
