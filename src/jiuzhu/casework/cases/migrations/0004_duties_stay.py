"""That somebody did one of two things held apart stays: rows of duties are only added (A8)."""

from django.db import migrations

from jiuzhu.casework.accounts.guards import guarded


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_finding"),
    ]

    operations = [
        guarded("cases_duty", fixed=("id", "case_id", "round", "group", "person_id", "duty", "at"), ends=False),
    ]
