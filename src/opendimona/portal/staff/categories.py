"""Who pays which category of staff."""

PAID_BY_POWER = frozenset({"support", "student", "trainee-f1", "trainee-f2"})
"""Categories whose wages the organising power pays itself; the Community pays the others."""
