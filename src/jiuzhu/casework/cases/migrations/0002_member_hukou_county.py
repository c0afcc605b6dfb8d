"""Where members are registered, if that is another county than the one they live in; nothing is known of those that stand there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="hukou_county",
            field=models.CharField(blank=True, db_default="", max_length=6),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(fields=["hukou_county"], name="cases_membe_hukou_c_261e21_idx"),
        ),
    ]
