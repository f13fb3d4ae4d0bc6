"""hessian: value, gradient and the matrix of second derivatives."""

from __future__ import annotations

from adcli import derive, findings
from adcli.answers import Answer, Request, evaluated, inputs, kinks, scalar, traced, warn, warn_of
from adcli.language import Program


def answer(request: Request, program: Program) -> Answer:
    """Return the value, the gradient, and the Hessian by the inputs asked for."""
    scalar(request, program)
    wrt = inputs(program, request.wrt, request.data)
    point = evaluated(request, program)
    scalar(request, program, point.values[program.output])
    kinks(request, point, wrt)
    trace = traced(request, point)
    graph, output, values = program.graph, program.output, point.values
    gradient = derive.gradient(graph, output, values, wrt, watch=trace.watch_reverse if trace else None)
    warn_of(request, point, wrt, [(gradient, {output: 1.0})])
    rows = derive.hessian(graph, output, point.at, list(wrt))
    names = list(wrt)
    for k, name in enumerate(names):
        for other in names[k:]:
            if not findings.all_finite(rows[name][other]):
                what = f"the second derivative by {name} and {other}"
                warn(request, point, [findings.without_place(rows[name][other], what)])
    results = {"value": values[output], "gradient": gradient, "hessian": rows}
    return Answer(request, program, point.at, names, "reverse", results, point.findings, trace)
