"""Cases with their members, tags, tasks, duties, plans, and what is announced of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0004_guards"),
        ("parties", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("division_code", models.CharField(max_length=12)),
                ("grid_code", models.CharField(blank=True, max_length=15)),
                ("household_key", models.CharField(blank=True, max_length=64)),
                ("state", models.CharField(choices=[("open", "在办"), ("closed", "已结案")], default="open", max_length=8)),
                ("confirmed", models.BooleanField(default=False)),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("opened_at", models.DateTimeField()),
                ("opened_because", models.CharField(max_length=24)),
                ("closed_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=24)),
                ("main_class", models.CharField(blank=True, max_length=12)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "adviser",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="advised",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("subject_kind", models.CharField(blank=True, max_length=24)),
                ("subject_key", models.CharField(blank=True, max_length=80)),
                ("writer", models.CharField(max_length=32)),
                ("number", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
                ("heard_at", models.DateTimeField(null=True)),
                ("tried", models.PositiveSmallIntegerField(default=0)),
                ("wrong", models.CharField(blank=True, max_length=80)),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="announcements", to="cases.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Advice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("text", models.TextField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="advice", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="advice", to="cases.case")),
            ],
        ),
        migrations.CreateModel(
            name="CaseTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=24)),
                ("source", models.CharField(choices=[("rule", "规则"), ("person", "人工")], max_length=8)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("by", models.CharField(max_length=80)),
                ("because", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=80)),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tags", to="cases.case")),
                (
                    "party",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="tags", to="parties.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField()),
                ("group", models.CharField(max_length=40)),
                ("duty", models.CharField(max_length=24)),
                ("at", models.DateTimeField()),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="duties", to="cases.case")),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="duties", to="accounts.person"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Heard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("listener", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "announcement",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="heard", to="cases.announcement"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("relation", models.CharField(blank=True, max_length=8)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="members", to="cases.case")),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="parties.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("goal", models.TextField(blank=True)),
                ("written_by", models.CharField(max_length=80)),
                ("written_at", models.DateTimeField()),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="cases.case")),
            ],
        ),
        migrations.CreateModel(
            name="PlanItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("measure", models.CharField(max_length=32)),
                ("who", models.CharField(max_length=80)),
                ("until", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "待办"), ("running", "办理中"), ("done", "已办"), ("dropped", "不再办")],
                        max_length=8,
                    ),
                ),
                ("plan", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="items", to="cases.plan")),
            ],
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("round", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=24)),
                ("division_code", models.CharField(max_length=12)),
                ("office", models.CharField(max_length=12)),
                ("given_by", models.CharField(blank=True, max_length=80)),
                ("given_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("due_on", models.DateField(null=True)),
                ("rises_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待办"), ("done", "已办"), ("withdrawn", "已撤销")], default="open", max_length=10
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                ("tier_up", models.PositiveSmallIntegerField(default=0)),
                ("raised_to", models.CharField(blank=True, max_length=12)),
                ("priority", models.PositiveSmallIntegerField(default=0)),
                ("because", models.CharField(max_length=24)),
                ("version", models.PositiveIntegerField(default=1)),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="cases.case")),
                (
                    "owner",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "division_code"], name="cases_case_state_e16c9a_idx"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open"), models.Q(("household_key", ""), _negated=True)),
                fields=("household_key",),
                name="case_one_open_a_household",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("outcome", ""), ("state", "open")),
                    models.Q(("closed_at__isnull", False), ("state", "closed"), models.Q(("outcome", ""), _negated=True)),
                    _connector="OR",
                ),
                name="case_closed_with_an_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("division_code", ""), _negated=True), models.Q(("opened_because", ""), _negated=True)
                ),
                name="case_stands_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("round__gte", 1), ("round__isnull", False)), name="case_round_counts_from_one"
            ),
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(fields=["heard_at", "id"], name="cases_annou_heard_a_dac308_idx"),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("kind", ""), _negated=True), models.Q(("writer", ""), _negated=True)),
                name="announcement_of_an_event",
            ),
        ),
        migrations.AddIndex(
            model_name="casetag",
            index=models.Index(fields=["code", "ended_at"], name="cases_caset_code_a54fb4_idx"),
        ),
        migrations.AddConstraint(
            model_name="casetag",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True), ("party__isnull", True)),
                fields=("case", "code"),
                name="tag_once_on_a_family",
            ),
        ),
        migrations.AddConstraint(
            model_name="casetag",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True), ("party__isnull", False)),
                fields=("case", "party", "code"),
                name="tag_once_on_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="casetag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source__in", ("rule", "person")), models.Q(("code", ""), _negated=True), models.Q(("by", ""), _negated=True)
                ),
                name="tag_has_a_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="casetag",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                name="tag_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="casetag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by", "")),
                    models.Q(("ended_at__isnull", False), models.Q(("ended_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="tag_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(fields=("case", "round", "group", "person"), name="duty_once_a_person"),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("group", ""), _negated=True), models.Q(("duty", ""), _negated=True)),
                name="duty_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="heard",
            constraint=models.UniqueConstraint(fields=("announcement", "listener"), name="heard_once"),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)), fields=("case", "party"), name="member_once_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                name="member_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="plan_version_once"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("number__isnull", False), models.Q(("written_by", ""), _negated=True)),
                name="plan_numbered",
            ),
        ),
        migrations.AddConstraint(
            model_name="planitem",
            constraint=models.UniqueConstraint(fields=("plan", "position"), name="plan_item_place"),
        ),
        migrations.AddConstraint(
            model_name="planitem",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("measure", ""), _negated=True), models.Q(("who", ""), _negated=True)),
                name="plan_item_says_what_and_who",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["state", "division_code", "due_on"], name="cases_task_state_0afeb5_idx"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["state", "owner", "due_on"], name="cases_task_state_41a495_idx"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["state", "rises_on"], name="cases_task_state_6053f2_idx"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("case", "round", "kind"), name="task_one_open_of_a_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", True), ("state", "open")),
                    models.Q(("done_at__isnull", False), ("state__in", ("done", "withdrawn"))),
                    _connector="OR",
                ),
                name="task_ended_at_an_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("given_at__isnull", True), ("given_by", ""), ("owner__isnull", True)),
                    models.Q(("given_at__isnull", False), ("owner__isnull", False), models.Q(("given_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="task_given_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("office", ""), _negated=True),
                    models.Q(("kind", ""), _negated=True),
                    models.Q(("because", ""), _negated=True),
                ),
                name="task_has_an_office",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__isnull", False), ("priority__lte", 4)), name="task_priority"
            ),
        ),
    ]
