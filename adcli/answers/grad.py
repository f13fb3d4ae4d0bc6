"""grad: value and gradient of a program with one result."""

from __future__ import annotations

from adcli import derive, findings
from adcli.answers import Answer, Request, evaluated, inputs, kinks, scalar, traced, warn, watched
from adcli.language import Program


def answer(request: Request, program: Program) -> Answer:
    """Return the value and the gradient."""
    scalar(request, program)
    wrt = inputs(program, request.wrt)
    point = evaluated(request, program)
    side = kinks(request, point, wrt)
    mode = request.mode or ("forward" if side else "reverse")
    trace = traced(request, point, side)
    watch = watched(trace, mode)
    graph, output, values = program.graph, program.output, point.values
    gradient = derive.gradient(graph, output, values, wrt, mode, watch, side)
    warn(request, point, findings.derivatives(program, values, wrt, gradient, {output: 1.0}))
    results = {"value": values[output], "gradient": gradient}
    return Answer(request, program, point.at, list(wrt), mode, results, point.findings, trace)
