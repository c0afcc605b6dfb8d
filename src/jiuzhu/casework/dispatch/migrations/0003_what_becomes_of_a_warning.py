"""What people do with a warning, and the filters they keep."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("dispatch", "0002_the_stream"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("of", models.CharField(choices=[("warnings", "预警"), ("cases", "个案")], max_length=8)),
                ("name", models.CharField(max_length=40)),
                ("words", models.CharField(max_length=1000)),
                ("division_code", models.CharField(max_length=15)),
                ("shared", models.BooleanField(default=False)),
                ("saved_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="warning",
            name="dispatch_wa_state_2e6159_idx",
        ),
        migrations.RemoveIndex(
            model_name="warning",
            name="dispatch_wa_state_f9f191_idx",
        ),
        migrations.AddField(
            model_name="load",
            name="brought",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="warning",
            name="case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="warnings", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="warning",
            name="checked_again",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="warning",
            name="replaced_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="replaces", to="dispatch.warning"
            ),
        ),
        migrations.AddField(
            model_name="warning",
            name="task",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="warnings", to="cases.task"
            ),
        ),
        migrations.AddField(
            model_name="warning",
            name="handled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="warning",
            name="handled_by",
            field=models.CharField(blank=True, db_default="", max_length=80),
        ),
        migrations.AddField(
            model_name="warning",
            name="handling",
            field=models.CharField(
                choices=[
                    ("waiting", "待发布"),
                    ("read", "已阅"),
                    ("snoozed", "已暂缓"),
                    ("released", "处置中"),
                    ("handled", "已处置"),
                    ("visited", "已走访"),
                    ("dismissed", "已忽略"),
                    ("lapsed", "已消失"),
                    ("replaced", "已并入"),
                ],
                db_default="waiting",
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="warning",
            name="outcome",
            field=models.CharField(blank=True, db_default="", max_length=24),
        ),
        migrations.AddField(
            model_name="warning",
            name="registry_division",
            field=models.CharField(blank=True, db_default="", max_length=12),
        ),
        migrations.AddField(
            model_name="warning",
            name="released_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="warning",
            name="released_by",
            field=models.CharField(blank=True, db_default="", max_length=80),
        ),
        migrations.AddField(
            model_name="warning",
            name="because",
            field=models.CharField(blank=True, db_default="", max_length=24),
        ),
        migrations.AddField(
            model_name="warning",
            name="snoozed_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="warning",
            name="stands",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AlterField(
            model_name="warning",
            name="state",
            field=models.CharField(
                choices=[("open", "在办"), ("closed", "已关闭"), ("replaced", "已并入")], default="open", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="savedfilter",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="filters", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="savedfilter",
            constraint=models.UniqueConstraint(fields=("owner", "of", "name"), name="filter_name_once_an_owner"),
        ),
        migrations.AddConstraint(
            model_name="savedfilter",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), ("of__in", ("warnings", "cases"))),
                name="filter_has_a_name",
            ),
        ),
    ]
