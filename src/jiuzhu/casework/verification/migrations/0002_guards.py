"""What is never changed: what somebody signed, and a report as it was issued."""

from django.db import migrations

from jiuzhu.casework.trace.guards import append_only, fixed


class Migration(migrations.Migration):
    dependencies = [("verification", "0001_initial"), ("trace", "0001_initial")]

    operations = [
        append_only(
            verification_report=(("id",), ("key",), ("number",)),
            verification_print=(("id",), ("report_id",)),
            verification_subject=(("id",), ("request_id", "party_id")),
        ),
        fixed(
            "verification_authorisation",
            (
                "id", "key", "number", "case_id", "party_id", "signer_id", "why", "purpose", "consents", "since", "until", "how",
                "signed_at", "taken_by", "statement", "digest", "signature",
            ),
        ),
    ]  # fmt: skip
