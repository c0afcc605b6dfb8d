"""What always holds of a warning, what lists sort and count by, and that none is ever removed."""

import datetime

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models

from jiuzhu.casework.accounts.guards import guarded


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0004_what_was_there")]

    operations = [
        migrations.AddField(
            model_name="warning",
            name="due_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce(
                    models.F("due_on"), models.Value(datetime.date(9999, 12, 31))
                ),
                output_field=models.DateField(),
            ),
        ),
        migrations.AddField(
            model_name="warning",
            name="rank",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.CombinedExpression(models.Value(5), "-", models.F("level")),
                output_field=models.PositiveSmallIntegerField(),
            ),
        ),
        migrations.AddField(
            model_name="warning",
            name="township",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Substr("division_code", 1, 9),
                output_field=models.CharField(max_length=9),
            ),
        ),
        migrations.AddField(
            model_name="warning",
            name="queue",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(models.Q(("state", "open"), _negated=True), then=models.Value("closed")),
                    models.When(kind="hint", then=models.Value("hints")),
                    default=models.F("handling"),
                ),
                output_field=models.CharField(max_length=10),
            ),
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(
                fields=[
                    "queue",
                    "rank",
                    "due_key",
                    "id",
                    "division_code",
                    "scenario_id",
                    "side",
                    "level",
                    "indicator_id",
                    "first_seen",
                ],
                name="warning_by_level",
            ),
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(
                fields=[
                    "queue",
                    "due_key",
                    "rank",
                    "id",
                    "division_code",
                    "scenario_id",
                    "side",
                    "level",
                    "indicator_id",
                    "first_seen",
                ],
                name="warning_by_day",
            ),
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(
                fields=[
                    "queue",
                    "household_id",
                    "rank",
                    "id",
                    "division_code",
                    "scenario_id",
                    "side",
                    "level",
                    "indicator_id",
                    "first_seen",
                ],
                name="warning_by_household",
            ),
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(
                fields=["queue", "indicator_id", "rank", "id", "division_code", "scenario_id", "side", "level", "first_seen"],
                name="warning_by_indicator",
            ),
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(
                fields=["queue", "first_seen", "id", "division_code", "scenario_id", "side", "level", "indicator_id"],
                name="warning_by_age",
            ),
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(fields=["queue", "township", "side", "scenario_id", "level"], name="warning_counted"),
        ),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(condition=models.Q(("handling", "snoozed")), fields=["snoozed_until"], name="warning_snoozed"),
        ),
        migrations.AddConstraint(
            model_name="warning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handling__in", ("waiting", "read", "snoozed", "released")), ("state", "open")),
                    models.Q(("handling__in", ("handled", "visited", "dismissed", "lapsed")), ("state", "closed")),
                    models.Q(("handling", "replaced"), ("state", "replaced")),
                    _connector="OR",
                ),
                name="warning_state_of_its_handling",
            ),
        ),
        migrations.AddConstraint(
            model_name="warning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("handling__in", ("waiting", "snoozed", "released", "handled", "lapsed", "replaced")), ("kind", "warning")
                    ),
                    models.Q(
                        ("handling__in", ("waiting", "read", "visited", "dismissed", "lapsed", "replaced")), ("kind", "hint")
                    ),
                    _connector="OR",
                ),
                name="warning_handled_as_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="warning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaced_by__isnull", False), ("state", "replaced")),
                    models.Q(models.Q(("state", "replaced"), _negated=True), ("replaced_by__isnull", True)),
                    _connector="OR",
                ),
                name="warning_replaced_by_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="warning",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True), name="warning_not_replaced_by_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="warning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handling", "snoozed"), ("snoozed_until__isnull", False)),
                    models.Q(models.Q(("handling", "snoozed"), _negated=True), ("snoozed_until__isnull", True)),
                    _connector="OR",
                ),
                name="warning_snoozed_until_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="warning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handling", "released"), _negated=True),
                    models.Q(
                        ("case__isnull", False),
                        ("released_at__isnull", False),
                        ("task__isnull", False),
                        models.Q(("released_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="warning_released_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="warning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handling__in", ("handled", "visited", "dismissed")), _negated=True),
                    models.Q(
                        ("handled_at__isnull", False),
                        models.Q(("outcome", ""), _negated=True),
                        models.Q(("handled_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="warning_handled_with_an_outcome",
            ),
        ),
        guarded("dispatch_warning", fixed=("id", "warning_id", "indicator_id"), ends=False),
    ]
