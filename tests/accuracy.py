"""How accurate every row of the table is; run as a script, the table of the README.

The errors are those of what a person gets: each row is a program of one step, its value computed by evaluate, its derivatives
by the forward, the reverse and the symbolic way, and compared with the truth (truth.py) at points that the row itself
declares (points.py). The bounds, and what is measured in which unit, are said at ``allowed``.

    python tests/accuracy.py            prints Markdown; --quick for a fifth of the points
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import truth
from mpmath import mp, mpf
from points import Point, points

from adcli import derive
from adcli.graph import Graph, decimal_text
from adcli.numbers.system import FLOATS
from adcli.rules import TABLE
from adcli.rules.primitive import Primitive
from adcli.sweeps import evaluate

GAMMA_FAMILY = ("gamma", "lgamma", "digamma", "polygamma")
CO_INVERSES = ("acot", "asec", "acsc", "acoth", "asech", "acsch")
NORMAL = 2.0**-1022
DIGAMMA_ROOT = 1.4616321449683623

WAYS = ("forward", "reverse", "symbolic")


class Program:
    """A row as a program of one step, with the graphs of its derivatives; an argument that only shapes it is a constant."""

    def __init__(self, row: Primitive, arguments: Sequence[float]) -> None:
        self.row, self.graph = row, Graph()
        shaping = [partial is None for partial in row.partials]
        nodes = [
            self.graph.number(decimal_text(argument)) if fixed else self.graph.input(name)
            for name, argument, fixed in zip(row.parameters, arguments, shaping)
        ]
        self.output = self.graph.put((row, *nodes))
        self.wrt = {name: node for name, node, fixed in zip(row.parameters, nodes, shaping) if not fixed}
        self.first = derive.symbolic_gradient(self.graph, self.output, self.wrt)
        self._second: dict[str, tuple[Graph, dict[str, int]]] = {}

    def point(self, arguments: Sequence[float]) -> dict[str, float]:
        return dict(zip(self.row.parameters, arguments))

    def gradients(self, arguments: Sequence[float]) -> tuple[float, dict[str, dict[str, float]]]:
        """Return the value, and the gradient that each way gives."""
        point = self.point(arguments)
        values = evaluate(self.graph, point, FLOATS)
        gradients = {mode: derive.gradient(self.graph, self.output, values, self.wrt, mode) for mode in ("forward", "reverse")}
        graph, nodes = self.first
        formulas = evaluate(graph, point, FLOATS)
        gradients["symbolic"] = {name: formulas[node] for name, node in nodes.items()}
        return values[self.output], gradients

    def hessians(self, arguments: Sequence[float]) -> dict[str, dict[tuple[str, str], float]]:
        """Return the second derivatives: by the sweeps over the symbolic gradient, and by the symbolic gradient of that."""
        point = self.point(arguments)
        graph, nodes = self.first
        values = evaluate(graph, point, FLOATS)
        inputs = {name: index for name, index in graph.inputs().items() if name in self.wrt}
        found: dict[str, dict[tuple[str, str], float]] = {way: {} for way in WAYS}
        for by, node in nodes.items():
            for mode in ("forward", "reverse"):
                for then, result in derive.gradient(graph, node, values, inputs, mode).items():
                    found[mode][by, then] = result
            if by not in self._second:
                self._second[by] = derive.symbolic_gradient(graph, node, self.wrt)
            twice, seconds = self._second[by]
            formulas = evaluate(twice, point, FLOATS)
            for then, second in seconds.items():
                found["symbolic"][by, then] = formulas[second]
        return found


@lru_cache(2000)
def _program(row: Primitive, shaping: tuple[float, ...]) -> Program:
    return Program(row, shaping)


def program(row: Primitive, arguments: Sequence[float]) -> Program:
    """Return the program of a row, made once for each of the constants that shape it."""
    return _program(row, tuple(0.0 if partial else argument for argument, partial in zip(arguments, row.partials)))


class Error(NamedTuple):
    """One comparison: what was asked (order 0, 1, 2), by what, which way, at which point, and what came back. ``ulps`` is the
    error in units of the last place of the truth, ``share`` the part of what is allowed."""

    row: Primitive
    order: int
    by: str
    way: str
    at: Point
    result: float
    true: float
    ulps: float
    share: float

    def __str__(self) -> str:
        return (
            f"{self.row.name}, order {self.order} {self.by}, {self.way}, at {self.at}: {self.result!r} instead of {self.true!r}"
            f" ({self.ulps:.3g} ulp, {self.share:.3g} of what is allowed)"
        )


def normal(number: Any) -> bool:
    """Say whether a true value is a normal double or zero, once rounded."""
    return not number or NORMAL <= abs(number) < mpf(2) ** 1024


def out_of_reach(row: Primitive, true: Any) -> bool:
    """Say whether a second derivative of a power is so large that one of the terms that make it may overflow before it does:
    in y*(y - 1)*x^(y - 2) a tiny y may bring back a power beyond the doubles."""
    return row.name in ("pow", "pow1", "powln") and abs(true) > 2.0**960


def bound(row: Primitive, order: int) -> float:
    """Return the error that a value or a first derivative may have, in ulp."""
    return 16.0 if row.name in GAMMA_FAMILY or order == 0 and row.name in CO_INVERSES else 4.0


def allowed(row: Primitive, order: int, at: Point, true: Any, value: Any, closed: Callable[[], Any]) -> Any:
    """Return the absolute error that a result may have.

    Values and first derivatives: a few ulp of the truth. The gamma family's derivatives: on the negative axis 1e-12, relative
    above 1; near a root of digamma an ulp is that of the local scale. Second derivatives (and the first ones of an internal
    row, which nobody meets elsewhere): 1e-12 times the condition, which is how much the truth changes relatively to its
    arguments, when that is more than the truth itself. Below the normal doubles an ulp no longer shrinks, and what is computed
    from a value that has lost digits there is as uncertain as that value.
    """
    near = truth.nearest(true)
    ulp = mpf(math.ulp(near)) if math.isfinite(near) else mpf(2) ** 971
    x = at[-1]
    cost = abs(true / value) * mpf(2) ** -1074 if value and abs(value) < NORMAL else 0
    if row.name in GAMMA_FAMILY and x < 0 and (order or row.name in ("digamma", "polygamma")):
        return 1e-12 * max(1, abs(true)) + 4 * cost
    if order == 2 or order == 1 and row.shown:
        fine = 1e-13 * abs(true) + 4 * ulp + 4 * cost
        return fine, lambda: 1e-12 * max(abs(true), closed()) + 4 * ulp + 4 * cost
    if row.name in GAMMA_FAMILY and abs(x - DIGAMMA_ROOT) < 0.25 and order <= 1:
        ulp = max(ulp, mpf(2) ** -54)
    return bound(row, order) * (ulp + cost)


def judge(row: Primitive, order: int, at: Point, result: float, true: Any, value: Any, closed: Callable[[], Any]) -> tuple[float, float]:
    """Return the error of a result in ulp and as a share of what is allowed."""
    near = truth.nearest(true)
    if math.isinf(near) or math.isinf(result):
        edge = abs(true) > mpf(2) ** 1024 * (1 - mpf(2) ** -49)
        fine = result == near or edge and result * near > 0
        return (0.0, 0.0) if fine else (math.inf, math.inf)
    if math.isnan(result):
        return math.inf, math.inf
    error = abs(result - true)
    ulps = float(error / math.ulp(near))
    if not error:
        return 0.0, 0.0
    limit = allowed(row, order, at, true, value, closed)
    if isinstance(limit, tuple):  # the condition is dear, and seldom needed
        fine, full = limit
        limit = fine if error <= fine else full()
    return ulps, float(error / limit)


def errors(row: Primitive, at: Iterable[Point], orders: Sequence[int] = (0, 1, 2)) -> Iterator[Error]:
    """Give every comparison of a row at these points; nothing where the truth says nothing, or the value is not finite."""
    for point in at:
        value = truth.value(row, point)
        if value is None or math.isinf(truth.nearest(value)):
            continue
        ours = program(row, point)
        with mp.workprec(truth.PRECISION):
            result, gradients = ours.gradients(point)
            if 0 in orders:
                error = judge(row, 0, point, result, value, value, lambda: 0)
                yield Error(row, 0, "value", "evaluate", point, result, float(value), *error)
            if 1 in orders:
                for by, gradient in _compared(row, gradients):
                    number = row.parameters.index(by)
                    true = truth.first(row, point, number)
                    if true is not None and not (row.shown and out_of_reach(row, true)):
                        closed = lambda: truth.condition(truth.FIRST[row.name][number], point)  # noqa: B023, E731
                        for way, derivative in gradient.items():
                            error = judge(row, 1, point, derivative, true, value, closed)
                            yield Error(row, 1, f"by {by}", way, point, derivative, truth.nearest(true), *error)
            if 2 in orders and row.name in truth.SECOND and normal(value):
                for (by, then), hessian in _compared(row, ours.hessians(point)):
                    first, second = row.parameters.index(by), row.parameters.index(then)
                    slope, true = truth.first(row, point, first), truth.second(row, point, first, second)
                    if true is not None and slope is not None and normal(slope) and not out_of_reach(row, true):
                        closed = lambda: truth.condition(truth.SECOND[row.name][first][second], point)  # noqa: B023, E731
                        for way, derivative in hessian.items():
                            error = judge(row, 2, point, derivative, true, value, closed)
                            yield Error(row, 2, f"by {by}, {then}", way, point, derivative, truth.nearest(true), *error)


def _compared(row: Primitive, found: dict[str, dict[Any, float]]) -> Iterator[tuple[Any, dict[str, float]]]:
    """Give for each derivative what each way found."""
    for by in found["reverse"]:
        yield by, {way: results[by] for way, results in found.items()}
