"""Pages that were brought and files that were made, sealed with their case."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0004_duties_stay"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("kind", models.CharField(max_length=32)),
                ("name", models.TextField(blank=True)),
                ("media", models.CharField(max_length=24)),
                ("size", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                (
                    "source",
                    models.CharField(choices=[("photo", "拍照"), ("scan", "窗口扫描"), ("made", "系统生成")], max_length=8),
                ),
                ("by", models.CharField(max_length=80)),
                ("kept_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="cases.case"),
                ),
                (
                    "party",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="parties.party"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "kind"], name="documents_d_case_id_5a3325_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "kind", "digest"), name="document_once_a_case"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", ""), _negated=True), models.Q(("by", ""), _negated=True), ("size__gte", 1)
                        ),
                        name="document_is_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ("photo", "scan", "made"))), name="document_came_somehow"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("media", "image/jpeg"), models.Q(("media", "application/pdf"), ("source", "made")), _connector="OR"
                        ),
                        name="document_of_a_safe_kind",
                    ),
                ],
            },
        ),
    ]
