"""Who pays which category of staff."""

PAID_BY_POWER = frozenset({"support", "student"})
"""Categories whose wages the organising power pays itself; the Community pays the others."""
