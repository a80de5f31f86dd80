"""What shall go wrong next? Faults a test orders for the coming calls of a method."""

from dataclasses import dataclass

from localslack.errors import Refused
from localslack.records import Json


@dataclass(slots=True)
class Fault:
    """`fault` is an error name, or ratelimited, http_500, lost_answer, slow."""

    method: str
    fault: str
    times: int = 1
    retry_after: int = 1
    seconds: float = 0.0


class Faults:
    """Faults in the order they were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def order(self, wanted: Json) -> None:
        """Let coming calls fail; `method` may be `*`."""
        known = {"method": str, "fault": str, "times": int, "retry_after": int, "seconds": int | float}
        for key, value in wanted.items():
            if key not in known or not isinstance(value, known[key]):
                raise Refused("invalid_fault", f"A fault has no {key} = {value!r}.")
        if not {"method", "fault"} <= set(wanted):
            raise Refused("invalid_fault", "A fault needs a method and a fault.")
        self._faults.append(Fault(**wanted))

    def take(self, method: str) -> Fault | None:
        """The fault this call shall have, if any."""
        for fault in self._faults:
            if fault.method in (method, "*"):
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Nothing more goes wrong."""
        self._faults.clear()
