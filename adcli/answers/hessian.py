"""hessian: value, gradient and the matrix of second derivatives."""

from __future__ import annotations

from math import isfinite

from adcli import derive, findings
from adcli.answers import Answer, Request, evaluated, inputs, kinks, scalar, traced, warn
from adcli.language import Program


def answer(request: Request, program: Program) -> Answer:
    """Return the value, the gradient, and the Hessian by the inputs asked for."""
    scalar(request, program)
    wrt = inputs(program, request.wrt)
    point = evaluated(request, program)
    kinks(request, point, wrt)
    trace = traced(request, point)
    graph, output, values = program.graph, program.output, point.values
    gradient = derive.gradient(graph, output, values, wrt, watch=trace.watch_reverse if trace else None)
    warn(request, point, findings.derivatives(program, values, wrt, gradient, {output: 1.0}))
    rows = derive.hessian(graph, output, point.at, list(wrt))
    names = list(wrt)
    pairs = [(k, number) for k in range(len(names)) for number in range(k, len(names)) if not isfinite(rows[k][number])]
    for k, number in pairs:
        what = f"the second derivative by {names[k]} and {names[number]}"
        warn(request, point, [findings.without_place(rows[k][number], what)])
    matrix = {name: dict(zip(names, row)) for name, row in zip(names, rows)}
    results = {"value": values[output], "gradient": gradient, "hessian": matrix}
    return Answer(request, program, point.at, names, "reverse", results, point.findings, trace)
