"""What was on the desk before gets what the new columns ask."""

from django.db import migrations, models


def filled(apps, editor):
    """What the desk held before: a closed warning had gone from the release, an open one waits."""
    warning, load = apps.get_model("dispatch", "Warning"), apps.get_model("dispatch", "Load")
    warning.objects.update(registry_division=models.F("division_code"))
    warning.objects.filter(state="closed").update(handling="lapsed", stands=False)
    newest = load.objects.order_by("-pk").first()
    if newest is not None:
        load.objects.filter(pk=newest.pk).update(brought=warning.objects.count())


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0003_what_becomes_of_a_warning")]

    operations = [
        migrations.RunPython(filled, migrations.RunPython.noop),
    ]
