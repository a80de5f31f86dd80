"""Lines in the thread about deliveries: receipts, what waits, and what was not delivered."""

from __future__ import annotations

from collections.abc import Iterable

from blocks import kit, letter
from blocks.kit import Json, Message
from bot.core.i18n import mark, t
from bot.model.notice import Letter, Notice, NoticeKind
from bot.model.ticket import Ticket

_MAILS = frozenset({NoticeKind.LETTER_MAIL.value, NoticeKind.CHASE_MAIL.value})


FAILED = "failed"
"""Block with the button of a failed delivery."""


def receipt(notice: Notice) -> Message:
    """A line of its own, where the line of the letter cannot be redrawn."""
    by_mail = notice.body["delivered"] in _MAILS
    words = t("Delivered to Retarus by e-mail") if by_mail else t("Delivered to Retarus in their channel")
    return Message(words, [kit.rich(kit.line(*_delivered(notice)))])


def _delivered(notice: Notice) -> list[Json]:
    """Line with place and time of the delivery, and the files that were not sent along."""
    to = str(notice.body["to"])
    posted = kit.filled(t("Delivered to Retarus in {channel}"), channel={"type": "channel", "channel_id": to})
    by_mail = notice.body["delivered"] in _MAILS
    where = [kit.text(t("Delivered to Retarus by e-mail to {address}", address=to))] if by_mail else posted
    elements = [*where, kit.text(" · "), kit.moment(notice.due)]
    return [*elements, *(kit.text("\n" + t("Not sent along: {file}", file=reason)) for reason in _left_out(notice))]


def outcomes(letters: Iterable[Letter], version: int) -> list[Json]:
    """Outcome of the deliveries of one event, a line for each. `letters`: the messages of the ticket.

    What failed has a line of its own, with the way out; what bounced after its receipt is told here too.
    """
    of_event = sorted((each for each in letters if each.notice.version == version), key=lambda each: each.notice.due)
    receipts = {str(each.notice.body["of"]): each.notice for each in of_event if "of" in each.notice.body}
    lines: list[Json] = []
    for row in of_event:
        if row.notice.key not in receipts:
            continue
        bounced = [kit.text(t(_FAILURES[row.notice.kind.value]))] if row.state == "dead" else []
        lines += [kit.text("\n"), *(bounced or _delivered(receipts[row.notice.key]))]
    return lines


def _left_out(notice: Notice) -> list[str]:
    """Files that could not be sent, each with the reason."""
    left_out = notice.body.get("left_out")
    return [str(each) for each in left_out] if isinstance(left_out, list) else []


_FAILURES = {
    NoticeKind.LETTER_MAIL.value: mark("The e-mail to Retarus was not delivered."),
    NoticeKind.LETTER_POST.value: mark("The letter to the Retarus channel was not delivered."),
    NoticeKind.CHASE_MAIL.value: mark("The later e-mail to Retarus was not delivered."),
    NoticeKind.CHASE_POST.value: mark("The later message in the Retarus channel was not delivered."),
    NoticeKind.CARD.value: mark("The card was not delivered."),
    NoticeKind.THREAD.value: mark("A line in the thread was not delivered."),
    NoticeKind.GUIDES.value: mark("The message with both guides was not delivered."),
}


_WAITS = {
    NoticeKind.LETTER_MAIL.value: mark("The e-mail to Retarus is waiting."),
    NoticeKind.LETTER_POST.value: mark("The letter to the Retarus channel is waiting."),
    NoticeKind.CHASE_MAIL.value: mark("The later e-mail to Retarus is waiting."),
    NoticeKind.CHASE_POST.value: mark("The later message in the Retarus channel is waiting."),
}


def waits(notice: Notice) -> Message:
    """A letter that cannot go out now, with the reason. It is sent later without any action."""
    title, reason = t(_WAITS[str(notice.body["waits"])]), str(notice.body["why"])
    then = t("It is sent automatically once this is fixed.")
    line = kit.rich(kit.line(kit.bold(title), kit.text(f" {reason} {then}")))
    return Message(kit.escape(f"{title} {reason} {then}"), [line])


def not_delivered(notice: Notice, ticket: Ticket) -> Message:
    """A dead letter for its owner: which one, why, and what to do."""
    title, reason = t(_FAILURES[str(notice.body["failed"])]), str(notice.body["why"])
    elements = [*kit.addressed(ticket.owner), kit.bold(title), kit.text(f" {reason}")]
    if notice.body.get("instead"):
        is_mail = notice.body["failed"] in _MAILS
        words = t("It goes to the Retarus channel instead.") if is_mail else t("It goes by e-mail instead.")
        elements.append(kit.text(f" {words}"))
        return Message(kit.escape(f"{title} {reason}"), [kit.rich(kit.line(*elements))])
    again = kit.button(t("Try again"), letter.AGAIN, str(notice.body["key"]), style="primary")
    return Message(kit.escape(f"{title} {reason}"), [kit.rich(kit.line(*elements)), kit.actions(FAILED, [again])])


def settled() -> Message:
    """Stands in place of a failed delivery after it was sent in another way."""
    words = t("It was not delivered at first; it was sent again since, or a newer letter was.")
    return Message(kit.escape(words), [kit.rich(kit.line(kit.text(words)))])


def sent_again(name: str) -> Message:
    """Stands in place of a failed delivery once somebody has sent it again: there is nothing to press any more."""
    words = t("It was not delivered at first; {name} sent it again.", name=name)
    return Message(kit.escape(words), [kit.rich(kit.line(kit.text(words)))])
