"""Views on a month's report, and the forms that request reports and Retarus's own view of a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.form import ANSWER, text_input
from blocks.kit import Json, Message
from bot.core.i18n import t
from bot.core.month import Period
from bot.model.monthly_view import View
from bot.reports.document import ReportDocument

MAKE = "reports.make"
"""The form that asks for a report."""
DRAFT = "reports.draft"
"""Opens the request for Retarus's view; its value is the month."""
REQUEST = "reports.request"
RECEIVED = "reports.received"

VIEW = "reports.reminder"
"""The buttons about it; the message they stand in is redrawn."""

MONTH, CUSTOMER, WORD = "month", "customer", "word"
"""Inputs."""
_ALT = 1900
_WORDS = 1500


@dataclass(frozen=True)
class Posted:
    """Parts of a report that are visible in Slack at once."""

    paper: ReportDocument
    month: str
    shown: tuple[int, ...]
    """The visible charts."""
    view: View | None
    """Status of Retarus's own view; None: it is not mentioned. Its buttons are offered only where they can be
    redrawn: in the reminder, and in the form that asks for a report."""


def message(posted: Posted, pictures: Sequence[str]) -> Message:
    """`pictures`: ids of the uploaded charts, in the order of `shown`; none: they stand in the thread."""
    paper = posted.paper
    charts = [paper.charts[number] for number in posted.shown]
    shown = [_picture(each, chart.alt) for each, chart in zip(pictures, charts, strict=False)]
    lines = [
        kit.rich(kit.line(kit.bold(heading), kit.text(f"\n{words[:_WORDS]}"))) for heading, words in _summaries(paper)
    ]
    blocks: list[Json] = [
        kit.header(paper.title),
        kit.note(paper.about),
        {"type": "section", "fields": [_fact(*each) for each in paper.facts]},
        *_short(paper),
        *shown,
        *lines,
        kit.note(t("In the thread: the report to print (PDF, HTML) and every ticket as a spreadsheet (CSV).")),
        *([standing(posted.month, posted.view)] if posted.view else []),
    ]
    figures = ", ".join(f"{name} {figure}" for name, figure, _ in paper.facts)
    return Message(kit.escape(f"{paper.title}, {paper.about}: {figures}"), blocks)


def _summaries(paper: ReportDocument) -> list[tuple[str, str]]:
    """Texts for parts without a chart; the remark on a table is left out without the table."""
    parts = [part for part in paper.parts if part.in_slack and not part.chart and not part.tables and part.text]
    return [(part.heading, "\n".join(part.text)) for part in parts]


def _short(paper: ReportDocument) -> list[Json]:
    lines = [kit.line(kit.bold(name), kit.text(f"  {words}")) for name, words in paper.short]
    return [kit.rich(*lines)] if lines else []


def _picture(file_id: str, alt: str) -> Json:
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": alt[:_ALT]}


def _fact(name: str, figure: str, word: str) -> Json:
    about = f"\n{kit.escape(word)}" if word else ""
    return {"type": "mrkdwn", "text": f"{kit.escape(name)}\n*{kit.escape(figure)}*{about}"}


# --- Retarus's own view of a month


def standing(month: str, view: View, *, undelivered: bool = False) -> Json:
    """Status line of the monthly view."""
    if view.received_at:
        came = t("Retarus's own view of this month was received: {when}.")
        words = kit.filled(came, when=kit.moment(view.received_at))
    elif undelivered:
        failed = t("The request for Retarus's own view could not be delivered. An admin sees why in the App Home.")
        words = [kit.text(failed)]
    elif view.requested_at:
        asked = t("Retarus's own view of this month was requested ({when}) and has not been received yet.")
        words = kit.filled(asked, when=kit.moment(view.requested_at))
    else:
        words = [
            kit.text(t("Retarus gives its own view of a month, traffic and tickets, on request (guide, section 3)."))
        ]
    return kit.rich(kit.line(*words), block_id=f"standing.{month}")


def _view_buttons(month: str, view: View) -> list[Json]:
    again = t("Request it again") if view.requested_at else t("Request Retarus's view")
    return [
        kit.button(again, DRAFT, month, style="" if view.requested_at else "primary"),
        kit.button(t("Mark as received"), RECEIVED, month, style="primary" if view.requested_at else ""),
    ]


def reminder(period: Period, view: View, *, undelivered: bool) -> Message:
    """Reminder that a month is over, and its view was not requested or has not arrived."""
    heading = t("Retarus's view of {month}", month=period.name)
    return Message(kit.escape(heading), [kit.header(heading), *view_blocks(period.key, view, undelivered=undelivered)])


def view_blocks(month: str, view: View, *, undelivered: bool) -> list[Json]:
    """Status of the monthly view, and its buttons."""
    buttons = [] if view.received_at else [kit.actions(VIEW, _view_buttons(month, view))]
    return [standing(month, view, undelivered=undelivered), *buttons]


def request(period: Period, draft: str, ways: Sequence[str]) -> Json:
    """The draft; what stands there is what is sent."""
    goes = t("Goes {ways}, in your name.", ways=kit.together(ways))
    blocks = [kit.note(f"{period.name} · {goes}"), text_input(WORD, t("What Retarus reads"), "", value=draft)]
    return kit.modal(REQUEST, t("Monthly view"), blocks, submit=t("Send to Retarus"), about=period.key)


def request_post(subject: str, text: str) -> Message:
    """The request in the escalation channel."""
    pages = [kit.rich(kit.line(kit.text(piece))) for piece in kit.chunks(text)]
    return Message(kit.escape(subject), [kit.header(subject), *pages])


# --- asking for a report


def modal(months: Sequence[Period], view: View, *, undelivered: bool) -> Json:
    """`months`: the one to begin with first, which is the one `view` is about."""
    options = [kit.option(each.name, each.key) for each in months]
    picker: Json = {"type": "static_select", "action_id": ANSWER, "options": options, "initial_option": options[0]}
    search: Json = {"type": "external_select", "action_id": ANSWER, "min_query_length": 0}
    blocks = [
        _input(MONTH, t("Month"), picker),
        _input(
            CUSTOMER,
            t("For one end-customer"),
            search,
            t("Leave empty for all of them; then the report is for internal use only."),
        ),
        kit.note(t("You get it as a direct message.")),
        kit.divider(),
        kit.heading(t("Retarus's view of {month}", month=months[0].name)),
        *view_blocks(months[0].key, view, undelivered=undelivered),
    ]
    return kit.modal(MAKE, t("Report"), blocks, submit=t("Create report"))


def _input(key: str, label: str, element: Json, hint: str = "") -> Json:
    shape: Json = {
        "type": "input",
        "block_id": key,
        "label": kit.plain(label),
        "element": element,
        "optional": key != MONTH,
    }
    return {**shape, "hint": kit.plain(hint)} if hint else shape


def promised(period: Period) -> Message:
    """Message that the report is on its way."""
    words = t("The report for {month} is being created. You get it as a direct message.", month=period.name)
    return Message(kit.escape(words), [kit.note(words)])


def noted(period: Period) -> Message:
    """Message that the view was recorded as received."""
    words = t("Noted: Retarus's view of {month} was received.", month=period.name)
    return Message(kit.escape(words), [kit.note(words)])
