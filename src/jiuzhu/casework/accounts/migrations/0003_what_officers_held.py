"""Accounts of before get a person, an office and a role with an end: the end of the year they were opened in."""

from datetime import datetime, timedelta, timezone

from django.db import migrations

BEIJING = timezone(timedelta(hours=8))
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=BEIJING), datetime(2027, 1, 1, tzinfo=BEIJING)
TIERS = {0: "nation", 2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village"}


def give(apps, editor):
    Person, Office, Officer, Assignment = (
        apps.get_model("accounts", name) for name in ("Person", "Office", "Officer", "Assignment")
    )
    for officer in Officer.objects.filter(person=None).order_by("pk").iterator():
        code = officer.division_code
        stem = code
        while len(stem) <= 6 and stem.endswith("00"):
            stem = stem[:-2]
        office, _ = Office.objects.get_or_create(
            department="民政", division_code=code, defaults={"tier": TIERS[len(stem)], "name": f"{officer.division_name}民政"}
        )
        officer.person = Person.objects.create(staff_number=f"account {officer.account}", name=officer.display_name)
        officer.save(update_fields=["person"])
        Assignment.objects.create(
            officer=officer,
            office=office,
            role=officer.role,
            duty="casework",
            division_code=code,
            since=SINCE,
            until=UNTIL,
            given_by="system:migration",
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people_offices_and_roles")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
