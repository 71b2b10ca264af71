"""Announcements, to whom they go, and who has read them."""

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opendimona.portal.accounts.models import Account
from opendimona.portal.schools.models import School


class Kind(models.TextChoices):
    """What an announcement is; the last two stand as a banner on every page while they last."""

    CIRCULAR = "circular", _("circulaire")
    NEWS = "news", _("information")
    MAINTENANCE = "upkeep", _("entretien annoncé")
    OUTAGE = "outage", _("panne en cours")


BANNERS = (Kind.MAINTENANCE, Kind.OUTAGE)


class Announcement(models.Model):
    """What is written to schools. `networks`, `levels`: to these; `schools`: to a list; none of the three: to all.

    On the page from `starts_at` until `ends_at` (None: until it is ended). `language` is that of its text.
    """

    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=8000, blank=True)
    language = models.CharField(max_length=2, default="fr")
    networks = models.JSONField(default=list)
    levels = models.JSONField(default=list)
    schools = models.ManyToManyField(School, related_name="+")
    is_listed = models.BooleanField(default=False)
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        """Read by whether they are on."""

        indexes = (models.Index(fields=["ends_at", "starts_at"], name="announcement_on"),)

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> Q:
        """The schools to which it goes, as a condition."""
        if self.is_listed:
            return Q(pk__in=self.schools.values("pk"))
        found = Q()
        if self.networks:
            found &= Q(power__network__in=self.networks)
        if self.levels:
            found &= Q(kind__in=self.levels)
        return found

    @property
    def audience(self) -> "QuerySet[School]":
        """The schools to which it goes."""
        return School.objects.filter(self.scope)


class Reading(models.Model):
    """Somebody has said that they read an announcement, for a school."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="readings")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    school = models.ForeignKey(School, models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        """Once for each account and school."""

        constraints = (models.UniqueConstraint(fields=["announcement", "school", "account"], name="reading_once"),)

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.account_id}"


class Letter(models.Model):
    """A mail about an announcement that has not left yet; gone once it has."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="letters")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")

    class Meta:
        """One for each account."""

        constraints = (models.UniqueConstraint(fields=["announcement", "account"], name="letter_once"),)

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.account_id}"
