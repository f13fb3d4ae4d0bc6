"""How accurate every row of the table is; run as a script, the table of the README.

The errors are those of what a person gets: each row is a program of one step, its value computed by evaluate, its derivatives
by the forward, the reverse and the symbolic way, and compared with the truth (truth.py) at points that the row itself
declares (points.py). The bounds, and what is measured in which unit, are said at ``allowed``.

    python tests/accuracy.py            prints Markdown; --quick for a fifth of the points
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    """A graph with the graphs of its derivatives: what every way finds at a point."""

    def __init__(self, graph: Graph, output: int, wrt: Mapping[str, int]) -> None:
        self.graph, self.output, self.wrt = graph, output, wrt
        self.first = derive.symbolic_gradient(graph, output, wrt)
        self._second: dict[str, tuple[Graph, dict[str, int]]] = {}

    def gradients(self, point: Mapping[str, float]) -> tuple[float, dict[str, dict[str, float]]]:
        """Return the value, and the gradient that each way gives."""
        values = evaluate(self.graph, point, FLOATS)
        sweeps = ("forward", "reverse")
        gradients = {mode: derive.gradient(self.graph, self.output, values, self.wrt, mode) for mode in sweeps}
        graph, nodes = self.first
        formulas = evaluate(graph, point, FLOATS)
        gradients["symbolic"] = {name: formulas[node] for name, node in nodes.items()}
        return values[self.output], gradients

    def hessians(self, point: Mapping[str, float]) -> dict[str, dict[tuple[str, str], float]]:
        """Return the second derivatives: by the sweeps over the symbolic gradient, and by the symbolic gradient of that."""
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


def program(row: Primitive, arguments: Sequence[float]) -> Program:
    """Return a row as a program of one step, made once for each of the constants that shape it."""
    return _program(row, tuple(0.0 if partial else argument for argument, partial in zip(arguments, row.partials)))


@lru_cache(2000)
def _program(row: Primitive, shaping: tuple[float, ...]) -> Program:
    graph = Graph()
    fixed = [partial is None for partial in row.partials]
    nodes = [
        graph.number(decimal_text(argument)) if constant else graph.input(name)
        for name, argument, constant in zip(row.parameters, shaping, fixed)
    ]
    wrt = {name: node for name, node, constant in zip(row.parameters, nodes, fixed) if not constant}
    return Program(graph, graph.put((row, *nodes)), wrt)


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


def judge(
    row: Primitive, order: int, at: Point, result: float, true: Any, value: Any, closed: Callable[[], Any]
) -> tuple[float, float]:
    """Return the error of a result in ulp and as a share of what is allowed."""
    if result == true:
        return 0.0, 0.0
    near = truth.nearest(true)
    if result == near and order == 2:
        return 0.5, 0.0
    if math.isinf(near) or math.isinf(result):
        edge = abs(true) > mpf(2) ** 1024 * (1 - mpf(2) ** -49)
        fine = result == near or edge and result * near > 0
        return (0.0, 0.0) if fine else (math.inf, math.inf)
    if math.isnan(result):
        return math.inf, math.inf
    error = abs(result - true)
    ulps = float(error / math.ulp(near))
    limit = allowed(row, order, at, true, value, closed)
    if isinstance(limit, tuple):  # the condition is dear, and seldom needed
        fine, full = limit
        limit = fine if error <= fine else full()
    return ulps, float(error / limit)


def errors(row: Primitive, at: Iterable[Point], orders: Sequence[int] = (0, 1, 2)) -> Iterator[Error]:
    """Give every comparison of a row at these points; nothing where the truth says nothing, or the value is not finite."""
    for point in at:
        value = truth.value(row, point)
        if value is not None and math.isfinite(truth.nearest(value)):
            with mp.workprec(truth.PRECISION):
                yield from _errors_at(row, point, value, orders)


def _errors_at(row: Primitive, point: Point, value: Any, orders: Sequence[int]) -> Iterator[Error]:
    """Give the comparisons at one point, whose true value is known."""
    ours, number_of = program(row, point), row.parameters.index
    at, exact = dict(zip(row.parameters, point)), truth.exact(point)
    slopes = {by: truth.first(row, exact, number_of(by)) for by in ours.wrt}
    result, gradients = ours.gradients(at)
    if 0 in orders:
        yield from _compared(row, 0, "value", point, {"evaluate": result}, value, value, truth.VALUES[row.name])
    if 1 in orders:
        for by in ours.wrt:
            found = {way: gradient[by] for way, gradient in gradients.items()}
            true = slopes[by]
            if true is not None and not (row.shown and out_of_reach(row, true)):
                yield from _compared(
                    row, 1, f"by {by}", point, found, true, value, truth.FIRST[row.name][number_of(by)]
                )
    if 2 in orders and row.name in truth.SECOND and normal(value):
        hessians = ours.hessians(at)
        known: dict[tuple[str, str], Any] = {}
        for by, then in hessians["reverse"]:
            slope, closed = slopes[by], truth.SECOND[row.name][number_of(by)][number_of(then)]
            true = known[then, by] if (then, by) in known else truth.true(closed, exact)
            known[by, then] = true
            found = {way: hessian[by, then] for way, hessian in hessians.items()}
            if slope is not None and normal(slope) and true is not None and not out_of_reach(row, true):
                yield from _compared(row, 2, f"by {by}, {then}", point, found, true, value, closed)


def _compared(
    row: Primitive, order: int, by: str, at: Point, found: dict[str, float], true: Any, value: Any, closed: truth.Closed
) -> Iterator[Error]:
    """Give the comparison of what each way found with the truth; most ways find the same double."""
    known: dict[float, tuple[float, float]] = {}
    for way, result in found.items():
        if result not in known:
            known[result] = judge(row, order, at, result, true, value, lambda: truth.condition(closed, at))
        yield Error(row, order, by, way, at, result, truth.nearest(true), *known[result])


def worst(found: Iterable[Error]) -> dict[int, Error]:
    """Return for each order the comparison that takes the largest share of what it is allowed."""
    largest: dict[int, Error] = {}
    for error in found:
        if error.order not in largest or error.share > largest[error.order].share:
            largest[error.order] = error
    return largest


def complaints(row: Primitive, at: Iterable[Point], orders: Sequence[int] = (0, 1, 2)) -> list[str]:
    """Return what is beyond its bound, the worst of each order."""
    return [str(error) for error in worst(errors(row, at, orders)).values() if not error.share <= 1.0]


# --- The table for the README ---

PUBLISHED = {
    **dict.fromkeys(("asin", "acos", "atanh"), ("1", "6e6 to 8e6", "6e6 to 8e6")),
    **dict.fromkeys(("sigmoid", "expm1"), ("9e15", "9e15", "9e15")),
    **dict.fromkeys(("atan", "asinh", "acosh"), ("1e13 to 1e16",) * 3),
    **dict.fromkeys(("gamma", "lgamma"), ("2e16", "2e16", "6e7")),
    "tanh": ("1e17", "9e15", "1e5"), "hypot": ("3e15", "0.8", "0.8"), "erf": ("421", "421", "421"),
    "softplus": ("7", "5e5", "7"), "pow": ("17", "17", "17"),
}  # fmt: skip
"""The worst error of a first derivative in ulp as measured once, on points like these, in JAX, PyTorch and autograd."""

Gradient = Callable[[str, Any], Any]


def jax_gradient(name: str, xs: Any) -> Any:
    """Return JAX's derivatives of a function of one argument."""
    import jax

    jax.config.update("jax_enable_x64", True)
    homes = (jax.numpy, jax.nn, jax.scipy.special)
    return jax.vmap(jax.grad(_find(homes, name)))(xs)


