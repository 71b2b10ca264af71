"""Persons, appointments, and the mirror of periods; and what each of these was before.

Triggers of the database write the versions (migration 0002), whatever changed a row; nothing changes them by hand.
"""

from datetime import date

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from opendimona.portal.schools.models import Employer, School

UNTIL = Coalesce("end", models.Value(date(9999, 12, 31)))
"""The last day of an appointment, as lists sort by it: one without end comes last."""


class Category(models.TextChoices):
    """What somebody is engaged as; it says who pays, hence under which number they are declared."""

    TEACHER = "teacher", _("enseignant")
    ASSISTANT = "assistant", _("auxiliaire d'éducation")
    OFFICE = "office", _("personnel administratif")
    SUPPORT = "support", _("cuisine, entretien, surveillance")
    STUDENT = "student", _("étudiant jobiste")
    TRAINEE_F1 = "trainee-f1", _("stagiaire, statut F1")
    TRAINEE_F2 = "trainee-f2", _("stagiaire, statut F2")


class Person(models.Model):
    """Somebody who works, or worked, in a school. `ssin` is absent until the person is identified.

    `search_key`: family and given name in capitals without accents. `identity`: the members of
    `declare.payload.Identity` that the register asks for while there is no SSIN.
    """

    ssin = models.BigIntegerField(null=True)
    family_name = models.CharField(max_length=48)
    given_name = models.CharField(max_length=24)
    birth_date = models.DateField(null=True)
    search_key = models.CharField(max_length=80)
    identity = models.JSONField(null=True)

    class Meta:
        """One row for each number; found by name."""

        constraints = (models.UniqueConstraint(fields=["ssin"], name="person_ssin_unique"),)
        indexes = (models.Index(fields=["search_key"], name="person_search_key"),)

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}"

    @property
    def full_name(self) -> str:
        """Given name first, as in a sentence."""
        return f"{self.given_name} {self.family_name}"

    @property
    def ssin_text(self) -> str:
        """The number as it stands on a card, or nothing."""
        if self.ssin is None:
            return ""
        digits = f"{self.ssin:011d}"
        return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-{digits[6:9]}.{digits[9:]}"


class Appointment(models.Model):
    """An engagement in one school, as its secretary knows it; several may share one Dimona period.

    Days are closed at both ends; `end` is None while nobody knows it. `note` says what for: a course, a replacement.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="appointments")
    school = models.ForeignKey(School, models.CASCADE, related_name="appointments", db_index=False)
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")
    category = models.CharField(max_length=12, choices=Category.choices)
    start = models.DateField()
    end = models.DateField(null=True)
    load = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=160, blank=True)

    class Meta:
        """A start is not after its end; counted by person, listed by either day."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gte=models.F("start")), name="appointment_in_order"
            ),
        )
        indexes = (
            models.Index(
                fields=["school", "person"], include=["start", "end", "category"], name="appointment_by_person"
            ),
            models.Index(fields=["school", "start", "person"], name="appointment_by_start"),
            models.Index("school", UNTIL, "person", name="appointment_by_end"),
        )

    def __str__(self) -> str:
        return f"{self.school_id} {self.start}"

    def runs_on(self, day: date) -> bool:
        """Whether the day is one of the engagement."""
        return self.start <= day and (self.end is None or day <= self.end)


class Period(models.Model):
    """A Dimona period as the portal last heard of it. `opened_by`: the school that declared it, if one of ours did."""

    number = models.BigIntegerField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="periods", db_index=False)
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")
    worker_type = models.CharField(max_length=3)
    start = models.DateField()
    end = models.DateField(null=True)
    hours = models.IntegerField(null=True)
    is_late = models.BooleanField(default=False)
    is_cancelled = models.BooleanField(default=False)
    opened_by = models.ForeignKey(School, models.SET_NULL, null=True, related_name="+")

    class Meta:
        """Read by person."""

        indexes = (models.Index(fields=["person", "start"], include=["end", "is_cancelled"], name="period_by_person"),)

    def __str__(self) -> str:
        return self.number_text

    @property
    def number_text(self) -> str:
        """The number in three groups of four."""
        digits = str(self.number)
        return f"{digits[:4]} {digits[4:8]} {digits[8:]}"

    def overlaps(self, start: date, end: date | None) -> bool:
        """Whether the period shares a day with [start, end]."""
        return not self.is_cancelled and (end is None or self.start <= end) and (self.end is None or start <= self.end)

    def covers(self, start: date, end: date | None) -> bool:
        """Whether each day of [start, end] is one of the period."""
        return (
            not self.is_cancelled
            and self.start <= start
            and (self.end is None or (end is not None and end <= self.end))
        )


class Ends(models.TextChoices):
    """Until when a period is declared."""

    APPOINTMENT = "appointment", _("le dernier jour de l'engagement")
    YEAR = "year", _("le 31 août qui suit")


class EndPolicy(models.Model):
    """Until when the periods of a category are declared under an employer; without a row, with the appointment."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="+")
    category = models.CharField(max_length=12, choices=Category.choices)
    ends = models.CharField(max_length=12, choices=Ends.choices)

    class Meta:
        """One choice for each."""

        constraints = (models.UniqueConstraint(fields=["employer", "category"], name="end_policy_once"),)

    def __str__(self) -> str:
        return f"{self.employer_id} {self.category} {self.ends}"


STANDING = models.Q(recorded_to__isnull=True)


class Version(models.Model):
    """When the portal knew it: from a moment on, until another (None: still). Rows from before the history: 1900."""

    recorded_from = models.DateTimeField()
    recorded_to = models.DateTimeField(null=True)

    class Meta:
        """No table of its own."""

        abstract = True


class AppointmentVersion(Version):
    """An appointment as it stood. `appointment` is its number, also of one that is gone."""

    appointment = models.BigIntegerField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    school = models.ForeignKey(School, models.CASCADE, related_name="+")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")
    category = models.CharField(max_length=12, choices=Category.choices)
    start = models.DateField()
    end = models.DateField(null=True)
    load = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=160, blank=True)

    class Meta:
        """Found by school and day; the standing one by its number."""

        indexes = (
            models.Index(fields=["school", "start"], name="appointment_version_school"),
            models.Index(fields=["appointment"], name="appointment_version_standing", condition=STANDING),
        )

    def __str__(self) -> str:
        return f"{self.appointment} {self.recorded_from}"


class PeriodVersion(Version):
    """A period of the mirror as it stood."""

    number = models.BigIntegerField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")
    worker_type = models.CharField(max_length=3)
    start = models.DateField()
    end = models.DateField(null=True)
    hours = models.IntegerField(null=True)
    is_cancelled = models.BooleanField()

    class Meta:
        """Found by person; the standing one by its number."""

        indexes = (
            models.Index(fields=["person", "start"], name="period_version_person"),
            models.Index(fields=["number"], name="period_version_standing", condition=STANDING),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.recorded_from}"

    @property
    def number_text(self) -> str:
        """The number in three groups of four."""
        digits = str(self.number)
        return f"{digits[:4]} {digits[4:8]} {digits[8:]}"
