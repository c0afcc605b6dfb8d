"""The numbers beside the filters lie together with every column a filter names; the index that drew lists away from theirs is gone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0005_handled_as_its_kind")]

    operations = [
        migrations.RemoveIndex(model_name="warning", name="dispatch_wa_state_65c490_idx"),
        migrations.RemoveIndex(model_name="warning", name="warning_counted"),
        migrations.AddIndex(
            model_name="warning",
            index=models.Index(
                fields=["queue", "township", "scenario_id", "level", "division_code", "side", "indicator_id", "first_seen"],
                name="warning_counted",
            ),
        ),
    ]
