"""Letters of other regions, and the replies they got."""

from django.db import migrations, models

from jiuzhu.casework.trace.guards import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40)),
                ("sender", models.CharField(max_length=12)),
                ("authorisation", models.CharField(max_length=40)),
                ("purpose", models.CharField(max_length=24)),
                ("received_at", models.DateTimeField()),
                ("state", models.CharField(choices=[("answered", "已答复"), ("refused", "拒绝")], max_length=10)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("reply", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("sender", "number"), name="letter_once"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("reply", ""), _negated=True), models.Q(("sender", ""), _negated=True)),
                        name="letter_has_a_reply",
                    ),
                ],
            },
        ),
        append_only(verification_letter=(("id",), ("sender", "number"))),
    ]
