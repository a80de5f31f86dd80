"""Reads error messages in the words of people: in quotes, behind a colon, or a bare code."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from bot.intake.text_page import CODE

_SMTP_ANSWER = re.compile(
    r"(?:^|:\s{1,3}|\s-\s{1,3})([245]\d\d[ -]#?[245]\.\d{1,3}\.\d{1,3}\b(?:(?!\.\s{1,3}[A-ZÄÖÜ]|"
    r";? \(?Message-ID)[^\n]){0,300})",
    re.MULTILINE,
)
_QUOTED = re.compile(r"\"([^\"\n]{3,300})\"|(?<!\w)'([245]\d\d[ -][^'\n]{3,300})'(?!\w)")
_NAMED_CODE = re.compile(
    r"(?<![\w.-])(?i:(?:smtp|sip|https?)(?:/\d\.\d)?|(?:(?:smtp|sip|fax|https?)[- ]?)?(?:error|fehler)(?:[- ]?code)?)"
    r"(?i: (?:error|code|fehler|status|status code))?(?: ?[:#]|/)? ?[4-6]\d\d(?![\w-]|[.,]\d| ?[245]\.\d)"
    r"(?:: [^.;,\n]{3,80}|(?i: (?:busy here|not found|request time-?out|temporarily unavailable|decline|"
    r"busy everywhere|service unavailable|server time-?out|not acceptable(?: here)?|forbidden|bad gateway|"
    r"gateway time-?out|internal server error|too many requests|address incomplete))"
    r"(?![\w-])|(?: [A-Z][a-z]+){1,4}(?![\w-]))?"
    r"|(?<![\w.-])(?i:(?:(?:fax|t\.30|sms)[- ]?)?(?:error|fehler)[- ]?code|(?:fax|t\.30|sms)[- ]?(?:error|fehler))"
    r"(?: ?[:#])? ?\d{1,5}(?![\w-]|[.,]\d)"
)
"""A code with the name of its protocol or the word `error`: `SMTP 452`, `SIP 503 Service Unavailable`."""
_CODE_AND_WORDS = re.compile(
    CODE.pattern + r"(?: (?!(?:Fehler|Meldung|Mail|Antwort|Code|Error|Nachricht|"
    r"Kunde)[a-z]{0,3}\b)[A-ZÄÖÜ](?:[^\W\d_]|['-])*"
    r"(?: (?!(?:on|since|seit|bei|auf|und|and|when|for|from|von|an|at|wird|werden|wurden?|kommen|kommt|is|are|was|were|"
    r"with|mit|im|ab|als|zur|(?<!adresse )(?<!mpfänger )(?<!ugriff )(?<!achricht )(?:abgewiesen|abgelehnt)|ca|"
    r"etwa|about|evtl|vermutlich|seither|zurück|weil|because|but|aber|bitte)\b)(?:[^\W\d_]|['-])+){0,7})?"
)
"""A bare code, and the server's words behind it as far as they are surely its own."""
_SIP_VERSION = re.compile(r"^SIP/\d\.\d ")
_SMS = re.compile(r"(?<![^\W_])sms(?![^\W_])", re.IGNORECASE)
_STATE = re.compile(
    r"(?:(?i:status|state|dlr)[^\n.;:]{0,12}?[ :])(EXPIRED|UNDELIVERABLE|UNDELIVERED|UNDELIV|"
    r"REJECTED|REJECTD|FAILED)(?!\w)"
)
"""A state of an SMS in a sentence."""
_FAX = re.compile(r"(?<![^\W_])e?fax", re.IGNORECASE)
_RESULTS = (
    r"(?:(?:leitung )?besetzt|keine? (?:antwort|verbindung|träger|faxgerät|gegenstelle)|verbindung (?:abgebrochen|"
    r"getrennt)|"
    r"line busy|busy|no (?:answer|carrier|dial ?tone|fax machine|response|connection)|communication error|"
    r"kommunikationsfehler|übertragungsfehler|zeitüberschreitung|abgebrochen)(?: \([^()\n]{1,20}\))?"
)
_FAX_RESULT = re.compile(
    rf"[\"'](?P<quoted>{_RESULTS})[\"']|(?:result|ergebnis|status|meldung|report says|meldet)(?: is| was| ist|"
    rf" war)?:? (?P<said>{_RESULTS})(?![^\W_])",
    re.IGNORECASE,
)
"""The outcome of a fax in a sentence: `immer "Besetzt"`, `result NO ANSWER`."""
_SHOWN = re.compile(
    r"(?<![^\W_])(?i:portal|gerät|display|anzeige|machine|device|protokoll|log|report|status|meldung|fehlermeldung|fehler|"
    r"error(?: message)?|ergebnis|erg|result|bildschirm|screen|steht|erscheint|meldet|shows?)(?![^\W_])[^\"\n!?]{0,40}"
    r"\"(?!(?:queued|pending|in progress|ok|sent|accepted|zugestellt|gesendet|"
    r"wird gesendet)\")([^\W\d_][^\"\n?!]{2,70})\""
)
"""Words that a machine shows, in quotes: `am Gerät steht nur "Leitung gestört"`."""
_QUOTED_ERROR = re.compile(r"^(?:SIP[ /](?:2\.0 )?[3-6]\d\d\b|T\.3[08]\b|[245]\d\d\b.{0,10}\D)", re.IGNORECASE)


def errors_in(text: str) -> list[tuple[int, str]]:
    """Error messages in the order of the text: in quotes, behind a colon, or a bare code."""
    found = dict[int, str]()
    quotes = [(each, each[1] or each[2]) for each in _QUOTED.finditer(text)]
    quotes = [
        (each, quoted_text)
        for each, quoted_text in quotes
        if _QUOTED_ERROR.match(quoted_text) or CODE.search(quoted_text)
    ]
    found |= {each.start(): quoted_text.strip() for each, quoted_text in quotes}
    quoted = [each.span() for each, _ in quotes]
    lines = [each for each in _SMTP_ANSWER.finditer(text) if not _is_within(each.start(1), quoted)]
    found |= {each.start(): " ".join(each[1].split()).rstrip(" .,;") for each in lines}
    quoted_text = [each.span() for each in lines]
    codes = (
        each
        for pattern in (_CODE_AND_WORDS, _NAMED_CODE)
        for each in pattern.finditer(text)
        if not _is_within(each.start(), quoted) and not _is_within(each.start(), quoted_text)
    )
    found |= {each.start(): _SIP_VERSION.sub("SIP ", each[0]) for each in codes if each[0][0] != "2"}
    if _SMS.search(text):
        found |= {each.start(1): each[1] for each in _STATE.finditer(text)}
    found |= {each.start(1): each[1].strip() for each in _SHOWN.finditer(text) if each.start() not in found}
    if _FAX.search(text):
        found |= {each.start(): each[1] or each[2] for each in _FAX_RESULT.finditer(text)}
    return sorted(found.items())


def _is_within(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    """True if one of these ordered spans contains this place."""
    before = bisect_right(spans, (at, len(spans) and spans[-1][1]))
    return before > 0 and spans[before - 1][0] <= at < spans[before - 1][1]
