"""hvp: value, gradient and the Hessian times a vector."""

from __future__ import annotations

from adcli import derive, findings
from adcli.answers import Answer, Request, evaluated, finite, inputs, kinks, same_shapes, scalar, traced, warn, warn_of
from adcli.errors import Fault
from adcli.language import Program


def answer(request: Request, program: Program) -> Answer:
    """Return the value, the gradient, and the Hessian times the direction, whose missing parts are 0."""
    scalar(request, program)
    wrt = inputs(program, request.wrt, request.data)
    direction = request.tangent or {}
    finite(direction)
    for name in inputs(program, direction):
        if name not in wrt:
            raise Fault("tangent_outside", name=name)
    point = evaluated(request, program)
    same_shapes(point, direction)
    scalar(request, program, point.values[program.output])
    kinks(request, point, wrt)
    trace = traced(request, point)
    graph, output, values = program.graph, program.output, point.values
    gradient = derive.gradient(graph, output, values, wrt, watch=trace.watch_reverse if trace else None)
    warn_of(request, point, wrt, [(gradient, {output: 1.0})])
    product = derive.hvp(graph, output, point.at, list(wrt), direction)
    for name, number in product.items():
        if not findings.all_finite(number):
            warn(request, point, [findings.without_place(number, f"the Hessian times the direction, by {name},")])
    results = {"value": values[output], "gradient": gradient, "hvp": product}
    return Answer(request, program, point.at, list(wrt), "reverse", results, point.findings, trace)
