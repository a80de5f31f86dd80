"""Signs of quoted text as mail programs write them, in German, English and the neighbouring languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.conversation.phrases import any_of

_WIDTH: Final = 400
"""Characters of a line that are examined."""

# --- one line of dashes, with or without words

_DIVIDER: Final = re.compile(r"[\s*>]*(?:[-_=–—]{3,}[^-_=–—\n]{1,60}[-_=–—]{3,}|[-_=–—]{5,})[\s*]*")
_ORIGINAL: Final = any_of(
    *("original message", "original appointment", "urspr(?:ü|ue|\ufffd)ngliche", "original-?nachricht"),
    *("message d'origine", "messaggio originale", "mensaje original", "oorspronkelijk bericht"),
)
_FORWARDS: Final = (
    *("begin forwarded message", "forwarded message", r"forwarded by\b", "weitergeleitete nachricht"),
    *("anfang der weitergeleiteten (?:nachricht|e-?mail)", r"weitergeleitet von\b", "message transféré"),
)
_FORWARD: Final = any_of(rf"\A[\s>*_-]*(?:{'|'.join(_FORWARDS)})")
_MARKER: Final = any_of(
    r"(?:reply|antwort\w*|schreiben|type|geben|write|respond)\b.{0,60}\b(?:above|oberhalb|über)\b.{0,30}\b(?:line|zeile|linie)",
)


def is_divider(line: str) -> bool:
    """A separator: dashes, or dashes around “Original Message”."""
    line = line.strip()[:_WIDTH]
    found = _DIVIDER.fullmatch(line)
    return bool(found) and (not any(each.isalnum() for each in line) or bool(_ORIGINAL.search(line)))


def is_forward_marker(line: str) -> bool:
    return bool(_FORWARD.match(line[:_WIDTH]))


def is_marker(line: str) -> bool:
    """The helpdesks' “reply above this line”."""
    line = line.strip()[:_WIDTH]
    return line[:2] in {"##", "--", "==", "__", "**", "- ", "—"} and bool(_MARKER.search(line))


# --- header blocks, as Outlook writes them

