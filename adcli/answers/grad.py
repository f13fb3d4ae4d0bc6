"""grad: value and gradient of a program with one result."""

from __future__ import annotations

from typing import Any

from adcli import derive
from adcli.answers import Answer, Request, evaluated, inputs, kinks, scalar, traced, warn_of, watched
from adcli.language import Program


def answer(request: Request, program: Program) -> Answer:
    """Return the value and the gradient."""
    scalar(request, program)
    wrt = inputs(program, request.wrt, request.data)
    point = evaluated(request, program)
    scalar(request, program, point.values[program.output])
    side = kinks(request, point, wrt)
    mode = request.mode or ("forward" if side else "reverse")
    trace = traced(request, point, side)
    watch = watched(trace, mode)
    graph, output, values = program.graph, program.output, point.values
    gradient = derive.gradient(graph, output, values, wrt, mode, watch, side)
    warn_of(request, point, wrt, [(gradient, {output: 1.0})])
    results: dict[str, Any] = {"value": values[output], "gradient": gradient}
    if request.error:
        from adcli import rounding
        from adcli.elements import written

        whole = written(program, point.at, values)
        graph, output = whole.program.graph, whole.program.output
        (error,) = rounding.of_values(graph, [output], whole.values())
        errors = rounding.of_gradient(graph, output, whole.at, whole.names(wrt), mode)
        results["rounding_error"] = {"value": error, "gradient": whole.together(errors, wrt)}
    return Answer(request, program, point.at, list(wrt), mode, results, point.findings, trace)
