"""Messages to a school."""

from django.db import models

from opendimona.portal.accounts.models import Account
from opendimona.portal.declare.models import Filing
from opendimona.portal.schools.models import School


class Message(models.Model):
    """An answer that a school was told; `state` is that of the filing at that moment. Read by somebody, or not yet."""

    school = models.ForeignKey(School, models.CASCADE, related_name="messages")
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="messages")
    state = models.CharField(max_length=8)
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")

    class Meta:
        """Read by school, newest first."""

        indexes = (models.Index(fields=["school", "-told_at"], name="message_school_told"),)

    def __str__(self) -> str:
        return f"{self.filing_id} {self.state}"
