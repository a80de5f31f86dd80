"""The conversation with Retarus in Slack: entries in a ticket's thread, the whole mail, and unassigned mails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from blocks import kit, letter
from blocks.form import text_input
from blocks.kit import Json, Message
from blocks.pages import pages
from blocks.transitions import NAMES, action_of
from bot.config.settings import Config
from bot.conversation.delivery_reasons import REASONS
from bot.conversation.delivery_report import Delivery
from bot.conversation.entries import numbers_to_ask_about
from bot.conversation.kind import MailKind
from bot.conversation.literal import literal, literal_mrkdwn
from bot.conversation.matching import Reason, Unassigned
from bot.conversation.service import PAGE
from bot.core.cleaning import excerpt
from bot.core.i18n import mark, t
from bot.home import Tab
from bot.model.conversation import Entry, EntrySource, FailedDelivery
from bot.model.ticket import Ticket
from bot.model.transitions import Move
from bot.tickets.attachments import sized
from bot.tickets.reference import reference

RECORD = "conversation.record."
"""Prefix of the buttons that open a form filled from an entry; its kind follows."""
WHOLE = "conversation.whole"
ORIGINAL = "conversation.original"
ASSIGN = "conversation.assign"
DISMISS = "conversation.dismiss"
NUMBERS = tuple(f"conversation.number.{place}" for place in range(3))
"""Buttons that record a number of theirs; in one message each needs an id of its own."""
ANSWER = "conversation.answer"
TICKET = "ticket"
"""The input that names a ticket."""

UPDATE, REPLY, QUESTION = "update", "answer", "question"
RECORDS = {UPDATE: mark("Record as update"), REPLY: mark("Record as answer"), QUESTION: mark("Record as question")}

NOTE = "note"
RECORDED = {
    UPDATE: mark("Recorded as update by {name} · {time}"),
    REPLY: mark("Recorded as answer by {name} · {time}"),
    QUESTION: mark("Recorded as question by {name} · {time}"),
    NOTE: mark("Recorded as note by {name} · {time}"),
}
_RECORDS = 10
_SHOWN = 3000
"""Characters of their words in the thread; the rest is in the whole mail."""
_SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"}
"""Types of parts that hold the text of a mail so that only a mail program with the right key shows it."""


def message(entry: Entry, ticket: Ticket, config: Config, asked: Sequence[str] = ()) -> Message:
    """An entry in the thread. Their words are literal text: no mention, link or markup of theirs works.

    `asked`: people asked whether to reopen a ticket that is closed.
    """
    if entry.kind == MailKind.DELIVERY_REPORT:
        return _report(entry, ticket)
    if not entry.is_of_a_person:
        return _small(entry)
    heading = _heading(entry)
    blocks = [kit.rich(kit.line(*heading), *_quoted(entry))]
    blocks += [kit.note(each) for each in _remarks(entry, ticket, config)]
    blocks += _recorded(entry)
    blocks += [kit.actions("conversation", _buttons(entry, ticket))]
    blocks += _closed(entry, ticket, asked)
    text = f"{_text_of(heading)}: {excerpt(literal(entry.words), 200)}"
    return Message(literal_mrkdwn(text), blocks)


def _heading(entry: Entry) -> list[Json]:
    """Sender, channel and time."""
    if entry.source is EntrySource.CHANNEL:
        where = kit.filled(t("{author} wrote in the Retarus channel"), author=kit.bold(_author(entry)))
        where += [kit.text(" · "), kit.link(t("Show message"), entry.link)] if entry.link else []
    else:
        where = kit.filled(t("{author} wrote by e-mail"), author=kit.bold(_author(entry)))
    when = [kit.text(" · "), kit.moment(entry.written_at or entry.at)]
    edited = [kit.text(f" · {t('edited by the author')}")] if entry.is_edited else []
    deleted = [kit.text(f" · {t('deleted by the author')}")] if entry.is_deleted else []
    return [*where, *when, *edited, *deleted]


def _author(entry: Entry) -> str:
    name = excerpt(literal(entry.author), 100)
    if entry.source is EntrySource.CHANNEL:
        return name or literal(entry.address) or t("somebody")
    address = literal(entry.address)
    return f"{name} <{address}>" if name and address else name or address or t("somebody")


def _quoted(entry: Entry) -> list[Json]:
    words = literal(entry.words).strip() or _without_text(entry)
    return [kit.quote(piece) for piece in kit.chunks(words[:_SHOWN])]


def _without_text(entry: Entry) -> str:
    """Words in place of a missing text; those of an encrypted or sealed mail are in the original."""
    if any(each.type in _SEALED for each in entry.files):
        return t("(The text is encrypted or sealed. Open the original in a mail program.)")
    return t("(no text)")


def _remarks(entry: Entry, ticket: Ticket, config: Config) -> Iterable[str]:
    """Further remarks on the entry, in small print."""
    if len(entry.words) > _SHOWN:
        yield t("This is not all of it: the button shows the whole mail.")
    if entry.files:
        files = ", ".join(f"{literal(each.name)} ({sized(each.size)})" for each in entry.files)
        yield t("Attached: {files}", files=files)
    for each in entry.left_out:
        yield t("In the original only: {file}", file=literal(each))
    if entry.others:
        yield t("It also names {tickets}.", tickets=", ".join(entry.others))
    asked = numbers_to_ask_about(entry, ticket.rcr)
    if entry.rcr and not asked:
        yield t("Retarus's number: {numbers}", numbers=", ".join(entry.rcr))
    if entry.was_closed_when_edited:
        yield t("{reference} was closed when this was edited.", reference=reference(ticket, config))
    elif entry.was_closed:
        yield t("{reference} was closed when this came.", reference=reference(ticket, config))


def _recorded(entry: Entry) -> list[Json]:
    """The records made of the entry, with their authors and times."""
    lines = []
    for each in entry.records[-_RECORDS:]:
        words = t(RECORDED[each.kind])
        lines.append(kit.line(*kit.filled(words, name=kit.mention(each.by), time=kit.moment(each.at))))
    return [kit.rich(*lines)] if lines else []


def recording(view: Json, entry: Entry, kind: str) -> Json:
    """The form that an entry is recorded with; above it, what it was recorded as before."""
    ticket_id, _, version = str(view["private_metadata"]).partition("|")
    about = f"{ticket_id}|{version}|{entry.id}|{kind}|{len(entry.records)}"
    return {**view, "private_metadata": about, "blocks": [*_recorded(entry), *cast("list[Json]", view["blocks"])]}


def recorded_entry(below: str) -> tuple[str, str, int]:
    """Id of the entry, kind and number of records before, from what `recording` put into the form; else empty."""
    entry_id, _, more = below.partition("|")
    kind, _, number = more.partition("|")
    return (entry_id, kind, int(number)) if kind in RECORDED and number.isdecimal() else ("", "", 0)


def _buttons(entry: Entry, ticket: Ticket) -> list[Json]:
    buttons = [kit.button(t(name), RECORD + key, entry.id) for key, name in RECORDS.items()]
    buttons.append(kit.button(t("Answer Retarus"), ANSWER, entry.id))
    if entry.source is EntrySource.MAIL:
        buttons.append(kit.button(t("Whole mail"), WHOLE, entry.id))
    for action, number in zip(NUMBERS, numbers_to_ask_about(entry, ticket.rcr), strict=False):
        words = t("Record {number}", number=literal(number))
        buttons.append(kit.button(words, action, f"{entry.id}|{number}"))
    return buttons


def _closed(entry: Entry, ticket: Ticket, asked: Sequence[str]) -> list[Json]:
    """Asks these people whether to reopen a ticket that is closed."""
    if not (entry.was_closed or entry.was_closed_when_edited) or ticket.stage.is_open:
        return []
    words = [each for user in asked for each in kit.addressed(user)]
    words.append(kit.text(t("Should it be reopened?")))
    again = kit.button(t(NAMES[Move.REOPEN]), action_of(Move.REOPEN), ticket.id)
    return [kit.rich(kit.line(*words)), kit.actions("conversation.reopen", [again])]


def _small(entry: Entry) -> Message:
    """Mail that no person wrote, or that cannot be read: one line, and the whole mail behind a button."""
    if entry.kind == Reason.UNREADABLE:
        words = Unassigned(reason=Reason.UNREADABLE).in_words()
    elif entry.kind == MailKind.ACKNOWLEDGEMENT:
        words = t("Retarus acknowledged it: {numbers}", numbers=", ".join(map(literal, entry.rcr)))
    else:
        text = excerpt(literal(entry.words), 150)
        words = t("Automatic reply of {author}: {words}", author=_author(entry), words=text)
    whole = kit.actions("conversation", [kit.button(t("Whole mail"), WHOLE, entry.id)])
    return Message(literal_mrkdwn(words), [kit.note(words), whole])


# --- delivery reports


def _report(entry: Entry, ticket: Ticket) -> Message:
    failed = [each for each in entry.deliveries if each.outcome == Delivery.FAILED]
    lines = [_delivery(each) for each in (failed or entry.deliveries)][:5] or [t("A delivery report has arrived.")]
    whole = kit.button(t("Whole mail"), WHOLE, entry.id)
    if not failed:
        return Message(literal_mrkdwn(lines[0]), [kit.note("\n".join(lines)), kit.actions("conversation", [whole])])
    title = t("The e-mail to Retarus was not delivered after all.")
    ways = t("Correct the address, try again, or tell Retarus another way.")
    elements = [*kit.addressed(ticket.owner), kit.bold(title), kit.text("\n" + "\n".join((*lines, ways)))]
    again = [kit.button(t("Try again"), letter.AGAIN, entry.letter, style="primary")] if entry.letter else []
    text = literal_mrkdwn(f"{title} {lines[0]}")
    return Message(text, [kit.rich(kit.line(*elements)), kit.actions("conversation", [*again, whole])])


def _delivery(each: FailedDelivery) -> str:
    reason = t(REASONS.get(each.reason, REASONS["refused"]))
    whom = literal(each.recipient) or t("no recipient named")
    if each.outcome == Delivery.DELAYED:
        return t(
            "{recipient}: not delivered yet, the mail server keeps trying ({reason})", recipient=whom, reason=reason
        )
    return f"{whom}: {reason}"


# --- modals


def whole(entry: Entry) -> Json:
    """The whole text of a mail, as they wrote it, and the way to the original."""
    blocks = [kit.note(" · ".join((_author(entry), literal(entry.subject) or t("(no subject)"))))]
    words = literal(entry.text).strip() or _without_text(entry)
    blocks += [kit.rich(kit.line(kit.text(piece))) for piece in kit.chunks(words)]
    blocks = blocks[:80]
    if entry.is_text_cut:
        blocks.append(kit.note(t("The text is longer; the original contains all of it.")))
    blocks += [kit.note(t("In the original only: {file}", file=literal(each))) for each in entry.left_out[:10]]
    if entry.has_original:
        blocks.append(kit.actions("original", [kit.button(t("Send me the original"), ORIGINAL, entry.id)]))
    return kit.modal(WHOLE, t("Whole mail"), blocks)


def assigning(entry: Entry, names: Mapping[str, str]) -> Json:
    """Asks which ticket a mail belongs to; suggests the one that it names."""
    offered = [names[each] for each in entry.candidates if each in names]
    hint = t("It names {tickets}", tickets=", ".join(offered)) if offered else t("e.g. PD-1042")
    value = offered[0] if len(offered) == 1 else ""
    asked = text_input(TICKET, t("Which ticket does it belong to?"), hint, value=value, multiline=False)
    return kit.modal(ASSIGN, t("Assign a mail"), [kit.note(_summary(entry)), asked], submit=t("Assign"), about=entry.id)


# --- unassigned mails in the Home


def listing(entries: Sequence[Entry], total: int, names: Mapping[str, str], first: int = 0) -> list[Json]:
    """Unassigned mails, newest first, each with the reason. A stranger's text is shown as literal text only.

    `first`: the number of mails before the page.
    """
    if not entries:
        return [kit.note(t("Every mail is assigned to a ticket."))]
    blocks = []
    for entry in entries:
        blocks += [_row(entry, names), kit.actions(f"unassigned.{entry.id}", _choices(entry))]
    return [*blocks, *pages(Tab.MAIL, first, len(entries), total, PAGE)]


def _row(entry: Entry, names: Mapping[str, str]) -> Json:
    reason = Unassigned(reason=Reason(entry.reason)).in_words() if entry.reason else ""
    named = ", ".join(names[each] for each in entry.candidates if each in names)
    about = [kit.bold(literal(entry.subject) or t("(no subject)")), kit.text(f" · {_author(entry)} · ")]
    about += [kit.moment(entry.at), kit.text(f"\n{reason}")]
    about += [kit.text(" " + t("It names {tickets}", tickets=named))] if named else []
    return kit.rich(kit.line(*about))


def _choices(entry: Entry) -> list[Json]:
    return [
        kit.button(t("Show"), WHOLE, entry.id),
        kit.button(t("Assign"), ASSIGN, entry.id),
        kit.button(t("Dismiss"), DISMISS, entry.id),
    ]


def _summary(entry: Entry) -> str:
    return " · ".join((_author(entry), literal(entry.subject) or t("(no subject)"), excerpt(literal(entry.words), 300)))


# --- notice about a channel to Retarus


def word(body: Mapping[str, object], unassigned: int) -> Message:
    """A sentence to one person."""
    text = {
        "unassigned": t("Mails without a ticket: {count}. See “Unassigned” in the App Home.", count=unassigned),
        "mail": t("The mailbox could not be read for 15 minutes. {why}", why=str(body.get("why", ""))),
        "left": t(
            "A workspace left the channel that is shared with Retarus, and another one stays. Letters still go there. "
            "If it was Retarus, take `channel` under [retarus] out of desk.toml."
        ),
        "severed": t("The channel is no longer shared with Retarus. Letters go by e-mail."),
        "lost": t(
            "The channel is no longer shared with Retarus, and no e-mail address is set up: nothing can be sent to "
            "Retarus from here. Share the channel again, or enter `email` under [retarus] in desk.toml; until then, "
            "use the EAS portal."
        ),
    }[str(body["about"])]
    return Message(kit.escape(text), [kit.rich(kit.line(kit.text(text)))])


def _text_of(elements: Iterable[Json]) -> str:
    return "".join(str(each.get("text", "")) for each in elements).strip(" ·")
