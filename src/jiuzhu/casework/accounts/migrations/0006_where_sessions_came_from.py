from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_signing_in_and_kin"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="source",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["source"], name="accounts_se_source_0739fd_idx"),
        ),
    ]
