"""Buckets that fill again."""

from opendimona.channels.rest.throttle import Throttle


def test_a_burst_then_a_steady_rate() -> None:
    throttle = Throttle(rate=2, burst=3)
    assert [throttle.is_allowed("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert [throttle.is_allowed("a", at) for at in (0.25, 0.5, 0.5, 1.0)] == [False, True, False, True]
    assert [throttle.is_allowed("a", 100.0) for _ in range(4)] == [True, True, True, False]


def test_each_program_has_a_bucket() -> None:
    throttle = Throttle(rate=1, burst=1)
    assert [throttle.is_allowed(name, 0.0) for name in ("a", "b", "a")] == [True, True, False]
    throttle.forget()
    assert throttle.is_allowed("a", 0.0)
