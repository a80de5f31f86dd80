"""Writes a report's figures in the reader's language: a `ReportDocument`, ready to print."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.config.settings import NOT_SET, Config
from bot.core.cleaning import clean_line
from bot.core.i18n import Language, many, mark, spoken, t
from bot.core.identifiers import fold
from bot.forms.validation import level_name
from bot.model.ticket import Kind, Level, Party
from bot.reports import spreadsheet
from bot.reports.document import Bar, Chart, ReportDocument, ReportPart, ReportTable
from bot.reports.figures import Count, DeadlineCount, DurationSpread, Figures
from bot.reports.formatting import hours, lengths, moment, percent, reference, service, standing
from bot.reports.retarus_evidence import evidence
from bot.reports.ticket_month import TicketMonth
from bot.tickets.reference import kind_name

_PARTIES = {
    Party.FIRST: mark("1st level"),
    Party.SECOND: mark("2nd level"),
    Party.RETARUS: mark("Retarus"),
    Party.CUSTOMER: mark("End-customer"),
}
_AGES = (
    mark("Under 1 day"),
    mark("1 to 3 days"),
    mark("3 to 7 days"),
    mark("7 to 14 days"),
    mark("14 to 30 days"),
    mark("Over 30 days"),
)
_CUSTOMERS = 15
"""Named in the table; the sheet has all of them."""
_LISTED = 200
"""Tickets an end-customer's report names; the sheet has all of them."""
_NAMED = 20
_BUSIEST = 3
"""End-customers named where there is no room for a table."""


def paper(figures: Figures, config: Config, made_at: datetime) -> ReportDocument:
    """The whole report; for one end-customer without what is between the partner and Retarus."""
    language = spoken()
    return ReportDocument(
        name=_file_name(figures),
        language=language.value,
        title=t("Support report, {month}", month=figures.period.name),
        about=_about(figures, config),
        facts=_facts(figures, config),
        short=tuple(_short(figures)),
        parts=tuple(_parts(figures, config)),
        notes=tuple(_notes(figures, config)),
        footer=" · ".join(each for each in (config.reports.name, _whom(figures), figures.period.name) if each),
        page=t("Page {page} of {pages}"),
        made_at=made_at,
        sheet=spreadsheet.sheet(figures, config, ";" if language is Language.GERMAN else ","),
    )


def _file_name(figures: Figures) -> str:
    words = "-".join("".join(each if each.isalnum() else " " for each in fold(figures.customer)).split())
    return f"report-{figures.period.key}" + (f"-{words[:40]}" if words else "")


def _about(figures: Figures, config: Config) -> str:
    """`Nordlicht IT: Müller GmbH`; the partner's own is internal, and says whom it counts."""
    is_for_them = config.reports.name and figures.customer
    return f"{config.reports.name}: {_whom(figures)}" if is_for_them else _whom(figures)


def _whom(figures: Figures) -> str:
    return clean_line(figures.customer) or t("All end-customers")


# --- summary


def _facts(figures: Figures, config: Config) -> tuple[tuple[str, str, str], ...]:
    total = figures.total
    last = t("at the end of the month") if figures.period.is_over else t("now")
    facts = [
        (t("Raised"), str(total.raised), ""),
        (t("Closed"), str(total.closed), _reopened(figures)),
        (t("Open"), str(total.open), last),
        (t("First response"), *_middle(figures.response)),
        (t("Remedy"), *_middle(figures.remedy)),
    ]
    if not figures.customer:
        facts.append((t("RCR number"), *_middle(figures.reactions["rcr"])))
    count = sum(each.met for each in figures.plans.values())
    decided = count + sum(each.missed for each in figures.plans.values())
    facts.append(
        (t("SLA kept"), f"{count} / {decided}" if decided else "–", "" if config.sla else t("no SLA is configured"))
    )
    return tuple(facts)


def _reopened(figures: Figures) -> str:
    return many("{count} reopened", "{count} reopened", figures.reopened) if figures.reopened else ""


def _middle(spread: DurationSpread) -> tuple[str, str]:
    if not spread.count:
        return "–", t("none in this month")
    return hours(spread.median.worked), many("median of {count}", "median of {count}", spread.count)


