"""Bounces in a pasted text: delivery reports of servers, and the phrases of Exchange, Postfix, Gmail and others."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.core.moments import read_moment
from bot.intake.message_headers import MessageHeaders, blocks
from bot.intake.model import IntakeContext, Origin, Source, Transaction
from bot.intake.text_page import ADDRESS, TextPage, diagnostic, first_address

_FIELD = re.compile(r"^([A-Za-z-]{3,40}):\s?(.*)$")
_TYPED = re.compile(r"^\s*(?:rfc822|dns|smtp|x-[\w-]{1,30}|utf-8|unknown)\s*;\s*", re.IGNORECASE)
_FINE = {"relayed", "delivered", "expanded"}

_IS_BOUNCE = re.compile(
    r"undeliver|delivery (?:has )?(?:to |failed|incomplete|status)|could ?n[o']t be delivered|was ?n[o']t "
    r"delivered|not be delivered|"
    r"did not reach|mail system at host|remote server returned|permanent (?:fatal )?error|address not found|"
    r"adresse nicht gefunden|"
    r"nachrichtenzustellung|nachricht blockiert|message blocked|nicht zugestellt|unzustellbar|bei der "
    r"zustellung|(?:wasn't|weren't|not|were unable) (?:able )?to deliver|"
    r"no valid recipients|failed addresses|delivery (?:is )?delayed|zustellung (?:ist )?verzögert|"
    r"temporary problem delivering|has been delayed|wurde blockiert|zustellung an folgende",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"^\s*[<\"]?({ADDRESS})[>\"]?(?:\s?<mailto:[^<>]{{1,200}}>|\s?\(([^()]{{1,200}})\))?(?:\s(?:on|am|um)\s[\d./: "
    rf"-]{{8,30}}(?:[ap]m)?)?\s*(?::\s*)?$",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"^\s*[^\W\d_][^<>()@\n]{{1,60}}\s[(<]({ADDRESS})[)>]\s*$")
_POSTFIX = re.compile(rf"^<({ADDRESS})>(?:\s\(expanded from[^()]{{0,200}}\))?:\s+(\S.*)$")
_DOTTED = re.compile(rf"^\s*<({ADDRESS})>\s?\.\.\.\s(\S.*)$")
"""`<a@target.example> ... unknown user`."""
_GMAIL = re.compile(
    r"(?:delivered to|delivering your message to|nachricht(?: wurde nicht)? an|message to|zugestellt an)\s{1,3}<?("
    + ADDRESS
    + ")",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"^\s*(?:the response(?: from the remote server)? was|(?:the )?remote server returned|response|"
    r"(?:the )?reason for the problem|"
    r"(?:die )?antwort(?: vom (?:remote-?)?server| des (?:remote-?)?servers)?(?: lautete?)?)\s*:\s*(.*)$",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"^\s*(?:(?P<recipient>recipients?(?: address)?|failed (?:address|recipient)|empfänger(?:adresse)?|"
    r"was not delivered to|"
    r"(?:wurde nicht|konnte nicht) (?:zugestellt|übermittelt)(?: werden)? an)|(?P<status>reported error|"
    r"gemeldeter fehler|"
    r"fehlermeldung(?: des \w{1,40})?|error message|error|fehler|because|weil|"
    r"reason|grund|wegen|ursache))\s*:\s*(?P<value>.*)$",
    re.IGNORECASE,
)
"""Labels of Exchange Online's and Notes's reports."""
_FROM_CODE = re.compile(r"(?<![\w.])[245]\d\d[ -]#?[245]\.\d{1,3}\.\d{1,3}\b.{0,400}")
_STATUSES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"remote ?server[^']{0,60}(?:returned|zurückgegeben:?)\s{1,3}'(.{3,500}?)'?$",
        r"server error:\s{1,3}'(.{3,500}?)'?$",
        r"\bserver at \S{1,255} returned '(.{3,500}?)'?$",
        r"\(reason: (.{3,500}?)\)$",
        r"remote server replied:\s{1,3}(.{3,500})$",
        r"(?:^|\s)(?:<<<|<--) ([45]\d\d .{3,400})$",
        r"\sreason: ([245]\d\d .{3,500})$",
        r"remote host said: (.{3,500}?)(?: giving up on .*)?$",
        r"smtp;\s?([245]\d\d [^<>]{3,400})>",
        (
            r"smtp error from remote mail server after (?:[^:]{1,60}|rcpt to:<[^<>]{1,300}>|mail "
            r"from:<[^<>]{0,300}>(?: size=\d{1,12})?):\s(.{3,500})$"
        ),
        r"\b(?:said|refused to talk to me): (.{3,500})$",
        r"remote-?server hat [\"„“](.{3,500}?)[\"“”] zurückgegeben",
        r"#<?\s?([245]\d\d [245]\.\d{1,3}\.\d{1,3} .{0,400}?)\s?>?\s?##",
        r"remote ?server returned:?\s{1,3}([245]\d\d[ -]#?[245]\.\d{1,3}\.\d{1,3}\b.{0,400})$",
        r"^\s*([245]\d\d(?:[ -]|: )#?[245]\.\d{1,3}\.\d{1,3}\b.{0,400})$",
    )
)
_SENDER = re.compile(
    r"^\s*(?:>>> MAIL From:\s?<|(?:sender(?: address)?|absender(?:adresse)?|x-postfix-sender):\s{1,30}(?:rfc822;\s?)?)("
    + ADDRESS
    + ")>?",
    re.IGNORECASE,
)
_CREATED = re.compile(r"^\s*(?:created date|erstellungsdatum|erstellt am):\s+(\S.{6,60})$", re.IGNORECASE)
_IDENTIFIED = re.compile(r"^\s*(?:the message identifier is|x-postfix-queue-id):\s+(\S{6,40})\s*$", re.IGNORECASE)
_HOPS_IN_UTC = re.compile(r"(?<![^\W_])(?:time|zeit|uhrzeit) \(utc\)", re.IGNORECASE)
"""Heading of the hops in a report of Exchange Online, whose moments are in UTC."""
_RECEIVED = re.compile(r"original message was received (?:at|on) (.{10,60})$", re.IGNORECASE)
_SENT = re.compile(
    r"^\s*(?:sent|gesendet|message sent at|nachricht gesendet am|gesendet am|date sent|"
    r"the date of the message is|arrival-date):\s+(\S.{6,60})$",
    re.IGNORECASE,
)
_FINAL, _REPORTING = re.compile(r"^final-recipient:", re.IGNORECASE), re.compile(r"^reporting-mta:", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^\s*(?:original message headers|ursprüngliche nachrichtenkopfzeilen|original-nachrichtenkopfzeilen|received|"
    r"from|to|date|subject|message-id):",
    re.IGNORECASE,
)
"""The beginning of the message that came back."""
_BLOCK = 12
"""Lines that belong to one address."""
_LIST = 6
"""Lines below the words of a bounce in which it lists its recipients."""


@dataclass(frozen=True)
class Failure:
    """Outcome of the message for one recipient."""

    recipient: str
    status: str
    first: int
    last: int


# --- delivery reports


def from_report(text: str, original: Mapping[str, str], known: IntakeContext, where: Source) -> Iterator[Transaction]:
    """The recipients of a delivery report; `original`: the transaction's parts in the returned message."""
    groups = [dict(_fields(group)) for group in re.split(r"\n\s*\n", text)]
    whole = {name: value for group in groups if "final-recipient" not in group for name, value in group.items()}
    at = read_moment(whole.get("arrival-date", ""), known.zone, known.now)
    for group in groups:
        recipient = first_address(group.get("final-recipient", "")) or first_address(
            group.get("original-recipient", "")
        )
        if not recipient:
            continue
        parts = {
            "when": str(int(at.timestamp())) if at else "",
            "sender": first_address(whole.get("x-postfix-sender", "")),
            "log": f"Message-ID: {whole['x-original-message-id']}" if "x-original-message-id" in whole else "",
            **original,
            "recipient": recipient,
            "status": diagnostic(_TYPED.sub("", group.get("diagnostic-code", "") or group.get("status", ""))),
        }
        is_fine = group.get("action", "").strip().casefold() in _FINE
        yield Transaction({part: text for part, text in parts.items() if text}, where, is_fine)


