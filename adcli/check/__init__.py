"""The check: one derivative in every way there is, side by side, and whether the ways agree.

Forward, reverse and symbolic share the rules of the table; the complex step knows other formulas, and differences know
none. The first four are exact but for rounding and must be the same; differences are held to their own error estimate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import inf, isfinite, isnan
from typing import Any, NamedTuple

from adcli.check.differences import Difference, complex_step, difference
from adcli.derive import gradient, symbolic_gradient
from adcli.elements import Written
from adcli.graph import LEAVES, NUMBER, Graph, decimal_text
from adcli.language.program import Program
from adcli.numbers.system import system_of
from adcli.rules import TABLE
from adcli.sweeps import evaluate

STOP = TABLE["stop"]
EXACT = ("forward", "reverse", "symbolic", "complex_step")
METHODS = ("forward", "reverse", "symbolic", "central_difference", "complex_step")
TOLERANCE = 1e-9
MARGIN = 10.0
"""Differences may be off by this many times their own error estimate."""


class Disagreement(NamedTuple):
    """The largest distance between two exact methods: by which input, which methods, how far; inf where one has a finite
    number and the other none. ``size`` is 0 where all are the same, and the names are then empty."""

    name: str
    methods: tuple[str, ...]
    size: float


class Comparison(NamedTuple):
    """What every method says.

    results      by method, the derivative by each input, or each element of one; None for an input, or for all of them, where a method has none
    reasons      by method, why it has none
    differences  by input, the difference with its error estimate, and its sides where a kink or an edge is near
    notes        what is to be said about the differences
    worst        the largest disagreement between exact methods
    quarrels     a sentence for each thing that does not agree
    """

    results: dict[str, dict[str, float | None] | None]
    reasons: dict[str, str]
    differences: dict[str, Difference]
    notes: list[str]
    worst: Disagreement
    quarrels: list[str]

    @property
    def agrees(self) -> bool:
        """Say whether all methods agree."""
        return not self.quarrels

    @property
    def max_error(self) -> float:
        """The largest disagreement between exact methods."""
        return self.worst.size


def compare(
    whole: Written, point: Mapping[str, Any], inputs: Mapping[str, int], rounding: Mapping[str, float] | None = None
) -> Comparison:
    """Return what every method says about the derivatives of a scalar program by ``inputs`` (their nodes by name) at a point
    where its value is finite.

    A program of arrays is differentiated as it is, and is written out for the methods that have values alone; what they say
    is compared by element. Exact methods agree within 1e-9*max(1, |d|) of each other, or within ``rounding``, an estimate of
    the rounding error of each derivative, where that is larger.
    """
    rounding = rounding or {}
    graph, output = whole.source.graph, whole.source.output
    system = system_of(graph)
    values = evaluate(graph, point, system)
    exact: dict[str, dict[str, float | None]] = {
        mode: whole.apart(gradient(graph, output, values, inputs, mode)) for mode in ("forward", "reverse")
    }
    formulas, nodes = symbolic_gradient(graph, output, inputs)
    numbers = evaluate(formulas, point, system)
    exact["symbolic"] = whole.apart({name: numbers[node] for name, node in nodes.items()})
    program, at, wrt = held(whole.program, whole.values()), whole.at, whole.names(inputs)
    stepped = {name: complex_step(program, at, name) for name in wrt}
    exact["complex_step"] = {name: value for name, (value, _) in stepped.items()}
    reasons = {"complex_step": {name: reason for name, (_, reason) in stepped.items() if reason}}
    found, notes, reasons["central_difference"] = _differences(program, at, exact["reverse"])
    results = {**exact, "central_difference": {name: found[name].value for name in wrt}}
    quarrels, worst = [], Disagreement("", (), 0.0)
    for name in wrt:
        numbers_of = {method: value for method in EXACT if (value := exact[method][name]) is not None}
        here = disagreement(name, numbers_of)
        worst = max(worst, here, key=lambda one: one.size)
        d = numbers_of["reverse"]
        allowed = max(TOLERANCE * max(1.0, abs(d)) if isfinite(d) else 0.0, rounding.get(name, 0.0))
        if here.size > allowed:
            one, other = here.methods
            quarrels.append(f"by {name}, {one} gives {numbers_of[one]!r} and {other} {numbers_of[other]!r}")
        quarrels += _beyond(name, d, found[name], rounding.get(name, 0.0))
    return Comparison(
        {method: results[method] if _some(results[method]) or not wrt else None for method in METHODS},
        {method: _sentence(by_name, len(wrt)) for method, by_name in reasons.items() if by_name},
        found,
        notes,
        worst,
        quarrels,
    )


def held(program: Program, values: Sequence[float]) -> Program:
    """Return the program with every stop held at its value at the point: what differs or steps must not move it."""
    graph = program.graph
    stopped = [index for index, (head, *_) in enumerate(graph.nodes) if head is STOP]
    if not stopped:
        return program
    result, new = Graph(), dict[int, int]()
    for index, (head, *rest) in enumerate(graph.nodes):
        node = (head, *(rest if head in LEAVES else (new[argument] for argument in rest)))
        if head is STOP:
            node = (NUMBER, decimal_text(values[index]))
        new[index] = result.put(node, graph.sources[index])
    inputs = {name: new[index] for name, index in program.inputs.items()}
    return program._replace(graph=result, outputs=tuple(new[output] for output in program.outputs), inputs=inputs)


def disagreement(name: str, numbers: Mapping[str, float]) -> Disagreement:
    """Return the largest distance between any two methods' derivatives by one input."""
    worst = Disagreement("", (), 0.0)
    for one, other in combinations(numbers, 2):
        size = distance(numbers[one], numbers[other])
        if size > worst.size:
            worst = Disagreement(name, (one, other), size)
    return worst


