"""The people casework met."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("registry_person", models.CharField(blank=True, max_length=64)),
                ("registry_household", models.CharField(blank=True, max_length=64)),
                ("name", models.TextField(blank=True)),
                ("id_number", models.TextField(blank=True)),
                ("phone", models.TextField(blank=True)),
                ("address", models.TextField(blank=True)),
                ("id_index", models.CharField(blank=True, max_length=64)),
                (
                    "proved_by",
                    models.CharField(
                        choices=[("delivery", "部门数据"), ("paper", "查验证件"), ("declared", "本人申报")], max_length=12
                    ),
                ),
                ("met_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["registry_household"], name="parties_par_registr_a7826c_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("registry_person", ""), _negated=True),
                        fields=("registry_person",),
                        name="party_once_a_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("id_index", ""), _negated=True), fields=("id_index",), name="party_once_a_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("id_index", ""), ("id_number", "")),
                            models.Q(models.Q(("id_number", ""), _negated=True), models.Q(("id_index", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="party_number_is_found",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("proved_by__in", ("delivery", "paper", "declared"))), name="party_proved"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at__isnull", True),
                            models.Q(("address", ""), ("id_index", ""), ("id_number", ""), ("name", ""), ("phone", "")),
                            _connector="OR",
                        ),
                        name="party_erased_is_empty",
                    ),
                ],
            },
        ),
    ]