_LABEL: Final = re.compile(r"[\s*>]{0,10}([A-Za-zÀ-ÿ][A-Za-zÀ-ÿ -]{0,24}?)\*{0,2}\s?:\*{0,2}(?:\s+(\S.*)|\s*)")
_NAMES: Final = {
    "from": "from von de da van fra från od",
    "sent": "sent gesendet date datum envoyé inviato verzonden enviado data",
    "to": "to an à a aan para do",
    "cc": "cc kopie bcc",
    "subject": "subject betreff objet oggetto onderwerp asunto temat",
    "other": "reply-to|antwort an|importance|priorität|wichtigkeit|attachments|anlagen",
}
_KINDS: Final = {
    label: kind for kind, labels in _NAMES.items() for label in labels.split("|" if "|" in labels else None)
}
_RAW: Final = re.compile(
    r"\s*(?:received|message-id|return-path|mime-version|content-[a-z-]+|x-[a-z-]+|dkim-signature|authentication-results"
    r"|arc-[a-z-]+|delivered-to|in-reply-to|references)\s*:",
    re.IGNORECASE,
)
_RFC_DATE: Final = re.compile(
    r"\s*dat(?:e|um)\s*:\s*(?:[a-z]{3}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|[A-Z]{2,4}\b)",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d\d\b")
_BLOCK: Final = 12
_KINDS_NEEDED: Final = 3


def block_length(lines: Sequence[str], at: int) -> int:
    """Lines of a header block that begins here, after an optional separator; 0 when none does.

    Three different headers, one of them a date as mail programs show it. A header block pasted from a mail's source
    (RFC 5322 date, Received, Message-ID …) is evidence, not a quotation.
    """
    first = at
    while first < min(len(lines), at + 3) and (is_divider(lines[first]) or not lines[first].strip()):
        first += 1
    if first >= len(lines) or _kind(lines[first]) not in {"from", "sent"}:
        return 0
    found, end, is_dated, has_day = set[str](), first, False, False
    for number in range(first, min(len(lines), first + _BLOCK)):
        line = lines[number]
        kind = _kind(line)
        if not kind and (not line.strip() or len(found) >= _KINDS_NEEDED + 1):
            break
        if kind:
            found.add(kind)
            is_dated = is_dated or (kind == "sent" and bool(_YEAR.search(line)))
            has_day = has_day or (kind == "sent" and bool(_DAY.search(line)))
        end = number + 1
    is_sure = is_dated or (has_day and len(found) > _KINDS_NEEDED)
    is_block = len(found) >= _KINDS_NEEDED and is_sure and {"from", "sent"} <= found
    return end - at if is_block and not _is_source(lines[max(0, first - 1) : end + 1]) else 0


def block_subject(lines: Sequence[str]) -> str:
    """The subject in a header block; empty when it names none."""
    for line in lines:
        found = _LABEL.match(line[:_WIDTH])
        if found and _KINDS.get(found[1].strip().lower()) == "subject":
            return (found[2] or "").strip()
    return ""


def _kind(line: str) -> str:
    found = _LABEL.match(line[:_WIDTH])
    return _KINDS.get(found[1].strip().lower(), "") if found else ""


def _is_source(lines: Sequence[str]) -> bool:
    """Headers of a mail's source, pasted as evidence."""
    return any(_RAW.match(line[:_WIDTH]) or _RFC_DATE.match(line[:_WIDTH]) for line in lines)


# --- introductions: “On … wrote:”

_WROTE: Final = any_of(
    r"\b(?:schrieb|geschrieben|schreibt|wrote|writes|a écrit|ha scritto|escribió|schreef|skrev|napisał)\b",
)
_EMAIL: Final = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}")
_TIME: Final = re.compile(r"\b\d{1,2}[:.]\d\d\b")
_DAY: Final = re.compile(r"\b\d{1,2}\b")
_QUOTING: Final = re.compile(r"\s*(?:quoting|zitat von)\s.{1,200}:\s*", re.IGNORECASE)
_BEGINS: Final = any_of(
    r"\A[\s*>]{0,5}(?:am|on|le|il|el|op|den|em|w dniu|dnia|\d{4}-\d\d-\d\d|\S.{0,120}?(?:schrieb|wrote))\b",
)
_REPORTED: Final = any_of(
    r"\b(?:schrieb|wrote|hat|has)\s+(?:uns|mir|ihnen|euch|der|die|das|ein|eine|to|us|me|back|in)\b",
    r"\b(?:the|our|your|their|we|he|she|they|customer|der kunde|kunde)\b[^<@]{0,60}\b(?:wrote|schrieb)\b",
)
_WRAPPED: Final = 4


def introduction_length(lines: Sequence[str], at: int) -> int:
    """Lines of an introduction that begins here; 0 when none does.

    It names a day and ends with a colon; and either `>` lines follow, or it names a mail address, a year and a time,
    as mail programs do. “On Monday the customer wrote:” is a sentence.
    """
    line = lines[at].strip()[:_WIDTH]
    if not _BEGINS.match(line) and not _QUOTING.fullmatch(line):
        return 0
    joined = ""
    for number in range(at, min(len(lines), at + _WRAPPED)):
        part = lines[number].strip()[:_WIDTH]
        if not part:
            return 0
        joined = f"{joined} {part}".strip()
        if joined.endswith((":", ":*")):
            return number - at + 1 if _introduces(joined, lines, number + 1) else 0
    return 0


def _introduces(joined: str, lines: Sequence[str], after: int) -> bool:
    following = next((each.lstrip() for each in lines[after : after + 4] if each.strip()), "")
    if _QUOTING.fullmatch(joined):
        return following.startswith(">")
    if not _WROTE.search(joined) or not _DAY.search(joined):
        return False
    if following.startswith(">"):
        return True
    is_written_by_program = _EMAIL.search(joined) and _YEAR.search(joined) and _TIME.search(joined)
    return bool(is_written_by_program) and not _REPORTED.search(joined)


# --- answers further down

_BELOW: Final = any_of(
    r"\b(?:inline|in-line|in ?between|dazwischen|im text|farbig)\b",
    r"\b(?:weiter unten|siehe unten|s\.\s?u\.|unten stehend|untenstehend|direkt unter|unten|below)\b",
    r"\bin (?:rot|red|blau|blue|grün|green)\b",
)


def points_below(line: str) -> bool:
    """True if the writer says that more of theirs stands in the text below."""
    return bool(_BELOW.search(line[: _WIDTH * 5]))
