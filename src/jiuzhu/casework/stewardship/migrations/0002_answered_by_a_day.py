"""By which day a source answers for rows sent back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stewardship", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="returnedrows",
            name="due_on",
            field=models.DateField(null=True),
        ),
    ]
