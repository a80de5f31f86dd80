"""Faults of the local mail servers, ordered by tests, over the control interface, or in the page's panel."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Drop = Literal["before", "after"]

SMTP_FAULTS = {
    "smtp_down": "connections are closed before the greeting",
    "login_refused": "535: the password is wrong; where no login is asked for, 530: one is needed",
    "greylisted": "451 for each recipient, until its sender comes again after `seconds`",
    "recipient_refused": "552 for `address` (any when it is empty)",
    "refused": "451 after DATA, nothing is kept",
    "break_before": "the connection breaks instead of the answer to DATA, nothing is kept",
    "break_after": "the connection breaks instead of the answer to DATA, the mail is kept",
    "slow": "the answer to DATA takes `seconds`",
}
IMAP_FAULTS = {
    "imap_down": "all connections end, new ones are closed before the greeting",
    "imap_login_refused": "the login is refused",
    "imap_break": "the connection breaks in the middle of a mail that is fetched",
}
MAIL_FAULTS = SMTP_FAULTS | IMAP_FAULTS

_ONCE = frozenset({"refused", "break_before", "break_after", "imap_break"})
"""Faults that happen once unless ordered otherwise; all others last until they are taken back."""
_ANSWERS = {
    "login_refused": (535, "5.7.8 Authentication credentials invalid"),
    "greylisted": (451, "4.7.1 Greylisted, come back later"),
    "recipient_refused": (552, "5.2.2 Mailbox full"),
    "refused": (451, "4.3.0 Try again later"),
}
_TYPES: dict[str, tuple[type, ...]] = {
    "times": (int, type(None)),
    "code": (int,),
    "text": (str,),
    "address": (str,),
    "seconds": (int, float),
    "for_seconds": (int, float, type(None)),
}


class InvalidMailFault(ValueError):
    """An order that no mail server can carry out."""


@dataclass(slots=True, kw_only=True)
class MailFault:
    """One order. `times` None: until it is taken back. `seconds` and `for_seconds` are real seconds."""

    id: str
    fault: str
    times: int | None
    code: int
    text: str
    address: str = ""
    seconds: float = 0.0
    for_seconds: float | None = None
    hits: int = 0
    ends: float = math.inf

    @property
    def is_spent(self) -> bool:
        """True if it will not happen any more."""
        return (self.times is not None and self.hits >= self.times) or time.monotonic() > self.ends

    @property
    def answer(self) -> str:
        """The line of the mail server."""
        return f"{self.code} {self.text}"

    def to_json(self) -> dict[str, Any]:
        """The order as the control interface shows it."""
        shown = asdict(self)
        del shown["ends"]
        return shown


class Faults:
    """The orders for one mailbox's servers, first come first served."""

    def __init__(self) -> None:
        self._orders: list[MailFault] = []
        self._numbers = itertools.count(1)
        self._first_tries: dict[tuple[str, str], float] = {}
        self._listeners: list[Callable[[], None]] = []

    # -- ordering -----------------------------------------------------------------------------------------------

    def order(self, fault: str, **wanted: Any) -> MailFault:
        """Orders a fault by its name in `MAIL_FAULTS`. Raises `InvalidMailFault`."""
        _check(fault, wanted)
        code, text = _ANSWERS.get(fault, (0, ""))
        given = {"times": 1 if fault in _ONCE and wanted.get("for_seconds") is None else None, "code": code, **wanted}
        ordered = MailFault(id=str(next(self._numbers)), fault=fault, **{"text": text, **given})
        if ordered.for_seconds is not None:
            ordered.ends = time.monotonic() + ordered.for_seconds
        self._orders.append(ordered)
        for listener in tuple(self._listeners):
            listener()
        return ordered

    def refuse(self, times: int = 1, code: int = 451, text: str = "4.3.0 Try again later") -> None:
        """Refuses the next mails, which are not kept, with `code` (4xx: temporary, 5xx: permanent)."""
        self.order("refused", times=times, code=code, text=text)

    def refuse_recipient(self, address: str, code: int = 552, text: str = "5.2.2 Mailbox full") -> None:
        """Refuses mails to this address, until `clear`."""
        self.order("recipient_refused", address=address, code=code, text=text)

    def drop(self, times: int = 1, when: Drop = "before") -> None:
        """The connection breaks instead of an answer to the next mails: `before` they are kept, or `after`,
        when the sender cannot know that they arrived."""
        self.order(f"break_{when}", times=times)

    def listed(self) -> list[MailFault]:
        """All orders that may still happen."""
        self._orders = [each for each in self._orders if not each.is_spent]
        return list(self._orders)

    def cancel(self, fault_id: str) -> bool:
        """Takes one order back; False if there is none."""
        remaining = [each for each in self._orders if each.id != fault_id]
        found, self._orders = len(remaining) < len(self._orders), remaining
        return found

    def clear(self) -> None:
        """Takes all orders back."""
        self._orders.clear()
        self._first_tries.clear()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls `listener` after each order. Returns a function that unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # -- happening ----------------------------------------------------------------------------------------------

    def is_on(self, fault: str) -> bool:
        """True while this fault lasts."""
        return any(each.fault == fault and not each.is_spent for each in self._orders)

    def next(self, *names: str) -> MailFault | None:
        """The fault with one of these names that happens now; it is counted."""
        for each in self._orders:
            if each.fault in names and not each.is_spent:
                each.hits += 1
                return each
        return None

    def refusal_of(self, sender: str, address: str) -> str | None:
        """The answer to RCPT TO, where this recipient is refused."""
        for each in self._orders:
            if each.is_spent or not self._concerns(each, sender, address.lower()):
                continue
            each.hits += 1
            return each.answer
        return None

    def _concerns(self, order: MailFault, sender: str, address: str) -> bool:
        if order.address and order.address.lower() != address:
            return False
        if order.fault == "greylisted":
            is_new = (sender, address) not in self._first_tries
            first = self._first_tries.setdefault((sender, address), time.monotonic())
            return is_new or time.monotonic() - first < order.seconds
        return order.fault == "recipient_refused"


def _check(fault: str, wanted: dict[str, Any]) -> None:
    if fault not in MAIL_FAULTS:
        raise InvalidMailFault(f"A mail server fails with one of {', '.join(MAIL_FAULTS)}.")
    for name, value in wanted.items():
        if name not in _TYPES or isinstance(value, bool) or not isinstance(value, _TYPES[name]):
            raise InvalidMailFault(f"A fault of a mail server has no {name} = {value!r}.")
        if isinstance(value, int | float) and not (math.isfinite(value) and value >= 0):
            raise InvalidMailFault(f"A fault's {name} is a number from 0.")
    if wanted.get("code") is not None and not 400 <= wanted["code"] <= 599:
        raise InvalidMailFault("A mail server refuses with a code from 400 to 599.")
    if any(each in wanted.get("text", "") for each in "\r\n"):
        raise InvalidMailFault("The text of a refusal is one line.")
    if wanted.get("times") == 0:
        raise InvalidMailFault("A fault happens at least once.")
