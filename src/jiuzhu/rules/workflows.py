"""`workflows/*.toml`: the road of an application or of a programme: states, steps between them, who does each, by when, and what must be.

An application is examined once; each programme in it is then decided on its own road. A step is done by a person of a role, or of
the role a dated local number names, so that a province moves power to townships by one row. What harms a family asks for a reason
and a notice, and a cut or an end for a hearing before it (the law of 2026, article 48).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jiuzhu.rules.faults import CatalogueFaults, clipped, nearest
from jiuzhu.rules.parameters import read_parameters
from jiuzhu.rules.permissions import Permissions, read_permissions
from jiuzhu.rules.reading import Reading, read_basis
from jiuzhu.rules.references import read_references
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title

FOLDER = "workflows"
UNITS = {"working days": "working_days", "days": "days", "hours": "hours", "minutes": "minutes"}
HARMS = ("refusal", "cut", "end", "recovery")
HEARD = ("cut", "end", "recovery")
PAPERS = ("hearing_record", "county_visit", "death_record")  # what a step may need beside tasks
EXAMINED = "application"  # whose steps the roads of programmes count from
OUTSIDE = ("applicant", "anyone")  # who does a step without being an officer
CONDITIONS = (
    "grants",
    "not grants",
    "notice_over",
    "notice_over or not grants",
    "kin_registered",
    "complained_of",
    "kin_registered or complained_of",
)
_DURATION = re.compile(r"(?P<amount>\d+|[a-z_.]+) (?P<unit>working days|days|hours|minutes) of (?P<step>[a-z_]+)")


@dataclass(frozen=True)
class Duration:
    """So long after a step, the first day not counted. amount: a number, or the shared parameter that names one. unit: of UNITS."""

    amount: int | str
    unit: str
    of: str


@dataclass(frozen=True)
class Step:
    """One way from states to a state.

    by: a role, `applicant`, `anyone`, or the parameter that names a role. times: how often it may be done, 0 for any. opens, needs:
    tasks that begin with it, and that must be done before it. within: by when after another step. serve: by when the notice is
    proved to have arrived. harms: one of HARMS, "" for none. hearing: the step in which the family was heard. apart: steps and tasks
    whose person may not do this one. freezes: what is written down as it is. lasts: how long what is published stays, in days.
    """

    code: str
    title: Title
    origins: tuple[str, ...]
    to: str
    by: str
    when: str = ""
    times: int = 0
    opens: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    notice: str = ""
    within: Duration | None = None
    serve: Duration | None = None
    harms: str = ""
    because: bool = False
    hearing: str = ""
    apart: tuple[str, ...] = ()
    freezes: tuple[str, ...] = ()
    lasts: str = ""
    batch: bool = False


@dataclass(frozen=True)
class Work:
    """A task a step opens. kind: a code of task_kind. persons: how many do it together. late: what stands in for it when it is late."""

    code: str
    kind: str
    by: str
    form: str = ""
    persons: int = 1
    begin: Duration | None = None
    within: Duration | None = None
    late: str = ""


@dataclass(frozen=True)
class Road:
    """What differs for some cases: those steps are done by another role, and need more."""

    code: str
    when: str
    on: tuple[str, ...]
    by: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Total:
    """The whole time allowed; longer: for one of the named reasons. Parameters or numbers."""

    within: Duration
    longer: int | str = ""
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pause:
    """What stops the clock, and where that is written; no clock stops otherwise."""

    code: str
    between: tuple[str, str]
    basis: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Workflow:
    """rests: states in which nobody is waited for, though steps lead on. text: of the file, so that what began by it ends by it."""

    code: str
    title: Title
    start: str
    ends: tuple[str, ...]
    steps: Mapping[str, Step]
    tasks: Mapping[str, Work]
    basis: tuple[Mapping[str, str], ...]
    total: Total | None = None
    roads: tuple[Road, ...] = ()
    pauses: tuple[Pause, ...] = ()
    rests: tuple[str, ...] = ()
    path: str = field(default="", compare=False)
    text: str = field(default="", compare=False, repr=False)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, the first first, in the order in which steps lead to them."""
        return tuple(dict.fromkeys((self.start, *(one for step in self.steps.values() for one in (*step.origins, step.to)))))

    def from_state(self, state: str) -> tuple[Step, ...]:
        """The steps that lead out of a state."""
        return tuple(step for step in self.steps.values() if state in step.origins)