def _short(figures: Figures) -> Iterator[tuple[str, str]]:
    """Summary lines: tickets raised, and the time at each level."""
    services = figures.services if len(figures.services) == 1 else {}
    busiest = {} if figures.customer else dict(list(figures.customers.items())[:_BUSIEST])
    for title, counts in (
        (t("Priority"), {name or t("not set yet"): each for name, each in figures.priorities.items()}),
        (t("Kind"), {kind_name(Kind(name)): each for name, each in figures.kinds.items()}),
        (t("Service"), {service(name): each for name, each in services.items()}),
        (t("End-customers"), {clean_line(name) or t("not named"): each for name, each in busiest.items()}),
    ):
        summary = " · ".join(f"{name} {each.raised}" for name, each in counts.items() if each.raised)
        if summary:
            yield f"{t('Raised')} – {title}", summary
    levels = " · ".join(f"{level_name(level)} {hours(each.worked)}" for level, each in figures.levels.items())
    if not figures.is_empty:
        yield t("Level it was at"), levels


# --- the parts


def _parts(figures: Figures, config: Config) -> list[ReportPart]:
    if figures.is_empty:
        return [ReportPart(heading=t("All tickets of the month"), text=(t("Nothing in this month."),), in_slack=True)]
    ours = (
        () if figures.customer else (_customers(figures, config), _quality(figures, config), *evidence(figures, config))
    )
    theirs = (_listed(figures, config),) if figures.customer else ()
    return [
        _days(figures),
        _by_subject(figures),
        _time(figures, config),
        _open(figures, config),
        _sla(figures, config),
        *ours,
        *theirs,
    ]


def _days(figures: Figures) -> ReportPart:
    raised, closed = t("Raised"), t("Closed")
    bars = [Bar(label=f"{day.day}", values=(each.raised, each.closed)) for day, each in figures.days.items()]
    total = figures.total
    alt = t("{raised} tickets raised and {closed} closed, day by day.", raised=total.raised, closed=total.closed)
    chart = Chart(
        shape="upright", title=t("Raised and closed, day by day"), alt=alt, series=(raised, closed), bars=tuple(bars)
    )
    return ReportPart(heading=t("Day by day"), chart=chart, in_slack=True)


def _by_subject(figures: Figures) -> ReportPart:
    bars = tuple(
        Bar(label=service(name), values=(each.raised,), caption=str(each.raised))
        for name, each in figures.services.items()
    )
    chart = Chart(
        shape="across",
        title=t("Raised, by service"),
        alt=_alt(t("Raised, by service"), bars[:10]),
        series=(t("Raised"),),
        bars=bars[:10],
    )
    tables = (
        _counted(t("Kind"), {kind_name(Kind(name)): each for name, each in figures.kinds.items()}, figures),
        _counted(t("Priority"), {name or t("not set yet"): each for name, each in figures.priorities.items()}, figures),
        _counted(t("Service"), {service(name): each for name, each in figures.services.items()}),
    )
    text = (t("A ticket of several services counts for each of them."),)
    return ReportPart(
        heading=t("What it was about"), text=text, chart=chart if len(bars) > 1 else None, tables=tables, in_slack=True
    )


def _counted(column: str, counts: dict[str, Count], figures: Figures | None = None) -> ReportTable:
    rows = [_row(name, each) for name, each in counts.items()]
    total = [_row(t("All"), figures.total)] if figures else []
    columns = (column, t("Raised"), t("Closed"), t("Open"))
    return ReportTable(columns=columns, rows=(*rows, *total), total=bool(total))


def _row(name: str, count: Count) -> tuple[str, ...]:
    return (name, str(count.raised), str(count.closed), str(count.open))


def _customers(figures: Figures, config: Config) -> ReportPart:
    named = list(figures.customers.items())
    counts = {clean_line(name) or t("not named"): each for name, each in named[:_CUSTOMERS]}
    rest = sum((each for _, each in named[_CUSTOMERS:]), Count())
    if len(named) > _CUSTOMERS:
        counts[many("{count} more", "{count} more", len(named) - _CUSTOMERS)] = rest
    # nothing adds up to the whole where one ticket is of several
    table = _counted(t("End-customer"), counts, None if figures.is_shared else figures)
    return ReportPart(heading=t("End-customers"), text=_shared(figures, config), tables=(table,))


