"""Items, proposals with what they stand on, decisions, hearings, conferences, batches, and the rulebooks all of them keep."""

import django.db.models.deletion
from django.db import migrations, models

from jiuzhu.casework.trace.guards import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0004_duties_stay"),
        ("parties", "0001_initial"),
        ("roads", "0001_roads"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("programme", models.CharField(max_length=32)),
                ("division_code", models.CharField(max_length=12)),
                ("from_month", models.CharField(max_length=7)),
                ("raised", models.PositiveIntegerField()),
                ("same", models.PositiveIntegerField()),
                ("left", models.PositiveIntegerField()),
                ("fen", models.BigIntegerField()),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Rulebook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.CharField(max_length=32, unique=True)),
                ("content", models.BinaryField()),
                ("kept_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("programme", models.CharField(max_length=32)),
                ("division_code", models.CharField(max_length=12)),
                ("applied_on", models.DateField()),
                ("opened_at", models.DateTimeField()),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="items", to="cases.case")),
                (
                    "member",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="items_for", to="parties.party"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="items", to="parties.party"),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="replaced_by", to="decisions.item"
                    ),
                ),
                ("walk", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="item", to="roads.walk")),
            ],
        ),
        migrations.CreateModel(
            name="Hearing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("plans", models.CharField(choices=[("cut", "减发"), ("end", "停发")], max_length=8)),
                ("fen", models.BigIntegerField(default=0)),
                (
                    "how",
                    models.CharField(
                        choices=[("at_home", "入户"), ("at_office", "当面"), ("by_phone", "电话"), ("in_writing", "书面")],
                        max_length=12,
                    ),
                ),
                ("held_on", models.DateField()),
                ("who", models.TextField()),
                ("told", models.TextField()),
                ("said", models.TextField()),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="hearings", to="decisions.item"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Conference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("held_on", models.DateField()),
                ("participants", models.CharField(max_length=600)),
                ("question", models.TextField()),
                ("resolution", models.TextField()),
                ("fund_line", models.CharField(max_length=32)),
                ("fen", models.BigIntegerField()),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conferences", to="decisions.item"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("number", models.PositiveIntegerField()),
                ("on", models.DateField()),
                (
                    "advised",
                    models.CharField(choices=[("granted", "符合"), ("refused", "不符合"), ("unknown", "不能判断")], max_length=8),
                ),
                ("advised_fen", models.BigIntegerField(null=True)),
                ("grants", models.BooleanField()),
                ("fen", models.BigIntegerField(default=0)),
                ("because", models.TextField(blank=True)),
                ("content", models.BinaryField()),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="decisions.item"),
                ),
                (
                    "rulebook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="decisions.rulebook"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("step", models.CharField(max_length=24)),
                ("fen", models.BigIntegerField(default=0)),
                ("from_month", models.CharField(blank=True, max_length=7)),
                ("changed", models.BooleanField(default=False)),
                ("because", models.TextField(blank=True)),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="decisions.batch"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="decisions.item"),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="decisions.proposal"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="batch",
            name="rulebook",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="decisions.rulebook"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["programme", "division_code"], name="decisions_i_program_08c80d_idx"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("programme", ""), _negated=True), models.Q(("division_code", ""), _negated=True)),
                name="item_of_a_programme",
            ),
        ),
        migrations.AddConstraint(
            model_name="hearing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("who", ""), _negated=True),
                    models.Q(("told", ""), _negated=True),
                    models.Q(("said", ""), _negated=True),
                    models.Q(("by", ""), _negated=True),
                ),
                name="hearing_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="hearing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fen", 0), ("plans", "end")), models.Q(("fen__gt", 0), ("plans", "cut")), _connector="OR"
                ),
                name="hearing_plans_what_it_says",
            ),
        ),
        migrations.AddConstraint(
            model_name="conference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("participants", ""), _negated=True),
                    models.Q(("question", ""), _negated=True),
                    models.Q(("resolution", ""), _negated=True),
                    models.Q(("fund_line", ""), _negated=True),
                    ("fen__gte", 0),
                ),
                name="conference_decided_something",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["item", "id"], name="decisions_d_item_id_b83c4f_idx"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen__gte", 0), models.Q(("by", ""), _negated=True), models.Q(("step", ""), _negated=True)),
                name="decision_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("because", ""), _negated=True),
                    models.Q(("changed", False), ("step__in", ("confirm", "raise"))),
                    _connector="OR",
                ),
                name="decision_against_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(fields=("item", "number"), name="proposal_numbered"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen__gte", 0), models.Q(("grants", True), ("fen", 0), _connector="OR")),
                name="proposal_pays_what_it_grants",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("because", ""), _negated=True),
                    models.Q(("advised", "granted"), ("fen", models.F("advised_fen")), ("grants", True)),
                    models.Q(("advised", "refused"), ("grants", False)),
                    _connector="OR",
                ),
                name="proposal_differs_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("by", ""), _negated=True), ("number__gte", 1)), name="proposal_made_by_somebody"
            ),
        ),
        append_only(
            decisions_rulebook=(("id",), ("version",)),
            decisions_proposal=(("id",), ("key",), ("item_id", "number")),
            decisions_decision=(("id",), ("key",)),
            decisions_hearing=(("id",), ("key",)),
            decisions_conference=(("id",), ("key",)),
            decisions_batch=(("id",), ("key",)),
        ),
    ]