def torch_gradient(name: str, xs: Any) -> Any:
    """Return PyTorch's derivatives of a function of one argument."""
    import torch

    arguments = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
    _find((torch, torch.special, torch.nn.functional), name)(arguments).sum().backward()
    return arguments.grad.numpy()


def autograd_gradient(name: str, xs: Any) -> Any:
    """Return autograd's derivatives of a function of one argument."""
    import autograd
    import autograd.scipy.special

    return autograd.elementwise_grad(_find((autograd.numpy, autograd.scipy.special), name))(xs)


OTHER_NAMES = {"ln": ("log",), "lgamma": ("gammaln", "lgamma"), "sigmoid": ("sigmoid", "expit")}


def _find(homes: Sequence[Any], name: str) -> Any:
    """Return a function by one of its names from one of these modules."""
    for home in homes:
        for other in OTHER_NAMES.get(name, (name, f"arc{name[1:]}")):
            if hasattr(home, other):
                return getattr(home, other)
    raise AttributeError(name)


def peers() -> dict[str, Gradient]:
    """Return the libraries that are installed."""
    from importlib.util import find_spec

    known = {"jax": jax_gradient, "torch": torch_gradient, "autograd": autograd_gradient}
    return {name: gradient for name, gradient in known.items() if find_spec(name)}


