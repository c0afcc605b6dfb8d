"""What was written to somebody is never changed or removed, and neither is the proof that it arrived."""

from django.db import migrations

from jiuzhu.casework.trace.guards import append_only, fixed


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("trace", "0001_initial")]
    operations = [
        fixed(
            "notices_notice",
            ("id", "key", "kind", "number", "party_id", "content", "signature", "given_by", "given_at", "serve_by"),
        ),
        fixed(
            "notices_publication",
            ("id", "key", "kind", "number", "case_id", "division_code", "content", "signature", "put_at", "from_on", "last_on"),
        ),
        fixed("notices_objection", ("id", "key", "publication_id", "because", "name", "contact", "at")),
        append_only(notices_service=(("id",), ("notice_id", "number"))),
    ]
