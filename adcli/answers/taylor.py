"""taylor: the Taylor coefficients of a program along one input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import factorial, isfinite, isinf
from typing import Any

from adcli.answers import Answer, Request, evaluated, inputs, kinks, one_input, traced, warn
from adcli.elements import Written, flat, put_in, written
from adcli.errors import Fault
from adcli.findings import Finding
from adcli.language import Program
from adcli.taylor import coefficients as coefficients_of
from adcli.taylor import errors

ORDER, HIGHEST = 5, 50
"""The order unless another is asked for, and the highest."""

UNSURE, TINY = 1e-6, 1e-12
"""A coefficient whose error is so large a part of it, in a derivative of at least that size, is warned of."""


def answer(request: Request, program: Program) -> Answer:
    """Return the coefficients up to the order asked for, and the derivatives, which are k! times as large; None for one that
    does not exist."""
    order = ORDER if request.order is None else request.order
    if not 0 <= order <= HIGHEST:
        raise Fault("bad_order", least=0, most=HIGHEST, got=order)
    name = one_input(request, program)
    point = evaluated(request, program)
    shape = getattr(point.at[name], "shape", ())
    if shape:
        raise Fault("along_an_array", name=name, shape=shape)
    kinks(request, point, inputs(program, [name]))
    whole = written(program, point.at, point.values)
    graph, outputs = whole.program.graph, whole.program.outputs
    every = coefficients_of(graph, outputs, whole.at, name, order)
    trace = traced(request, point)
    if trace is not None:
        trace.series = {step.node: series_of(whole, step.node, every) for step in trace.primal}
    found = [every[output] for output in outputs]
    warn(request, point, missing(found, name))
    moved = errors(graph, outputs, whole.at, name, order, found)
    unsure = [
        k
        for error, series in zip(moved, found)
        for k, c in enumerate(series)
        if error[k] > UNSURE * abs(c) and error[k] * factorial(k) > TINY
    ]
    if unsure:
        message = f"rounding has reached the digits shown of the coefficient of order {min(unsure)}; --error says how far it goes"
        point.findings.append(Finding("rounding", message))

    results: dict[str, Any] = both(whole, found)
    if request.error:
        results["rounding_error"] = both(whole, moved)
    return Answer(request, program, point.at, [name], None, results, point.findings, trace)


def both(whole: Written, found: Sequence[Sequence[float]]) -> dict[str, list[Any]]:
    """Return what was found for each number of the result, by order, and k! times it."""

    def by_order(factor: Callable[[int], int]) -> list[Any]:
        return [whole.result([there(c * factor(k)) for c in column]) for k, column in enumerate(zip(*found))]

    return {"coefficients": by_order(lambda _: 1), "derivatives": by_order(factorial)}


def there(number: float) -> float | None:
    """Return a number, None for one that is not finite."""
    return number if isfinite(number) else None


def series_of(whole: Written, node: int, every: Sequence[Sequence[float]]) -> list[Any]:
    """Return the coefficients of a node, as far as those of all its elements are known."""
    nodes = whole.nodes[node]
    known = zip(*(every[element] for element in flat(nodes)))
    return [put_in(nodes, dict(zip(flat(nodes), column))) for column in known]


def missing(found: Sequence[Sequence[float]], name: str) -> list[Finding]:
    """Return a warning of the first derivative that is not finite, if there is one."""
    for k, coefficients in enumerate(zip(*found)):
        for coefficient in coefficients:
            if not isfinite(derivative := coefficient * factorial(k)):
                kind = "infinite_derivative" if isinf(derivative) else "undefined_derivative"
                reason = "is infinite" if isinf(derivative) else "is undefined"
                if isfinite(coefficient):
                    reason = "is too large for a double"
                return [Finding(kind, f"the derivative of order {k} by {name} {reason}, and none above it is given")]
    return []
