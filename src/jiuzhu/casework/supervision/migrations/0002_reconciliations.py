"""How the desk agreed with the registry, day by day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0001_odd_looks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("at", models.DateTimeField()),
                ("release", models.CharField(max_length=80)),
                ("stream_number", models.PositiveBigIntegerField()),
                ("behind", models.PositiveIntegerField()),
                ("standing", models.PositiveIntegerField()),
                ("held", models.PositiveIntegerField()),
                ("missing", models.PositiveIntegerField()),
                ("extra", models.PositiveIntegerField()),
                ("differing", models.PositiveIntegerField()),
                ("issued", models.PositiveIntegerField()),
                ("open", models.PositiveIntegerField()),
                ("closed", models.PositiveIntegerField()),
                ("replaced", models.PositiveIntegerField()),
                ("examples", models.JSONField(default=list)),
            ],
        ),
    ]
