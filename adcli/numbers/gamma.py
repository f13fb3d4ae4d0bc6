"""The gamma function and its logarithm on floats.

math.gamma loses some digits and math.lgamma loses all of them near its roots 1 and 2, so both are computed here: by
Taylor series about 1, 2 and the minimum between them, by exact products from there up to 10, by Stirling's formula
beyond, and by reflection on the negative axis, where the argument is reduced exactly before pi multiplies it. Between
the negative poles lgamma has roots of its own; what Stirling's terms lose to one another there is computed again in
fixed point, on Python's whole numbers.
"""

from __future__ import annotations

import math
from math import copysign, fabs, inf, isnan, nan

from adcli.numbers.gamma_tables import (
    BERNOULLI,
    BITS,
    DIGAMMA_ROOT,
    HALF_LN_TAU,
    HALF_LN_TAU_FIXED,
    LEAST,
    LGAMMA_ONE,
    LGAMMA_TWO,
    LN_2,
    ROOT,
    ROOT_REST,
)

_STIRLING = 10.0
"""From here on Stirling's formula reaches double precision with the terms below (DLMF 5.11.1)."""

# Coefficients in the order in which Horner's scheme takes them.
_ONE = LGAMMA_ONE[::-1]
_TWO = LGAMMA_TWO[::-1]
_MINIMUM = tuple(term / (k + 2) for k, term in enumerate(DIGAMMA_ROOT))[::-1]
_TAIL = tuple(a / (b * (2 * k + 2) * (2 * k + 1)) for k, (a, b) in enumerate(BERNOULLI[:9]))[::-1]


def _about_two(z: float) -> float:
    """Give ln gamma(2 + z) for |z| <= 1/2."""
    total = 0.0
    for term in _TWO:
        total = (total + term) * z
    return total


def _tail(x: float) -> float:
    """Give what Stirling's formula adds to (x - 1/2) ln x - x + ln(2 pi)/2."""
    inverse = 1.0 / x
    square = inverse * inverse
    total = 0.0
    for term in _TAIL:
        total = total * square + term
    return total * inverse


def _product(x: float) -> tuple[float, float]:
    """Give z within 1/2 of 0 and the product P with gamma(x) = gamma(2 + z)*P, for 3/2 <= x < 10.

    The factors x - 1, x - 2 ... 2 + z are exact.
    """
    product = 1.0
    while x > 2.5:
        x -= 1.0
        product *= x
    return x - 2.0, product


def _sine(x: float) -> float:
    """Give sin(pi*x) for an x that is not whole: what is left of x beside the nearest whole number is exact."""
    whole = float(round(x))
    value = math.sin(math.pi * (x - whole))
    return -value if whole % 2.0 else value


def gamma(x: float) -> float:
    """Give gamma(x): exact factorials, an infinity at either zero, nan at the negative poles."""
    if -0.5 <= x <= 0.5:
        return math.exp(_about_two(x)) / (x * (1.0 + x)) if x else copysign(inf, x)
    if x > 0.0:
        return _gamma_positive(x)
    if isnan(x) or x % 1.0 == 0.0 or x == -inf:
        return nan
    y = -x  # DLMF 5.5.3, with 5.5.1: gamma(-y) gamma(y) = -pi/(y sin(pi y))
    if y < _STIRLING:
        return -math.pi / (y * _sine(y)) / _gamma_positive(y)
    if y > 190.0:
        return copysign(0.0, -_sine(y))
    half, rest = _stirling(y)
    return -math.pi / (y * _sine(y)) / rest / half


def _gamma_positive(x: float) -> float:
    """Give gamma(x) for x > 1/2."""
    if x > 171.7:
        return inf
    if x % 1.0 == 0.0:
        return float(math.factorial(int(x) - 1))
    if x >= _STIRLING:
        half, rest = _stirling(x)
        return half * rest
    if x < 1.5:
        return math.exp(_about_two(x - 1.0)) / x
    z, product = _product(x)
    return math.exp(_about_two(z)) * product


