"""The check: one derivative in every way there is, side by side, and whether the ways agree.

Forward, reverse and symbolic share the rules of the table; the complex step knows other formulas, and differences know
none. The first four are exact but for rounding and must be the same; differences are held to their own error estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import inf, isfinite, isnan
from typing import Any, NamedTuple

from adcli.check.differences import Difference, complex_step, difference
from adcli.check.line import Surroundings, complex_moves
from adcli.check.notes import Note
from adcli.derive import jacobian, symbolic_gradient
from adcli.elements import Written
from adcli.graph import LEAVES, NUMBER, Graph, decimal_text
from adcli.language.program import Program
from adcli.numbers.system import system_of
from adcli.rules import TABLE
from adcli.rules.arrays import of
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
    """What every method says of one number of the result.

    results      by method, the derivative by each input, or each element of one; None for an input, or for all of them, where a method has none
    reasons      by method, why it has none, for each input that it has none for
    differences  by input, the difference with its error estimate, and its sides where a kink, a pole or an edge is near
    notes        what is to be said about the differences, and where rounding has eaten a method's digits
    worst        the largest disagreement between exact methods
    quarrels     a sentence for each thing that does not agree
    """

    results: dict[str, dict[str, float | None] | None]
    reasons: dict[str, list[Note]]
    differences: dict[str, Difference]
    notes: list[Note]
    worst: Disagreement
    quarrels: list[Note]

    @property
    def agrees(self) -> bool:
        """Say whether all methods agree."""
        return not self.quarrels

    @property
    def max_error(self) -> float:
        """The largest disagreement between exact methods."""
        return self.worst.size


Row = Mapping[str, "float | None"]
"""The derivatives of one number of the result, by input."""


def compare(
    whole: Written,
    point: Mapping[str, Any],
    inputs: Mapping[str, int],
    rounding: Sequence[Mapping[str, float]] = (),
    forward_rounding: Callable[[str], Sequence[float]] | None = None,
) -> list[Comparison]:
    """Return what every method says about the derivatives of each number of a program's result by ``inputs`` (their nodes by
    name) at a point where its value is finite.

    A program of arrays is differentiated as it is, and is written out for the methods that have values alone; what they say
    is compared by element. Exact methods agree within 1e-9*max(1, |d|) of each other, or within ``rounding``, which has for
    each number an estimate of the rounding error of each derivative by the reverse sweep, where that is larger; or, where
    that is not enough, within ten times the estimate of the forward sweep, which ``forward_rounding`` gives of an element for
    each number: arrays round in another order than what is written out.
    """
    exact = _sweeps(whole, point, inputs)
    program, at, wrt = held(whole.program, whole.values()), whole.at, whole.names(inputs)
    around, moves = Surroundings(program, at), complex_moves(program, at)
    found: list[dict[str, Difference]] = [{} for _ in program.outputs]
    stepped: list[dict[str, tuple[float | None, str]]] = [{} for _ in program.outputs]
    for name in wrt:  # a line through the point serves every number of the result
        for number, output in enumerate(program.outputs):
            d = exact["reverse"][number][name]
            assert d is not None
            finite = isfinite(d)
            found[number][name] = difference(around, name, output) if finite else Difference(None, None)
            stepped[number][name] = complex_step(moves, name, output)
    exact["complex_step"] = [{name: value for name, (value, _) in steps.items()} for steps in stepped]

    def compared(number: int, of_result: str) -> Comparison:
        return _compared(
            {method: rows[number] for method, rows in exact.items()},
            found[number],
            {name: reason for name, (_, reason) in stepped[number].items() if reason},
            lambda name: f"{of_result} by {name}" if of_result else name,
            rounding[number] if rounding else {},
            (lambda name: forward_rounding(name)[number]) if forward_rounding else None,
        )

    return [compared(number, of_result) for number, of_result in enumerate(whole.results())]


def _sweeps(whole: Written, point: Mapping[str, Any], inputs: Mapping[str, int]) -> dict[str, list[Row]]:
    """Return, by each method that differentiates the program as it is, the derivatives of each number of the result by
    element."""
    graph, outputs = whole.source.graph, whole.source.outputs
    system = system_of(graph)
    values = evaluate(graph, point, system)
    found: dict[str, list[Row]] = {"forward": [], "reverse": [], "symbolic": []}
    for mode in ("forward", "reverse"):
        found[mode] += whole.rows(jacobian(graph, outputs, values, inputs, mode))
    for output in outputs:
        for single, node in singles(graph, output, values[output]):
            formulas, nodes = symbolic_gradient(single, node, inputs)
            numbers = evaluate(formulas, point, system)
            found["symbolic"].append(whole.apart({name: numbers[node] for name, node in nodes.items()}))
    return found


def singles(graph: Graph, output: int, value: Any) -> Iterator[tuple[Graph, int]]:
    """Yield, for each number of a result, a graph that computes it, and its node."""
    if isinstance(value, float):
        yield graph, output
        return
    for place in product(*map(range, value.shape)):
        single, new = graph.rearranged(range(len(graph.nodes)))
        yield single, single.put((of("index", *place), new[output]))


def _compared(
    exact: Mapping[str, Row],
    found: dict[str, Difference],
    stepless: Mapping[str, str],
    called: Callable[[str], str],
    rounding: Mapping[str, float],
    forward_rounding: Callable[[str], float] | None,
) -> Comparison:
    """Compare what the methods say of one number of the result: the exact ones, the differences, and the complex step, which
    has none for some reasons; ``called`` says how a derivative is called."""
    derivatives = {name: d for name, d in exact["reverse"].items() if d is not None}
    results = {**exact, "central_difference": {name: found[name].value for name in derivatives}}
    notes, quarrels, worst = list[Note](), list[Note](), Disagreement("", (), 0.0)
    reasons: dict[str, list[Note]] = {
        "complex_step": [Note("", called(name), f": {reason}") for name, reason in stepless.items()],
        "central_difference": [],
    }
    for name, d in derivatives.items():
        by, one, error = called(name), found[name], rounding.get(name, 0.0)
        note = one.note and one.note.about(by)
        if note:
            notes.append(note)
        if one.value is None:
            nature = f": the derivative is {'undefined' if isnan(d) else 'infinite'}"
            reasons["central_difference"].append(note or Note("", by, nature))
        here = disagreement(name, {method: x for method in EXACT if (x := exact[method][name]) is not None})
        worst = max(worst, here, key=lambda one: one.size)
        allowed = max(TOLERANCE * max(1.0, abs(d)) if isfinite(d) else 0.0, error)
        if (
            here.size > allowed
            and forward_rounding is not None
            and here.size <= MARGIN * (eaten := forward_rounding(name))
        ):
            off = " and ".join(_off(exact, name, d, allowed))
            notes.append(Note("", by, f", rounding alone may have moved what {off} gave by {eaten:.1g}"))
            allowed = MARGIN * eaten
        if here.size > allowed:
            first, other = here.methods
            quarrels.append(Note("", by, f", {first} gives {exact[first][name]!r} and {other} {exact[other][name]!r}"))
        quarrels += [Note("", by, said) for said in _beyond(d, one, error)]
    return Comparison(
        {method: dict(row) if _some(row := results[method]) or not row else None for method in METHODS},
        {method: said for method, said in reasons.items() if said},
        found,
        notes,
        worst,
        quarrels,
    )


def _off(exact: Mapping[str, Row], name: str, d: float, allowed: float) -> list[str]:
    """Return the methods that are farther from the reverse sweep than is allowed."""
    ways = ((method, exact[method][name]) for method in EXACT)
    return [method.replace("_", " ") for method, x in ways if x is not None and distance(x, d) > allowed]


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


def _beyond(d: float, found: Difference, rounding: float) -> list[str]:
    """Return the rest of a sentence if a derivative is not what the differences allow: farther from their value than ten
    times their error; where the sides differ, not between them."""
    if found.value is not None and found.error is not None:
        if abs(found.value - d) <= MARGIN * found.error + rounding:
            return []
        return [f", the derivative is {d!r} and differences give {found.value!r}, give or take {found.error:.1g}"]
    if found.left is None or found.right is None or not (found.left.settled and found.right.settled):
        return []
    low, high = sorted((found.left, found.right))
    if low.value - MARGIN * low.error - rounding <= d <= high.value + MARGIN * high.error + rounding:
        return []
    return [f", the derivative is {d!r}, which is not between the differences from the left and from the right"]


def _some(by_name: Row) -> bool:
    """Say whether a method has a number for any input."""
    return any(value is not None for value in by_name.values())
