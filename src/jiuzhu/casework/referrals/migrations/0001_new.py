"""Referrals and the acts on them. An act stays as it was written."""

import django.db.models.deletion
from django.db import migrations, models

from jiuzhu.casework.trace.guards import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0004_guards"),
        ("cases", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("round", models.PositiveSmallIntegerField()),
                ("need", models.CharField(max_length=24)),
                ("division_code", models.CharField(max_length=12)),
                ("priority", models.PositiveSmallIntegerField(default=0)),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("due_on", models.DateField(null=True)),
                ("state", models.CharField(choices=[("open", "在办"), ("done", "已办结")], default="open", max_length=8)),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("sent", "待接收"),
                            ("asked", "要求补充"),
                            ("accepted", "已接收"),
                            ("reported", "已办结"),
                            ("refused", "已退回"),
                        ],
                        default="sent",
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("raised_on", models.DateField(null=True)),
                ("visit_key", models.CharField(blank=True, max_length=27)),
                ("asked", models.TextField()),
                ("who", models.TextField(blank=True)),
                ("facts", models.TextField(blank=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="cases.case"),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="accounts.office"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="cases.task"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("accept", "接收"),
                            ("ask", "要求补充"),
                            ("supply", "补充"),
                            ("report", "办结"),
                            ("refuse", "退回"),
                        ],
                        max_length=8,
                    ),
                ),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("until", models.DateField(null=True)),
                ("belongs_to", models.CharField(blank=True, max_length=40)),
                ("said", models.TextField()),
                ("sentence", models.TextField(blank=True)),
                (
                    "referral",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="referrals.referral"),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["office", "state", "due_on"], name="referrals_r_office__c34fc8_idx"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["state", "division_code", "due_on"], name="referrals_r_state_fbc832_idx"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("case", "round", "need", "office"),
                name="referral_one_open_of_a_need",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer__in", ("sent", "asked", "accepted")), ("state", "open")),
                    models.Q(("answer__in", ("reported", "refused")), ("state", "done")),
                    _connector="OR",
                ),
                name="referral_state_of_its_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer", "sent"), ("answered_at__isnull", False), _connector="OR"),
                name="referral_answered_at_an_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("need", ""), _negated=True),
                    models.Q(("asked", ""), _negated=True),
                    models.Q(("made_by", ""), _negated=True),
                ),
                name="referral_asks_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__isnull", False), ("priority__lte", 4)), name="referral_priority"
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(fields=("referral", "number"), name="referral_step_once"),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(fields=("referral", "act"), name="referral_each_act_once"),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act", "refuse"), models.Q(("belongs_to", ""), _negated=True)),
                    models.Q(models.Q(("act", "refuse"), _negated=True), ("belongs_to", "")),
                    _connector="OR",
                ),
                name="referral_refused_with_whose_it_is",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act", "accept"), ("until__isnull", False)),
                    models.Q(models.Q(("act", "accept"), _negated=True), ("until__isnull", True)),
                    _connector="OR",
                ),
                name="referral_accepted_until_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("said", ""), _negated=True), models.Q(("by", ""), _negated=True)),
                name="referral_step_says_something",
            ),
        ),
        append_only(referrals_step=(("id",), ("referral_id", "number"), ("referral_id", "act"))),
    ]
