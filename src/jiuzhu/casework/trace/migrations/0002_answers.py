"""What a changing request was answered, kept with its key."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trace", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("who", models.CharField(max_length=80)),
                ("content", models.CharField(max_length=64)),
                ("told", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("key", ""), _negated=True), models.Q(("who", ""), _negated=True)),
                        name="answer_to_somebody",
                    )
                ],
            },
        ),
    ]
