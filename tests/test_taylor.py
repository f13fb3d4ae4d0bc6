"""Taylor coefficients: every row and many programs against mpmath's derivatives and published numbers, to order 50."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from math import inf, isfinite, nan
from typing import Any

import mpmath
import pytest
import truth
from hypothesis import HealthCheck, assume, given, settings
from mpmath import mp, mpf
from points import ORDERS, Point
from test_sweeps import EXPRESSIONS, POINTS, smooth

from adcli.derive import symbolic_gradient
from adcli.graph import Graph, decimal_text
from adcli.language import elaborate, parse
from adcli.numbers import series
from adcli.numbers.system import FLOATS
from adcli.rules import TABLE, row
from adcli.rules.primitive import Primitive
from adcli.sweeps import evaluate
from adcli.taylor import Closure, coefficients, errors, taylor

ROWS = {name: primitive for name, primitive in TABLE.items() if primitive.partials and not primitive.shown}
EXTREMES = {f"{name} of 3": row(name, 3) for name in ("min", "max")}
TOLERANCE = 1e-12
NUMBERS = (0.375, -0.625, 1.625, 2.875, -2.375, 0.0625)


def expand(text: str, at: Mapping[str, float], order: int, wrt: str = "x") -> list[float]:
    """Return the Taylor coefficients of a program as typed."""
    program = elaborate(parse(text), at)
    return taylor(program.graph, [program.output], at, wrt, order)[0]


def differ(found: Sequence[float], true: Sequence[mpf]) -> list[str]:
    """Return where coefficients are not the true ones. Zeros that come about by cancellation are measured by what is next to
    them."""
    assert len(found) == len(true)
    complaints = []
    for k, (here, there) in enumerate(zip(found, true)):
        size = abs(there) or max(map(abs, true[max(k - 1, 0) : k + 2]))
        if not abs(here - there) <= TOLERANCE * size:
            complaints.append(f"coefficient {k}: {here!r} instead of {mpmath.nstr(there, 17)}")
    return complaints


# --- Every row ---

VALUES: dict[str, Callable[..., mpf]] = {
    **truth.VALUES,
    "digamma": mpmath.digamma,  # the truth's own keeps to 200 bits, of which derivatives by differences leave nothing
    "polygamma": lambda n, x: mpmath.psi(int(n), x),
}


def ordinary(primitive: Primitive) -> list[Point]:
    """Return points inside a row's domain, away from its kinks."""
    inside = FLOATS.expression(primitive.domain or "1", primitive.parameters)
    kink = FLOATS.expression(primitive.kink or "0", (*primitive.parameters, "r"))
    found = []
    for number, x in enumerate(NUMBERS):
        point = tuple(NUMBERS[(number + 2 * k) % len(NUMBERS)] for k in range(primitive.arity))
        if primitive.name in ORDERS:
            whole = ORDERS[primitive.name][number]
            point = (whole, x) if primitive.partials[0] is None else (x, whole)
        elif primitive.name == "pow" and x < 0:
            point = (x, (-2.0, 3.0)[number % 2])
        if inside(*point) and not kink(*point, FLOATS.functions[primitive](*point)):
            found.append(point)
    return found


def paths(primitive: Primitive, point: Point) -> list[list[str]]:
    """Return ways through a point, as texts: along each argument, and a bent one along all of them that may vary."""
    here = [decimal_text(x) for x in point]
    free = [number for number, partial in enumerate(primitive.partials) if partial is not None]
    if primitive.name == "pow" and point[0] < 0:
        free = [0]
    straight = [[f"{x} + t" if number == by else x for number, x in enumerate(here)] for by in free]
    bent = [f"{x} + {(1, -0.5, 0.25)[number]}*expm1(t)" if number in free else x for number, x in enumerate(here)]
    return [*straight, bent]


def through(path: str, t: mpf) -> mpf:
    """Give an argument on such a way."""
    start, _, rest = path.partition(" + ")
    factor, star, _ = rest.partition("*")
    return mpf(start) + (mpf(factor) * mpmath.expm1(t) if star else t if rest else 0)


def true_coefficients(function: Callable[[mpf], mpf], x: float, order: int) -> list[mpf]:
    """Return Taylor coefficients by differences in as many digits as they take."""
    with mp.workdps(25):
        found: list[mpf] = mp.taylor(function, mpf(x), order)
        return found


