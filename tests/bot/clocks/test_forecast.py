"""The forecast of the policy agrees with what the sweep does."""

from __future__ import annotations

from bot.clocks.forecast import forecast, lines
from bot.clocks.schedule import ReminderAudience
from bot.clocks.timers import Timer
from bot.model.ticket import Stage
from tests.factories import ALEX, CARLA, NOW, a_config, an_incident

CONFIG = a_config(
    desk={"leads": [CARLA]},
    levels={"second": {"group": "S0SECOND", "second_person": ALEX}},
    reminders={"second": 60, "repeat": 30, "second_person_after": 1, "leads_after": 2, "new": 0},
    sla={"P1": {"action_plan": 120}},
)


def line(priority: str, begin: str) -> str:
    found_lines = list(lines(CONFIG, NOW))
    start = next(number for number, each in enumerate(found_lines) if each.startswith(priority))
    return next(each for each in found_lines[start:] if each.strip().startswith(begin))


def test_forecast_names_moments_and_people() -> None:
    text = line("P1", "with the 2nd level")
    assert text.endswith(
        f"Tue 27.08. 12:20 owner · Tue 27.08. 12:50 owner + {ALEX} · "
        f"Tue 27.08. 13:20 owner + {ALEX} + {CARLA} · every 30 min"
    )


def test_forecast_claims_nothing_that_is_not_configured() -> None:
    assert "remedy or action plan within 2 h" in line("P1", "P1")
    assert line("P2", "P2").endswith("no SLA set")
    assert line("P2", "a remedy or an action plan").endswith("never")
    assert line("P1", "new at the 1st level").endswith("never")


def test_forecast_repeats_until_somebody_acts() -> None:
    lines = list(forecast(Timer.PROGRESS, an_incident(Stage.SECOND), CONFIG))
    assert [audience for _, audience in lines[:4]] == [
        ReminderAudience.OWNER,
        ReminderAudience.SECOND,
        ReminderAudience.LEADS,
        ReminderAudience.LEADS,
    ]
    assert len(lines) == 12
