"""check: the derivative in every way there is, side by side; or whether a claimed answer is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import isfinite, ulp
from typing import Any

from adcli import rounding
from adcli.answers import Answer, Evaluated, Request, evaluated, inputs, kinks
from adcli.check import METHODS, TOLERANCE, Comparison, compare
from adcli.check.claims import Claim, Trial, by_element, claims, constant_of, is_right
from adcli.check.differences import steps
from adcli.check.line import Moves, Surroundings
from adcli.check.notes import Note, Reason
from adcli.derive import gradient, symbolic_gradient
from adcli.elements import Written, written
from adcli.errors import Fault, plural
from adcli.formula import formula
from adcli.graph import Graph
from adcli.language import Program
from adcli.numbers.system import FLOATS
from adcli.partials import derivative
from adcli.sweeps import evaluate

MOST = 5_000_000
"""How much work a comparison may be: about 30 seconds of it."""


def answer(request: Request, program: Program) -> Answer:
    """Return the comparison, or the judgment on the claim: by name, in an array, or one."""
    if request.claim is not None and program.vector:
        raise Fault("claim_about_several")
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
    whole = written(program, point.at, point.values)
    if not whole.program.outputs:
        raise Fault("empty_array")
    names = whole.names(wrt)
    errors = _rounding(whole, names)

    @cache
    def forward_rounding(name: str) -> list[float]:
        return rounding.of_tangents(whole.program.graph, whole.program.outputs, whole.at, {name: 1.0})

    found = compare(whole, point.at, wrt, errors, forward_rounding)
    reasons = {
        method: Reason.of(notes, len(names) * len(found))
        for method in METHODS
        if (notes := [note for one in found for note in one.reasons.get(method, [])])
    }
    notes = [note for one in found for note in one.notes] + _unsure(whole, found, errors)
    results: dict[str, Any] = {
        "results": {method: _by_input(whole, [one.results[method] for one in found], wrt) for method in METHODS},
        "max_error": max(one.max_error for one in found),
        "agrees": all(one.agrees for one in found),
        "difference_error": _by_input(whole, [{n: d.error for n, d in one.differences.items()} for one in found], wrt),
        "reasons": reasons,
        "notes": [*notes, *(quarrel for one in found for quarrel in one.quarrels)],
    }
    if request.steps:
        results["steps"] = _curves(whole, found)
    return Answer(request, program, point.at, list(wrt), None, results, point.findings)


def _rounding(whole: Written, names: Sequence[str]) -> list[dict[str, float]]:
    """Return an estimate of the rounding error of the derivative of each number of the result by each element, as the reverse
    sweep computes it; raise Fault if that, and what is then to be done, would take too long."""
    work, found = _work(whole, names), list[dict[str, float]]()
    parts = [whole.program.graph.part(output) for output in whole.program.outputs] if work <= MOST else []
    used = [[name for name in names if name in inputs] for inputs in (single.inputs() for single, _ in parts)]
    work += sum(len(single.nodes) * len(own) for (single, _), own in zip(parts, used)) // 5
    if work > MOST:
        count, size = len(whole.program.outputs), len(whole.program.graph.nodes)
        of = f"of {plural(count, 'result')} " if count > 1 else ""
        raise Fault("check_too_long", of=of, count=plural(len(names), "element"), steps=f"{size:,}")
    for (single, output), own in zip(parts, used):
        errors = rounding.of_gradient(single, output, whole.at, own)
        found.append({name: errors.get(name, 0.0) for name in names})
    return found


def _work(whole: Written, names: Sequence[str]) -> int:
    """Return about how much work the methods are, in evaluations of one node by all of them, 5 microseconds: what depends on
    an element is computed for every step along its line, and again for the steps that a result needs for itself."""
    outputs, moves = whole.program.outputs, Moves(whole.program, whole.at)
    work = 3 * len(outputs) * len(names) + len(outputs) * len(moves.values) // 5
    work += 2 * (len(outputs) + len(names)) * len(whole.source.graph.nodes) * whole.source.graph.arrays
    for name in names:
        if work > MOST:
            break
        follows = moves.follows(name)
        work += len(follows) * (1 + sum(output in follows for output in outputs))
    return work


def _unsure(whole: Written, found: Sequence[Comparison], errors: Sequence[Mapping[str, float]]) -> list[Note]:
    """Return a note for each derivative of which rounding leaves less than is compared."""
    return [
        Note(
            "",
            f"{result} by {name}" if result else name,
            f", rounding alone may have moved the derivative by {error:.1g}",
        )
        for result, one, row in zip(whole.results(), found, errors)
        for name, error in row.items()
        if error > TOLERANCE * max(1.0, abs((one.results["reverse"] or {})[name] or 0.0))
    ]


def _by_input(
    whole: Written, rows: Sequence[Mapping[str, Any] | None], wrt: Mapping[str, int]
) -> dict[str, Any] | None:
    """Return what was found for each number of the result by element, by input, in lists of both shapes; None for nothing."""
    if not any(rows):
        return None
    return whole.columns({name: [row and row[name] for row in rows] for name in whole.names(wrt)}, list(wrt))


def _curves(whole: Written, found: Sequence[Comparison]) -> dict[str, Any]:
    """Return the errors of differences over step sizes, by each derivative."""
    around, curves = Surroundings(whole.program, whole.at), dict[str, Any]()
    for result, one, output in zip(whole.results(), found, whole.program.outputs):
        for name, exact in (one.results["reverse"] or {}).items():
            assert exact is not None
            curve = steps(around, name, output, exact)
            called = f"{result} by {name}" if result else name
            curves[called] = {**curve._asdict(), "rows": [row._asdict() for row in curve.rows]}
    return curves


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
        if not isinstance(point.values[program.output], float):
            raise Fault("claim_about_several")
        kinks(request, point, inputs(program, names))
    whole = written(program, request.at if point is None else point.at, [] if point is None else point.values)
    single = [one for claim in wanted for one in apart(whole, claim)]
    trial = Trial(whole.program, whole.at, request.at)
    judged = {", ".join(claim.by): _judged(whole, claim, point, trial) for claim in single}
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


def _judged(whole: Written, claim: Claim, point: Evaluated | None, trial: Trial) -> dict[str, Any]:
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
        value = constant_of(claim)
        return {"agrees": is_right(claim.text, value, right, error), "right": lambda: right}
    found = trial.judge(claim)
    judged: dict[str, Any] = {"agrees": found.agrees, "points": found.points, "right": formula_of}
    if not found.agrees:
        judged["where"] = {"at": found.worst, "claimed": found.claimed}
    return judged
