"""check: the derivative in every way there is, side by side; or whether a claimed answer is right."""

from __future__ import annotations

import re
from typing import Any

from adcli import rounding
from adcli.answers import Answer, Request, evaluated, inputs, kinks, one_input, scalar
from adcli.check import TOLERANCE, compare
from adcli.check.claims import claim, claim_formula
from adcli.check.differences import steps
from adcli.derive import gradient
from adcli.formula import formula
from adcli.language import Program
from adcli.partials import derivative


def answer(request: Request, program: Program) -> Answer:
    """Return the comparison, or the judgment on the claim: numbers by name, or a formula."""
    scalar(request, program)
    if request.claim is None:
        return _comparison(request, program)
    if re.match(r"\s*[^\W\d]\w*\s*=(?!=)", request.claim):
        return _numbers(request, program, request.claim)
    return _formula(request, program, request.claim)


def _comparison(request: Request, program: Program) -> Answer:
    """Compare all methods by each input; with ``steps``, the errors of differences for many step sizes too."""
    wrt = inputs(program, request.wrt)
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


def _numbers(request: Request, program: Program, text: str) -> Answer:
    """Judge the numbers of a claim; the right ones are told only if that is asked for."""
    wrt = inputs(program, request.wrt)
    point = evaluated(request, program)
    kinks(request, point, wrt)
    found = claim(text, gradient(program.graph, program.output, point.values, wrt))
    wrong = [number.name for number in found if not number.agrees]
    results: dict[str, Any] = {"claim": text, "agrees": not wrong, "wrong": wrong}
    if request.reveal:
        results["right"] = {number.name: number.right for number in found}
    return Answer(request, program, point.at, [number.name for number in found], None, results, point.findings)


def _formula(request: Request, program: Program, text: str) -> Answer:
    """Judge a formula that is claimed to be the derivative."""
    wrt = list(inputs(program, request.wrt)) if request.wrt else [one_input(request, program)]
    found = claim_formula(text, program, wrt, request.at)
    results: dict[str, Any] = {"claim": text, "agrees": found.agrees, "points": found.points}
    if not found.agrees:
        results |= {"worst": found.worst, "claimed": found.claimed}
    if request.reveal:
        results["right"] = formula(*derivative(program.graph, program.output, wrt)).text
    return Answer(request, program, {**request.at}, wrt, None, results, [])