def row_differs(primitive: Primitive, point: Point, path: Sequence[str], order: int) -> list[str]:
    """Return where the coefficients of a row along a way are not the true ones."""
    graph = Graph()
    nodes = []
    for text in path:
        inner = elaborate(parse(text), {"t": 0.0})
        new: dict[int, int] = {}
        for index, (head, *rest) in enumerate(inner.graph.nodes):
            leaf = head in ("input", "number")
            new[index] = graph.put((head, *rest) if leaf else (head, *(new[argument] for argument in rest)))
        nodes.append(new[inner.output])
    found = taylor(graph, [graph.put((primitive, *nodes))], {"t": 0.0}, "t", order)[0]
    if primitive.name == "stop":
        return differ(found, [mpf(point[0])] + [mpf(0)] * order)
    closed = VALUES[primitive.name]
    true = true_coefficients(lambda t: closed(*(through(text, t) for text in path)), 0.0, order)
    return [f"{primitive.name}({', '.join(path)}): {complaint}" for complaint in differ(found, true)]


@pytest.mark.parametrize("name", {**ROWS, **EXTREMES})
def test_every_row(name: str) -> None:
    primitive = {**ROWS, **EXTREMES}[name]
    at = ordinary(primitive)
    assert at
    for point in at:
        for path in paths(primitive, point):
            assert row_differs(primitive, point, path, 10) == []


# --- Programs whose coefficients are known in closed form, to order 50 ---


def factorial(k: int) -> mpf:
    return mpmath.factorial(k)


def counted(step: Callable[[list[int]], int], start: Sequence[int] = (1,)) -> Callable[[int], mpf]:
    """Return the k-th of the numbers that follow from those before, over k!."""
    known = list(start)

    def number(k: int) -> mpf:
        while len(known) <= k:
            known.append(step(known))
        return mpf(known[k]) / factorial(k)

    return number


