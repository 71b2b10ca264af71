"""Runs, what they found, and how much was covered. Lines and days of persons are written and read by SQL alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opendimona.portal.accounts.models import Account
from opendimona.portal.schools.models import Employer, School


class RunState(models.TextChoices):
    """How far a run is."""

    READING = "reading", _("lecture du fichier")
    COMPARING = "comparing", _("comparaison avec le registre")
    DONE = "done", _("terminée")
    FAILED = "failed", _("interrompue")


class GapKind(models.TextChoices):
    """The eight gaps between what is paid and what is declared."""

    UNCOVERED = "G1", _("Payé sans période acceptée")
    LATE_START = "G2", _("Période commencée trop tard")
    EARLY_END = "G3", _("Période terminée trop tôt")
    OVER_DECLARED = "G4", _("Période ouverte sans paie")
    OTHER_FEATURES = "G5", _("Autre employeur ou autre type")
    IDENTITY = "G6", _("Identité à vérifier")
    PENDING = "G7", _("Couvert par une déclaration en attente")
    DUPLICATE = "G8", _("Deux périodes à la fois")


class Run(models.Model):
    """A payroll extract compared with the register as it was known at `as_of`. Its key is its number.

    `digest`: SHA-256 of the file. `progress`: hundredths. `failure`: why it was interrupted, a word of `runs.FAILURES`.
    """

    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    as_of = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.READING)
    progress = models.SmallIntegerField(default=0)
    failure = models.CharField(max_length=20, blank=True)
    lines = models.IntegerField(default=0)
    bad_lines = models.IntegerField(default=0)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class BadLine(models.Model):
    """A line of an extract that could not be taken: its number, the column, and a word of `extract.REASONS`."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="refused")
    line = models.IntegerField()
    column = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=20)

    class Meta:
        """Read by run, in the order of the file."""

        indexes = (models.Index(fields=["run", "line"], name="bad_line_run"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.line}"


class Gap(models.Model):
    """Something between payroll and register, of one person in one school, on the days [start, end].

    `days`: paid days that are not covered; 0 where all are. `number`: of the period or pending declaration concerned.
    `other_*`: what was found instead. `found_at`: when a run first found it; `escalated_at`: when it was told.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="gaps")
    kind = models.CharField(max_length=2, choices=GapKind.choices)
    ssin = models.BigIntegerField()
    employer = models.ForeignKey(Employer, models.CASCADE, related_name="+")
    school = models.ForeignKey(School, models.CASCADE, null=True, related_name="+")
    worker_type = models.CharField(max_length=3)
    start = models.DateField()
    end = models.DateField(null=True)
    days = models.IntegerField(default=0)
    number = models.BigIntegerField(null=True)
    other_ssin = models.BigIntegerField(null=True)
    other_employer = models.ForeignKey(Employer, models.CASCADE, null=True, related_name="+")
    other_type = models.CharField(max_length=3, blank=True)
    found_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        """Listed by run and kind, by school; looked up by person; the uncovered that nobody was told of yet."""

        indexes = (
            models.Index(fields=["run", "kind", "school"], name="gap_run_kind"),
            models.Index(fields=["run", "school"], name="gap_run_school"),
            models.Index(fields=["run", "ssin"], name="gap_run_person"),
            models.Index(
                fields=["found_at"], name="gap_untold", condition=models.Q(kind="G1", escalated_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.run_id} {self.kind}"


class Level(models.TextChoices):
    """What a figure of coverage is about."""

    COMMUNITY = "community", _("Communauté")
    NETWORK = "network", _("réseau")
    SCHOOL = "school", _("école")


class Figure(models.Model):
    """Coverage of a run: covered paid days of paid days. `subject`: the network, or the key of the school; else empty.

    The lines of a person are united for each employer: a day paid twice is one day.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="figures")
    level = models.CharField(max_length=10, choices=Level.choices)
    subject = models.CharField(max_length=20, blank=True)
    people = models.IntegerField()
    paid_days = models.BigIntegerField()
    covered_days = models.BigIntegerField()

    class Meta:
        """One for each run and subject; read along the runs for the trend."""

        constraints = (models.UniqueConstraint(fields=["level", "subject", "run"], name="figure_once"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.level}"

    @property
    def coverage(self) -> float:
        """Hundredths; 100 where nothing is paid."""
        return 100 * self.covered_days / self.paid_days if self.paid_days else 100.0

    @property
    def open_days(self) -> int:
        """Paid days that are not covered."""
        return self.paid_days - self.covered_days
