"""Classifies an inbound mail. Human mail must never be taken for automatic: in doubt it is an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from typing import Final

from bot.conversation.delivery_report import ReportedDelivery, deliveries
from bot.conversation.delivery_signs import is_null_sender, looks_like_report
from bot.conversation.mail import InboundMail, MailRecord
from bot.conversation.phrases import any_of
from bot.conversation.quoted_text import new_words
from bot.conversation.references import rcr_numbers


class MailKind(StrEnum):
    """The kinds, in the order in which they are tried."""

    OWN_COPY = "own_copy"
    """Our own letter, or another mail from our own address."""
    DELIVERY_REPORT = "delivery_report"
    """Written by a mail server about one of our letters: failed, delayed or delivered."""
    ACKNOWLEDGEMENT = "acknowledgement"
    """Written by a ticket system: received, with a number."""
    AUTOMATIC_REPLY = "automatic_reply"
    """Absence, read receipt or other mail that no person wrote."""
    ANSWER = "answer"
    """Written by a person."""


class Classification(MailRecord):
    """The kind, and the facts it was read with."""

    kind: MailKind
    sign: str
    """Sign that decided it, for a log; no text of the mail."""
    deliveries: tuple[ReportedDelivery, ...] = ()
    """Recipients with outcome and reason, for a delivery report."""
    rcr: tuple[str, ...] = ()
    """RCR numbers in the subject and in the new words, normalised. Of an allowed sender they may be recorded."""


def classify(
    mail: InboundMail,
    *,
    own_addresses: Collection[str],
    is_own_id: bool,
    is_allowed: bool,
    rcr_pattern: str,
    known_rcr: Collection[str] = (),
) -> Classification:
    """`own_addresses`: the desk's, lower case. `is_own_id`: its Message-ID is of a mail we sent.

    `is_allowed`: the sender is on the list of allowed ones (see `matching.is_allowed`). `rcr_pattern`: the configured.
    `known_rcr`: numbers that tickets have already; a later mail about one of them is no acknowledgement.
    """
    if is_own_id or (mail.sender and mail.sender.email in own_addresses):
        return Classification(kind=MailKind.OWN_COPY, sign="message-id" if is_own_id else "from")
    if looks_like_report(mail):
        return Classification(kind=MailKind.DELIVERY_REPORT, sign="report", deliveries=deliveries(mail))
    words = new_words(mail.text, mail.subject).new
    rcr = rcr_numbers(f"{mail.subject}\n{words}", rcr_pattern)
    if sign := next(_automatic_signs(mail, words, is_allowed), ""):
        is_receipt = bool(rcr) and _acknowledges(mail, words) and not _is_absence(mail, words)
        kind = MailKind.ACKNOWLEDGEMENT if is_receipt else MailKind.AUTOMATIC_REPLY
        return Classification(kind=kind, sign=sign, rcr=rcr)
    if not set(rcr) <= set(known_rcr) and _is_receipt_of_a_system(mail, words):
        return Classification(kind=MailKind.ACKNOWLEDGEMENT, sign="receipt of a ticket system", rcr=rcr)
    return Classification(kind=MailKind.ANSWER, sign="no sign of automatic mail", rcr=rcr)


def _acknowledges(mail: InboundMail, words: str) -> bool:
    return bool(_ACKNOWLEDGES.search(f"{mail.subject}\n{words}"))


def _is_absence(mail: InboundMail, words: str) -> bool:
    return bool(_ABSENCE_SUBJECT.match(mail.subject) or _AWAY.search(words))


def _is_receipt_of_a_system(mail: InboundMail, words: str) -> bool:
    """True for a short text with a number that acknowledges, asks nothing and says nothing about the matter itself.

    The headers alone prove nothing: ticket systems set them on comments of people too.
    """
    is_generated = _auto_submitted(mail) not in {"", "no"}
    is_marked = bool(mail.header("precedence") or mail.header("x-auto-response-suppress"))
    is_system = is_generated or (is_marked and not _REPLIED.match(mail.subject))
    is_short = len(words.split()) <= _SHORT
    return is_system and is_short and _acknowledges(mail, words) and not _MATTERS.search(words)


# --- signs, strongest first


def _automatic_signs(mail: InboundMail, words: str, is_allowed: bool) -> Iterator[str]:
    """Names of the signs that it is automatic. `words`: the new ones."""
    if mail.report_type == "disposition-notification":
        yield "disposition notification"
    if mail.report_type == "feedback-report":
        yield "feedback report"
    for name, applies in _SIGNS:
        if applies(mail):
            yield name
    if _SAYS_SO.search(words):
        yield "words of a template"
    if _is_bulk(mail, is_allowed=is_allowed):
        yield "mailing list"


def _auto_submitted(mail: InboundMail) -> str:
    return re.split(r"[;\s(]", mail.header("auto-submitted").lower(), maxsplit=1)[0]


_VACATION_HEADERS: Final = (
    *("x-autoreply", "x-autorespond", "x-autoreply-from", "x-autoreply-domain", "x-mail-autoreply"),
    *("x-autoresponder", "x-autorply", "x-vacation"),
)


def _has_vacation_header(mail: InboundMail) -> bool:
    return any(mail.header(name).lower() not in {"", "no", "false", "0"} for name in _VACATION_HEADERS)


def _has_subject_of_automatic_reply(mail: InboundMail) -> bool:
    answers = bool(mail.in_reply_to or mail.references)
    return bool(_SURE_SUBJECT.match(mail.subject) or (answers and _PROBABLE_SUBJECT.match(mail.subject)))


def _is_exchange_absence(mail: InboundMail) -> bool:
    """True for suppression together with other signs: ticket systems set it on answers of people."""
    suppresses = bool(re.search(r"\b(?:all|oof|autoreply)\b", mail.header("x-auto-response-suppress"), re.IGNORECASE))
    return suppresses and bool(mail.header("x-ms-exchange-inbox-rules-loop") or _ABSENCE_SUBJECT.match(mail.subject))


def _is_generated(mail: InboundMail) -> bool:
    """True for `auto-generated` mail, but for people's comments in Zendesk and Jira, which continue a conversation."""
    if _auto_submitted(mail) not in {"auto-generated", "auto-notified"}:
        return False
    continues = bool(mail.references or mail.in_reply_to) or bool(_TICKET_SUBJECT.search(mail.subject))
    return not continues or bool(_ABSENCE_SUBJECT.match(mail.subject))


