"""Authorisations and links to sign, requests and questions, reports and objections."""

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
            name="Authorisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("number", models.CharField(max_length=40, unique=True)),
                (
                    "why",
                    models.CharField(
                        choices=[("adult", "本人"), ("guardian", "监护人代签"), ("obligor", "法定义务人")], max_length=8
                    ),
                ),
                ("purpose", models.CharField(max_length=24)),
                ("consents", models.CharField(max_length=120)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                (
                    "how",
                    models.CharField(
                        choices=[("electronic", "电子授权"), ("remote", "远程授权"), ("paper", "纸质授权")], max_length=10
                    ),
                ),
                ("signed_at", models.DateTimeField()),
                ("taken_by", models.CharField(max_length=80)),
                ("statement", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_why",
                    models.CharField(blank=True, choices=[("withdrawn", "已收回"), ("replaced", "已重签")], max_length=10),
                ),
                ("ended_by", models.CharField(blank=True, max_length=80)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="authorisations", to="cases.case"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="authorisations", to="parties.party"
                    ),
                ),
                (
                    "signer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signed_authorisations", to="parties.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=64, unique=True)),
                ("purpose", models.CharField(max_length=24)),
                (
                    "why",
                    models.CharField(
                        choices=[("adult", "本人"), ("guardian", "监护人代签"), ("obligor", "法定义务人")], max_length=8
                    ),
                ),
                ("until", models.DateField()),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="signing_links", to="cases.case"),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signing_links", to="parties.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Minute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=40)),
                ("minute", models.DateTimeField()),
                ("asked", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("source", "minute"), name="minute_once_a_source")],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("number", models.CharField(max_length=40, unique=True)),
                ("division_code", models.CharField(max_length=12)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("whole", "核对报告"),
                            ("partial", "部分核对报告"),
                            ("supplement", "补充核对报告"),
                            ("recheck", "复核报告"),
                        ],
                        max_length=10,
                    ),
                ),
                ("issued_by", models.CharField(max_length=80)),
                ("issued_at", models.DateTimeField()),
                ("valid_until", models.DateField()),
                ("consistent", models.PositiveIntegerField()),
                ("inconsistent", models.PositiveIntegerField()),
                ("not_declared", models.PositiveIntegerField()),
                ("none", models.PositiveIntegerField()),
                ("late", models.PositiveIntegerField()),
                ("refused", models.PositiveIntegerField()),
                ("statement", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=200)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="verification_reports", to="cases.case"
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="verification.report",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Print",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="print", to="verification.report"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("item", models.CharField(blank=True, max_length=12)),
                ("said", models.TextField()),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("due_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待复核"), ("upheld", "成立，已复核"), ("dismissed", "不成立")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("answered_by", models.CharField(blank=True, max_length=80)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="verification_objections", to="parties.party"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="verification.report"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("division_code", models.CharField(max_length=12)),
                ("template", models.CharField(max_length=24)),
                ("purpose", models.CharField(max_length=24)),
                ("about_kind", models.CharField(max_length=24)),
                ("about_key", models.CharField(max_length=80)),
                ("items", models.TextField()),
                ("declared", models.TextField(blank=True)),
                ("begun_by", models.CharField(max_length=80)),
                ("begun_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="verifications", to="cases.case"),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="rechecks", to="verification.report"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="report",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="verification.request"
            ),
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=27, unique=True)),
                ("source", models.CharField(max_length=40)),
                ("way", models.CharField(choices=[("base", "数据底座"), ("gateway", "部门接口")], max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待查询"), ("asked", "未返回"), ("answered", "已返回"), ("refused", "拒绝")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tried", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("day", models.DateField(null=True)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("answer", models.TextField(blank=True)),
                (
                    "party",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="parties.party"),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="verification.request"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Subject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_obligor", models.BooleanField(default=False)),
                (
                    "authorisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used_in",
                        to="verification.authorisation",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="verified_in", to="parties.party"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="subjects", to="verification.request"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("case", "party", "purpose"), name="authorisation_one_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since")), ("until__isnull", False)), name="authorisation_ends"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("why__in", ("adult", "guardian", "obligor"))), name="authorisation_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("why", "guardian"), models.Q(("signer", models.F("party")), _negated=True)),
                    models.Q(models.Q(("why", "guardian"), _negated=True), ("signer", models.F("party"))),
                    _connector="OR",
                ),
                name="authorisation_signed_by_oneself_or_a_guardian",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("statement", ""), _negated=True),
                    models.Q(("digest", ""), _negated=True),
                    models.Q(("signature", ""), _negated=True),
                    models.Q(("consents", ""), _negated=True),
                ),
                name="authorisation_is_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by", ""), ("ended_why", "")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_why__in", ("withdrawn", "replaced")),
                        models.Q(("ended_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="authorisation_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("case", "party", "purpose"), name="link_one_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(("used_at__isnull", True), ("ended_at__isnull", False), _connector="OR"), name="link_used_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(condition=models.Q(("tries__isnull", False), ("tries__lte", 5)), name="link_tries"),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("report", "party", "item"), name="objection_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("said", ""), _negated=True), models.Q(("made_by", ""), _negated=True)),
                name="objection_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at__isnull", True), ("answered_by", ""), ("state", "open")),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("state__in", ("upheld", "dismissed")),
                        models.Q(("answered_by", ""), _negated=True),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="objection_answered_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["ended_at", "due_at"], name="verificatio_ended_a_29708f_idx"),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("about_kind", "about_key", "template"),
                name="request_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("items", ""), _negated=True),
                    models.Q(("about_key", ""), _negated=True),
                    models.Q(("begun_by", ""), _negated=True),
                ),
                name="request_asks_something",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["division_code", "issued_at"], name="verificatio_divisio_92b091_idx"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ("whole", "partial", "recheck"))), fields=("request",), name="report_first_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("follows__isnull", True), ("kind", "whole"), ("late", 0)),
                    models.Q(("follows__isnull", True), ("kind", "partial"), ("late__gt", 0)),
                    models.Q(("follows__isnull", False), ("kind__in", ("supplement", "recheck"))),
                    _connector="OR",
                ),
                name="report_says_what_it_is",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("statement", ""), _negated=True),
                    models.Q(("digest", ""), _negated=True),
                    models.Q(("signature", ""), _negated=True),
                ),
                name="report_is_signed",
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["state", "source"], name="verificatio_state_6aed30_idx"),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(fields=("request", "source", "party"), name="question_once"),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "waiting"),
                    models.Q(("asked_at__isnull", False), ("state", "asked")),
                    models.Q(("answered_at__isnull", False), ("asked_at__isnull", False), ("state__in", ("answered", "refused"))),
                    _connector="OR",
                ),
                name="question_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="subject",
            constraint=models.UniqueConstraint(fields=("request", "party"), name="verified_once_in_a_request"),
        ),
        migrations.AddConstraint(
            model_name="subject",
            constraint=models.CheckConstraint(
                condition=models.Q(("authorisation__isnull", False), ("is_obligor", True), _connector="OR"),
                name="only_an_obligor_without_authorisation",
            ),
        ),
    ]
