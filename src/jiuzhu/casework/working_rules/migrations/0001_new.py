"""Numbers of working rules that two persons put into force; none is ever removed."""

import django.db.models.deletion
from django.db import migrations, models

from jiuzhu.casework.accounts.guards import guarded


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_signing_in_and_kin"),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=40)),
                ("division_code", models.CharField(max_length=12)),
                ("value", models.CharField(max_length=20)),
                ("because", models.CharField(max_length=400)),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "待另一人发布"), ("released", "已发布"), ("declined", "已否决")],
                        default="proposed",
                        max_length=8,
                    ),
                ),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("holds_from", models.DateField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=80)),
                ("decided_because", models.CharField(blank=True, max_length=400)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person"
                    ),
                ),
                (
                    "made_person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("rule", "division_code"), name="rule_change_waits_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "released")),
                        fields=("rule", "division_code", "holds_from"),
                        name="rule_change_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_person__isnull", True),
                            models.Q(("decided_person", models.F("made_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="rule_change_of_two_persons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_person__isnull", True), ("holds_from__isnull", True), ("state", "proposed")),
                            models.Q(("decided_person__isnull", False), ("holds_from__isnull", False), ("state", "released")),
                            models.Q(("decided_person__isnull", False), ("holds_from__isnull", True), ("state", "declined")),
                            _connector="OR",
                        ),
                        name="rule_change_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("because", ""), _negated=True),
                            models.Q(("value", ""), _negated=True),
                            models.Q(("division_code", ""), _negated=True),
                        ),
                        name="rule_change_says_why",
                    ),
                ],
            },
        ),
        guarded(
            "working_rules_rulechange",
            fixed=("id", "rule", "division_code", "value", "because", "made_person_id", "made_by", "made_at"),
            ends=False,
        ),
    ]
