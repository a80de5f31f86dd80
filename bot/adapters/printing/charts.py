"""Draws charts as PNG with a light background of their own, readable in light and dark mode."""

from __future__ import annotations

import io

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.core.cleaning import shorten_middle
from bot.reports.document import Chart

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")
"""Colours that colour-blind people can tell apart (Okabe and Ito)."""
_GROUND, _INK, _QUIET = "#fbfbf9", "#1d1c1d", "#d9d9d4"
_WIDTH = 6.4
"""Inches; texts are large enough to be read on a phone, where the picture is as wide as the screen."""
_DPI = 200
_LABEL = 30

mpl.rcParams.update({"font.family": "DejaVu Sans", "font.size": 11, "text.parse_math": False, "text.color": _INK})


def picture(chart: Chart) -> bytes:
    """Renders a chart as PNG."""
    across = chart.shape == "across"
    height = 1.0 + 0.42 * max(len(chart.bars), 2) if across else 3.2
    figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor=_GROUND, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    figure.suptitle(chart.title, x=0.025, ha="left", fontsize=13, fontweight="bold")
    _plain(axes)
    (_across if across else _upright)(axes, chart)
    figure.get_layout_engine().set(w_pad=0.14, h_pad=0.12)  # type: ignore[union-attr, call-arg]
    file = io.BytesIO()
    figure.savefig(file, format="png", facecolor=_GROUND, metadata={"Software": None})
    return file.getvalue()


def _plain(axes: Axes) -> None:
    axes.set_facecolor(_GROUND)
    axes.tick_params(length=0, colors=_INK)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)


def _across(axes: Axes, chart: Chart) -> None:
    labels = [shorten_middle(bar.label, _LABEL) for bar in chart.bars]
    values = [bar.values[0] for bar in chart.bars]
    places = range(len(values))
    axes.barh(places, values, height=0.62, color=COLOURS[0])
    axes.set_yticks(places, labels)
    axes.invert_yaxis()
    axes.set_xticks([])
    highest = max(values, default=0) or 1
    axes.set_xlim(0, highest * 1.22)
    for place, bar in zip(places, chart.bars, strict=True):
        axes.text(bar.values[0] + highest * 0.015, place, bar.caption, va="center", fontweight="bold")


def _upright(axes: Axes, chart: Chart) -> None:
    count = len(chart.series)
    width = 0.84 / count
    places = range(len(chart.bars))
    for number, name in enumerate(chart.series):
        shifted = [place + (number - (count - 1) / 2) * width for place in places]
        axes.bar(shifted, [bar.values[number] for bar in chart.bars], width, color=COLOURS[number], label=name)
    every = 1 if len(chart.bars) <= 16 else 3  # noqa: PLR2004 (so many labels stand beside each other)
    axes.set_xticks(list(places)[::every], [bar.label for bar in chart.bars][::every])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    highest = max((value for bar in chart.bars for value in bar.values), default=0)
    axes.set_ylim(0, max(highest * 1.1, 1))
    axes.grid(axis="y", color=_QUIET, linewidth=0.8)
    if count > 1:
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=count, frameon=False, borderaxespad=0.2)
