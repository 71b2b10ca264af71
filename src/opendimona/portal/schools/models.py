"""Organising powers, schools and employers of record."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Network(models.TextChoices):
    """To which network of education an organising power belongs."""

    COMMUNITY = "community", _("organisé par la Communauté")
    OFFICIAL = "official", _("officiel subventionné")
    FREE = "free", _("libre subventionné")


class Kind(models.TextChoices):
    """What an establishment is."""

    PRIMARY = "primary", _("école fondamentale")
    SECONDARY = "secondary", _("école secondaire")
    SPECIAL = "special", _("enseignement spécialisé")
    COLLEGE = "college", _("haute école")
    CENTRE = "centre", _("centre PMS")
    BOARDING = "boarding", _("internat")


class Employer(models.Model):
    """An employer of record: under its number staff are declared. `joint_committee` is its usual one.

    `is_community`: pays the salaries of the schools, whatever their organising power.
    """

    name = models.CharField(max_length=120)
    nsso = models.BigIntegerField()
    joint_committee = models.CharField(max_length=12, blank=True)
    is_community = models.BooleanField(default=False)

    class Meta:
        """One row for each number."""

        constraints = (models.UniqueConstraint(fields=["nsso"], name="employer_nsso_unique"),)

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        """The NSSO number as people write it."""
        text = f"{self.nsso:09d}"
        return f"{text[:-2]}-{text[-2:]}"


class OrganisingPower(models.Model):
    """The authority behind one or more schools; `employer` is its own number, for staff that it pays itself."""

    name = models.CharField(max_length=160)
    network = models.CharField(max_length=12, choices=Network.choices)
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name


class School(models.Model):
    """An establishment: a school, a centre, a boarding school. `fase` is its number in the Community's register."""

    fase = models.IntegerField()
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    city = models.CharField(max_length=80)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    power = models.ForeignKey(OrganisingPower, models.PROTECT, related_name="schools")

    class Meta:
        """One row for each FASE number."""

        constraints = (models.UniqueConstraint(fields=["fase"], name="school_fase_unique"),)

    def __str__(self) -> str:
        return self.name
