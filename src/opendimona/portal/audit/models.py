"""The book. Triggers of the database write it, in the transaction of what they record (migration 0001)."""

from typing import Any

from django.db import models


class Entry(models.Model):
    """A change, with what was before and after, or a look into somebody's file (`what` is `consult`).

    `id` counts without gaps; `chain` is the digest of this entry and of the one before. Numbers of accounts, schools
    and persons are no references: they outlive what they name. `account` is None for what the program did by itself.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    account = models.BigIntegerField(null=True)
    school = models.BigIntegerField(null=True)
    address = models.CharField(max_length=40)
    what = models.CharField(max_length=8)
    table = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    person = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    chain = models.BinaryField()

    class Meta:
        """Read by day, by person and by account."""

        indexes = (
            models.Index(fields=["at"], name="audit_entry_at"),
            models.Index(fields=["person", "id"], name="audit_entry_person"),
            models.Index(fields=["account", "id"], name="audit_entry_account"),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """What is different: the member, before and after."""
        old, new = self.before or {}, self.after or {}
        return [(name, old.get(name), new.get(name)) for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