def distance(one: float, other: float) -> float:
    """Return how far two numbers are apart: 0 for twice nan and for equal infinities."""
    if one == other or isnan(one) and isnan(other):
        return 0.0
    return abs(one - other) if isfinite(one) and isfinite(other) else inf


def _differences(
    program: Program, at: Mapping[str, float], derivatives: Mapping[str, float | None]
) -> tuple[dict[str, Difference], list[str], dict[str, str]]:
    """Return the differences by each input, the notes on them, and the reason for each input that has none."""
    found, notes, reasons = {}, [], {}
    for name, d in derivatives.items():
        assert d is not None
        if not isfinite(d):
            found[name] = Difference(None, None)
            reasons[name] = f"the derivative is {'undefined' if isnan(d) else 'infinite'}"
            continue
        found[name] = difference(program, at, name)
        if found[name].note is not None:
            notes.append(str(found[name].note))
        if found[name].value is None:
            reasons[name] = str(found[name].note)
    return found, notes, reasons


def _beyond(name: str, d: float, found: Difference, rounding: float) -> list[str]:
    """Return a sentence if a derivative is not what the differences allow: farther from their value than ten times their
    error; where the sides differ, not between them."""
    if found.value is not None and found.error is not None:
        if abs(found.value - d) <= MARGIN * found.error + rounding:
            return []
        return [
            f"by {name}, the derivative is {d!r} and differences give {found.value!r}, give or take {found.error:.1g}"
        ]
    if found.left is None or found.right is None or not (found.left.settled and found.right.settled):
        return []
    low, high = sorted((found.left, found.right))
    if low.value - MARGIN * low.error - rounding <= d <= high.value + MARGIN * high.error + rounding:
        return []
    return [
        f"by {name}, the derivative is {d!r}, which is not between the differences from the left and from the right"
    ]


def _some(by_name: Mapping[str, float | None]) -> bool:
    """Say whether a method has a number for any input."""
    return any(value is not None for value in by_name.values())


def _sentence(reasons: Mapping[str, str], inputs: int) -> str:
    """Return the reasons of the inputs as one sentence; one that holds for all inputs is said once."""
    if len(reasons) == inputs and len(set(reasons.values())) == 1:
        return next(iter(reasons.values()))
    return "; ".join(f"by {name}: {reason}" for name, reason in reasons.items())
