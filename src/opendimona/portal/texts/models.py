"""Versions of what the cell writes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opendimona.portal.accounts.models import Account


class Kind(models.TextChoices):
    """What a text is."""

    ANOMALY = "anomaly", _("aide pour une anomalie")
    CALENDAR = "calendar", _("calendrier scolaire")


class TextVersion(models.Model):
    """One version: `key` is an anomaly code, or a level and a year (`compulsory 2026`). The newest of a key stands.

    `body`: of an anomaly the text in each language (fr, nl, de, en), an absent one is not said; of a calendar `first`,
    `last` and `closes` as ISO days and `holidays`, a list of `name`, `start` and `end`. Empty: nothing stands any more.
    """

    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=40)
    body = models.JSONField(default=dict)
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        """Read by key, newest first."""

        indexes = (models.Index(fields=["kind", "key", "-id"], name="text_version_key"),)

    def __str__(self) -> str:
        return f"{self.key} {self.pk}"