def read_workflows(folders: Iterable[Path], reading: Reading, permissions: Permissions) -> dict[str, Workflow]:
    """Every road of the folders; faults of each are in `reading`."""
    found: dict[str, tuple[Workflow, Source]] = {}
    for folder in folders:
        for path in sorted((folder / FOLDER).glob("*.toml")):
            source = Source(path, reading.faults)
            made = _read(source, reading)
            if reading.new("workflow", made.code, source):
                found[made.code] = made, source
    examined = found[EXAMINED][0] if EXAMINED in found else None
    for made, source in found.values():
        _Check(made, source, reading, permissions, examined).all()
    return {code: made for code, (made, _) in found.items()}


def load_workflows(*folders: Path) -> dict[str, Workflow]:
    """What casework needs of it, read without the rest. Raises CatalogueFaults with every fault."""
    reading = Reading()
    read_references(folders, reading)
    reading.parameters = read_parameters(folders, reading.faults)
    found = read_workflows(folders, reading, read_permissions(folders, reading))
    if reading.faults:
        raise CatalogueFaults(reading.faults)
    return found


def workflow_of(text: str) -> Workflow:
    """The road of a text that stood in a catalogue once, as it was then. Raises CatalogueFaults where it is no road."""
    reading = Reading()
    made = _read(Source(Path("kept.toml"), reading.faults, text), reading)
    faults = [fault for fault in reading.faults if fault.rule != "law"]  # laws were checked when the text stood in the catalogue
    if faults:
        raise CatalogueFaults(faults)
    return made


def _read(source: Source, reading: Reading) -> Workflow:
    whole = Keys(source, (), source.data)
    made = Workflow(
        code=whole.text("code", required=True, default=source.path.stem),
        title=whole.title("title"),
        start=whole.text("start", required=True),
        ends=whole.words("ends", required=True),
        steps={code: _step(code, keys) for code, keys in whole.named("steps", required=True)},
        tasks={code: _work(code, keys) for code, keys in whole.named("tasks")},
        basis=read_basis(whole, reading.laws, required=True),
        total=_total(whole),
        roads=tuple(_road(code, keys) for code, keys in whole.named("roads")),
        pauses=tuple(_pause(code, keys, reading) for code, keys in whole.named("pauses")),
        rests=whole.words("rests"),
        path=source.path.as_posix(),
        text=source.text,
    )
    whole.done()
    return made


def _step(code: str, keys: Keys) -> Step:
    made = Step(
        code=code,
        title=keys.title("title"),
        origins=keys.words("from", required=True),
        to=keys.text("to", required=True),
        by=keys.text("by", required=True),
        when=keys.text("when", one_of=("", *CONDITIONS)),
        times=keys.whole("times"),
        opens=keys.words("opens"),
        needs=keys.words("needs"),
        notice=keys.text("notice"),
        within=_duration(keys, "within"),
        serve=_duration(keys, "serve"),
        harms=keys.text("adverse", one_of=("", *HARMS)),
        because=keys.flag("because"),
        hearing=keys.text("hearing"),
        apart=keys.words("apart"),
        freezes=keys.words("freezes"),
        lasts=keys.text("lasts"),
        batch=keys.flag("batch"),
    )
    keys.done()
    return made


def _work(code: str, keys: Keys) -> Work:
    made = Work(
        code=code,
        kind=keys.text("kind", required=True),
        by=keys.text("by", required=True),
        form=keys.text("form"),
        persons=keys.whole("persons", default=1, least=1),
        begin=_duration(keys, "begin"),
        within=_duration(keys, "within"),
        late=keys.text("late", one_of=("", "partial")),
    )
    keys.done()
    return made


