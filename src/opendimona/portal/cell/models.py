"""What the cell did about something in its queue: who has taken it, and until when it may rest."""

from django.db import models

from opendimona.portal.accounts.models import Account


class Case(models.Model):
    """Something of the queue that somebody has taken or put off.

    `about`: a word of `queue.Kind` and what identifies the thing, so that a gap found again by the next run is the same
    case. `rests_until`, `why`: put off, with the reason.
    """

    about = models.CharField(max_length=120)
    taken_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    rests_until = models.DateField(null=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        """One for each thing."""

        constraints = (models.UniqueConstraint(fields=["about"], name="case_once"),)

    def __str__(self) -> str:
        return str(self.pk)
