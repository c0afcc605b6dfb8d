"""An account without a person is none, what it may do stands in its roles alone, and roles stay."""

import django.db.models.deletion
from django.db import migrations, models

from jiuzhu.casework.accounts.guards import guarded


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_what_officers_held")]
    operations = [
        migrations.AlterField(
            model_name="officer",
            name="person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="accounts.person"),
        ),
        migrations.RemoveField(model_name="officer", name="role"),
        migrations.RemoveField(model_name="officer", name="division_code"),
        migrations.RemoveField(model_name="officer", name="division_name"),
        guarded("accounts_person", fixed=("id", "staff_number", "duty"), ends=False),
        guarded("accounts_officer", fixed=("id", "account", "person_id"), ends=False),
        guarded(
            "accounts_assignment",
            fixed=("id", "officer_id", "office_id", "role", "duty", "division_code", "since", "given_by"),
            ends=True,
        ),
        guarded(
            "accounts_delegation",
            fixed=("id", "assignment_id", "taker_id", "operation", "division_code", "since", "because"),
            ends=True,
        ),
    ]
