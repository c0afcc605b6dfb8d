"""What was found of a family at its home, each fact once with its source."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_member_hukou_county"),
    ]

    operations = [
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fact", models.CharField(max_length=40)),
                ("text", models.TextField()),
                ("level", models.CharField(max_length=12)),
                ("source_kind", models.CharField(max_length=24)),
                ("source_key", models.CharField(max_length=80)),
                ("found_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="cases.case"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "fact", "source_key"), name="finding_once_a_source"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fact", ""), _negated=True),
                            models.Q(("text", ""), _negated=True),
                            models.Q(("source_key", ""), _negated=True),
                            models.Q(("level", ""), _negated=True),
                        ),
                        name="finding_says_what_and_by_what",
                    ),
                ],
            },
        ),
    ]
