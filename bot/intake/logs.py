"""Log lines of machines: Postfix, Exim and sendmail, delivery reports of SMS, and SIP messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from bot.core.moments import read_moment
from bot.core.telephone import number_of_machine
from bot.intake.model import IntakeContext, Origin, Transaction
from bot.intake.text_page import ADDRESS, TextPage, diagnostic

_POSTFIX = re.compile(r"^(.{6,40}?)\s\S{1,200}\s(?:postfix[\w/-]{0,40})\[\d{1,10}\]:\s([0-9A-Za-z]{4,20}):\s(.*)$")
_REFUSED = re.compile(
    rf"^reject: \w{{2,10}} from \S{{1,255}}: ([45]\d\d .{{3,600}}?); from=<({ADDRESS})?> to=<({ADDRESS})>"
)
"""A recipient that was refused while the mail was taken in: `NOQUEUE: reject: RCPT from …`."""
_TO = re.compile(rf"\bto=<({ADDRESS})>")
_FROM = re.compile(rf"\bfrom=<({ADDRESS})>")
_SENDMAIL = re.compile(
    rf"^(.{{6,40}}?)\s\S{{1,200}}\s(?:sendmail|sm-mta)[\w/-]{{0,40}}\[\d{{1,10}}\]:\s([0-9A-Za-z]{{4,20}}):\s(?=.{{0,600}}?"
    rf"\bto=<?({ADDRESS})>?,)(.*)\bstat=(.{{1,600}})$"
)
_SENDMAIL_FROM = re.compile(rf"^.{{6,300}}?\]:\s([0-9A-Za-z]{{4,20}}):\sfrom=<?({ADDRESS})>?,")
_CONTROLLING = re.compile(rf"\bctladdr=<?({ADDRESS})>?")
_MESSAGE_ID = re.compile(r"\bmessage-id=(<[^<>\s]{1,300}>)")
_STATUS = re.compile(r"\bstatus=(\w{2,20})\s\((.{1,1500})\)\s*$")
_ANSWER = re.compile(r"\b(?:said|refused to talk to me): (.{3,1500})$")
_DEFERRED = re.compile(r"^[A-Za-z ]{3,30}: (?=[45]\d\d[ -])")

_EXIM = re.compile(
    rf"^(\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d)(?: [+-]\d{{4}})? (\w{{6,12}}-\w{{6,12}}-\w{{2,4}}) (\*\*|=>|->|==|"
    rf"<=) <?({ADDRESS})>?\s?(.*)$"
)
_EXIM_ANSWERS = (
    re.compile(r"\bafter [^:]{1,40}(?::<[^<>]{0,300}>[^:]{0,40})?: (.{3,600})$"),
    re.compile(r"T=\w{1,40}[^:]{0,80}: (.{3,600})$"),
)

_SMS = re.compile(
    r"\bid:(\S{1,80})\s.{0,200}?\bsubmit date:(\d{10}(?:\d\d)?)\b.{0,200}?\bstat:(\w{2,20})(?:\s(err:\w{1,10}))?"
)
_SMS_TO = re.compile(r"(?<![^\s,;])(?:to|dst|dest|destination|msisdn)[:=]\"?([^\s\",;]{3,60})")
_SMS_FROM = re.compile(r"(?<![^\s,;])(?:from|src|source|sender)[:=]\"?([^\s\",;]{1,60})")

_SIP_STARTS = re.compile(
    r"^\s*(?P<at>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^A-Z]{0,30}?)?"
    r"(?:[A-Z]{3,12} sips?:\S{1,300}(?: SIP/2\.0)?|SIP/2\.0 (?P<code>\d{3}) (?P<reason>.{1,200}))\s*$"
)
"""The first line of a message, behind the time at which it was logged."""
_SIP_HEADER = re.compile(r"^\s*([A-Za-z-]{1,40})\s*:\s?(.*)$")
_SIP_USER = re.compile(r"(?:sips?|tel):([^@;>\s]{1,100})")
_FAILED = 400


def transactions(page: TextPage, known: IntakeContext) -> list[Transaction]:
    """All transactions in log lines of the page; their lines are consumed."""
    return [
        *_sip(page, known),
        *_postfix(page, known),
        *_exim(page, known),
        *_sendmail(page, known),
        *_sms(page, known),
    ]


def _postfix(page: TextPage, known: IntakeContext) -> Iterator[Transaction]:
    found = [(number, match) for number, line in page.free() if (match := _POSTFIX.match(line))]
    page.taken.update(number for number, _ in found)
    senders = {match[2]: sender[1] for _, match in found if (sender := _FROM.search(match[3]))}
    ids = {match[2]: message_id[1] for _, match in found if (message_id := _MESSAGE_ID.search(match[3]))}
    for number, match in found:
        if refused := _REFUSED.match(match[3]):
            parts = {"when": _moment(match[1], known), "sender": refused[2] or "", "recipient": refused[3]}
            yield _transaction({**parts, "status": diagnostic(refused[1])}, page, number, Origin.LOG)
            continue
        recipient, status = _TO.search(match[3]), _STATUS.search(match[3])
        if recipient and status:
            answer = _ANSWER.search(status[2])
            queue = [f"Message-ID: {ids[match[2]]}"] if match[2] in ids else []
            parts = {
                "when": _moment(match[1], known),
                "sender": senders.get(match[2], ""),
                "recipient": recipient[1],
                "status": diagnostic(answer[1] if answer else status[2]),
                "log": "\n".join([*queue, f"Queue ID: {match[2]}"]),
            }
            yield _transaction(parts, page, number, Origin.LOG, is_fine=status[1] == "sent")


def _sendmail(page: TextPage, known: IntakeContext) -> Iterator[Transaction]:
    started = [(number, match) for number, line in page.free() if (match := _SENDMAIL_FROM.match(line))]
    found = [(number, match) for number, line in page.free() if (match := _SENDMAIL.match(line))]
    senders = {match[1]: match[2] for _, match in started}
    page.taken.update(number for number, _ in (*started, *found))
    for number, match in found:
        by = _CONTROLLING.search(match[4])
        parts = {
            "when": _moment(match[1], known),
            "sender": senders.get(match[2], by[1] if by else ""),
            "recipient": match[3],
            "status": diagnostic(_DEFERRED.sub("", match[5])),
            "log": f"Queue ID: {match[2]}",
        }
        yield _transaction(parts, page, number, Origin.LOG, is_fine=match[5].startswith("Sent"))


def _exim(page: TextPage, known: IntakeContext) -> Iterator[Transaction]:
    found = [(number, match) for number, line in page.free() if (match := _EXIM.match(line))]
    page.taken.update(number for number, _ in found)
    senders = {match[2]: match[4] for _, match in found if match[3] == "<="}
    for number, match in found:
        if match[3] != "<=":
            answer = next(filter(None, (each.search(match[5]) for each in _EXIM_ANSWERS)), None)
            parts = {
                "when": _moment(match[1], known),
                "sender": senders.get(match[2], ""),
                "recipient": match[4],
                "status": diagnostic(answer[1]) if answer else "",
                "log": f"Queue ID: {match[2]}",
            }
            yield _transaction(parts, page, number, Origin.LOG, is_fine=match[3] in {"=>", "->"})


def _sms(page: TextPage, known: IntakeContext) -> Iterator[Transaction]:
    for number, line in list(page.free()):
        found = _SMS.search(line)
        if not found:
            continue
        page.take(number, number + 1)
        to, sender = _SMS_TO.search(line), _SMS_FROM.search(line)
        parts = {
            "when": _of_smpp(found[2], known),
            "direction": "outbound",
            "sender": sender[1] if sender else "",
            "recipient": _number(to[1], known) if to else "",
            "status": " ".join(filter(None, (found[3], found[4]))),
            "log": f"Message-ID: {found[1]}",
        }
        yield _transaction(
            parts, page, number, Origin.SMS_REPORT, is_fine=found[3] in {"DELIVRD", "ACCEPTD", "ENROUTE"}
        )


def _of_smpp(digits: str, known: IntakeContext) -> str:
    """A moment as YYMMDDhhmm, in the reader's zone."""
    try:
        at = datetime.strptime(digits[:10], "%y%m%d%H%M").replace(tzinfo=known.zone)
    except ValueError:
        return ""
    return str(int(at.astimezone(UTC).timestamp()))


