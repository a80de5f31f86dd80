"""Headings and labels of transactions, German and English, and the part of a transaction that each names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from bot.core.characters import plain

_HEADINGS: Mapping[str, str] = {
    heading: part
    for part, headings in {
        "when": "when|message sent at|nachricht gesendet am|submitted|submitted at|transmitted|transmitted at|"
        "sent date|time|timestamp|date|date time|datetime|sent|sent at|sent on|sentat|senttime|received|"
        "received at|date received|"
        "submit date|submit time|submission date|"
        "origin timestamp|created|ts|auftragszeit|eingang|created at|generated at|erstellt|zeit|zeitstempel|"
        "zeitpunkt|datum|datum uhrzeit|datum zeit|uhrzeit|"
        "gesendet|gesendet am|"
        "gesendet um|versendet|versendet am|versandt|versandt am|abgesendet|eingeliefert|received on|submitted on|"
        "sendezeitpunkt|übertragungszeit|übermittelt am|"
        "submission time|sent time|send time|"
        "time sent|date sent|event time|empfangen|empfangen am|empfangen um|sendezeit|versandzeit|start time|startzeit|"
        "transmission time",
        "direction": "direction|richtung|type|typ|mode|modus|art",
        "local": "eigene|own|local|local number|local id|own number|eigene nummer|eigene rufnummer|lokal",
        "remote": "remote|remote id|remote csid|remote number|remote station|other party|station|identification|"
        "gegenstelle|gegenstellenkennung|kennung der gegenstelle",
        "sender": "sender|sending account|sender address|from|from address|originator|source|src|from csid|caller|"
        "caller "
        "id|callerid|csid|account|"
        "absender|absenderadresse|absendernummer|absenderkennung|absendendes konto|sendendes konto|von|konto|"
        "absenderkonto|anrufer|quelle|sender number|sender id|senderid|absender id|absender rufnummer|sender csid|"
        "senders csid|sender s csid|source address",
        "recipient": "recipient|recipients|recipient address|recipient status|recipient number|termination "
        "address|termination number|to|to address|"
        "destination|destination number|destination address|"
        "fax no name|fax nr name|ziel rufnummer|"
        "destination no|destination fax|dest|msisdn|fax number|faxnumber|fax no|fax nr|receiver|called party|"
        "phone number|mobile|mobilnummer|mobile number|zielnr|ziel nr|"
        "nach|callee|empfänger|empfaenger|empfängeradresse|empfängernummer|faxnummer|zielnummer|zielrufnummer|ziel|an|"
        "rufnummer|terminierungsadresse|handynummer",
        "inbound": "inbound|inbound number|called number|called|did|gewählte nummer|gerufene nummer|eingehende "
        "nummer|eingangsnummer|"
        "eingehende rufnummer|rufnummer eingehend|empfangsrufnummer|empfangsnummer",
        "status": "status|status code|statuscode|status message|statusmeldung|result|ergebnis|error|error "
        "message|fehler|fehlermeldung|reason|grund|response|antwort|"
        "status error message|sms status|fax status|delivery status|zustellstatus|meldung|message status|"
        "antwort des servers|serverantwort|server response|server reply|smtp response|remote response|diagnostic code|"
        "outcome|event status|ursache|state|final status|"
        "resultat|sendestatus|versandstatus|smtp|smtp code|"
        "detail|details|error text|error description|error detail|error details|"
        "error code|errorcode|reason code|fehlertext|fehlercode|fehlerbeschreibung|fehlerdetails|fehlernummer",
        "log": "log|error log|error log extract|log extract|logauszug|fehlerprotokoll|protokoll",
        "message_id": "message id|messageid|message id header|nachrichten id|nachricht id|msgid|msg id|sms id|"
        "message sid|"
        "internet message id",
        "queue": "queue id|queueid|queue",
        "job": "job|job id|jobid|job no|job nr|jobnr|job number|jobnummer|auftragsnummer|auftrag|auftrags id|"
        "auftrag nr|auftrags nr|auftragsnr|unique id|"
        "transmission id|übertragungs id|sendungs id|vorgangsnummer|fax id|"
        "request id|transaction id|transaktions id|id|reference",
    }.items()
    for heading in headings.split("|")
}
_OF_MEDIA = frozenset("fax faxnummer faxnr faxno sms smtp mail email e nummer number nr no".split())
"""Words that a heading may have beside its own: `Faxnummer Absender`, `Sender Fax`, `An Faxnr.`"""
_MEDIUM_BEFORE = re.compile(r"^(?:fax|sms|mail)(?=[a-zäöü]{3})")
"""Such a word that begins a compound: `Faxstatus`."""
_WEAK = frozenset(
    "account konto absenderkonto created createdat created_at generatedat generated_at erstellt bouncetimestamp".split()
)
"""Headings that mean their part only where no other column does."""
_OF_TABLES = {
    "email": "recipient",
    "emailaddress": "recipient",
    "e mail": "recipient",
    "email address": "recipient",
    "e mail adresse": "recipient",
}
"""Headings that mean a part in tables only, not in front of a colon."""
_INSIDE_WORD = re.compile(r"(?<=[a-zäöü])(?=[A-ZÄÖÜ])")
_IN_BRACKETS = re.compile(r"\s?\([^()]{1,40}\)\s?$")
_NOT_WORD = re.compile(r"[^\w]+|_+")
_NUMBERS = frozenset("nummer number telefon telefonnummer phone telephone".split())
_LONGEST_HEADING = 60


@lru_cache(maxsize=2000)
def heading_part(heading: str) -> str:
    """The part a heading or a label names (`Zielnummer`: `recipient`); empty when none."""
    if len(heading) > _LONGEST_HEADING:
        return ""
    spelled = (heading, _INSIDE_WORD.sub(" ", heading), _IN_BRACKETS.sub("", heading))
    return next(filter(None, map(_part_of_words, spelled)), "")


def _part_of_words(heading: str) -> str:
    words = re.sub(r"\((?:optional|s)\)", " ", plain(heading).casefold())
    words = " ".join(_NOT_WORD.sub(" ", words).split())
    words = re.sub(r" (?:utc|gmt|local|lokal|mez|mesz|cet|cest)$", "", words)
    own = " ".join(each for each in words.split() if each not in _OF_MEDIA)
    return _HEADINGS.get(words) or _HEADINGS.get(own) or _HEADINGS.get(_MEDIUM_BEFORE.sub("", words), "")


def column_parts(headings: Sequence[str], first: Sequence[str], is_dialled: Callable[[str], bool]) -> tuple[str, ...]:
    """The part of each column; empty for one without.

    `first`: the first row, whose cell below `Nummer` is a telephone number or not. `RecipientStatus` is the recipient
    in some exports, and the status beside one.
    """
    names = [
        heading_part(each) or _OF_TABLES.get(" ".join(_NOT_WORD.sub(" ", each.casefold()).split()), "")
        for each in headings
    ]
    for number, each in enumerate(headings):
        if each.casefold().replace(" ", "") == "recipientstatus" and names.count("recipient") > 1:
            names[number] = "status"
    for number, each in enumerate(headings):
        if each.casefold().replace(" ", "") in _WEAK and names.count(names[number]) > 1:
            names[number] = ""
    for number, (each, cell) in enumerate(zip(headings, first, strict=False)):
        if each.casefold() in _NUMBERS and not {"recipient", "remote"} & set(names) and is_dialled(cell):
            names[number] = "recipient"
    return tuple(names)
