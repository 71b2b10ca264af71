"""How often something open to everybody may be done: so many times by one, and in all, within a time.

Counted in each server process by itself, so the whole of a server with several allows that many times more.
"""

import threading
import time
from collections import OrderedDict, deque

WINDOW = 600.0
"""Seconds."""
PER_ADDRESS, IN_ALL = 10, 300
ADDRESSES_MAX = 10_000


class Throttle:
    """Remembers when each one, known by an address of the network or of mail, did it last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_address: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque()

    def may(self, address: str, now: float | None = None) -> bool:
        """Whether one more is allowed; if so it counts."""
        moment = time.monotonic() if now is None else now
        with self._lock:
            mine = self._by_address.setdefault(address, deque())
            self._by_address.move_to_end(address)
            for times in (mine, self._all):
                while times and times[0] <= moment - WINDOW:
                    times.popleft()
            if len(mine) >= PER_ADDRESS or len(self._all) >= IN_ALL:
                return False
            mine.append(moment)
            self._all.append(moment)
            if len(self._by_address) > ADDRESSES_MAX:
                self._by_address.popitem(last=False)
            return True