def _sip(page: TextPage, known: IntakeContext) -> Iterator[Transaction]:
    """One transaction per call: the last failing answer to it."""
    calls = dict[str, tuple[int, dict[str, str]]]()
    number = 0
    while number < len(page.lines):
        starts = _SIP_STARTS.match(page.lines[number])
        if not starts:
            number += 1
            continue
        last, headers = _sip_message(page, number + 1)
        page.take(number, last)
        key = headers.get("call-id", "") or next(reversed(calls), f"{number}")  # an answer's lines may be left out
        first, call = calls.setdefault(key, (number, {}))
        call |= {name: value for name, value in headers.items() if name not in call}
        if starts["at"]:
            call.setdefault("date", starts["at"].strip(" [-"))
        if starts["code"] and int(starts["code"]) >= _FAILED:
            call["status"] = f"SIP {starts['code']} {starts['reason'].strip()}"
        number = last
    for first, call in calls.values():
        if "status" in call:
            yield _transaction(_of_call(call, known), page, first, Origin.SIP)


def _sip_message(page: TextPage, number: int) -> tuple[int, dict[str, str]]:
    headers = dict[str, str]()
    while number < len(page.lines) and (found := _SIP_HEADER.match(page.lines[number])):
        headers.setdefault(found[1].casefold(), found[2].strip())
        number += 1
    return number, headers


def _of_call(call: Mapping[str, str], known: IntakeContext) -> dict[str, str]:
    sender, recipient = (_SIP_USER.search(call.get(name, "")) for name in ("from", "to"))
    return {
        "when": _moment(call.get("date", ""), known),
        "sender": _number(sender[1], known) if sender else "",
        "recipient": _number(recipient[1], known) if recipient else "",
        "status": call["status"],
        "log": f"Call-ID: {call['call-id']}" if "call-id" in call else "",
    }


def _number(text: str, known: IntakeContext) -> str:
    return number_of_machine(text, known.region) or text


def _moment(text: str, known: IntakeContext) -> str:
    at = read_moment(text, known.zone, known.now)
    return str(int(at.timestamp())) if at else ""


def _transaction(
    parts: Mapping[str, str], page: TextPage, number: int, origin: Origin, *, is_fine: bool = False
) -> Transaction:
    return Transaction({part: text for part, text in parts.items() if text}, page.source(origin, number), is_fine)
