"""Floats: every function is total, and right to a few units in the last place against mpmath.

The points are log-spaced over the whole range of doubles, both signs, and crowd about every root, singularity and kink,
about the ends of a function's span, and about the seams between the formulas that compute it. An error is counted in
ulp of the true value (below the normal doubles the ulp no longer shrinks, which is what a subnormal costs).
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator

import mpmath
import pytest
from mpmath import mp, mpf

from adcli.numbers.floats import FUNCTIONS

inf, nan, pi = math.inf, math.nan, math.pi
LEAST = 2.0**-1022
LARGEST = (2.0 - 2.0**-52) * 2.0**1023
ROOTS = (-2.4570247382208, -2.7476826467274, -3.1435808883499, -5.0084, -9.9999997)
"""Roots of lgamma on the negative axis, more or less."""

# fmt: off
NASTY = (
    0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 1.5, -2.5, 0.9999999999999999, 1.0000000000000002, 20.0,
    -20.0, inf, -inf, nan, 5e-324, -5e-324, LEAST, -LEAST, 1e-300, 1e300, -1e300, LARGEST, -LARGEST, 171.7, -177.5,
    710.0, -710.0, 745.2, -745.2, 2.0**53, -(2.0**53), 1e16, -1e16, 1e5, -1e5, 1000.0, 1001.0, 0.1, -0.1,
)

TRUTH: dict[str, Callable[..., mpf]] = {
    "div": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "pow1": lambda x, y: y * x**y / x if x > 0 or y == int(y) else mpf("nan"),
    "powln": lambda x, y: x**y * mpmath.log(x) if x > 0 else mpf("nan"),
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "cot": mpmath.cot, "sec": mpmath.sec, "csc": mpmath.csc,
    "asin": mpmath.asin, "acos": mpmath.acos, "atan": mpmath.atan, "atan2": mpmath.atan2,
    "acot": mpmath.acot, "asec": mpmath.asec, "acsc": mpmath.acsc,
    "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh,
    "coth": mpmath.coth, "sech": mpmath.sech, "csch": mpmath.csch,
    "asinh": mpmath.asinh, "acosh": mpmath.acosh, "atanh": mpmath.atanh,
    "acoth": mpmath.acoth, "asech": lambda x: mpmath.acosh(1 / x), "acsch": lambda x: mpmath.asinh(1 / x),
    "exp": mpmath.exp, "exp2": lambda x: mpf(2) ** x, "expm1": mpmath.expm1,
    "ln": mpmath.log, "log10": mpmath.log10, "log2": lambda x: mpmath.log(x) / mpmath.log(2), "log1p": mpmath.log1p,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)), "logit": lambda x: mpmath.log(x / (1 - x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "gauss": lambda x: mpmath.exp(-x * x), "erf": mpmath.erf, "erfc": mpmath.erfc,
    "sqrt": mpmath.sqrt, "cbrt": lambda x: real_root(x, 3), "hypot": lambda x, y: mpmath.sqrt(x * x + y * y),
    "root": lambda x, n: real_root(x, n), "root1": lambda x, n: real_root(x, n) / (n * x),
    "lorentz": lambda x: 1 / (1 + x * x), "polar": lambda x, y: x / (x * x + y * y),
    "cosine": lambda x, y: x / mpmath.sqrt(x * x + y * y),
    "gamma": mpmath.gamma, "lgamma": lambda x: mpmath.loggamma(x).real, "digamma": mpmath.digamma,
}

LIMIT = dict.fromkeys(("acot", "asec", "acsc", "acoth", "asech", "acsch", "gamma", "lgamma", "digamma"), 16.0)
"""The largest error allowed, in ulp; 4 for every other function."""

CLOSE = {
    "sin": (0.0, pi, -pi, 100 * pi), "cos": (pi / 2, -pi / 2, 100.5 * pi), "tan": (0.0, pi / 2, pi),
    "cot": (0.0, pi / 2, pi),
    "sec": (pi / 2, -pi / 2), "csc": (0.0, pi, -pi), "asin": (-1.0, 0.0, 1.0), "acos": (-1.0, 0.0, 1.0), "acot": (0.0,),
    "asec": (-1.0, 1.0), "acsc": (-1.0, 1.0), "acosh": (1.0,), "atanh": (-1.0, 0.0, 1.0), "acoth": (-1.0, 1.0),
    "asech": (0.0, 1.0), "ln": (1.0,), "log10": (1.0,), "log2": (1.0,), "log1p": (-1.0, 0.0), "sech": (0.0, 20.0),
    "csch": (0.0, 20.0), "erfc": (0.0, 1.25, 6.0, 26.5), "logit": (0.0, 0.25, 0.5, 0.75, 1.0),
    "lorentz": (0.0, 1e8, 1e150),
    "gamma": (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 10.0, 171.6, -0.5, -1.0, -2.0, -3.0, -10.0, -177.0),
    "lgamma": (0.0, 0.5, 0.75, 1.0, 1.2, 1.75, 2.0, 2.5, 10.0, -1.0, -2.0, -3.0, -20.0, -31.0, *ROOTS),
    "digamma": (0.5, 1.0, 1.2, 1.4616321449683623, 1.75, 2.5, 10.0),
}

SPAN = {
    "gamma": (-185.0, 172.0), "lgamma": (-40.0, 40.0), "digamma": (0.0, 30.0), "erf": (-7.0, 7.0), "erfc": (-7.0, 27.3),
    "exp": (-746.0, 710.0), "expm1": (-40.0, 710.0), "exp2": (-1075.0, 1024.0), "sinh": (-711.0, 711.0),
    "cosh": (-711.0, 711.0), "tanh": (-25.0, 25.0), "sech": (-746.0, 746.0), "csch": (-746.0, 746.0),
    "coth": (-25.0, 25.0),
    "gauss": (-28.0, 28.0), "sigmoid": (-746.0, 40.0), "softplus": (-746.0, 40.0), "logit": (0.0, 1.0),
    "asin": (-1.0, 1.0),
    "acos": (-1.0, 1.0), "atanh": (-1.0, 1.0), "asech": (0.0, 1.0), "lorentz": (-3.0, 3.0), "log1p": (-1.0, 3.0),
}

FAR = {  # where the value leaves the doubles for good, which mpmath would compute digit by digit
    **dict.fromkeys(("exp", "exp2", "expm1", "sinh", "cosh", "tanh", "coth"), 1e5),
    **dict.fromkeys(("sech", "csch", "sigmoid", "softplus"), 1e5),
    "gamma": 1e4, "erf": 1e4, "erfc": 1e4, "gauss": 1e4, "lgamma": 1e305,
}

TWO = (
    "add", "sub", "mul", "div", "pow", "pow1", "powln", "lt", "le", "gt", "ge", "eq", "ne", "and", "or", "atan2",
    "hypot",
    "cosine", "polar", "root", "root1", "polygamma",
)
ARITY = {name: 3 if name in ("where", "min", "max") else 2 if name in TWO else 1 for name in FUNCTIONS}
# fmt: on


def real_root(x: mpf, n: mpf) -> mpf:
    return -((-x) ** (mpf(1) / n)) if x < 0 and n % 2 else x ** (mpf(1) / n)


def spread(rng: random.Random, count: int) -> Iterator[float]:
    """Give normal doubles of either sign, log-spaced."""
    for _ in range(count):
        yield math.ldexp(rng.uniform(1.0, 2.0), rng.randint(-1022, 1022)) * rng.choice((1, -1))


def near(rng: random.Random, place: float, count: int) -> Iterator[float]:
    """Give a place and doubles on either side of it, 1e-15 to 1e-1 away (relative to it, when it is not 0)."""
    yield place
    for _ in range(count):
        yield place + (place or 1.0) * 10.0 ** rng.uniform(-15, -1) * rng.choice((1, -1))


def points(name: str, count: int) -> list[tuple[float, ...]]:
    """Give seeded arguments: so many over the whole range, half as many over a span, a quarter about each place."""
    rng = random.Random(name)
    if name in ("root", "root1"):
        orders = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 33.0, 1000.0, 2001.0, -1.0, -2.0, -3.0, -7.0)
        return [(x, rng.choice(orders)) for x in spread(rng, count)]
    if name in ("pow", "pow1", "powln"):
        wild = zip(spread(rng, count // 4), spread(rng, count))
        return [(1e30, 0.1), *powers(rng, spread(rng, count)), *powers(rng, near(rng, 1.0, count)), *wild]
    if ARITY[name] == 2:
        pairs = [*zip(spread(rng, count), spread(rng, count))]
        return pairs + [(x, x * 10.0 ** rng.uniform(-8, 8)) for x in spread(rng, count) if 1e-299 < abs(x) < 1e299]
    low, high = SPAN.get(name, (-50.0, 50.0))
    xs = [*spread(rng, count), *(rng.uniform(low, high) for _ in range(count // 2))]
    for place in CLOSE.get(name, (0.0,)):
        xs += near(rng, place, count // 4)
    least = {"lgamma": -1e4, "digamma": 0.0}.get(name, -inf)  # below 0 digamma answers to a test of its own
    return [(x,) for x in xs if least <= x and abs(x) <= FAR.get(name, inf)]


def powers(rng: random.Random, bases: Iterator[float]) -> Iterator[tuple[float, float]]:
    """Pair each base with an exponent whose power lies in range, or a little outside."""
    for x in bases:
        y = rng.uniform(-750, 750) / (math.log(abs(x)) or 1.0) * rng.choice((1, 1, 1e-3, 1e-9))
        yield x, float(round(y)) if x < 0 and rng.random() < 0.9 else y


def truth(name: str, arguments: tuple[float, ...]) -> mpf | None:
    """Give the true value at 90 digits, which is ample for what near() can cancel; nan where it is not real.

    None at a pole of mpmath's.
    """
    with mp.workprec(300):
        try:
            value = TRUTH[name](*map(mpf, arguments))
        except (ValueError, ZeroDivisionError):
            return None
        return mpf("nan") if isinstance(value, mpmath.mpc) else value


def ulps(value: float, true: mpf) -> float:
    """Give the error of a value in units of the last place of the true one."""
    if mpmath.isnan(true):
        return 0.0 if math.isnan(value) else inf
    nearest = float(true)
    if math.isinf(nearest) or not math.isfinite(value):
        return 0.0 if value == nearest else inf
    with mp.workprec(300):
        return float(abs(mpf(value) - true) / mpf(math.ulp(nearest)))


def worst(name: str, count: int) -> tuple[float, tuple[float, ...]]:
    """Give the largest error of a function over its points, and where it is."""
    found: tuple[float, tuple[float, ...]] = (0.0, ())
    for arguments in points(name, count):
        true = truth(name, arguments)
        if true is not None:
            found = max(found, (ulps(FUNCTIONS[name](*arguments), true), arguments))
    return found


@pytest.mark.core
@pytest.mark.parametrize("name", FUNCTIONS)
def test_total(name: str) -> None:
    for arguments in itertools.product(NASTY if ARITY[name] < 3 else NASTY[::3], repeat=ARITY[name]):
        value = FUNCTIONS[name](*arguments)
        assert type(value) is float, arguments


@pytest.mark.core
@pytest.mark.parametrize("name", TRUTH)
def test_accurate(name: str) -> None:
    error, at = worst(name, 120)
    assert error <= LIMIT.get(name, 4.0), at


@pytest.mark.parametrize("name", TRUTH)
def test_accurate_on_many_points(name: str) -> None:
    error, at = worst(name, 2000)
    assert error <= LIMIT.get(name, 4.0), at


def naive_logit(x: float) -> float:
    return math.log(x / (1.0 - x)) if 0.0 < x < 1.0 else nan


def libm_lgamma(x: float) -> float:
    return math.lgamma(x) if x > 0.0 or x % 1.0 else inf


@pytest.mark.core
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("logit", naive_logit),
        ("lgamma", libm_lgamma),
        ("asec", lambda x: math.acos(1.0 / x) if abs(x) >= 1.0 else nan),
        ("pow1", lambda x, y: y * FUNCTIONS["pow"](x, y - 1.0)),
        ("gauss", lambda x: math.exp(-x * x)),
        ("erf", lambda x: math.erf(x) * (1.0 + 1e-15)),
    ],
)
def test_a_wrong_function_is_caught(name: str, wrong: Callable[..., float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FUNCTIONS, name, wrong)
    error, _ = worst(name, 120)
    assert error > LIMIT.get(name, 4.0)


def hurwitz(s: int, x: float) -> mpf:
    """Give zeta(s, x) to 60 digits: mpmath's own loses them where the value is small."""
    begin = max(0, int(s + 60 - x))
    y = mpf(x) + begin
    total = mpmath.fsum((mpf(x) + k) ** -s for k in range(begin)) + y ** (1 - s) / (s - 1) + y**-s / 2
    factor = s * y ** (-s - 1)
    for j in range(1, 50):
        total += mpmath.bernoulli(2 * j) / mpmath.factorial(2 * j) * factor
        factor *= (s + 2 * j - 1) * (s + 2 * j) / y**2
    return total


