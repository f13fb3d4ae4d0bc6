"""The derivatives of ln gamma on floats: digamma and polygamma.

digamma is computed by Taylor series about 2 and about its positive root, exact differences from there up to 10, its
asymptotic series beyond (DLMF 5.11.2), and reflection on the negative axis (DLMF 5.5.4). polygamma(n, x) is
(-1)^(n + 1) n! zeta(n + 1, x) (DLMF 25.11.12), with Hurwitz's zeta function by the sum of Euler and Maclaurin (DLMF
25.11.7).
"""

from __future__ import annotations

import math
from math import inf, isnan, nan

from adcli.numbers.gamma_tables import BERNOULLI, DIGAMMA_ROOT, DIGAMMA_TWO, ROOT, ROOT_REST

_ORDERS = 1000.0
"""The largest order of polygamma that is computed."""

_TWO = DIGAMMA_TWO[::-1]
_NEAR_ROOT = DIGAMMA_ROOT[::-1]
_TAIL = tuple(a / (b * (2 * k + 2)) for k, (a, b) in enumerate(BERNOULLI[:9]))[::-1]
_MACLAURIN = tuple(a / (b * math.factorial(2 * k + 2)) for k, (a, b) in enumerate(BERNOULLI))
"""B(2k)/(2k)!"""


def digamma(x: float) -> float:
    """Give the derivative of ln gamma: nan at the poles 0, -1, -2 ..."""
    if x > 0.0:
        return _digamma_positive(x)
    if isnan(x) or x == -inf or x % 1.0 == 0.0:
        return nan
    t = x - round(x)  # exact: pi*x itself would lose the distance from the pole
    return _digamma_positive(1.0 - x) - math.pi / math.tan(math.pi * t)


def _digamma_positive(x: float) -> float:
    if x >= 10.0:
        square = 1.0 / x / x
        total = 0.0
        for term in _TAIL:
            total = (total + term) * square
        return math.log(x) - 0.5 / x - total if x < inf else inf
    if 1.2 < x < 1.75:
        t = (x - ROOT) - ROOT_REST
        total = 0.0
        for term in _NEAR_ROOT:
            total = (total + term) * t
        return total
    more = 0.0
    while x > 2.5:
        x -= 1.0
        more += 1.0 / x
    if x >= 1.5:
        return _about_two(x - 2.0) + more
    if x > 0.5:
        return _about_two(x - 1.0) - 1.0 / x
    return _about_two(x) - 1.0 / (1.0 + x) - 1.0 / x


def _about_two(z: float) -> float:
    """Give digamma(2 + z) for |z| <= 1/2."""
    total = 0.0
    for term in _TWO:
        total = total * z + term
    return total


def polygamma(n: float, x: float) -> float:
    """Give the n-th derivative of digamma, n a whole number from 0 to 1000 (nan for others).

    At a pole an odd order is infinite and an even one, whose sides differ in sign, is nan.
    """
    if not 0.0 <= n <= _ORDERS or n % 1.0 or isnan(x):
        return nan
    if n == 0.0:
        return digamma(x)
    odd = n % 2.0 == 1.0
    if x <= 0.0 and x % 1.0 == 0.0:
        return inf if odd else nan
    if x == inf:
        return 0.0 if odd else -0.0
    if x == -inf:
        return nan
    order = int(n) + 1
    value = _scaled_zeta(order, x) if x > 0.0 else _reflected(order, x)
    return value if odd else -value


def _reflected(order: int, x: float) -> float:
    """Give (order - 1)! times the sum of 1/(x + k)^order over k = 0, 1 ... for a negative x that is no pole.

    It is the sum over all whole k, which are those on either side of x, without those below. The two sides go first:
    halfway between poles they cancel, exactly.
    """
    below, above = _scaled_zeta(order, -x % 1.0), _scaled_zeta(order, x % 1.0)
    beyond = _scaled_zeta(order, 1.0 - x)
    return (above - below) + beyond if order % 2 else (above + below) - beyond


def _scaled_zeta(s: int, x: float) -> float:
    """Give (s - 1)! zeta(s, x), zeta(s, x) being the sum of 1/(x + k)^s over k = 0, 1 ..., for x > 0 and s > 1.

    Everything is measured in the power of two next to x, so that neither the powers nor the factorial leave the range
    of doubles before the result does.
    """
    exponent = math.frexp(x)[1] - 1
    scale = 0.5 ** max(min(exponent, 1000), -1000)
    power = s
    if exponent < -60:  # the first term alone
        total = math.pow(math.ldexp(x, -exponent), -s)
    elif exponent > 60:  # the integral alone
        power = s - 1
        total = math.pow(math.ldexp(x, -exponent), -power) / power
    else:
        total = _zeta(s, x, scale)
    factorial = math.factorial(s - 1)
    shift = max(factorial.bit_length() - 900, 0)
    try:
        return math.ldexp(total * float(factorial >> shift), shift - exponent * power)
    except OverflowError:
        return inf


def _zeta(s: int, x: float, scale: float) -> float:
    """Give zeta(s, x)/scale^s, summed term by term up to where Euler's and Maclaurin's series converges fast."""
    terms = []
    total = k = 0.0
    enough = s + 10.0
    while x + k < enough:
        term = _term(s, x, k, scale)
        terms.append(term)
        total += term
        if term * enough < 1e-18 * total:
            return math.fsum(terms)
        k += 1.0
    y = x + k
    term = _term(s, x, k, scale)
    terms += (term * y / (s - 1), 0.5 * term)
    total += terms[-2]
    factor = term * s / y
    for j, bernoulli in enumerate(_MACLAURIN):
        terms.append(bernoulli * factor)
        if factor < 1e-18 * total:
            break
        factor *= (s + 2 * j + 1) / y * ((s + 2 * j + 2) / y)
    return math.fsum(terms)


def _term(s: int, x: float, k: float, scale: float) -> float:
    """Give ((x + k)*scale)^-s; what rounding x + k has lost, the power would magnify, so it is put back."""
    y = x + k
    back = y - x
    lost = (x - (y - back)) + (k - back)
    term = math.pow(y * scale, -s)
    return term - term * (s * lost / y) if lost else term
