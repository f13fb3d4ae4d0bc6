"""check: the derivative in every way there is, side by side; or whether a claimed answer is right."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, ulp
from typing import Any

from adcli import rounding
from adcli.answers import Answer, Evaluated, Request, evaluated, inputs, kinks, scalar
from adcli.check import TOLERANCE, compare
from adcli.check.claims import Claim, by_element, claim_formula, claims, is_right
from adcli.check.differences import steps
from adcli.derive import gradient, symbolic_gradient
from adcli.elements import Written, written
from adcli.errors import Fault
from adcli.formula import formula
from adcli.graph import Graph
from adcli.language import Program, array
from adcli.numbers.system import FLOATS
from adcli.partials import derivative
from adcli.sweeps import evaluate

MOST = 20_000_000
"""How many operations all differences may take, for each of the steps that they try."""


def answer(request: Request, program: Program) -> Answer:
    """Return the comparison, or the judgment on the claim: by name, in an array, or one."""
    scalar(request, program)
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
    scalar(request, program, point.values[program.output])
    whole = written(program, point.at, point.values)
    names, graph, output = whole.names(wrt), whole.program.graph, whole.program.output
    if len(names) * len(graph.nodes) > MOST:
        raise Fault("check_too_long", count=f"{len(names):,}", steps=f"{len(graph.nodes):,}")
    exact = whole.apart(gradient(program.graph, program.output, point.values, wrt))
    errors = rounding.of_gradient(graph, output, whole.at, names)
    found = compare(whole, point.at, wrt, errors)
    unsure = [
        f"by {name}, rounding alone may have moved the derivative by {error:.1g}"
        for name, error in errors.items()
        if error > TOLERANCE * max(1.0, abs(exact[name]))
    ]
    results: dict[str, Any] = {
        "results": {method: by and whole.together(by, wrt) for method, by in found.results.items()},
        "max_error": found.max_error,
        "agrees": found.agrees,
        "difference_error": whole.together({name: one.error for name, one in found.differences.items()}, wrt),
        "reasons": found.reasons,
        "notes": [*found.notes, *unsure, *found.quarrels],
    }
    if request.steps:
        curves = {name: steps(whole.program, whole.at, name, exact[name]) for name in names}
        results["steps"] = {
            name: {**curve._asdict(), "rows": [row._asdict() for row in curve.rows]} for name, curve in curves.items()
        }
    return Answer(request, program, point.at, list(wrt), None, results, point.findings)


def _claim(request: Request, program: Program, text: str) -> Answer:
    """Judge a claim; the right answer is told only if that is asked for."""
    names = list(inputs(program, request.wrt, request.data))
    arrays = [name for name in names if not isinstance(request.at.get(name, 0.0), float)]
    every = list(inputs(program, None, request.data))
    wanted = claims(text, list(request.wrt or names), every, request.wrt is not None, arrays)
    given = all(name in request.at for name in program.inputs)
    needed = program.graph.arrays or any(claim.constant for claim in wanted) and request.at
    point = evaluated(request, program) if given or needed else None
    if point is not None:
        scalar(request, program, point.values[program.output])
        kinks(request, point, inputs(program, names))
    whole = written(program, request.at if point is None else point.at, [] if point is None else point.values)
    single = [one for claim in wanted for one in apart(whole, claim)]
    judged = {", ".join(claim.by): _judged(whole, claim, point, request) for claim in single}
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


def apart(whole: Written, claim: Claim) -> list[Claim]:
    """Return a claim about an array as claims about its elements."""
    names = [whole.elements.get(name, name) for name in claim.by]
    if len(names) == 1:
        return by_element(claim, names[0])
    if any(hasattr(name, "shape") for name in names):
        raise Fault("claim_orders")
    return [claim]


def _judged(whole: Written, claim: Claim, point: Evaluated | None, request: Request) -> dict[str, Any]:
    """Judge one derivative: a constant at the point, if there is one, and a formula at many points."""
    program = whole.program

    def formula_of() -> str:
        return formula(*derivative(program.graph, program.output, claim.by)).text

    if claim.constant and point is not None:
        graph, output = program.graph, program.output
        *earlier, last = claim.by
        for name in earlier:
            graph, nodes = symbolic_gradient(graph, output, [name])
            output = nodes[name]
        values = evaluate(graph, whole.at, FLOATS)
        right = gradient(graph, output, values, {last: graph.inputs()[last]})[last]
        error = rounding.of_gradient(graph, output, whole.at, [last])[last] + _moved(graph, output, whole.at, last)
        (value,) = array(claim.text)
        return {"agrees": is_right(claim.text, value, right, error), "right": lambda: right}
    found = claim_formula(claim, program, whole.at, request.at)
    judged: dict[str, Any] = {"agrees": found.agrees, "points": found.points, "right": formula_of}
    if not found.agrees:
        judged["where"] = {"at": found.worst, "claimed": found.claimed}
    return judged
