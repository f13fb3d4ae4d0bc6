"""vjp: a combination of the results' derivatives, a vector times the Jacobian."""

from __future__ import annotations

from typing import Any

from adcli import derive
from adcli.answers import Answer, Request, evaluated, finite, inputs, kinks, traced, warn_of
from adcli.errors import Fault, plural
from adcli.language import Program


def answer(request: Request, program: Program) -> Answer:
    """Return the value and the cotangent times the Jacobian, by one reverse sweep."""
    cotangent = request.cotangent or []
    if program.graph.arrays:
        return _of_array(request, program)
    if len(cotangent) != len(program.outputs):
        wanted, got = plural(len(program.outputs), "result"), plural(len(cotangent), "number")
        raise Fault("cotangent_length", wanted=wanted, got=got)
    if not all(isinstance(weight, float) for weight in cotangent):
        got_shape = len(cotangent), *max(map(shape_of, cotangent), key=len)
        raise Fault("cotangent_shape", got=got_shape, wanted=(len(cotangent),) if program.vector else ())
    wrt = inputs(program, request.wrt, request.data)
    point = evaluated(request, program)
    kinks(request, point, wrt)
    trace = traced(request, point)
    seeds: dict[int, float] = {}
    finite({f"result {number}": weight for number, weight in enumerate(cotangent, 1)})
    for output, weight in zip(program.outputs, cotangent):
        if weight:  # a 0 is structural
            seeds[output] = seeds.get(output, 0.0) + weight
    product = derive.vjp(program.graph, point.values, seeds, wrt, 0, trace.watch_reverse if trace else None)
    warn_of(request, point, wrt, [(product, seeds)])
    results = {"value": point.results(), "cotangent_product": product}
    return Answer(request, program, point.at, list(wrt), "reverse", results, point.findings, trace)


def shape_of(cotangent: Any) -> tuple[int, ...]:
    """Return the shape of an array, or of nested lists."""
    shape: tuple[int, ...] = ()
    while isinstance(cotangent, list):
        shape, cotangent = (*shape, len(cotangent)), cotangent[0] if cotangent else 0.0
    return shape + tuple(getattr(cotangent, "shape", ()))


def _of_array(request: Request, program: Program) -> Answer:
    """Return the cotangent, in the shape of the result, times the Jacobian."""
    from adcli.numbers.arrays import shaped_like

    wrt = inputs(program, request.wrt, request.data)
    point = evaluated(request, program)
    kinks(request, point, wrt)
    value = point.values[program.output]
    seed = shaped_like(request.cotangent, value)
    if seed is None:
        raise Fault("cotangent_shape", got=shape_of(request.cotangent), wanted=getattr(value, "shape", ()))
    trace = traced(request, point)
    watch = trace.watch_reverse if trace else None
    product = derive.vjp(program.graph, point.values, {program.output: seed}, wrt, 0, watch)
    warn_of(request, point, wrt, [(product, {program.output: seed})])
    results = {"value": value, "cotangent_product": product}
    return Answer(request, program, point.at, list(wrt), "reverse", results, point.findings, trace)
