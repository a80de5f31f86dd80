"""What a delivery report says: for each recipient the outcome, and the reason in words."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from bot.conversation.mail import DeliveryStatus, InboundMail, MailRecord
from bot.conversation.phrases import any_of
from bot.language import mark, t


class Delivery(StrEnum):
    """What became of a letter at one recipient."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


class ReportedDelivery(MailRecord):
    """One recipient of a delivery report."""

    recipient: str
    """Empty when the report names nobody."""
    delivery: Delivery
    reason: str
    """Key of the reason; `reason_in_words` says it."""
    status: str = ""
    said: str = ""
    """The mail server's own words; foreign text."""


_REASONS: Final = {
    "unknown": mark("there is no such mailbox"),
    "domain": mark("there is no mail server for this domain"),
    "full": mark("the mailbox is full"),
    "disabled": mark("the mailbox is closed at present"),
    "size": mark("the message is too big for the recipient's mail server"),
    "policy": mark("the recipient's mail server refused it by its rules (spam, reputation or permission)"),
    "authentication": mark("the recipient's mail server did not accept our sender authentication (SPF, DKIM, DMARC)"),
    "unreachable": mark("the recipient's mail server does not answer"),
    "expired": mark("the mail server gave up after trying for too long"),
    "loop": mark("the message went round in a loop"),
    "content": mark("the recipient's mail server refused its content"),
    "encryption": mark("no secure connection to the recipient's mail server could be made"),
    "delayed": mark("it could not be delivered yet; the mail server goes on trying"),
    "delivered": mark("it was delivered"),
    "refused": mark("the recipient's mail server refused it"),
}

_BY_STATUS: Final = {
    **dict.fromkeys(("1.0", "1.1", "1.3", "1.6", "1.10", "4.6"), "unknown"),
    **dict.fromkeys(("1.2", "4.3", "4.4", "1.4"), "domain"),
    "2.1": "disabled",
    **dict.fromkeys(("2.2", "3.1"), "full"),
    **dict.fromkeys(("2.3", "3.4"), "size"),
    **dict.fromkeys(("7.0", "7.1", "7.2", "7.606", "7.708"), "policy"),
    **dict.fromkeys(("7.9", "7.20", "7.21", "7.23", "7.24", "7.25", "7.26", "7.27", "7.29"), "authentication"),
    **dict.fromkeys(("4.1", "4.2", "4.5", "4.316"), "unreachable"),
    "4.7": "expired",
    "7.10": "encryption",
    "5.0": "refused",
    **dict.fromkeys(("6.0", "6.1", "6.2", "6.3"), "content"),
}
"""Enhanced status without its class → reason (RFC 3463); `4.6` is a routing loop at its own place below."""
_LOOP: Final = "4.6"

