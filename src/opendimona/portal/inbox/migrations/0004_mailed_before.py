"""What was told before there were mails is not mailed afterwards."""

from django.db import migrations


class Migration(migrations.Migration):
    """One statement."""

    dependencies = [("inbox", "0003_mails")]

    operations = [migrations.RunSQL("UPDATE inbox_message SET is_mailed = true", migrations.RunSQL.noop)]
