"""What is never changed: the ledger, terms, what is owed for which month, and what an instruction orders."""

from django.db import migrations

from jiuzhu.casework.payments.guards import balanced, fixed
from jiuzhu.casework.trace.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("trace", "0001_initial")]

    operations = [
        append_only(
            payments_posting=(("id",),),
            payments_term=(("id",), ("grant_id", "number")),
            payments_due=(("id",), ("instruction_id", "month")),
        ),
        balanced(),
        fixed("payments_instruction", ("id", "number", "grant_id", "month", "kind", "fen", "follows_id")),
    ]
