"""Licences that were pulled: what was asked, of whom and what for never changes."""

import django.db.models.deletion
from django.db import migrations, models

from jiuzhu.casework.trace.guards import fixed


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_duties_stay"),
        ("parties", "0001_initial"),
        ("verification", "0004_meetings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pulled",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("kind", models.CharField(max_length=4)),
                ("authorisation", models.CharField(max_length=40)),
                ("purpose", models.CharField(max_length=24)),
                ("because", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待调取"),
                            ("late", "未返回"),
                            ("found", "已调取"),
                            ("none", "没有此证照"),
                            ("refused", "授权已收回"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("wanted_by", models.CharField(max_length=80)),
                ("wanted_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("details", models.TextField(blank=True)),
                ("content", models.BinaryField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="licences", to="cases.case"),
                ),
                (
                    "party",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="licences", to="parties.party"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case", "wanted_at"], name="verificatio_case_id_789527_idx"),
                    models.Index(fields=["state", "wanted_at"], name="verificatio_state_f0f349_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("authorisation", ""), _negated=True),
                            models.Q(("because", ""), _negated=True),
                            models.Q(("wanted_by", ""), _negated=True),
                        ),
                        name="licence_pulled_for_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content__isnull", False), ("state", "found"), models.Q(("details", ""), _negated=True)),
                            models.Q(
                                ("content__isnull", True), ("details", ""), ("state__in", ("waiting", "late", "none", "refused"))
                            ),
                            _connector="OR",
                        ),
                        name="licence_found_with_its_file",
                    ),
                ],
            },
        ),
        fixed(
            "verification_pulled",
            ("id", "key", "case_id", "party_id", "kind", "authorisation", "purpose", "because", "wanted_by"),
        ),
    ]
