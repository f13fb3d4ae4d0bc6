"""The truth about every row of the table, for tests: values and derivatives in mpmath's arithmetic.

Written from the textbook's closed forms and never from a row's own text, at a precision that leaves ample digits after every
cancellation that doubles can provoke. test_rules.py compares the derivatives here with mpmath's numerical ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

import mpmath
from mpmath import mp, mpf

from adcli.rules.primitive import Primitive

PRECISION = 300
"""Bits. A double next to a root leaves its 53 bits of distance; squares of doubles have 106."""

LESS = 200
"""Bits for the gamma family, which is slow; a root of digamma takes 53 of them."""

Number = Any
Closed = Callable[..., Number]


class Undefined(Exception):
    """There is no derivative at the point: a kink, a pole, or a matter of choice."""


def no_derivative(*_: Number) -> Number:
    """Stand for a derivative that the truth says nothing about."""
    raise Undefined


# --- Shorthands, which keep their digits ---


def co_square(x: Number) -> Number:
    """Give 1 - x^2."""
    return (1 - x) * (1 + x)


def below_square(x: Number) -> Number:
    """Give x^2 - 1."""
    return (x - 1) * (x + 1)


def logistic(x: Number) -> Number:
    return 1 / (1 + mpmath.exp(-x)) if x > 0 else mpmath.exp(x) / (1 + mpmath.exp(x))


def logistic1(x: Number) -> Number:
    return logistic(x) * logistic(-x)


def bell(x: Number) -> Number:
    return mpmath.exp(-x * x)


def erfc(x: Number) -> Number:
    """Give erfc(x); far out on the right something as good as 0, for which mpmath cannot tell how many terms it needs."""
    return mpmath.erfc(x) if x < 1e4 else bell(x)


def length(x: Number, y: Number) -> Number:
    return mpmath.sqrt(x * x + y * y)


def real_root(x: Number, n: Number) -> Number:
    return -((-x) ** (mpf(1) / n)) if x < 0 and n % 2 else x ** (mpf(1) / n)


def power(x: Number, y: Number) -> Number:
    """Give x^y, for a negative x and a whole y too."""
    if x < 0:
        if y % 1:
            raise Undefined
        return power(-x, y) * (-1 if y % 2 else 1)
    return mpf(1) if y == 0 else mpf(0) if x == 0 and y > 0 else mpmath.exp(y * mpmath.log(x))


def power_x(x: Number, y: Number) -> Number:
    return mpf(0) if y == 0 else mpf(1) if y == 1 else y * power(x, y - 1) if x else _at_zero(y, 1)


def power_xx(x: Number, y: Number) -> Number:
    return mpf(0) if y in (0, 1) else y * (y - 1) * power(x, y - 2) if x else _at_zero(y, 2)


def _at_zero(y: Number, order: int) -> Number:
    """Give the derivative of x^y by x at 0, for a y that is no smaller whole number."""
    if y < order:
        raise Undefined
    return mpf(2) if y == order == 2 else mpf(0)


def power_y(x: Number, y: Number) -> Number:
    if x < 0 or x == 0 and y <= 0:
        raise Undefined
    return power(x, y) * mpmath.log(x) if x else mpf(0)


def power_xy(x: Number, y: Number) -> Number:
    if x < 0 or x == 0 and y <= 1:
        raise Undefined
    return power(x, y - 1) * (1 + y * mpmath.log(x)) if x else mpf(0)


def power_yy(x: Number, y: Number) -> Number:
    if x < 0 or x == 0 and y <= 0:
        raise Undefined
    return power(x, y) * mpmath.log(x) ** 2 if x else mpf(0)


# --- The gamma family ---


def hurwitz(s: int, x: Number) -> Number:
    """Give zeta(s, x) for x > 0 (DLMF 25.11.7): mpmath's own loses digits where the value is small."""
    with mp.workprec(LESS):
        begin = max(0, int(s + 25 - x)) if x < s + 25 else 0
        y = x + begin
        total = mpmath.fsum((x + k) ** -s for k in range(begin)) + y ** (1 - s) / (s - 1) + y**-s / 2
        factor, square = s * y ** (-s - 1), 1 / y**2
        enough = abs(total) * mpf(2) ** -LESS
        for j in range(1, 60):
            term = bernoulli(j) * factor
            total += term
            if abs(term) < enough:
                return total
            factor *= (s + 2 * j - 1) * (s + 2 * j) * square
    raise ArithmeticError("the series has not converged")


