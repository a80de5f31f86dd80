"""The letter to Retarus: the template's headings word for word and in order, then the PRE-QUALIFICATION block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from html import escape

from bot.config.settings import Config
from bot.core.cleaning import clean_line, shorten_middle
from bot.core.clock import as_moment, guide_time
from bot.core.i18n import Language, mark, speaking, spoken, t
from bot.core.telephone import international
from bot.escalation import correspondence
from bot.forms import template_fields
from bot.forms.field_table import fields_of, is_asked, priority_reason
from bot.forms.template_fields import Field, Heading, InputType, Need, Option
from bot.forms.validation import examples, missing
from bot.forms.validators import in_readers_language
from bot.model.contact import Contact
from bot.model.letter_text import LetterPart, LetterText
from bot.model.outage_scope import scope_of
from bot.model.ticket import Event, Ticket
from bot.tickets import attachments
from bot.tickets.reference import kind_name, reference


class SignatureRole(StrEnum):
    """The role in which the letter is signed, according to the register on that day."""

    BY_CONTACT = "contact"
    NOBODY_AUTHORISED = "nobody_authorised"
    NOBODY_REACHED = "nobody_reached"


_ROLES = {
    SignatureRole.BY_CONTACT: mark("authorised support contact"),
    SignatureRole.NOBODY_AUTHORISED: mark("for the partner, in the absence of an authorised support contact"),
    SignatureRole.NOBODY_REACHED: mark("for the partner, as no authorised support contact could be reached"),
}


def write(
    ticket: Ticket,
    declarant: Contact,
    config: Config,
    history: Sequence[Event] = (),
    *,
    signed: SignatureRole = SignatureRole.BY_CONTACT,
    led: Sequence[Ticket] = (),
) -> LetterText:
    """The letter for this ticket in this contact's name. Missing answers appear as “-”, in previews only.

    `history`: of the ticket; a letter that is not the first answers the one before and begins with what is new.
    `led`: tickets with the same cause; it counts their end-customers and names their tenants.
    `signed`: in whose place; an admin may break the glass (guide 2.3). The guide's headings are verbatim; our own
    words are in the language that is set up for letters, whoever writes it.
    """
    with speaking(config.retarus.language):
        subject = correspondence.subject(_subject(ticket, config), ticket, history)
        ticket = _with_scope(ticket, led, config)
        return LetterText(
            subject=subject,
            language=config.retarus.language,
            opening=_opening(ticket, declarant, config, signed),
            news=correspondence.news(ticket, history, config),
            template=tuple(_template(ticket, config)),
            prequalification=tuple(_prequalification(ticket, config)),
        )


def _with_scope(ticket: Ticket, led: Sequence[Ticket], config: Config) -> Ticket:
    """The ticket with the tenants and the number of end-customers of the whole outage, never with their names."""
    if not (led or ticket.affected):
        return ticket
    scope, typed = scope_of(ticket, led), ticket.answer("affected")
    count = max(scope.customers, int(typed) if typed.isdecimal() else 0)
    names = ", ".join(f"{config.desk.prefix}-{number}" for number in scope.numbers)
    counted = t("{count} (our references: {names})", count=count, names=names) if led else str(count)
    answers = {"tenants": "\n".join(scope.tenants) or ticket.answer("tenants"), "affected": counted}
    return ticket.model_copy(
        update={"answers": {**ticket.answers, **{key: text for key, text in answers.items() if text}}}
    )


def _opening(ticket: Ticket, declarant: Contact, config: Config, signed: SignatureRole) -> tuple[str, ...]:
    role = t(_ROLES[signed])
    number = international(declarant.phone, None) or declarant.phone
    return (
        f"{kind_name(ticket.kind).upper()} · {t('our reference {reference}', reference=reference(ticket, config))}",
        t("Reported by {name}, {role}, {phone}", name=clean_line(declarant.name), role=role, phone=number),
    )


def _subject(ticket: Ticket, config: Config) -> str:
    """No personal data: IDs, service, priority."""
    kind = kind_name(ticket.kind)
    kind = kind.lower() if spoken() is Language.ENGLISH else kind
    head = " ".join(part for part in (ticket.answer("priority"), kind) if part)
    ids = " / ".join(part for part in (ticket.answer("main_id"), ticket.answer("tenants").replace("\n", ", ")) if part)
    return shorten_middle(f"[{reference(ticket, config)}] {head}: {_services(ticket)}, {ids}", 150)


def _services(ticket: Ticket) -> str:
    names = [name for name in ticket.answer("services").split("\n") if name]
    other = ticket.answer("service_other") or t(template_fields.OTHER)
    return ", ".join(other if name == template_fields.OTHER else name for name in names)


def _template(ticket: Ticket, config: Config) -> Iterable[LetterPart]:
    asked = {field.heading for field in fields_of(ticket.kind, config)}
    open_headings = {item.heading for item in missing(ticket, Need.ESCALATE, config)}
    for heading in template_fields.TEMPLATE:
        if heading in asked:
            nothing = "-" if heading in open_headings else t("none")
            yield LetterPart(heading=heading.text, lines=tuple(_lines(heading, ticket, config)) or (nothing,))


def _lines(heading: Heading, ticket: Ticket, config: Config) -> Iterable[str]:
    if heading is template_fields.EXAMPLE:
        return _examples(ticket, config)
    if heading is template_fields.SERVICE:
        return [_services(ticket)] if ticket.answer("services") else []
    if heading is template_fields.ADDITIONAL:
        return [*_numbers(ticket), *_answers(heading, ticket, config), *_known_and_priority(ticket), *_attached(ticket)]
    if heading is template_fields.DESCRIPTION:
        return [*_answers(heading, ticket, config), *_findings(ticket)]
    if heading is template_fields.END and not ticket.answer("end"):
        return [t("ongoing") if ticket.stage.is_open else "-"]
    return _answers(heading, ticket, config)


def _answers(heading: Heading, ticket: Ticket, config: Config) -> list[str]:
    return [
        _printed(field).format(shown(field, ticket.answer(field.key), ticket.zone, config))
        for field in fields_of(ticket.kind, config)
        if field.heading is heading and field.printed and ticket.answer(field.key)
        if is_asked(field, ticket.answers, config)
    ]


def _printed(field: Field) -> str:
    """Format of the answer in the letter. The guide's own words are never translated."""
    return field.printed if field.key in template_fields.VERBATIM else t(field.printed)


