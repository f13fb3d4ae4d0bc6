"""jvp: the derivative in a direction, the Jacobian times a vector."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite
from typing import Any

from adcli import derive, findings
from adcli.answers import (
    Answer,
    Evaluated,
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
from adcli.errors import Fault
from adcli.findings import Finding
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
        if not findings.all_finite(tangent):
            told = _of_array(point, wrt, direction, output) if graph.arrays else None
            warn(request, point, [told or findings.direction(program, beside, every, output)])
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


def _of_array(point: Evaluated, wrt: Mapping[str, int], direction: Mapping[str, Any], output: int) -> Finding:
    """Return what is to be said of an array's tangent that is not finite: each element has a way of its own."""
    from adcli.elements import flat, written

    try:
        whole = written(point.program, point.at, point.values)
    except Fault:  # it would be too long
        return findings.without_place(inf, "the derivative in this direction")
    apart = whole.apart({name: direction[name] for name in wrt})
    seeds = {whole.program.inputs[name]: tangent for name, tangent in apart.items() if tangent}
    every, values = derive.tangents_of(whole.program.graph, whole.values(), seeds)
    bad = next((node for node in flat(whole.nodes[output]) if not isfinite(every[node] or 0.0)), None)
    if bad is None:  # numpy rounds otherwise
        return findings.without_place(inf, "the derivative in this direction")
    place_of = findings.places(point.program, point.values)
    return findings.direction(whole.program, values, every, bad, lambda node: place_of(*whole.spot(node)))
