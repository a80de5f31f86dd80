"""Views for admins on the register of support contacts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from blocks import kit
from blocks.form import ANSWER, filled_again, text_input
from blocks.kit import Json
from blocks.pages import beginning, pages
from bot.core.cleaning import excerpt, shorten_middle
from bot.core.i18n import t
from bot.core.telephone import international
from bot.forms.validation import level_name
from bot.home import Tab
from bot.model.contact import Contact, Person
from bot.model.ticket import Level
from bot.register.contacts import authorised, concerns

ADD = "contacts.add"
CHANGE = "contacts.change"
SUSPEND = "contacts.suspend"
REINSTATE = "contacts.reinstate"
HAND_OVER = "contacts.hand_over"
SAVE = "contacts.save"

_LIMIT = 40
"""Contacts of a page: two blocks each."""


def register(contacts: Sequence[Contact], edition: str, on: date, first: int = 0) -> list[Json]:
    """Entries of the register, page by page, and their faults. `first`: the number of entries before the page."""
    who = ", ".join(shorten_middle(each.name, 40) for each in authorised(contacts, on)[:20])
    checked = t(
        "Can send to Retarus: {names}. It is checked again when a ticket is sent (guide 2.1, 2.3).",
        names=who or t("nobody"),
    )
    blocks = [
        kit.note(checked),
        kit.actions("contacts", [kit.button(t("Add a contact"), ADD, "add", style="primary")]),
    ]
    first = beginning(first, len(contacts), _LIMIT)
    page = contacts[first : first + _LIMIT]
    for contact in page:
        blocks += [_entry(contact, edition, on), kit.actions(f"contact.{contact.slack_user}", _buttons(contact))]
    return [*blocks, *pages(Tab.CONTACTS, first, len(page), len(contacts), _LIMIT)]


def _entry(contact: Contact, edition: str, on: date) -> Json:
    levels = ", ".join(level_name(level) for level in contact.levels) or t("no level")
    number = international(contact.phone, None) or contact.phone
    eas = t("EAS access") if contact.may_use_eas(on) else ""
    facts = " · ".join(filter(None, (shorten_middle(contact.email, 100), number, levels, eas, _known(contact))))
    warnings = "".join(f"\n⚠ {excerpt(each, 200)}" for each in concerns(contact, edition, on))
    name = kit.bold(shorten_middle(contact.name, 100))
    return kit.rich(kit.line(name, kit.text(f"\n{facts}"), kit.text(warnings or f"\n✓ {t('in order')}")))


def _known(contact: Contact) -> str:
    day = contact.guides_known_on
    return t("guides acknowledged on {day}", day=f"{day:%d.%m.%Y}") if day else ""


def _buttons(contact: Contact) -> list[Json]:
    user = contact.slack_user
    standing = (
        kit.button(t("Reinstate"), REINSTATE, user, about=contact.name)
        if contact.suspended_on
        else kit.button(t("Suspend"), SUSPEND, user, style="danger", about=contact.name)
    )
    again = kit.button(t("Send the guides again"), HAND_OVER, user, about=contact.name)
    return [kit.button(t("Edit"), CHANGE, user, about=contact.name), again, standing]


def modal(contact: Contact | None, picked: Person | None = None, refusal: str = "") -> Json:
    """The form for a new contact, or for an existing one. `picked`: a colleague whose profile fills it in.

    `refusal`: the reason why this colleague cannot be added.
    """
    known = contact or Contact(slack_user="", name="", email="", phone="")
    exception = known.exception
    blocks: list[Json] = [
        *([] if contact else [_person(), *_from_slack(picked, refusal)]),
        *_name_and_address(known, None if refusal else picked),
        text_input("phone", t("Telephone"), t("e.g. +49 89 1234 5678"), value=known.phone, multiline=False),
        _levels(known.levels),
        _day("authorised_since", t("Authorised since"), known.authorised_since),
        _day(
            "attested_on",
            t("Knowledge of the Retarus support processes attested on"),
            known.attested_on,
            t("Sections 2–4 of the Retarus Support Guide. Without this, an authorisation is not active (guide 2.3)"),
        ),
        _day("webinars_on", t("Took part in the onboarding webinars on"), known.webinars_on, t("Guide 2.6")),
        kit.heading(t("Enterprise Administration Services Portal (guide 2.2)")),
        _yes_or_no("eas", t("Has access"), yes=known.has_eas),
        _yes_or_no("employee", t("Is an employee of ours"), yes=known.is_employee),
        kit.note(t("Access for anybody else needs an individual contract. You are never asked for a password here.")),
        _more("reference", t("Contract reference"), exception.reference if exception else ""),
        _more("approver", t("Approved by"), exception.approver if exception else ""),
        _day("expires", t("Valid until"), exception.expires if exception else None),
    ]
    title = t("Change a contact") if contact else t("Add a contact")
    return kit.modal(SAVE, title, blocks, submit=t("Save"), about=known.slack_user)


def _person() -> Json:
    """The colleague; choosing one fills in what their profile says."""
    return _input("person", t("Colleague"), {"type": "users_select"}) | {"dispatch_action": True}


def _from_slack(picked: Person | None, refusal: str) -> list[Json]:
    if picked is None:
        return []
    if refusal:
        return [kit.note(f"⚠ {picked.name}: {refusal}")]
    if not picked.email:
        return [kit.note(t("The name is from Slack, which gives no e-mail address of this colleague."))]
    return [kit.note(t("Name and e-mail are from Slack. Please check."))]


def _name_and_address(known: Contact, picked: Person | None) -> list[Json]:
    """Both, as they are known or as the chosen colleague's profile has them; an address that Slack hides stays."""
    name, email, user = (picked.name, picked.email, picked.id) if picked else (known.name, known.email, "")
    return [
        filled_again(text_input("name", t("Name, as Retarus knows it"), "", value=name, multiline=False), user),
        filled_again(
            text_input("email", t("E-mail"), "", value=email, multiline=False), user if picked and email else ""
        ),
    ]


def _input(key: str, label: str, element: Json, *, hint: str = "", needed: bool = True) -> Json:
    shape: Json = {
        "type": "input",
        "block_id": key,
        "label": kit.plain(label),
        "element": {**element, "action_id": ANSWER},
        "optional": not needed,
    }
    return shape | {"hint": kit.plain(hint)} if hint else shape


def _more(key: str, label: str, value: str) -> Json:
    return text_input(key, label, "", value=value, multiline=False, needed=False)


def _day(key: str, label: str, day: date | None, hint: str = "") -> Json:
    element: Json = {"type": "datepicker"}
    if day:
        element["initial_date"] = day.isoformat()
    return _input(key, label, element, hint=hint, needed=False)


def _levels(chosen: Iterable[Level]) -> Json:
    options = {level: kit.option(level_name(level), level.value) for level in (Level.FIRST, Level.SECOND)}
    element: Json = {"type": "checkboxes", "options": list(options.values())}
    initial = [options[level] for level in chosen if level in options]
    if initial:
        element["initial_options"] = initial
    return _input("levels", t("Levels"), element, hint=t("Only the 2nd level opens tickets at Retarus"), needed=False)


def _yes_or_no(key: str, label: str, *, yes: bool) -> Json:
    options = {"yes": kit.option(t("Yes"), "yes"), "no": kit.option(t("No"), "no")}
    element: Json = {
        "type": "radio_buttons",
        "options": list(options.values()),
        "initial_option": options["yes" if yes else "no"],
    }
    return _input(key, label, element)
