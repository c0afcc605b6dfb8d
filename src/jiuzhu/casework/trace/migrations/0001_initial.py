"""Events, their chains, and seals; everything but the ends of the chains is only ever added to."""

import django.db.models.deletion
from django.db import migrations, models

from jiuzhu.casework.trace.guards import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("writer", models.CharField(max_length=32, unique=True)),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("code", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(unique=True)),
                ("at", models.DateTimeField()),
                ("statement", models.TextField()),
                ("signature", models.TextField()),
                ("key", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("writer", models.CharField(max_length=32)),
                ("number", models.PositiveBigIntegerField()),
                ("previous_code", models.CharField(blank=True, max_length=64)),
                ("code", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("device_at", models.DateTimeField(blank=True, null=True)),
                ("who", models.CharField(max_length=80)),
                ("role", models.CharField(blank=True, max_length=40)),
                ("division_code", models.CharField(blank=True, max_length=12)),
                ("acting_for", models.CharField(blank=True, max_length=80)),
                ("operation", models.CharField(max_length=60)),
                ("outcome", models.CharField(choices=[("done", "已完成"), ("refused", "被拒绝")], default="done", max_length=8)),
                ("subject_kind", models.CharField(blank=True, max_length=24)),
                ("subject_key", models.CharField(blank=True, max_length=80)),
                ("subject_division", models.CharField(blank=True, max_length=12)),
                ("household_key", models.CharField(blank=True, max_length=80)),
                ("case_key", models.CharField(blank=True, max_length=80)),
                ("subject_count", models.PositiveIntegerField(default=0)),
                ("subjects_hash", models.CharField(blank=True, max_length=64)),
                ("purpose", models.CharField(blank=True, max_length=60)),
                ("task", models.CharField(blank=True, max_length=80)),
                ("because", models.TextField(blank=True)),
                ("catalogue_version", models.CharField(blank=True, max_length=80)),
                ("release", models.CharField(blank=True, max_length=80)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("before_hash", models.CharField(blank=True, max_length=64)),
                ("after_hash", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at"], name="trace_event_at_e736e1_idx"),
                    models.Index(fields=["who", "at"], name="trace_event_who_62f211_idx"),
                    models.Index(fields=["household_key", "at"], name="trace_event_househo_763056_idx"),
                    models.Index(fields=["case_key", "at"], name="trace_event_case_ke_8ffbe0_idx"),
                    models.Index(fields=["subject_kind", "subject_key"], name="trace_event_subject_1e3493_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("writer", "number"), name="event_place_in_its_chain"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1), ("number__isnull", False), models.Q(("code", ""), _negated=True)),
                        name="event_numbered_and_coded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("who", ""), _negated=True), models.Q(("operation", ""), _negated=True)),
                        name="event_says_who_did_what",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Kept",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("seal", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="kept", to="trace.seal")),
            ],
        ),
        migrations.CreateModel(
            name="EventSubject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=24)),
                ("key", models.CharField(max_length=80)),
                ("division_code", models.CharField(blank=True, max_length=12)),
                ("household_key", models.CharField(blank=True, max_length=80)),
                ("case_key", models.CharField(blank=True, max_length=80)),
                (
                    "event",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="subjects", to="trace.event"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "key"], name="trace_event_kind_d8f122_idx"),
                    models.Index(fields=["household_key"], name="trace_event_househo_7ae452_idx"),
                    models.Index(fields=["case_key"], name="trace_event_case_ke_7ddbde_idx"),
                ],
                "constraints": [models.UniqueConstraint(fields=("event", "position"), name="event_subject_position")],
            },
        ),
        migrations.CreateModel(
            name="Span",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("writer", models.CharField(max_length=32)),
                ("first", models.PositiveBigIntegerField()),
                ("last", models.PositiveBigIntegerField()),
                ("seal", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="spans", to="trace.seal")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("writer", "last"), name="span_ends_once"),
                    models.UniqueConstraint(fields=("writer", "first"), name="span_begins_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__gte", 1), ("last__gte", models.F("first"))), name="span_holds_events"
                    ),
                ],
            },
        ),
        append_only(
            trace_event=(("id",), ("writer", "number")),
            trace_eventsubject=(("id",), ("event_id", "position")),
            trace_seal=(("id",), ("number",)),
            trace_span=(("id",), ("writer", "first"), ("writer", "last")),
            trace_kept=(("id",), ("seal_id",)),
        ),
    ]
