"""What somebody asked for, and when, is never changed or removed."""

from django.db import migrations

from jiuzhu.casework.trace.guards import fixed


class Migration(migrations.Migration):
    dependencies = [("grievances", "0001_initial")]
    operations = [
        fixed(
            "grievances_grievance",
            (
                "id",
                "key",
                "receipt",
                "kind",
                "channel",
                "words",
                "name",
                "contact",
                "notice_id",
                "objection_id",
                "received_at",
                "due_on",
            ),
        )
    ]
