"""Works out an input of a declaration for all subjects of a scope."""

from __future__ import annotations

from jiuzhu.engines.sql.members import members_input
from jiuzhu.engines.sql.relations import fact_via
from jiuzhu.engines.sql.row_inputs import row_input
from jiuzhu.engines.sql.scope import Scope
from jiuzhu.engines.sql.values import Compiled
from jiuzhu.rules import tree


def worked_out(given: tree.Input, scope: Scope) -> Compiled:
    match given:
        case tree.RowInput():
            return row_input(given, scope)
        case tree.MembersInput():
            return members_input(given, scope)
        case tree.FactInput(via=""):
            return scope.fact(given.fact)
        case tree.FactInput():
            return fact_via(given, scope)
    raise TypeError(f"a parameter needs no working out: {given}")
