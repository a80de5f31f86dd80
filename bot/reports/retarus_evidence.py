"""Evidence of Retarus's response times with their dates; for the partner only."""

from __future__ import annotations

from datetime import timedelta

from bot.config.settings import Config
from bot.core.i18n import many, mark, t
from bot.forms.template_fields import BY_KEY
from bot.reports.document import Bar, Chart, ReportPart, ReportTable
from bot.reports.figures import DeadlineCount, DurationSpread, Figures, promised, sent
from bot.reports.formatting import hours, lengths, moment, reference
from bot.reports.ticket_month import REACTIONS, Promise, Sending, TicketMonth

_REACTIONS = {
    "rcr": mark("Sent → RCR number"),
    "word": mark("Sent → first reply"),
    "answer": mark("Sent → answer"),
}
_LIMIT = 300
"""Rows; the sheet has all of them."""


def evidence(figures: Figures, config: Config) -> tuple[ReportPart, ...]:
    """The part about Retarus; empty when no ticket was with them."""
    if not figures.with_retarus:
        return ()
    spreads = {t(_REACTIONS[reaction]): figures.reactions[reaction] for reaction in REACTIONS}
    text = (
        t("From this desk's records: when letters were sent, and when Retarus's answers were entered."),
        _deadlines_met(figures.updates, t("Announced updates")),
        _deadlines_met(figures.etas, t("Announced solutions")),
        _causes(figures, config),
    )
    columns = (t("Length of time"), t("Times"), t("Median"), t("Longest"), t("Median, calendar time"))
    rows = tuple(lengths(name, spread) for name, spread in spreads.items())
    tables = (ReportTable(columns=columns, rows=rows), *_sent(figures, config), *_promised(figures, config))
    return (
        ReportPart(
            heading=t("Retarus's response times"), text=text, chart=_chart(spreads), tables=tables, in_slack=True
        ),
    )


def _causes(figures: Figures, config: Config) -> str:
    """Counts of tickets by cause: Retarus's services or not (guide L3.1)."""
    labels = {option.value: option.label for option in BY_KEY["caused_by"].options(config)}
    found = [f"{label}: {figures.causes.get(value, 0)}" for value, label in labels.items()]
    found.append(t("not said: {count}", count=figures.causes.get("", 0)))
    return t("Causes of {count} tickets with Retarus: {causes}.", count=figures.with_retarus, causes=", ".join(found))


def _deadlines_met(count: DeadlineCount, name: str) -> str:
    if not count.total:
        return t("{name}: none was due.", name=name)
    return t("{name}: {met} of {total} kept.", name=name, met=count.met, total=count.total)


def _chart(spreads: dict[str, DurationSpread]) -> Chart | None:
    if not any(spread.count for spread in spreads.values()):
        return None
    bars = tuple(
        Bar(label=name, values=(spread.median.worked / timedelta(hours=1),), caption=hours(spread.median.worked))
        for name, spread in spreads.items()
    )
    title = t("Retarus's response times, median in working hours")
    alt = f"{title}: {', '.join(f'{each.label} {each.caption}' for each in bars)}."
    return Chart(shape="across", title=title, alt=alt, series=(t("Hours"),), bars=bars, unit="h")


def _sent(figures: Figures, config: Config) -> list[ReportTable]:
    columns = (t("Ticket"), t("Sent"), t("RCR number"), t("First reply"), t("Their answer"))
    found = list(sent(figures.lines))
    rows = [_reacted(line, sending, figures, config) for line, sending in found[:_LIMIT]]
    return [ReportTable(columns=columns, rows=(*rows, *_more(len(found), len(columns))))] if rows else []


def _reacted(line: TicketMonth, sending: Sending, figures: Figures, config: Config) -> tuple[str, ...]:
    place = figures.period.zone
    reacted = tuple(_reaction_time(sending, reaction, place) for reaction in REACTIONS)
    return (reference(line, config), moment(sending.at, place), *reacted)


def _reaction_time(sending: Sending, reaction: str, place: str) -> str:
    if reaction == "rcr" and not sending.rcr_wanted:
        return t("had one")
    spent = sending.spent.get(reaction)
    return f"{moment(getattr(sending, reaction), place)} ({hours(spent.worked)})" if spent else t("not yet")


def _promised(figures: Figures, config: Config) -> list[ReportTable]:
    columns = (t("Ticket"), t("Announced"), t("Announced for"), t("Arrived"))
    found = list(promised(figures.lines))
    rows = [_promise_row(line, promise, figures, config) for line, promise in found[:_LIMIT]]
    return [ReportTable(columns=columns, rows=(*rows, *_more(len(found), len(columns))))] if rows else []


def _promise_row(line: TicketMonth, promise: Promise, figures: Figures, config: Config) -> tuple[str, ...]:
    place = figures.period.zone
    kind = t("update") if promise.kind == "update" else t("solution")
    late = "" if promise.is_fulfilled else f" ({t('late')})"
    came = f"{moment(promise.fulfilled_at, place)}{late}" if promise.fulfilled_at else t("not yet")
    return (reference(line, config), kind, moment(promise.due, place), came)


def _more(total: int, columns: int) -> list[tuple[str, ...]]:
    if total <= _LIMIT:
        return []
    return [(many("… {count} more", "… {count} more", total - _LIMIT), *[""] * (columns - 1))]