def tangent(k: int) -> mpf:
    """Give coefficient k of tan, from Bernoulli's numbers (DLMF 4.19.3)."""
    power = mpf(2) ** (k + 1)
    return mpf(0) if k % 2 == 0 else (-1) ** (k // 2) * power * (power - 1) * mpmath.bernoulli(k + 1) / factorial(k + 1)


def secant(k: int) -> mpf:
    """Give coefficient k of sec, from Euler's numbers (DLMF 4.19.5)."""
    return abs(mpmath.eulernum(k)) / factorial(k)


def hyperbolic(k: int) -> mpf:
    """Give coefficient k of tanh (DLMF 4.33.3)."""
    return tangent(k) * (-1) ** (k // 2)


def arc(k: int) -> mpf:
    """Give coefficient k of asin (DLMF 4.24.1)."""
    return mpmath.binomial(k - 1, k // 2) / (mpf(2) ** (k - 1) * k) if k % 2 else mpf(0)


def odd(k: int) -> int:
    return k % 2


def sign(k: int) -> int:
    """Give the sign of the terms of sin and cos."""
    return -1 if k % 4 > 1 else 1


def zeta_sum(k: int) -> mpf:
    """Give coefficient k of ln gamma(1 + x) (DLMF 5.7.3)."""
    return (-1) ** k * mpmath.zeta(k) / k if k > 1 else -mpmath.euler * k


def binomials(exponent: float) -> Callable[[int], mpf]:
    return lambda k: mpmath.binomial(mpf(exponent), k)


T = 0.3

# fmt: off
KNOWN: dict[str, Callable[[int], mpf]] = {
    "exp(x)":          lambda k: 1 / factorial(k),
    "expm1(x)":        lambda k: 1 / factorial(k) if k else mpf(0),
    "exp2(x)":         lambda k: mpmath.log(2) ** k / factorial(k),
    "sin(x)":          lambda k: odd(k) * sign(k) / factorial(k),
    "cos(x)":          lambda k: (1 - odd(k)) * sign(k) / factorial(k),
    "sinh(x)":         lambda k: odd(k) / factorial(k),
    "cosh(x)":         lambda k: (1 - odd(k)) / factorial(k),
    "tan(x)":          tangent,
    "sec(x)":          secant,
    "sec(x) + tan(x)": lambda k: secant(k) + tangent(k),           # zigzag numbers, A000111
    "tanh(x)":         hyperbolic,
    "sech(x)":         lambda k: secant(k) * sign(k),
    "sigmoid(x)":      lambda k: hyperbolic(k) / mpf(2) ** (k + 1) if k else mpf(0.5),
    "softplus(x)":     lambda k: hyperbolic(k - 1) / mpf(2) ** k / k if k > 1 else mpf(0.5) if k else mpmath.log(2),
    "asin(x)":         arc,
    "acos(x)":         lambda k: -arc(k) if k else mp.pi / 2,
    "asinh(x)":        lambda k: arc(k) * sign(k),
    "atan(x)":         lambda k: odd(k) * sign(k) / mpf(k or 1),
    "atanh(x)":        lambda k: odd(k) / mpf(k or 1),
    "log1p(x)":        lambda k: (-1) ** (k + 1) / mpf(k) if k else mpf(0),
    "ln(1/(1 - x))":   lambda k: 1 / mpf(k) if k else mpf(0),
    "sqrt(1 + x)":     binomials(0.5),
    "cbrt(1 + x)":     lambda k: mpmath.binomial(mpf(1) / 3, k),
    "root(1 - x, 5)":  lambda k: (-1) ** k * mpmath.binomial(mpf(1) / 5, k),
    "(1 + x)^-2.5":    binomials(-2.5),
    "(1 + x)^7":       binomials(7),
    "(1 + x)^t":       binomials(T),
    "1/(1 - x)":       lambda k: mpf(1),
    "x/(1 - x)^2":     lambda k: mpf(k),
    "(1 + x)/(1 - x)^3": lambda k: mpf(k + 1) ** 2,
    "1/(1 - x - x^2)": lambda k: mpmath.fibonacci(k + 1),
    "2/(1 + sqrt(1 - 4*x))": lambda k: mpmath.binomial(2 * k, k) / (k + 1),
    "exp(expm1(x))":   lambda k: mpmath.bell(k) / factorial(k),
    "1/(2 - exp(x))":  counted(lambda a: sum(int(mpmath.binomial(len(a), j)) * n for j, n in enumerate(a))),   # A000670
    "exp(x + x^2/2)":  counted(lambda a: a[-1] + (len(a) - 1) * a[-2], (1, 1)),                               # A000085
    "exp(-x)/(1 - x)": counted(lambda a: len(a) * a[-1] + (-1) ** len(a)),                                    # A000166
    "erf(x)":          lambda k: odd(k) * 2 * (-1) ** (k // 2) / mpmath.sqrt(mp.pi) / k / factorial(k // 2) if k else mpf(0),
    "exp(-x^2)":       lambda k: (1 - odd(k)) * sign(k) / factorial(k // 2),
    "lgamma(1 + x)":   zeta_sum,
    "digamma(1 + x)":  lambda k: (k + 1) * zeta_sum(k + 1),
    "polygamma(2, 1 + x)": lambda k: (-1) ** (k + 1) * mpmath.zeta(k + 3) * (k + 1) * (k + 2),
    "1/sqrt(1 - 2*t*x + x^2)":         lambda k: mpmath.legendre(k, mpf(T)),
    "(1 - t*x)/(1 - 2*t*x + x^2)":     lambda k: mpmath.chebyt(k, mpf(T)),
    "exp(2*t*x - x^2)":                lambda k: mpmath.hermite(k, mpf(T)) / factorial(k),
    "exp(-t*x/(1 - x))/(1 - x)":       lambda k: mpmath.laguerre(k, 0, mpf(T)),
    "(1 - 2*t*x + x^2)^-1.25":         lambda k: mpmath.gegenbauer(k, mpf(1.25), mpf(T)),
}
"""Coefficient k about 0, with t = 0.3."""

NUMBERED = {
    ("x^x", 1):             (1, 1, 2, 3, 8, 10, 54, -42, 944, -5112, 47160),                           # A005727
    ("exp(sin(x))", 0):     (1, 1, 1, 0, -3, -8, -3, 56, 217, 64, -2951, -12672),                      # A002017
    ("sin(sin(x))", 0):     (0, 1, 0, -2, 0, 12, 0, -128, 0, 1872, 0, -37600),                         # A003712
    ("exp(tan(x))", 0):     (1, 1, 1, 3, 9, 37, 177, 959, 6097),                                       # A006229
    ("exp(x*exp(x))", 0):   (1, 1, 3, 10, 41, 196, 1057, 6322, 41393, 293608, 2237921),                # A000248
    ("exp(x/(1 - x))", 0):  (1, 1, 3, 13, 73, 501, 4051, 37633, 394353, 4596553, 58941091),            # A000262
    ("exp(asin(x))", 0):    (1, 1, 1, 2, 5, 20, 85, 520, 3145),                                        # A006228
    ("exp(atan(x))", 0):    (1, 1, 1, -1, -7, 5, 145, -5, -6095),                                      # A002019
    ("ln(1 + sin(x))", 0):  (0, 1, -1, 1, -2, 5, -16, 61, -272),                                       # A000111
    ("cos(sin(x))", 0):     (1, 0, -1, 0, 5, 0, -37, 0, 457),                                          # A003709
    ("asin(x)^2", 0):       (0, 0, 2, 0, 8, 0, 128, 0, 4608),
    ("x^3*exp(x)", 0):      (0, 0, 0, 6, 24, 60, 120, 210, 336, 504, 720),
}
"""Derivatives that are whole numbers, from the Encyclopedia of Integer Sequences."""

ELSEWHERE: dict[tuple[str, float], Callable[[mpf], mpf]] = {
    ("x/expm1(x)", 6.0):              lambda x: x / mpmath.expm1(x),
    ("sin(exp(x))*x^2.5", 1.3):       lambda x: mpmath.sin(mpmath.exp(x)) * x**2.5,
    ("sin(x)^2.5", 1.0):              lambda x: mpmath.sin(x) ** 2.5,
    ("sin(x)^x", 1.0):                lambda x: mpmath.sin(x) ** x,
    ("exp(-x^2/2)*cos(3*x)", 0.7):    lambda x: mpmath.exp(-x * x / 2) * mpmath.cos(3 * x),
    ("gamma(1 + x^2)", 0.7):          lambda x: mpmath.gamma(1 + x * x),
    ("gamma(x)", -1.5):               mpmath.gamma,
    ("gamma(x)", 1e-3):               mpmath.gamma,
    ("digamma(2 + sin(x))", 0.7):     lambda x: mpmath.digamma(2 + mpmath.sin(x)),
    ("lgamma(exp(x))", 0.7):          lambda x: mpmath.loggamma(mpmath.exp(x)),
    ("ln(tan(x))", 0.9):              lambda x: mpmath.log(mpmath.tan(x)),
    ("sqrt(x^2 + 3)", 1.0):           lambda x: mpmath.sqrt(x * x + 3),
    ("hypot(x, sin(x))", 2.0):        lambda x: mpmath.hypot(x, mpmath.sin(x)),
    ("atan2(sin(x), x)", 2.0):        lambda x: mpmath.atan2(mpmath.sin(x), x),
    ("x^3*ln(x)", 2.0):               lambda x: x**3 * mpmath.log(x),
    ("asinh(x)/(1 + x)", 0.8):        lambda x: mpmath.asinh(x) / (1 + x),
    ("erf(x)*erfc(x/2)", 0.4):        lambda x: mpmath.erf(x) * mpmath.erfc(x / 2),
    ("log2(1 + exp(x))", -0.5):       lambda x: mpmath.log(1 + mpmath.exp(x), 2),
    ("x^(1/x)", 2.5):                 lambda x: x ** (1 / x),
    ("2^(x^2)", 0.5):                 lambda x: mpf(2) ** (x * x),
    ("acosh(x)*acoth(x)", 1.75):      lambda x: mpmath.acosh(x) * mpmath.acoth(x),
    ("prod(k=1..5, x - k)", 2.5):     lambda x: (x - 1) * (x - 2) * (x - 3) * (x - 4) * (x - 5),
    ("1/(1 + 25*x^2)", 0.25):         lambda x: 1 / (1 + 25 * x * x),
}
"""Other functions at other points, to order 10."""
# fmt: on


@pytest.mark.core
@pytest.mark.parametrize("text", KNOWN)
def test_known_series_to_order_50(text: str) -> None:
    assert differ(expand(text, {"x": 0.0, "t": T}, 50), [KNOWN[text](k) for k in range(51)]) == []


@pytest.mark.core
@pytest.mark.parametrize(("text", "x"), NUMBERED)
def test_derivatives_that_are_whole_numbers(text: str, x: float) -> None:
    true = NUMBERED[text, x]
    found = expand(text, {"x": float(x)}, len(true) - 1)
    assert differ(found, [number / factorial(k) for k, number in enumerate(true)]) == []


@pytest.mark.parametrize(("text", "x"), ELSEWHERE)
def test_compositions(text: str, x: float) -> None:
    assert differ(expand(text, {"x": x}, 10), true_coefficients(ELSEWHERE[text, x], x, 10)) == []


# --- Corners ---

# fmt: off
CORNERS = [
    *((f"x^{n}", 0.0, [1.0 if k == n else 0.0 for k in range(51)]) for n in (0, 1, 2, 3, 10, 50)),
    *((f"x^{n}", x, [math.comb(n, k) * x ** (n - k) if k <= n else 0.0 for k in range(51)])
      for n in (1, 2, 3) for x in (1e-150, 1e-20, -1e-5)),
    ("sin(x)^2",      0.0,   [0.0, 0.0, 1.0, 0.0, -1 / 3]),
    ("(1 - cos(x))^2", 0.0,  [0.0, 0.0, 0.0, 0.0, 0.25, 0.0]),
    ("x^0.5",         0.0,   [0.0, inf, nan, nan]),
    ("x^1.875",       0.0,   [0.0, 0.0, inf, nan, nan]),
    ("x^3.5",         0.0,   [0.0, 0.0, 0.0, 0.0, inf, nan]),
    ("sqrt(x)",       0.0,   [0.0, inf, nan, nan]),
    ("cbrt(x)",       0.0,   [0.0, inf, nan, nan]),
    ("x^1.875 + sin(x)", 0.0, [0.0, 1.0, inf, nan, nan]),
    ("x*1e308",       0.0,   [0.0, 1e308, 0.0]),
    ("1e308*(10*x)",  0.0,   [0.0, inf, nan]),
    ("1/x",           0.0,   [inf, nan, nan]),
    ("abs(x)",        -2.0,  [2.0, -1.0, 0.0, 0.0]),
    ("relu(x)^2",     3.0,   [9.0, 6.0, 1.0, 0.0]),
    ("relu(x)^2",     -3.0,  [0.0, 0.0, 0.0, 0.0]),
    ("max(x, x^2, 1)", 3.0,  [9.0, 6.0, 1.0, 0.0]),
    ("floor(x)*x",    2.5,   [5.0, 2.0, 0.0]),
    ("stop(x)*x^2",   2.0,   [8.0, 8.0, 2.0, 0.0]),
    ("where(x > 0, x^2, ln(x))",         2.0, [4.0, 4.0, 1.0, 0.0]),
    ("where(x > 0, x^2, sqrt(0 - x)/0)", 2.0, [4.0, 4.0, 1.0, 0.0]),
    ("where(x < 0, 1/(x - x), 1/x)",     0.5, [2.0, -4.0, 8.0, -16.0]),
    ("where(x == 0, 1, sin(x)/x)",       0.0, [1.0, 0.0, 0.0]),
    ("x",             3.0,   [3.0, 1.0, 0.0, 0.0]),
    ("7",             3.0,   [7.0, 0.0, 0.0]),
    ("y*x",           3.0,   [6.0, 2.0, 0.0]),
    ("y^2",           3.0,   [4.0, 0.0, 0.0]),
]
# fmt: on


@pytest.mark.core
@pytest.mark.parametrize(("text", "x", "true"), CORNERS)
def test_corners(text: str, x: float, true: list[float]) -> None:
    """nan stands for any coefficient that is not finite."""
    for here, there in zip(expand(text, {"x": x, "y": 2.0}, len(true) - 1), true):
        assert not isfinite(here) if not isfinite(there) else math.isclose(here, there, rel_tol=1e-15, abs_tol=1e-300)


@pytest.mark.core
@pytest.mark.parametrize("order", [0, 1])
def test_low_orders(order: int) -> None:
    assert expand("exp(2*x)", {"x": 0.0}, order) == [1.0, 2.0][: order + 1]
    assert expand("sin(x)*y", {"x": 0.0, "y": 3.0}, order, "y") == [0.0, 0.0][: order + 1]


@pytest.mark.core
def test_powers_of_zero_by_the_exponent() -> None:
    assert expand("x^y", {"x": 0.0, "y": 1.0}, 3, "y") == [0.0, 0.0, 0.0, 0.0]


@pytest.mark.core
@pytest.mark.parametrize(
    "text",
    ["x^2.5", "x^3", "x^x", "digamma(x)", "gamma(x)^0.5", "atan2(x, 2)", "root(x, 3)", "where(x > 1, x^2, ln(x))"],
)
def test_series_of_a_derivative(text: str) -> None:
    """A program may hold what a sweep on symbols has made: the coefficients of f' are (k + 1)*c_(k + 1)."""
    program, at = elaborate(parse(text), {}), {"x": 1.625}
    graph, nodes = symbolic_gradient(program.graph, program.output, ["x"])
    found = taylor(graph, [nodes["x"]], at, "x", 8)[0]
    higher = [mpf((k + 1) * c) for k, c in enumerate(expand(text, at, 9)[1:])]
    assert differ(found, higher) == []


@pytest.mark.core
def test_several_outputs_and_every_node() -> None:
    program = elaborate(parse("q = sin(x); r = q*y; where(r > 0, r + cos(x), ln(r))"), {})
    graph, at = program.graph, {"x": 0.0, "y": 2.0}
    at["x"] = 0.5
    nodes = {name: node for node, name in graph.names.items()}
    outputs = [nodes["q"], program.output]
    every = coefficients(graph, outputs, at, "x", 6)
    assert len(every) == len(graph.nodes)
    assert taylor(graph, outputs, at, "x", 6) == [every[node] for node in outputs]
    for node, text in ((nodes["q"], "sin(x)"), (nodes["r"], "2*sin(x)"), (program.output, "2*sin(x) + cos(x)")):
        assert every[node] == pytest.approx(expand(text, {"x": 0.5}, 6), rel=1e-14)
    (untaken,) = (index for index, node in enumerate(graph.nodes) if node[0] is TABLE["ln"])
    assert len(every[untaken]) == 1
    assert len(graph.nodes) == len(program.graph.nodes)


# --- Growth ---


def work(text: str, order: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many products of two coefficients it takes."""
    counted, facing = 0, series.facing

    def counting(x: list[float], y: list[float], k: int, start: int = 0) -> tuple[range, list[float], list[float]]:
        nonlocal counted
        found = facing(x, y, k, start)
        counted += len(found[0])
        return found

    with monkeypatch.context() as patch:
        patch.setattr(series, "facing", counting)
        expand(text, {"x": 1.25}, order)
    return counted


SMOOTH = "u = x + exp(x)/8; "


@pytest.mark.parametrize("name", {name: row for name, row in ROWS.items() if row.arity == 1})
def test_work_grows_as_the_square_of_the_order(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = {"asin": "u/9", "acos": "u/9", "atanh": "u/9", "asech": "u/9", "logit": "u/9", "not": "u > 0"}.get(
        name, "u"
    )
    less, more = (work(f"{SMOOTH}{'-u' if name == 'neg' else f'{name}({inner})'}", n, monkeypatch) for n in (20, 40))
    cubes = name in ("gamma", "lgamma", "digamma")  # longer sums for more orders
    assert more <= (9 if cubes else 4.5) * less


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("u^2.5", 4.5), ("u^u", 4.5), ("u^u*u^-1.5", 4.5), ("hypot(u, x^2)", 4.5), ("atan2(u, x^2)", 4.5), ("root(u, 5)", 9),
        ("u^30", 9), ("polygamma(3, u)", 9), ("gamma(u)*u^2.5*sin(u)", 9), ("sin(cos(tan(exp(u/9))))", 4.5),
        ("((u/(1 + u))^0.5 + 1)^1.5", 4.5),
    ],
)  # fmt: skip
def test_work_grows_as_a_power_of_the_order(text: str, factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    assert work(SMOOTH + text, 40, monkeypatch) <= factor * work(SMOOTH + text, 20, monkeypatch)


@pytest.mark.parametrize("text", ["sin(t)", "t*exp(-t)", "(1 + t^2)^0.5", "tan(t)/2", "tanh(t + t^2)"])
def test_work_grows_as_the_length_of_the_program(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    less, more = (work("; ".join(["t = x/9", *[f"t = {text}"] * n]), 8, monkeypatch) for n in (10, 40))
    assert more <= 4.4 * less


def closure_of(text: str, order: int) -> int:
    """Return how many nodes it takes."""
    program = elaborate(parse(text), {})
    closure = Closure(program.graph, {"x": 0.75}, "x", order)
    closure.expand([program.output])
    return len(closure.graph.nodes)


@pytest.mark.core
@pytest.mark.parametrize(
    "text", ["sin(x)", "tanh(x)", "erf(x)", "sqrt(x)", "x^2.5", "x^x", "atan2(x, 2)", "sech(x)", "asin(x)"]
)
def test_most_rules_close(text: str) -> None:
    assert closure_of(text, 50) == closure_of(text, 5)


@pytest.mark.core
def test_deep_programs_need_no_recursion() -> None:
    """sin(sin(...sin(x)))) against its derivatives by the chain rule, in 30 digits."""
    depth, graph = 10_000, Graph()
    node = graph.input("x")
    for _ in range(depth):
        node = graph.put((TABLE["sin"], node))
    with mp.workdps(30):
        value, first, second = mpf(1), mpf(1), mpf(0)
        for _ in range(depth):
            sine, cosine = mpmath.sin(value), mpmath.cos(value)
            value, first, second = sine, cosine * first, cosine * second - sine * first * first
    found = taylor(graph, [node], {"x": 1.0}, "x", 2)[0]
    assert found == pytest.approx([float(value), float(first), float(second / 2)], rel=1e-10)


# --- Random programs ---


@pytest.mark.core
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS, POINTS)
def test_random_programs(text: str, point: dict[str, float]) -> None:
    """Derivatives to order 3 are those that the symbolic gradient, taken again and again, has at the point."""
    program = elaborate(parse(text), point)
    assume("x" in program.inputs and smooth(text, {name: point[name] for name in program.inputs}))
    found = taylor(program.graph, [program.output], point, "x", 3)[0]
    graph, node = program.graph, program.output
    for k in range(4):
        true = evaluate(graph, point, FLOATS)[node]
        assume(isfinite(true))
        assert abs(found[k] * math.factorial(k) - true) <= 1e-8 * max(1.0, abs(true)), (text, k)
        graph, nodes = symbolic_gradient(graph, node, ["x"])
        node = nodes["x"]


UNSURE = [
    ("sin(x)/x", lambda x: mpmath.sin(x) / x, 1.3, 20),
    ("x/(exp(x) - 1)", lambda x: x / (mpmath.exp(x) - 1), 1e-3, 8),
    ("sqrt(1 + sin(x))", lambda x: mpmath.sqrt(1 + mpmath.sin(x)), 0.5, 14),
    ("exp(x)*cos(x)", lambda x: mpmath.exp(x) * mpmath.cos(x), 0.7, 10),
    ("sqrt(exp(x))", lambda x: mpmath.exp(x / 2), 0.7, 16),
    ("gamma(x)/x", lambda x: mpmath.gamma(x) / x, 2.3, 10),
]


@pytest.mark.parametrize(("text", "function", "x", "order"), UNSURE, ids=[case[0] for case in UNSURE])
def test_the_estimate_of_rounding_holds(text: str, function: Callable[[Any], Any], x: float, order: int) -> None:
    """The true error of each coefficient lies within the estimate, and the estimate is no more than a thousand times that of
    the largest error so far or of one rounding."""
    program = elaborate(parse(text), {})
    (found,) = taylor(program.graph, [program.output], {"x": x}, "x", order)
    (estimates,) = errors(program.graph, [program.output], {"x": x}, "x", order, [found])
    with mp.workdps(80):
        true = mpmath.taylor(function, mpf(x), order)
        for c, exact, estimate in zip(found, true, estimates):
            error = abs(c - exact)
            assert error <= estimate + abs(exact) * 2**-53
            assert estimate <= 1000 * (error + abs(exact) * 2**-52)
