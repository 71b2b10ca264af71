"""How often a program may ask for a token: a bucket for each, filled at a steady rate up to a burst."""

import time

_BUCKETS_MAX = 10_000


class Throttle:
    """Token buckets by name; `rate` a second, up to `burst` at once."""

    def __init__(self, rate: int, burst: int) -> None:
        self.rate = max(1, rate)
        self._burst = max(1, burst)
        self._buckets: dict[str, tuple[float, float]] = {}

    def is_allowed(self, name: str, now: float | None = None) -> bool:
        """Whether one more is allowed at `now` (seconds of a steady clock); if so, it is counted."""
        now = time.monotonic() if now is None else now
        filled, at = self._buckets.pop(name, (float(self._burst), now))
        filled = min(self._burst, filled + (now - at) * self.rate)
        if len(self._buckets) >= _BUCKETS_MAX:
            # The bucket that was touched longest ago is full again, or was the least in use.
            del self._buckets[next(iter(self._buckets))]
        self._buckets[name] = (filled - 1 if filled >= 1 else filled, now)
        return filled >= 1

    def forget(self) -> None:
        """All buckets are full again."""
        self._buckets.clear()