def _total(whole: Keys) -> Total | None:
    table = whole.table("total")
    if not table:
        return None
    keys = Keys(whole.source, ("total",), table)
    within, longer, because = _duration(keys, "within"), keys.text("longer"), keys.words("because")
    keys.done()
    if within is None:
        keys.fault("within", "duration", "the whole time is missing", 'write within = "30 working days of accept"')
        return None
    return Total(within, int(longer) if longer.isdigit() else longer, because)


def _road(code: str, keys: Keys) -> Road:
    made = Road(
        code,
        keys.text("when", required=True, default=CONDITIONS[0], one_of=CONDITIONS),
        keys.words("on", required=True),
        keys.text("by", required=True),
        keys.words("needs"),
    )
    keys.done()
    return made


def _pause(code: str, keys: Keys, reading: Reading) -> Pause:
    between = keys.words("between", required=True)
    if len(between) != 2:
        keys.fault("between", "pause", f"between names {len(between)} steps", 'write between = ["ask", "supply"]')
        between = ("", "")
    made = Pause(code, (between[0], between[1]), read_basis(keys, reading.laws, required=True))
    keys.done()
    return made


def _duration(keys: Keys, key: str) -> Duration | None:
    text = keys.text(key)
    if not text:
        return None
    match = _DURATION.fullmatch(text)
    if match is None:
        keys.fault(
            key,
            "duration",
            f"'{clipped(text)}' is no duration",
            'write "3 working days of accept", or a parameter for the number',
        )
        return None
    amount = match["amount"]
    return Duration(int(amount) if amount.isdigit() else amount, UNITS[match["unit"]], match["step"])