@cache
def bernoulli(j: int) -> Number:
    with mp.workprec(2 * PRECISION):
        return mpmath.bernoulli(2 * j) / mpmath.factorial(2 * j)


@cache
def cotangents(n: int) -> list[int]:
    """Give the n-th derivative of cot as a polynomial in cot, lowest coefficient first."""
    if n == 0:
        return [0, 1]
    by = [k * c for k, c in enumerate(cotangents(n - 1))][1:]
    return [-(a + b) for a, b in zip([*by, 0, 0], [0, 0, *by])]


@lru_cache(1000)
def psi(n: int, x: Number) -> Number:
    """Give the n-th derivative of digamma; on the negative axis by reflection (DLMF 5.15.6)."""
    if x == int(x) and x <= 0:
        raise Undefined
    if x < 0:
        t = mp.pi * (x - mpmath.nint(x))
        cot = mpmath.cot(t)
        slope = mpmath.fsum(c * cot**k for k, c in enumerate(cotangents(n))) * mp.pi ** (n + 1)
        return (-1) ** n * psi(n, 1 - x) - slope
    if n == 0:
        with mp.workprec(LESS):
            return mpmath.digamma(x)
    return (-1) ** (n + 1) * mpmath.factorial(n) * hurwitz(n + 1, x)


def gamma(x: Number) -> Number:
    if x == int(x) and x <= 0:
        raise Undefined
    return mpmath.gamma(x)


def lgamma(x: Number) -> Number:
    if x > 0:
        return mpmath.loggamma(x)
    if x == int(x):
        raise Undefined
    return mpmath.log(mp.pi / abs(mpmath.sin(mp.pi * (x - mpmath.nint(x))))) - mpmath.loggamma(1 - x)


# --- Piecewise ---


def away(condition: Callable[..., bool], value: Closed) -> Closed:
    """Give the derivative off a kink, where the condition holds."""

    def derivative(*arguments: Number) -> Number:
        if not condition(*arguments):
            raise Undefined
        return value(*arguments)

    return derivative


def zero(*_: Number) -> Number:
    return NOTHING


def one(*_: Number) -> Number:
    return UNIT


NOTHING, UNIT = mpf(0), mpf(1)


def fraction(x: Number) -> Number:
    return x - mpmath.floor(x)


NOT_ZERO, NOT_WHOLE, NOT_HALF = bool, fraction, lambda x: fraction(x) != 0.5


def unequal(x: Number, y: Number) -> bool:
    return bool(x != y)


