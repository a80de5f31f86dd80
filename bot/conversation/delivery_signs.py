"""Signs of a delivery report in headers, subject and text."""

from __future__ import annotations

import re
from typing import Final

from bot.conversation.mail import InboundMail
from bot.conversation.phrases import any_of

_DAEMONS: Final = re.compile(r"(?:mailer-?daemon|mail-?daemon|maildaemon|mdaemon|microsoftexchange329e)", re.IGNORECASE)
_POSTMASTERS: Final = re.compile(r"(?:postmaster|postoffice|mail[-_.]?system|mailadmin)", re.IGNORECASE)
_SYSTEMS: Final = any_of(
    *(r"\Andr\b", r"\Amail[-_.]delivery", r"\Abounces?\b", "smtp.{0,20}(?:service|gateway)", r"\Aimss\b", r"\Ainetgw"),
)
_NAMES: Final = any_of(
    *("mail delivery (?:sub)?system", "mail delivery service", "system administrator", "mail administrator"),
    *("microsoft outlook", "mailer-daemon", "lsmtp"),
)
_SUBJECT: Final = any_of(
    *("undeliver", "un?able to deliver", "could not be delivered", "cannot be delivered", "non[- ]?deliver"),
    *("not delivered", "delivery (?:status|failure|report|notif|problem|error|has failed|delayed|unsuccessful)"),
    *("deliver(?:y|ed):? (?:success|failed)", "mail delivery", "message delivery"),
    *("returned (?:mail|to sender|message)", "failure notice", "failed (?:mail|delivery)", "delivered message"),
    *("mail (?:system error|could not)", "returning message", "message status", "warning: (?:message|could not)"),
    *("delayed:", "failed:", "relayed:", "zugestellt:", "unzustellbar", "nicht zustellbar", "nicht zugestellt"),
    *("zustellung", "zustellbericht", "zustellungs", "rückläufer", "verzögert", "unerreichbar", "mail ?rückgabe"),
    "fehler bei der (?:zu|aus)",
)
_TEXT: Final = any_of(
    *("(?:could|can) ?not be delivered", "wasn't delivered", "was not delivered"),
    *("delivery (?:to|has failed|failed)", "failed permanently", "permanent (?:fatal )?error", "undeliverable"),
    *("unable to deliver", "returned to sender", "did not reach", "couldn't be delivered", "user unknown"),
    *("unknown user", "mailbox (?:is )?full", "quota exceeded", "no such user", "recipient address rejected"),
    *("has been delayed", "retry timeout exceeded", "will be retried", "keep trying", "nicht zugestellt"),
    *("nicht zustellen", "unzustellbar", "zustellung .{0,60}(?:fehl|nicht)"),
    *("konnte nicht (?:zugestellt|übermittelt|ausgeliefert)", "empfänger(?:adresse)? .{0,40}(?:unbekannt|nicht)"),
    *("postfach .{0,30}voll", "invalid final delivery", "failed because", "affected recipient", "delivery problems"),
    *("was rejected", "wurde abgelehnt", "could not accept"),
    *("not be delivered", "did not receive your message", "failed recipients", "could not be sent"),
)
_AUTOMATIC: Final = any_of(
    *("automatically generated delivery", "created automatically by mail delivery", "automatisch erstellte zustell"),
    *("delivery status notification", "non-delivery report", "message from .{0,40}(?:virus|security)"),
)
_REPLIED: Final = re.compile(r"^\s*(?:aw|re|antw|wg|fw|fwd|tr)\s*:", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{2,}")
_LOOKED_AT: Final = 4000


def looks_like_report(mail: InboundMail) -> bool:
    """True if a mail server wrote it about the delivery of another mail.

    A person who answers or forwards a report, or a helpdesk that writes about undelivered mail, shows none of the
    envelope's signs.
    """
    is_reply = bool(_REPLIED.match(mail.subject))
    if mail.report_type == "delivery-status" or (
        (mail.delivery or mail.header("x-failed-recipients")) and not is_reply
    ):
        return True
    sender = mail.sender.email if mail.sender else next((each.email or each.name for each in mail.senders), "")
    local = sender.partition("@")[0]
    says_so = not is_reply and _subject_says_so(mail.subject)
    if _DAEMONS.match(local):
        return says_so or not is_reply
    text = mail.text[:_LOOKED_AT]
    says_why = bool(_TEXT.search(text))
    is_postmaster = bool(_POSTMASTERS.match(local))
    if is_null_sender(mail):
        return says_so or (says_why and is_postmaster)
    is_system = not sender or bool(_SYSTEMS.search(local)) or any(_NAMES.search(each.name) for each in mail.senders)
    says_why = says_why or bool(_AUTOMATIC.search(text))
    return says_so and (is_system or (says_why and is_postmaster) or bool(_AUTOMATIC.search(text)))


def _subject_says_so(subject: str) -> bool:
    """Words at the beginning of a subject; behind a ticket number they are part of a ticket's own subject."""
    found = _SUBJECT.search(subject)
    return found is not None and not _NUMBER.search(subject[: found.start()])


def is_null_sender(mail: InboundMail) -> bool:
    """The envelope's sender was empty: replies to it are not wanted."""
    return mail.header("return-path").replace(" ", "") == "<>"
