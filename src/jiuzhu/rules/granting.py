"""The whole table of permissions: what permissions.csv grants, and for each step of a workflow what its `by` says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.rules.parameters import Parameters, read_parameters
from jiuzhu.rules.permissions import Operation, PermissionRow, Permissions, read_permissions
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.references import read_references
from jiuzhu.rules.tree import Title
from jiuzhu.rules.workflows import Step, Workflow, read_workflows

RESIDENT = "resident"
AT_THE_WINDOW = ("township_officer", "station_worker", "grid_worker")  # who does for an applicant what the applicant asks
LISTENERS = ("township_officer", "county_officer")  # who writes down what anyone may say
HERE, OWN = ("own", "child"), ("self", "mandate")
PURPOSE, LEVEL = "casework", "sensitive"


def load_granted(*folders: Path) -> Permissions:
    """The table of these folders, steps among it. Raises CatalogueFaults with every fault."""
    reading = Reading()
    read_references(folders, reading)
    reading.parameters = read_parameters(folders, reading.faults)
    permissions = read_permissions(folders, reading)
    with_steps(permissions, read_workflows(folders, reading, permissions), reading.parameters)
    if reading.faults:
        raise CatalogueFaults(reading.faults)
    return permissions


def with_steps(permissions: Permissions, workflows: Mapping[str, Workflow], parameters: Parameters) -> None:
    """Add to the table, for each step, an operation `<workflow>.<step>` and who may do it.

    A step by an applicant is done by a resident for themselves or whom they stand for, or at a window for them; of a step by a
    parameter every role it names anywhere has a row, and the parameter says at each place and day which of them it is.
    """
    for workflow in workflows.values():
        for step in workflow.steps.values():
            code = operation(workflow, step)
            title = Title(f"{workflow.title.zh}：{step.title.zh}", f"{workflow.title.en}: {step.title.en}")
            permissions.operations[code] = Operation(code, title, ())
            for role, relations in _doers(workflow, step, parameters).items():
                if role in permissions.roles:  # another name is a fault of the workflow, told there
                    most = None if step.batch else 1
                    rows = [PermissionRow(code, role, one, "", PURPOSE, LEVEL, most, workflow.path) for one in relations]
                    permissions.rows[code, role] = rows


def operation(workflow: Workflow, step: Step) -> str:
    return f"{workflow.code}.{step.code}"


def roles_of(by: str, parameters: Parameters) -> tuple[str, ...]:
    """The role itself, or every role that the parameter of that name says anywhere."""
    rows = parameters.of("", by)
    return tuple(dict.fromkeys(row.text for row in rows if row.text)) if rows else (by,)


def _doers(workflow: Workflow, step: Step, parameters: Parameters) -> dict[str, tuple[str, ...]]:
    if step.by == "applicant":
        return {RESIDENT: OWN, **dict.fromkeys(AT_THE_WINDOW, HERE)}
    if step.by == "anyone":
        return {RESIDENT: OWN, **dict.fromkeys(LISTENERS, HERE)}
    named: Iterable[str] = (step.by, *(road.by for road in workflow.roads if step.code in road.on))
    return {role: HERE for by in named for role in roles_of(by, parameters)}