@pytest.mark.core
@pytest.mark.parametrize("n", [1, 2, 3, 5, 10, 20, 100, 171, 300])
def test_polygamma_on_the_positive_axis(n: int) -> None:
    rng = random.Random(n)
    xs = [abs(x) for x in spread(rng, 30)] + [10.0 ** rng.uniform(-3, 9) for _ in range(30)]
    for x in xs + [rng.uniform(0.0, 2.0 * n + 20.0) for _ in range(30)]:
        with mp.workprec(300):
            true = (-1) ** (n + 1) * mpmath.factorial(n) * hurwitz(n + 1, x)
        assert ulps(FUNCTIONS["polygamma"](float(n), x), true) <= 16.0, x


@pytest.mark.core
@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 10])
def test_polygamma_on_the_negative_axis(n: int) -> None:
    rng = random.Random(n)
    xs = [rng.uniform(-40.0, 0.0) for _ in range(30)] + [-k - 0.5 for k in range(5)]
    for place in (0.0, -1.0, -2.0, -10.0, -100.0):
        xs += [x for x in near(rng, place, 15) if x < 0.0 and x % 1.0]
    for x in xs:
        with mp.workprec(300):
            true = mpmath.psi(n, mpf(x))
        value = FUNCTIONS["polygamma"](float(n), x)
        assert value == float(true) or abs(value - true) <= 1e-12 * max(1, abs(true)), x