@dataclass(frozen=True)
class _Check:
    """What must hold of a road as a whole: no dead end, nobody harmed by a machine or without being heard, every name known."""

    of: Workflow
    source: Source
    reading: Reading
    permissions: Permissions
    examined: Workflow | None

    def all(self) -> None:
        for step in self.of.steps.values():
            self._names(step)
            self._harm(step)
        for code, work in self.of.tasks.items():
            self._role(("tasks", code, "by"), work.by)
            for duration in (work.begin, work.within):
                self._duration(("tasks", code), duration, began=True)
            if work.kind not in self.kinds:
                self.source.fault(
                    ("tasks", code, "kind"), "kind", f"no kind of task '{clipped(work.kind)}'", nearest(work.kind, self.kinds)
                )
        for road in self.of.roads:
            self._role(("roads", road.code, "by"), road.by)
            self._known(("roads", road.code, "on"), road.on, self.of.steps, "step")
            self._known(("roads", road.code, "needs"), road.needs, {**self.of.tasks, **dict.fromkeys(PAPERS)}, "task or paper")
        for pause in self.of.pauses:
            self._known(("pauses", pause.code, "between"), pause.between, self.of.steps, "step")
        if self.of.total is not None:
            self._duration(("total",), self.of.total.within)
            self._parameter(("total", "longer"), self.of.total.longer)
        self._reached()

    def _names(self, step: Step) -> None:
        at = ("steps", step.code)
        self._role((*at, "by"), step.by)
        self._known((*at, "opens"), step.opens, self.of.tasks, "task")
        opened = {task for other in self.of.steps.values() for task in other.opens}
        self._known((*at, "needs"), step.needs, {**self.of.tasks, **dict.fromkeys(PAPERS)}, "task or paper")
        for name in step.needs:
            if name in self.of.tasks and name not in opened:
                self.source.fault(
                    (*at, "needs"), "dead_end", f"'{name}' is needed and no step opens it", "open it in an earlier step"
                )
        before = self.examined.tasks if self.examined else {}
        self._known((*at, "apart"), step.apart, {**self.of.steps, **self.of.tasks, **before}, "step or task")
        for duration in (step.within, step.serve):
            self._duration(at, duration)
        if step.lasts:
            self._parameter((*at, "lasts"), step.lasts.removesuffix(" days"))

    def _harm(self, step: Step) -> None:
        at = ("steps", step.code)
        if step.harms and step.by in OUTSIDE:
            self.source.fault((*at, "by"), "adverse", f"'{step.by}' decides against a family", "a named officer decides (F4)")
        if step.harms and not step.notice:
            self.source.fault((*at, "notice"), "adverse", "a decision against a family has no notice", 'write notice = "N09"')
        if step.harms in HEARD and step.hearing not in self.of.steps:
            told = f"hearing = '{clipped(step.hearing)}'" if step.hearing else "nobody hears the family before"
            self.source.fault((*at, "hearing"), "hearing", told, "name the step in which it is heard (law of 2026, article 48)")
        if step.harms in HEARD and step.hearing in self.of.steps:
            heard = self.of.steps[step.hearing].to
            if set(step.origins) - {heard}:
                self.source.fault(
                    (*at, "from"), "hearing", f"it can be reached without '{step.hearing}'", f'write from = "{heard}"'
                )

    def _reached(self) -> None:
        """Every state is reached from the first, an end from every state, and nothing leads out of an end."""
        reached = self._spread({self.of.start}, onward=True)
        back = self._spread(set(self.of.ends), onward=False)
        self._known(("ends",), self.of.ends, dict.fromkeys(self.of.states), "state")
        self._known(("rests",), self.of.rests, dict.fromkeys(self.of.states), "state")
        for state in self.of.states:
            if state not in reached:
                self.source.fault(("steps",), "dead_end", f"no step leads to state '{clipped(state)}'", nearest(state, reached))
            elif state not in back:
                self.source.fault(
                    ("steps",), "dead_end", f"from state '{clipped(state)}' no end can be reached", "add a step that leads on"
                )
            elif state in self.of.ends and self.of.from_state(state):
                self.source.fault(
                    ("ends",), "dead_end", f"a step leads out of the end '{clipped(state)}'", "leave it out of ends"
                )

    def _spread(self, states: set[str], *, onward: bool) -> set[str]:
        """These states and all that steps lead to from them, or that they are led to from."""
        while True:
            steps = self.of.steps.values()
            if onward:
                more = {step.to for step in steps if states.intersection(step.origins)} - states
            else:
                more = {origin for step in steps if step.to in states for origin in step.origins} - states
            if not more:
                return states
            states = states | more

    def _role(self, at: tuple[str, ...], name: str) -> None:
        if name in OUTSIDE or name in self.permissions.roles or self._is_parameter(name):
            return
        known = [*self.permissions.roles, *OUTSIDE]
        self.source.fault(at, "role", f"'{clipped(name)}' is no role, and no parameter that names one", nearest(name, known))

    def _duration(self, at: tuple[str, ...], duration: Duration | None, *, began: bool = False) -> None:
        """began: whether it may count from the begin of the task itself."""
        if duration is None:
            return
        before = self.examined.steps if self.examined else {}
        known = {**before, **self.of.steps, **({"begin": None} if began else {})}
        self._known(at, (duration.of,), known, "step")
        self._parameter(at, duration.amount)

    def _parameter(self, at: tuple[str, ...], name: int | str) -> None:
        if isinstance(name, int) or not name or name.isdigit() or self._is_parameter(name):
            return
        self.source.fault(at, "parameter", f"no parameter '{clipped(str(name))}'", nearest(str(name), self._items()))

    @property
    def kinds(self) -> Iterable[str]:
        codes = self.reading.codes.get("task_kind")
        return codes.words if codes else ()

    def _is_parameter(self, name: str) -> bool:
        return name in self._items()

    def _items(self) -> set[str]:
        return set(self.reading.parameters.names(""))

    def _known(self, at: tuple[str, ...], names: Iterable[str], known: Mapping[str, object], kind: str) -> None:
        for name in names:
            if name not in known:
                self.source.fault(at, kind.split()[0], f"no {kind} '{clipped(name)}' here", nearest(name, known))
