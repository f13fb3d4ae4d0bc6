"""Quotients, powers, roots, lengths, exponentials and logarithms of floats, by the math module alone.

All are total, as floats.py says: what the math module raises becomes the infinity or nan of IEEE 754.
"""

from __future__ import annotations

import math
from math import copysign, fabs, inf, isfinite, isinf, isnan, nan

_TINY = 2.0**-1022
"""The smallest normal double: below it a value has lost digits."""

_SPLITTER = 2.0**27 + 1.0


def div(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        return nan if x == 0.0 or isnan(x) else copysign(inf, x) * copysign(1.0, y)


def pow_(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except ValueError:  # zero to a negative power, or a negative number to a broken one
        if x:
            return nan
        return copysign(inf, x) if _odd(y) else inf
    except OverflowError:
        return -inf if x < 0.0 and _odd(y) else inf


def _odd(y: float) -> bool:
    return y % 2.0 == 1.0


def pow1(x: float, y: float) -> float:
    """Give y*x^(y - 1), the derivative of x^y by x.

    y - 1 rounds, and x^(y - 1) magnifies that by ln x; so what the rounding lost is put back to first order. Where the
    power alone leaves the range of doubles, half of it is multiplied in twice.
    """
    if y == 2.0:  # the commonest power
        return 2.0 * x
    if y == 0.0:
        return 0.0
    if x < 0.0:  # the sign is told from y, since y - 1 may round to a number of the other parity
        if y % 1.0:
            return nan
        return pow1(-x, y) if _odd(y) else -pow1(-x, y)
    less = y - 1.0
    power = pow_(x, less)
    back = less - y
    lost = (y - (less - back)) - (1.0 + back)  # y - 1 == less + lost exactly (Knuth's TwoSum)
    if _TINY <= power < inf:
        value = y * power
    elif not 0.0 < x < inf or not isfinite(y):
        return y * power
    else:
        half = pow_(x, 0.5 * less)
        value = y * half * half
    if lost and isfinite(value):
        value += value * (lost * math.log(x))
    return value


def powln(x: float, y: float) -> float:
    """Give x^y*ln(x), the derivative of x^y by y: 0 at x = 0 for a positive y, nan for a negative x."""
    if x <= 0.0:
        return nan if x < 0.0 else 0.0 if y > 0.0 else nan if isnan(y) else -inf
    if x == inf:
        return inf if y >= 0.0 else 0.0 if y < 0.0 else nan
    if x == 1.0:
        return nan if isnan(y) else 0.0
    power = pow_(x, y)
    if _TINY <= power < inf or not isfinite(y) or isnan(x):
        return power * math.log(x)
    half = pow_(x, 0.5 * y)
    return half * math.log(x) * half


def sqrt(x: float) -> float:
    try:
        return math.sqrt(x)
    except ValueError:
        return nan


def cbrt(x: float) -> float:
    return root(x, 3.0)


def root(x: float, n: float) -> float:
    """Give the real n-th root of x, n a whole number: negative for a negative x and an odd n, nan for an even n.

    1/n rounds, and x^(1/n) magnifies that by ln x; so a power of 2^n is taken out first, exactly.
    """
    if n == 1.0:
        return x
    if n == -1.0:
        return div(1.0, x)
    if not n or isinf(n) or n % 1.0:
        return nan
    if x <= 0.0:
        if not _odd(n):
            return nan if x else pow_(0.0, 1.0 / n)
        return -root(-x, n) if x else pow_(x, copysign(1.0, n))
    if fabs(n) > 2000.0 or not x < inf:
        return pow_(x, 1.0 / n)
    mantissa, exponent = math.frexp(x)
    whole = int(n)
    taken = round(exponent / whole)
    return math.ldexp(math.pow(math.ldexp(mantissa, exponent - taken * whole), 1.0 / n), taken)


def root1(x: float, n: float) -> float:
    """Give root(x, n)/(n*x), the derivative of root(x, n) by x: 1 for n = 1, and infinite at 0 for a larger n."""
    if n == 1.0:
        return nan if isnan(x) else 1.0
    value = root(x, n)
    if isnan(value):
        return nan
    if x == 0.0:
        return copysign(inf, n)
    if isinf(x):
        return copysign(0.0, n)
    return value / n / x


def cosine(x: float, y: float) -> float:
    """Give x/hypot(x, y), the derivative of hypot(x, y) by x, and 0 at (0, 0)."""
    length = math.hypot(x, y)
    if 1e-290 < length < inf:
        return x / length
    if isinf(x):
        return copysign(1.0, x) if isfinite(y) else nan
    if length == 0.0:
        return 0.0
    if isinf(y):
        return x / length
    scale = 0.25 if length == inf else 2.0**600
    return x * scale / math.hypot(x * scale, y * scale)


def polar(x: float, y: float) -> float:
    """Give x/(x^2 + y^2), the derivative of atan2(y, x) by y, dividing by the length twice: a square overflows."""
    length = math.hypot(x, y)
    if 1e-290 < length < inf:
        return x / length / length
    if length == 0.0 or isnan(length):
        return nan
    if isinf(x) or isinf(y):
        return nan if isnan(x) or isnan(y) else copysign(0.0, x)
    scale = 0.25 if length == inf else 2.0**600
    length = math.hypot(x * scale, y * scale)
    return x * scale / length / length * scale


def cosquare(x: float) -> float:
    """Give 1 - x^2 as a product, which does not cancel next to 1 and -1."""
    return (1.0 - x) * (1.0 + x)


def lorentz(x: float) -> float:
    """Give 1/(1 + x^2), the derivative of atan; far out by (1/x)^2, since x^2 overflows."""
    if fabs(x) < 1e150:
        return 1.0 / (1.0 + x * x)
    inverse = 1.0 / x
    return inverse * inverse


# Exponentials and logarithms.


def exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return inf


def exp2(x: float) -> float:
    try:
        return math.pow(2.0, x)
    except OverflowError:
        return inf


def expm1(x: float) -> float:
    try:
        return math.expm1(x)
    except OverflowError:
        return inf


def ln(x: float) -> float:
    try:
        return math.log(x)
    except ValueError:
        return nan if x else -inf


def log10(x: float) -> float:
    try:
        return math.log10(x)
    except ValueError:
        return nan if x else -inf


def log2(x: float) -> float:
    try:
        return math.log2(x)
    except ValueError:
        return nan if x else -inf


def log1p(x: float) -> float:
    try:
        return math.log1p(x)
    except ValueError:
        return -inf if x == -1.0 else nan


def sigmoid(x: float) -> float:
    """Give 1/(1 + exp(-x)), by the exponential that does not overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    power = math.exp(x)
    return power / (1.0 + power)


def sigmoid1(x: float) -> float:
    """Give sigmoid(x)*sigmoid(-x), the derivative of sigmoid, which is the same on either side of 0."""
    power = math.exp(-fabs(x))
    return power / ((1.0 + power) * (1.0 + power))


def logit(x: float) -> float:
    """Give ln(x/(1 - x)); about the root 1/2 as 2*atanh(2x - 1), whose argument is exact there."""
    if 0.25 < x < 0.75:
        return 2.0 * math.atanh(2.0 * x - 1.0)
    if 0.0 < x < 1.0:
        return math.log(x / (1.0 - x))
    return -inf if x == 0.0 else inf if x == 1.0 else nan


def softplus(x: float) -> float:
    """Give ln(1 + exp(x)), by the exponential that does not overflow."""
    if x > 0.0:
        return x + math.log1p(math.exp(-x))
    return math.log1p(math.exp(x))


def gauss(x: float) -> float:
    """Give exp(-x^2). The square is split into its rounded value and the rest, which the exponential would magnify.

    Dekker, A floating-point technique for extending the available precision (1971).
    """
    if fabs(x) > 28.0:
        return 0.0
    square = x * x
    high = _SPLITTER * x
    high -= high - x
    low = x - high
    rest = ((high * high - square) + 2.0 * high * low) + low * low
    power = math.exp(-square)
    return power - power * rest