@pytest.mark.core
def test_polygamma_far_out_on_the_negative_axis() -> None:
    """At -10^6 + 1/3 there are a million terms that no one adds."""
    with mp.workprec(300):
        x = -1e6 + 1 / 3
        true = (mp.pi / mpmath.sin(mp.pi * mpf(x))) ** 2 - hurwitz(2, 1.0 - x)
    assert abs(FUNCTIONS["polygamma"](1.0, x) - true) < 1e-12 * true


@pytest.mark.core
def test_where_an_order_is_none() -> None:
    assert all(math.isnan(FUNCTIONS["polygamma"](n, 2.0)) for n in (-1.0, 0.5, inf, nan, 1e9))
    assert all(math.isnan(FUNCTIONS["root"](2.0, n)) for n in (0.0, 0.5, inf, nan))


# fmt: off
PINS = [
    ("pow(0, 0)", 1.0), ("pow(0, 0.5)", 0.0), ("pow(-2, 3)", -8.0), ("pow(-8, 0.3333333333333333)", nan),
    ("pow(0, -1)", inf),
    ("pow(-0.0, -1)", -inf), ("pow(-10, 309)", -inf), ("pow(10, 309)", inf), ("pow(-1, inf)", 1.0),
    ("pow1(0, 0)", 0.0), ("pow1(0, 1)", 1.0), ("pow1(0, 2)", 0.0), ("pow1(0, 1.875)", 0.0), ("pow1(0, 0.5)", inf),
    ("pow1(-2, 3)", 12.0), ("pow1(-2, 2)", -4.0), ("pow1(-2, 0.5)", nan), ("pow1(nan, 0)", 0.0), ("pow1(0, -1)", -inf),
    ("pow1(-1, 9007199254740992)", -(2.0**53)), ("pow1(1, 1e300)", 1e300), ("pow1(inf, 0.5)", 0.0),
    ("pow1(inf, 2)", inf),
    ("powln(0, 2)", 0.0), ("powln(0, 0)", -inf), ("powln(-2, 3)", nan), ("powln(1, 5)", 0.0), ("powln(inf, -1)", 0.0),
    ("cosine(0, 0)", 0.0), ("cosine(1.2e308, 1.6e308)", 0.6), ("cosine(5e-324, 0)", 1.0), ("cosine(inf, 1)", 1.0),
    ("cosine(1, inf)", 0.0), ("polar(0, 0)", nan), ("polar(1, inf)", 0.0), ("polar(inf, inf)", 0.0),
    ("polar(5e-324, 0)", inf),
    ("root1(0, 3)", inf), ("root1(0, 2)", inf), ("root1(0, 1)", 1.0), ("root1(-8, 3)", 1 / 12), ("root1(-4, 2)", nan),
    ("root1(inf, 2)", 0.0), ("root(-8, 3)", -2.0), ("root(-4, 2)", nan), ("root(0, 3)", 0.0), ("root(0, -2)", inf),
    ("root(243, 5)", 3.0), ("root(4, -2)", 0.5), ("root(inf, 3)", inf), ("root(-inf, 3)", -inf), ("root(-8, 1)", -8.0),
    ("cbrt(27)", 3.0), ("cbrt(-1e300)", -1e100), ("cbrt(5e-324)", 1.7031839360032603e-108), ("lorentz(1.2e308)", 0.0),
    ("div(1, 0)", inf), ("div(1, -0.0)", -inf), ("div(-1, 0)", -inf), ("div(0, 0)", nan), ("div(nan, 0)", nan),
    ("ln(0)", -inf), ("ln(-1)", nan), ("ln(inf)", inf), ("log1p(-1)", -inf), ("log2(8)", 3.0), ("log10(1000)", 3.0),
    ("exp(1000)", inf), ("exp(-1000)", 0.0), ("exp2(10)", 1024.0), ("exp2(1e300)", inf), ("expm1(1e300)", inf),
    ("expm1(-inf)", -1.0),
    ("sin(inf)", nan), ("tan(-inf)", nan), ("cot(0)", inf), ("csc(-0.0)", -inf), ("sqrt(-1)", nan), ("sqrt(0)", 0.0),
    ("acot(0)", pi / 2), ("acot(-0.0)", pi / 2), ("acot(-1)", -pi / 4), ("acot(inf)", 0.0), ("asec(-1)", pi),
    ("asec(1)", 0.0),
    ("asec(inf)", pi / 2), ("asec(0)", nan), ("acsc(-1)", -pi / 2), ("acsc(0.5)", nan), ("acoth(1)", inf),
    ("acoth(-1)", -inf),
    ("acoth(0)", nan), ("acoth(inf)", 0.0), ("asech(0)", inf), ("asech(1)", 0.0), ("asech(2)", nan), ("acsch(0)", inf),
    ("acsch(-0.0)", -inf), ("acsch(inf)", 0.0), ("acosh(0.5)", nan), ("atanh(1)", inf), ("atanh(-1)", -inf),
    ("atanh(2)", nan),
    ("sinh(-1000)", -inf), ("cosh(-1000)", inf), ("sech(1e300)", 0.0), ("csch(0)", inf), ("coth(0)", inf),
    ("coth(-inf)", -1.0),
    ("abs(-3)", 3.0), ("sign(-3)", -1.0), ("sign(0)", 0.0), ("sign(nan)", nan), ("floor(-0.5)", -1.0),
    ("floor(inf)", inf),
    ("ceil(0.5)", 1.0), ("ceil(-inf)", -inf), ("ceil(1e-300)", 1.0), ("floor(-1e-300)", -1.0), ("round(0.5)", 0.0),
    ("round(1.5)", 2.0), ("round(2.5)", 2.0), ("round(-1.5)", -2.0), ("round(0.49999999999999994)", 0.0),
    ("round(inf)", inf),
    ("round(4503599627370497.0)", 4503599627370497.0), ("round(4503599627370495.5)", 4503599627370496.0),
    ("min(3, 1, 2)", 1.0), ("max(3, 1, 2)", 3.0), ("min(nan, 1, 2)", nan), ("max(1, nan, 2)", nan),
    ("max(1, 2, nan)", nan),
    ("min(5)", 5.0), ("step(-1)", 0.0), ("step(0)", 0.5), ("step(1)", 1.0), ("step(nan)", nan), ("relu(-1)", 0.0),
    ("relu(2)", 2.0), ("relu(nan)", nan), ("where(0, 1, 2)", 2.0), ("where(5, 1, 2)", 1.0), ("stop(7)", 7.0),
    ("lt(1, 2)", 1.0), ("le(2, 2)", 1.0), ("gt(1, 2)", 0.0), ("ge(nan, 2)", 0.0), ("eq(0, -0.0)", 1.0),
    ("ne(nan, nan)", 1.0),
    ("and(1, 0)", 0.0), ("or(0, 5)", 1.0), ("not(0)", 1.0), ("not(3)", 0.0),
    ("sigmoid(-1000)", 0.0), ("sigmoid(1000)", 1.0), ("sigmoid(0)", 0.5), ("softplus(1000)", 1000.0),
    ("softplus(-1000)", 0.0),
    ("softplus(inf)", inf), ("logit(0.5)", 0.0), ("logit(0)", -inf), ("logit(1)", inf), ("logit(2)", nan),
    ("gauss(inf)", 0.0),
    ("gauss(0)", 1.0), ("erf(inf)", 1.0), ("erfc(-inf)", 2.0), ("atan2(0, -1)", pi), ("hypot(inf, nan)", inf),
    ("gamma(5)", 24.0), ("gamma(171)", float(math.factorial(170))), ("gamma(0)", inf), ("gamma(-0.0)", -inf),
    ("gamma(-3)", nan),
    ("gamma(-inf)", nan), ("gamma(inf)", inf), ("gamma(172)", inf), ("gamma(-200.5)", 0.0), ("lgamma(0)", inf),
    ("lgamma(-7)", inf), ("lgamma(1)", 0.0), ("lgamma(2)", 0.0), ("lgamma(inf)", inf), ("lgamma(-inf)", inf),
    ("lgamma(1e308)", inf),
    ("digamma(0)", nan), ("digamma(-4)", nan), ("digamma(inf)", inf), ("digamma(-inf)", nan), ("polygamma(1, 0)", inf),
    ("polygamma(2, -3)", nan), ("polygamma(1, -3)", inf), ("polygamma(3, inf)", 0.0),
    ("polygamma(0, 1)", -0.5772156649015329),
]
# fmt: on


@pytest.mark.core
@pytest.mark.parametrize(("call", "value"), PINS)
def test_pinned(call: str, value: float) -> None:
    name, arguments = call[:-1].split("(")
    result = FUNCTIONS[name](*map(float, arguments.split(", ")))
    assert result == value or math.isnan(result) and math.isnan(value)


@pytest.mark.core
def test_roots_of_powers_are_exact() -> None:
    rng = random.Random(1)
    for n in (3, 5, 7, 9, 13):
        for _ in range(200):
            x = float(rng.randint(2, int(2 ** (53 / n)))) * 2.0 ** rng.randint(-60 // n, 60 // n)
            assert FUNCTIONS["root"](x**n, float(n)) == x
            assert n != 3 or FUNCTIONS["cbrt"](-(x**3)) == -x