def _stirling(x: float) -> tuple[float, float]:
    """Give two factors of gamma(x), x >= 10: the power overflows sooner than gamma, so it is taken by halves.

    The exponent x/2 - 1/4 is exact, hence the powers are as good as the C library's.
    """
    half = math.pow(x, 0.5 * x - 0.25)
    return half, half * math.exp(-x) * (math.exp(_tail(x)) * math.sqrt(2.0 * math.pi))


def lgamma(x: float) -> float:
    """Give ln|gamma(x)|: infinite at the poles."""
    if x >= 0.5:
        return _lgamma_positive(x)
    if x >= -0.5:
        return _about_two(x) - math.log(fabs(x)) - math.log1p(x) if x else inf
    if isnan(x) or x % 1.0 == 0.0 or x == -inf:
        return nan if isnan(x) else inf
    y = -x
    other = _lgamma_positive(y)
    value = math.log(math.pi / fabs(y * _sine(y))) - other
    if 2.0 < y < 32.0 and fabs(value) < 1.0 + 0.25 * other:
        return _lgamma_fixed(x)
    return value


def _lgamma_positive(x: float) -> float:
    """Give ln gamma(x) for x >= 1/2."""
    if x >= _STIRLING:
        return (x - 0.5) * (math.log(x) - 1.0) + (HALF_LN_TAU - 0.5 + _tail(x))
    if x > 1.75:
        z, product = _product(x)
        return _about_two(z) + math.log(product)
    if x > 1.2:
        t = (x - ROOT) - ROOT_REST
        total = 0.0
        for term in _MINIMUM:
            total = (total + term) * t
        return LEAST + total * t
    z = x - 1.0
    if z < -0.25:
        return _about_two(z) - math.log(x)
    total = 0.0
    for term in _ONE:
        total = (total + term) * z
    return total


def _lgamma_fixed(x: float) -> float:
    """Give ln|gamma(x)| for an x between poles that is no smaller than -32, right to the last digit even near a root.

    gamma(x) = gamma(x + n)/(x (x + 1) ... (x + n - 1)) with whole numbers, and Stirling's formula for the numerator.
    """
    numerator, denominator = x.as_integer_ratio()
    product = 1
    factors = 0
    while numerator < 34 * denominator:
        product *= numerator
        numerator += denominator
        factors += 1
    ln_denominator = (denominator.bit_length() - 1) * LN_2
    y = (numerator << BITS) // denominator
    half = 1 << (BITS - 1)
    total = ((y - half) * (_ln_fixed(numerator) - ln_denominator) >> BITS) - y + HALF_LN_TAU_FIXED
    power = (1 << 2 * BITS) // y
    square = power * power >> BITS
    for k, (a, b) in enumerate(BERNOULLI):
        total += power * a // (b * (2 * k + 2) * (2 * k + 1))
        power = power * square >> BITS
    total -= _ln_fixed(abs(product)) - factors * ln_denominator
    return math.ldexp(total, -BITS)


def _ln_fixed(n: int) -> int:
    """Give ln(n) in fixed point, n a positive whole number: the C library's logarithm and what it lacks."""
    shift = n.bit_length()
    mantissa = n << (BITS - shift) if shift <= BITS else n >> (shift - BITS)
    guess = int(math.ldexp(math.log(math.ldexp(mantissa, -BITS)), BITS))
    rest = (mantissa * _exp_fixed(-guess) >> BITS) - (1 << BITS)
    square = rest * rest >> BITS
    return shift * LN_2 + guess + rest - square // 2 + (square * rest >> BITS) // 3


def _exp_fixed(x: int) -> int:
    """Give exp(x) in fixed point for 0 <= x <= 1: Taylor's series at x/256, then eight squarings."""
    x >>= 8
    total = term = 1 << BITS
    k = 1
    while term:
        term = (term * x >> BITS) // k
        total += term
        k += 1
    for _ in range(8):
        total = total * total >> BITS
    return total
