"""Where the desk stands in the stream, and when an entry changed a warning."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="load",
            name="stream_number",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="warning",
            name="changed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
