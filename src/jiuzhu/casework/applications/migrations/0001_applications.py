"""Applications, whom they name, the papers they need, receipt numbers, and the queue of a window."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0004_duties_stay"),
        ("documents", "0001_documents"),
        ("parties", "0001_initial"),
        ("roads", "0001_roads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("number", models.CharField(blank=True, max_length=24)),
                ("division_code", models.CharField(max_length=12)),
                ("window", models.CharField(blank=True, max_length=12)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("phone", "网上"),
                            ("window", "窗口"),
                            ("village", "村（居）代办"),
                            ("hotline", "热线"),
                            ("proactive", "主动发现"),
                        ],
                        max_length=12,
                    ),
                ),
                ("mandate", models.CharField(blank=True, max_length=27)),
                ("items", models.CharField(blank=True, max_length=300)),
                ("form", models.CharField(max_length=16)),
                ("typed", models.TextField(blank=True)),
                ("answers", models.TextField(blank=True)),
                ("wanting", models.TextField(blank=True)),
                ("recognised", models.CharField(blank=True, max_length=60)),
                ("kin", models.BooleanField(default=False)),
                ("came_of_kind", models.CharField(blank=True, max_length=12)),
                ("came_of_key", models.CharField(blank=True, max_length=27)),
                ("begun_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "agent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="agencies", to="parties.party"
                    ),
                ),
                (
                    "applicant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="parties.party"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="cases.case"),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="consented", to="documents.document"
                    ),
                ),
                (
                    "helper",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="helped", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "joined",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="beside",
                        to="applications.application",
                    ),
                ),
                (
                    "walk",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="application", to="roads.walk"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Named",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveSmallIntegerField()),
                ("together", models.BooleanField(default=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="named", to="applications.application"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="named", to="parties.party"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaperAsked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=24)),
                (
                    "why",
                    models.CharField(
                        choices=[("no_hit", "部门数据中没有"), ("silent", "部门数据暂时查不到"), ("officer", "经办认为需要")],
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("supplied_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="applications.application"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="documents.document"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(max_length=12)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("division_code", "year"), name="receipt_series_once_a_year")],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("window", models.CharField(max_length=12)),
                ("day", models.DateField()),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "等候"), ("called", "已叫号"), ("done", "已办"), ("left", "过号")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                ("called_at", models.DateTimeField(null=True)),
                ("counter", models.CharField(blank=True, max_length=8)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "called_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["division_code", "submitted_at"], name="application_divisio_a89e1d_idx"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["window", "begun_at"], name="application_window_d71a2d_idx"),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True), fields=("number",), name="application_once_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(("came_of_key", ""), _negated=True),
                fields=("came_of_kind", "came_of_key"),
                name="application_once_of_a_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number", ""), ("submitted_at__isnull", True)),
                    models.Q(models.Q(("number", ""), _negated=True), ("submitted_at__isnull", False)),
                    _connector="OR",
                ),
                name="application_number_with_its_receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), ("joined__isnull", True), _connector="OR"),
                name="application_put_beside_another_has_no_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), ("applicant__isnull", False), _connector="OR"), name="application_is_somebodys"
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agent__isnull", True), models.Q(("agent", models.F("applicant")), _negated=True), _connector="OR"
                ),
                name="application_agent_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("channel__in", ("phone", "window", "village", "hotline", "proactive")),
                    models.Q(("division_code", ""), _negated=True),
                ),
                name="application_came_somehow",
            ),
        ),
        migrations.AddConstraint(
            model_name="named",
            constraint=models.UniqueConstraint(fields=("application", "line"), name="named_once_a_line"),
        ),
        migrations.AddConstraint(
            model_name="named",
            constraint=models.UniqueConstraint(fields=("application", "party"), name="named_once"),
        ),
        migrations.AddConstraint(
            model_name="paperasked",
            constraint=models.UniqueConstraint(fields=("application", "code"), name="paper_asked_once"),
        ),
        migrations.AddConstraint(
            model_name="paperasked",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document__isnull", True), ("supplied_at__isnull", True)),
                    models.Q(("document__isnull", False), ("supplied_at__isnull", False)),
                    _connector="OR",
                ),
                name="paper_supplied_with_a_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.UniqueConstraint(fields=("window", "day", "number"), name="ticket_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("called_at__isnull", True), ("called_by__isnull", True), ("state", "waiting")),
                    models.Q(
                        ("called_at__isnull", False), ("called_by__isnull", False), ("state__in", ("called", "done", "left"))
                    ),
                    _connector="OR",
                ),
                name="ticket_called_by_somebody",
            ),
        ),
    ]
