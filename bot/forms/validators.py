"""What counts as an answer? Each check takes what was typed and gives the canonical text, or says what is wrong.

A check raises `ValueError` with one sentence for the person who typed. Canonical texts are what tickets keep:
moments as Unix seconds, lists one item per line, choices by their value, everything else as typed and cleaned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import phonenumbers

from bot.config.settings import Config
from bot.core.cleaning import clean_text
from bot.core.clock import as_moment
from bot.core.i18n import mark, t
from bot.core.secret_detection import free_of_secrets
from bot.model.contact import dialled


@dataclass(frozen=True)
class Given:
    """What a check may look at besides the text itself."""

    now: datetime
    config: Config
    answers: Mapping[str, str]
    """The other answers of the form, as typed or canonical."""


Check = Callable[[str, Given], str]

MAIN_ID = re.compile(r"[0-9]{5}([A-Z]{2})?")
TENANT_ID = re.compile(r"[0-9]{5}[A-Z]{2}|[0-9]{5}")
MAIN_ACCOUNT = mark("main account only")

NONE = mark("none")
BY_MATRIX = mark("as impact and urgency say")
"""The reason for the priority that `[matrix]` proposes."""

_FILLERS = frozenset(
    "na none nil null nothing tbd tba tbc tbs todo wip x xx xxx unknown unclear unsure dunno later soon yet now "
    "asap see above below test idk pending ditto asdf dummy placeholder bla blah "
    "ka kp nv nb nn oa so su keine angabe angaben unbekannt unklar ungewiss nichts folgt siehe oben unten offen "
    "entfällt entf ausstehend später dito platzhalter".split()
)
"""Words that say nothing, by themselves and together; `k. A.` is read as `ka`."""
_PHRASES = frozenset(
    "no idea|no clue|no info|no information|don't know|dont know|do not know|not known|not sure|not certain|"
    "not clear|not applicable|not available|to be done|to be determined|to be confirmed|to be defined|"
    "to be decided|to be announced|to be clarified|to be checked|to be provided|to be advised|to be added|"
    "to follow|will follow|follows|follow|coming soon|comes later|will be provided|will be added|"
    "will be checked|will check|under investigation|in progress|in clarification|see ticket|see mail|"
    "see email|see e mail|see subject|see title|see description|as discussed|keine ahnung|kein plan|"
    "keine info|keine infos|keine information|keine informationen|ohne angabe|ohne angaben|nicht bekannt|"
    "nicht klar|nicht sicher|weiss nicht|wissen nicht|weiss keiner|kommt|kommt später|folgt später|"
    "wird nachgereicht|wird nachgeliefert|wird nachgetragen|wird ergänzt|wird geklärt|wird geprüft|reiche nach|"
    "reichen nach|muss geklärt werden|zu klären|in klärung|in prüfung|in arbeit|in bearbeitung|steht aus|"
    "steht nicht fest|siehe ticket|siehe mail|siehe e mail|siehe email|siehe betreff|siehe titel|"
    "siehe beschreibung|wie besprochen".split("|")
)
_ASIDE = frozenset(
    "i we am are us it this still currently yet now sorry unfortunately later soon "
    "ich wir mir uns es das noch derzeit aktuell momentan bisher bislang zurzeit leider später bald".split()
)
"""What may stand beside such a phrase and changes nothing: “noch nicht bekannt”."""
_NOTHING = frozenset({"none", "nothing", "keine", "nichts"})
"""“Noch keine” is more than “keine”: it may be an answer."""
_APART = re.compile(r"(?<![^\W\d_])([^\W\d_])(?:\s*[./]\s*|\s+)(?=[^\W\d_](?![^\W\d_]))")
"""Single letters one after the other, with dots, slashes or blanks between them."""
_UNAVAILABLE = re.compile(
    r"(not (?:available|applicable)|nicht (?:verfügbar|zutreffend|anwendbar))\b\W*(.*)", re.IGNORECASE | re.DOTALL
)
_BECAUSE = re.compile(r"^(?:because|since|as|weil|da)?\W*", re.IGNORECASE)
_LETTER = re.compile(r"\w")
_FAR_PAST = timedelta(days=366)
_NUMBER = re.compile(r"[+(]?\d[\d\s()/.\-]{4,}\d")
_SLACK_LINK = re.compile(r"<(?:mailto:|https?://)[^|>]*\|([^>]*)>")


def said(answer: str) -> str:
    """The words that are kept in English whatever was typed, in the language of who reads them; others as they are."""
    return t(answer) if answer in {NONE, MAIN_ACCOUNT, BY_MATRIX} else answer


def is_reasoned_absence(text: str) -> bool:
    """Whether this says that something is not available *and why*: an answer (guide 2.5), printed as it stands."""
    found = _UNAVAILABLE.match(text)
    return found is not None and not _is_vague(_BECAUSE.sub("", found[2], count=1))


def words(text: str, given: Given) -> str:  # noqa: ARG001 (every check has this shape)
    """Any real answer; blank and filler words are not one, and a secret is none that may be kept."""
    text = free_of_secrets(clean_text(text))
    if _is_vague(text) or (_UNAVAILABLE.match(text) and not is_reasoned_absence(text)):
        raise ValueError(
            t("“{answer}” leaves the question open. Write the answer, or: not available because …", answer=_short(text))
        )
    return text


def status(text: str, given: Given) -> str:
    """As `words`, for what a transaction's status may be called."""
    return clean_text(text) if _bare(text) in _STATUSES else words(text, given)


