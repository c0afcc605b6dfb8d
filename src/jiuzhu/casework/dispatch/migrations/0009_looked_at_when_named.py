"""Changing a warning is looked at by its guard only where a statement names what must not change: half the price of a bulk act on SQLite."""

from django.db import migrations

from jiuzhu.casework.accounts.guards import guarded


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0008_within_a_division")]

    operations = [guarded("dispatch_warning", fixed=("id", "warning_id", "indicator_id"), ends=False)]
