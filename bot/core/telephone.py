"""Find telephone numbers, and people with their numbers, in text. `phonenumbers` decides what a number is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from bot.core.characters import plain
from bot.core.cleaning import clean_text, shorten_middle
from bot.core.fillers import is_filler
from bot.core.i18n import t
from bot.core.identifiers import EMAIL_ADDRESS

_LINK = re.compile(r"<(?:tel:|mailto:|https?://)[^|<>\n]{0,2000}\|([^<>\n]{0,2000})>")
_EXTENSION = re.compile(
    r"[\s,;(\-]{0,3}(?<![^\W_])(?:durchwahl|dw|nebenstelle|nst|app|apparat|klappe|kl|extension|extn?)\b[.:=\s\-]{0,3}"
    r"(\d{1,7})(?!\d)\)?",
    re.IGNORECASE,
)
"""Words for an extension, German and English; `ext. 12` is how the library reads all of them."""
_HOURS = re.compile(
    r"(?<![\d+])(?:24\s?[/x×]\s?7|7\s?[/x×]\s?24|\d{1,2}:\d\d\s?(?:-|to|bis)\s?\d{1,2}:\d\d|"
    r"\d{1,2}(?:[.:]\d\d)?\s?(?:[ap]m)?\s?(?:-|to|bis)\s?\d{1,2}(?:[.:]\d\d)?\s?(?:uhr|h|[ap]m)\b)",
    re.IGNORECASE,
)
"""Hours of attendance beside a number; the library would dial them along."""
_ALTERNATIVE = re.compile(r"(?<=\d)\s?/\s?(?=\d{1,4}(?![\d\s()/.\-]{0,3}\d))")
"""`1234 5678/79`: the slash before the last few digits, which are another number and no part of this one."""
_DOTS = str.maketrans({"~": "-", "·": ".", "•": ".", "‧": ".", "・": ".", "∙": ".", "⋅": "."})
"""Signs between the digits of a number that the library takes for something else."""
_BETWEEN_DIGITS = re.compile(r"(?<=\d)\s?[~·•‧・∙⋅]\s?(?=\d)")
_NUMBERED = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)](?=\s))\s*")
_LABELS = re.compile(
    r"(?<![^\W_])(?:(?:tel(?:efon|ephone)?|phone|fon|mobile?|mobiltelefon|cell|handy|office|büro|direct|direkt|nummer|number|"
    r"festnetz|rufnummer|rückruf|landline|dienstlich|geschäftlich|privat)"
    r"(?:[-\s.]?(?:nr|no|nummer|number))?(?![^\W_])[.:]{0,2}|[TMPFDH]:)",
    re.IGNORECASE,
)
_ONE_LETTER = frozenset("TMPFDH")
"""Labels that are one letter: “Ben Brandt T +49 …”."""
_JOINT = re.compile(
    r"^(?:(?:and|und|or|oder|sowie|bzw\.?)(?![^\W_])|[&+])|(?:(?<![^\W_])(?:and|und|or|oder|sowie)|[&+])$"
)
"""A word between two people or two numbers; no part of a name."""
_GLUED = re.compile(r"(?<=[^\W\d_])(?=(?:\+|0\d)\d[\d\s()/.\-]{4})|(?<=\d{4})(?=(?!ext)[^\W\d_]{3})", re.IGNORECASE)
"""The place between a word and a number without a blank."""
_NUMBER_BEFORE = re.compile(r"[+\d][\d\s()/.\-]{0,30}$")
_PREFIX = re.compile(r"^00|\(0\)")
_SUBSCRIBER = 8
"""Digits after which a number is more than an area code with its country."""
_EDGES = " ,;:·|/()[]<>-\t"
_LIKE_A_NUMBER = re.compile(r"[+(]?\d[\d\s()/.\-]{0,40}\d|\d")
_BARE_MSISDN = re.compile(r"[1-9]\d{10,14}")
"""Digits with a country code: a number that is dialled at home begins with a zero, or is shorter."""
_HAS_DIGIT = re.compile(r"\d")
_HAS_LETTER = re.compile(r"[^\W\d_]")
_LONGEST_LINE = 500


@dataclass(frozen=True)
class ReachablePerson:
    """A person and how to call them."""

    name: str
    numbers: tuple[str, ...]
    """The numbers as they are dialled from abroad, with extensions: `+49 89 12345679 ext. 12`."""

    @property
    def line(self) -> str:
        """The form in a ticket: `Ben Brandt, +49 89 12345679`."""
        return ", ".join((self.name, *self.numbers))


def people(text: str, region: str | None) -> tuple[ReachablePerson, ...]:
    """All people a text names with a telephone number: one or several per line, the number behind or before the name.

    `region`: the country of numbers without a country code. `ValueError` with a sentence for who typed it.
    """
    lines = [line for line in clean_text(text).split("\n") if line.strip()]
    found = [person for line in lines for person in _of_line(line, region)]
    if not found:
        raise ValueError(t("Name at least one person with a telephone number: Anna Arnold, +49 89 1234 5678."))
    return tuple(found)


def contact_lines(text: str, region: str | None) -> str:
    """The form in a ticket: one person per line. Idempotent."""
    return "\n".join(person.line for person in people(text, region))


def telephone_numbers(text: str, region: str | None) -> tuple[str, ...]:
    """All possible numbers in a text, as E.164 with extension (`+498912345679`, `+498912345679;12`), each once.

    What two spellings of one number have in common: for search and comparison.
    """
    lines = (_dialling(line)[:_LONGEST_LINE] for line in clean_text(text).split("\n") if _HAS_DIGIT.search(line))
    return tuple(dict.fromkeys(_e164(each.number) for line in lines for each in _matches(line, region)))


@lru_cache(maxsize=1000)  # the same few people answer for most tickets
def international(text: str, region: str | None) -> str | None:
    """One number as it is dialled from abroad, e.g. `+49 89 12345678`; nothing when it is no number that can exist."""
    try:
        number = phonenumbers.parse(_dialling(text)[:_LONGEST_LINE], region)
    except phonenumbers.NumberParseException:
        return None
    return _written(number) if phonenumbers.is_valid_number(number) else None


def number_of_machine(text: str, region: str | None) -> str | None:
    """`international` for a number in a report, where the country code may stand without its plus: `4917155512345`."""
    text = text.strip()
    with_code = international(f"+{text}", region) if _BARE_MSISDN.fullmatch(text) else None
    return with_code or international(text, region)


def dialling_number(text: str, region: str | None = None) -> str:
    """`international`, but raises `ValueError` with the reason for an impossible number."""
    number = international(text, region)
    if number is None:
        raise ValueError(t("a telephone number with its country code is needed, e.g. +49 89 1234 5678"))
    return number


def _dialling(line: str) -> str:
    """The line as the library reads it: plain dashes and digits, extensions in its own words, links unwrapped.

    What is not part of a number is set apart by a bar, which ends a number.
    """
    line = plain(_LINK.sub(r"\1", line))
    line = _BETWEEN_DIGITS.sub(lambda found: found[0].strip().translate(_DOTS), line)
    line = _HOURS.sub(r" | \g<0>", _EXTENSION.sub(r" ext. \1", line))
    return _ALTERNATIVE.sub(lambda found: " | " if _digits_before(found) >= _SUBSCRIBER else found[0], line)


def _digits_before(found: re.Match[str]) -> int:
    """Digits of the number that ends here; a slash after few of them ends the area code: `089/1234`."""
    written = _NUMBER_BEFORE.search(found.string[max(0, found.start() - 30) : found.start()])
    return sum(map(str.isdigit, _PREFIX.sub("", written[0]))) if written else 0


def _matches(line: str, region: str | None) -> list[phonenumbers.PhoneNumberMatch]:
    return list(phonenumbers.PhoneNumberMatcher(line, region))


def _written(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _e164(number: phonenumbers.PhoneNumber) -> str:
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{written};{number.extension}" if number.extension else written


@lru_cache(maxsize=200)  # the same few people raise most tickets, and are their contacts
def _of_line(line: str, region: str | None) -> tuple[ReachablePerson, ...]:
    typed = _NUMBERED.sub("", plain(_LINK.sub(r"\1", line)))
    line = _dialling(_GLUED.sub(" ", typed))
    if len(line) > _LONGEST_LINE:
        raise ValueError(
            t("“{line}” is too long for a name and a number. Write one person per line.", line=_short(line))
        )
    matches = _matches(line, region)
    if not matches:
        raise ValueError(_no_number(typed, region))
    ends = [0, *(each.end for each in matches)]
    starts = [*(each.start for each in matches), len(line)]
    pieces = [_name(line[end:start]) for end, start in zip(ends, starts, strict=True)]
    people = _joined(pieces, [_written(each.number) for each in matches])
    for person in people:
        _require_a_name(person.name, matches[0].raw_string, typed)
    return tuple(people)


def _joined(pieces: list[str], numbers: list[str]) -> list[ReachablePerson]:
    """Pairs names and numbers; a number without a name of its own belongs to the person before."""
    before, after = pieces[:-1], pieces[-1]
    if not before[0] and after:  # the numbers stand before the names
        before, after = [*before[1:], after], ""
    people = list[ReachablePerson]()
    for name, number in zip(before, numbers, strict=True):
        if people and not name:
            people[-1] = ReachablePerson(people[-1].name, (*people[-1].numbers, number))
        else:
            people.append(ReachablePerson(name, (number,)))
    if after:
        people[-1] = ReachablePerson(f"{people[-1].name} {after}".strip(), people[-1].numbers)
    return people


def _name(piece: str) -> str:
    name = " ".join(_LABELS.sub(" ", piece).split()).strip(_EDGES)
    name = _JOINT.sub("", name).strip(_EDGES)
    *before, last = name.split() or [""]
    if last in _ONE_LETTER and len(before) != 1:  # “Anna M” is a name
        name = " ".join(before).strip(_EDGES)
    return name if _HAS_LETTER.search(name) or _HAS_DIGIT.search(name) else ""


def _require_a_name(name: str, number: str, line: str) -> None:
    digits = _LIKE_A_NUMBER.search(EMAIL_ADDRESS.sub("", name))
    if digits:
        raise ValueError(
            t(
                "“{digits}” in “{line}” is neither part of a name nor a telephone number that can be dialled.",
                digits=digits[0].strip(),
                line=_short(line),
            )
        )
    if not _HAS_LETTER.search(name) or is_filler(name):
        raise ValueError(
            t("Whose number is {number}? One person per line: Anna Arnold, +49 89 1234 5678.", number=number.strip())
        )


def _no_number(line: str, region: str | None) -> str:
    digits = max(_LIKE_A_NUMBER.findall(EMAIL_ADDRESS.sub("", line)), key=len, default="").strip()
    if sum(map(str.isdigit, digits)) < 3:  # noqa: PLR2004 (no telephone number has fewer digits)
        return t(
            "“{line}” has no telephone number. One person per line: Anna Arnold, +49 89 1234 5678.", line=_short(line)
        )
    how = "" if digits.startswith("+") or region else t("Write it with its country code: +49 89 …")
    wrong = t("“{number}” is not a telephone number that can be dialled.", number=digits)
    return f"{wrong} {how}".strip()


def _short(text: str) -> str:
    return shorten_middle(text, 30)
