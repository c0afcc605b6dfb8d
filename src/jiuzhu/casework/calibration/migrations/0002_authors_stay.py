"""Who stands for a number stays, so that nobody becomes the second person under it by another hand on the table (A8)."""

from django.db import migrations

from jiuzhu.casework.accounts.guards import guarded


class Migration(migrations.Migration):
    dependencies = [
        ("calibration", "0001_initial"),
    ]

    operations = [
        guarded(
            "calibration_proposal",
            fixed=("id", "number", "indicator", "name", "division_code", "value", "made_person_id", "made_by", "made_at"),
            ends=False,
        ),
    ]