def _fields(group: str) -> Iterator[tuple[str, str]]:
    name, value = "", ""
    for line in group.split("\n"):
        found = _FIELD.match(line)
        if found:
            if name:
                yield name, value
            name, value = found[1].casefold(), found[2].strip()
        else:
            value = f"{value} {line.strip()}"[:2000]
    if name:
        yield name, value


# --- words of mail servers


def is_bounce(text: str) -> bool:
    return bool(_IS_BOUNCE.search(text))


def from_words(page: TextPage, original: Mapping[str, str], known: IntakeContext) -> list[Transaction]:
    """The recipients in a bounce's words. All text from the first of them on is consumed: a machine wrote it."""
    report = next((number for number, line in page.free() if _FINAL.match(line)), None)
    if report is not None:
        return _pasted_report(page, report, original, known)
    by_people = {number for each in blocks(page) if not each.is_by_agent for number in range(each.first, each.last)}
    marked = next((number for number, line in page.free() if number not in by_people and is_bounce(line)), None)
    found = list(_failures(page, is_marked=marked is not None)) or list(_by_name(page, marked))
    if not found:
        return []
    begins = min(found[0].first, found[0].first if marked is None else marked)
    forwarded = next((each for each in blocks(page) if each.is_by_agent and each.first <= found[0].first), None)
    begins = min(begins, forwarded.first) if forwarded else begins
    headers = next((each for each in blocks(page) if not each.is_by_agent and each.first >= begins), None)
    sent_back = _sent_back_to(forwarded, known)
    own = range(forwarded.first, forwarded.last) if forwarded else range(0)
    facts = {**sent_back, **_message_facts(page, known, own), **original, **(headers.parts(known) if headers else {})}
    page.take(begins, len(page.lines))
    where = page.source(Origin.BOUNCE, found[0].first)
    return [
        Transaction(
            {**facts, "recipient": each.recipient, **({"status": each.status} if each.status else {})},
            where if each is found[0] else page.source(Origin.BOUNCE, each.first),
        )
        for each in found
    ]


