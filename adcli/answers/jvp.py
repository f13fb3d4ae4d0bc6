"""jvp: the derivative in a direction, the Jacobian times a vector."""

from __future__ import annotations

from adcli import derive, findings
from adcli.answers import (
    Answer,
    Request,
    evaluated,
    finite,
    inputs,
    is_zero,
    kinks,
    same_shapes,
    traced,
    warn,
)
from adcli.language import Program


def answer(request: Request, program: Program) -> Answer:
    """Return the value and its tangent, by one forward sweep; an input without a tangent stands still."""
    direction = request.tangent or {}
    wrt = inputs(program, direction)
    finite(direction)
    point = evaluated(request, program)
    same_shapes(point, direction)
    side = kinks(request, point, wrt)
    trace = traced(request, point, side)
    graph, outputs, values = program.graph, program.outputs, point.values
    still = dict.fromkeys(program.inputs.values()) if trace else {}
    moving = {
        index: direction[name] for name, index in wrt.items() if not is_zero(direction[name])
    }  # a 0 is structural
    seeds = {**still, **moving}
    observe = trace.watch_forward("", seeds) if trace else None
    every, beside = derive.tangents_of(graph, values, seeds, observe, side)
    tangents = derive.tangents_at(graph, outputs, values, every, beside, side)
    for output, tangent in zip(outputs, tangents):
        if findings.all_finite(tangent):
            continue
        if graph.arrays:
            from adcli.answers.nonfinite import in_direction  # most derivatives are finite

            warn(request, point, [in_direction(point, wrt, direction, output)])
        else:
            warn(request, point, [findings.direction(program, beside, every, output)])
    results = {"value": point.results(), "tangent": program.shaped(tangents)}
    if request.error:
        from adcli import rounding
        from adcli.elements import written

        whole = written(program, point.at, values)
        graph, outputs = whole.program.graph, whole.program.outputs
        of_value = rounding.of_values(graph, outputs, whole.values())
        of_tangent = rounding.of_tangents(
            graph, outputs, whole.at, whole.apart({name: direction[name] for name in wrt})
        )
        results["rounding_error"] = {"value": whole.result(of_value), "tangent": whole.result(of_tangent)}
    return Answer(request, program, point.at, list(wrt), "forward", results, point.findings, trace)
