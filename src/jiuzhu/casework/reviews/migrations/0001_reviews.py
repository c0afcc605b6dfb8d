"""Reviews, what happened in families, and who is watched over after leaving."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0004_duties_stay"),
        ("decisions", "0001_decisions"),
        ("parties", "0001_initial"),
        ("roads", "0001_roads"),
    ]

    operations = [
        migrations.CreateModel(
            name="LifeEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("division_code", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=24)),
                ("happened_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("hinted", "待核实"), ("entered", "已登记"), ("dismissed", "不属实")], max_length=10
                    ),
                ),
                ("warning_id", models.CharField(blank=True, max_length=40)),
                ("proof", models.TextField(blank=True)),
                ("note", models.TextField(blank=True)),
                ("told_by", models.CharField(max_length=80)),
                ("told_at", models.DateTimeField()),
                ("settled_by", models.CharField(blank=True, max_length=80)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="life_events", to="cases.case"),
                ),
                (
                    "joined",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="joined_by", to="parties.party"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="life_events", to="parties.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("division_code", models.CharField(max_length=12)),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=24)),
                ("rhythm", models.CharField(blank=True, max_length=48)),
                ("due_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "未到期"),
                            ("open", "复核中"),
                            ("unchanged", "维持不变"),
                            ("changed", "提出变更"),
                            ("dropped", "已撤销"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("planned_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, max_length=80)),
                ("before_fen", models.BigIntegerField(null=True)),
                ("advised", models.CharField(blank=True, max_length=8)),
                ("advised_fen", models.BigIntegerField(null=True)),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="cases.case")),
                (
                    "event",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="reviews.lifeevent"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="decisions.item"),
                ),
                (
                    "walk",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="review", to="roads.walk"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(max_length=12)),
                ("why", models.CharField(choices=[("left", "退出"), ("refused", "未获批")], max_length=8)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="watches", to="cases.case")),
                (
                    "item",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="watch", to="decisions.item"),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("warning_id", ""), _negated=True),
                fields=("case", "warning_id"),
                name="life_event_once_a_warning",
            ),
        ),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("settled_by", ""), ("state", "hinted")),
                    models.Q(
                        ("happened_on__isnull", False),
                        ("settled_at__isnull", False),
                        ("state", "entered"),
                        models.Q(("settled_by", ""), _negated=True),
                    ),
                    models.Q(("settled_at__isnull", False), ("state", "dismissed"), models.Q(("settled_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="life_event_settled_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("kind", ""), _negated=True), models.Q(("told_by", ""), _negated=True)),
                name="life_event_of_a_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["state", "division_code", "due_on"], name="reviews_rev_state_f44205_idx"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(fields=("item", "number"), name="review_numbered"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("planned", "open"))), fields=("item",), name="review_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("opened_at__isnull", True), ("state", "planned")),
                    models.Q(
                        ("closed_at__isnull", True), ("opened_at__isnull", False), ("state", "open"), ("walk__isnull", False)
                    ),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("opened_at__isnull", False),
                        ("state__in", ("unchanged", "changed")),
                        models.Q(("closed_by", ""), _negated=True),
                    ),
                    models.Q(("closed_at__isnull", False), ("state", "dropped"), models.Q(("closed_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="review_closed_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(fields=["division_code", "until"], name="reviews_wat_divisio_ae969a_idx"),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("since"))), name="watch_ends_after_it_began"
            ),
        ),
    ]
