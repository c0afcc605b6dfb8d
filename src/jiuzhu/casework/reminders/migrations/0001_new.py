"""Which units are told of what, and what they were told; a reminder is never removed."""

import django.db.models.deletion
from django.db import migrations, models

from jiuzhu.casework.accounts.guards import guarded


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_signing_in_and_kin"),
        ("cases", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("indicator_id", models.CharField(max_length=16)),
                ("township", models.CharField(max_length=12)),
                ("warnings", models.PositiveIntegerField()),
                ("level", models.PositiveSmallIntegerField()),
                ("put_at", models.DateTimeField()),
                ("state", models.CharField(choices=[("new", "未签收"), ("seen", "已签收")], default="new", max_length=8)),
                ("seen_by", models.CharField(blank=True, max_length=80)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="cases.announcement"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="accounts.office"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["office", "state", "put_at"], name="reminder_of_a_unit")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("announcement", "office", "indicator_id", "township"), name="reminder_put_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 4), ("warnings__gte", 1)),
                        name="reminder_of_some_warnings",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seen_at__isnull", True), ("seen_by", ""), ("state", "new")),
                            models.Q(("seen_at__isnull", False), ("state", "seen"), models.Q(("seen_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="reminder_seen_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=16)),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("declared", "按目录"),
                            ("all", "全部等级"),
                            ("yellow", "黄色及以上"),
                            ("orange", "橙色及以上"),
                            ("red", "仅红色"),
                            ("none", "不提醒"),
                        ],
                        max_length=8,
                    ),
                ),
                ("chosen_by", models.CharField(max_length=80)),
                ("chosen_at", models.DateTimeField()),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="subscriptions", to="accounts.office"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("office", "code"), name="subscription_once_a_kind"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("choice__in", ("declared", "all", "yellow", "orange", "red", "none")),
                            models.Q(("code", ""), _negated=True),
                        ),
                        name="subscription_says_what",
                    ),
                ],
            },
        ),
        guarded(
            "reminders_reminder",
            fixed=("id", "office_id", "announcement_id", "indicator_id", "township", "warnings", "level", "put_at"),
            ends=False,
        ),
    ]
