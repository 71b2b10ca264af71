"""What is measured, for how long, and with which settings."""

from msgspec import Struct

EMPLOYERS = 100_000
"""Employers in the repertory, drawn at random by every declaration."""
SERVER_PROCESSES = 2
"""Processes of `opendimona serve --workers` in the figures that count; the full bench tries the other number too."""
DESK_PROCESSES = 2
DESK_IN_FLIGHT = 2048
"""Declarations that wait for their answer at a desk that is fed directly, over all processes."""
OF_INTEREST = 64
"""The number of connections that the ratios are about."""


class Desk(Struct, frozen=True, kw_only=True):
    """A way to feed the desk: processes, declarations in flight over all of them, most in one transaction."""

    processes: int = DESK_PROCESSES
    in_flight: int = DESK_IN_FLIGHT
    batch_limit: int = 512


class Portal(Struct, frozen=True, kw_only=True):
    """How the pages are measured: so many staff and schools, users who open a page every `pause` seconds.

    `settling`: seconds in which they sign in; `repeats`: how often each list and each dry run is asked for; `rows`: of
    the file that is loaded.
    """

    staff: int = 140_000
    schools: int = 2700
    users: int = 50
    pause: float = 3.0
    settling: float = 15.0
    seconds: float = 90.0
    repeats: int = 40
    rows: int = 1000


class Payroll(Struct, frozen=True, kw_only=True):
    """A payroll extract of so many lines, compared with so many periods."""

    lines: int = 200_000
    periods: int = 1_000_000


class Plan(Struct, frozen=True, kw_only=True):
    """One run of the bench. Durations are seconds; each figure is the median of `runs` measurements.

    `settling`: load on each server before anything is measured, by which it comes to know its employers;
    `stored`: periods in the register when measuring begins; `other_processes`: also measure the HTTP channel with
    these numbers of server processes; `persons`: sizes of the register of persons in which `identities` seeded errors
    are looked up; `waiting`: declarations that wait for an identification beside the desk; `growth`: the numbers of
    stored periods at which the desk's rate is compared; `searched`: periods of one employer, in which programs search.
    """

    connections: tuple[int, ...] = (1, 64, 128)
    runs: int = 3
    seconds: int = 10
    warmup: float = 2.0
    paced_seconds: float = 30.0
    settling: float = 15.0
    stored: int = 10_000
    employers: int = EMPLOYERS
    other_processes: tuple[int, ...] = (1,)
    desks: tuple[Desk, ...] = (
        Desk(),
        Desk(in_flight=1024),
        Desk(in_flight=4096, batch_limit=1024),
        Desk(processes=1, in_flight=512),
        Desk(processes=1, in_flight=1024),
        Desk(processes=1, in_flight=2048, batch_limit=1024),
    )
    prism_seconds: float = 10.0
    growth: tuple[int, ...] = (10_000, 1_000_000, 10_000_000)
    growth_seconds: float = 120.0
    growth_warmup: float = 15.0
    decide_seconds: float = 2.0
    persons: tuple[int, ...] = (1_000_000, 11_000_000)
    identities: int = 3000
    waiting: int = 100_000
    portal: Portal | None = Portal()
    payroll: Payroll | None = Payroll()
    searched: int = 200_000


FULL = Plan()
QUICK = Plan(
    seconds=3, warmup=0.5, settling=5.0, paced_seconds=5.0, other_processes=(),
    desks=(Desk(),), prism_seconds=0.0, growth=(), decide_seconds=0.5,
    persons=(), portal=None, payroll=None, searched=0,
)  # fmt: skip
