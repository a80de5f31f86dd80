"""Reads an action that is typed behind the command in one line: a ticket, a verb, and the words behind it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.errors import Refused
from bot.core.i18n import t
from bot.core.identifiers import fold


class Verb(StrEnum):
    """Actions that one line can carry out."""

    TAKE = "take"
    TAKE_OVER = "take over"
    ACCEPT = "accept"
    CONFIRM = "confirm"
    RESOLVE = "resolve"
    NOTE = "note"
    RCR = "rcr"
    WAIT = "wait"


_TYPED = {
    Verb.TAKE: "take|nehmen|nimm|nehme|nehm|nehme ich|übernehmen|übernimm|übernehme|übernehme ich"
    "|nehm ich|mach ich|mache ich|mine|meins",
    Verb.TAKE_OVER: "take over|takeover|selbst übernehmen|übernimm selbst|übernehme selbst",
    Verb.ACCEPT: "accept|accepted|annehmen|nimm an|nehme an|angenommen|akzeptieren|akzeptiere|akzeptiert",
    Verb.CONFIRM: "confirm|confirmed|confirm and close|close|closed|bestätigen|bestätige|bestätigt|schließen|schließe"
    "|bestätigen und schließen|geschlossen|abschließen|abgeschlossen",
    Verb.RESOLVE: "resolve|resolved|solved|fixed|remedy|lösen|löse|gelöst|als gelöst melden|behoben|erledigt|abhilfe",
    Verb.NOTE: "note|comment|write a note|notiz|notiz schreiben|anmerkung|bemerkung|kommentar|vermerk",
    Verb.RCR: "rcr|rcr number|rcr-nummer",
    Verb.WAIT: "wait|snooze|warten|warte|zurückstellen|später|später erinnern|wiedervorlage|wv",
}
"""Typed words, English and German, by their actions; the labels of the buttons are among them."""
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_VERBS = {word: verb for verb, words in _TYPED.items() for word in words.split("|")}
_VERBS |= {word.translate(_SPELLED_OUT): verb for word, verb in _VERBS.items()}
_LONGEST_FIRST = sorted(_VERBS, key=len, reverse=True)
_ALONE = frozenset({Verb.TAKE, Verb.TAKE_OVER, Verb.ACCEPT, Verb.CONFIRM})
_ANY = "|".join(re.escape(word) for word in _LONGEST_FIRST)
_LATER = re.compile(rf"(.*?[^\s:,;])[\s:,;]+({_ANY})(?!\w)[\s:,;]*(.*)", re.IGNORECASE | re.DOTALL)
"""Words, an action, and the words behind it."""
_BEFORE = re.compile(
    r"[-=>\u2192/*_`\"'\u201c\u201e\s]*(?:(?:i|i['\u2019]ll|ich|bitte|please|pls|plz)\s+)*", re.IGNORECASE
)
"""Signs and words before an action that change nothing: `*take*`, `-> take`, `please take`."""
_POLITE = re.compile(r"[\W_]*(?:(?:it|es|ich|bitte|please|pls|plz|thanks|danke)\b[\W_]*)*", re.IGNORECASE)
"""Words and signs behind an action that change nothing."""
_REFERENCE = (
    r"[*_`\"'\u201c\u201e(\[]*(?:(?:ticket|nr|no)\b[.:]?\s*){{0,2}}#?"
    r"((?:{prefix}[-\s#:\u2010-\u2015\u2212]{{0,5}})?\d{{1,9}})[*_`\"'\u201c\u201d)\]]*"
)
"""A ticket as it is typed: `1001`, `#1001`, `PD-1001`, `Ticket 1001`, also in bold or as code."""


_FURTHER = r"(?:(?:(?:and|und|&|\+)\s*)?{reference}(?:\s*[,;:]\s+|[,;]|\s+|$))+"
"""Further tickets behind the first."""
_SHORTEST = 3
"""Digits of a ticket between an action and its words: shorter numbers are words, as in `wait 2 h`."""


@dataclass(frozen=True)
class OneLine:
    """A ticket's reference as it is typed, and what to do with the ticket."""

    ticket: str
    typed: str
    """Everything behind the ticket."""
    names_several: bool = False
    """True if further tickets follow the first."""

    def read(self) -> tuple[Verb, str]:
        """The verb and the words behind it. `Refused` where there is no such verb, or too many words."""
        if self.names_several:
            words = t("Nothing was done: one line acts on one ticket. `/retarus-ticket` lists them, to change several.")
            raise Refused(words)
        typed = _BEFORE.sub("", unicodedata.normalize("NFC", self.typed), count=1)
        verb = next((each for each in _LONGEST_FIRST if _begins_with(typed, each)), "")
        if not verb:
            self._refuse_late_verb(typed)
            known = ", ".join(f"`{each}`" for each in Verb)
            word = typed.split()[0][:40] if typed.strip() else self.typed[:40]
            raise Refused(t("“{word}” is not an action on a ticket. Possible are: {known}.", word=word, known=known))
        behind = typed[len(verb) :]
        words = (behind[1:] if behind[:1] in {"*", "_", "`"} else behind).lstrip(":, ").strip()
        if _VERBS[verb] is Verb.RCR:
            words = words.lstrip("-\u2010\u2011\u2012\u2013\u2014\u2212_#:. ")
        if _VERBS[verb] in _ALONE and _POLITE.fullmatch(words):
            words = ""
        if words and _VERBS[verb] in _ALONE:
            raise Refused(t("Nothing was done: write `{verb}` alone, without “{words}”.", verb=verb, words=words[:40]))
        return _VERBS[verb], words

    def _refuse_late_verb(self, typed: str) -> None:
        """Shows the line in its order where the words come before the action: `1001 2 h wait`."""
        found = _LATER.fullmatch(typed)
        if found is None or (found[3] and not typed[0].isdigit()):
            return
        verb, words = found[2], " ".join(filter(None, (found[1].strip(" :,;"), found[3].strip())))
        if _verb_of(verb) in _ALONE:
            raise Refused(t("Nothing was done: write `{verb}` alone, without “{words}”.", verb=verb, words=words[:40]))
        line = f"{self.ticket} {verb} {excerpt(words, 60)}"
        raise Refused(t("Nothing was done: the action comes right after the ticket, as in `{line}`.", line=line))