def _is_bulk(mail: InboundMail, *, is_allowed: bool) -> bool:
    """True for newsletters: they answer nothing and name no ticket. To a list that takes posts, people write."""
    if mail.references or mail.in_reply_to or _TICKET_SUBJECT.search(mail.subject) or _is_discussion(mail):
        return False
    is_list = bool(mail.header("list-id")) and bool(mail.header("list-unsubscribe"))
    is_marked = mail.header("precedence").lower() in {"bulk", "list", "junk"}
    if is_allowed:
        return bool(mail.header("list-unsubscribe")) and bool(mail.header("feedback-id")) and (is_list or is_marked)
    return is_list or is_marked


def _is_discussion(mail: InboundMail) -> bool:
    """True for a mailing list to which its members may write (RFC 2369: `List-Post`)."""
    takes_posts = mail.header("list-post").upper() not in {"", "NO"}
    return takes_posts or any(mail.header(name) for name in ("x-mailing-list", "x-beenthere"))


_SURE: Final = (
    *("automatic reply", "auto-?reply", "automated reply", "out of office autoreply", "out of office reply"),
    *("automatische antwort", "abwesenheits(?:notiz|nachricht)", "automatisch(?:e)? (?:antwoord|beantwoording)"),
    *("réponse automatique", "risposta automatica", "respuesta automática", "resposta autom[áà]tica"),
    *("automatyczna odpowiedź", "autom(?:at)?svar", "automatis[kt]{1,2} svar", "autosvar", "automaattinen vastaus"),
    *("automatická odpove?ě?ď", "automatikus válasz", "răspuns automat", "otomatik yanıt", "automatski odgovor"),
    *("samodejni odgovor", "автоматический ответ", "автоматична відповідь", "автоматичен отговор"),
    *("αυτόματη απάντηση", "自動応答", "自動返信", "自动(?:答复|回复)", "自動回(?:覆|復)", "자동 ?(?:회신|응답)"),
    *("automaatvastus", "automātiska atbilde", "automatinis atsakymas", "תשובה אוטומטית", "رد تلقائي"),
)
"""The subject's beginning, as the mail servers of these languages write it before the subject they answer."""
_PROBABLE: Final = (
    *("out of (?:the )?office", "abwesend(?:heit)?", "absence du bureau", "fuori sede", "fuera de la oficina"),
    *("afwezig(?:heid)?", "poza biurem", "ausente(?: do escritório)?", "absent du bureau"),
)
"""The same of old servers; people may write it too, but not before the subject of a mail that they answer."""
_ABSENCE: Final = (
    *(*_SURE, "automatic replied", "auto repl(?:y|ied)", "auto[- ]?response", "out of (?:the )?office", "abwesend"),
    *("abwesenheits(?:notiz|nachricht|assistent|benachrichtigung)", "automatische abwesenheit"),
    "automatisch antwoord",
)
_ABSENCE_SUBJECT: Final = any_of(rf"\A\s*(?:\[[^\]]{{0,40}}\]\s*)?(?:{'|'.join(_ABSENCE)})\b")
_SURE_SUBJECT: Final = any_of(rf"\A\s*(?:(?:{'|'.join(_SURE)})\s*[:：]|[\[(](?:{'|'.join(_SURE)})[\])])")
_PROBABLE_SUBJECT: Final = any_of(rf"\A\s*(?:{'|'.join(_PROBABLE)})\s*[:：]")
_TICKET_SUBJECT: Final = any_of(
    *(r"\b[A-Z]{2,10}-\d{1,10}\b", r"#\d{3,}", r"\[[^\]]{0,30}\d{3,}\]", r"\A\s*(?:re|aw)\s*:"),
)
_SAYS_SO: Final = any_of(
    "(?:dies(?:e|es)? (?:ist eine|e-?mail wurde|mail wurde|nachricht wurde)) (?:automatisch|automatische)",
    "automatisch (?:generierte?|erzeugte?|erstellte?|versandte?) (?:e-?mail|nachricht|antwort|eingangsbestätigung)",
    "this (?:is an|e-?mail (?:was|has been)|message (?:was|has been)) (?:automated|automatically|auto-generated)",
    "(?:please )?do not (?:reply|respond) to this (?:e-?mail|message|automat)",
    "bitte antworten sie nicht auf diese",
)
_YOUR_MATTER: Final = "ihre?[rs]? (?:anfrage|meldung|e-?mail|nachricht|ticket|anliegen|vorgang)"
_ACKNOWLEDGES: Final = any_of(
    *("thank you for contacting", "acknowledge", "confirmation of receipt"),
    "thank you for your (?:request|mail|e-?mail|message|inquiry)",
    r"\bwe(?:'ve| have)? (?:got|received) your (?:request|mail|e-?mail|message|inquiry)",
    r"(?:your|an?|new) (?:request|ticket|case|incident)[^.\n]{0,60}(?:has been|was) (?:received|created|opened|logged)",
    "your (?:request|mail|e-?mail|message|inquiry) has been received",
    r"\A\W*(?:request|ticket|case|incident)[^.\n]{0,40}(?:received|created|opened|registered)",
    r"(?:your|the) (?:ticket|case|reference|request|incident) (?:number|id|no\.?) (?:is|:)",
    "your (?:ticket|case|request)[- ]?(?:number|id)",
    "(?:ihre?|die|der) (?:ticket|vorgangs|referenz|fall|bearbeitungs)[- ]?nummer",
    rf"{_YOUR_MATTER}[^.\n]{{0,80}}(?:eingegangen|erhalten|erfasst|registriert|angelegt|erstellt|aufgenommen|eröffnet)",
    *("danke? für ihre (?:anfrage|meldung|nachricht|e-?mail)", "eingangsbestätigung", "bestätigen den eingang"),
    *("anfrage erhalten", "eingang ihre[rs]"),
)
_MATTERS: Final = any_of(
    r"\?",
    r"\bbitte (?:senden|schicken|teilen|prüfen|nennen|geben|bestätigen|testen|beantworten)\b",
    r"\bplease (?:send|provide|check|confirm|test|tell|share|let|verify)\b",
    *(r"\bcould you\b", r"\bcan you\b", r"\bkönnen sie\b"),
    r"\b(?:behoben|gelöst|lösung|ursache|geprüft|gefunden|erledigt|festgestellt|angepasst|geändert|neu ?start\w*)\b",
    r"\b(?:fixed|resolved|solution|cause|caused|checked|found|closed|changed|restarted|workaround|solved|done)\b",
)
"""Signs of a question, a request or a finding: a person wrote about the matter itself."""
_AWAY: Final = any_of(
    *(r"\burlaub\b", r"\babwesend\b", "nicht im (?:büro|haus)", "außer haus", r"\bverreist\b"),
    *("out of (?:the )?office", r"\bvacation\b", r"\bon .{0,20}leave\b", r"\bon holiday\b"),
)
_REPLIED: Final = any_of(r"\A\s*(?:aw|re|antw)\s*:")
_SHORT: Final = 120

_SIGNS: Final[tuple[tuple[str, Callable[[InboundMail], bool]], ...]] = (
    ("auto-submitted: auto-replied", lambda mail: _auto_submitted(mail) == "auto-replied"),
    ("vacation header", _has_vacation_header),
    ("precedence: auto_reply", lambda mail: mail.header("precedence").lower() in {"auto_reply", "auto-reply"}),
    ("exchange absence", _is_exchange_absence),
    ("auto-submitted: auto-generated", _is_generated),
    ("subject of an automatic reply", _has_subject_of_automatic_reply),
    ("null return path", is_null_sender),
)
