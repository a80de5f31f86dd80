"""Detect answers without content: “n/a”, “wird nachgereicht”, “not available because it is not available”.

A text is a filler when nothing is left of it once filler words, filler phrases and what may stand beside them are
taken away. One word that says something makes it an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from itertools import product

from bot.core.characters import plain
from bot.core.cleaning import clean_line, clean_text, shorten_middle
from bot.core.i18n import t

_WORDS = frozenset(
    "na none nil null nothing tbd tba tbc tbs tbp tbf todo wip x unknown unclear unsure dunno later soon yet now asap "
    "see above below test idk pending ditto asdf asdfg asdfgh jklö qwerty qwertz dummy placeholder bla blah blabla foo "
    "bar lorem ipsum dolor sit amet unavailable irrelevant shortly qwe hm hmm "
    "ka kp nv nb nn oa so su keine angabe angaben unbekannt unklar ungewiss nichts folgt siehe oben unten offen "
    "entfällt entf ausstehend später bald demnächst dito platzhalter nachtrag nachgang äh ähm".split()
)
"""Words without content, by themselves and together; `k. A.` is read as `ka`."""

_ASIDE = frozenset(
    "i we am are us it this that still currently yet now sorry unfortunately later soon shortly asap please already "
    "just only at the moment by for from of the a an my our your me you they he she customer customers client "
    "end-customer end user's colleague colleagues team support 1st 2nd first second level retarus partner information "
    "info details data feedback response reply time point here pls previous last earlier original more "
    "because since tomorrow today tonight monday tuesday wednesday thursday friday next week "
    "ich wir mir uns es das dies noch derzeit aktuell momentan bisher bislang zurzeit leider später bald gerade bitte "
    "schon nur vom von dem der die den des durch für kunde kunden endkunde endkunden kollege kollegen team "
    "info infos information informationen details daten rückmeldung antwort auskunft zeit zeitpunkt hier zuvor bereits "
    "vorherige vorherigen letzte letzten ursprüngliche obige obigen weil da denn demnächst in kürze zeitnah umgehend "
    "morgen heute montag dienstag mittwoch donnerstag freitag nächste nächster woche".split()
)
"""Words beside a filler that change nothing: “noch nicht bekannt”, “TBC by customer”."""

_PARTICIPLES = (
    "done determined confirmed defined decided announced clarified checked provided advised added delivered sent "
    "supplied submitted given filled completed specified followed updated investigated handed"
).split()
_GERMAN_PARTICIPLES = (
    "nachgereicht nachgeliefert nachgetragen ergänzt geklärt geprüft geliefert mitgeteilt nachgeschickt gesendet "
    "geschickt eingereicht vervollständigt hinzugefügt nachgefragt untersucht abgeklärt"
).split()
_REPORTED = (
    "described mentioned explained reported stated noted beschrieben geschrieben erklärt gemeldet genannt angegeben "
    "erwähnt geschildert"
).split()
_PLACES = (
    *"ticket tickets mail email message messages thread subject title description chat call conversation "
    "history note notes nachricht nachrichten verlauf betreff titel beschreibung gespräch telefonat chatverlauf "
    "mailverkehr mailthread".split(),
    "email thread",
    "mail thread",
)
_AS_IN = ("as in", "wie im", "wie in")
_SIGNS = (*_AS_IN, "see", "as per", "per", "cf", "siehe", "vgl", "laut", "gemäss")
_STATES = set(
    "under investigation|in progress|in clarification|not relevant|not needed|not applicable|in klärung|in prüfung|"
    "in arbeit|in bearbeitung|in abklärung|nicht relevant|nicht bekannt|nicht klar".split("|")
)
_VERBS = "follow come add check send provide deliver supply clarify ask update submit confirm tell advise".split()


def _phrases() -> set[str]:
    """Spelled as they remain once the words of `_ASIDE` are taken out of them."""
    phrases = set(
        "no idea|no clue|no|not know|do not know|not known|not sure|not certain|not clear|not applicable|"
        "not available|not provided|not given|not specified|not defined|not yet|coming|coming up|"
        "comes|to come|follows|follow|to follow|"
        "as discussed|as usual|as above|as before|same|same as above|"
        "same as before|same as|as said|as stated|see ticket|see mail|see email|see e mail|see subject|see title|"
        "see description|see there|get back to|will get back to|come back to|will come back to|to be|"
        "have not|not have|do not have|have to ask|need to ask|must ask|waiting|waiting on|awaiting|wait|"
        "keine ahnung|kein plan|keine|ohne angabe|ohne angaben|ohne|nicht bekannt|nicht klar|nicht sicher|"
        "nicht verfügbar|nicht zutreffend|nicht anwendbar|nicht vorhanden|liegt nicht vor|liegen nicht vor|weiss nicht|"
        "wissen nicht|weiss keiner|weiss niemand|kommt|kommt nach|folgt|folgen|steht aus|stehen aus|steht nicht "
        "fest|reiche nach|"
        "reichen nach|liefere nach|liefern nach|trage nach|tragen nach|frage nach|fragen nach|schicke nach|"
        "schicken nach|liefert nach|reicht nach|trägt nach|schickt nach|sendet nach|sende nach|senden nach|"
        "kläre|klären|melde mich|melden|ergänze|ergänzen|warte|warten|warten auf|warte auf|"
        "zu klären|siehe ticket|siehe mail|"
        "siehe e mail|siehe email|siehe betreff|siehe titel|siehe beschreibung|siehe dort|wie "
        "besprochen|wie oben|wie immer|"
        "wie gehabt|wie zuvor|wie gesagt|wie erwähnt|s o|s u|muss klären|müssen klären|muss fragen|müssen fragen".split(
            "|"
        )
    )
    phrases |= set(
        "feedback pending|who knows|not needed|not necessary|not required|nicht nötig|nicht notwendig|"
        "nicht erforderlich|nothing known|nothing available|nichts bekannt|nichts vorhanden|trifft nicht zu|"
        "treffen nicht zu|cf above|vgl oben|vgl unten|laut|according to|as per|per|gemäss|reich nach|liefer nach|"
        "trag nach|schick nach|frag nach".split("|")
    )
    phrases |= {f"{word} {reported}" for word in ("as", "wie", "wie oben") for reported in _REPORTED}
    phrases |= {f"{sign} {place}" for sign in _SIGNS for place in _PLACES}
    phrases |= {f"{sign} {place} {reported}" for sign in _AS_IN for place in _PLACES for reported in _REPORTED}
    phrases |= {f"{being} {state}" for being in ("is", "are", "ist", "sind") for state in _STATES}
    phrases |= _STATES | {f"{state} {joint}" for state in _STATES for joint in ("with", "mit")}
    phrases |= {" ".join(pair) for pair in product(("to be", "will be", "is being", "are being"), _PARTICIPLES)}
    phrases |= {" ".join(pair) for pair in product(("will", "to", "must", "need to", "going to"), _VERBS)}
    phrases |= {f"wird {each}" for each in _GERMAN_PARTICIPLES} | {f"werden {each}" for each in _GERMAN_PARTICIPLES}
    return (
        phrases
        | {f"muss {each} werden" for each in _GERMAN_PARTICIPLES}
        | {f"wird {each} werden" for each in _GERMAN_PARTICIPLES}
    )


_FILES = set(
    "see attachment|see attachments|see attached|see file|see files|see attached file|see screenshot|see screenshots|"
    "see picture|see enclosed|see enclosure|attached|attachment|as attached|is attached|in attachment|enclosed|"
    "screenshot attached|log attached|file attached|siehe anhang|siehe anhänge|siehe anlage|siehe anlagen|siehe datei|"
    "siehe screenshot|siehe bild|siehe beilage|im anhang|in anlage|in anhang|anbei|angehängt|ist angehängt|anhang|"
    "anlage|liegt bei|beigefügt|ist beigefügt|s anhang|s anlage|vgl anhang|vgl anlage|find attached|find enclosed|"
    "attached find|hängt an|hängen an|habe angehängt|hab angehängt|have attached|have enclosed".split("|")
)
_PAPERS = (
    "file files log logs trace traces mail mails email emails screenshot screenshots picture image document pdf csv "
    "table list excerpt export zip archive datei dateien mitschnitt bild dokument tabelle liste auszug logdatei logfile"
).split()
_FILES |= {
    shape.format(paper)
    for paper in (*_PAPERS, "log file", "log files")
    for shape in (
        "see attached {}", "see enclosed {}", "see {} attached", "attached {}", "{} attached", "{} is attached",
        "{} enclosed", "have attached {}", "siehe {}", "see {}", "siehe angehängter {}",
        "siehe {} im anhang", "siehe angehängte {}", "siehe angehängtes {}", "siehe angehängten {}", "{} anbei",
        "anbei {}", "{} angehängt", "{} im anhang", "{} ist angehängt", "{} liegt bei",
        "siehe beigefügte {}", "siehe beigefügtes {}",
    )
}  # fmt: skip
"""Phrases that point to a file: an answer where one is attached."""

_NOT_THERE = frozenset(
    "to not no is are was were there has have had possible möglich "
    "been be do does did don t n due "
    "unavailability delivered sent received got relevant needed can could cannot unable it that this here "
    "available availability applicable known unknown given provided exists exist existing missing none nothing "
    "nicht nein kein keine ist sind war waren da hat haben habe gibt liegt liegen vor wurde wurden werden kann können "
    "wegen aufgrund nichtverfügbarkeit geliefert gesendet geschickt übermittelt erhalten bekommen mitgeteilt relevant "
    "nichts verfügbar vorhanden bekannt unbekannt zutreffend anwendbar angegeben fehlt fehlen trifft zu".split()
)
"""Words that merely repeat “not available”."""

_APART = re.compile(r"(?<![^\W\d_])([^\W\d_])(?:\s{0,3}[./]\s{0,3}|-|\s{1,3})(?=[^\W\d_](?![^\W\d_]))")
"""Single letters one after the other, with dots, slashes, dashes or blanks between them."""
_SECOND_OF_THEM = re.compile(r"[\s./-][^\W\d_](?![^\W\d_])")
"""In every text with such letters, and found in a tenth of the time."""
_NO_WORD = re.compile(r"[^\w\s/.'-]")
_DASH_BETWEEN = re.compile(r"(?<!\w)-+|-+(?!\w)|(?<=[^\W\d_]{2})-(?=[^\W\d_]{2})")
_SHORT_FORMS = (
    ("nt", re.compile(r"\b(do|does|did|is|are|was|ca)nt\b"), r"\1 not"),
    ("n't", re.compile(r"n't\b"), " not"),
    ("ca not", re.compile(r"\bca not\b"), "can not"),
    ("'ll", re.compile(r"'ll\b"), " will"),
)
"""Letters in which a short form shows, its shape, and the words it stands for."""
_UNAVAILABLE = re.compile(
    r"(not[ -](?:available|applicable|known|relevant)|unavailable|irrelevant|n\s?/\s?a|"
    r"(?:ist |sind )?nicht (?:verfügbar|zutreffend|"
    r"anwendbar|vorhanden|bekannt|relevant)|"
    r"lieg(?:t|en) nicht vor|entfällt)\b((?:\W*)(.*))",
    re.IGNORECASE | re.DOTALL,
)
_GIVES_A_REASON = re.compile(r"\s*[:;,.(–—-]|\s+(?:because|since|as|weil|da|denn)\b", re.IGNORECASE)
_BECAUSE = re.compile(r"^(?:because|since|as|weil|da|denn)?\b\W*", re.IGNORECASE)
_REPEATED = re.compile(r"([^\W\d_]{3,8}?)\1{1,9}")
_LONG = 40
"""Words; a longer text has content, unless it is all filler words."""
_KNOWLEDGE = frozenset("info infos information informationen details angabe angaben".split())
"""“No information”, “keine Details”: nothing is said, unlike by “no” and “noch keine”."""
_NONE = frozenset({"no", "kein", "keine", "nothing", "nichts"})
_NOTHING = frozenset({"none", "nothing", "keine", "nichts"})
"""“Noch keine” is more than “keine”: it may be an answer."""


class Emptiness(StrEnum):
    """Reason why a text is no answer."""

    BLANK = "blank"
    FILLER = "filler"
    CIRCULAR = "circular"
    NO_FILE = "no_file"


class Asked(StrEnum):
    """Kind of the request that the refusal answers."""

    ANSWER = "answer"
    REASON = "reason"


def require_substance(text: str, asked: Asked = Asked.ANSWER, *, has_files: bool = False) -> str:
    """The cleaned text when it has content; else `ValueError`, with a sentence for its author.

    `has_files`: whether a file goes along, so that “see attachment” points to something.
    """
    text = clean_text(text)
    found = _fault(text, asked, has_files=has_files)
    if found is not None:
        raise ValueError(refusal(text, found, asked))
    return text


def refusals(texts: Mapping[str, str], asked: Asked = Asked.ANSWER) -> dict[str, str]:
    """The refusal of each of these texts that is typed and says nothing, by its key."""
    found = {key: _fault(text, asked) for key, text in texts.items() if text}
    return {key: refusal(texts[key], fault, asked) for key, fault in found.items() if fault is not None}


def is_filler(text: str, *, has_files: bool = False) -> bool:
    """True if this text has no content."""
    return emptiness(text, has_files=has_files) is not None


def is_reasoned_absence(text: str) -> bool:
    """True for an absence with a reason: an answer (guide 2.5), printed as it stands."""
    found = _UNAVAILABLE.match(clean_text(text))
    return found is not None and bool(_GIVES_A_REASON.match(found[2])) and _reason_is_empty(found[3]) is None


def _fault(text: str, asked: Asked, *, has_files: bool = False) -> Emptiness | None:
    """The `emptiness` of an answer; a reason must say more than that there is one."""
    found = emptiness(text, has_files=has_files)
    if found is None and asked is Asked.REASON and _gives_none(_words(text)):
        return Emptiness.FILLER
    return found


def _gives_none(words: Sequence[str]) -> bool:
    return _NO_REASON.issuperset(word for word in words if word not in _ASIDE) or " ".join(words) in _NO_WAY


_NO_REASON = frozenset(
    "because since reason reasons no the a of for just so is it was that this why yes no ok okay fine done good agreed "
    "necessary needed required useful important better will want to "
    "whatever matter ask it's "
    "do does not don't say so i it what all various diverse special known certain some same usual follows follow "
    "weil da denn grund gründe gründen aus ohne kein keine keinen der die das des ein es ist war so halt eben darum "
    "deshalb deswegen wegen nun mal einfach ja nein passt gut alles erledigt egal frag nicht will "
    "wollen warum verschiedene diverse bestimmte bekannte "
    "bekannten besondere begründung folgt besser nötig notwendig nützlich wichtig".split()
)
"""Words of texts that claim a reason and give none: “just because”, “aus Gründen”, “ist halt so”."""
_NO_WAY = frozenset(
    "must be|has to be|it has to be|no other way|there is no other way|muss sein|muss halt sein|geht nicht anders|"
    "es geht nicht anders".split("|")
)
"""Texts that only say that it must be so."""


def emptiness(text: str, *, has_files: bool = False) -> Emptiness | None:
    """The reason why this text is no answer; None when it is one. Linear in its length."""
    text = clean_text(text)
    words = _words(text)
    if not words:
        return Emptiness.BLANK
    absent = _UNAVAILABLE.match(text)
    if absent is not None:
        return _reason_is_empty(absent[3])
    return _emptiness_of(words, has_files=has_files)


def _reason_is_empty(reason: str) -> Emptiness | None:
    words = _words(_BECAUSE.sub("", reason, count=1))
    if not words:
        return Emptiness.FILLER
    if all(word in _NOT_THERE or word in _ASIDE for word in words):
        return Emptiness.CIRCULAR if len(words) > 1 or words[0] in _NOT_THERE else Emptiness.FILLER
    return Emptiness.FILLER if _gives_none(words) else _emptiness_of(words, has_files=False)


def _emptiness_of(words: Sequence[str], *, has_files: bool) -> Emptiness | None:
    core = [word for word in words if word not in _ASIDE]
    if not core:
        return Emptiness.FILLER if any(map(_says_nothing, words)) else None
    if _denies_knowledge(words, core):
        return Emptiness.FILLER
    if all(map(_says_nothing, core)):
        only_none = _NOTHING.issuperset(core) and len(core) < len(words)
        return None if only_none else Emptiness.FILLER
    return _emptiness_of_phrases(core, has_files=has_files) if len(core) <= _LONG else None


def _denies_knowledge(words: Sequence[str], core: Sequence[str]) -> bool:
    """True for “no information available” and “keine Details”."""
    says_no = not _NONE.isdisjoint(core) and all(word in _NOT_THERE or word in _KNOWLEDGE for word in core)
    return says_no and not _KNOWLEDGE.isdisjoint(words)


def _emptiness_of_phrases(core: Sequence[str], *, has_files: bool) -> Emptiness | None:
    if _is_made_of(core, _absence_phrases(with_files=False)):
        return Emptiness.FILLER
    if _is_made_of(core, _absence_phrases(with_files=True)):
        return None if has_files else Emptiness.NO_FILE
    return None


@cache
def _absence_phrases(*, with_files: bool) -> frozenset[tuple[str, ...]]:
    """Phrases as the words that remain of them."""
    phrases = (*_phrases(), *(_FILES if with_files else ()))
    cut = ((word for word in phrase.split() if word not in _ASIDE) for phrase in phrases)
    return frozenset(filter(None, map(tuple, cut))) - {("no",), ("to", "be")}


def _is_made_of(core: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> bool:
    """True if the words are filler words and these phrases, one after the other."""
    reached = {0}
    for start in range(len(core)):
        if start in reached:
            reached |= {start + 1} if _says_nothing(core[start]) else set()
            reached |= {start + size for size in range(1, 7) if tuple(core[start : start + size]) in phrases}
        elif start > max(reached):
            return False
    return len(core) in reached


def _says_nothing(word: str) -> bool:
    """A filler word, also one again and again, or one letter again and again."""
    if word in _WORDS or (len(word) > 1 and len(set(word)) == 1 and word.isalpha()):
        return True
    repeated = _REPEATED.fullmatch(word)
    return repeated is not None and repeated[1] in _WORDS


@lru_cache(16)  # several checks look at the same answer
def _words(text: str) -> tuple[str, ...]:
    """The words of a text, in small letters; `k. A.` is one, `don't` two."""
    bare = plain(text).casefold().replace("e-mail", "email")
    for letters, short, long in _SHORT_FORMS:
        bare = short.sub(long, bare) if letters in bare else bare
    bare = _NO_WORD.sub(" ", bare)
    bare = _APART.sub(r"\1", bare) if _SECOND_OF_THEM.search(bare) else bare
    parted = bare.replace("/", " ").replace(".", " ")
    parted = _DASH_BETWEEN.sub(" ", parted) if "-" in parted else parted
    return tuple(word.strip("'_") for word in parted.split() if word.strip("'_-"))


def refusal(text: str, fault: Emptiness, asked: Asked = Asked.ANSWER) -> str:
    """Error message for a filler: the fault, and the text to write instead."""
    quoted = shorten_middle(clean_line(text), 30)
    if not quoted:
        return t("Write something first.")
    if fault is Emptiness.NO_FILE:
        return t("“{text}” points to a file, and no file is attached. Attach it, or write what it says.", text=quoted)
    if asked is Asked.REASON:
        return t("“{text}” gives no reason. Write why, so that a colleague can follow it.", text=quoted)
    if fault is Emptiness.CIRCULAR:
        return t("“{text}” only says that it is not available. Write why it is not.", text=quoted)
    return t("“{answer}” leaves the question open. Write the answer, or: not available because …", answer=quoted)
