"""Recoveries: what was paid too much, its months, instalments and what came back; the last three are never changed."""

import django.db.models.deletion
from django.db import migrations, models

from jiuzhu.casework.trace.guards import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_duties_stay"),
        ("parties", "0001_initial"),
        ("payments", "0002_guards"),
        ("roads", "0001_roads"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("division_code", models.CharField(max_length=12)),
                ("cause", models.CharField(choices=[("death", "死亡后发放"), ("wrong", "错发多发")], max_length=8)),
                ("fen", models.BigIntegerField()),
                ("decided_fen", models.BigIntegerField(null=True)),
                ("because", models.TextField(blank=True)),
                ("heard_on", models.DateField(null=True)),
                ("how", models.CharField(blank=True, max_length=12)),
                ("who", models.TextField(blank=True)),
                ("told", models.TextField(blank=True)),
                ("said", models.TextField(blank=True)),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "—"),
                            ("no_estate", "无遗产可供退还"),
                            ("hardship", "退还将致基本生活困难"),
                            ("not_found", "义务人下落不明"),
                            ("own_fault", "因经办差错且家庭善意"),
                        ],
                        max_length=12,
                    ),
                ),
                ("plan", models.PositiveSmallIntegerField(default=0)),
                ("found_by", models.CharField(max_length=80)),
                ("found_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="recoveries", to="cases.case"),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recoveries", to="payments.grant"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="recoveries", to="parties.party"
                    ),
                ),
                (
                    "walk",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="recovery", to="roads.walk"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Instalment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plan", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("fen", models.BigIntegerField()),
                (
                    "recovery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="instalments", to="payments.recovery"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CameBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("receipt", models.CharField(max_length=40, unique=True)),
                ("day", models.DateField()),
                ("fen", models.BigIntegerField()),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "journal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="came_back", to="payments.journal"
                    ),
                ),
                (
                    "recovery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="came_back", to="payments.recovery"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.CharField(max_length=7)),
                ("fen", models.BigIntegerField()),
                (
                    "recovery",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="months", to="payments.recovery"),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["division_code", "found_at"], name="payments_re_divisio_86c84e_idx"),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen__gt", 0), models.Q(("found_by", ""), _negated=True)), name="recovery_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_fen__isnull", True),
                    models.Q(
                        ("decided_fen__gt", 0),
                        ("decided_fen__isnull", False),
                        ("decided_fen__lte", models.F("fen")),
                        ("heard_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="recovery_decided_after_a_hearing",
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(("ground", ""), ("decided_fen__isnull", False), _connector="OR"),
                name="recovery_written_off_after_it",
            ),
        ),
        migrations.AddIndex(
            model_name="instalment",
            index=models.Index(fields=["due_on"], name="payments_in_due_on_fdc0b9_idx"),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.UniqueConstraint(fields=("recovery", "plan", "number"), name="instalment_numbered"),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen__gt", 0), ("plan__gte", 1)), name="instalment_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="cameback",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen__gt", 0), models.Q(("receipt", ""), _negated=True), models.Q(("by", ""), _negated=True)),
                name="came_back_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverymonth",
            constraint=models.UniqueConstraint(fields=("recovery", "month"), name="recovery_month_once"),
        ),
        migrations.AddConstraint(
            model_name="recoverymonth",
            constraint=models.CheckConstraint(condition=models.Q(("fen__gt", 0)), name="recovery_month_of_something"),
        ),
        append_only(
            payments_recoverymonth=(("id",), ("recovery_id", "month")),
            payments_instalment=(("id",), ("recovery_id", "plan", "number")),
            payments_cameback=(("id",), ("receipt",)),
        ),
    ]
