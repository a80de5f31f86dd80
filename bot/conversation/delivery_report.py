"""Reads bounces and other delivery reports: the outcome and the reason for each recipient."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from bot.conversation.delivery_reasons import BY_STATUS, BY_WORDS, LOOP, REASONS
from bot.conversation.mail import DeliveryStatus, InboundMail, MailRecord
from bot.conversation.phrases import any_of
from bot.core.i18n import t


class Delivery(StrEnum):
    """Outcome of a delivery to one recipient."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


class ReportedDelivery(MailRecord):
    """One recipient of a delivery report."""

    recipient: str
    """Empty when the report names no recipient."""
    delivery: Delivery
    reason: str
    """Key of the reason; `reason_in_words` says it."""
    status: str = ""
    words: str = ""
    """The mail server's own words; foreign text."""


_DELAYED: Final = any_of(
    *("has been delayed", "is delayed", r"\bdelay(?:ed)?\b", "verzögert", "still (?:being|trying)"),
    *("(?:will|continue to|keep) (?:be retried|try|retry)", "warning: (?:message|could not)"),
    *("noch nicht zugestellt", "weitere zustellversuche", "wird weiter(?:hin)? versucht"),
    *("you do not need to (?:do|resend)", "do not need to resend"),
)
_FINAL: Final = any_of(
    *("gave up", "giving up", "permanent", "could not be delivered to one or more", "undeliver"),
    *("nicht zugestellt werden", "unzustellbar", "delivery .{0,40}failed", "failure notice"),
)
_DELIVERED: Final = any_of(
    *("success(?:ful(?:ly)?)? (?:mail )?deliver", "deliver(?:y|ed)[: ]{1,3}success", "successfully delivered"),
    *(
        r"^[ \t]{0,40}(?:delivered|zugestellt|relayed):",
        "wurde (?:erfolgreich )?zugestellt",
        "your message was delivered",
    ),
    *("erfolgreich zugestellt", "successful mail delivery"),
)
_RETURNED: Final = any_of(
    *("^-+ (?:this is a copy|original message|below this line)", "^original message follows", "^received: from"),
    "^message-id:",
    *("^-+ (?:kopie der|ursprüngliche nachricht)", "^--- below this line"),
)
_EMAIL: Final = re.compile(r"[^\s@<>()\"',;:]{1,64}@[A-Za-z0-9.-]{1,190}[A-Za-z0-9]")
_LIMIT: Final = 5
_NEAR: Final = 6
_LOOKED_AT: Final = 4000
_WORDS_LENGTH: Final = 300


def deliveries(mail: InboundMail) -> tuple[ReportedDelivery, ...]:
    """One result for each recipient; one without a recipient when the report names none."""
    if mail.delivery:
        return tuple(dict.fromkeys(_reported(each, mail) for each in mail.delivery))
    recipients = [each.strip(" <>") for each in mail.header("x-failed-recipients").split(",") if "@" in each]
    outcome = _by_text(mail)
    return tuple(
        _judged(each, outcome, "", _error_line(mail.text, each)) for each in recipients or _named(mail) or [""]
    )


def reason_in_words(reported: ReportedDelivery) -> str:
    """The reason in the reader's language; without the server's own words."""
    return t(REASONS[reported.reason])


def _reported(status: DeliveryStatus, mail: InboundMail) -> ReportedDelivery:
    outcome = _BY_ACTION.get(status.action)
    if outcome is None:
        outcome = {"2": Delivery.DELIVERED, "5": Delivery.FAILED}.get(status.status[:1]) or _by_text(mail)
    words = status.diagnostic or _error_line(mail.text, status.recipient)
    return _judged(status.recipient, outcome, status.status, words)


_BY_ACTION: Final = {
    "failed": Delivery.FAILED,
    "failure": Delivery.FAILED,
    "delayed": Delivery.DELAYED,
    "delivered": Delivery.DELIVERED,
    "relayed": Delivery.DELIVERED,
    "expanded": Delivery.DELIVERED,
}


def _by_text(mail: InboundMail) -> Delivery:
    head = f"{mail.subject}\n{mail.text[:_LOOKED_AT]}"
    if _DELIVERED.search(head) and not _FINAL.search(head):
        return Delivery.DELIVERED
    return Delivery.DELAYED if _DELAYED.search(head) and not _FINAL.search(head) else Delivery.FAILED


def _judged(recipient: str, outcome: Delivery, status: str, words: str) -> ReportedDelivery:
    status = status or next(iter(re.findall(r"\b[245]\.\d{1,3}\.\d{1,3}\b", words)), "")
    reason = "delivered" if outcome is Delivery.DELIVERED else _reason(outcome, status, words)
    return ReportedDelivery(
        recipient=recipient,
        delivery=outcome,
        reason=reason,
        status=status,
        words=" ".join(words.split())[:_WORDS_LENGTH],
    )


def _reason(outcome: Delivery, status: str, words: str) -> str:
    """A specific status first, then the server's words."""
    detail = status.partition(".")[2]
    if detail == LOOP and "loop" in words.lower():
        return "loop"
    vague = detail in {"", "0.0", "5.0", "7.0", "7.1", "1.0", "3.0", "2.0", "4.0"}
    by_words = next((reason for pattern, reason in BY_WORDS if pattern.search(words)), "")
    known = (by_words or BY_STATUS.get(detail, "")) if vague else (BY_STATUS.get(detail) or by_words)
    return known or ("delayed" if outcome is Delivery.DELAYED else "refused")


def _named(mail: InboundMail) -> list[str]:
    """Addresses that the report's own text names, but for its sender and whom it was sent to."""
    others = {each.email for each in (*mail.senders, *mail.to)}
    found = dict.fromkeys(each.strip(".") for each in _EMAIL.findall(_own_text(mail.text)))
    return [each for each in found if each.lower() not in others][:_LIMIT]


def _own_text(text: str) -> str:
    """The report without the mail that is returned below."""
    return _RETURNED.split(text[: _LOOKED_AT * 4], maxsplit=1)[0]


def _error_line(text: str, recipient: str) -> str:
    """The words beside the address in a report without machine-readable parts; else the first specific ones."""
    lines = [line.strip() for line in _own_text(text).splitlines()]
    for number, line in enumerate(lines if recipient else []):
        if recipient.lower() in line.lower():
            near = " ".join(each for each in lines[number : number + _NEAR] if each)
            if any(words.search(near) for words, _ in BY_WORDS):
                return near
    return next((line for line in lines if any(words.search(line) for words, _ in BY_WORDS)), "")