def _shared(figures: Figures, config: Config) -> tuple[str, ...]:
    """End-customers who joined a ticket of another one, and when: it counts for them from then on."""
    joined = [
        f"{clean_line(name)} ({reference(each, config)}, {moment(at, figures.period.zone)})"
        for each in figures.lines
        for name, at in each.joined
    ]
    more = [many("{count} more", "{count} more", len(joined) - _NAMED)] if len(joined) > _NAMED else []
    if not joined:
        return ()
    how = t("A ticket of several end-customers counts for each of them, from the time they joined it.")
    return (how, t("Also affected: {customers}", customers=", ".join((*joined[:_NAMED], *more))))


def _time(figures: Figures, config: Config) -> ReportPart:
    spent = {party: figures.parties[party] for party in Party}
    bars = tuple(
        Bar(label=t(_PARTIES[party]), values=(each.worked / timedelta(hours=1),), caption=hours(each.worked))
        for party, each in spent.items()
    )
    title = t("Who had to act, in working hours")
    chart = Chart(shape="across", title=title, alt=_alt(title, bars), series=(t("Hours"),), bars=bars, unit="h")
    columns = (t("Who had to act"), t("Working time"), t("Share"), t("Calendar time"), t("Counted by"))
    all_worked = sum((each.worked for each in spent.values()), timedelta())
    parties = tuple(
        (
            t(_PARTIES[party]),
            hours(each.worked),
            percent(each.worked, all_worked),
            hours(each.elapsed),
            _calendar(party, config),
        )
        for party, each in spent.items()
    )
    return ReportPart(
        heading=t("Who had to act, and for how long"),
        chart=chart,
        tables=(ReportTable(columns=columns, rows=parties), _levels(figures), _lengths(figures)),
        in_slack=True,
    )


def _levels(figures: Figures) -> ReportTable:
    all_worked = sum((each.worked for each in figures.levels.values()), timedelta())
    rows = tuple(
        (level_name(level), hours(each.worked), percent(each.worked, all_worked), hours(each.elapsed))
        for level, each in figures.levels.items()
    )
    return ReportTable(columns=(t("Level it was at"), t("Working time"), t("Share"), t("Calendar time")), rows=rows)


def _lengths(figures: Figures) -> ReportTable:
    columns = (t("Length of time"), t("Tickets"), t("Median"), t("Longest"), t("Median, calendar time"))
    spreads = ((t("Raised → taken on"), figures.response), (t("Raised → remedy"), figures.remedy))
    return ReportTable(columns=columns, rows=tuple(lengths(name, spread) for name, spread in spreads))


def _calendar(party: Party, config: Config) -> str:
    if party is Party.CUSTOMER:
        return t("around the clock")
    return _calendar_name({Party.FIRST: Level.FIRST, Party.SECOND: Level.SECOND}.get(party, Level.THIRD), config)


def _calendar_name(level: Level, config: Config) -> str:
    """Name of the calendar that is counted by: `office (Europe/Berlin)`."""
    name = config.retarus.calendar if level is Level.THIRD else config.team(level).calendar
    return f"{name} ({config.calendars[name].timezone})" if name else t("around the clock")


def _open(figures: Figures, config: Config) -> ReportPart:
    bars = tuple(
        Bar(label=t(name), values=(count,), caption=str(count)) for name, count in zip(_AGES, figures.ages, strict=True)
    )
    title = t("Open tickets, by age")
    chart = Chart(shape="across", title=title, alt=_alt(title, bars), series=(t("Open"),), bars=bars)
    columns = (t("Ticket"), t("What"), t("End-customer"), t("Stage"), t("Age"))
    rows = tuple(_aged(each, figures, config) for each in figures.oldest)
    if not rows:
        return ReportPart(heading=title, text=(t("No ticket is open."),))
    text = (many("The oldest:", "The oldest {count}:", len(rows)),)
    return ReportPart(
        heading=title, text=text, chart=chart, tables=(_without_customer(columns, rows, figures),), in_slack=True
    )


def _aged(line: TicketMonth, figures: Figures, config: Config) -> tuple[str, ...]:
    age = (figures.period.until - line.raised_at) // timedelta(days=1)
    aged = many("{count} day", "{count} days", age) if age else hours(figures.period.until - line.raised_at)
    return (reference(line, config), _kinds(line), clean_line(", ".join(line.customers)), standing(line), aged)


def _kinds(line: TicketMonth) -> str:
    services = ", ".join(service(each) for each in line.services)
    return " · ".join(each for each in (kind_name(line.kind), line.priority, services) if each)