# fmt: off
VALUES: dict[str, Closed] = {
    "add": lambda x, y: mpmath.fadd(x, y, exact=True), "sub": lambda x, y: mpmath.fsub(x, y, exact=True),
    "mul": lambda x, y: x * y, "div": lambda x, y: x / y, "neg": lambda x: -x, "pow": power,
    "lt": lambda x, y: mpf(x < y), "le": lambda x, y: mpf(x <= y), "gt": lambda x, y: mpf(x > y),
    "ge": lambda x, y: mpf(x >= y), "eq": lambda x, y: mpf(x == y), "ne": lambda x, y: mpf(x != y),
    "and": lambda x, y: mpf(bool(x and y)), "or": lambda x, y: mpf(bool(x or y)), "not": lambda x: mpf(not x),
    "where": lambda c, x, y: x if c else y,
    "sqrt": mpmath.sqrt, "cbrt": lambda x: real_root(x, 3), "root": real_root, "hypot": length,
    "exp": mpmath.exp, "exp2": lambda x: mpf(2) ** x, "expm1": mpmath.expm1,
    "ln": mpmath.log, "log2": lambda x: mpmath.log(x) / mpmath.log(2), "log10": mpmath.log10, "log1p": mpmath.log1p,
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "cot": mpmath.cot, "sec": mpmath.sec, "csc": mpmath.csc,
    "asin": mpmath.asin, "acos": mpmath.acos, "atan": mpmath.atan, "atan2": mpmath.atan2,
    "acot": lambda x: mpmath.atan(1 / x) if x else mp.pi / 2, "asec": mpmath.asec, "acsc": mpmath.acsc,
    "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh,
    "coth": mpmath.coth, "sech": mpmath.sech, "csch": mpmath.csch,
    "asinh": mpmath.asinh, "acosh": mpmath.acosh, "atanh": mpmath.atanh,
    "acoth": mpmath.acoth, "asech": lambda x: mpmath.acosh(1 / x), "acsch": lambda x: mpmath.asinh(1 / x),
    "abs": abs, "sign": mpmath.sign, "floor": mpmath.floor, "ceil": mpmath.ceil, "round": mpmath.nint,
    "step": lambda x: (1 + mpmath.sign(x)) / 2, "relu": lambda x: max(x, mpf(0)), "min": min, "max": max,
    "stop": lambda x: x,
    "sigmoid": logistic, "logit": lambda x: mpmath.log(x / (1 - x)),
    "softplus": lambda x: max(x, mpf(0)) + mpmath.log1p(mpmath.exp(-abs(x))),
    "erf": mpmath.erf, "erfc": erfc,
    "gamma": gamma, "lgamma": lgamma, "digamma": lambda x: psi(0, x), "polygamma": lambda n, x: psi(int(n), x),
    "pow1": power_x, "powln": power_y, "root1": lambda x, n: real_root(x, n) / (n * x), "gauss": bell,
    "sech2": lambda x: mpmath.sech(x) ** 2, "csch2": lambda x: mpmath.csch(x) ** 2, "cosquare": co_square,
    "sigmoid1": logistic1, "lorentz": lambda x: 1 / (1 + x * x),
    "cosine": lambda x, y: x / length(x, y), "polar": lambda x, y: x / (x * x + y * y),
}

