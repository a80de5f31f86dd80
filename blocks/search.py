"""Views of the search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from blocks import kit, notes
from blocks.form import ANSWER, text_input
from blocks.kit import Json
from blocks.urgency import title
from bot.config.settings import Config
from bot.core.cleaning import shorten_middle
from bot.core.i18n import many, mark, t
from bot.forms.template_fields import OTHER
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Ticket
from bot.model.transitions import STANDING
from bot.search.ranking import best_text, marked
from bot.search.results import (
    Hit,
    SearchResult,
)

SEARCH = "find.search"
"""The modal, and the button that opens it."""

WORDS, CUSTOMER, SERVICE, SINCE = "words", "customer", "service", "since"
"""Inputs. A typed end-customer's name is completed as everywhere else."""
ANY = "any"
PERIODS: Mapping[str, int] = {"1": 1, "7": 7, "30": 30, "365": 365}
"""Value → days."""
_PERIODS = {ANY: mark("At any time"), "1": mark("Last 24 hours"), "7": mark("Last 7 days"), "30": mark("Last 30 days"),
            "365": mark("Last 12 months")}  # fmt: skip
_EXCERPT = 220


def modal(typed: Mapping[str, str], found: SearchResult | None, config: Config, links: Mapping[str, str]) -> Json:
    """The question above, the answer below; redrawn with every change of the question."""
    blocks = [
        _words(typed.get(WORDS, "")),
        _customer(typed.get(CUSTOMER, "")),
        _pick(SERVICE, t("Service"), _services(config), typed.get(SERVICE) or ANY),
        _pick(
            SINCE, t("When was it raised?"), {key: t(name) for key, name in _PERIODS.items()}, typed.get(SINCE) or ANY
        ),
    ]
    blocks += results(found, config, links) if found else [kit.note(t(_ABOUT))]
    return kit.modal(SEARCH, t("Search"), blocks, submit=t("Search"))


_ABOUT = mark(
    "Searches technical notes and tickets, in German and English, for words, an error code, an RCR number, or "
    "everything about an end-customer."
)


def _words(text: str) -> Json:
    """Searches again when Enter is pressed."""
    block = text_input(WORDS, t("Search for"), t("e.g. 550 5.7.1, RCR-88123, connector attachments"), value=text,
                       multiline=False, needed=False)  # fmt: skip
    return {**block, "dispatch_action": True}


def _customer(name: str) -> Json:
    element: Json = {"type": "external_select", "action_id": ANSWER, "min_query_length": 0}
    if name:
        element["initial_option"] = kit.option(name, name[:150])
    label = kit.plain(t("End-customer"))
    return {"type": "input", "block_id": CUSTOMER, "label": label, "element": element, "optional": True,
            "dispatch_action": True}  # fmt: skip


def _services(config: Config) -> dict[str, str]:
    return {ANY: t("Any service"), **{name[:150]: name for name in config.services.names if name != OTHER}}


def _pick(key: str, label: str, names: Mapping[str, str], chosen: str) -> Json:
    options = {value: kit.option(name, value) for value, name in names.items()}
    element: Json = {
        "type": "static_select",
        "action_id": ANSWER,
        "options": list(options.values()),
        "initial_option": options.get(chosen, options[ANY]),
    }
    return {"type": "input", "block_id": key, "label": kit.plain(label), "element": element, "optional": False,
            "dispatch_action": True}  # fmt: skip


# --- results


def results(found: SearchResult, config: Config, links: Mapping[str, str]) -> list[Json]:
    """Best first, with the matches marked."""
    blocks: list[Json] = [kit.divider(), kit.note(_summary(found))]
    for number, each in enumerate(found.hits):
        blocks += hit(each, config, links, f"{number}")
    return blocks


def _summary(found: SearchResult) -> str:
    sentences = [many("{count} hit", "{count} hits", len(found.hits)) if found.hits else t("Nothing was found.")]
    if found.is_bounded:
        sentences.append(t("Some of these words are in very many tickets: only the newest of them were compared."))
    if found.is_building:
        sentences.append(
            t("Tickets from before the last upgrade are still being read, so some may be missing for now.")
        )
    return " ".join(sentences)


def hit(each: Hit, config: Config, links: Mapping[str, str], place: str = "") -> list[Json]:
    """One result; a note can be shown."""
    if isinstance(each.found, TechnicalNote):
        return [line(each, config, links), kit.actions(f"hit.{place}", [_show(each.found)])]
    return [line(each, config, links)]


def _show(note: TechnicalNote) -> Json:
    return kit.button(t("Show {name}", name=note.name), notes.SHOW, note.id)


def _note_head(note: TechnicalNote) -> list[Json]:
    source = t("from Retarus") if note.source == "retarus" else ""
    facts = [t("technical note"), t("retired") if note.is_retired else "", ", ".join(note.services), source]
    return [kit.bold(note.name), kit.text("".join(f" · {fact}" for fact in facts if fact))]


def _ticket_head(ticket: Ticket, config: Config, links: Mapping[str, str]) -> list[Json]:
    facts = (t(STANDING[ticket.stage]), shorten_middle(ticket.answer("customer"), 60), ", ".join(ticket.rcr))
    sentences = kit.text("".join(f" · {fact}" for fact in facts if fact) + " · ")
    return [kit.link(title(ticket, config), links.get(ticket.id, "")), sentences, kit.moment(ticket.raised_at)]


def line(each: Hit, config: Config, links: Mapping[str, str]) -> Json:
    """Search result: its name, its stage, and the matching words."""
    head = _note_head(each.found) if isinstance(each.found, TechnicalNote) else _ticket_head(each.found, config, links)
    best = best_text(each.texts, each.tokens)
    pieces = marked(best, each.tokens, _EXCERPT)
    return kit.rich(kit.line(*head, kit.text("\n"), *_pieces(pieces)))


def _pieces(pieces: Iterable[tuple[str, bool]]) -> Iterable[Json]:
    return [kit.bold(text) if found else kit.text(text) for text, found in pieces]