FINDINGS = {
    "summary_second": mark("Status summary (2nd level): {}"),
    "why_retarus": mark("What we ask of Retarus: {}"),
    "cause": mark("Root cause: {}"),
    "system": mark("System customization: {}"),
    "workaround": mark("Workaround: {}"),
}
"""Findings and request of the 2nd level (guide L2.0 to L2.8), printed under DESCRIPTION without own headings."""


def _findings(ticket: Ticket) -> Iterable[str]:
    for key, printed in FINDINGS.items():
        answer = ticket.answer(key)
        if answer and answer != "none":
            yield t(printed).format(in_readers_language(answer))


def _numbers(ticket: Ticket) -> Iterable[str]:
    """Retarus's own numbers of this ticket, which a second letter must name."""
    if ticket.rcr:
        yield t("Your ticket: {numbers}", numbers=", ".join(ticket.rcr))


def shown(field: Field, answer: str, zone: str, config: Config) -> str:
    """A canonical answer as people read it; moments in this zone, as the guide writes them."""
    if field.input_type is InputType.MOMENT:
        at = as_moment(answer)
        return guide_time(at, zone) if at else answer
    labels: Mapping[str, Option] = {option.value: option for option in field.options(config)}
    if labels:
        return ", ".join(labels[value].label if value in labels else value for value in answer.split("\n"))
    return in_readers_language(", ".join(answer.split("\n")) if field.key == "tenants" else answer)


def _examples(ticket: Ticket, config: Config) -> Iterable[str]:
    for number, parts in examples(ticket.answers).items():
        at = as_moment(parts.get("when", ""))
        words = [
            guide_time(at, ticket.zone) if at else "",
            _direction(parts, config),
            _named(t("sender"), parts.get("sender")),
            _named(t("recipient"), parts.get("recipient")),
            _named(t("inbound number"), parts.get("inbound")),
            parts.get("status", ""),
        ]
        yield f"{number}) " + " · ".join(word for word in words if word)
        if "log" in parts:
            yield t("log: {lines}", lines=parts["log"])


