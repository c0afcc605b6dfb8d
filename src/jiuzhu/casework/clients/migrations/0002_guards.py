"""What is never changed: which calls were heard, what was handed in, and whose key a client signs with."""

from django.db import migrations

from jiuzhu.casework.trace.guards import append_only, fixed


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_clients"), ("trace", "0001_initial")]

    operations = [
        append_only(
            clients_call=(("id",), ("client_id", "number")),
            clients_handed=(("id",), ("client_id", "kind", "case_number")),
        ),
        fixed(
            "clients_client",
            (
                "id", "code", "department", "division_code", "office_id", "public_key", "fingerprint", "businesses", "items", "per_day",
                "registered_by", "registered_at",
            ),
        ),
    ]  # fmt: skip
