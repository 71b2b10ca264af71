"""The limits of what is open to everybody."""

from opendimona.portal.site.throttle import IN_ALL, PER_ADDRESS, WINDOW, Throttle


def test_one_is_stopped_the_others_are_not_and_time_heals() -> None:
    throttle = Throttle()
    assert [throttle.may("a", 0.0) for _ in range(PER_ADDRESS + 1)] == [True] * PER_ADDRESS + [False]
    assert throttle.may("b", 0.0)
    assert not throttle.may("a", WINDOW - 1)
    assert throttle.may("a", WINDOW)


def test_all_together_are_limited_too() -> None:
    throttle = Throttle()
    assert sum(throttle.may(str(place), 0.0) for place in range(IN_ALL + 50)) == IN_ALL
