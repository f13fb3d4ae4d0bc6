"""Answers: what a command found out, before anyone says how to show it.

One module a command, with ``answer(request, program) -> Answer``, imported when it is asked for. What they have in common
is here: a program is read, put onto a graph and evaluated at the point before anything is differentiated.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from adcli import findings
from adcli.derive import Side, Watch
from adcli.errors import LONGEST, Fault, plural, printable
from adcli.findings import Finding
from adcli.language import MAX_STEPS, Program, elaborate, parse, words
from adcli.language.tokens import name_of
from adcli.language.unknown import unvalued, uses_constant
from adcli.numbers.system import system_of

if TYPE_CHECKING:
    from adcli.trace import Trace


SHORT = 100
"""Programs of up to this many nodes are traced unless that is unwanted."""

LARGE = 10_000
"""Programs with larger arrays are not traced unless that is wanted: a trace keeps every adjoint."""

ROWS = 5
"""So many rows of a Jacobian that are not finite are looked into."""

FEW = 12
"""Jacobians by arrays of more elements than this are not traced either."""


class Request:
    """What was asked: a command, an expression, a point, and for derivatives by what, in which mode and how to treat a kink;
    whether to keep a trace, None for one that is short; what only some commands know; and which names of the point are
    columns of data files: they are constants unless ``wrt`` names them, and may be idle."""

    __slots__ = (
        "at",
        "claim",
        "command",
        "cotangent",
        "data",
        "error",
        "expression",
        "kinks",
        "max_steps",
        "mode",
        "order",
        "reveal",
        "stats",
        "steps",
        "strict",
        "tangent",
        "trace",
        "wrt",
    )

    def __init__(
        self,
        command: str,
        expression: str,
        at: Mapping[str, float],
        wrt: Sequence[str] | None = None,
        mode: str | None = None,
        kinks: str = "subgradient",
        strict: bool = False,
        trace: bool | None = False,
        max_steps: int = MAX_STEPS,
        tangent: Mapping[str, float] | None = None,
        cotangent: Sequence[float] | None = None,
        order: int | None = None,
        error: bool = False,
        claim: str | None = None,
        reveal: bool = False,
        steps: bool = False,
        stats: bool = False,
        data: frozenset[str] = frozenset(),
    ) -> None:
        self.command = command
        self.expression = expression
        self.at = at
        self.wrt = wrt
        self.mode = mode
        self.kinks = kinks
        self.strict = strict
        self.trace = trace
        self.max_steps = max_steps
        self.tangent = tangent
        self.cotangent = cotangent
        self.order = order
        self.error = error
        self.claim = claim
        self.reveal = reveal
        self.steps = steps
        self.stats = stats
        self.data = data

    def but(self, **changes: Any) -> Request:
        """Return this request with changes."""
        return Request(**{name: getattr(self, name) for name in self.__slots__} | changes)


class Answer:
    """What was found. ``results`` are the keys that the contract gives the command's answer, in its order, with numbers and
    arrays, lists of numbers for the results of a vector program, and dicts. ``wrt`` and ``mode`` are None where nothing was
    differentiated. ``written`` says how many steps and sweeps it took where a program of arrays was written out by element."""

    __slots__ = ("at", "findings", "mode", "program", "request", "results", "trace", "written", "wrt")

    def __init__(
        self,
        request: Request,
        program: Program,
        at: dict[str, float],
        wrt: list[str] | None,
        mode: str | None,
        results: dict[str, Any],
        findings: list[Finding],
        trace: Trace | None = None,
    ) -> None:
        self.request = request
        self.program = program
        self.at = at
        self.wrt = wrt
        self.mode = mode
        self.results = results
        self.findings = findings
        self.trace = trace
        self.written: tuple[int, int] | None = None

    @property
    def given(self) -> dict[str, Any]:
        """The point without the columns of data files, which may be long and which the person has."""
        return {name: value for name, value in self.at.items() if name not in self.request.data}


class Evaluated:
    """A program at a point: the value of every node, and what is to be said of the point."""

    __slots__ = ("at", "findings", "program", "values")

    def __init__(self, program: Program, at: dict[str, float], values: list[float], findings: list[Finding]) -> None:
        self.program = program
        self.at = at
        self.values = values
        self.findings = findings

    def results(self) -> Any:
        """Return the value of the program: a number or an array, or a list of numbers."""
        return self.program.shaped([self.values[output] for output in self.program.outputs])


def answer(request: Request, program: Program | None = None) -> Answer:
    """Return the answer to a request, whose program may be at hand; raise Fault where there is none."""
    if program is None:
        program = elaborate(parse(request.expression), request.at, request.max_steps)
    name = "sided" if request.kinks in findings.SIDES and program.graph.arrays else request.command
    try:
        with system_of(program.graph).quiet():
            found: Answer = import_module(f"adcli.answers.{name}").answer(request, program)
    except Fault as fault:
        fault.text = fault.text or request.expression
        raise
    return found


def evaluated(request: Request, program: Program) -> Evaluated:
    """Evaluate a program at the point; refuse a missing value, and a result that is not finite."""
    given = request.at
    missing = [name for name in program.inputs if name not in given]
    if missing:
        if missing[0] in words.FUNCTIONS:
            raise Fault("function_as_value", name=missing[0])
        raise unvalued(program.syntax, missing)
    found = list[Finding]()
    for name in given:
        if name in program.inputs:
            continue
        if uses_constant(program.syntax, name):
            raise Fault("given_constant", name=name)
        if name not in request.data:
            found.append(Finding("unused", f"the program does not use {printable(name, LONGEST)}"))
    found += findings.idle(program)
    at = {name: given[name] for name in program.inputs}
    values = findings.values_at(program, at)
    findings.check_value(program, values)
    return Evaluated(program, at, values, found)


def scalar(request: Request, program: Program, value: Any = 0.0) -> None:
    """Refuse a program with an array for its result."""
    if program.vector or not isinstance(value, float):
        raise Fault("one_result" if request.command != "grad" else "gradient_of_array", command=request.command)


def inputs(program: Program, names: Iterable[str] | None, data: Container[str] = ()) -> dict[str, int]:
    """Return the inputs to differentiate by, with their nodes: those asked for, or all that may be and are no data."""
    if names is None:
        names = [name for name in program.inputs if name not in program.shaping and name not in data]
    names = [name_of(name) for name in names]
    for name in names:
        if name not in program.inputs:
            raise Fault("no_inputs_like", name=name, inputs=", ".join(program.inputs) or "none")
        if name in program.shaping:
            raise Fault("shapes_the_program", name=name)
    return {name: program.inputs[name] for name in names}


def same_shapes(point: Evaluated, direction: Mapping[str, Any]) -> None:
    """Refuse a tangent that has not the shape of its input."""
    for name, tangent in direction.items():
        wanted, got = (getattr(value, "shape", ()) for value in (point.at[name], tangent))
        if wanted != got:
            raise Fault("tangent_shape", name=name, wanted=wanted, got=got)


def is_zero(tangent: Any) -> bool:
    """Say whether a tangent is the number 0."""
    return isinstance(tangent, float) and tangent == 0.0


def finite(direction: Mapping[str, float]) -> None:
    """Refuse a direction that is infinite."""
    for name, tangent in direction.items():
        if not findings.all_finite(tangent):
            raise Fault("seed_not_finite", name=name)


def one_input(request: Request, program: Program) -> str:
    """Return the one input to differentiate by: that asked for, or the only one there is."""
    names = list(inputs(program, request.wrt, request.data))
    if len(names) != 1:
        known = list(inputs(program, None, request.data)) or ["x"]
        example = next((name for name in known if isinstance(request.at.get(name, 0.0), float)), known[0])
        raise Fault("one_input", command=request.command, count=plural(len(names), "input"), example=example)
    return names[0]


def kinks(request: Request, point: Evaluated, wrt: Mapping[str, int]) -> Side | None:
    """Warn of each kink on the way; return what one-sided derivatives need, if they were asked for."""
    program, values = point.program, point.values
    bends = findings.bends(program, values, wrt)
    point.findings.extend(findings.kinks(program, values, bends, request.kinks))
    point.findings.extend(findings.boundaries(program))
    if request.kinks not in findings.SIDES:
        return None
    if request.mode == "reverse":
        raise Fault("one_sided", side=request.kinks)
    return Side(request.kinks, list(findings.bends(program, values, wrt, everywhere=True)))


def traced(request: Request, point: Evaluated, side: Side | None = None) -> Trace | None:
    """Return a trace for the sweeps to come, if one is to be kept."""
    wanted = len(point.program.graph.nodes) <= SHORT if request.trace is None else request.trace
    arrays = point.program.graph.arrays
    if arrays and request.trace is None:
        sizes = [getattr(value, "size", 1) for value in point.values]
        wanted &= max(sizes) <= LARGE
        if request.command == "jacobian":  # a sweep for each element
            ends = {*point.program.inputs.values(), *point.program.outputs}
            wanted &= sum(sizes[index] for index in ends) <= FEW
    if not wanted:
        return None
    from adcli.trace import ArrayTrace, Trace  # an answer without steps is quicker without it

    if arrays:
        return ArrayTrace(point.program, point.values)
    return Trace(point.program, point.values, side)


def watched(trace: Trace | None, mode: str) -> Watch | None:
    """Return what tells the trace of the sweeps of a mode."""
    return None if trace is None else trace.watch_forward if mode == "forward" else trace.watch_reverse


def warn_of(
    request: Request,
    point: Evaluated,
    wrt: Mapping[str, int],
    found: Iterable[tuple[Mapping[str, Any], Mapping[int, Any]]],
) -> None:
    """Warn of derivatives by each input that are not finite, each with the seeds of the sweep that it is of."""
    program, values = point.program, point.values
    bad = [pair for pair in found if not all(map(findings.all_finite, pair[0].values()))]
    if bad and program.graph.arrays:
        from adcli.answers.nonfinite import by_elements  # most derivatives are finite

        warn(request, point, by_elements(point, wrt, bad[:ROWS]))
        return
    for derivatives, seeds in bad:
        warn(request, point, findings.derivatives(program, values, wrt, derivatives, seeds))


def warn(request: Request, point: Evaluated, found: Sequence[Finding]) -> None:
    """Add warnings of derivatives that are not finite, each once; with --strict they are faults."""
    if found and request.strict:
        raise Fault("derivative_not_finite", message=found[0].message)
    point.findings.extend(dict.fromkeys(finding for finding in found if finding not in point.findings))