def _sent_back_to(bounce: MessageHeaders | None, known: IntakeContext) -> dict[str, str]:
    """The transaction's sender: a bounce goes to the message's sender, unless a person of ours forwarded it."""
    if bounce is None or bounce.is_to(known.own_domains):
        return {}
    recipient = bounce.parts(known).get("recipient", "")
    return {"sender": recipient} if recipient else {}


def _by_name(page: TextPage, marked: int | None) -> Iterator[Failure]:
    """Recipients of a report without a status, listed with their names right below its words."""
    for number, line in page.free():
        named = _NAMED.match(line)
        if named and marked is not None and marked < number <= marked + _LIST:
            yield Failure(named[1], "", number, number + 1)


def _pasted_report(page: TextPage, at: int, original: Mapping[str, str], known: IntakeContext) -> list[Transaction]:
    """A delivery report that was pasted as text: its first group, if it has one, stands right before the recipients."""
    marked = next((number for number, line in page.free() if is_bounce(line) or _REPORTING.match(line)), at)
    headers = next((each for each in blocks(page) if not each.is_by_agent and each.first > at), None)
    parts = headers.parts(known) if headers else {}
    facts = {**original, **{part: text for part, text in parts.items() if part != "recipient"}}
    begins = next((number for number in range(at, -1, -1) if _REPORTING.match(page.lines[number])), at)
    ends = headers.first if headers else len(page.lines)
    text = "\n".join(page.lines[begins:ends])
    found = list(from_report(text, facts, known, page.source(Origin.DELIVERY_REPORT, at)))
    page.take(min(marked, begins), len(page.lines))
    return found


def _message_facts(page: TextPage, known: IntakeContext, own: Container[int] = ()) -> dict[str, str]:
    """Parts of the transaction in these words, besides its recipients; `own`: lines with the bounce's own headers."""
    facts = dict[str, str]()
    in_utc = any(_HOPS_IN_UTC.search(line) for line in page.lines[:500])
    for line in (line for number, line in enumerate(page.lines[:500]) if number not in own):
        if sender := _SENDER.match(line):
            facts.setdefault("sender", sender[1])
        if identified := _IDENTIFIED.match(line):
            facts.setdefault("log", f"Queue ID: {identified[1]}")
        if moment := _RECEIVED.search(line) or _SENT.match(line):
            at = read_moment(moment[1], known.zone, known.now)
            facts |= {"when": str(int(at.timestamp()))} if at else {}
        elif in_utc and (created := _CREATED.match(line)):
            at = read_moment(created[1], known.zone, known.now, in_utc=True)
            facts |= {"when": str(int(at.timestamp()))} if at else {}
    return facts


