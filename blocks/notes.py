"""Views for reading and writing technical notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from blocks import kit
from blocks.form import ANSWER, text_input
from blocks.kit import Json
from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.i18n import mark, t
from bot.forms.template_fields import OTHER
from bot.home import Screen, Tab
from bot.model.technical_note import TechnicalNote
from bot.notes.service import PAGE, REASON, TEXTS, NotePage

WRITE = "notes.write"
"""Button for a new note without a ticket; the modal's callback id is the same."""
FROM = "notes.from"
"""Button for a new note from a ticket."""
SHOW = "notes.show"
CHANGE = "notes.change"
RETIRE = "notes.retire"
REINSTATE = "notes.reinstate"
EARLIER, LATER = "notes.earlier", "notes.later"
"""The version before the one that is shown, and the one after it."""
TURN = "notes.page."
"""Prefix of the buttons to other pages."""
TURNS = ("before", "after")

_SOURCES = {"ours": mark("We found it out"), "retarus": mark("Retarus told us")}
_LABELS = {
    "symptom": (mark("Symptom"), mark("What people see, with the exact error message: the search uses it")),
    "cause": (mark("Cause"), ""),
    "remedy": (mark("Remedy"), mark("What helps, step by step")),
    "workaround": (mark("Workaround"), mark("What helps until then")),
    "material": (mark("Material"), mark("Links, files and other sources")),
    "rcr": (mark("RCR number"), mark("Its number at Retarus")),
}
_VERSIONS = 5
"""Versions that are named below a note."""


# --- one note


def shown(versions: Sequence[TechnicalNote], who: Callable[[str], str], tickets: str = "", version: int = 0) -> Json:
    """The whole note and its changes. `versions`: the newest first; `tickets`: where it comes from;
    `version`: an old one, to be read only."""
    note = next((each for each in versions if each.version == version), versions[0])
    blocks: list[Json] = [kit.rich(kit.line(*_head(note, tickets)))]
    if note is not versions[0]:
        blocks.insert(0, kit.note(t("version {version}", version=note.version)))
    if note.is_retired:
        blocks.append(kit.rich(kit.line(kit.bold(t("Retired, do not rely on it: ")), kit.text(note.retired_why))))
    blocks += [part for key in _LABELS if (text := getattr(note, key)) for part in _part(key, text)]
    blocks.append(kit.note(_by_whom(versions, who)))
    buttons = [*(_buttons(note) if note is versions[0] else []), *_versions(note, versions)]
    blocks += [kit.actions("note", buttons)] if buttons else []
    return kit.modal("notes.shown", note.name, blocks, about=note.id)


def _head(note: TechnicalNote, tickets: str) -> list[Json]:
    services = ", ".join(note.services) or t("any service")
    source = t("from Retarus") if note.source == "retarus" else t("our own")
    return [kit.bold(services), kit.text("".join(f" · {fact}" for fact in (source, tickets) if fact))]


def _part(key: str, text: str) -> list[Json]:
    label = kit.line(kit.bold(t(_LABELS[key][0])))
    first, *rest = kit.chunks(text)
    return [kit.rich(label, kit.line(kit.text(first))), *(kit.rich(kit.line(kit.text(piece))) for piece in rest)]


def _by_whom(versions: Sequence[TechnicalNote], who: Callable[[str], str]) -> str:
    """Authors of the note and of its changes."""
    lines = [
        t("version {number}: {name}, {day}", number=each.version, name=who(each.changed_by), day=_day(each))
        for each in versions[:_VERSIONS]
    ]
    return " · ".join(lines)


def _day(note: TechnicalNote) -> str:
    return f"{note.changed_at:%d.%m.%Y}"


def _versions(note: TechnicalNote, versions: Sequence[TechnicalNote]) -> list[Json]:
    """Buttons to the version before and the one after."""
    numbers = [each.version for each in versions]
    neighbours = ((EARLIER, note.version - 1), (LATER, note.version + 1))
    return [_version(action, note, number) for action, number in neighbours if number in numbers]


def _version(action: str, note: TechnicalNote, number: int) -> Json:
    name = t("version {version}", version=number)
    return kit.button(t("Show {name}", name=name), action, f"{note.id}|{number}")


