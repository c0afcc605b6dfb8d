"""Clients, their calls, and what they handed in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_signing_in_and_kin"),
        ("applications", "0001_applications"),
        ("referrals", "0001_new"),
    ]

    operations = [
        migrations.CreateModel(
            name="Client",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=80)),
                ("department", models.CharField(max_length=24)),
                ("division_code", models.CharField(max_length=12)),
                ("public_key", models.TextField()),
                ("fingerprint", models.CharField(max_length=32)),
                ("businesses", models.CharField(max_length=200)),
                ("items", models.CharField(blank=True, max_length=400)),
                ("per_day", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待开通"), ("active", "已开通"), ("suspended", "已停用")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("registered_by", models.CharField(max_length=80)),
                ("registered_at", models.DateTimeField()),
                ("opened_by", models.CharField(blank=True, max_length=80)),
                ("opened_at", models.DateTimeField(null=True)),
                ("suspended_by", models.CharField(blank=True, max_length=80)),
                ("suspended_at", models.DateTimeField(null=True)),
                (
                    "office",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="clients", to="accounts.office"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=64)),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                ("does", models.CharField(max_length=24)),
                (
                    "client",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="clients.client"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Handed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("application", "申请"), ("result", "办理结果")], max_length=12)),
                ("case_number", models.CharField(max_length=40)),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handed",
                        to="applications.application",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="handed", to="clients.client"),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="handed", to="referrals.referral"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code", ""), _negated=True),
                    models.Q(("public_key", ""), _negated=True),
                    models.Q(("businesses", ""), _negated=True),
                    models.Q(("registered_by", ""), _negated=True),
                ),
                name="client_is_registered",
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_day__gte", 1), ("per_day__isnull", False)), name="client_has_a_quota"
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("opened_at__isnull", True), ("state", "waiting"), ("suspended_at__isnull", True)),
                    models.Q(
                        ("opened_at__isnull", False),
                        ("state", "active"),
                        ("suspended_at__isnull", True),
                        models.Q(("opened_by", ""), _negated=True),
                    ),
                    models.Q(
                        ("state", "suspended"), ("suspended_at__isnull", False), models.Q(("suspended_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="client_state_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opened_by", ""), models.Q(("opened_by", models.F("registered_by")), _negated=True), _connector="OR"
                ),
                name="client_opened_by_another",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["client", "day"], name="clients_cal_client__cb14e6_idx"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("client", "number"), name="call_once_a_number"),
        ),
        migrations.AddConstraint(
            model_name="handed",
            constraint=models.UniqueConstraint(fields=("client", "kind", "case_number"), name="handed_once_a_case_number"),
        ),
        migrations.AddConstraint(
            model_name="handed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("application__isnull", False), ("kind", "application"), ("referral__isnull", True)),
                    models.Q(("application__isnull", True), ("kind", "result"), ("referral__isnull", False)),
                    _connector="OR",
                ),
                name="handed_is_what_it_says",
            ),
        ),
    ]
