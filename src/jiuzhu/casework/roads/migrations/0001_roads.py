"""Where applications and programmes stand on their roads, and every step that was taken."""

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
            name="Text",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("workflow", models.CharField(max_length=32)),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Walk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("workflow", models.CharField(max_length=32)),
                ("round", models.PositiveSmallIntegerField()),
                ("subject_kind", models.CharField(max_length=24)),
                ("subject_key", models.CharField(max_length=27)),
                ("division_code", models.CharField(max_length=12)),
                ("state", models.CharField(max_length=24)),
                ("since", models.DateTimeField()),
                ("begun_at", models.DateTimeField()),
                ("ended", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="walks", to="cases.case")),
                (
                    "parent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="children", to="roads.walk"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="walks", to="parties.party"
                    ),
                ),
                ("text", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="walks", to="roads.text")),
            ],
        ),
        migrations.CreateModel(
            name="Taken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("step", models.CharField(max_length=24)),
                ("origin", models.CharField(max_length=24)),
                ("to", models.CharField(max_length=24)),
                ("at", models.DateTimeField()),
                ("day", models.DateField()),
                ("by", models.CharField(max_length=80)),
                ("role", models.CharField(max_length=32)),
                ("acting_for", models.CharField(blank=True, max_length=80)),
                ("because", models.TextField(blank=True)),
                ("walk", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="taken", to="roads.walk")),
            ],
        ),
        migrations.CreateModel(
            name="Work",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=24)),
                ("opened_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("task", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="works", to="cases.task")),
                ("walk", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="works", to="roads.walk")),
            ],
        ),
        migrations.AddIndex(
            model_name="walk",
            index=models.Index(fields=["workflow", "state", "division_code"], name="roads_walk_workflo_136f4c_idx"),
        ),
        migrations.AddConstraint(
            model_name="walk",
            constraint=models.UniqueConstraint(fields=("workflow", "subject_kind", "subject_key"), name="walk_once_a_road"),
        ),
        migrations.AddConstraint(
            model_name="walk",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", ""), _negated=True), models.Q(("subject_key", ""), _negated=True)),
                name="walk_stands_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="taken",
            constraint=models.UniqueConstraint(fields=("walk", "number"), name="taken_in_order"),
        ),
        migrations.AddConstraint(
            model_name="taken",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number__gte", 1), models.Q(("by", ""), _negated=True), models.Q(("role", ""), _negated=True)
                ),
                name="taken_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="work",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at__isnull", True)), fields=("walk", "code"), name="work_one_open_of_a_code"
            ),
        ),
    ]
