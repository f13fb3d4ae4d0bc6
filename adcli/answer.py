"""An answer: what a command found out, before anyone says how to show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from adcli import derive, findings
from adcli.errors import LONGEST, Fault, no_value, printable
from adcli.findings import Finding
from adcli.language import MAX_STEPS, Program, elaborate, parse, words
from adcli.language.tokens import name_of
from adcli.numbers.system import FLOATS
from adcli.sweeps import evaluate

if TYPE_CHECKING:
    from adcli.trace import Trace


SHORT = 100
"""Programs of up to this many nodes are traced unless that is unwanted."""


class Request(NamedTuple):
    """What was asked: an expression, a point, and for derivatives by what, in which mode and how to treat a kink; and
    whether to keep a trace, None for one that is short."""

    command: str
    expression: str
    at: Mapping[str, float]
    wrt: Sequence[str] | None = None
    mode: str | None = None
    kinks: str = "subgradient"
    strict: bool = False
    trace: bool | None = False
    max_steps: int = MAX_STEPS


class Answer(NamedTuple):
    """What was found: for eval the gradient, the mode and what it was asked by are None."""

    request: Request
    program: Program
    at: dict[str, float]
    wrt: list[str] | None
    mode: str | None
    value: float
    gradient: dict[str, float] | None
    findings: list[Finding]
    trace: Trace | None


def answer(request: Request) -> Answer:
    """Return the answer to a request; raise Fault where there is none."""
    program = elaborate(parse(request.expression), request.at, request.max_steps)
    try:
        return _grad(request, program) if request.command == "grad" else _eval(request, program)
    except Fault as fault:
        fault.text = request.expression
        raise


def _eval(request: Request, program: Program) -> Answer:
    at, values, found = _values(request, program)
    trace = _trace(program, values) if _traced(request, program) else None
    return Answer(request, program, at, None, None, values[program.output], None, found, trace)


def _grad(request: Request, program: Program) -> Answer:
    wrt = _wrt(request, program)
    at, values, found = _values(request, program)
    graph, output = program.graph, program.output
    bends = findings.bends(program, values, wrt)
    sided = request.kinks in findings.SIDES
    mode = request.mode or ("forward" if sided else "reverse")
    found += findings.kinks(program, values, bends, request.kinks)
    if sided:
        bends = findings.bends(program, values, wrt, everywhere=True)
    trace, observe = None, None
    if _traced(request, program):
        trace = _trace(program, values, request.kinks if sided else "", bends if sided else ())
        observe = trace.begin_forward(wrt) if mode == "forward" else trace.begin_reverse()
    if sided:
        gradient = derive.one_sided_gradient(graph, output, values, wrt, request.kinks, bends, observe)
    else:
        gradient = derive.gradient(graph, output, values, wrt, mode, observe)
    if not all(map(isfinite, gradient.values())):
        said = findings.derivatives(program, values, wrt, gradient)
        if request.strict:
            raise Fault("derivative_not_finite", message=said[0].message)
        found += said
    return Answer(request, program, at, list(wrt), mode, values[output], gradient, found, trace)


def _traced(request: Request, program: Program) -> bool:
    """Say whether to keep a trace."""
    return len(program.graph.nodes) <= SHORT if request.trace is None else request.trace


def _trace(program: Program, values: Sequence[float], side: str = "", bends: Sequence[int] = ()) -> Trace:
    from adcli.trace import Trace  # an answer without steps is quicker without it

    return Trace(program, values, side, bends)


def _values(request: Request, program: Program) -> tuple[dict[str, float], list[float], list[Finding]]:
    """Return the point, the value of every node, and what is to be said about the point; refuse a value that is none."""
    given = request.at
    missing = [name for name in program.inputs if name not in given]
    if missing:
        if missing[0] in words.FUNCTIONS:
            raise Fault("function_as_value", name=missing[0])
        raise no_value(missing)
    unused = [name for name in given if name not in program.inputs]
    found = [Finding("unused", f"the program does not use {printable(name, LONGEST)}") for name in unused]
    at = {name: given[name] for name in program.inputs}
    values = evaluate(program.graph, at, FLOATS)
    findings.check_value(program, values)
    return at, values, found


def _wrt(request: Request, program: Program) -> dict[str, int]:
    """Return the inputs to differentiate by, with their nodes: those asked for, or all that may be."""
    names = request.wrt
    if names is None:
        names = [name for name in program.inputs if name not in program.shaping]
    names = [name_of(name) for name in names]
    for name in names:
        if name not in program.inputs:
            raise Fault("no_inputs_like", name=name, inputs=", ".join(program.inputs) or "none")
        if name in program.shaping:
            raise Fault("shapes_the_program", name=name)
    return {name: program.inputs[name] for name in names}