def _direction(parts: Mapping[str, str], config: Config) -> str:
    labels = {option.value: option.label for option in template_fields.DIRECTIONS(config)}
    return labels.get(parts.get("direction", ""), "").lower()


def _named(name: str, text: str | None) -> str:
    return f"{name} {text}" if text else ""


def _known_and_priority(ticket: Ticket) -> Iterable[str]:
    """The template's “incident already known” and the partner's own priority, which has no heading in the guide."""
    if ticket.answer("known"):
        yield t("Already known: {answer}", answer=t("yes") if ticket.answer("known") == "yes" else t("no"))
    if ticket.answer("priority"):
        judged = ", ".join(filter(None, (ticket.answer("priority"), priority_reason(ticket.answers))))
        yield t("Priority (partner's assessment): {priority}", priority=judged)


def _attached(ticket: Ticket) -> Iterable[str]:
    """The files that are sent with this letter (guide L3.2: traces and error messages)."""
    files = attachments.listed(attachments.waiting(ticket))
    if files:
        yield t("Attached: {files}", files=files)


def _prequalification(ticket: Ticket, config: Config) -> Iterable[LetterPart]:
    """The matrix's rows that have no heading in the template. Rows the kind does not ask for appear when answered."""
    for heading in template_fields.PREQUALIFICATION:
        lines = _answers(heading, ticket, config)
        if heading is template_fields.KNOWN and ticket.answer("known") == "no" and ticket.answer("searched"):
            lines = [f"{lines[0]}; {t('searched: {where}', where=ticket.answer('searched'))}"]
        if lines or template_fields.is_asked_for(heading, ticket.kind):
            yield LetterPart(heading=heading.text, lines=(": ".join(lines) or "-",))


def as_text(letter: LetterText) -> str:
    """The letter as plain text, for e-mail and for copying."""
    blocks = ["\n".join(letter.opening)]
    blocks += ["\n".join(letter.news)] if letter.news else []
    blocks += [_text_of(part) for part in letter.template]
    blocks += ["PRE-QUALIFICATION\n" + "\n".join(_row(part) for part in letter.prequalification)]
    return "\n\n".join(blocks) + "\n"


def _text_of(part: LetterPart) -> str:
    return "\n".join((part.heading, *part.lines))


def _row(part: LetterPart) -> str:
    return f"{_asked(part)} {' '.join(part.lines)}"


def _asked(part: LetterPart) -> str:
    """A row of the matrix as printed before its answer."""
    return part.heading if part.heading.endswith("?") else f"{part.heading}:"


def as_html(letter: LetterText) -> str:
    """The same words as an HTML alternative: no images, no links, no styles a mail program would drop."""
    opening = "<br>".join(_html(line) for line in letter.opening)
    news = _paragraphs(letter.news)
    parts = "".join(f"<h3>{_html(part.heading)}</h3>{_paragraphs(part.lines)}" for part in letter.template)
    rows = "".join(
        f"<tr><td style='padding:4px 12px 4px 0'><b>{_html(_asked(part))}</b></td>"
        f"<td style='padding:4px 0'>{_html(' '.join(part.lines))}</td></tr>"
        for part in letter.prequalification
    )
    return (
        f"<!doctype html><html lang='{letter.language}'><head><meta charset='utf-8'>"
        f"<title>{_html(letter.subject)}</title></head>"
        f"<body style='font-family:sans-serif'><p>{opening}</p>{news}{parts}"
        f"<h3>PRE-QUALIFICATION</h3><table role='presentation' style='vertical-align:top'>{rows}</table></body></html>"
    )


def as_page(text: str) -> str:
    """Plain words as an HTML alternative, in the current language."""
    return (
        f"<!doctype html><html lang='{spoken()}'><head><meta charset='utf-8'></head>"
        f"<body style='font-family:sans-serif'><p>{_html(text)}</p></body></html>"
    )


def _paragraphs(lines: Iterable[str]) -> str:
    return "".join(f"<p>{_html(line)}</p>" for line in lines)


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def copy_of(letter: LetterText) -> list[LetterPart]:
    """Every heading in order, the opening first, the block's title before its rows."""
    title = LetterPart(heading="PRE-QUALIFICATION", lines=())
    news = [LetterPart(heading="", lines=letter.news)] if letter.news else []
    return [LetterPart(heading="", lines=letter.opening), *news, *letter.template, title, *letter.prequalification]