def peer_worst(gradient: Gradient, row: Primitive, at: Sequence[Point]) -> str:
    """Return the worst error of a library's derivative in ulp, where arguments, value and derivative are normal doubles."""
    import numpy

    xs = numpy.array([x for (x,) in at])
    try:
        with numpy.errstate(all="ignore"):
            found = gradient(row.name, xs)
    except (AttributeError, NotImplementedError, TypeError):
        return "-"
    largest = 0.0
    for point, result in zip(at, found):
        value, true = truth.value(row, point), truth.first(row, point, 0)
        if value is not None and true is not None and all(map(normal, (*point, value, true))):
            with mp.workprec(truth.PRECISION):
                share = judge(row, 1, point, float(result), true, value, lambda: 0)[1]
            largest = max(largest, share * bound(row, 1))
    return brief(largest)


def shared(row: Primitive, count: int, close: int) -> list[Point]:
    """Return the points of the table: for the gamma family those on the positive axis, since below 0 its bound is absolute."""
    return [point for point in points(row, count, close) if row.name not in GAMMA_FAMILY or point[-1] > 0]


def brief(ulps: float) -> str:
    """Return an error as the table shows it: 0.5, 421, 9e15."""
    if ulps >= 1e4:
        return f"{ulps:.0e}".replace("e+0", "e").replace("e+", "e")
    return f"{ulps:.1f}" if ulps < 100 else f"{ulps:.0f}"


def measured(row: Primitive, count: int, close: int) -> list[str]:
    """Return the cells of a row: the worst errors of the value and of the derivatives, forward and reverse, in ulp."""
    largest = {"evaluate": 0.0, "forward": 0.0, "reverse": 0.0}
    for error in errors(row, shared(row, count, close), (0, 1)):
        if error.way in largest and normal(error.true) and all(map(normal, error.at)):
            largest[error.way] = max(largest[error.way], error.share * bound(row, error.order))
    return [brief(ulps) for ulps in largest.values()]


def in_table(row: Primitive) -> bool:
    """Say whether the table has this row: those that only add, choose or stand still have nothing to round."""
    trivial = ("add", "sub", "neg", "mul", "where", "min", "max")
    return bool(row.partials) and not row.shown and not row.constant and row.name not in trivial


def table(count: int = 2000, close: int = 500) -> Iterator[str]:
    """Give the lines of the table, in Markdown."""
    installed = peers()
    libraries = [("JAX", "jax"), ("PyTorch", "torch"), ("autograd", "autograd")]
    titles = [title if name in installed else f"{title}*" for title, name in libraries]
    yield "| function | value | derivative, forward | reverse | " + " | ".join(titles) + " |"
    yield "|---" * 7 + "|"
    for row in filter(in_table, TABLE.values()):
        others = list(PUBLISHED.get(row.name, ("", "", "")))
        for column, (_, name) in enumerate(libraries):
            if name in installed and row.arity == 1:
                others[column] = peer_worst(installed[name], row, shared(row, count, close))
        yield f"| {row.name} | " + " | ".join([*measured(row, count, close), *others]) + " |"


if __name__ == "__main__":
    quick = "--quick" in sys.argv[1:]
    for line in table(400, 100) if quick else table():
        print(line, flush=True)
