"""Forms in a text: lines such as `Impact: no outbound mail`, and the guide's headings with their answers below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.core.cleaning import clean_line
from bot.core.fillers import is_filler
from bot.core.identifiers import fold
from bot.core.moments import read_moment
from bot.intake.model import FieldReading, IntakeContext, Origin
from bot.intake.text_page import LEGAL_FORM, TextPage

_LABELLED = re.compile(r"^\W{0,5}(\w[^:\n]{1,60}?)\s*(?::|\s\.{3,60})\s+(\S.*)$")
_LABELS = {
    fold(label): key
    for key, labels in {
        "start": "start|start time|incident start time|outage start|down since|startzeit|störung seit|"
        "start of incident|problem seit|problem since|problem started|problem start|beginn|beginn der störung|"
        "störungsbeginn|started|begin|seit|since|incident start",
        "end": "end|end time|endzeit|end of incident|ende|ende der störung|störungsende|ended|resolved|behoben|"
        "incident end|end of incident (optional)",
        "customer": "customer|kunde|endkunde|end-customer|company|firma",
        "impact": "impact|auswirkung|auswirkungen|business impact",
        "error": "error|error message|error messages|error pattern|error pattern / message|error pattern(s) / "
        "message(s)|fehler|fehlermeldung|fehlermeldungen|fehlerbild",
        "affected": "affected customers|number of affected customers|customers affected|betroffene kunden|"
        "anzahl betroffener kunden|affected",
        **{
            f"affected {unit}": labels
            for unit, labels in {
                "users": "affected users|users affected|number of affected users",
                "Benutzer": "betroffene benutzer|anzahl betroffener benutzer|betroffene nutzer|betroffene anwender",
            }.items()
        },
        "main_id": "partners' main customer id",
    }.items()
    for label in labels.split("|")
}
_MAIN_ID = re.compile(r"\d{5}(?:[A-Z]{2})?")
_SENTENCE = re.compile(r"\.\s{1,3}(?=[A-ZÄÖÜ])(?!(?:Please|Try|For more|See|Visit|Contact|Learn)(?![^\W_]))")
"""The end of a server's answer, where a person's sentence follows; servers say “Please try again later” themselves."""
_LONGEST = 1000
_NUMBER = re.compile(r"(?:ca\.?|about|approx\.?|etwa)?\s?(\d{1,6})(?:\s(?:customers|kunden))?\.?", re.IGNORECASE)


def readings(page: TextPage, known: IntakeContext) -> Iterator[FieldReading]:
    """Values of labelled lines and headings. Lines whose value is read whole are consumed."""
    for number, line in list(page.free()):
        labelled = _LABELLED.match(line)
        if labelled:
            key, value, at = _LABELS.get(fold(labelled[1]), ""), labelled[2], number
        else:
            at = number + 1
            is_heading = line.isupper() and at < len(page.lines) and at not in page.taken
            key, value = (_LABELS.get(fold(line), ""), page.lines[at]) if is_heading else ("", "")
        canonical = _canonical(key, clean_line(value), known) if key and value.strip() else ""
        if canonical:
            yield FieldReading(key.split()[0], canonical, page.source(Origin.WORDS, at))
            page.take(number, at + 1)


_OF_FORMS = frozenset(("impact", "customer", "affected", "contact"))
_PERSON = re.compile(r"(?:ansprechpartner(?:in)?|kontakt(?:person)?|contact(?: person)?)", re.IGNORECASE)


def is_form(page: TextPage) -> bool:
    """True for a form that a person filled in, whose lines are no report on a transaction."""
    labelled = filter(None, (_LABELLED.match(line) for line in page.lines[:200]))
    keys = {
        "contact" if _PERSON.fullmatch(each[1]) else _LABELS.get(fold(each[1]), "").split(" ")[0] for each in labelled
    }
    return len(keys & _OF_FORMS) > 1


def line_of(key: str, read: Sequence[FieldReading]) -> int | None:
    """The index of the line `label: value` that is this field's only reading; None without one, or with several."""
    lines = [each.source for each in read if each.key == key]
    is_labelled = len(lines) == 1 and _LABELLED.match(lines[0].excerpt)
    return lines[0].line - 1 if is_labelled else None


def _canonical(key: str, value: str, known: IntakeContext) -> str:
    if key in {"start", "end"}:
        at = read_moment(value, known.zone, known.now)
        is_past = at is not None and at <= known.now + timedelta(minutes=1)
        return str(int(at.timestamp())) if at and is_past else ""
    if key == "main_id":
        return value if _MAIN_ID.fullmatch(value) else ""
    if key == "customer":
        return value if LEGAL_FORM.search(value) and fold(value) not in map(fold, known.customers) else ""
    if key.startswith("affected"):
        found = _NUMBER.fullmatch(value)
        return f"{int(found[1])}{key.removeprefix('affected')}" if found else ""
    if key == "error" and value[:1].isdecimal():
        value = _SENTENCE.split(value, maxsplit=1)[0].rstrip(".")
    return "" if is_filler(value) or len(value) > _LONGEST else value