FIRST: dict[str, tuple[Closed, ...]] = {
    "add": (one, one), "sub": (one, lambda x, y: mpf(-1)), "mul": (lambda x, y: y, lambda x, y: x),
    "div": (lambda x, y: 1 / y, lambda x, y: -x / y**2), "neg": (lambda x: mpf(-1),), "pow": (power_x, power_y),
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), (away(unequal, zero),) * 2),
    "and": (zero, zero), "or": (zero, zero), "not": (zero,),
    "where": (zero, lambda c, x, y: mpf(bool(c)), lambda c, x, y: mpf(not c)),
    "sqrt": (away(NOT_ZERO, lambda x: 1 / (2 * mpmath.sqrt(x))),),
    "cbrt": (away(NOT_ZERO, lambda x: 1 / (3 * real_root(x, 3) ** 2)),),
    "root": (away(lambda x, n: x != 0 or n == 1, lambda x, n: real_root(x, n) / (n * x) if n != 1 else mpf(1)), no_derivative),
    "hypot": (away(lambda x, y: x or y, lambda x, y: x / length(x, y)), away(lambda x, y: x or y, lambda x, y: y / length(x, y))),
    "exp": (mpmath.exp,), "exp2": (lambda x: mpmath.log(2) * mpf(2) ** x,), "expm1": (mpmath.exp,),
    "ln": (lambda x: 1 / x,), "log2": (lambda x: 1 / (x * mpmath.log(2)),), "log10": (lambda x: 1 / (x * mpmath.log(10)),),
    "log1p": (lambda x: 1 / (1 + x),),
    "sin": (mpmath.cos,), "cos": (lambda x: -mpmath.sin(x),), "tan": (lambda x: mpmath.sec(x) ** 2,),
    "cot": (lambda x: -(mpmath.csc(x) ** 2),), "sec": (lambda x: mpmath.sec(x) * mpmath.tan(x),),
    "csc": (lambda x: -mpmath.csc(x) * mpmath.cot(x),),
    "asin": (lambda x: 1 / mpmath.sqrt(co_square(x)),), "acos": (lambda x: -1 / mpmath.sqrt(co_square(x)),),
    "atan": (lambda x: 1 / (1 + x**2),), "acot": (away(NOT_ZERO, lambda x: -1 / (1 + x**2)),),
    "asec": (lambda x: 1 / (abs(x) * mpmath.sqrt(below_square(x))),),
    "acsc": (lambda x: -1 / (abs(x) * mpmath.sqrt(below_square(x))),),
    "atan2": (lambda y, x: x / (x * x + y * y), lambda y, x: -y / (x * x + y * y)),
    "sinh": (mpmath.cosh,), "cosh": (mpmath.sinh,), "tanh": (lambda x: mpmath.sech(x) ** 2,),
    "coth": (lambda x: -(mpmath.csch(x) ** 2),), "sech": (lambda x: -mpmath.sech(x) * mpmath.tanh(x),),
    "csch": (lambda x: -mpmath.csch(x) * mpmath.coth(x),),
    "asinh": (lambda x: 1 / mpmath.sqrt(1 + x**2),), "acosh": (lambda x: 1 / mpmath.sqrt(below_square(x)),),
    "atanh": (lambda x: 1 / co_square(x),), "acoth": (lambda x: 1 / co_square(x),),
    "asech": (lambda x: -1 / (x * mpmath.sqrt(co_square(x))),), "acsch": (lambda x: -1 / (abs(x) * mpmath.sqrt(1 + x**2)),),
    "abs": (away(NOT_ZERO, mpmath.sign),), "sign": (away(NOT_ZERO, zero),), "step": (away(NOT_ZERO, zero),),
    "floor": (away(NOT_WHOLE, zero),), "ceil": (away(NOT_WHOLE, zero),), "round": (away(NOT_HALF, zero),),
    "relu": (away(NOT_ZERO, lambda x: mpf(x > 0)),), "stop": (zero,),
    "min": (away(unequal, lambda x, y: mpf(x < y)), away(unequal, lambda x, y: mpf(y < x))),
    "max": (away(unequal, lambda x, y: mpf(x > y)), away(unequal, lambda x, y: mpf(y > x))),
    "sigmoid": (logistic1,), "logit": (lambda x: 1 / (x * (1 - x)),), "softplus": (logistic,),
    "erf": (lambda x: 2 / mpmath.sqrt(mp.pi) * bell(x),), "erfc": (lambda x: -2 / mpmath.sqrt(mp.pi) * bell(x),),
    "gamma": (lambda x: gamma(x) * psi(0, x),), "lgamma": (lambda x: psi(0, x),), "digamma": (lambda x: psi(1, x),),
    "polygamma": (no_derivative, lambda n, x: psi(int(n) + 1, x)),
    "pow1": (power_xx, power_xy), "powln": (power_xy, power_yy),
    "root1": (lambda x, n: (1 - n) * real_root(x, n) / (n * x) ** 2, no_derivative), "gauss": (lambda x: -2 * x * bell(x),),
    "sech2": (lambda x: -2 * mpmath.tanh(x) * mpmath.sech(x) ** 2,),
    "csch2": (lambda x: -2 * mpmath.coth(x) * mpmath.csch(x) ** 2,), "cosquare": (lambda x: -2 * x,),
    "sigmoid1": (lambda x: -logistic1(x) * mpmath.tanh(x / 2),),
    "lorentz": (lambda x: -2 * x / (1 + x**2) ** 2,),
    "cosine": (lambda x, y: y**2 / length(x, y) ** 3, lambda x, y: -x * y / length(x, y) ** 3),
    "polar": (lambda x, y: (y - x) * (y + x) / (x * x + y * y) ** 2, lambda x, y: -2 * x * y / (x * x + y * y) ** 2),
}

ZEROS = ((zero, zero), (zero, zero))