_STATUSES = frozenset({"pending", "open", "offen", "ausstehend", "in progress", "in bearbeitung"})


def words_or_none(text: str, given: Given) -> str:
    """As `words`, where “none” is an answer too."""
    return NONE if _bare(clean_text(text)) in {NONE, "no", "keine", "keiner", "keines", "nein"} else words(text, given)


def main_id(text: str, given: Given) -> str:  # noqa: ARG001
    """Five digits, and two letters where the ID has them (guide, section 4: e.g. 73125)."""
    text = clean_text(text).upper().replace(" ", "")
    if not MAIN_ID.fullmatch(text):
        raise ValueError(
            t("A main customer ID is five digits, with two letters behind where it has them: 73125, 12345RS.")
        )
    return text


def tenants(text: str, given: Given) -> str:  # noqa: ARG001
    """IDs by comma, space or line, each five digits and two letters; or “main account only”."""
    text = clean_text(text)
    if _bare(text) in {MAIN_ACCOUNT, "main account", "main only", "nur hauptkonto", "hauptkonto"}:
        return MAIN_ACCOUNT
    if is_reasoned_absence(text):
        return text
    ids = list(dict.fromkeys(part.upper() for part in re.split(r"[,;\s]+", text) if part))
    wrong = [part for part in ids if not TENANT_ID.fullmatch(part)]
    if wrong or not ids:
        how = t("IDs are five digits and mostly two letters: 12345RS, 23456RS. Or: {none}.", none=t(MAIN_ACCOUNT))
        raise ValueError(f"{t('“{part}” is not an ID.', part=_short(wrong[0]))} {how}" if wrong else how)
    return "\n".join(ids)


def moment(text: str, given: Given) -> str:
    """Unix seconds, not in the future and not more than a year ago."""
    at = as_moment(text)
    if at is None:
        raise ValueError(t("Pick a date and a time."))
    if at > given.now + timedelta(minutes=1):
        raise ValueError(t("This lies in the future. Pick when it really happened."))
    if at < given.now - _FAR_PAST:
        raise ValueError(
            t("This is more than a year ago. Pick the right year, or describe it in words under DESCRIPTION.")
        )
    return str(int(at.timestamp()))


def end(text: str, given: Given) -> str:
    """A moment not before the start."""
    text = moment(text, given)
    start = as_moment(given.answers.get("start", ""))
    if start and int(text) < start.timestamp():
        raise ValueError(t("The end lies before the start. Correct one of the two, or leave the end empty: ongoing."))
    return text


def contacts(text: str, given: Given) -> str:
    """One person per line, a name and a telephone number; numbers are written the international way."""
    people = [
        _contact(line, given.config.desk.phone_region)
        for line in free_of_secrets(clean_text(text)).splitlines()
        if line.strip()
    ]
    if not people:
        raise ValueError(t("Name at least one person with a telephone number: Anna Arnold, +49 89 1234 5678."))
    return "\n".join(people)


@lru_cache(maxsize=1000)  # the same few people answer for most tickets
def phone(text: str, region: str | None) -> str | None:
    """The number as `+49 89 12345678`, or nothing when it is no number that can exist."""
    number = dialled(text, region)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if number else None


def _contact(line: str, region: str | None) -> str:
    line = _SLACK_LINK.sub(r"\1", line)
    found = _NUMBER.search(line)
    if not found:
        raise ValueError(
            t(
                "“{line}” has no telephone number. One person per line: Anna Arnold, +49 89 1234 5678.",
                line=_short(line),
            )
        )
    if _NUMBER.search(line, found.end()):
        raise ValueError(
            t(
                "“{line}” has more than one number. One person with one number per line: Anna, +49 89 1234 5678.",
                line=_short(line),
            )
        )
    name = (line[: found.start()] + " " + line[found.end() :]).strip(" ,;:·-–()\t")
    if not _LETTER.search(name):
        raise ValueError(
            t("Whose number is {number}? One person per line: Anna Arnold, +49 89 1234 5678.", number=found[0].strip())
        )
    number = phone(found[0], region)
    if number is None:
        how = "" if found[0].startswith("+") or region else t("Write it with its country code: +49 89 …")
        said = t("“{number}” is not a telephone number that can be dialled.", number=found[0].strip())
        raise ValueError(f"{said} {how}".strip())
    return f"{name}, {number}"


def _bare(text: str) -> str:
    plain = re.sub(r"[^\w\s/.']", " ", text.casefold().replace("’", "'"))
    return " ".join(_APART.sub(r"\1", plain).split()).strip(" .")


def _is_vague(text: str) -> bool:
    bare = _bare(text)
    if not _LETTER.search(bare):
        return True
    said = [word for word in re.split(r"[\s/.]+", bare) if word]
    core = [word for word in said if word not in _ASIDE]
    return (
        all(word in _FILLERS for word in said)
        or " ".join(core) in _PHRASES
        or (not _NOTHING.issuperset(core) and all(word in _FILLERS for word in core))
    )


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"  # noqa: PLR2004 (a field error is one line)
