"""check: the derivative in every way there is, side by side; or whether a claimed answer is right."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, ulp
from typing import Any

from adcli import rounding
from adcli.answers import Answer, Evaluated, Request, evaluated, inputs, kinks, numbers_only, scalar
from adcli.check import TOLERANCE, compare
from adcli.check.claims import Claim, claim_formula, claims, is_right
from adcli.check.differences import steps
from adcli.derive import gradient, symbolic_gradient
from adcli.errors import Fault
from adcli.formula import formula
from adcli.graph import Graph
from adcli.language import Program, array
from adcli.numbers.system import FLOATS
from adcli.partials import derivative
from adcli.sweeps import evaluate


def answer(request: Request, program: Program) -> Answer:
    """Return the comparison, or the judgment on the claim: by name, in an array, or one."""
    scalar(request, program)
    numbers_only(program, "check")
    if not inputs(program, request.wrt, request.data):
        raise Fault("no_inputs")
    if request.claim is None:
        return _comparison(request, program)
    return _claim(request, program, request.claim)


def _comparison(request: Request, program: Program) -> Answer:
    """Compare all methods by each input; with ``steps``, the errors of differences for many step sizes too."""
    wrt = inputs(program, request.wrt, request.data)
    point = evaluated(request, program)
    kinks(request, point, wrt)
    exact = gradient(program.graph, program.output, point.values, wrt)
    errors = rounding.of_gradient(program.graph, program.output, point.at, list(wrt))
    found = compare(program, point.at, wrt, errors)
    unsure = [
        f"by {name}, rounding alone may have moved the derivative by {error:.1g}"
        for name, error in errors.items()
        if error > TOLERANCE * max(1.0, abs(exact[name]))
    ]
    results: dict[str, Any] = {
        "results": found.results,
        "max_error": found.max_error,
        "agrees": found.agrees,
        "difference_error": {name: difference.error for name, difference in found.differences.items()},
        "reasons": found.reasons,
        "notes": [*found.notes, *unsure, *found.quarrels],
    }
    if request.steps:
        curves = {name: steps(program, point.at, name, exact[name]) for name in wrt}
        results["steps"] = {
            name: {**curve._asdict(), "rows": [row._asdict() for row in curve.rows]} for name, curve in curves.items()
        }
    return Answer(request, program, point.at, list(wrt), None, results, point.findings)


def _claim(request: Request, program: Program, text: str) -> Answer:
    """Judge a claim; the right answer is told only if that is asked for."""
    names = list(inputs(program, request.wrt, request.data))
    wanted = claims(
        text, list(request.wrt or names), list(inputs(program, None, request.data)), request.wrt is not None
    )
    given = all(name in request.at for name in program.inputs)
    point = evaluated(request, program) if given or any(claim.constant for claim in wanted) and request.at else None
    if point is not None:
        kinks(request, point, inputs(program, names))
    judged = {", ".join(claim.by): _judged(program, claim, point, request) for claim in wanted}
    results: dict[str, Any] = {
        "claim": text,
        "agrees": all(found["agrees"] for found in judged.values()),
        "wrong": [name for name, found in judged.items() if not found["agrees"]],
    }
    counts = [found["points"] for found in judged.values() if "points" in found]
    if counts:
        results["points"] = min(counts)
    where = {name: found["where"] for name, found in judged.items() if "where" in found}
    if where:
        results["where"] = where
    if request.reveal:
        results["right"] = {name: found["right"]() for name, found in judged.items()}
    at, said = (request.at, []) if point is None else (point.at, point.findings)
    by = list(dict.fromkeys(name for claim in wanted for name in claim.by))
    return Answer(request, program, {**at}, by, None, results, said)


def _moved(graph: Graph, output: int, at: Mapping[str, float], name: str) -> float:
    """Return what the rounding of the point itself does to a derivative: pi/2 is no double, and cos is 6e-17 at the next one."""
    slopes, nodes = symbolic_gradient(graph, output, [name])
    changes = gradient(slopes, nodes[name], evaluate(slopes, at, FLOATS), slopes.inputs())
    return sum(abs(change) * ulp(at[other]) for other, change in changes.items() if isfinite(change))


def _judged(program: Program, claim: Claim, point: Evaluated | None, request: Request) -> dict[str, Any]:
    """Judge one derivative: a constant at the point, if there is one, and a formula at many points."""

    def formula_of() -> str:
        return formula(*derivative(program.graph, program.output, claim.by)).text

    if claim.constant and point is not None:
        graph, output = program.graph, program.output
        *earlier, last = claim.by
        for name in earlier:
            graph, nodes = symbolic_gradient(graph, output, [name])
            output = nodes[name]
        values = evaluate(graph, point.at, FLOATS)
        right = gradient(graph, output, values, {last: graph.inputs()[last]})[last]
        error = rounding.of_gradient(graph, output, point.at, [last])[last] + _moved(graph, output, point.at, last)
        (value,) = array(claim.text)
        return {"agrees": is_right(claim.text, value, right, error), "right": lambda: right}
    found = claim_formula(claim.text, program, claim.by, request.at)
    judged: dict[str, Any] = {"agrees": found.agrees, "points": found.points, "right": formula_of}
    if not found.agrees:
        judged["where"] = {"at": found.worst, "claimed": found.claimed}
    return judged