_BY_WORDS: Final = (
    (any_of(r"\bdmarc\b", r"\bspf\b", r"\bdkim\b", "unauthenticated"), "authentication"),
    (any_of("too (?:big|large)", "size (?:exceeds|limit)", "exceeds? .{0,40}size", "zu groß", "größe"), "size"),
    (
        any_of(
            *(
                "quota",
                "mailbox (?:is )?full",
                "over ?quota",
                "insufficient (?:system )?storage",
                "postfach .{0,30}voll",
            ),
        ),
        "full",
    ),
    (
        any_of(
            *("user unknown", "unknown user", "no such (?:user|recipient|mailbox|person)", "invalid recipient"),
            r"(?:user|mailbox|recipient|account)\S* .{0,60}(?:not found|unknown|does ?n[o']t exist|unbekannt)",
            *("existiert nicht", "unknown recipient", "address rejected", "mailbox unavailable", "unrouteable address"),
            *("unbekannter empfänger", "empfänger(?:adresse)? .{0,30}unbekannt", "no mailbox here"),
        ),
        "unknown",
    ),
    (
        any_of(
            *(r"(?:domain|host)\S* .{0,60}(?:not found|unknown|doesn't exist)", "nxdomain", "no mx", "unknown host"),
            "nullmx",
        ),
        "domain",
    ),
    (any_of("disabled", "inactive", "deactivated", "suspended", "deaktiviert", "gesperrt"), "disabled"),
    (
        any_of(
            *(r"\bspam\b", "blacklist", "block ?list", "blocked", "reputation", "policy", "denied", "relay"),
            "not (?:permitted|authorized|allowed)",
        ),
        "policy",
    ),
    (any_of("too many hops", "mail loop", "loops? (?:detected|back)", "routing loop"), "loop"),
    (any_of("virus", "malware", "content rejected", "attachment"), "content"),
    (any_of(r"\btls\b", "starttls", "certificate"), "encryption"),
    (any_of("retry timeout", "too long", "expired", "gave up", "giving up", "in queue too"), "expired"),
    (
        any_of(
            *("timed? ?out", "connection (?:refused|lost|dropped)", "unreachable", "no route", "could not connect"),
            "network",
        ),
        "unreachable",
    ),
)
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
    *(r"^\s*(?:delivered|zugestellt|relayed):", "wurde (?:erfolgreich )?zugestellt", "your message was delivered"),
    *("erfolgreich zugestellt", "successful mail delivery"),
)
_LOOKED_AT: Final = 4000
_SAID: Final = 300


def deliveries(mail: InboundMail) -> tuple[ReportedDelivery, ...]:
    """One for each recipient; one without a recipient when the report names none."""
    if mail.delivery:
        return tuple(dict.fromkeys(_reported(each, mail) for each in mail.delivery))
    recipients = [each.strip(" <>") for each in mail.header("x-failed-recipients").split(",") if "@" in each]
    outcome = _by_text(mail)
    return tuple(_judged(each, outcome, "", _telling_line(mail.text, each)) for each in recipients or [""])


def reason_in_words(reported: ReportedDelivery) -> str:
    """In the language of whoever is spoken to; without the server's own words."""
    return t(_REASONS[reported.reason])


def _reported(status: DeliveryStatus, mail: InboundMail) -> ReportedDelivery:
    outcome = _BY_ACTION.get(status.action)
    if outcome is None:
        outcome = {"2": Delivery.DELIVERED, "5": Delivery.FAILED}.get(status.status[:1]) or _by_text(mail)
    said = status.diagnostic or _telling_line(mail.text, status.recipient)
    return _judged(status.recipient, outcome, status.status, said)


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


def _judged(recipient: str, outcome: Delivery, status: str, said: str) -> ReportedDelivery:
    status = status or next(iter(re.findall(r"\b[245]\.\d{1,3}\.\d{1,3}\b", said)), "")
    reason = "delivered" if outcome is Delivery.DELIVERED else _reason(outcome, status, said)
    return ReportedDelivery(
        recipient=recipient, delivery=outcome, reason=reason, status=status, said=" ".join(said.split())[:_SAID]
    )


def _reason(outcome: Delivery, status: str, said: str) -> str:
    """A telling status first, then the server's words."""
    detail = status.partition(".")[2]
    if detail == _LOOP and "loop" in said.lower():
        return "loop"
    vague = detail in {"", "0.0", "5.0", "7.0", "7.1", "1.0", "4.7", "3.0", "2.0", "4.0"}
    by_words = next((reason for words, reason in _BY_WORDS if words.search(said)), "")
    known = (by_words or _BY_STATUS.get(detail, "")) if vague else (_BY_STATUS.get(detail) or by_words)
    return known or ("delayed" if outcome is Delivery.DELAYED else "refused")


def _telling_line(text: str, recipient: str) -> str:
    """The words that stand with the address in a report without machine-readable parts."""
    lines = text[: _LOOKED_AT * 4].splitlines()
    for number, line in enumerate(lines if recipient else []):
        if recipient.lower() in line.lower():
            return " ".join(each.strip() for each in lines[number : number + 4] if each.strip())
    telling = (line for line in lines if any(words.search(line) for words, _ in _BY_WORDS))
    return next(telling, "").strip()
