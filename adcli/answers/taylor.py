"""taylor: the Taylor coefficients of a program along one input."""

from __future__ import annotations

from math import factorial, isfinite, isinf
from typing import Any

from adcli.answers import Answer, Request, evaluated, inputs, kinks, numbers_only, one_input, scalar, traced, warn
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
    scalar(request, program)
    numbers_only(program, "taylor")
    order = ORDER if request.order is None else request.order
    if not 0 <= order <= HIGHEST:
        raise Fault("bad_order", least=0, most=HIGHEST, got=order)
    name = one_input(request, program)
    point = evaluated(request, program)
    kinks(request, point, inputs(program, [name]))
    every = coefficients_of(program.graph, [program.output], point.at, name, order)
    coefficients = every[program.output]
    trace = traced(request, point)
    if trace is not None:
        trace.series = {step.node: every[step.node] for step in trace.primal}
    derivatives = [coefficient * factorial(order) for order, coefficient in enumerate(coefficients)]
    missing = [order for order, number in enumerate(derivatives) if not isfinite(number)]
    if missing:
        first = missing[0]
        kind = "infinite_derivative" if isinf(derivatives[first]) else "undefined_derivative"
        reason = "is infinite" if isinf(derivatives[first]) else "is undefined"
        if isfinite(coefficients[first]):
            reason = "is too large for a double"
        warn(
            request,
            point,
            [Finding(kind, f"the derivative of order {first} by {name} {reason}, and none above it is given")],
        )
    moved = errors(program.graph, program.output, point.at, name, order, coefficients)
    unsure = [
        k
        for k, (error, c) in enumerate(zip(moved, coefficients))
        if error > UNSURE * abs(c) and error * factorial(k) > TINY
    ]
    if unsure:
        message = f"rounding has reached the digits shown of the coefficient of order {unsure[0]}; --error says how far it goes"
        point.findings.append(Finding("rounding", message))
    results: dict[str, Any] = {
        "coefficients": list(map(there, coefficients)),
        "derivatives": list(map(there, derivatives)),
    }
    if request.error:
        results["rounding_error"] = {
            "coefficients": moved,
            "derivatives": [error * factorial(order) for order, error in enumerate(moved)],
        }
    return Answer(request, program, point.at, [name], None, results, point.findings, trace)


def there(number: float) -> float | None:
    """Return a number, None for one that is not finite."""
    return number if isfinite(number) else None
