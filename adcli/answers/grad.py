"""grad: value and gradient of a program with one result."""

from __future__ import annotations

from typing import Any

from adcli import derive, findings
from adcli.answers import Answer, Request, evaluated, inputs, kinks, numbers_only, scalar, traced, warn, watched
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
    warn(request, point, findings.derivatives(program, values, wrt, gradient, {output: 1.0}))
    results: dict[str, Any] = {"value": values[output], "gradient": gradient}
    if request.error:
        numbers_only(program, "--error")
        from adcli import rounding

        (error,) = rounding.of_values(graph, [output], values)
        errors = rounding.of_gradient(graph, output, point.at, list(wrt), mode)
        results["rounding_error"] = {"value": error, "gradient": errors}
    return Answer(request, program, point.at, list(wrt), mode, results, point.findings, trace)