def _verb_of(word: str) -> Verb | None:
    return next((verb for each, verb in _VERBS.items() if each.casefold() == word.casefold()), None)


def _begins_with(typed: str, verb: str) -> bool:
    begin, rest = typed[: len(verb)], typed[len(verb) :]
    is_whole = not rest or not rest[0].isalnum() or (verb == "rcr" and rest[0].isdecimal())
    return begin.casefold() == verb.casefold() and is_whole


def parse(text: str, config: Config) -> OneLine | None:
    """The action in a text such as `PD-1001 note They called again`; None where nothing follows a ticket.

    The action may come first: `take 1001`, `note 1001 They called again`, `rcr PD-1001 88123`.
    """
    text, flags = unicodedata.normalize("NFC", text), re.IGNORECASE | re.DOTALL
    reference = _REFERENCE.format(prefix=re.escape(config.desk.prefix))
    found = re.fullmatch(rf"{reference}[\s:,.;][\s:,.;\u2010-\u2015-]*(\S.*)", text, flags)
    if found:
        return OneLine(fold(found[1]), found[2], _names_several(found[2], reference))
    turned = re.fullmatch(rf"(?:{_BEFORE.pattern})?({_ANY})\s+{reference}(\W.*)?", text, flags)
    if turned is None or (_verb_of(turned[1]) not in _ALONE and len(turned[2]) < _SHORTEST):
        return None
    rest, is_number = (turned[3] or "").lstrip(" :,"), _verb_of(turned[1]) is Verb.RCR
    if is_number and not re.search(r"\d", rest):  # `rcr 88123` looks a number up
        return None
    return OneLine(fold(turned[2]), f"{turned[1]} {rest}", not is_number and _names_several(rest, reference))


def _names_several(words: str, reference: str) -> bool:
    """True for further tickets, alone or before an action: `1002 take`, but neither `2 h wait` nor `88123 rcr`."""
    further = re.match(_FURTHER.format(reference=reference), words, re.IGNORECASE)
    if further is None:
        return False
    behind = _BEFORE.sub("", words[further.end() :], count=1)
    verb = next((each for each in _LONGEST_FIRST if _begins_with(behind, each)), "")
    is_number = bool(verb) and _VERBS[verb] is Verb.RCR and not behind[len(verb) :].strip(" .!")
    return not behind or (bool(verb) and not is_number)
