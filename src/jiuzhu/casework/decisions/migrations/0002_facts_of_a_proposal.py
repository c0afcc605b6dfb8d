"""Facts lie apart from the assessment, so that many families are judged again without reading what was once said of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

from jiuzhu.casework.trace.guards import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("decisions", "0001_decisions")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.AddField(model_name="proposal", name="facts", field=models.BinaryField(null=True)),
        append_only(decisions_proposal=(("id",), ("key",), ("item_id", "number"))),
    ]
