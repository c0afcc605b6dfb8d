"""Meetings with other regions, and that their record is never changed."""

import django.db.models.deletion
from django.db import migrations, models

from jiuzhu.casework.trace.guards import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0003_letters_of_regions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("division_code", models.CharField(max_length=12)),
                ("region", models.CharField(max_length=12)),
                ("held_at", models.DateTimeField()),
                ("minutes", models.PositiveSmallIntegerField()),
                ("participants", models.TextField()),
                ("shown", models.TextField()),
                ("settled", models.TextField()),
                ("kept_by", models.CharField(max_length=80)),
                ("kept_at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="verification.request"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("request", "region", "held_at"), name="meeting_once_at_an_instant"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("participants", ""), _negated=True),
                            models.Q(("settled", ""), _negated=True),
                            models.Q(("region", ""), _negated=True),
                            models.Q(("kept_by", ""), _negated=True),
                        ),
                        name="meeting_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 1), ("minutes__isnull", False)), name="meeting_lasted"
                    ),
                ],
            },
        ),
        append_only(verification_meeting=(("id",), ("key",), ("request_id", "region", "held_at"))),
    ]
