"""Stages of a click, by the functions that a thread is in."""

from __future__ import annotations

from collections.abc import Sequence

RECEIVING = "receiving, HTTP server and Bolt"
CHECKS = "checks"
LOOK_UPS = "look-ups, with their threads"
TIMES = "clocks and times"
RECORDS = "records"
MODAL = "drawing the modal"
OPENING = "opening it"
COMMIT = "saving threads: the ticket, and its deliveries"
LOOP = "the loop, and waiting for sockets"
CARD = "drawing the card"
CALL = "calling Slack"
OUTBOX = "outbox"
INDEX = "index"

BEFORE = (RECEIVING, CHECKS, LOOK_UPS, TIMES, RECORDS, MODAL, OPENING)
"""Stages until the acknowledgement or the modal."""
THROUGHOUT = (COMMIT, LOOP)
"""Stages before it and after it."""
AFTER = (CARD, CALL, OUTBOX, INDEX)

INDEXING = ("bot/adapters/store/full_text_index.py", "runtime/index_worker.py", "bot/search/documents.py")
CHECKING = ("bot/forms/", "bot/core/fillers.py", "bot/core/secret_detection.py", "bot/core/cleaning.py")
TIMING = ("bot/clocks/", "bot/core/business_hours.py", "bot/core/clock.py", "bot/tickets/changes.py:timed")
DRAWING = ("blocks/", "runtime/notification_renderer.py")
SAVING = ("bot/adapters/store/group_commit.py", "bot/adapters/store/postgres_groups.py")
READING = ("bot/adapters/store/",)
GUARDED = ("handlers/dispatch.py:_guard",)
DELIVERING = ("bot/outbox.py",)
SHOWING = ("handlers/dispatch.py:_show",)
LISTENING = ("handlers/dispatch.py:_on_submission", "handlers/dispatch.py:_on_click")
OWN = (INDEXING, CHECKING, TIMING, DRAWING, SAVING, READING, GUARDED, DELIVERING, SHOWING, LISTENING)
"""Files and functions of the desk that stages are told by."""
_CALLING = ("slack_sdk/web/", "bot/adapters/slack/client.py", "aiohttp/client")
_RECEIVING = ("aiohttp/", "slack_bolt/", "runtime/")
_START = ("runtime/command_line.py", "runtime/starting.py", "runtime/reload.py", "runtime/loop_watchdog.py")
"""Files of every stack of the main thread."""
_LISTENERS = ("bot/", "handlers/create.py")


def stage_of(stack: str) -> str:
    """Stage of a stack `thread;file:function;…`, the outermost function first."""
    thread, _, functions = stack.partition(";")
    if _is_in(functions, INDEXING):
        return INDEX
    if thread != "MainThread":
        return LOOK_UPS if "reader" in thread else COMMIT
    return _of_the_loop(functions)


def _of_the_loop(functions: str) -> str:
    if _is_in(functions, GUARDED):
        return _first(functions, ((OPENING, _CALLING), (LOOK_UPS, READING)), MODAL)
    if _is_in(functions, (*DELIVERING, *SHOWING)):
        return _first(functions, ((CARD, DRAWING), (CALL, _CALLING)), OUTBOX)
    if _is_in(functions, _CALLING):
        return CALL
    if _is_in(functions, LISTENING):
        _, _, below = functions.partition("handlers/dispatch.py")
        places = ((CHECKS, CHECKING), (RECORDS, SAVING), (LOOK_UPS, READING), (TIMES, TIMING), (RECORDS, _LISTENERS))
        return _first(below, places, RECEIVING)
    return RECEIVING if _is_in(_without_the_start(functions), _RECEIVING) else LOOP


def _without_the_start(functions: str) -> str:
    return ";".join(one for one in functions.split(";") if not _is_in(one, _START))


def _first(functions: str, stages: Sequence[tuple[str, tuple[str, ...]]], otherwise: str) -> str:
    return next((stage for stage, places in stages if _is_in(functions, places)), otherwise)


def _is_in(functions: str, places: tuple[str, ...]) -> bool:
    return any(place in functions for place in places)
