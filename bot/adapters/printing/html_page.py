"""A report as one self-contained HTML file: no scripts, no external addresses."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape

from bot.reports.document import ReportDocument, ReportPart, ReportTable

_STYLE = """
:root { color-scheme: light dark; --ink: #1d1c1d; --quiet: #5c5b5d; --line: #d9d9d4; --ground: #fff; --soft: #f5f5f1 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --quiet: #a5a5a5; --line: #3c3f44; --ground: #1a1d21; --soft: #24272c } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; break-after: avoid }
p { margin: .4rem 0 } .about { color: var(--quiet); margin: .25rem 0 1.5rem }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin: 0 }
dl div { background: var(--soft); border-radius: .5rem; padding: .6rem .8rem; break-inside: avoid }
dt, dd small { color: var(--quiet); font-size: .85rem } dd { margin: 0; font-size: 1.35rem; font-weight: 600 }
dd small { display: block; font-weight: 400 }
img { display: block; width: 100%; max-width: 40rem; border-radius: .5rem; margin: .75rem 0; break-inside: avoid }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; min-width: 34rem;
  margin: .75rem 0; font-size: .9rem }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--quiet); font-weight: 600 } td { font-variant-numeric: tabular-nums; overflow-wrap: break-word }
.whole { white-space: nowrap }
tr { break-inside: avoid } thead { display: table-header-group } .total td { font-weight: 600 }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .85rem }
@page { size: A4; margin: 16mm }
@media print { :root { --ink: #000; --quiet: #444; --line: #bbb; --ground: #fff; --soft: #f3f3f0 }
  body { max-width: none; padding: 0; font-size: 10pt } table { min-width: 0 } * { print-color-adjust: exact } }
"""

_WHOLE = 18
"""Length of the longest text that is kept on one line: `PD-1057`, `02.11.2026 09:00`, `1 h 08 min`."""


def page(paper: ReportDocument, pictures: Sequence[bytes]) -> bytes:
    """Renders a report as UTF-8."""
    left = iter(pictures)
    body = "".join(_part(part, left) for part in paper.parts)
    facts = "".join(_fact(*fact) for fact in paper.facts)
    notes = "".join(f"<p>{escape(note)}</p>" for note in paper.notes)
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        f"<!doctype html><html lang='{escape(paper.language)}'><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(paper.title)} · {escape(paper.about)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(paper.title)}</h1><p class='about'>{escape(paper.about)}</p><dl>{facts}</dl>{body}"
        f"<footer>{notes}</footer></body></html>\n"
    ).encode()


def _fact(name: str, figure: str, word: str) -> str:
    small = f"<small>{escape(word)}</small>" if word else ""
    return f"<div><dt>{escape(name)}</dt><dd>{escape(figure)}{small}</dd></div>"


def _part(part: ReportPart, pictures: Iterator[bytes]) -> str:
    text = "".join(f"<p>{escape(line)}</p>" for line in part.text)
    chart = f"<img src='{_inline(next(pictures))}' alt='{escape(part.chart.alt)}'>" if part.chart else ""
    return f"<section><h2>{escape(part.heading)}</h2>{text}{chart}{''.join(map(_table, part.tables))}</section>"


def _table(table: ReportTable) -> str:
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in table.columns)
    rows = "".join(
        f"<tr{_class(table, number)}>{''.join(map(_cell, row))}</tr>" for number, row in enumerate(table.rows)
    )
    return f"<div class='wide'><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


def _cell(text: str) -> str:
    """Keeps references and durations on one line."""
    whole = " class='whole'" if len(text) <= _WHOLE and any(map(str.isdigit, text)) else ""
    return f"<td{whole}>{escape(text)}</td>"


def _class(table: ReportTable, number: int) -> str:
    return " class='total'" if table.total and number == len(table.rows) - 1 else ""


def _inline(picture: bytes) -> str:
    return f"data:image/png;base64,{b64encode(picture).decode()}"