SECOND: dict[str, tuple[tuple[Closed, ...], ...]] = {
    "add": ZEROS, "sub": ZEROS, "mul": ((zero, one), (one, zero)), "neg": ((zero,),),
    "div": ((zero, lambda x, y: -1 / y**2), (lambda x, y: -1 / y**2, lambda x, y: 2 * x / y**3)),
    "pow": ((power_xx, power_xy), (power_xy, power_yy)),
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne", "min", "max"), ((away(unequal, zero),) * 2,) * 2),
    "and": ZEROS, "or": ZEROS, "not": ((zero,),), "where": ((zero,) * 3,) * 3,
    "sqrt": ((away(NOT_ZERO, lambda x: -1 / (4 * mpmath.sqrt(x) ** 3)),),),
    "cbrt": ((away(NOT_ZERO, lambda x: -2 / (9 * real_root(x, 3) ** 5)),),),
    "root": ((away(lambda x, n: x != 0 or n == 1, lambda x, n: (1 - n) * real_root(x, n) / (n * x) ** 2 if n != 1 else mpf(0)),
              no_derivative), (no_derivative, no_derivative)),
    "hypot": ((away(lambda x, y: x or y, lambda x, y: y**2 / length(x, y) ** 3),
               away(lambda x, y: x or y, lambda x, y: -x * y / length(x, y) ** 3)),
              (away(lambda x, y: x or y, lambda x, y: -x * y / length(x, y) ** 3),
               away(lambda x, y: x or y, lambda x, y: x**2 / length(x, y) ** 3))),
    "exp": ((mpmath.exp,),), "exp2": ((lambda x: mpmath.log(2) ** 2 * mpf(2) ** x,),), "expm1": ((mpmath.exp,),),
    "ln": ((lambda x: -1 / x**2,),), "log2": ((lambda x: -1 / (x**2 * mpmath.log(2)),),),
    "log10": ((lambda x: -1 / (x**2 * mpmath.log(10)),),), "log1p": ((lambda x: -1 / (1 + x) ** 2,),),
    "sin": ((lambda x: -mpmath.sin(x),),), "cos": ((lambda x: -mpmath.cos(x),),),
    "tan": ((lambda x: 2 * mpmath.tan(x) * mpmath.sec(x) ** 2,),), "cot": ((lambda x: 2 * mpmath.cot(x) * mpmath.csc(x) ** 2,),),
    "sec": ((lambda x: mpmath.sec(x) * (mpmath.tan(x) ** 2 + mpmath.sec(x) ** 2),),),
    "csc": ((lambda x: mpmath.csc(x) * (mpmath.cot(x) ** 2 + mpmath.csc(x) ** 2),),),
    "asin": ((lambda x: x / mpmath.sqrt(co_square(x)) ** 3,),), "acos": ((lambda x: -x / mpmath.sqrt(co_square(x)) ** 3,),),
    "atan": ((lambda x: -2 * x / (1 + x**2) ** 2,),), "acot": ((away(NOT_ZERO, lambda x: 2 * x / (1 + x**2) ** 2),),),
    "asec": ((lambda x: -(2 * x**2 - 1) / (x * abs(x) * mpmath.sqrt(below_square(x)) ** 3),),),
    "acsc": ((lambda x: (2 * x**2 - 1) / (x * abs(x) * mpmath.sqrt(below_square(x)) ** 3),),),
    "atan2": ((lambda y, x: -2 * x * y / (x * x + y * y) ** 2, lambda y, x: (y - x) * (y + x) / (x * x + y * y) ** 2),
              (lambda y, x: (y - x) * (y + x) / (x * x + y * y) ** 2, lambda y, x: 2 * x * y / (x * x + y * y) ** 2)),
    "sinh": ((mpmath.sinh,),), "cosh": ((mpmath.cosh,),), "tanh": ((lambda x: -2 * mpmath.tanh(x) * mpmath.sech(x) ** 2,),),
    "coth": ((lambda x: 2 * mpmath.coth(x) * mpmath.csch(x) ** 2,),),
    "sech": ((lambda x: mpmath.sech(x) * (mpmath.tanh(x) ** 2 - mpmath.sech(x) ** 2),),),
    "csch": ((lambda x: mpmath.csch(x) * (mpmath.coth(x) ** 2 + mpmath.csch(x) ** 2),),),
    "asinh": ((lambda x: -x / mpmath.sqrt(1 + x**2) ** 3,),), "acosh": ((lambda x: -x / mpmath.sqrt(below_square(x)) ** 3,),),
    "atanh": ((lambda x: 2 * x / co_square(x) ** 2,),), "acoth": ((lambda x: 2 * x / co_square(x) ** 2,),),
    "asech": ((lambda x: (1 - 2 * x**2) / (x**2 * mpmath.sqrt(co_square(x)) ** 3),),),
    "acsch": ((lambda x: (1 + 2 * x**2) / (x * abs(x) * mpmath.sqrt(1 + x**2) ** 3),),),
    "abs": ((away(NOT_ZERO, zero),),), "sign": ((away(NOT_ZERO, zero),),), "step": ((away(NOT_ZERO, zero),),),
    "floor": ((away(NOT_WHOLE, zero),),), "ceil": ((away(NOT_WHOLE, zero),),), "round": ((away(NOT_HALF, zero),),),
    "relu": ((away(NOT_ZERO, zero),),), "stop": ((zero,),),
    "sigmoid": ((lambda x: -logistic1(x) * mpmath.tanh(x / 2),),),
    "logit": ((lambda x: (2 * x - 1) / (x * (1 - x)) ** 2,),), "softplus": ((logistic1,),),
    "erf": ((lambda x: -4 * x / mpmath.sqrt(mp.pi) * bell(x),),), "erfc": ((lambda x: 4 * x / mpmath.sqrt(mp.pi) * bell(x),),),
    "gamma": ((lambda x: gamma(x) * (psi(0, x) ** 2 + psi(1, x)),),), "lgamma": ((lambda x: psi(1, x),),),
    "digamma": ((lambda x: psi(2, x),),),
    "polygamma": ((no_derivative, no_derivative), (no_derivative, lambda n, x: psi(int(n) + 2, x))),
}
# fmt: on