def _buttons(note: TechnicalNote) -> list[Json]:
    change = kit.button(t("Edit"), CHANGE, note.id)
    if note.is_retired:
        return [change, kit.button(t("Reinstate"), REINSTATE, note.id)]
    return [change, kit.button(t("Retire"), RETIRE, note.id, style="danger")]


# --- writing one


def modal(draft: TechnicalNote | None, config: Config, *, callback: str = WRITE, about: str = "") -> Json:
    """The form for a new note, begun from a ticket or empty, or for another version of one."""
    texts = {key: getattr(draft, key) if draft else "" for key in TEXTS}
    blocks = [
        _text("symptom", texts, needed=True),
        _services(draft.services if draft else (), config),
        *(_text(key, texts) for key in ("cause", "remedy", "workaround", "material", "rcr")),
        _source(draft.source if draft else "ours"),
    ]
    title = t("Change a note") if callback == CHANGE else t("Technical note")
    return kit.modal(callback, title, blocks, submit=t("Save"), about=about)


def _text(key: str, texts: Mapping[str, str], *, needed: bool = False) -> Json:
    label, hint = _LABELS[key]
    return text_input(key, t(label), t(hint), value=texts[key], multiline=key != "rcr", needed=needed)


def _services(chosen: Sequence[str], config: Config) -> Json:
    names = dict.fromkeys((*config.services.names, *chosen))
    options = [kit.option(name, name[:150]) for name in names if name != OTHER][:100]
    element: Json = {"type": "multi_static_select", "action_id": ANSWER, "options": options}
    initial = [kit.option(name, name[:150]) for name in chosen if name != OTHER]
    if initial:
        element["initial_options"] = initial
    label = kit.plain(t("Which services does it concern?"))
    return {"type": "input", "block_id": "services", "label": label, "element": element, "optional": True}


def _source(chosen: str) -> Json:
    options = {value: kit.option(t(label), value) for value, label in _SOURCES.items()}
    element: Json = {
        "type": "radio_buttons",
        "action_id": ANSWER,
        "options": list(options.values()),
        "initial_option": options[chosen],
    }
    label = kit.plain(t("Who found it out?"))
    return {"type": "input", "block_id": "source", "label": label, "element": element, "optional": False}


def retiring(note: TechnicalNote) -> Json:
    """Asks for a reason."""
    blocks = [
        kit.note(excerpt(f"{note.name}: {note.title}", 200)),
        text_input(REASON, t("What is wrong with it?"), t("It no longer appears in searches, and can be reinstated")),
    ]
    return kit.modal(RETIRE, t("Retire a note"), blocks, submit=t("Retire"), about=f"{note.id}|{note.version}")


# --- in the App Home


def listing(page: NotePage) -> list[Json]:
    """One page of them, newest first."""
    blocks: list[Json] = [kit.actions("notes", [kit.button(t("Write a note"), WRITE, "write", style="primary")])]
    blocks += map(row, page.notes)
    last = page.first + len(page.notes)
    where = t("{first} to {last} of {total}, newest first", first=page.first + 1, last=last, total=page.total)
    turns = _turns(page, last)
    none = t("None yet. The card of a resolved ticket offers to write one: everything known is filled in.")
    return [*blocks, kit.note(where if page.total else none), *([kit.actions("notes.pages", turns)] if turns else [])]


def row(note: TechnicalNote) -> Json:
    """One line, with a button that shows it."""
    retired = f" · {t('retired')}" if note.is_retired else ""
    source = f" · {t('from Retarus')}" if note.source == "retarus" else ""
    services = f" · {', '.join(note.services)}" if note.services else ""
    return {
        "type": "section",
        "text": kit.plain(excerpt(f"{note.name}{services}{source}{retired}: {note.title}", 300)),
        "accessory": kit.button(t("Show"), SHOW, note.id, about=note.name),
    }


def _turns(page: NotePage, last: int) -> list[Json]:
    before = Screen(Tab.NOTES, first=max(0, page.first - PAGE)).pack()
    after = Screen(Tab.NOTES, first=last).pack()
    buttons = [kit.button(t("Previous page"), TURN + "before", before)] if page.first else []
    return [*buttons, kit.button(t("Next page"), TURN + "after", after)] if last < page.total else buttons
