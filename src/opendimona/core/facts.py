"""What the checks look at: the declaration read into values, beside the file, the law and the moment of filing.

A value that was missing, malformed or forbidden has been reported by the check that read it, its zone stands in
`reported`, and every check that needs it stays silent.
"""

from datetime import date, datetime
from typing import Literal

from opendimona.core.decision import Movement
from opendimona.core.declaration import Declaration, DimonaUpdate, Kind
from opendimona.core.file import DailyRegistration, Employer, Features, File, Period
from opendimona.law.rules import JointCommittee, Law, WorkerType

START, END, START_HOUR, END_HOUR = "00910", "00911", "00777", "00778"
HOURS, DAYS = "01135", "01017"
COMMITTEE, TYPE, SUB_ENTITY, SSIN, PERIOD = "00046", "00655", "00652", "00024", "00913"
USER, USER_COMMITTEE = "90107", "90107/00046"
STATUS, REGISTRATION = "00110", "01085"

Action = Literal["create", "modify", "cancel"]


class Facts:
    """The facts of one case. Dates, hours and features are those of the period as it would become.

    Of a daily registration, dates and hours are its own; `target` is its period, `registration` the one referred to.
    `block` is 90373 for an IN and 90378 for an UPDATE: the block under which rules on the whole declaration are
    reported. `today` is the day of filing in Belgium, `deadline` the last moment at which the start declared is on
    time. `end` is None while unknown and for an open period: ask `reported`.
    """

    target: Period | None = None
    ssin: int | None = None
    start: date | None = None
    end: date | None = None
    start_hour: int | None = None
    end_hour: int | None = None
    hours: int | None = None
    days: int | None = None
    type: str | None = None
    type_row: WorkerType | None = None
    committee: JointCommittee | None = None
    user_committee: JointCommittee | None = None
    user_enterprise: int | None = None
    user_name: str | None = None
    sub_entity: str | None = None
    features: Features | None = None
    given: DimonaUpdate | None = None
    is_removing_end = False
    is_start_late = False
    movements: tuple[Movement, ...] = ()
    deadline: datetime | None = None
    action: Action | None = None
    registration: DailyRegistration | None = None

    def __init__(self, declaration: Declaration, file: File, law: Law, at: datetime, channel: str) -> None:
        self.declaration = declaration
        self.file = file
        self.law = law
        self.at = at
        self.today = at.date()
        self.channel = channel
        self.kind: Kind = declaration.kind
        self.block = "90378" if self.kind == "update" else "90373"
        self.employer: Employer | None = file.employer
        self.reported: set[str] = set()

    def knows(self, *zones: str) -> bool:
        """Whether none of these zones was reported missing, malformed or forbidden."""
        return self.reported.isdisjoint(zones)

    @property
    def is_period_known(self) -> bool:
        """Whether there are dates to judge: of an IN and a daily registration always, else of a period found usable."""
        return self.kind == "in" or self.target is not None or self.kind == "daily"

    @property
    def is_flexi_by_day(self) -> bool:
        """Whether a flexi-job is declared by the day: on one date, or with hours over at most two dates."""
        if self.start is None or self.end is None:
            return False
        length = (self.end - self.start).days
        has_hours = self.start_hour is not None or self.end_hour is not None or not self.knows(START_HOUR, END_HOUR)
        return length == 0 or (length <= 1 and has_hours)

    @property
    def has_hours(self) -> bool:
        """Whether the period, by its type and dates, is declared with hours."""
        row = self.type_row
        return row is not None and (row.hours == "occasional" or (row.hours == "flexi" and self.is_flexi_by_day))

    @property
    def work_committee(self) -> JointCommittee | None:
        """The committee whose rules hold for the work: the client's for an agency, else the employer's own."""
        if self.committee is not None and self.committee.is_agency:
            return self.user_committee
        return self.committee

    @property
    def is_day_package(self) -> bool:
        """Whether an occasional worker is declared for the day, without an end hour."""
        committee = self.work_committee
        return (
            self.end_hour is None and committee is not None and committee.has_day_package
            and self.type_row is not None and self.type_row.hours == "occasional"
        )  # fmt: skip