def exact(arguments: Sequence[float]) -> list[Number]:
    """Return doubles as mpmath's numbers."""
    return [mpf(argument) for argument in arguments]


def value(row: Primitive, arguments: Sequence[Number]) -> Number | None:
    """Return the true value of a row; None where it has none."""
    return true(VALUES[row.name], arguments)


def first(row: Primitive, arguments: Sequence[Number], by: int) -> Number | None:
    """Return the true derivative of a row by one of its arguments; None where it has none."""
    return true(FIRST[row.name][by], arguments)


def second(row: Primitive, arguments: Sequence[Number], by: int, then: int) -> Number | None:
    """Return the true second derivative of a row; None where it has none."""
    return true(SECOND[row.name][by][then], arguments)


def true(closed: Closed, arguments: Sequence[Number]) -> Number | None:
    """Return a closed form at a point; None where it is undefined or not real."""
    if closed is zero or closed is one:
        return closed()
    if isinstance(arguments[0], float):
        arguments = exact(arguments)
    precision, mp.prec = mp.prec, PRECISION  # mpmath's own context manager takes longer than a sine
    try:
        found = closed(*arguments)
    except (Undefined, ZeroDivisionError, ValueError):
        return None
    finally:
        mp.prec = precision
    return None if isinstance(found, mpmath.mpc) or not mpmath.isfinite(found) else found


def condition(closed: Closed, arguments: Sequence[float]) -> Number:
    """Return how much a closed form changes when the arguments do, relatively: the sum of |x df/dx|, by difference quotients
    whose step the precision can bear."""
    step = mpf(2) ** -100
    total = mpf(0)
    with mp.workprec(2 * PRECISION):
        here = exact(arguments)
        for number, argument in enumerate(here):
            moved = [*here[:number], argument * (1 + step), *here[number + 1 :]]
            try:
                total += abs(closed(*moved) - closed(*here)) / step
            except (Undefined, ZeroDivisionError, ValueError, TypeError):
                continue
    return total


def nearest(true: Number) -> float:
    """Return the double nearest to a true value, infinite beyond the range."""
    try:
        return float(true)
    except OverflowError:
        return math.copysign(math.inf, mpmath.sign(true))
