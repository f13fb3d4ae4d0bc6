"""Circular and hyperbolic functions of floats, and their inverses, by the math module alone.

All are total, as floats.py says: what the math module raises becomes the infinity or nan of IEEE 754. Where an inverse
of 1/x or of a root would lose digits next to a branch point, the docstring says which other form is taken.
"""

from __future__ import annotations

import math
from math import copysign, fabs, inf, isnan, nan

from adcli.numbers.powers import div

_LN2 = math.log(2.0)

_SINH = tuple(1.0 / math.factorial(k) for k in range(19, 1, -2))
"""The coefficients of sinh(x)/x - 1 in x^2, in the order in which Horner's scheme takes them."""


def sin(x: float) -> float:
    try:
        return math.sin(x)
    except ValueError:
        return nan


def cos(x: float) -> float:
    try:
        return math.cos(x)
    except ValueError:
        return nan


def tan(x: float) -> float:
    try:
        return math.tan(x)
    except ValueError:
        return nan


def cot(x: float) -> float:
    return div(1.0, tan(x))


def sec(x: float) -> float:
    return div(1.0, cos(x))


def csc(x: float) -> float:
    return div(1.0, sin(x))


def asin(x: float) -> float:
    try:
        return math.asin(x)
    except ValueError:
        return nan


def acos(x: float) -> float:
    try:
        return math.acos(x)
    except ValueError:
        return nan


def acot(x: float) -> float:
    """Give atan(1/x), odd, with a jump at 0 (DLMF 4.23.9); pi/2 at either zero."""
    return math.atan(1.0 / x) if x else math.pi / 2.0


def asec(x: float) -> float:
    """Give acos(1/x) in [0, pi], by the tangent sqrt(x^2 - 1), which keeps its digits next to -1 and 1."""
    size = fabs(x)
    if size < 1.0:
        return nan
    return math.atan2(math.sqrt(size - 1.0) * math.sqrt(size + 1.0), copysign(1.0, x))


def acsc(x: float) -> float:
    """Give asin(1/x), by the tangent 1/sqrt(x^2 - 1), which keeps its digits next to -1 and 1."""
    size = fabs(x)
    if size < 1.0:
        return nan
    return math.atan2(copysign(1.0, x), math.sqrt(size - 1.0) * math.sqrt(size + 1.0))


# Hyperbolic functions and their inverses.


def sinh(x: float) -> float:
    try:
        return math.sinh(x)
    except OverflowError:
        return copysign(inf, x)


def cosh(x: float) -> float:
    try:
        return math.cosh(x)
    except OverflowError:
        return inf


def coth(x: float) -> float:
    return div(1.0, math.tanh(x))


def sech(x: float) -> float:
    """Give 2e/(1 + e^2) with e = exp(-|x|), and put back what rounding the sum has lost: 1/cosh(x) rounds more often."""
    power = math.exp(-fabs(x))
    total, lost = _sum(power * power)
    value = 2.0 * power / total
    return value - value * lost / total


def csch(x: float) -> float:
    """Give 1/sinh(x), by Taylor's series of sinh next to 0 and by exponentials as in sech farther out."""
    size = fabs(x)
    if size < 1.0:
        return div(1.0, _sinh(x))
    power = math.exp(-size)
    total, lost = _sum(-power * power)
    value = 2.0 * power / total
    return copysign(value - value * lost, x)


def sech2(x: float) -> float:
    """Give sech(x)^2, the derivative of tanh: squaring sech would double its error."""
    power = math.exp(-2.0 * fabs(x))
    total, lost = _sum(power)
    value = 4.0 * power / (total * total)
    return value - 2.0 * value * lost / total


def csch2(x: float) -> float:
    """Give csch(x)^2, minus the derivative of coth."""
    size = fabs(x)
    if size < 1.0:
        sine = _sinh(size)
        return div(div(1.0, sine), sine)
    power = math.exp(-2.0 * size)
    total, lost = _sum(-power)
    value = 4.0 * power / (total * total)
    return value - 2.0 * value * lost / total


def _sum(x: float) -> tuple[float, float]:
    """Give 1 + x, rounded, and what the rounding has lost, for |x| <= 1 (Dekker's Fast2Sum)."""
    total = 1.0 + x
    return total, (1.0 - total) + x


def _sinh(x: float) -> float:
    """Give sinh(x) for |x| <= 1 with an error hardly above the rounding of the last sum."""
    square = x * x
    total = 0.0
    for term in _SINH:
        total = (total + term) * square
    return x + x * total


def acosh(x: float) -> float:
    try:
        return math.acosh(x)
    except ValueError:
        return nan


def atanh(x: float) -> float:
    try:
        return math.atanh(x)
    except ValueError:
        return copysign(inf, x) if fabs(x) == 1.0 else nan


def acoth(x: float) -> float:
    """Give atanh(1/x) as ln(1 + 2/(|x| - 1))/2: next to 1 the difference is exact, where 1/x has lost it."""
    size = fabs(x)
    if size <= 1.0:
        return copysign(inf, x) if size == 1.0 else nan
    return copysign(0.5 * math.log1p(2.0 / (size - 1.0)), x)


def asech(x: float) -> float:
    """Give acosh(1/x) as 2*asinh(sqrt((1 - x)/(2x))): next to 1 the difference is exact, where 1/x has lost it."""
    if 1e-300 < x <= 1.0:
        return 2.0 * math.asinh(math.sqrt((1.0 - x) / (2.0 * x)))
    if 0.0 < x <= 1e-300:
        return _LN2 - math.log(x)
    return inf if x == 0.0 else nan


def acsch(x: float) -> float:
    """Give asinh(1/x); where 1/x overflows, its leading logarithm."""
    if fabs(x) > 1e-300:
        return math.asinh(1.0 / x)
    return nan if isnan(x) else copysign(_LN2 - math.log(fabs(x)) if x else inf, x)