def _failures(page: TextPage, *, is_marked: bool) -> Iterator[Failure]:
    """The best known values of each recipient, in the order of the text."""
    best = dict[str, Failure]()
    for each in (*_by_address(page), *_by_sentence(page), *_by_label(page)):
        key = each.recipient.casefold()
        if (each.status or is_marked) and (key not in best or (each.status and not best[key].status)):
            best.pop(key, None)  # the order is that of the answers
            best[key] = each
    with_status = [each for each in best.values() if each.status]
    if not with_status and len(best) == 1:
        [alone] = best.values()
        with_status = [replace(alone, status=_status_below(page, alone.last))]
    yield from with_status or best.values()


def _status_below(page: TextPage, first: int) -> str:
    """The first answer of a server further below; empty where there is none."""
    return next(filter(None, (_status_in(line) for number, line in page.free() if number >= first)), "")


def _by_address(page: TextPage) -> Iterator[Failure]:
    for number, line in page.free():
        postfix = _POSTFIX.match(line)
        dotted = _DOTTED.match(line)
        alone = None if postfix else _ALONE.match(line)
        if postfix:
            last = _end_of_block(page, number, is_close=True)
            rest = " ".join([postfix[2], *(each.strip() for each in page.lines[number + 1 : last])])
            status = _status_in(rest) or diagnostic(rest)
            yield Failure(postfix[1], status, number, last)
        elif dotted:
            yield Failure(dotted[1], diagnostic(dotted[2]), number, number + 1)
        elif alone:
            last = _end_of_block(page, number)
            block = page.lines[number + 1 : last]
            status = _status_of(block) or _status_in(alone[2] or "") or _reason(line, block)
            yield Failure(alone[1], status, number, last)


def _reason(line: str, block: list[str]) -> str:
    """The words below an address with a colon, where no server's code is: `No mx record found for domain=…`."""
    return diagnostic(block[0]) if line.rstrip().endswith(":") and block and block[0].strip() else ""


def _end_of_block(page: TextPage, number: int, *, is_close: bool = False) -> int:
    """The index behind the lines that belong to this address; a blank one may follow it, unless `is_close`."""
    end = min(number + 1 + _BLOCK, len(page.lines))
    ends = (
        each
        for each in range(number + 1, end)
        if (not page.lines[each].strip() and (is_close or each > number + 1))
        or _ALONE.match(page.lines[each])
        or _POSTFIX.match(page.lines[each])
        or _ORIGINAL.match(page.lines[each])
    )
    return next(ends, end)


def _status_of(block: list[str]) -> str:
    """The status in a block of lines: on one of them, or wrapped over all."""
    joined = " ".join(line.strip() for line in block)
    return next(filter(None, map(_status_in, (joined, *block))), "")


def _status_in(text: str) -> str:
    text = text[:1500].strip()
    for pattern in _STATUSES:
        found = pattern.search(text)
        if found:
            return diagnostic(found[1])
    return ""


def _by_sentence(page: TextPage) -> Iterator[Failure]:
    """Recipients in Gmail's wording: the recipient in a sentence, the server's answer further below."""
    recipient, at = "", 0
    for number, line in page.free():
        sentence, answered = _GMAIL.search(line), _ANSWERED.match(line)
        if sentence:
            recipient, at = sentence[1], number
        elif answered and recipient:
            first = number if answered[1] else number + 1
            last = next(
                (each for each in range(first + 1, len(page.lines)) if not page.lines[each].strip()), len(page.lines)
            )
            last = min(last, first + _BLOCK)
            text = " ".join([answered[1], *page.lines[number + 1 : last]])
            yield Failure(recipient, diagnostic(text), at, last)


def _by_label(page: TextPage) -> Iterator[Failure]:
    """Recipients and errors behind labels, or on the line below them."""
    recipient, early, at, is_open = "", "", 0, False
    for number, line in page.free():
        labelled = _LABELLED.match(line)
        if not labelled:
            continue
        value = labelled["value"] or next(filter(None, map(str.strip, page.lines[number + 1 : number + 3])), "")
        if labelled["recipient"]:
            recipient, at = first_address(value), number
            is_open = bool(recipient) and not early
            if early:  # the error stood before its recipient
                yield Failure(recipient, early, at, number + 1)
            early = ""
        else:
            code = _FROM_CODE.search(value)
            status = diagnostic(code[0] if code else value)
            if recipient:
                yield Failure(recipient, status, at, number + 1)
                is_open = False
            elif code:
                early = status
    if is_open:
        yield Failure(recipient, "", at, at + 1)