def _without_customer(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], figures: Figures) -> ReportTable:
    """The table without the end-customer's column when all tickets are of one."""
    keep = [number for number, name in enumerate(columns) if not (figures.customer and name == t("End-customer"))]
    return ReportTable(
        columns=tuple(columns[number] for number in keep),
        rows=tuple(tuple(row[number] for number in keep) for row in rows),
    )


def _sla(figures: Figures, config: Config) -> ReportPart:
    heading = t("Remedy or action plan within the SLA")
    if not config.sla:
        return ReportPart(heading=heading, text=(t("The SLA is {not_set}.", not_set=t(NOT_SET)),))
    columns = (t("Priority"), t("Agreed"), t("Met"), t("Missed"), t("Running"))
    rows = tuple(_agreed(name, count, config) for name, count in figures.plans.items())
    text = (t("A deadline counts in the month it was met or missed. It pauses only while the end-customer is asked."),)
    return ReportPart(heading=heading, text=text, tables=(ReportTable(columns=columns, rows=rows),))


def _agreed(name: str, count: DeadlineCount, config: Config) -> tuple[str, ...]:
    priority = next((each for each in config.priorities if each.name == name), None)
    counted = t("around the clock") if priority and priority.around_the_clock else _calendar_name(Level.SECOND, config)
    agreed = f"{hours(timedelta(minutes=config.sla[name].action_plan))} ({counted})"
    return (name, agreed, str(count.met), str(count.missed), str(count.running))


def _quality(figures: Figures, config: Config) -> ReportPart:
    sent_back = many(
        "The 2nd level sent {count} of {handoffs} tickets back to the 1st level.",
        "The 2nd level sent {count} of {handoffs} tickets back to the 1st level.",
        len(figures.bounced), handoffs=figures.handoffs,
    )  # fmt: skip
    asked = many(
        "Retarus had to ask for missing information in {count} ticket of {total}.",
        "Retarus had to ask for missing information in {count} tickets of {total}.",
        len(figures.asked), total=figures.with_retarus,
    )  # fmt: skip
    promise = t("The guide's section 5 promises tickets “without having to request missing … information”.")
    text = (
        sent_back + _references(figures.bounced, config),
        asked + _references(figures.asked, config),
        promise,
    )
    return ReportPart(heading=t("Complete at the first attempt"), text=text, in_slack=True)


def _references(numbers: object, config: Config) -> str:
    found = [f"{config.desk.prefix}-{number}" for number in numbers] if isinstance(numbers, list) else []
    more = ", …" if len(found) > _NAMED else ""
    return f" ({', '.join(found[:_NAMED])}{more})" if found else ""


def _listed(figures: Figures, config: Config) -> ReportPart:
    columns = (t("Ticket"), t("What"), t("Raised"), t("Stage"), t("Raised → remedy"))
    rows = tuple(
        (
            reference(each, config),
            _kinds(each),
            moment(each.raised_at, figures.period.zone),
            standing(each) if each.is_open else t("closed"),
            hours(each.remedy.worked) if each.remedy else "",
        )
        for each in figures.lines[:_LISTED]
    )
    more = len(figures.lines) - len(rows)
    text = (
        (many("… and {count} more, in the spreadsheet.", "… and {count} more, in the spreadsheet.", more),)
        if more
        else ()
    )
    return ReportPart(
        heading=t("All tickets of the month"), text=text, tables=(ReportTable(columns=columns, rows=rows),)
    )


def _alt(title: str, bars: tuple[Bar, ...]) -> str:
    return f"{title}: {', '.join(f'{each.label} {each.caption}' for each in bars)}."


def _notes(figures: Figures, config: Config) -> list[str]:
    """Notes on the method of counting."""
    period = figures.period
    start, until = moment(period.start, period.zone), moment(period.until, period.zone)
    notes = [
        t("Counted from {start} to {until} ({zone}).", start=start, until=until, zone=period.zone),
        t("Each duration counts in the month in which it ended, in working time (see “Counted by”)."),
        t("Until the remedy, without the time spent waiting for the end-customer."),
    ]
    if not period.is_over:
        notes.insert(0, t("The month is not over: this is how it stands now."))
    nonstop = [each.name for each in config.priorities if each.around_the_clock]
    if nonstop:
        notes.append(t("For {priorities}, time is counted around the clock.", priorities=", ".join(nonstop)))
    return notes
