"""Warnings of one township lie together, so that its officers do not read those of the whole province.

In PostgreSQL alone, which weighs how many rows an index leads to. SQLite takes it for every division, however large, and then sorts a
county's warnings for one page: with it such a page took 190 ms, without it 25. So it stands here and not among the model's.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MADE = """
    CREATE INDEX warning_within ON dispatch_warning (division_code, queue, scenario_id, level, household_id, township)
"""


def only_in_postgresql(statement: str) -> Any:
    def act(_: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(statement, params=None)

    return act


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0007_told_to_the_tier_above")]

    operations = [migrations.RunPython(only_in_postgresql(MADE), only_in_postgresql("DROP INDEX warning_within"))]
