"""How many warnings of each kind there are stands beside them, kept by triggers."""

from django.db import migrations, models

from jiuzhu.casework.dispatch.tally import kept_by_triggers


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0009_looked_at_when_named")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("queue", models.CharField(max_length=10)),
                ("county", models.CharField(max_length=6)),
                ("scenario_id", models.CharField(max_length=8)),
                ("side", models.CharField(max_length=12)),
                ("level", models.PositiveSmallIntegerField()),
                ("n", models.IntegerField()),
                ("folded", models.BooleanField()),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("folded", False)), fields=["id"], name="tally_not_folded")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("folded", True)),
                        fields=("queue", "county", "scenario_id", "side", "level"),
                        name="tally_once_a_cell",
                    )
                ],
            },
        ),
        kept_by_triggers(),
    ]
