"""Visits, their photos, and what was typed of those to come. A visit and a photo stay as they were recorded."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from jiuzhu.casework.trace.guards import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("round", models.PositiveSmallIntegerField()),
                ("division_code", models.CharField(max_length=12)),
                ("form", models.CharField(max_length=8)),
                ("form_version", models.CharField(max_length=16)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("device_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("outcome", models.CharField(blank=True, max_length=24)),
                ("policies", models.CharField(blank=True, max_length=400)),
                ("needs", models.CharField(blank=True, max_length=400)),
                ("position", models.TextField(blank=True)),
                ("answers", models.TextField()),
                ("note", models.TextField(blank=True)),
                ("submission", models.CharField(blank=True, max_length=40)),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="cases.case")),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="corrected_by", to="visits.visit"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visits", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_visits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("task", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="cases.task")),
            ],
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "visit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="visits.visit"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=8)),
                ("saved_at", models.DateTimeField()),
                ("typed", models.TextField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("task", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to="cases.task")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("task", "officer", "form"), name="draft_once")],
            },
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["division_code", "recorded_at"], name="visits_visi_divisio_ae873c_idx"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["officer", "recorded_at"], name="visits_visi_officer_587562_idx"),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects__isnull", True), models.Q(("outcome", ""), _negated=True)),
                fields=("task",),
                name="visit_one_that_ends_a_task",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("submission", ""), _negated=True), fields=("submission",), name="visit_once_a_submission"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__gte", models.F("began_at"))), name="visit_ends_after_it_began"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("recorded_at__gte", models.F("ended_at"))), name="visit_recorded_after_it_ended"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("second__isnull", True), models.Q(("second", models.F("officer")), _negated=True), _connector="OR"
                ),
                name="visit_second_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("corrects", models.F("id")), _negated=True), name="visit_not_corrected_by_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("form", ""), _negated=True), models.Q(("answers", ""), _negated=True)),
                name="visit_has_answers",
            ),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.UniqueConstraint(fields=("visit", "number"), name="visit_photo_once"),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                condition=models.Q(("height__gte", 1), ("number__gte", 1), ("width__gte", 1)), name="visit_photo_is_a_picture"
            ),
        ),
        append_only(visits_visit=(("id",), ("key",)), visits_photo=(("id",), ("key",), ("visit_id", "number"))),
    ]
