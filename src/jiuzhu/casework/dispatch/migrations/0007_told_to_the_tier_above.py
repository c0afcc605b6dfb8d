"""Which office above was told of a warning that nobody released in time."""

from django.db import migrations, models

from jiuzhu.casework.accounts.guards import guarded


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("dispatch", "0006_counted_together"),
    ]

    operations = [
        migrations.AddField(
            model_name="warning",
            name="raised_to",
            field=models.CharField(blank=True, db_default="", max_length=12),
        ),
        migrations.AddField(
            model_name="warning",
            name="rises_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="warning",
            name="tier_up",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(
                condition=models.Q(("handling", "waiting"), ("kind", "warning"), ("tier_up", 0)),
                fields=["due_on"],
                name="warning_unreleased",
            ),
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(condition=models.Q(("rises_on__isnull", False)), fields=["rises_on"], name="warning_rises"),
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(
                condition=models.Q(models.Q(("raised_to", ""), _negated=True), ("handling", "waiting")),
                fields=["raised_to"],
                name="warning_raised",
            ),
        ),
        guarded("dispatch_warning", fixed=("id", "warning_id", "indicator_id"), ends=False),  # its table is built anew on SQLite
    ]
